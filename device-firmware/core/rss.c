// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flow's hash and the queue that follows from it; see rss.h.  The header is
 * copied before it is looked at.  With the default key the hash is one look-up
 * for each half octet; another key is worked bit by bit.  Called by
 * vif_rx.c and lane.c for VIFs that have several running queues.
 */
#include <svnic/headers.h>
#include "arena.h"
#include "mem.h"
#include "rss.h"

#define TYPE_IPV4 0x0800u
#define TYPE_IPV6 0x86ddu
#define L3	  SVNIC_FRAME_MIN
#define LOOK	  80u /* Ethernet, the longest IPv4 header, two ports */

/* The key of the RSS specification, which everybody uses. */
static const uint8_t default_key[SVNIC_RSS_KEY] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa
};

static struct rss *rss_of(const struct core *core, const struct vif *vif)
{
	return (struct rss *)arena_part(core, ARENA_RSS) +
	       arena_vif_idx(core, vif);
}

/* 32 bits of a key from bit @at on; zeroes follow it. */
static uint32_t key_bits(const uint8_t *key, unsigned int at)
{
	uint64_t bits = 0;
	unsigned int i;

	for (i = at / 8; i < at / 8 + 5; i++)
		bits = bits << 8 | (i < SVNIC_RSS_KEY ? key[i] : 0);
	return (uint32_t)(bits >> (8 - at % 8));
}

uint32_t rss_toeplitz(const uint8_t *key, const uint8_t *flow, size_t len)
{
	uint32_t hash = 0;
	unsigned int i;

	for (i = 0; i < len * 8; i++) {
		if (flow[i / 8] & 0x80u >> i % 8)
			hash ^= key_bits(key, i);
	}
	return hash;
}

void rss_init(struct rss_default *d)
{
	unsigned int i;
	unsigned int k;
	unsigned int bit;

	for (i = 0; i < 2 * RSS_FLOW; i++) {
		d->part[i][0] = 0;
		/* A value with one bit more is one part of the key more. */
		for (bit = 0; bit < 4; bit++) {
			uint32_t part = key_bits(default_key, 4 * i + 3 - bit);

			for (k = 0; k < 1u << bit; k++)
				d->part[i][k | 1u << bit] =
					d->part[i][k] ^ part;
		}
	}
}

static uint32_t hash_default(const struct rss_default *d, const uint8_t *flow,
			     unsigned int len)
{
	uint32_t hash = 0;
	unsigned int i;

	for (i = 0; i < len; i++)
		hash ^= d->part[2 * i][flow[i] >> 4] ^
			d->part[2 * i + 1][flow[i] & 15];
	return hash;
}

static bool has_ports(uint8_t protocol)
{
	return protocol == SVNIC_IP_TCP || protocol == SVNIC_IP_UDP;
}

/* The octets that name the flow: how many, 0 for neither IPv4 nor IPv6. */
static unsigned int find_flow(const uint8_t *h, size_t len, uint8_t *flow)
{
	unsigned int l4;

	switch (mem_be16(h + 12)) {
	case TYPE_IPV4:
		if (len < L3 + 20)
			return 0;
		memcpy(flow, h + L3 + 12, 8);
		l4 = L3 + (h[L3] & 15) * 4u;
		/* A fragment has no ports, nor has the first of them. */
		if (!has_ports(h[L3 + 9]) || mem_be16(h + L3 + 6) & 0x3fff ||
		    l4 < L3 + 20 || l4 + 4 > len)
			return 8;
		memcpy(flow + 8, h + l4, 4);
		return 12;
	case TYPE_IPV6:
		if (len < L3 + 40)
			return 0;
		memcpy(flow, h + L3 + 8, 32);
		if (!has_ports(h[L3 + 6]) || L3 + 44 > len)
			return 32;
		memcpy(flow + 32, h + L3 + 40, 4);
		return 36;
	default:
		return 0;
	}
}

struct rss_hash rss_hash(const struct core *core, const struct vif *vif,
			 const uint8_t *l2, size_t linear)
{
	const struct rss *r = rss_of(core, vif);
	uint8_t flow[RSS_FLOW];
	uint8_t h[LOOK];
	struct rss_hash hash;
	unsigned int len;

	if (linear > sizeof(h))
		linear = sizeof(h);
	memcpy(h, l2, linear);
	len = find_flow(h, linear, flow);
	hash.is_l4 = len == 12 || len == 36;
	if (r->is_set && !r->is_default)
		hash.value = rss_toeplitz(r->key, flow, len);
	else
		hash.value = hash_default(&core->rss, flow, len);
	return hash;
}

uint16_t rss_choose(const struct core *core, const struct vif *vif,
		    const uint16_t *set, unsigned int nr, uint32_t hash)
{
	const struct rss *r = rss_of(core, vif);
	unsigned int entry = hash % SVNIC_RSS_TABLE;
	uint16_t idx;

	/* The table names the guest's queues, and one may have stopped. */
	if (r->is_set && vif->nr_direct) {
		idx = vif->queue[r->table[entry]];
		if (idx != LIST_NONE &&
		    arena_queue(core, idx)->state == QUEUE_RUNNING)
			return idx;
	}
	return set[entry % nr];
}

void rss_reset(struct core *core, struct vif *vif)
{
	rss_of(core, vif)->is_set = 0;
}

enum svnic_status rss_set(struct core *core, struct vif *vif,
			  const struct svnic_rss *config)
{
	struct rss *r = rss_of(core, vif);
	unsigned int i;

	for (i = 0; i < sizeof(config->reserved); i++) {
		if (config->reserved[i])
			return SVNIC_ST_BAD_FIELD;
	}
	for (i = 0; i < SVNIC_RSS_TABLE; i++) {
		if (config->table[i] >= SVNIC_SLOW_QUEUE)
			return SVNIC_ST_BAD_FIELD;
	}
	/* Whatever happens in between, key and flag agree. */
	r->is_default = 0;
	mem_commit();
	memcpy(r->key, config->key, sizeof(r->key));
	memcpy(r->table, config->table, sizeof(r->table));
	mem_commit();
	r->is_default = memcmp(r->key, default_key, sizeof(default_key)) == 0;
	r->is_set = 1;
	return SVNIC_ST_OK;
}
