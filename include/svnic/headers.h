/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The way from a frame's Ethernet header to that of its transport, for the
 * firmware (a checksum that its sender left blank without saying where) and the
 * daemon (checksums, GSO, flow hashes): up to two tags, IPv4 with options, IPv6
 * with a chain of headers.  The octets are hostile: every offset is compared
 * with what can be read before it is used, and every chain has a bound (rules
 * R06, R07).  Freestanding, without state.
 */
#ifndef SVNIC_HEADERS_H
#define SVNIC_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* IANA's protocol numbers; the others are headers of IPv6. */
#define SVNIC_IP_HOPS	  0u
#define SVNIC_IP_TCP	  6u
#define SVNIC_IP_UDP	  17u
#define SVNIC_IP_ROUTING  43u
#define SVNIC_IP_FRAGMENT 44u
#define SVNIC_IP_AUTH	  51u
#define SVNIC_IP_OPTIONS  60u

#define SVNIC_HEADERS_MAX 512u /* octets of a frame that are looked at */
#define SVNIC_IPV6_CHAIN  8u   /* headers between IPv6's and the transport's */

struct svnic_headers {
	uint16_t l3;	  /* octets before the IP header */
	uint16_t l4;	  /* ... before what it carries; 0: a part of that */
	uint8_t ip;	  /* 4 or 6 */
	uint8_t protocol; /* of what it carries; IPv6: or of the last header
			   * known, as SVNIC_IP_FRAGMENT of a part */
};

static inline uint16_t svnic_headers_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* Octets of IPv6's header @type at @p; 0: nothing is known to follow it. */
static inline size_t svnic_headers_next(unsigned int type, const uint8_t *p)
{
	switch (type) {
	case SVNIC_IP_HOPS:
	case SVNIC_IP_ROUTING:
	case SVNIC_IP_OPTIONS:
		return ((size_t)p[1] + 1) * 8;
	case SVNIC_IP_AUTH:
		return ((size_t)p[1] + 2) * 4;
	case SVNIC_IP_FRAGMENT:
		/* Of a packet in one piece only. */
		return svnic_headers_be16(p + 2) & 0xfff9 ? 0 : 8;
	default:
		return 0;
	}
}

static inline bool svnic_headers_ipv4(const uint8_t *ip, size_t len,
				      struct svnic_headers *h)
{
	unsigned int end;

	if (len < 20 || ip[0] >> 4 != 4)
		return false;
	end = (ip[0] & 15u) * 4;
	if (end < 20)
		return false;
	h->ip = 4;
	h->protocol = ip[9];
	/* A fragment: more to come, or an offset. */
	if (!(svnic_headers_be16(ip + 6) & 0x3fff))
		h->l4 = (uint16_t)(h->l3 + end);
	return true;
}

static inline bool svnic_headers_ipv6(const uint8_t *ip, size_t len,
				      struct svnic_headers *h)
{
	size_t at = 40;
	unsigned int i;
	size_t n;

	if (len < at || ip[0] >> 4 != 6)
		return false;
	h->ip = 6;
	h->protocol = ip[6];
	for (i = 0; i < SVNIC_IPV6_CHAIN && at + 4 <= len; i++) {
		n = svnic_headers_next(h->protocol, ip + at);
		if (!n)
			break;
		h->protocol = ip[at];
		at += n;
	}
	h->l4 = (uint16_t)(h->l3 + at);
	return true;
}

/*
 * @linear octets of @frame can be read, at most SVNIC_HEADERS_MAX of which are;
 * what is found at @h->l4 may be behind them.  False when there is no IP header,
 * @h is all zeroes then.
 */
static inline bool svnic_headers_find(const uint8_t *frame, size_t linear,
				      struct svnic_headers *h)
{
	size_t at = 14;
	unsigned int tags;
	uint16_t type;
	bool found = false;

	*h = (struct svnic_headers) { 0 };
	if (linear > SVNIC_HEADERS_MAX)
		linear = SVNIC_HEADERS_MAX;
	if (linear < at)
		return false;
	type = svnic_headers_be16(frame + at - 2);
	for (tags = 0; tags < 2 && at + 4 <= linear; tags++) {
		if (type != 0x8100 && type != 0x88a8)
			break;
		at += 4;
		type = svnic_headers_be16(frame + at - 2);
	}
	h->l3 = (uint16_t)at;
	if (type == 0x0800)
		found = svnic_headers_ipv4(frame + at, linear - at, h);
	else if (type == 0x86dd)
		found = svnic_headers_ipv6(frame + at, linear - at, h);
	if (!found)
		h->l3 = 0;
	return found;
}

/* Where in its header @protocol has its checksum; 0: not that of a transport. */
static inline unsigned int svnic_headers_csum(uint8_t protocol)
{
	switch (protocol) {
	case SVNIC_IP_TCP:
		return 16;
	case SVNIC_IP_UDP:
		return 6;
	default:
		return 0;
	}
}

#endif /* SVNIC_HEADERS_H */
