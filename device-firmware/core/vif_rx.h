/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the card to a guest: buffers of its rx rings, filled and shown.
 */
#ifndef CORE_VIF_RX_H
#define CORE_VIF_RX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct core;
struct frame;
struct queue;
struct rss_hash;
struct vif;

/*
 * Give a frame to a VIF and copies to its monitors, and count it.  An enum
 * svnic_verdict, or -EAGAIN when the sender should wait instead.
 */
int vif_rx(struct core *core, struct vif *vif, const struct frame *f);
/* Copies of @f for the monitors of @vif; @flags: SVNIC_META_MONITOR_TX or 0. */
void vif_rx_monitors(struct core *core, struct vif *vif, const struct frame *f,
		     unsigned int flags);
/*
 * See what a guest provided since its queue was looked at last: 1 more
 * buffers, 0 none, -EPROTO its queue was stopped for what it did.
 */
int vif_rx_look(struct core *core, struct vif *vif, struct queue *q);
/*
 * The queue for a frame whose first @linear octets are at @l2, when several
 * run; @hash goes with it.
 */
struct queue *vif_rx_spread(const struct core *core, const struct vif *vif,
			    const uint8_t *l2, size_t linear,
			    struct rss_hash *hash);
/* Is the rate at which the VIF may be sent to used up?  It has one. */
bool vif_rx_is_over(const struct core *core, struct vif *vif);
/* Buffers of the queue were used: show them at the next vif_rx_publish(). */
void vif_rx_dirty(struct core *core, struct queue *q);
/* Show the receivers what they got since the last call. */
void vif_rx_publish(struct core *core);

#endif /* CORE_VIF_RX_H */
