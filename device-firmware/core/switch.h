/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a frame goes: VIF to VIF, VIF to wire, wire to VIF, fan-out.
 */
#ifndef CORE_SWITCH_H
#define CORE_SWITCH_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct vif;
struct frame;
struct parcel;

/* Whose a frame is, its header copied and its domain known: dest, is_many. */
void switch_find(const struct core *core, struct frame *f);
/* At most so many VIFs get it, if it is for many. */
unsigned int switch_nr_copies(const struct core *core, const struct frame *f);
/*
 * Deliver what of a parcel is for this worker's VIFs, and for the uplinks if
 * they are its own, in order, until one has to wait (-EAGAIN, -EINPROGRESS):
 * all behind that are for the same receiver then.  What is decided is in f->v.
 */
void switch_share(struct core *core, struct parcel *p);
/* Copies to those VIFs of this worker that want it; f->got counts them. */
void switch_fan_out(struct core *core, struct frame *f);
/*
 * @nr VIFs got a frame, @wire is what became of it at the uplink: count the
 * copies after the first apart; the verdict that is the frame's own.
 */
int switch_settle(int wire, unsigned int nr, __le64 *verdict);

#endif /* CORE_SWITCH_H */
