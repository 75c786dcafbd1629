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

#define HEADERS_TCP 6u
#define HEADERS_UDP 17u

/* Octets of a frame that are looked at. */
#define HEADERS_MAX 512u

struct headers {
	uint16_t l3;	  /* 0: neither IPv4 nor IPv6 */
	uint16_t l4;	  /* 0: no TCP or UDP header of the first fragment */
	uint8_t ip;	  /* 4 or 6 */
	uint8_t protocol; /* HEADERS_TCP, HEADERS_UDP or another */
	uint16_t end;	  /* of TCP's or UDP's header; 0: cut short */
	uint32_t ip_end;  /* of the packet, as the IP header says */
};

/*
 * @linear octets of @frame can be read, at most HEADERS_MAX of which are.
 * False when there is no IP header.
 */
bool headers_find(const uint8_t *frame, size_t linear, struct headers *h);
/* Where in its header the checksum of @h->protocol is; 0: it has none. */
unsigned int headers_csum_offset(const struct headers *h);
/* Store the sum of the pseudo-header over @len octets there, not inverted. */
void headers_pseudo(uint8_t *frame, const struct headers *h, uint32_t len);

static inline uint16_t headers_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline void headers_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline uint32_t headers_be32(const uint8_t *p)
{
	return (uint32_t)headers_be16(p) << 16 | headers_be16(p + 2);
}

static inline void headers_put32(uint8_t *p, uint32_t v)
{
	headers_put16(p, (uint16_t)(v >> 16));
	headers_put16(p + 2, (uint16_t)v);
}

#endif /* SVNICD_NETIF_HEADERS_H */
