/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the headers of a frame are, as far as checksums, GSO and flow hashes
 * need it.  The frame is the daemon's own copy; its octets are hostile.
 */
#ifndef SVNICD_NETIF_HEADERS_H
#define SVNICD_NETIF_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <svnic/headers.h>

struct headers {
	uint16_t l3;	  /* 0: neither IPv4 nor IPv6 */
	uint16_t l4;	  /* 0: no TCP or UDP header of the first fragment */
	uint8_t ip;	  /* 4 or 6 */
	uint8_t protocol; /* SVNIC_IP_TCP, SVNIC_IP_UDP or another */
	uint16_t end;	  /* of TCP's or UDP's header; 0: cut short */
};

/*
 * @linear octets of @frame can be read, at most SVNIC_HEADERS_MAX of which are.
 * False when there is no IP header.
 */
bool headers_find(const uint8_t *frame, size_t linear, struct headers *h);
/* Store the sum of the pseudo-header over @len octets there, not inverted. */
void headers_pseudo(uint8_t *frame, const struct headers *h, uint32_t len);

static inline void headers_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline uint32_t headers_be32(const uint8_t *p)
{
	return (uint32_t)svnic_headers_be16(p) << 16 |
	       svnic_headers_be16(p + 2);
}

static inline void headers_put32(uint8_t *p, uint32_t v)
{
	headers_put16(p, (uint16_t)(v >> 16));
	headers_put16(p + 2, (uint16_t)v);
}

#endif /* SVNICD_NETIF_HEADERS_H */
