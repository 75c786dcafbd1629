// SPDX-License-Identifier: GPL-2.0-only
/*
 * VIFs of an arena that another process left behind, at any instruction: which
 * of them there are is believed (their state is written last), what follows
 * from that is made anew: numbers, domains, lists, pools.  Called by arena.c
 * before the first round; touches no host memory.
 */
#include "address.h"
#include "arena.h"
#include "mem.h"
#include "vif.h"

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
	    vif_attach(core, vif) != SVNIC_ST_OK) {
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
