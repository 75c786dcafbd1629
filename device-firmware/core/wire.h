/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The uplinks.
 */
#ifndef CORE_WIRE_H
#define CORE_WIRE_H

#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct frame;
struct parcel;

/* Written by wire.c. */
struct port {
	struct svnic_port_info info; /* the counters of it */
	uint8_t is_full;	     /* nobody waits for it any more */
};

/*
 * Send a frame that guard_check() passed, its header copied: an enum
 * svnic_verdict, or -EAGAIN: nothing was done, try again.  A wire that takes
 * segments only may have got some by then (f->sent), or -EINPROGRESS: it has
 * got a good many, and the next are sent when others had their turn.
 */
int wire_tx(struct core *core, struct frame *f);
/* Take frames of all ports; how many. */
unsigned int wire_poll(struct core *core);
/* Of the worker's parcels, how many are left for what the wires bring next. */
unsigned int wire_needs(const struct core *core);
/* A parcel of frames that came by a wire has been everywhere. */
void wire_home(struct core *core, struct parcel *p);

#endif /* CORE_WIRE_H */
