/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A frame from the card as the guest will see it: pieces of memory, flags, and
 * the extra slots that go with it.
 */
#ifndef SVNICD_NETIF_VIEW_H
#define SVNICD_NETIF_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "netif/wire.h"

struct netif;
struct netif_buf;

#define VIEW_PIECES 18u

struct view {
	uint32_t len;
	uint16_t flags; /* WIRE_RX_* of the first slot */
	unsigned int nr_pieces;
	unsigned int nr_extras;
	struct {
		uint8_t *mem;
		uint32_t len;
	} piece[VIEW_PIECES];
	struct wire_extra extra[3];
};

/*
 * Does the guest take a frame with these SVNIC_META_* flags as the card gave
 * it?  @mem is its beginning.
 */
bool view_is_taken(const struct netif *n, unsigned int flags,
		   const uint8_t *mem);
/* No pieces yet; @flags: what of the card's the guest still has to know. */
void view_begin(const struct netif *n, const struct netif_buf *b,
		unsigned int flags, struct view *v);
/* At most VIEW_PIECES of them. */
void view_add(struct view *v, uint8_t *mem, uint32_t len);

#endif /* SVNICD_NETIF_VIEW_H */
