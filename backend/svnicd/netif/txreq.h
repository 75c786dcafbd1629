/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parser of a tx ring: one frame, or one dummy request with a message, out
 * of the requests that a guest published.  It touches nothing but the ring, and
 * that once.
 */
#ifndef SVNICD_NETIF_TXREQ_H
#define SVNICD_NETIF_TXREQ_H

#include <stdbool.h>
#include <stdint.h>

#include "netif/netif.h"
#include "netif/wire.h"

struct sring;

/* Ring slots that a parser looks at before it knows a flood. */
#define TXREQ_RING (1u + WIRE_EXTRA_NR + NETIF_SLOTS_MAX)

struct txreq_slot {
	uint32_t gref;
	uint16_t offset;
	uint16_t size; /* octets of this slot */
};

struct txreq {
	uint32_t nr_ring;   /* ring slots from the cursor on, extras too */
	uint32_t nr_extras; /* ... of which follow the first */
	uint32_t nr_slots;  /* with octets */
	uint32_t len;	    /* octets of the frame */
	uint16_t flags;	    /* of the first slot */
	uint8_t extras;	    /* bitmap of enum wire_extra_type */
	struct wire_extra extra[WIRE_EXTRA_NR];
	uint16_t id[TXREQ_RING]; /* of each ring slot, to be echoed */
	struct txreq_slot slot[NETIF_SLOTS];
};

/*
 * Parse what lies at the cursor of @r, where @avail > 0 requests are.  OK: a
 * frame, or a message (txreq_is_message()).  A verdict that
 * txreq_is_fatal(): the guest broke a rule that no working driver breaks.  Any
 * other: nr_ring requests are to be answered with an error.  The cursor stays.
 */
enum netif_verdict txreq_parse(const struct sring *r, uint32_t avail,
			       struct txreq *t);
bool txreq_is_fatal(enum netif_verdict v);
/* MCAST_ADD or _DEL: the request carries no frame. */
bool txreq_is_message(const struct txreq *t);

#endif /* SVNICD_NETIF_TXREQ_H */
