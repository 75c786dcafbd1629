/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The responses to one frame of a tx ring.  They lie over its requests, which a
 * daemon that takes over would take for requests still if the earlier one was
 * killed between the first of them and the guest's index.  So the first slot
 * says that all of them are being answered, and how: whoever comes then ends it.
 */
#ifndef SVNICD_NETIF_TXRSP_H
#define SVNICD_NETIF_TXRSP_H

#include <stdbool.h>
#include <stdint.h>

struct sring;
struct stage;

struct txrsp {
	unsigned int nr;	/* slots */
	unsigned int nr_extras; /* ... that follow the first */
	bool error;
	const uint16_t *id; /* of each slot */
};

/* Write them; the guest sees them with sring_publish(). */
void txrsp_put(struct sring *r, const struct txrsp *t);
/* The same, for the call that copies to store. */
void txrsp_stage(struct sring *r, const struct txrsp *t, struct stage *s);
/* After sring_init(): take what was being answered, and answer it. */
void txrsp_end(struct sring *r);

#endif /* SVNICD_NETIF_TXRSP_H */
