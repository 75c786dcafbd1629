/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One granted page and one event channel, in place of libxengnttab and
 * libxenevtchn.
 */
#ifndef FAKES_SVNICD_HYPERVISOR_H
#define FAKES_SVNICD_HYPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

struct fake_hypervisor {
	void *page; /* what any grant maps; NULL: it fails */
	bool bind_fails;
	int16_t copy_status; /* of a grant copy's segment */
	unsigned int mapped; /* pages */
	unsigned int bound;  /* channels */
	unsigned int notified;
	unsigned int unmasked;
};

extern struct fake_hypervisor fake_hypervisor;

/* The guest rings. */
void fake_ring(void);

#endif /* FAKES_SVNICD_HYPERVISOR_H */
