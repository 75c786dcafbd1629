// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IP source check; see source.h.  A list is written where none is in use
 * and put in place by one store, so that whoever takes the arena over finds the
 * old one or the new one.  Of a frame only the copied header is looked at; what
 * cannot be seen in it is not the VIF's own.  Called by guard.c and lane.c for
 * VIFs that have a list, by admin_vif.c to set it.
 */
#include <svnic/headers.h>
#include "arena.h"
#include "mem.h"
#include "source.h"

#define ETH_TYPE  12u
#define TYPE_VLAN 0x8100u
#define TYPE_QINQ 0x88a8u
#define TYPE_IPV4 0x0800u
#define TYPE_ARP  0x0806u
#define TYPE_RARP 0x8035u
#define TYPE_IPV6 0x86ddu

#define IPV4_MIN    20u
#define IPV6_HEADER 40u
#define DHCP_SERVER 67u
#define DHCP_CLIENT 68u

#define ARP_LEN	     28u
#define ARP_REQUEST  1u
#define RARP_REQUEST 3u

#define NEXT_ICMPV6 58u

#define MLD_REPORT	131u
#define MLD_DONE	132u
#define ND_RS		133u
#define ND_NS		135u
#define ND_NA		136u
#define MLD_REPORT2	143u
#define ND_SOURCE	1u /* options: link-layer addresses */
#define ND_TARGET	2u
#define ND_HOPS		255u /* another hop limit, and nobody believes it */
#define ND_TARGET_AT	8u
#define LINK_LOCAL_HIGH 0x80feu /* fe80::/64 as loaded */

/* What follows a frame's Ethernet header and tags, as far as it was copied. */
struct packet {
	const uint8_t *p;
	size_t len;
	const uint8_t *mac; /* whom the frame says that it is from */
};

static struct source *list_of(const struct core *core, const struct vif *vif,
			      unsigned int which)
{
	return (struct source *)arena_part(core, ARENA_SOURCES) +
	       (size_t)arena_vif_idx(core, vif) * SOURCE_LISTS + which;
}

static uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static bool is_zero(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i])
			return false;
	}
	return true;
}

/* The list --------------------------------------------------------------- */

static void make_mask(uint8_t mask[16], unsigned int prefix)
{
	unsigned int i;

	for (i = 0; i < 16; i++, prefix -= prefix < 8 ? prefix : 8)
		mask[i] = (uint8_t)(0xff00u >> (prefix < 8 ? prefix : 8));
}

static bool add(struct source *s, const struct svnic_address *a)
{
	unsigned int octets = a->family == 4 ? 4 : 16;
	struct source_ipv4 *v4 = &s->ipv4[s->nr_ipv4];
	struct source_ipv6 *v6 = &s->ipv6[s->nr_ipv6];
	uint8_t mask[16];
	unsigned int i;

	if ((a->family != 4 && a->family != 6) || a->prefix > octets * 8 ||
	    !is_zero(a->reserved, sizeof(a->reserved)))
		return false;
	make_mask(mask, a->prefix);
	for (i = 0; i < 16; i++) {
		if (a->addr[i] & (uint8_t)~mask[i])
			return false;
	}
	if (a->family == 4) {
		v4->addr = load32(a->addr);
		v4->mask = load32(mask);
		s->nr_ipv4++;
		return true;
	}
	for (i = 0; i < 2; i++) {
		v6->addr[i] = load64(a->addr + 8 * i);
		v6->mask[i] = load64(mask + 8 * i);
	}
	s->nr_ipv6++;
	return true;
}

enum svnic_status source_set(struct core *core, struct vif *vif,
			     const struct svnic_source *list)
{
	unsigned int nr = svnic_cpu16(list->nr);
	unsigned int next = vif->source == 1 ? 1 : 0;
	struct source *s = list_of(core, vif, next);
	unsigned int i;

	if (nr > SVNIC_SOURCE_MAX ||
	    !is_zero(list->reserved, sizeof(list->reserved)) ||
	    !is_zero((const uint8_t *)&list->address[nr],
		     (SVNIC_SOURCE_MAX - nr) * sizeof(list->address[0])))
		return SVNIC_ST_BAD_FIELD;
	if (nr) {
		s->nr_ipv4 = 0;
		s->nr_ipv6 = 0;
	}
	for (i = 0; i < nr; i++) {
		if (!add(s, &list->address[i]))
			return SVNIC_ST_BAD_FIELD;
	}
	mem_commit();
	vif->source = nr ? (uint8_t)(next + 1) : 0;
	vif_set_lane(vif);
	return SVNIC_ST_OK;
}

static bool has_ipv4(const struct source *s, const uint8_t *p)
{
	uint32_t addr = load32(p);
	unsigned int i;

	for (i = 0; i < s->nr_ipv4; i++) {
		if ((addr & s->ipv4[i].mask) == s->ipv4[i].addr)
			return true;
	}
	return false;
}

/* The interface identifier that RFC 4291 makes of an Ethernet address. */
static bool is_link_local(const uint8_t *p, const uint8_t *mac)
{
	const uint8_t id[8] = { mac[0] ^ 2, mac[1], mac[2], 0xff,
				0xfe,	    mac[3], mac[4], mac[5] };

	return load64(p) == LINK_LOCAL_HIGH && memcmp(p + 8, id, 8) == 0;
}

static bool has_ipv6(const struct source *s, const uint8_t *p,
		     const uint8_t *mac)
{
	uint64_t high = load64(p);
	uint64_t low = load64(p + 8);
	unsigned int i;

	for (i = 0; i < s->nr_ipv6; i++) {
		const struct source_ipv6 *a = &s->ipv6[i];

		if ((high & a->mask[0]) == a->addr[0] &&
		    (low & a->mask[1]) == a->addr[1])
			return true;
	}
	return is_link_local(p, mac);
}

/* IPv4 and ARP ------------------------------------------------------------- */

/* A client without an address, to whoever gives it one. */
static bool is_dhcp(const uint8_t *p, size_t len)
{
	size_t l4 = (p[0] & 15) * 4u;

	return load32(p + 12) == 0 && load32(p + 16) == 0xffffffff &&
	       p[9] == SVNIC_IP_UDP && !(mem_be16(p + 6) & 0x1fff) &&
	       l4 >= IPV4_MIN && l4 + 4 <= len &&
	       mem_be16(p + l4) == DHCP_CLIENT &&
	       mem_be16(p + l4 + 2) == DHCP_SERVER;
}

static bool owns_ipv4(const struct source *s, const struct packet *k)
{
	return k->len >= IPV4_MIN &&
	       (has_ipv4(s, k->p + 12) || is_dhcp(k->p, k->len));
}

static bool owns_arp(const struct source *s, const struct packet *k)
{
	const uint8_t *p = k->p;
	unsigned int op;

	if (k->len < ARP_LEN || mem_be16(p) != 1 ||
	    mem_be16(p + 2) != TYPE_IPV4 || p[4] != 6 || p[5] != 4 ||
	    memcmp(p + 8, k->mac, 6) != 0)
		return false;
	op = mem_be16(p + 6);
	if (load32(p + 14) == 0)
		return op == ARP_REQUEST || op == RARP_REQUEST;
	return has_ipv4(s, p + 14);
}

/* IPv6 --------------------------------------------------------------------- */

/*
 * Where the ICMPv6 message begins, 0 when it is something else, and the end of
 * what was copied when that cannot be seen.
 */
static size_t find_icmpv6(const struct packet *k)
{
	unsigned int next = k->p[6];
	size_t at = IPV6_HEADER;

	for (;;) {
		const uint8_t *p = k->p + at;

		if (next == NEXT_ICMPV6)
			return at < k->len ? at : k->len;
		if (next != SVNIC_IP_HOPS && next != SVNIC_IP_ROUTING &&
		    next != SVNIC_IP_OPTIONS && next != SVNIC_IP_AUTH)
			return 0;
		if (at + 8 > k->len)
			return k->len;
		at += next == SVNIC_IP_AUTH ? p[1] * 4u + 8 : p[1] * 8u + 8;
		next = p[0];
	}
}

/* Each link-layer address of kind @kind is the frame's source. */
static bool own_options(const struct packet *k, size_t at, size_t end,
			unsigned int kind)
{
	while (at < end) {
		const uint8_t *o = k->p + at;

		if (at + 8 > end || o[1] == 0)
			return false;
		if (o[0] == kind &&
		    (o[1] != 1 || memcmp(o + 2, k->mac, 6) != 0))
			return false;
		at += o[1] * 8u;
	}
	return at == end;
}

/* Octets before the options of a message that says who is where, or 0. */
static size_t options_at(unsigned int type)
{
	switch (type) {
	case ND_RS:
		return 8;
	case ND_NS:
	case ND_NA:
		return 24;
	default:
		return 0;
	}
}

static bool owns_neighbour(const struct source *s, const struct packet *k,
			   size_t at)
{
	size_t end = IPV6_HEADER + mem_be16(k->p + 4);
	unsigned int type;
	size_t options;

	if (!at || at == k->len)
		return !at;
	type = k->p[at];
	options = options_at(type);
	if (!options)
		return true;
	if (end > k->len || at + options > end)
		return false;
	if (type == ND_NA && !has_ipv6(s, k->p + at + ND_TARGET_AT, k->mac))
		return false;
	return own_options(k, at + options, end,
			   type == ND_NA ? ND_TARGET : ND_SOURCE);
}

/* What one asks before one has an address. */
static bool is_from_nobody(const struct packet *k, size_t at)
{
	unsigned int type;

	if (!is_zero(k->p + 8, 16) || !at || at == k->len)
		return false;
	type = k->p[at];
	return type == ND_RS || type == ND_NS || type == MLD_REPORT ||
	       type == MLD_DONE || type == MLD_REPORT2;
}

static bool owns_ipv6(const struct source *s, const struct packet *k)
{
	bool is_own;
	size_t at;

	if (k->len < IPV6_HEADER)
		return false;
	is_own = has_ipv6(s, k->p + 8, k->mac);
	if (is_own && k->p[7] != ND_HOPS)
		return true;
	at = find_icmpv6(k);
	return (is_own || is_from_nobody(k, at)) &&
	       (k->p[7] != ND_HOPS || owns_neighbour(s, k, at));
}

/* -------------------------------------------------------------------------- */

bool source_owns_plain(const struct core *core, const struct vif *vif,
		       const uint8_t *l2)
{
	const struct source *s = list_of(core, vif, vif->source == 2 ? 1 : 0);
	const uint8_t *p = l2 + SVNIC_FRAME_MIN;

	switch (mem_be16(l2 + ETH_TYPE)) {
	case TYPE_IPV4:
		return has_ipv4(s, p + 12);
	case TYPE_IPV6:
		return p[7] != ND_HOPS && has_ipv6(s, p + 8, l2 + 6);
	default:
		return false;
	}
}

bool source_owns(const struct core *core, const struct vif *vif,
		 const struct frame *f)
{
	const struct source *s = list_of(core, vif, vif->source == 2 ? 1 : 0);
	const uint8_t *l2 = frame_l2(f);
	size_t linear = frame_iov(f)->len;
	size_t at = ETH_TYPE;
	struct packet k = { .mac = l2 + 6 };
	unsigned int type;

	while (type = mem_be16(l2 + at),
	       type == TYPE_VLAN || type == TYPE_QINQ) {
		at += FRAME_TAG;
		if (at + 2 > linear)
			return false;
	}
	k.p = l2 + at + 2;
	k.len = linear - at - 2;
	switch (type) {
	case TYPE_IPV4:
		return owns_ipv4(s, &k);
	case TYPE_ARP:
	case TYPE_RARP:
		return owns_arp(s, &k);
	case TYPE_IPV6:
		return owns_ipv6(s, &k);
	default:
		return true;
	}
}
