/* SPDX-License-Identifier: GPL-2.0-only */
/* The nodes that a guest is known by. */
#ifndef SVNICD_XEN_NODES_H
#define SVNICD_XEN_NODES_H

#include <stdint.h>

struct platform;
struct tenant;

/* At the start: all at once that guest_create() and guest_look() need. */
void nodes_ask(struct platform *p, uint32_t domid, uint32_t devid);
/* Later: what guest_look() needs. */
void nodes_ask_again(struct tenant *t);

#endif /* SVNICD_XEN_NODES_H */
