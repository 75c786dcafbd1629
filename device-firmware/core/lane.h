/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fast lane: ordinary frames from VIF to VIF, a burst at a time.
 */
#ifndef CORE_LANE_H
#define CORE_LANE_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct vif;
struct frame;

/*
 * The flags that a frame of one piece may have on the lane, and its metadata
 * otherwise: the first eight octets of struct svnic_meta, as one number.
 */
#define LANE_META_MASK 0xff000000fffffffcull
#define LANE_META_IS   0x0100000000000000ull

/* The destination in the first octets of a frame, as mem_mac(). */
#define LANE_MAC_MASK 0xffffffffffffull

/*
 * Look at @nr gathered frames of a VIF: which of those marked is_plain are, and
 * for whom.  Their first octets are copied here, once, and the copy is used.
 * True when all of them are, each for a VIF.
 */
bool lane_check(struct core *core, const struct vif *vif, struct frame *f,
		unsigned int nr);
/*
 * Deliver frames of a VIF from the first on, as far as each is plain, for a VIF
 * of this worker, and taken by that: how many.  They get their verdict; the
 * next is for others to decide.
 */
unsigned int lane_run(struct core *core, const struct vif *vif, struct frame *f,
		      unsigned int nr);

#endif /* CORE_LANE_H */
