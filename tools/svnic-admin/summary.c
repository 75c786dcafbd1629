// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses, protocol, ports; tcpdump tells the rest.  No octet is looked at
 * before its offset was compared with the length.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <net/ethernet.h>
#include "summary.h"

struct view {
	const uint8_t *data;
	size_t len;
	size_t wire_len;
	char *out;
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void add(struct view *v,
						      const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(v->out + v->used, SUMMARY_SIZE - v->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		v->used += (size_t)n;
	if (v->used >= SUMMARY_SIZE)
		v->used = SUMMARY_SIZE - 1;
}

static bool has(const struct view *v, size_t at, size_t n)
{
	return n <= v->len && at <= v->len - n;
}

static unsigned int get16(const struct view *v, size_t at)
{
	return (unsigned int)(v->data[at] << 8 | v->data[at + 1]);
}

static void add_mac(struct view *v, size_t at)
{
	const uint8_t *m = v->data + at;

	add(v, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
	    m[5]);
}

static const char *address(int family, const uint8_t *a,
			   char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(family, a, text, INET6_ADDRSTRLEN);
}

static void add_tcp_flags(struct view *v, size_t at)
{
	static const char letters[] = "FSRPAUEC";
	unsigned int i;

	if (!has(v, at + 13, 1))
		return;
	add(v, " flags ");
	for (i = 0; i < 8; i++) {
		if (v->data[at + 13] & 1u << i)
			add(v, "%c", letters[i]);
	}
}

static void add_icmp(struct view *v, const char *name, size_t at,
		     unsigned int request, unsigned int reply)
{
	unsigned int type;

	add(v, " %s", name);
	if (!has(v, at, 8))
		return;
	type = v->data[at];
	if (type == request || type == reply)
		add(v, " echo %s id %u seq %u",
		    type == request ? "request" : "reply", get16(v, at + 4),
		    get16(v, at + 6));
	else
		add(v, " type %u code %u", type, v->data[at + 1]);
}

static void add_transport(struct view *v, unsigned int protocol, size_t at)
{
	switch (protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		add(v, protocol == IPPROTO_TCP ? " tcp" : " udp");
		if (!has(v, at, 4))
			return;
		add(v, " %u > %u", get16(v, at), get16(v, at + 2));
		if (protocol == IPPROTO_TCP)
			add_tcp_flags(v, at);
		return;
	case IPPROTO_ICMP:
		add_icmp(v, "icmp", at, 8, 0);
		return;
	case IPPROTO_ICMPV6:
		add_icmp(v, "icmp6", at, 128, 129);
		return;
	default:
		add(v, " protocol %u", protocol);
	}
}

static void add_ip4(struct view *v, size_t at)
{
	char a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN];

	add(v, "ip");
	if (!has(v, at, 20))
		return;
	add(v, " %s > %s", address(AF_INET, v->data + at + 12, a),
	    address(AF_INET, v->data + at + 16, b));
	if (get16(v, at + 6) & 0x1fff)
		add(v, " fragment");
	else
		add_transport(v, v->data[at + 9],
			      at + (size_t)(v->data[at] & 0xf) * 4);
}

static void add_ip6(struct view *v, size_t at)
{
	char a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN];

	add(v, "ip6");
	if (!has(v, at, 40))
		return;
	add(v, " %s > %s", address(AF_INET6, v->data + at + 8, a),
	    address(AF_INET6, v->data + at + 24, b));
	add_transport(v, v->data[at + 6], at + 40);
}

static void add_arp(struct view *v, size_t at)
{
	char a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN];

	add(v, "arp");
	if (!has(v, at, 28))
		return;
	address(AF_INET, v->data + at + 14, a);
	address(AF_INET, v->data + at + 24, b);
	if (get16(v, at + 6) == 1) {
		add(v, " who has %s, tell %s", b, a);
	} else {
		add(v, " %s is at ", a);
		add_mac(v, at + 8);
	}
}

void summary_print(const uint8_t *frame, size_t len, size_t wire_len,
		   char out[SUMMARY_SIZE])
{
	struct view v = { frame, len, wire_len, out, 0 };
	unsigned int type;
	size_t at = ETHER_HDR_LEN;

	out[0] = '\0';
	if (!has(&v, 0, at)) {
		add(&v, "%zu octets, less than an Ethernet header", len);
		return;
	}
	add_mac(&v, 6);
	add(&v, " > ");
	add_mac(&v, 0);
	add(&v, ", ");
	type = get16(&v, 12);
	if (type == ETHERTYPE_VLAN && has(&v, at, 4)) {
		add(&v, "vlan %u, ", get16(&v, at) & 0xfff);
		type = get16(&v, at + 2);
		at += 4;
	}
	if (type == ETHERTYPE_IP)
		add_ip4(&v, at);
	else if (type == ETHERTYPE_IPV6)
		add_ip6(&v, at);
	else if (type == ETHERTYPE_ARP)
		add_arp(&v, at);
	else
		add(&v, "type 0x%04x", type);
	add(&v, ", length %zu", wire_len);
}
