// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which VIF is served next; see sched.h.  VIFs with work take turns, each worth
 * its share of octets (share.h).  One that has not used up its min_rate is
 * served before those whose turn it is, and between two bursts of theirs; one
 * whose rate is used up waits in the wheel and costs nothing.  Called by poll.c
 * and, when doorbells ring, bell.c.
 */
#include "arena.h"
#include "bell.h"
#include "mem.h"
#include "sched.h"
#include "share.h"
#include "vif_rx.h"
#include "vif_tx.h"
#include "worker.h"

#define TURN_FRAMES  256u      /* of one queue in a turn, for weight 1 */
#define BURST_SHORT  4u	       /* frames, beside one with a min_rate ... */
#define SHORT_NS     10000000u /* ... that sent so lately */
#define ROUND_FRAMES 512u      /* then the round ends */
#define PUBLISH	     64u       /* receivers that are shown what they got */
#define URGENT_TURNS 4u	       /* for each of the others' */

static struct node *nodes(const struct core *core)
{
	return arena_part(core, ARENA_ACTIVE_NODES);
}

/* Those that sent last, so that few doorbells are looked at out of turn. */
static void remember(struct core *core, unsigned int idx)
{
	unsigned int i;

	for (i = 0; i < ARENA_PROMISED; i++)
		if (core->promised[i] == idx + 1)
			return;
	core->promised[core->nr_promised++ % ARENA_PROMISED] =
		(uint16_t)(idx + 1);
}

void sched_ready(struct core *core, struct vif *vif)
{
	struct list *list = &core->active;

	vif->place = VIF_AT_TURN;
	if (vif->config.min_rate && share_is_promised(core, vif)) {
		vif->place = VIF_AT_HEAD;
		list = &core->urgent;
		remember(core, arena_vif_idx(core, vif));
		core->promised_ns = core->now_ns;
	}
	list_push(list, nodes(core), (uint16_t)arena_vif_idx(core, vif));
}

void sched_wake(struct core *core, struct queue *q)
{
	struct vif *vif = arena_vif(core, q->vif);

	/* Its turn goes on when it is back. */
	if (q->is_away)
		return;
	vif->active |= (uint16_t)(1u << q->id);
	if (vif->place == VIF_AT_WHEEL)
		return;
	vif->due_ns = 0;
	if (vif->place != VIF_AT_REST)
		return;
	if (vif->deficit > 0)
		vif->deficit = 0;
	sched_ready(core, vif);
}

void sched_forget(struct core *core, struct vif *vif)
{
	uint16_t idx = (uint16_t)arena_vif_idx(core, vif);

	if (vif->place == VIF_AT_TURN)
		list_remove(&core->active, nodes(core), idx);
	else if (vif->place == VIF_AT_HEAD)
		list_remove(&core->urgent, nodes(core), idx);
	else if (vif->place == VIF_AT_WHEEL)
		wheel_remove(core, vif);
	vif->place = VIF_AT_REST;
}

void sched_shape(struct core *core, struct vif *vif)
{
	bool had_work = vif->place != VIF_AT_REST;

	sched_forget(core, vif);
	share_fill(core, vif);
	vif->due_ns = 0;
	if (had_work)
		sched_ready(core, vif);
}

unsigned int sched_burst(const struct core *core, const struct vif *vif)
{
	if (vif->place == VIF_AT_HEAD ||
	    core->now_ns - core->promised_ns > SHORT_NS)
		return ARENA_BURST;
	return BURST_SHORT;
}

static unsigned int take_turn(struct core *core, struct list *list,
			      uint32_t quanta);

/*
 * Between two bursts of @served: a VIF that was promised something need not
 * wait for the end of the turn, nor of the round, in which doorbells are not
 * looked at and receivers are not shown what they got.
 */
static void give_way(struct core *core, const struct vif *served,
		     unsigned int *done)
{
	const struct vif *vif;
	unsigned int i;

	for (i = 0; i < ARENA_PROMISED && core->promised[i]; i++) {
		vif = arena_vif(core, core->promised[i] - 1u);
		/* It may be another one by now, of another worker. */
		if (vif != served && vif->worker == core->worker &&
		    vif->place == VIF_AT_REST && vif->config.min_rate)
			bell_peek(core, vif);
	}
	if (!core->urgent.nr)
		return;
	*done += take_turn(core, &core->urgent, 1);
	vif_rx_publish(core);
}

/* Not before its queue has something to try again. */
static void wait_for(const struct core *core, struct vif *vif,
		     const struct queue *q)
{
	uint64_t due = q->wait_until;

	if (q->retry_ns > core->now_ns && !q->is_far)
		due = q->retry_ns;
	if (!vif->due_ns || due < vif->due_ns)
		vif->due_ns = due;
}

static enum vif_tx_more serve_queue(struct core *core, struct vif *vif,
				    unsigned int id, unsigned int *done)
{
	struct queue *q = arena_queue(core, vif->queue[id]);
	enum vif_tx_more more = VIF_TX_MORE;
	unsigned int max = TURN_FRAMES << share_class(vif);
	unsigned int i;

	/* Enough for a whole turn of the smallest frames. */
	max /= sched_burst(core, vif);
	for (i = 0; i < max && more == VIF_TX_MORE; i++) {
		if (i && share_octets(vif) <= 0)
			break;
		more = vif_tx_burst(core, vif, q, done);
		if (core->nr_promised && vif->place != VIF_AT_HEAD)
			give_way(core, vif, done);
	}
	if (more == VIF_TX_EMPTY || more == VIF_TX_AWAY)
		vif->active &= (uint16_t) ~(1u << id);
	if (more == VIF_TX_WAIT)
		wait_for(core, vif, q);
	return more;
}

/* A VIF's queues in turn, until its share is used up. */
static enum vif_tx_more serve_queues(struct core *core, struct vif *vif,
				     unsigned int *done)
{
	enum vif_tx_more more = VIF_TX_EMPTY;
	unsigned int first = vif->next_queue;
	bool is_ready = false;
	uint32_t left;
	unsigned int id;

	/* Those from the first on, then those before it. */
	left = (uint32_t)vif->active >> first |
	       (uint32_t)vif->active << (SVNIC_MAX_QUEUES - first);
	left &= (1u << SVNIC_MAX_QUEUES) - 1;
	while (left && more != VIF_TX_THROTTLED && vif->deficit > 0) {
		id = (first + mem_lowest(left)) % SVNIC_MAX_QUEUES;
		left &= left - 1;
		more = serve_queue(core, vif, id, done);
		is_ready |= more == VIF_TX_MORE;
		vif->next_queue = (uint8_t)((id + 1) % SVNIC_MAX_QUEUES);
	}
	if (is_ready && more != VIF_TX_THROTTLED)
		vif->due_ns = 0;
	return more;
}

/* One turn of a VIF that was taken off its list. */
static unsigned int serve(struct core *core, struct vif *vif, uint32_t quanta)
{
	enum vif_tx_more more;
	unsigned int done = 0;

	vif->due_ns = 0;
	share_begin(core, vif, quanta);
	more = serve_queues(core, vif, &done);
	if (!vif->active) {
		vif->place = VIF_AT_REST;
	} else if (more == VIF_TX_THROTTLED) {
		vif->place = VIF_AT_WHEEL;
		wheel_add(core, vif);
	} else {
		sched_ready(core, vif);
	}
	if (vif->place != VIF_AT_REST && share_owed(vif) < core->turn_owed)
		core->turn_owed = share_owed(vif);
	return done;
}

static bool is_up(const struct core *core, const struct vif *vif)
{
	return core->links_up & 1u << vif->link;
}

void sched_return(struct core *core, struct queue *q)
{
	struct vif *vif = arena_vif(core, q->vif);

	vif->active |= (uint16_t)(1u << q->id);
	if (vif->place != VIF_AT_REST)
		return;
	if (vif->deficit > 0 && !worker_is_halted(core) && is_up(core, vif))
		serve(core, vif, 0);
	else
		sched_ready(core, vif);
}

/* What the next VIFs of a list need is fetched while others are served. */
static void fetch_ahead(const struct core *core, uint16_t idx)
{
	const struct queue *q;
	const struct vif *vif;
	uint16_t next;

	if (idx == LIST_NONE)
		return;
	vif = arena_vif(core, idx);
	if (vif->active) {
		q = arena_queue(core, vif->queue[mem_lowest(vif->active)]);
		if (q->tx_round == core->round && q->tx_ctrl && q->desc_ptr) {
			const uint8_t *d = q->desc_ptr;

			d += (q->tx_next & q->tx_mask) % 128 * 32;
			__builtin_prefetch(q->tx_ctrl);
			__builtin_prefetch(&q->tx_ctrl->tx_cons, 1);
			__builtin_prefetch(d);
			__builtin_prefetch(d + 64);
			__builtin_prefetch(d + 128);
		}
	}
	next = nodes(core)[idx].next;
	if (next == LIST_NONE)
		return;
	vif = arena_vif(core, next);
	if (vif->active)
		__builtin_prefetch(
			&arena_queue(core, vif->queue[mem_lowest(vif->active)])
				 ->tx_next,
			1);
	next = nodes(core)[next].next;
	if (next == LIST_NONE)
		return;
	vif = arena_vif(core, next);
	__builtin_prefetch(vif);
	__builtin_prefetch(&vif->active, 1);
	__builtin_prefetch(&vif->rx_frames);
	__builtin_prefetch(vif->queue);
}

static unsigned int take_turn(struct core *core, struct list *list,
			      uint32_t quanta)
{
	uint16_t idx = list_pop(list, nodes(core));
	struct vif *vif = arena_vif(core, idx);
	unsigned int done = 0;

	fetch_ahead(core, list->head);
	/* Of a link that is away: link.c wakes its queues when it is back. */
	if (is_up(core, vif))
		done = serve(core, vif, quanta);
	else
		vif->place = VIF_AT_REST;
	if (core->nr_dirty >= PUBLISH)
		vif_rx_publish(core);
	return done;
}

/* Everyone once, those that are urgent first and in between. */
static unsigned int all_turns(struct core *core, uint32_t quanta)
{
	unsigned int left = core->active.nr;
	unsigned int done = 0;
	unsigned int urgent;

	do {
		urgent = core->urgent.nr;
		if (urgent > URGENT_TURNS)
			urgent = URGENT_TURNS;
		/* Their receivers need not wait for the end of the round. */
		if (urgent) {
			while (urgent--)
				done += take_turn(core, &core->urgent, quanta);
			vif_rx_publish(core);
		}
		if (left && core->active.nr) {
			done += take_turn(core, &core->active, quanta);
			left--;
		} else {
			left = 0;
		}
		/* So that nobody's burst is away for a whole round. */
		if (core->config.nr_workers > 1)
			done += parcel_poll(core);
	} while (left && done < ROUND_FRAMES);
	return done;
}

unsigned int sched_run(struct core *core)
{
	unsigned int done;

	wheel_turn(core);
	core->turn_owed = UINT32_MAX;
	done = all_turns(core, 1);
	/* Nobody could send, but for what earlier turns used too much; nor has
	 * anybody frames that are away. */
	if (done == 0 && !core->nr_out && core->turn_owed &&
	    core->turn_owed != UINT32_MAX)
		done = all_turns(core, core->turn_owed);
	vif_rx_publish(core);
	return done;
}

static uint64_t list_next_due(const struct core *core, const struct list *list,
			      uint64_t due)
{
	const struct vif *vif;
	uint16_t idx;

	for (idx = list->head; idx != LIST_NONE; idx = nodes(core)[idx].next) {
		vif = arena_vif(core, idx);
		if (is_up(core, vif) && vif->due_ns < due)
			due = vif->due_ns;
	}
	return due;
}

uint64_t sched_next_due(const struct core *core)
{
	uint64_t due = core->wheel.next_ns;

	due = list_next_due(core, &core->active, due);
	return list_next_due(core, &core->urgent, due);
}
