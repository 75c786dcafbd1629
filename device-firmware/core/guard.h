/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a VIF may send: its own source addresses, no tag unless it is a trunk,
 * no link-local frames, offload fields that make sense, no more than its mtu.
 */
#ifndef CORE_GUARD_H
#define CORE_GUARD_H

#include <svnic/abi.h>

struct core;
struct vif;
struct frame;

/*
 * Check a gathered frame of @nr_segs pieces, copying its header on the way,
 * and find its VLAN.  SVNIC_V_DELIVERED when it may pass, else the verdict.
 */
enum svnic_verdict guard_check(const struct core *core, const struct vif *vif,
			       struct frame *f, unsigned int nr_segs);

#endif /* CORE_GUARD_H */
