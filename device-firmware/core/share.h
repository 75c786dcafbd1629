/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much a VIF may send: its part of a turn, by its class's weight, what its
 * rate allows, and what its min_rate still promises it.  All in octets, counted
 * by those who send for it; who is served next is sched.c's.
 */
#ifndef CORE_SHARE_H
#define CORE_SHARE_H

#include <stdbool.h>
#include <stdint.h>
#include "vif.h"

struct core;

#define SHARE_QUANTUM 16384u /* octets of a turn, for weight 1 */

/* The logarithm of its weight. */
static inline unsigned int share_class(const struct vif *vif)
{
	return (svnic_cpu32(vif->config.flags) & SVNIC_VIF_CLASS) >> 8;
}

/* Octets of one turn. */
static inline int32_t share_quantum(const struct vif *vif)
{
	return (int32_t)(SHARE_QUANTUM << share_class(vif));
}

/* How many quanta are missing until it may send again. */
static inline uint32_t share_owed(const struct vif *vif)
{
	return vif->deficit > 0
		       ? 0
		       : (uint32_t)(-vif->deficit / share_quantum(vif)) + 1;
}

/* How many octets it may send in this turn; one frame may go beyond. */
static inline int64_t share_octets(const struct vif *vif)
{
	int64_t octets = vif->deficit;

	if (vif->config.rate && bucket_units(&vif->tx) < octets)
		octets = bucket_units(&vif->tx);
	if (vif->place == VIF_AT_HEAD && bucket_units(&vif->min) < octets)
		octets = bucket_units(&vif->min);
	return octets;
}

/* Its rates are new: it begins with all that may come at once. */
void share_fill(const struct core *core, struct vif *vif);
/* A turn of it begins; @quanta: as many are its due. */
void share_begin(const struct core *core, struct vif *vif, uint32_t quanta);
/* Is there anything left of what its min_rate promises?  It has one. */
bool share_is_promised(const struct core *core, struct vif *vif);
/* May it send now, as far as its rate is concerned?  If not, due_ns is set. */
bool share_may_send(const struct core *core, struct vif *vif);
/*
 * It sent frames; @cost: what its turn is charged for them; @promised: its turn
 * came for its min_rate.
 */
void share_sent(struct vif *vif, uint32_t octets, uint32_t cost, bool promised);
/* It caused work of so many octets beside that: copies, headers of segments. */
void share_owe(struct vif *vif, uint32_t octets, bool promised);

#endif /* CORE_SHARE_H */
