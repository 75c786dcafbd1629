/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the TCP or UDP header of a frame is, for a sender that left its checksum
 * blank without saying where: netif's frontends do (xen/io/netif.h).
 */
#ifndef CORE_TRANSPORT_H
#define CORE_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transport {
	uint16_t start; /* octets before the header */
	uint8_t csum;	/* of its checksum, from there on */
};

/*
 * Look for it in the first @linear octets of @l2, at least 14.  False when there
 * is none: another protocol, a fragment, or more before it than was copied.
 */
bool transport_find(const uint8_t *l2, size_t linear, struct transport *t);

#endif /* CORE_TRANSPORT_H */
