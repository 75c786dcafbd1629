/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes the frames that a guest put into a tx ring, without moving its cursor.
 */
#ifndef CORE_GATHER_H
#define CORE_GATHER_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct frame;
struct queue;
struct vif;

struct gather {
	uint32_t avail;		  /* descriptors that the guest provided */
	int64_t octets;		  /* that the VIF may send; one frame more */
	enum svnic_verdict fault; /* what came after the last frame */
};

/*
 * How many descriptors the guest has provided, or -EPROTO, or -ENOENT when
 * the control page is gone.
 */
int gather_avail(struct core *core, struct queue *q);
/* Take up to ARENA_BURST frames from the cursor on: how many. */
unsigned int gather_burst(struct core *core, struct vif *vif, struct queue *q,
			  struct gather *b, struct frame *f);
/*
 * Would anybody else's frame wait behind @f?  Each frame of the ring is looked
 * at once, however often @f is tried and however many wait before it.  If so,
 * all frames before that one are in a hurry.
 */
bool gather_is_in_the_way(struct core *core, struct vif *vif, struct queue *q,
			  const struct frame *f);
/* Is there anything behind a frame that waits, at which that has not looked? */
bool gather_has_more(struct core *core, struct queue *q);

#endif /* CORE_GATHER_H */
