/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a frame goes: VIF to VIF, VIF to wire, wire to VIF, fan-out.
 */
#ifndef CORE_SWITCH_H
#define CORE_SWITCH_H

#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct vif;
struct frame;

/* Uplinks; written by switch.c. */
struct port {
	struct svnic_port_info info; /* the counters of it */
	uint8_t is_full;	     /* nobody waits for it any more */
};

/*
 * Send a frame of a VIF that guard_check() passed, its header copied.  An enum
 * svnic_verdict, or -EAGAIN: nothing was done, try again.  A wire that takes
 * segments only may have got some by then (f->sent), or -EINPROGRESS: it has
 * got a good many, and the next are sent when others had their turn.
 */
int switch_tx(struct core *core, struct vif *sender, struct frame *f);
/* Take frames of all ports; how many. */
unsigned int switch_wires(struct core *core);

#endif /* CORE_SWITCH_H */
