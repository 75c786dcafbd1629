// SPDX-License-Identifier: GPL-2.0-only
/*
 * What follows from a frame alone, for the model: its tag, its offload fields,
 * its length, its flow; see model.h.
 */
#include <string.h>
#include "model.h"

static unsigned int be16(const uint8_t *p)
{
	return p[0] * 256u + p[1];
}

static bool has(const struct model_look *l, unsigned int flag)
{
	return svnic_cpu16(l->meta.flags) & flag;
}

/* Copy the header and take the outermost tag out; false: it contradicts. */
static bool open(const struct model_frame *f, struct model_look *l)
{
	unsigned int start = svnic_cpu16(f->meta.csum_start);

	memset(l, 0, sizeof(*l));
	l->meta = f->meta;
	l->len = f->len;
	l->head_len = f->len < MODEL_HEADER ? f->len : MODEL_HEADER;
	memcpy(l->head, f->octet, l->head_len);
	l->has_vlan = has(l, SVNIC_META_VLAN);
	if (l->has_vlan) {
		l->tci = svnic_cpu16(f->meta.vlan_tci);
		return true;
	}
	if (f->len < 18 || be16(f->octet + 12) != 0x8100)
		return true;
	if (has(l, SVNIC_META_CSUM_BLANK)) {
		if (start < 18)
			return false;
		l->meta.csum_start = svnic_le16((uint16_t)(start - 4));
	}
	l->has_vlan = true;
	l->is_cut = true;
	l->tci = (uint16_t)be16(f->octet + 14);
	l->len -= 4;
	l->head_len -= 4;
	memcpy(l->head + 12, f->octet + 16, l->head_len - 12);
	return true;
}

static bool is_tag(unsigned int type)
{
	return type == 0x8100 || type == 0x88a8;
}

static bool is_link_local(const struct model_look *l)
{
	static const uint8_t group[5] = { 1, 0x80, 0xc2, 0, 0 };
	uint32_t at;

	if (memcmp(l->head, group, 5) == 0 && l->head[5] < 16)
		return true;
	for (at = 12; is_tag(be16(l->head + at)); at += 4) {
		if (at + 6 > l->head_len)
			break;
	}
	return be16(l->head + at) == 0x8808;
}

static bool is_gso_good(const struct model_look *l)
{
	bool v4 = has(l, SVNIC_META_GSO_TCPV4);
	bool v6 = has(l, SVNIC_META_GSO_TCPV6);
	unsigned int l4 = svnic_cpu16(l->meta.csum_start);
	unsigned int ip = v4 ? (l->head[14] & 15) * 4u : 40;
	unsigned int tcp;

	if (!has(l, SVNIC_META_CSUM_BLANK) || (v4 && v6) || !l->meta.gso_size ||
	    l->meta.csum_offset != 16)
		return false;
	if (ip < 20 || l4 < 14 + ip || (v4 && l4 != 14 + ip) ||
	    l4 + 20 > l->head_len)
		return false;
	if (be16(l->head + 12) != (v4 ? 0x0800 : 0x86dd) ||
	    l->head[14] >> 4 != (v4 ? 4 : 6) || (v4 && l->head[14 + 9] != 6))
		return false;
	tcp = (l->head[l4 + 12] >> 4) * 4u;
	return tcp >= 20 && l4 + tcp <= l->len;
}

/* Also clears the fields that no flag makes valid. */
static bool is_offload_good(struct model_look *l)
{
	unsigned int start = svnic_cpu16(l->meta.csum_start);

	if (!has(l, SVNIC_META_CSUM_BLANK))
		l->meta.csum_start = l->meta.csum_offset = 0;
	else if (start < 14 || start + l->meta.csum_offset + 2 > l->len)
		return false;
	if (has(l, SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6))
		return is_gso_good(l);
	l->meta.gso_size = 0;
	return !has(l, SVNIC_META_GSO_ECN);
}

bool model_is_oversize(const struct model_look *l, unsigned int mtu)
{
	unsigned int l4;

	if (!has(l, SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6))
		return l->len > 14 + mtu;
	l4 = svnic_cpu16(l->meta.csum_start);
	return l->len > 65550 || l4 - 14u + (l->head[l4 + 12] >> 4) * 4u +
						 svnic_cpu16(l->meta.gso_size) >
					 mtu;
}

static bool is_source(const struct model_vif *v, const uint8_t *mac)
{
	unsigned int i;

	if (memcmp(mac, v->config.mac, 6) == 0)
		return true;
	for (i = 0; i < v->nr_filters; i++) {
		if (memcmp(mac, v->filter[i], 6) == 0)
			return true;
	}
	return !(mac[0] & 1) &&
	       (svnic_cpu32(v->config.flags) & SVNIC_VIF_ANY_SOURCE);
}

/* Is the address of a family in the list, or in a network of it? */
static bool is_listed(const struct svnic_source *list, unsigned int family,
		      const uint8_t *addr)
{
	unsigned int i;
	unsigned int bit;

	for (i = 0; i < svnic_cpu16(list->nr); i++) {
		const struct svnic_address *a = &list->address[i];

		if (a->family != family)
			continue;
		for (bit = 0; bit < a->prefix; bit++) {
			if ((addr[bit / 8] ^ a->addr[bit / 8]) &
			    (0x80 >> bit % 8))
				break;
		}
		if (bit == a->prefix)
			return true;
	}
	return false;
}

static bool is_arp_own(const struct model_vif *v, const struct model_look *l,
		       const uint8_t *p)
{
	if (memcmp(p, "\0\1\x08\0\6\4", 6) != 0 ||
	    memcmp(p + 8, l->head + 6, 6) != 0)
		return false;
	if (memcmp(p + 14, "\0\0\0", 4) == 0)
		return be16(p + 6) == 1 || be16(p + 6) == 3;
	return is_listed(&v->source, 4, p + 14);
}

/* The address that follows from the Ethernet one, in fe80::/64. */
static bool is_own_link_local(const uint8_t *mac, const uint8_t *addr)
{
	return memcmp(addr, "\xfe\x80\0\0\0\0\0", 8) == 0 &&
	       addr[8] == (mac[0] ^ 2) && memcmp(addr + 9, mac + 1, 2) == 0 &&
	       addr[11] == 0xff && addr[12] == 0xfe &&
	       memcmp(addr + 13, mac + 3, 3) == 0;
}

/*
 * May it claim the address that it claims?  Without what ICMPv6 and DHCP are
 * allowed: fuzz_switch.c does not make such, tests/unit has them.
 */
static bool is_claim_good(const struct model_vif *v, const struct model_look *l)
{
	uint32_t at = 12;
	uint32_t len;
	const uint8_t *p;

	if (!v->source.nr)
		return true;
	for (; is_tag(be16(l->head + at)); at += 4) {
		if (at + 6 > l->head_len)
			return false;
	}
	p = l->head + at + 2;
	len = l->head_len - at - 2;
	switch (be16(l->head + at)) {
	case 0x0800:
		return len >= 20 && is_listed(&v->source, 4, p + 12);
	case 0x0806:
	case 0x8035:
		return len >= 28 && is_arp_own(v, l, p);
	case 0x86dd:
		return len >= 40 && (is_listed(&v->source, 6, p + 8) ||
				     is_own_link_local(l->head + 6, p + 8));
	default:
		return true;
	}
}

enum svnic_verdict model_guard(const struct model_vif *v,
			       const struct model_frame *f,
			       struct model_look *l)
{
	const unsigned int host = SVNIC_META_HASH_L4 | SVNIC_META_MONITOR_TX;
	uint32_t flags = svnic_cpu32(v->config.flags);
	bool is_good;

	if (flags & (SVNIC_VIF_DISABLED | SVNIC_VIF_MONITOR))
		return SVNIC_V_DISABLED;
	if (f->len < 14)
		return SVNIC_V_RUNT;
	if (f->len > 65554)
		return SVNIC_V_OVERSIZE;
	is_good = open(f, l);
	if (!is_good || has(l, host))
		return SVNIC_V_BAD_OFFLOAD;
	if (is_link_local(l))
		return SVNIC_V_LINK_LOCAL;
	if (flags & SVNIC_VIF_TRUNK
		    ? (l->tci & 0xfff) == 4095
		    : (l->tci & 0xfff) != 0 || is_tag(be16(l->head + 12)))
		return SVNIC_V_SPOOFED_VLAN;
	if (!is_source(v, l->head + 6))
		return SVNIC_V_SPOOFED_MAC;
	if (!is_claim_good(v, l))
		return SVNIC_V_SPOOFED_IP;
	if (!is_offload_good(l))
		return SVNIC_V_BAD_OFFLOAD;
	if (model_is_oversize(l, svnic_cpu16(v->config.mtu)))
		return SVNIC_V_OVERSIZE;
	l->meta.hash = 0;
	return SVNIC_V_DELIVERED;
}

enum svnic_verdict model_accept(const struct model_frame *f,
				struct model_look *l)
{
	if (f->len < 14)
		return SVNIC_V_RUNT;
	if (f->len > 65554)
		return SVNIC_V_OVERSIZE;
	if (!open(f, l))
		return SVNIC_V_BAD_OFFLOAD;
	if (is_link_local(l))
		return SVNIC_V_LINK_LOCAL;
	if (!is_offload_good(l))
		return SVNIC_V_BAD_OFFLOAD;
	if ((l->tci & 0xfff) == 4095)
		return SVNIC_V_NO_DESTINATION;
	return SVNIC_V_DELIVERED;
}

/* Addresses and ports as the RSS specification puts them in a row. */
static unsigned int flow_of(const struct model_look *l, uint8_t *flow)
{
	const uint8_t *ip = l->head + 14;
	unsigned int have = l->head_len < 80 ? l->head_len : 80;
	bool v4 = be16(l->head + 12) == 0x0800;
	bool v6 = be16(l->head + 12) == 0x86dd;
	unsigned int len = v4 ? 8 : 32;
	unsigned int l4 = v4 ? 14 + (ip[0] & 15) * 4u : 54;
	unsigned int protocol = v4 ? ip[9] : ip[6];

	if (!(v4 && have >= 34) && !(v6 && have >= 54))
		return 0;
	memcpy(flow, v4 ? ip + 12 : ip + 8, len);
	if (v4 && ((be16(ip + 6) & 0x3fff) || l4 < 34))
		return len;
	if ((protocol != 6 && protocol != 17) || l4 + 4 > have)
		return len;
	memcpy(flow + len, l->head + l4, 4);
	return len + 4;
}

uint32_t model_hash(const struct model_vif *v, const struct model_look *l,
		    bool *is_l4)
{
	/* That of the specification. */
	static const char usual[41] =
		"\x6d\x5a\x56\xda\x25\x5b\x0e\xc2\x41\x67\x25\x3d\x43\xa3"
		"\x8f\xb0\xd0\xca\x2b\xcb\xae\x7b\x30\xb4\x77\xcb\x2d\xa3"
		"\x80\x30\xf2\x0c\x6a\x42\xb7\x3b\xbe\xac\x01\xfa";
	uint8_t key[48] = { 0 };
	uint8_t flow[36];
	unsigned int len = flow_of(l, flow);
	uint32_t hash = 0;
	uint32_t part;
	unsigned int i;

	memcpy(key, v->has_rss ? (const void *)v->rss.key : usual, 40);
	part = be16(key) << 16 | be16(key + 2);
	for (i = 0; i < len * 8; i++) {
		unsigned int next = i + 32;

		if (flow[i / 8] >> (7 - i % 8) & 1)
			hash ^= part;
		part = part << 1 |
		       ((unsigned int)key[next / 8] >> (7 - next % 8) & 1u);
	}
	*is_l4 = len == 12 || len == 36;
	return hash;
}
