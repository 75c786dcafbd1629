// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events; see event.h.  During a round queues are only marked; at its end one
 * fence stands between all that was published and the look at what the guests
 * asked for, so that a batch costs at most one event.  An event that finds its
 * link's ring full waits on the link's list and is never lost.
 * Called by vif_tx.c, vif_rx.c, queue.c and poll.c; event_init() by arena.c.
 */
#include <svnic/ring.h>
#include "arena.h"
#include "event.h"
#include "hal.h"
#include "mem.h"

#define RETRY_NS 100000u /* a link's ring is full */

enum answer {
	ANSWER_NO,
	ANSWER_NOW,
	ANSWER_LATER /* the guest looks itself; ask again */
};

void event_mark(struct core *core, struct queue *q)
{
	uint16_t *marked = arena_part(core, ARENA_MARKED);

	if (q->is_marked)
		return;
	q->is_marked = 1;
	marked[core->nr_marked++] = (uint16_t)arena_queue_idx(core, q);
}

static void add_pending(struct core *core, struct queue *q, uint8_t what)
{
	if (!q->pending)
		list_push(&core->pending[q->link],
			  arena_part(core, ARENA_PENDING_NODES),
			  (uint16_t)arena_queue_idx(core, q));
	q->pending |= what;
}

void event_raise(struct core *core, struct queue *q)
{
	arena_vif(core, q->vif)->stats.events++;
	if (q->notify)
		hal_notify(q->link, q->notify - 1);
	else
		add_pending(core, q, QUEUE_EVENT_GUEST);
}

void event_fault(struct core *core, struct queue *q)
{
	arena_vif(core, q->vif)->stats.events++;
	if (q->notify)
		hal_notify(q->link, q->notify - 1);
	add_pending(core, q, QUEUE_EVENT_FAULT);
}

static void unmark(struct core *core, const struct queue *q)
{
	uint16_t *marked = arena_part(core, ARENA_MARKED);
	uint16_t idx = (uint16_t)arena_queue_idx(core, q);
	uint32_t i;

	for (i = 0; i < core->nr_marked; i++) {
		if (marked[i] == idx)
			marked[i] = marked[--core->nr_marked];
	}
}

void event_forget(struct core *core, struct queue *q)
{
	if (q->is_marked)
		unmark(core, q);
	if (q->pending)
		list_remove(&core->pending[q->link],
			    arena_part(core, ARENA_PENDING_NODES),
			    (uint16_t)arena_queue_idx(core, q));
	q->is_marked = 0;
	q->pending = 0;
	q->hold_until = 0;
}

/* The guest looks itself: has it had its time? */
static bool is_held(const struct core *core,
		    const struct svnic_queue_ctrl *ctrl, struct queue *q)
{
	uint32_t us = svnic_peek32(&ctrl->hold);

	if (!us)
		return false;
	if (us > SVNIC_HOLD_MAX)
		us = SVNIC_HOLD_MAX;
	if (!q->hold_until)
		q->hold_until = core->now_ns + us * 1000ull;
	return core->now_ns < q->hold_until;
}

/* Has the guest asked to be told of what was published? */
static enum answer event_due(struct core *core, struct queue *q)
{
	const struct svnic_queue_ctrl *ctrl = queue_ctrl(core, q);
	bool asked;

	if (!ctrl)
		return ANSWER_NO;
	asked = svnic_ring_passes(svnic_peek32(&ctrl->tx_event), q->tx_cons,
				  q->tx_seen);
	asked |= svnic_ring_passes(svnic_peek32(&ctrl->rx_event), q->rx_done,
				   q->rx_seen);
	if (asked && is_held(core, ctrl, q))
		return ANSWER_LATER;
	q->tx_seen = q->tx_cons;
	q->rx_seen = q->rx_done;
	q->hold_until = 0;
	return asked ? ANSWER_NOW : ANSWER_NO;
}

/* Entries that the host still has room for; none if it counts wrongly. */
static uint32_t room(const struct event_link *e,
		     const struct svnic_event_ring *ring)
{
	/* Pairs with sim_event_take() in hal/sim/host.c, as with any host that
	 * returns entries (ordering.md O6). */
	uint32_t used = e->prod - svnic_observe32(&ring->cons);

	return used > e->entries ? 0 : e->entries - used;
}

static void write_entry(struct event_link *e, struct svnic_event_ring *ring,
			const struct queue *q, uint8_t reason)
{
	struct svnic_event *slot = (void *)((char *)ring + SVNIC_PAGE_SIZE);
	struct svnic_event entry = {
		.vif = svnic_le16(q->vif_id),
		.queue = q->id,
		.reason = reason,
		.arg = 0,
	};

	if (reason == SVNIC_EVENT_FAULT)
		entry.arg = svnic_le32(q->fault);
	slot[e->prod & (e->entries - 1)] = entry;
	mem_commit();
	e->prod++;
}

/*
 * Write what is pending, as far as there is room; true if there is something
 * that the host may not have been told of, be it by a core that is dead.
 */
static bool write_pending(struct core *core, unsigned int link,
			  struct svnic_event_ring *ring)
{
	struct event_link *e = &arena_link(core, link)->event;
	struct list *pending = &core->pending[link];
	struct node *nodes = arena_part(core, ARENA_PENDING_NODES);
	uint32_t left = room(e, ring);
	struct queue *q;

	while (left && pending->head != LIST_NONE) {
		q = arena_queue(core, pending->head);
		if (q->pending & QUEUE_EVENT_FAULT) {
			write_entry(e, ring, q, SVNIC_EVENT_FAULT);
			q->pending &= (uint8_t)~QUEUE_EVENT_FAULT;
		} else {
			write_entry(e, ring, q, SVNIC_EVENT_QUEUE);
			q->pending &= (uint8_t)~QUEUE_EVENT_GUEST;
		}
		left--;
		if (!q->pending)
			list_pop(pending, nodes);
	}
	/* Pairs with sim_event_take() in hal/sim/host.c, as with any host that
	 * takes entries (ordering.md O6). */
	svnic_publish32(&ring->prod, e->prod);
	return e->prod != e->announced;
}

/* Write and tell, as who has the pen. */
static void write_link(struct core *core, unsigned int link)
{
	struct event_link *e = &arena_link(core, link)->event;
	struct svnic_event_ring *ring;

	ring = hal_dma(link, e->addr,
		       SVNIC_PAGE_SIZE +
			       e->entries * sizeof(struct svnic_event),
		       true);
	if (!ring || !write_pending(core, link, ring))
		return;
	/* Pairs with sim_event_arm() in hal/sim/host.c, as with any host that
	 * is about to sleep (ordering.md O7). */
	svnic_fence();
	if (svnic_ring_passes(svnic_peek32(&ring->arm), e->prod, e->announced))
		hal_irq(link, SVNIC_VECTOR_EVENT);
	e->announced = e->prod;
}

/* Another worker that is just writing there is not waited for. */
static void flush_link(struct core *core, unsigned int link)
{
	struct event_link *e = &arena_link(core, link)->event;

	if (core->pending[link].nr == 0 || !e->entries || !mem_claim(&e->pen))
		return;
	write_link(core, link);
	mem_release(&e->pen);
}

/* Ask all marked queues; those whose event is held stay marked. */
static void ask_marked(struct core *core)
{
	uint16_t *marked = arena_part(core, ARENA_MARKED);
	enum answer answer;
	uint32_t held = 0;
	struct queue *q;
	uint32_t i;

	/* Pairs with svnic_arm() in svnic/ring.h (ordering.md O5). */
	svnic_fence();
	for (i = 0; i < core->nr_marked; i++) {
		q = arena_queue(core, marked[i]);
		answer = event_due(core, q);
		if (answer == ANSWER_LATER) {
			marked[held++] = marked[i];
			continue;
		}
		q->is_marked = 0;
		if (answer == ANSWER_NOW)
			event_raise(core, q);
	}
	core->nr_marked = held;
}

uint64_t event_next_due(const struct core *core, uint64_t now_ns)
{
	const uint16_t *marked = arena_part(core, ARENA_MARKED);
	uint64_t due = UINT64_MAX;
	uint32_t i;

	for (i = 0; i < core->nr_marked; i++) {
		const struct queue *q = arena_queue(core, marked[i]);

		if (q->hold_until < due)
			due = q->hold_until;
	}
	for (i = 0; i < core->config.nr_links; i++) {
		if (core->pending[i].nr && due > now_ns + RETRY_NS)
			due = now_ns + RETRY_NS;
	}
	return due;
}

void event_flush(struct core *core)
{
	uint32_t i;

	if (core->nr_marked)
		ask_marked(core);
	for (i = 0; i < core->config.nr_links; i++)
		flush_link(core, i);
}

void event_init(struct core *core)
{
	unsigned int i;

	for (i = 0; i < core->config.nr_links; i++)
		arena_link(core, i)->event.pen = 0;
}

void event_ring_set(struct core *core, unsigned int link, uint64_t addr,
		    uint32_t entries)
{
	struct event_link *e = &arena_link(core, link)->event;

	e->entries = 0;
	mem_commit();
	e->addr = addr;
	e->prod = 0;
	e->announced = 0;
	mem_commit();
	e->entries = entries;
}
