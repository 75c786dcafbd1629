// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way from the Ethernet header to that of TCP or UDP; see transport.h.  The
 * octets are hostile: every offset is compared with what was copied before it
 * is used, and every chain has a bound (rules R06, R07).  Pure: no HAL, no other
 * module.  Called by frame.c.
 */
#include "mem.h"
#include "transport.h"

#define L2	  14u
#define TAG	  4u
#define MAX_TAGS  2u
#define TYPE_VLAN 0x8100u
#define TYPE_QINQ 0x88a8u
#define TYPE_IPV4 0x0800u
#define TYPE_IPV6 0x86ddu

#define IPV4_MIN    20u
#define IPV6_HEADER 40u
#define MAX_NEXT    8u /* headers between IPv6's and the one looked for */

#define NEXT_HOPS     0u
#define NEXT_TCP      6u
#define NEXT_UDP      17u
#define NEXT_ROUTING  43u
#define NEXT_FRAGMENT 44u
#define NEXT_AUTH     51u
#define NEXT_OPTIONS  60u

#define TCP_CSUM 16u
#define UDP_CSUM 6u

static bool found(unsigned int protocol, size_t at, struct transport *t)
{
	if (protocol != NEXT_TCP && protocol != NEXT_UDP)
		return false;
	t->start = (uint16_t)at;
	t->csum = protocol == NEXT_TCP ? TCP_CSUM : UDP_CSUM;
	return true;
}

static bool find_ipv4(const uint8_t *l2, size_t linear, size_t at,
		      struct transport *t)
{
	const uint8_t *ip = l2 + at;
	size_t len;

	if (linear < at + IPV4_MIN || ip[0] >> 4 != 4)
		return false;
	len = (size_t)(ip[0] & 15) * 4;
	/* A fragment: more to come, or an offset. */
	if (len < IPV4_MIN || mem_be16(ip + 6) & 0x3fff)
		return false;
	return found(ip[9], at + len, t);
}

/* Octets of the header @type at @p; 0: nothing is known to follow it. */
static size_t next_len(unsigned int type, const uint8_t *p)
{
	switch (type) {
	case NEXT_HOPS:
	case NEXT_ROUTING:
	case NEXT_OPTIONS:
		return ((size_t)p[1] + 1) * 8;
	case NEXT_AUTH:
		return ((size_t)p[1] + 2) * 4;
	case NEXT_FRAGMENT:
		/* Of a packet in one piece only. */
		return mem_be16(p + 2) & 0xfff9 ? 0 : 8;
	default:
		return 0;
	}
}

static bool find_ipv6(const uint8_t *l2, size_t linear, size_t at,
		      struct transport *t)
{
	unsigned int next;
	unsigned int i;
	size_t len;

	if (linear < at + IPV6_HEADER || l2[at] >> 4 != 6)
		return false;
	next = l2[at + 6];
	at += IPV6_HEADER;
	for (i = 0; i < MAX_NEXT && at + 4 <= linear; i++) {
		len = next_len(next, l2 + at);
		if (!len)
			break;
		next = l2[at];
		at += len;
	}
	return found(next, at, t);
}

bool transport_find(const uint8_t *l2, size_t linear, struct transport *t)
{
	size_t at = L2;
	uint16_t type = mem_be16(l2 + at - 2);
	unsigned int i;

	for (i = 0; i < MAX_TAGS && at + TAG <= linear; i++) {
		if (type != TYPE_VLAN && type != TYPE_QINQ)
			break;
		at += TAG;
		type = mem_be16(l2 + at - 2);
	}
	if (type == TYPE_IPV4)
		return find_ipv4(l2, linear, at, t);
	if (type == TYPE_IPV6)
		return find_ipv6(l2, linear, at, t);
	return false;
}
