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
#include "hal.h"
#include "mem.h"
#include "region.h"
#include "sched.h"
#include "vif.h"
#include "worker.h"

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

/* What a monitor sees, or NULL when that is gone. */
static struct vif *find_monitored(struct core *core, const struct vif *vif)
{
	return vif_find(core, vif->link, svnic_cpu16(vif->config.monitored));
}

static void monitor_attach(struct core *core, struct vif *vif)
{
	struct vif *seen = find_monitored(core, vif);

	/* Nor is it a later one with that number that it sees. */
	if (!seen) {
		vif->config.monitored = svnic_le16(SVNIC_VIF_NONE);
		return;
	}
	list_push(&seen->monitors, arena_part(core, ARENA_MONITOR_NODES),
		  (uint16_t)arena_vif_idx(core, vif));
	vif_set_lane(seen);
}

/* One whose VIF is gone stays, and sees nothing. */
static void monitor_detach(struct core *core, struct vif *vif)
{
	struct vif *seen = find_monitored(core, vif);

	if (!seen)
		return;
	list_remove(&seen->monitors, arena_part(core, ARENA_MONITOR_NODES),
		    (uint16_t)arena_vif_idx(core, vif));
	vif_set_lane(seen);
}

enum svnic_status vif_attach(struct core *core, struct vif *vif)
{
	enum svnic_status st;

	vif->mac = mem_mac(vif->config.mac);
	vif_set_lane(vif);
	if (vif_is_monitor(vif)) {
		monitor_attach(core, vif);
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
	if (vif_is_monitor(vif)) {
		monitor_detach(core, vif);
		return;
	}
	address_detach(core, vif);
	domain_leave(core, vif);
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
	st = vif_attach(core, vif);
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
	st = vif_attach(core, vif);
	if (st != SVNIC_ST_OK) {
		vif->config = old;
		if (vif_attach(core, vif) != SVNIC_ST_OK)
			hal_panic("old configuration not accepted");
		return st;
	}
	move(vif, VIF_EV_CONFIGURE);
	sched_shape(core, vif);
	return SVNIC_ST_OK;
}
