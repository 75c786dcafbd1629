// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host links come and go; see link.h.  The admin queue's memory stands for all
 * of the host's: while it cannot be reached, no guest of the link is served
 * and none is blamed.  Each worker looks for itself, and after its own queues.
 * Called by poll.c at the start of a round and worker.c in a halt,
 * core_link_reset by the HAL and regs.c.
 */
#include "admin.h"
#include "arena.h"
#include "event.h"
#include "hal.h"
#include "link.h"
#include "queue.h"

static bool is_there(const struct core *core, unsigned int link)
{
	const struct admin_queue *a = &arena_link(core, link)->admin;

	return (a->status & SVNIC_STATUS_READY) &&
	       hal_dma(link, a->sq,
		       SVNIC_ADMIN_ENTRIES * sizeof(struct svnic_admin_cmd),
		       false);
}

static void wake_queues(struct core *core, unsigned int link)
{
	unsigned int i;

	for (i = 0; i < core->config.nr_queues; i++) {
		struct queue *q = arena_queue(core, i);

		if (arena_vif(core, q->vif)->worker == core->worker &&
		    q->state != QUEUE_STOPPED && q->link == link)
			queue_resume(core, q);
	}
}

void link_forget(struct core *core)
{
	uint32_t epoch = hal_dma_epoch();

	if (core->dma_epoch == epoch)
		return;
	core->dma_epoch = epoch;
	core->round++;
}

void link_poll(struct core *core)
{
	unsigned int i;
	uint32_t bit;

	link_forget(core);
	for (i = 0; i < core->config.nr_links; i++) {
		bit = 1u << i;
		if (!is_there(core, i)) {
			core->links_up &= ~bit;
		} else if (!(core->links_up & bit)) {
			core->links_up |= bit;
			wake_queues(core, i);
		}
	}
}

void core_link_reset(struct core *core, unsigned int link)
{
	struct link *l;
	struct vif *vif;
	unsigned int i;

	if (link >= core->config.nr_links)
		return;
	l = arena_link(core, link);
	/* Memory may have gone since the last round. */
	for (i = 0; i < core->config.nr_workers; i++)
		link_forget(arena_head(core, i));
	for (i = 0; i < SVNIC_MAX_VIFS && l->nr_vifs; i++) {
		vif = vif_find(core, link, i);
		if (vif)
			vif_destroy(core, vif);
	}
	event_ring_set(core, link, 0, 0);
	journal_close(core, link);
	l->admin = (struct admin_queue) { 0 };
	l->epoch++;
	for (i = 0; i < core->config.nr_workers; i++)
		arena_head(core, i)->links_up &= ~(1u << link);
}
