// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life cycle of a queue pair and access to the pages of its rings.  A guest's
 * fault stops one queue; its VIF's other queues and all other VIFs go on.
 * Called by admin_vif.c (start, stop), vif_tx.c and vif_rx.c (fault, pages) and
 * bell.c (reset).
 *
 *            START              FAULT
 *   STOPPED -------> RUNNING ----------> FAULTED
 *      ^              |   ^  <----------    |
 *      |     STOP     |   |      RESET      |
 *      +--------------+   +- RESET          |
 *      +------------------------------------+ STOP
 */
#include <svnic/ring.h>
#include "arena.h"
#include "bell.h"
#include "event.h"
#include "hal.h"
#include "mem.h"
#include "queue.h"
#include "region.h"
#include "sched.h"
#include "vif_rx.h"

static const uint8_t queue_table[QUEUE_STATE_NR][QUEUE_EV_NR] = {
	[QUEUE_STOPPED] = {
		[QUEUE_EV_START] = QUEUE_RUNNING,
	},
	[QUEUE_RUNNING] = {
		[QUEUE_EV_STOP] = QUEUE_STOPPED,
		[QUEUE_EV_FAULT] = QUEUE_FAULTED,
		[QUEUE_EV_RESET] = QUEUE_RUNNING,
	},
	[QUEUE_FAULTED] = {
		[QUEUE_EV_STOP] = QUEUE_STOPPED,
		[QUEUE_EV_RESET] = QUEUE_RUNNING,
	},
};

enum queue_state queue_next_state(enum queue_state state, enum queue_event ev)
{
	return (enum queue_state)queue_table[state][ev];
}

/* Rings that receivers are chosen from: running ones only. */
static void set_running(struct core *core, struct queue *q, bool running)
{
	struct vif *vif = arena_vif(core, q->vif);
	uint16_t idx = (uint16_t)arena_queue_idx(core, q);
	bool slow = q->id >= SVNIC_SLOW_QUEUE;
	uint16_t *set = &vif->running[slow ? SVNIC_SLOW_QUEUE : 0];
	uint8_t *nr = slow ? &vif->nr_slow : &vif->nr_direct;
	unsigned int i;

	for (i = 0; i < *nr && set[i] != idx; i++)
		;
	if (running && i == *nr)
		set[(*nr)++] = idx;
	else if (!running && i < *nr)
		set[i] = set[--*nr];
	vif_set_lane(vif);
}

/* Apply an event to the state; the caller has made sure of the cell. */
static void move(struct core *core, struct queue *q, enum queue_event ev)
{
	enum queue_state next = queue_next_state(q->state, ev);

	if (!next)
		hal_panic("queue event without a cell");
	q->state = (uint8_t)next;
	set_running(core, q, next == QUEUE_RUNNING);
}

static struct svnic_queue_ctrl *find_ctrl(struct core *core,
					  const struct queue *q)
{
	return region_page(core, arena_vif(core, q->vif), q->base, true);
}

/* Make the pointers of a side right again: the control page, or NULL. */
static struct svnic_queue_ctrl *refresh_tx(struct core *core, struct queue *q)
{
	q->desc_ptr = NULL;
	q->tx_ctrl = find_ctrl(core, q);
	q->tx_round = core->round;
	return q->tx_ctrl;
}

static struct svnic_queue_ctrl *refresh_rx(struct core *core, struct queue *q)
{
	q->seg_ptr = NULL;
	q->meta_ptr = NULL;
	q->rx_ctrl = find_ctrl(core, q);
	q->rx_round = core->round;
	return q->rx_ctrl;
}

struct svnic_queue_ctrl *queue_ctrl(struct core *core, struct queue *q)
{
	if (q->tx_round == core->round)
		return q->tx_ctrl;
	if (q->rx_round == core->round)
		return q->rx_ctrl;
	return refresh_tx(core, q);
}

static uint8_t *ring_page(struct core *core, const struct queue *q,
			  uint32_t page, bool write)
{
	return region_page(core, arena_vif(core, q->vif), page, write);
}

const struct svnic_tx_desc *queue_tx_desc(struct core *core, struct queue *q,
					  uint32_t idx)
{
	uint32_t octet =
		(idx & q->tx_mask) * (uint32_t)sizeof(struct svnic_tx_desc);
	uint32_t page = octet / SVNIC_PAGE_SIZE;

	if (q->tx_round != core->round && !refresh_tx(core, q))
		return NULL;
	if (!q->desc_ptr || q->desc_page != page) {
		q->desc_ptr = ring_page(core, q, q->desc + page, false);
		q->desc_page = page;
		if (!q->desc_ptr)
			return NULL;
	}
	return (const void *)(q->desc_ptr + octet % SVNIC_PAGE_SIZE);
}

const struct svnic_seg *queue_rx_seg(struct core *core, struct queue *q,
				     uint32_t idx)
{
	uint32_t octet =
		(idx & q->rx_mask) * (uint32_t)sizeof(struct svnic_seg);
	uint16_t page = (uint16_t)(octet / SVNIC_PAGE_SIZE);

	if (q->rx_round != core->round && !refresh_rx(core, q))
		return NULL;
	if (!q->seg_ptr || q->seg_page != page) {
		q->seg_ptr = ring_page(core, q, q->seg + page, false);
		q->seg_page = page;
		if (!q->seg_ptr)
			return NULL;
	}
	return (const void *)(q->seg_ptr + octet % SVNIC_PAGE_SIZE);
}

struct svnic_meta *queue_rx_meta(struct core *core, struct queue *q,
				 uint32_t idx)
{
	uint32_t octet =
		(idx & q->rx_mask) * (uint32_t)sizeof(struct svnic_meta);
	uint16_t page = (uint16_t)(octet / SVNIC_PAGE_SIZE);

	if (q->rx_round != core->round && !refresh_rx(core, q))
		return NULL;
	if (!q->meta_ptr || q->meta_page != page) {
		q->meta_ptr = ring_page(core, q, q->meta + page, true);
		q->meta_page = page;
		if (!q->meta_ptr)
			return NULL;
	}
	return (void *)(q->meta_ptr + octet % SVNIC_PAGE_SIZE);
}

/* What the guest sees of a running queue. */
static void show_running(struct svnic_queue_ctrl *ctrl, const struct queue *q)
{
	/* Pairs with svnic_tx_return() in svnic/ring.h (ordering.md O2). */
	svnic_publish32(&ctrl->tx_cons, q->tx_cons);
	/* Pairs with svnic_rx_return() in svnic/ring.h (ordering.md O4). */
	svnic_publish32(&ctrl->rx_done, q->rx_done);
	svnic_poke32(&ctrl->fault, 0);
	svnic_poke32(&ctrl->state, SVNIC_QUEUE_RUNNING);
	/* Pairs with sim_queue_reset() in hal/sim/host.c, as with any guest
	 * that waits for its reset (ordering.md O2, O4). */
	svnic_publish32(&ctrl->reset, q->reset);
}

/* Start both rings from zero and show the guest a queue in that state. */
static void rewind(struct core *core, struct queue *q, uint32_t word)
{
	struct svnic_queue_ctrl *ctrl;

	q->tx_next = q->tx_cons = q->tx_seen = 0;
	q->rx_next = q->rx_done = q->rx_seen = q->rx_prod = 0;
	q->wait_until = 0;
	q->retry_ns = 0;
	q->sent = 0;
	q->paid = 0;
	q->scanned = 0;
	q->is_hurried = 0;
	q->is_stalled = 0;
	q->paced = 0;
	q->pace_ns = 0;
	q->fault = 0;
	/* Before it: who is cut short is asked again; after: queue_resume(). */
	mem_commit();
	q->reset = word;
	ctrl = queue_ctrl(core, q);
	if (!ctrl) {
		queue_fault(core, q, SVNIC_V_BAD_RING);
		return;
	}
	show_running(ctrl, q);
	sched_wake(core, q);
}

static enum svnic_status check_area(struct core *core, struct vif *vif,
				    uint32_t base, uint32_t pages)
{
	uint32_t i;

	if (base >= SVNIC_MAX_PAGES || pages > SVNIC_MAX_PAGES - base)
		return SVNIC_ST_BAD_FIELD;
	for (i = 0; i < pages; i++) {
		uint64_t entry = region_lookup(core, vif, base + i);

		if (!entry)
			return SVNIC_ST_NOT_MAPPED;
		if (entry & SVNIC_PAGE_READ_ONLY)
			return SVNIC_ST_BAD_FIELD;
		if (!region_page(core, vif, base + i, true))
			return SVNIC_ST_BAD_ADDRESS;
	}
	return SVNIC_ST_OK;
}

static bool is_order(unsigned int order)
{
	return order >= SVNIC_MIN_ORDER && order <= SVNIC_MAX_ORDER;
}

static void set_up(struct queue *q, const struct vif *vif, unsigned int id,
		   const struct svnic_queue_config *c)
{
	struct svnic_area area = svnic_area(c->tx_order, c->rx_order);

	q->vif_id = vif->id;
	q->link = vif->link;
	q->id = (uint8_t)id;
	q->tx_order = c->tx_order;
	q->rx_order = c->rx_order;
	q->base = svnic_cpu32(c->base);
	q->desc = q->base + area.tx_desc;
	q->seg = q->base + area.rx_seg;
	q->meta = q->base + area.rx_meta;
	q->tx_mask = (1u << c->tx_order) - 1;
	q->rx_mask = (1u << c->rx_order) - 1;
	q->notify = svnic_cpu32(c->notify);
}

enum svnic_status queue_start(struct core *core, struct vif *vif,
			      unsigned int id,
			      const struct svnic_queue_config *config)
{
	const struct svnic_doorbell *bell;
	enum svnic_status st;
	struct queue *q;
	uint32_t idx;

	core = arena_home(core, vif);
	if (id >= SVNIC_MAX_QUEUES || !is_order(config->tx_order) ||
	    !is_order(config->rx_order))
		return SVNIC_ST_BAD_FIELD;
	if (vif->queue[id] != LIST_NONE)
		return SVNIC_ST_BUSY;
	st = check_area(core, vif, svnic_cpu32(config->base),
			svnic_area(config->tx_order, config->rx_order).pages);
	if (st != SVNIC_ST_OK)
		return st;
	idx = pool_get(&arena_board(core)->queue_pool,
		       arena_part(core, ARENA_QUEUE_NEXT));
	if (idx == POOL_NONE)
		return SVNIC_ST_NO_QUEUES;
	q = arena_queue(core, idx);
	memset(q, 0, sizeof(*q));
	q->state = QUEUE_STOPPED;
	q->vif = (uint16_t)arena_vif_idx(core, vif);
	set_up(q, vif, id, config);
	mem_commit();
	vif->queue[id] = (uint16_t)idx;
	vif_queue_count(vif, 1);
	move(core, q, QUEUE_EV_START);
	bell_watch(core, q);
	bell = &hal_doorbell(q->link, q->vif_id)[q->id];
	rewind(core, q, svnic_peek32(&bell->reset));
	bell_catch_up(core, q);
	return SVNIC_ST_OK;
}

void queue_stop(struct core *core, struct queue *q)
{
	struct vif *vif = arena_vif(core, q->vif);
	struct svnic_queue_ctrl *ctrl;

	core = arena_home(core, vif);
	ctrl = queue_ctrl(core, q);
	vif_rx_publish(core);
	/* Before the state: who is cut short here stops it once more. */
	if (ctrl)
		svnic_poke32(&ctrl->state, SVNIC_QUEUE_STOPPED);
	mem_commit();
	move(core, q, QUEUE_EV_STOP);
	bell_unwatch(core, q);
	event_forget(core, q);
	vif->active &= (uint16_t) ~(1u << q->id);
	vif->queue[q->id] = LIST_NONE;
	vif_queue_count(vif, -1);
	pool_put(&arena_board(core)->queue_pool,
		 arena_part(core, ARENA_QUEUE_NEXT), arena_queue_idx(core, q));
}

/* What the guest and the host see of a fault. */
static void show_fault(struct core *core, struct queue *q)
{
	struct svnic_queue_ctrl *ctrl = queue_ctrl(core, q);

	if (ctrl) {
		svnic_poke32(&ctrl->fault, q->fault);
		/* Pairs with sim_queue_state() in hal/sim/host.c, as with any
		 * guest that looks why it was stopped (ordering.md O5). */
		svnic_publish32(&ctrl->state, SVNIC_QUEUE_FAULTED);
	}
	event_fault(core, q);
}

void queue_fault(struct core *core, struct queue *q, enum svnic_verdict v)
{
	struct vif *vif = arena_vif(core, q->vif);

	/* Who takes over a faulted queue shows what for. */
	q->fault = (uint8_t)v;
	mem_commit();
	move(core, q, QUEUE_EV_FAULT);
	q->wait_until = 0;
	vif->active &= (uint16_t) ~(1u << q->id);
	vif->stats.faults++;
	show_fault(core, q);
}

void queue_reset(struct core *core, struct queue *q, uint32_t word)
{
	move(core, q, QUEUE_EV_RESET);
	rewind(core, q, word);
}

void queue_rebuild(struct core *core, struct queue *q)
{
	/* Nothing of an earlier round is valid, whatever its number was. */
	q->tx_round = core->round - 1;
	q->rx_round = core->round - 1;
	q->is_dirty = 0;
	q->is_marked = 0;
	q->pending = 0;
	q->hold_until = 0;
	q->wait_until = 0;
	q->is_hurried = 0;
	q->is_away = 0;
	q->is_far = 0;
	q->awaited = 0;
	q->retry_ns = 0;
	/* Buffers taken may not have been filled: what nobody was told of is
	 * lost, and they are filled again. */
	q->rx_next = q->rx_done;
	set_running(core, q, q->state == QUEUE_RUNNING);
	bell_watch(core, q);
}

void queue_resume(struct core *core, struct queue *q)
{
	struct svnic_queue_ctrl *ctrl = queue_ctrl(core, q);

	bell_resume(core, q);
	if (q->state == QUEUE_FAULTED) {
		show_fault(core, q);
		return;
	}
	if (ctrl) {
		/* What was done, but not shown, before the break. */
		q->tx_cons = q->tx_next;
		q->rx_done = q->rx_next;
		show_running(ctrl, q);
	}
	event_raise(core, q);
	sched_wake(core, q);
}
