/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counting.  A verdict is the index of its counter; there is no other way to
 * count what became of a frame.  How many were delivered follows from the
 * frames, so that an ordinary frame touches no counter beside those.
 */
#ifndef CORE_STATS_H
#define CORE_STATS_H

#include <stdint.h>
#include <svnic/abi.h>
#include "vif.h"

struct core;

/* A frame of @octets that a VIF sent. */
static inline void stats_tx(struct vif *vif, enum svnic_verdict v,
			    uint32_t octets)
{
	if (v != SVNIC_V_DELIVERED)
		vif->stats.tx_verdict[v]++;
	if (v == SVNIC_V_DELIVERED || v == SVNIC_V_WIRE) {
		vif->tx_frames++;
		vif->tx_octets += octets;
	}
}

/* A frame of @octets that was for a VIF. */
static inline void stats_rx(struct vif *vif, enum svnic_verdict v,
			    uint32_t octets)
{
	if (v != SVNIC_V_DELIVERED) {
		vif->stats.rx_verdict[v]++;
		return;
	}
	vif->rx_frames++;
	vif->rx_octets += octets;
}

/* The payloads of VIF_QUERY and PORT_QUERY. */
void stats_vif_info(struct core *core, struct vif *vif,
		    struct svnic_vif_info *info);
void stats_port_info(struct core *core, unsigned int port,
		     struct svnic_port_info *info);

#endif /* CORE_STATS_H */
