/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the card left to the receiver, done for one that cannot: tags put into
 * the octets, checksums completed, large TCP frames cut into segments.  All on
 * a copy in one piece, with headers that other guests or the wire chose.
 */
#ifndef SVNICD_NETIF_OFFLOAD_H
#define SVNICD_NETIF_OFFLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/segment.h>

#include "netif/headers.h"

/* Insert a tag into @frame, which has four octets of room. */
void offload_tag(uint8_t *frame, uint32_t *len, uint16_t tci);

/* False: its headers are not those of a TCP frame that can be cut. */
bool offload_plan(const uint8_t *frame, uint32_t len, uint16_t size,
		  struct svnic_cut *cut);
/* Segment @i, complete, at @out; its length. */
uint32_t offload_segment(const uint8_t *frame, const struct svnic_cut *cut,
			 uint32_t i, uint8_t *out);

#endif /* SVNICD_NETIF_OFFLOAD_H */
