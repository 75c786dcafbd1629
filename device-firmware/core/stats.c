// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows counters and state to the host; see stats.h.  The counting itself is
 * one increment, inline, where a frame's verdict is known.
 * Called by admin.c and admin_vif.c.
 */
#include "arena.h"
#include "hal.h"
#include "mem.h"
#include "stats.h"

static void queue_info(struct core *core, struct queue *q,
		       struct svnic_queue_info *info)
{
	const struct svnic_queue_ctrl *ctrl = queue_ctrl(core, q);

	info->state = (uint8_t)(q->state - 1);
	info->fault = q->fault;
	info->tx_order = q->tx_order;
	info->rx_order = q->rx_order;
	if (!ctrl)
		return;
	/* For a person to read; what the guest wrote is not believed. */
	info->tx_pending =
		svnic_le32(svnic_peek32(&ctrl->tx_prod) - q->tx_next);
	info->rx_buffers =
		svnic_le32(svnic_peek32(&ctrl->rx_prod) - q->rx_next);
}

/* A core may have been killed between the counters of one frame. */
static uint64_t nr_delivered(const struct vif *vif)
{
	uint64_t wire = vif->stats.tx_verdict[SVNIC_V_WIRE];

	return vif->tx_frames > wire ? vif->tx_frames - wire : 0;
}

void stats_vif_info(struct core *core, struct vif *vif,
		    struct svnic_vif_info *info)
{
	unsigned int i;

	core = arena_home(core, vif);
	memset(info, 0, sizeof(*info));
	info->config = vif->config;
	info->nr_pages = svnic_le32(vif->nr_pages);
	for (i = 0; i < SVNIC_MAX_QUEUES; i++) {
		if (vif->queue[i] != LIST_NONE)
			queue_info(core, arena_queue(core, vif->queue[i]),
				   &info->queue[i]);
	}
	info->stats = vif->stats;
	info->stats.tx_frames = svnic_le64(vif->tx_frames);
	info->stats.tx_octets = svnic_le64(vif->tx_octets);
	info->stats.rx_frames = svnic_le64(vif->rx_frames);
	info->stats.rx_octets = svnic_le64(vif->rx_octets);
	info->stats.tx_verdict[SVNIC_V_DELIVERED] =
		svnic_le64(nr_delivered(vif));
	info->stats.rx_verdict[SVNIC_V_DELIVERED] = svnic_le64(vif->rx_frames);
}

void stats_port_info(struct core *core, unsigned int port,
		     struct svnic_port_info *info)
{
	*info = arena_board(core)->port[port].info;
	hal_wire_info(port, info);
}
