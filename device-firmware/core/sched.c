// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which VIF is served next; see sched.h.  VIFs with work are served in turn, a
 * share of octets each, whatever their number of queues; a VIF leaves the turn
 * only when its rings are empty, and comes back when its doorbell rings.  The
 * sweep looks at the doorbells of started queues, all of them within a few
 * rounds.  Called by poll.c; a doorbell tells nothing but "look" (rule R25).
 */
#include "arena.h"
#include "hal.h"
#include "sched.h"

#define QUANTUM	      65550 /* octets of a VIF's turn: any frame fits */
#define TURN_BURSTS   4u    /* of one queue in a turn */
#define ROUND_FRAMES  512u  /* then the round ends */
#define SWEEP_BUSY    128u  /* doorbells of a round with frames */
#define SWEEP_IDLE    1024u /* ... and without */
#define SWEEP_AHEAD   8u    /* doorbells fetched together */
#define NS_PER_S      1000000000ull
#define PENDING_RETRY 100000ull /* an event ring is full: ns */

static struct queue_bell *bells(const struct core *core)
{
	return arena_part(core, ARENA_BELLS);
}

void sched_wake(struct core *core, struct queue *q)
{
	struct vif *vif = arena_vif(core, q->vif);

	vif->active |= (uint16_t)(1u << q->id);
	vif->due_ns = 0;
	if (vif->is_active)
		return;
	vif->is_active = 1;
	vif->deficit = 0;
	list_push(&core->active, arena_part(core, ARENA_ACTIVE_NODES), q->vif);
}

void sched_forget(struct core *core, struct vif *vif)
{
	if (!vif->is_active)
		return;
	vif->is_active = 0;
	list_remove(&core->active, arena_part(core, ARENA_ACTIVE_NODES),
		    (uint16_t)arena_vif_idx(core, vif));
}

void sched_watch(struct core *core, struct queue *q)
{
	struct queue_bell *b = &bells(core)[core->nr_bells];

	q->bell = (uint16_t)core->nr_bells++;
	b->queue = (uint16_t)arena_queue_idx(core, q);
	b->vif_id = q->vif_id;
	b->link = q->link;
	b->id = q->id;
	b->vif = q->vif;
	b->kick = 0;
	b->reset = q->reset;
}

void sched_unwatch(struct core *core, struct queue *q)
{
	struct queue_bell *last = &bells(core)[--core->nr_bells];

	bells(core)[q->bell] = *last;
	arena_queue(core, last->queue)->bell = q->bell;
}

static const struct svnic_doorbell *doorbell(const struct queue_bell *b)
{
	return &hal_doorbell(b->link, b->vif_id)[b->id];
}

void sched_catch_up(struct core *core, struct queue *q)
{
	struct queue_bell *b = &bells(core)[q->bell];

	b->kick = svnic_peek32(&doorbell(b)->kick);
	b->reset = q->reset;
}

void sched_resume(struct core *core, struct queue *q)
{
	struct queue_bell *b = &bells(core)[q->bell];

	b->reset = svnic_peek32(&doorbell(b)->reset) ? q->reset : 0;
}

/* 1 when the guest changed a word, whether it matters or not. */
static unsigned int look(struct core *core, struct queue_bell *b,
			 const struct svnic_doorbell *bell)
{
	struct queue *q = arena_queue(core, b->queue);
	uint32_t kick;
	uint32_t reset;

	/* Pairs with sim_ring() in hal/sim/host.c, as with any guest's write of
	 * its doorbell after its index (ordering.md O1, O3). */
	kick = svnic_observe32(&bell->kick);
	reset = svnic_observe32(&bell->reset);
	if (kick == b->kick && reset == b->reset)
		return 0;
	/* Rings of a link without memory are looked at when it is back. */
	if (!(core->links_up & 1u << b->link))
		return 0;
	b->kick = kick;
	if (reset != b->reset) {
		b->reset = reset;
		queue_reset(core, q, reset);
	} else if (q->state == QUEUE_RUNNING) {
		sched_wake(core, q);
	}
	return 1;
}

unsigned int sched_sweep(struct core *core)
{
	const struct svnic_doorbell *bell[SWEEP_AHEAD];
	unsigned int left = core->is_busy ? SWEEP_BUSY : SWEEP_IDLE;
	unsigned int rung = 0;
	struct queue_bell *b;
	unsigned int nr;
	unsigned int i;

	if (left > core->nr_bells)
		left = core->nr_bells;
	while (left) {
		if (core->next_bell >= core->nr_bells)
			core->next_bell = 0;
		nr = core->nr_bells - core->next_bell;
		nr = nr < SWEEP_AHEAD ? nr : SWEEP_AHEAD;
		nr = nr < left ? nr : left;
		b = &bells(core)[core->next_bell];
		for (i = 0; i < nr; i++) {
			bell[i] = doorbell(&b[i]);
			__builtin_prefetch(bell[i]);
		}
		for (i = 0; i < nr; i++)
			rung += look(core, &b[i], bell[i]);
		core->next_bell += nr;
		left -= nr;
	}
	return rung;
}

void sched_shape(struct core *core, struct vif *vif)
{
	vif->refill_ns = core->now_ns;
	vif->tokens = (int64_t)(svnic_cpu32(vif->config.burst) * NS_PER_S);
	vif->due_ns = 0;
}

/* Credit in octets * 10^9: each nanosecond adds the rate. */
static void refill(const struct core *core, struct vif *vif)
{
	int64_t full = (int64_t)(svnic_cpu32(vif->config.burst) * NS_PER_S);
	uint64_t rate = svnic_cpu64(vif->config.rate);
	uint64_t elapsed;

	elapsed = core->now_ns > vif->refill_ns ? core->now_ns - vif->refill_ns
						: 0;
	vif->refill_ns = core->now_ns;
	if (elapsed > (uint64_t)(full - vif->tokens) / rate)
		vif->tokens = full;
	else
		vif->tokens += (int64_t)(elapsed * rate);
}

int sched_may_send(struct core *core, struct vif *vif)
{
	uint64_t rate = svnic_cpu64(vif->config.rate);

	if (!rate || vif->tokens > 0)
		return 1;
	refill(core, vif);
	if (vif->tokens > 0)
		return 1;
	vif->due_ns = core->now_ns + (uint64_t)-vif->tokens / rate + 1;
	vif->stats.tx_throttled++;
	return 0;
}

void sched_sent(struct vif *vif, uint32_t octets)
{
	/* It may go below zero once, by one frame; that is paid back first. */
	if (vif->config.rate)
		vif->tokens -= (int64_t)(octets * NS_PER_S);
}

int64_t sched_octets(const struct vif *vif)
{
	int64_t credit;

	if (!vif->config.rate)
		return vif->deficit;
	credit = vif->tokens / (int64_t)NS_PER_S + 1;
	return credit < vif->deficit ? credit : vif->deficit;
}

static enum vif_tx_more serve_queue(struct core *core, struct vif *vif,
				    unsigned int id, unsigned int *done)
{
	struct queue *q = arena_queue(core, vif->queue[id]);
	enum vif_tx_more more = VIF_TX_MORE;
	unsigned int i;

	for (i = 0; i < TURN_BURSTS && more == VIF_TX_MORE && vif->deficit > 0;
	     i++)
		more = vif_tx_burst(core, vif, q, done);
	if (more == VIF_TX_EMPTY)
		vif->active &= (uint16_t) ~(1u << id);
	if (more == VIF_TX_WAIT &&
	    (!vif->due_ns || q->wait_until < vif->due_ns))
		vif->due_ns = q->wait_until;
	return more;
}

/* One turn of a VIF: its queues in turn, until its share is used up. */
static unsigned int serve(struct core *core, struct vif *vif)
{
	enum vif_tx_more more = VIF_TX_EMPTY;
	unsigned int first = vif->next_queue;
	bool is_ready = false;
	unsigned int done = 0;
	unsigned int id;
	unsigned int i;

	vif->due_ns = 0;
	vif->deficit += QUANTUM;
	if (vif->deficit > QUANTUM)
		vif->deficit = QUANTUM;
	if (vif->config.rate)
		refill(core, vif);
	for (i = 0; i < SVNIC_MAX_QUEUES && more != VIF_TX_THROTTLED; i++) {
		id = (first + i) % SVNIC_MAX_QUEUES;
		if (!(vif->active & 1u << id))
			continue;
		more = serve_queue(core, vif, id, &done);
		is_ready |= more == VIF_TX_MORE;
		vif->next_queue = (uint8_t)((id + 1) % SVNIC_MAX_QUEUES);
		if (vif->deficit <= 0)
			break;
	}
	if (is_ready)
		vif->due_ns = 0;
	return done;
}

/* Nothing before its due time, but a frame that waits is tried every round. */
static bool is_throttled(const struct core *core, const struct vif *vif)
{
	return vif->config.rate && vif->tokens <= 0 &&
	       vif->due_ns > core->now_ns;
}

unsigned int sched_run(struct core *core)
{
	struct node *nodes = arena_part(core, ARENA_ACTIVE_NODES);
	unsigned int left = core->active.nr;
	unsigned int done = 0;
	struct vif *vif;
	uint16_t idx;

	for (; left && done < ROUND_FRAMES; left--) {
		idx = list_pop(&core->active, nodes);
		vif = arena_vif(core, idx);
		vif->is_active = 0;
		if ((core->links_up & 1u << vif->link) &&
		    !is_throttled(core, vif)) {
			done += serve(core, vif);
			vif_rx_publish(core);
		}
		if (vif->active) {
			vif->is_active = 1;
			list_push(&core->active, nodes, idx);
		}
	}
	return done;
}

uint64_t core_next_due(const struct core *core, uint64_t now_ns)
{
	const struct node *nodes = arena_part(core, ARENA_ACTIVE_NODES);
	uint64_t due = event_next_due(core);
	const struct vif *vif;
	unsigned int i;
	uint16_t idx;

	for (i = 0; i < core->config.nr_links; i++) {
		if (core->link[i].event.pending.nr &&
		    due > now_ns + PENDING_RETRY)
			due = now_ns + PENDING_RETRY;
	}
	for (idx = core->active.head; idx != LIST_NONE; idx = nodes[idx].next) {
		vif = arena_vif(core, idx);
		if (core->links_up & 1u << vif->link && vif->due_ns < due)
			due = vif->due_ns;
	}
	if (due == UINT64_MAX)
		return due;
	return due > now_ns ? due - now_ns : 0;
}
