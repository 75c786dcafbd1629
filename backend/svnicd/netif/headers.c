/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See headers.h.  Every offset is compared with what can be read before it is
 * used, and every chain has a bound (rules R06, R07).
 */
#include "netif/headers.h"

#include <string.h>

#define ETHERNET      14u
#define TAG	      4u
#define MAX_TAGS      2u
#define TYPE_IPV4     0x0800u
#define TYPE_IPV6     0x86ddu
#define TYPE_VLAN     0x8100u
#define TYPE_SERVICE  0x88a8u
#define IPV4_MIN      20u
#define IPV6_HEADER   40u
#define TCP_MIN	      20u
#define UDP_HEADER    8u
#define MAX_EXTENSION 8u /* headers between IPv6's and TCP's */

enum extension {
	HOP_BY_HOP = 0,
	ROUTING = 43,
	FRAGMENT = 44,
	AUTHENTICATION = 51,
	DESTINATION = 60,
};

static void find_end(const uint8_t *frame, size_t linear, struct headers *h)
{
	size_t end = (size_t)h->l4 + UDP_HEADER;

	if (h->protocol == HEADERS_TCP) {
		if (linear < h->l4 + TCP_MIN)
			return;
		end = h->l4 + (size_t)(frame[h->l4 + 12] >> 4) * 4;
		if (end < h->l4 + TCP_MIN)
			return;
	}
	if (end <= linear)
		h->end = (uint16_t)end;
}

static void set_l4(const uint8_t *frame, size_t linear, struct headers *h,
		   size_t at)
{
	if (h->protocol != HEADERS_TCP && h->protocol != HEADERS_UDP)
		return;
	if (at + UDP_HEADER > linear)
		return;
	h->l4 = (uint16_t)at;
	find_end(frame, linear, h);
}

static bool find_ipv4(const uint8_t *frame, size_t linear, struct headers *h,
		      size_t at)
{
	const uint8_t *ip = frame + at;
	size_t len;

	if (linear < at + IPV4_MIN || ip[0] >> 4 != 4)
		return false;
	len = (size_t)(ip[0] & 15) * 4;
	if (len < IPV4_MIN || linear < at + len)
		return false;
	h->l3 = (uint16_t)at;
	h->ip = 4;
	h->protocol = ip[9];
	h->ip_end = (uint32_t)at + headers_be16(ip + 2);
	/* A fragment: neither more to come nor an offset. */
	if ((headers_be16(ip + 6) & 0x3fff) == 0)
		set_l4(frame, linear, h, at + len);
	return true;
}

/* Octets of the extension header @type at @ext; 0: it is none, or the last. */
static size_t extension_len(unsigned int type, const uint8_t *ext)
{
	switch (type) {
	case HOP_BY_HOP:
	case ROUTING:
	case DESTINATION:
		return ((size_t)ext[1] + 1) * 8;
	case AUTHENTICATION:
		return ((size_t)ext[1] + 2) * 4;
	case FRAGMENT:
		/* Of a packet in one piece only. */
		return headers_be16(ext + 2) & 0xfff9 ? 0 : 8;
	default:
		return 0;
	}
}

static bool find_ipv6(const uint8_t *frame, size_t linear, struct headers *h,
		      size_t at)
{
	unsigned int next;
	unsigned int i;
	size_t len;

	if (linear < at + IPV6_HEADER || frame[at] >> 4 != 6)
		return false;
	h->l3 = (uint16_t)at;
	h->ip = 6;
	h->ip_end = (uint32_t)(at + IPV6_HEADER) + headers_be16(frame + at + 4);
	next = frame[at + 6];
	at += IPV6_HEADER;
	for (i = 0; i < MAX_EXTENSION && at + 8 <= linear; i++) {
		len = extension_len(next, frame + at);
		if (!len)
			break;
		next = frame[at];
		at += len;
	}
	h->protocol = (uint8_t)next;
	set_l4(frame, linear, h, at);
	return true;
}

bool headers_find(const uint8_t *frame, size_t linear, struct headers *h)
{
	size_t at = ETHERNET;
	unsigned int i;
	uint16_t type;

	memset(h, 0, sizeof(*h));
	if (linear > HEADERS_MAX)
		linear = HEADERS_MAX;
	if (linear < ETHERNET)
		return false;
	type = headers_be16(frame + at - 2);
	for (i = 0; i < MAX_TAGS; i++) {
		if ((type != TYPE_VLAN && type != TYPE_SERVICE) ||
		    linear < at + TAG)
			break;
		at += TAG;
		type = headers_be16(frame + at - 2);
	}
	if (type == TYPE_IPV4)
		return find_ipv4(frame, linear, h, at);
	if (type == TYPE_IPV6)
		return find_ipv6(frame, linear, h, at);
	return false;
}

unsigned int headers_csum_offset(const struct headers *h)
{
	if (h->protocol == HEADERS_TCP)
		return 16;
	if (h->protocol == HEADERS_UDP)
		return 6;
	return 0;
}

void headers_pseudo(uint8_t *frame, const struct headers *h, uint32_t len)
{
	const uint8_t *from = frame + h->l3 + (h->ip == 4 ? 12 : 8);
	unsigned int words = h->ip == 4 ? 4 : 16;
	uint32_t sum = (len >> 16) + (len & 0xffff) + h->protocol;
	unsigned int i;

	for (i = 0; i < words; i++)
		sum += headers_be16(from + i * 2);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	headers_put16(frame + h->l4 + headers_csum_offset(h), (uint16_t)sum);
}
