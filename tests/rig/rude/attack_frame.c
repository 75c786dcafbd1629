// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames that may not be sent.  Each costs itself: the queue goes on, and the
 * card counts what it was (rules R06, R07, R53 to R55).  The counters are read
 * in dom0.
 */
#include <linux/if_ether.h>
#include "rude.h"

#define TYPE_PAUSE 0x8808

enum source {
	OWN,
	NEIGHBOUR,
	GROUP,
	ZERO,
	OTHER
};
enum dest {
	BROADCAST,
	LINK_LOCAL,
	PAUSE,
	LLDP,
	UNICAST
};

struct bad_frame {
	const char *name;
	enum source source;
	enum dest dest;
	u16 type[3]; /* Ethernet type, and what follows it */
	u16 len;
	struct svnic_meta meta;
};

#define CSUM		     SVNIC_META_CSUM_BLANK
#define TCP4		     SVNIC_META_GSO_TCPV4
#define TCP6		     SVNIC_META_GSO_TCPV6
#define BLANK(start, offset) .csum_start = (start), .csum_offset = (offset)

/* Lengths of 0 mean 60 octets, types of 0 an experimental one. */
static const struct bad_frame frames[] = {
	/* spoofed_mac */
	{ "frame: from a neighbour", .source = NEIGHBOUR },
	{ "frame: from a group", .source = GROUP },
	{ "frame: from nobody", .source = ZERO },
	{ "frame: from an address of no one's", .source = OTHER },
	/* link_local */
	{ "frame: pause", .dest = PAUSE, .type = { TYPE_PAUSE, 1, 0xffff } },
	{ "frame: pause to a neighbour", .dest = UNICAST,
	  .type = { TYPE_PAUSE, 1, 0xffff } },
	{ "frame: spanning tree", .dest = LINK_LOCAL, .type = { 38 } },
	{ "frame: LLDP", .dest = LLDP, .type = { 0x88cc } },
	{ "frame: pause in a tag", .type = { ETH_P_8021Q, 0, TYPE_PAUSE } },
	/* spoofed_vlan */
	{ "frame: tag 5", .type = { ETH_P_8021Q, 5, 0x88b5 } },
	{ "frame: tag of a provider", .type = { ETH_P_8021AD, 5, 0x88b5 } },
	{ "frame: a tag behind a tag",
	  .type = { ETH_P_8021Q, 0, ETH_P_8021Q } },
	{ "frame: tag 5 in the metadata",
	  .meta = { .flags = SVNIC_META_VLAN, .vlan_tci = 5 } },
	/* runt */
	{ "frame: 1 octet", .len = 1 },
	{ "frame: 13 octets", .len = 13 },
	/* oversize */
	{ "frame: 1515 octets", .len = 1515 },
	{ "frame: 4096 octets", .len = 4096 },
	/* bad_offload */
	{ "offload: checksum past the end",
	  .meta = { .flags = CSUM, BLANK(59, 0) } },
	{ "offload: checksum at 65535",
	  .meta = { .flags = CSUM, BLANK(0xffff, 0xff) } },
	{ "offload: checksum in the addresses",
	  .meta = { .flags = CSUM, BLANK(0, 6) } },
	{ "offload: segments without checksum",
	  .meta = { .flags = TCP4, .gso_size = 1448, BLANK(34, 16) } },
	{ "offload: segments of 0", .type = { ETH_P_IP },
	  .meta = { .flags = CSUM | TCP4, BLANK(34, 16) } },
	{ "offload: segments of what is no IP",
	  .meta = { .flags = CSUM | TCP4, .gso_size = 8, BLANK(34, 16) } },
	{ "offload: segments of both kinds", .type = { ETH_P_IP },
	  .meta = { .flags = CSUM | TCP4 | TCP6,
		    .gso_size = 8,
		    BLANK(34, 16) } },
	{ "offload: segments past the end", .type = { ETH_P_IPV6 },
	  .meta = { .flags = CSUM | TCP6, .gso_size = 8, BLANK(0xfff0, 16) } },
	{ "offload: ECN of nothing", .meta = { .flags = SVNIC_META_GSO_ECN } },
	{ "offload: a hash", .meta = { .flags = SVNIC_META_HASH_L4 } },
	{ "offload: a monitor's flag",
	  .meta = { .flags = SVNIC_META_MONITOR_TX } },
};

static void set_source(const struct rude *r, struct ethhdr *eth, enum source s)
{
	switch (s) {
	case OWN:
		break;
	case NEIGHBOUR:
		eth->h_source[5]--;
		break;
	case GROUP:
		eth->h_source[0] |= 1;
		break;
	case ZERO:
		eth_zero_addr(eth->h_source);
		break;
	case OTHER:
		eth->h_source[3] ^= 0x80;
		break;
	}
}

static void set_dest(const struct rude *r, struct ethhdr *eth, enum dest d)
{
	static const u8 reserved[ETH_ALEN] = { 0x01, 0x80, 0xc2 };

	if (d == BROADCAST)
		return;
	ether_addr_copy(eth->h_dest, d == UNICAST ? r->mac : reserved);
	if (d == UNICAST)
		eth->h_dest[5]--;
	else if (d == PAUSE)
		eth->h_dest[5] = 0x01;
	else if (d == LLDP)
		eth->h_dest[5] = 0x0e;
}

static bool bad_frame(struct rude *r, const struct bad_frame *f)
{
	struct svnic_tx_desc d = rude_frame(r, f->len ? f->len : 60);
	struct ethhdr *eth = rude_page(r, RUDE_TX);
	__be16 *type = &eth->h_proto;
	unsigned int i;

	set_source(r, eth, f->source);
	set_dest(r, eth, f->dest);
	for (i = 0; i < ARRAY_SIZE(f->type) && f->type[0]; i++)
		type[i] = htons(f->type[i]);
	d.meta = f->meta;
	d.meta.segs = 1;
	rude_send(r, &d, 1);
	return rude_is_sent(r);
}

/* @first octets, then @rest in pieces of @step, at most SVNIC_MAX_SEGS. */
static bool in_pieces(struct rude *r, unsigned int first, unsigned int rest,
		      unsigned int step)
{
	struct svnic_tx_desc d = rude_frame(r, first);
	struct svnic_tx_desc *head;
	unsigned int at = first;

	head = &r->tx.desc[r->tx.next & (RUDE_RING - 1)];
	svnic_tx_provide(&r->tx, &d);
	memset(&d.meta, 0, sizeof(d.meta));
	while (rest) {
		unsigned int len = min(step, rest);

		/* The last piece takes all that is left. */
		if (head->meta.segs == SVNIC_MAX_SEGS - 1)
			len = rest;
		d.seg.offset = svnic_le16((u16)(at % PAGE_SIZE));
		d.seg.len = svnic_le16((u16)len);
		svnic_tx_provide(&r->tx, &d);
		head->meta.segs++;
		at += len;
		rest -= len;
	}
	rude_send(r, NULL, 0);
	return rude_is_sent(r);
}

/* The header cut at every octet; these are delivered. */
static bool cut_headers(struct rude *r)
{
	unsigned int i;
	bool is = true;

	for (i = 1; i < 60 && is; i++)
		is = in_pieces(r, i, 60 - i, 1);
	return is;
}

/* 20 pages, more than any frame may have. */
static bool largest_chain(struct rude *r)
{
	return in_pieces(r, PAGE_SIZE, (SVNIC_MAX_SEGS - 1) * PAGE_SIZE,
			 PAGE_SIZE);
}

void rude_attack_frame(struct rude *r)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(frames); i++)
		rude_score(r, frames[i].name, bad_frame(r, &frames[i]));
	rude_score(r, "frame: 81920 octets", largest_chain(r));
	rude_score(r, "frame: headers in pieces", cut_headers(r));
	rude_score(r, "an honest queue after all", rude_is_well(r));
}
