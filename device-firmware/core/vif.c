// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life cycle and ownership of virtual interfaces; see vif.h.  A VIF belongs to
 * one link and is named by a number of that link; nothing that a link says can
 * name another's.  Called by admin_vif.c and link.c.
 *
 *           CREATE         QUEUE_FIRST
 *   FREE ----------> IDLE ------------> LIVE
 *     ^    DESTROY    |  <------------    |
 *     +---------------+   QUEUE_LAST      |
 *     +-----------------------------------+ DESTROY
 *
 * CONFIGURE is allowed in IDLE and LIVE and changes neither.
 */
#include "address.h"
#include "arena.h"
#include "domain.h"
#include "errno.h"
#include "hal.h"
#include "mem.h"
#include "region.h"
#include "sched.h"
#include "vif.h"

static const uint8_t vif_table[VIF_STATE_NR][VIF_EV_NR] = {
	[VIF_FREE] = {
		[VIF_EV_CREATE] = VIF_IDLE,
	},
	[VIF_IDLE] = {
		[VIF_EV_CONFIGURE] = VIF_IDLE,
		[VIF_EV_QUEUE_FIRST] = VIF_LIVE,
		[VIF_EV_DESTROY] = VIF_FREE,
	},
	[VIF_LIVE] = {
		[VIF_EV_CONFIGURE] = VIF_LIVE,
		[VIF_EV_QUEUE_LAST] = VIF_IDLE,
		[VIF_EV_DESTROY] = VIF_FREE,
	},
};

enum vif_state vif_next_state(enum vif_state state, enum vif_event ev)
{
	return (enum vif_state)vif_table[state][ev];
}

static void move(struct vif *vif, enum vif_event ev)
{
	enum vif_state next = vif_next_state(vif->state, ev);

	if (!next)
		hal_panic("VIF event without a cell");
	vif->state = (uint8_t)next;
}

bool vif_is_monitor(const struct vif *vif)
{
	return svnic_cpu32(vif->config.flags) & SVNIC_VIF_MONITOR;
}

struct vif *vif_find(struct core *core, unsigned int link, unsigned int id)
{
	uint16_t idx;

	if (id >= SVNIC_MAX_VIFS)
		return NULL;
	idx = arena_link_vifs(core, link)[id];
	return idx == LIST_NONE ? NULL : arena_vif(core, idx);
}

void vif_set_lane(struct vif *vif)
{
	const uint32_t no_tx =
		SVNIC_VIF_DISABLED | SVNIC_VIF_MONITOR | SVNIC_VIF_TRUNK;
	uint32_t flags = svnic_cpu32(vif->config.flags);
	unsigned int nr = vif->nr_direct ? vif->nr_direct : vif->nr_slow;

	vif->rx_queue = LIST_NONE;
	if (nr == 1)
		vif->rx_queue =
			vif->running[vif->nr_direct ? 0 : SVNIC_SLOW_QUEUE];
	vif->lane = 0;
	if ((flags & no_tx) || vif->monitors.nr)
		return;
	vif->lane = VIF_LANE_TX;
	if (vif->source)
		vif->lane |= VIF_LANE_IP;
	if (nr)
		vif->lane |= VIF_LANE_RX;
}

void vif_queue_count(struct vif *vif, int change)
{
	vif->nr_queues = (uint8_t)(vif->nr_queues + change);
	if (change > 0 && vif->nr_queues == 1)
		move(vif, VIF_EV_QUEUE_FIRST);
	else if (change < 0 && vif->nr_queues == 0)
		move(vif, VIF_EV_QUEUE_LAST);
}

static enum svnic_status check_config(struct core *core, unsigned int link,
				      const struct svnic_vif_config *c)
{
	unsigned int mtu = svnic_cpu16(c->mtu);
	uint32_t flags = svnic_cpu32(c->flags);
	const struct vif *seen;

	if (mtu < SVNIC_MTU_MIN || mtu > SVNIC_MTU_MAX ||
	    svnic_cpu16(c->segment) >= SVNIC_MAX_SEGMENTS ||
	    svnic_cpu16(c->vlan) > SVNIC_VLAN_MAX || flags & ~SVNIC_VIF_FLAGS)
		return SVNIC_ST_BAD_FIELD;
	if (c->rate && svnic_cpu32(c->burst) < mtu + SVNIC_FRAME_MIN)
		return SVNIC_ST_BAD_FIELD;
	if (!(flags & SVNIC_VIF_MONITOR))
		return (c->mac[0] & 1) || mem_mac(c->mac) == 0
			       ? SVNIC_ST_BAD_MAC
			       : SVNIC_ST_OK;
	seen = vif_find(core, link, svnic_cpu16(c->monitored));
	if (!seen)
		return SVNIC_ST_NO_VIF;
	return vif_is_monitor(seen) ? SVNIC_ST_BAD_FIELD : SVNIC_ST_OK;
}

/* Let frames find the VIF, as its configuration says. */
static enum svnic_status attach(struct core *core, struct vif *vif)
{
	enum svnic_status st;

	vif->mac = mem_mac(vif->config.mac);
	vif_set_lane(vif);
	if (vif_is_monitor(vif)) {
		struct vif *seen = vif_find(core, vif->link,
					    svnic_cpu16(vif->config.monitored));

		/* Nor is it a later one with that number that it sees. */
		if (!seen) {
			vif->config.monitored = svnic_le16(SVNIC_VIF_NONE);
			return SVNIC_ST_OK;
		}
		list_push(&seen->monitors,
			  arena_part(core, ARENA_MONITOR_NODES),
			  (uint16_t)arena_vif_idx(core, vif));
		vif_set_lane(seen);
		return SVNIC_ST_OK;
	}
	if (domain_join(core, vif))
		return SVNIC_ST_NO_VIFS;
	st = address_attach(core, vif);
	if (st != SVNIC_ST_OK)
		domain_leave(core, vif);
	return st;
}

static void detach(struct core *core, struct vif *vif)
{
	struct vif *seen;

	if (!vif_is_monitor(vif)) {
		address_detach(core, vif);
		domain_leave(core, vif);
		return;
	}
	seen = vif_find(core, vif->link, svnic_cpu16(vif->config.monitored));
	/* A monitor whose VIF is gone stays, and sees nothing. */
	if (vif->config.monitored == svnic_le16(SVNIC_VIF_NONE) || !seen)
		return;
	list_remove(&seen->monitors, arena_part(core, ARENA_MONITOR_NODES),
		    (uint16_t)arena_vif_idx(core, vif));
	vif_set_lane(seen);
}

unsigned int vif_choose_id(const struct core *core, unsigned int link,
			   unsigned int id)
{
	const uint16_t *map = arena_link_vifs(core, link);

	if (id != SVNIC_VIF_NONE)
		return id;
	for (id = 0; id < SVNIC_MAX_VIFS; id++) {
		if (map[id] == LIST_NONE)
			return id;
	}
	return SVNIC_VIF_NONE;
}

static void clear(struct vif *vif, unsigned int link, unsigned int id)
{
	unsigned int i;

	memset(vif, 0, sizeof(*vif));
	vif->state = VIF_FREE;
	vif->link = (uint8_t)link;
	vif->id = (uint16_t)id;
	vif->domain = DEMUX_NONE;
	vif->filters = LIST_NONE;
	vif->rx_queue = LIST_NONE;
	list_init(&vif->monitors);
	for (i = 0; i < SVNIC_MAX_QUEUES; i++)
		vif->queue[i] = LIST_NONE;
}

/* A monitor's copies are made where the frames are. */
static unsigned int choose_worker(struct core *core, unsigned int link,
				  const struct svnic_vif_config *config)
{
	if (svnic_cpu32(config->flags) & SVNIC_VIF_MONITOR)
		return vif_find(core, link, svnic_cpu16(config->monitored))
			->worker;
	return worker_choose(core);
}

enum svnic_status vif_create(struct core *core, unsigned int link,
			     unsigned int id,
			     const struct svnic_vif_config *config,
			     struct vif **out)
{
	uint32_t *next = arena_part(core, ARENA_VIF_NEXT);
	enum svnic_status st;
	struct vif *vif;
	uint32_t idx;

	if (id != SVNIC_VIF_NONE && id >= SVNIC_MAX_VIFS)
		return SVNIC_ST_BAD_FIELD;
	if (vif_find(core, link, id))
		return SVNIC_ST_BUSY;
	st = check_config(core, link, config);
	if (st != SVNIC_ST_OK)
		return st;
	idx = pool_get(&arena_board(core)->vif_pool, next);
	if (idx == POOL_NONE)
		return SVNIC_ST_NO_VIFS;
	id = vif_choose_id(core, link, id);
	vif = arena_vif(core, idx);
	clear(vif, link, id);
	vif->worker = (uint8_t)choose_worker(core, link, config);
	core = arena_home(core, vif);
	rss_reset(core, vif);
	vif->config = *config;
	st = attach(core, vif);
	if (st != SVNIC_ST_OK) {
		pool_put(&arena_board(core)->vif_pool, next, idx);
		return st;
	}
	sched_shape(core, vif);
	/* A new guest counts from zero, and learns nothing of the last one. */
	hal_doorbell_clear(link, id);
	arena_link_vifs(core, link)[id] = (uint16_t)idx;
	arena_link(core, link)->nr_vifs++;
	arena_board(core)->nr_on[vif->worker]++;
	mem_commit();
	move(vif, VIF_EV_CREATE);
	*out = vif;
	return SVNIC_ST_OK;
}

static void detach_monitors(struct core *core, struct vif *vif)
{
	struct node *nodes = arena_part(core, ARENA_MONITOR_NODES);
	uint16_t idx;

	while ((idx = list_pop(&vif->monitors, nodes)) != LIST_NONE)
		arena_vif(core, idx)->config.monitored =
			svnic_le16(SVNIC_VIF_NONE);
}

enum svnic_status vif_destroy(struct core *core, struct vif *vif)
{
	unsigned int i;

	core = arena_home(core, vif);
	for (i = 0; i < SVNIC_MAX_QUEUES; i++) {
		if (vif->queue[i] != LIST_NONE)
			queue_stop(core, arena_queue(core, vif->queue[i]));
	}
	move(vif, VIF_EV_DESTROY);
	mem_commit();
	sched_forget(core, vif);
	detach_monitors(core, vif);
	detach(core, vif);
	address_clear(core, vif);
	region_clear(core, vif);
	arena_link_vifs(core, vif->link)[vif->id] = LIST_NONE;
	arena_link(core, vif->link)->nr_vifs--;
	arena_board(core)->nr_on[vif->worker]--;
	pool_put(&arena_board(core)->vif_pool, arena_part(core, ARENA_VIF_NEXT),
		 arena_vif_idx(core, vif));
	return SVNIC_ST_OK;
}

enum svnic_status vif_set(struct core *core, struct vif *vif,
			  const struct svnic_vif_config *config)
{
	struct svnic_vif_config old = vif->config;
	enum svnic_status st;

	core = arena_home(core, vif);
	/* What a VIF is for is decided when it is created. */
	if ((svnic_cpu32(old.flags) ^ svnic_cpu32(config->flags)) &
	    SVNIC_VIF_MONITOR)
		return SVNIC_ST_BAD_FIELD;
	if (vif_is_monitor(vif) && old.monitored != config->monitored)
		return SVNIC_ST_BAD_FIELD;
	st = check_config(core, vif->link, config);
	if (st != SVNIC_ST_OK)
		return st;
	detach(core, vif);
	vif->config = *config;
	st = attach(core, vif);
	if (st != SVNIC_ST_OK) {
		vif->config = old;
		if (attach(core, vif) != SVNIC_ST_OK)
			hal_panic("old configuration not accepted");
		return st;
	}
	move(vif, VIF_EV_CONFIGURE);
	sched_shape(core, vif);
	return SVNIC_ST_OK;
}

/* Was it created, all of it, and is it not destroyed yet? */
static bool is_admissible(const struct core *core, const struct vif *vif)
{
	return (vif->state == VIF_IDLE || vif->state == VIF_LIVE) &&
	       vif->link < core->config.nr_links && vif->id < SVNIC_MAX_VIFS &&
	       vif->worker < core->config.nr_workers;
}

/* A VIF of an arena that was found: its number, its addresses, no queues. */
static void readmit(struct core *core, struct vif *vif)
{
	list_init(&vif->monitors);
	vif->domain = DEMUX_NONE;
	vif->nr_direct = 0;
	vif->nr_slow = 0;
	vif->nr_queues = 0;
	vif->active = 0;
	vif->place = VIF_AT_REST;
	vif->state = VIF_IDLE;
	address_recount(core, vif);
	if (vif_find(core, vif->link, vif->id) ||
	    attach(core, vif) != SVNIC_ST_OK) {
		/* A command was cut short between two of its steps. */
		vif->state = VIF_FREE;
		return;
	}
	arena_link_vifs(core, vif->link)[vif->id] =
		(uint16_t)arena_vif_idx(core, vif);
	arena_link(core, vif->link)->nr_vifs++;
	arena_board(core)->nr_on[vif->worker]++;
}

static bool is_started(const struct core *core, const struct vif *vif,
		       unsigned int id, const struct queue *q)
{
	return (q->state == QUEUE_RUNNING || q->state == QUEUE_FAULTED) &&
	       q->vif == arena_vif_idx(core, vif) && q->id == id &&
	       q->vif_id == vif->id && q->link == vif->link;
}

static void rebuild_queues(struct core *core, struct vif *vif)
{
	struct queue *q;
	unsigned int i;

	for (i = 0; i < SVNIC_MAX_QUEUES; i++) {
		if (vif->queue[i] == LIST_NONE)
			continue;
		q = arena_queue(core, vif->queue[i]);
		if (vif->queue[i] >= core->config.nr_queues ||
		    !is_started(core, vif, i, q)) {
			vif->queue[i] = LIST_NONE;
			continue;
		}
		vif_queue_count(vif, 1);
		queue_rebuild(arena_home(core, vif), q);
	}
}

static void rebuild_vif_pool(struct core *core)
{
	uint32_t *next = arena_part(core, ARENA_VIF_NEXT);
	unsigned int i;

	pool_init(&arena_board(core)->vif_pool);
	for (i = core->config.max_vifs; i-- > 0;) {
		if (arena_vif(core, i)->state == VIF_FREE)
			pool_put(&arena_board(core)->vif_pool, next, i);
	}
}

/* Who owns a queue that is in use? */
static void rebuild_queue_pool(struct core *core)
{
	uint32_t *next = arena_part(core, ARENA_QUEUE_NEXT);
	unsigned int i;

	pool_init(&arena_board(core)->queue_pool);
	for (i = core->config.nr_queues; i-- > 0;) {
		struct queue *q = arena_queue(core, i);
		const struct vif *vif = arena_vif(core, q->vif);

		if (q->state != QUEUE_STOPPED &&
		    q->vif < core->config.max_vifs && vif->state != VIF_FREE &&
		    q->id < SVNIC_MAX_QUEUES && vif->queue[q->id] == i)
			continue;
		q->state = QUEUE_STOPPED;
		pool_put(&arena_board(core)->queue_pool, next, i);
	}
}

static void forget_numbers(struct core *core)
{
	uint32_t *next = arena_part(core, ARENA_DOMAIN_NEXT);
	unsigned int i;

	pool_init(&arena_board(core)->domain_pool);
	for (i = core->config.max_vifs; i-- > 0;)
		pool_put(&arena_board(core)->domain_pool, next, i);
	for (i = 0; i < SVNIC_MAX_SEGMENTS; i++)
		arena_board(core)->trunk[i] = DEMUX_NONE;
	memset(arena_board(core)->nr_on, 0, sizeof(arena_board(core)->nr_on));
	for (i = 0; i < core->config.nr_links; i++) {
		memset(arena_link_vifs(core, i), 0xff,
		       SVNIC_MAX_VIFS * sizeof(uint16_t));
		arena_link(core, i)->nr_vifs = 0;
	}
}

void vif_rebuild(struct core *core)
{
	const unsigned int nr = core->config.max_vifs;
	struct vif *vif = arena_vif(core, 0);
	unsigned int i;

	forget_numbers(core);
	for (i = 0; i < nr; i++) {
		if (!is_admissible(core, &vif[i]))
			vif[i].state = VIF_FREE;
		if (vif[i].state != VIF_FREE && !vif_is_monitor(&vif[i]))
			readmit(core, &vif[i]);
	}
	/* Monitors find what they monitor only now. */
	for (i = 0; i < nr; i++) {
		if (vif[i].state != VIF_FREE && vif_is_monitor(&vif[i]))
			readmit(core, &vif[i]);
	}
	for (i = 0; i < nr; i++) {
		if (vif[i].state != VIF_FREE)
			rebuild_queues(core, &vif[i]);
	}
	rebuild_vif_pool(core);
	address_rebuild(core);
	rebuild_queue_pool(core);
}
