/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which queue of a VIF a frame is for: the Toeplitz hash over the addresses
 * and ports of its flow, and the VIF's indirection table (docs/abi.md 4).  All
 * frames of a flow go to one queue, so they stay in order.
 */
#ifndef CORE_RSS_H
#define CORE_RSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct vif;

/* What the host set; not set: the default key, queues in turn. */
struct rss {
	uint8_t key[SVNIC_RSS_KEY];
	uint8_t table[SVNIC_RSS_TABLE];
	uint8_t is_set;	    /* written last */
	uint8_t is_default; /* the key is; then its table serves */
	uint8_t reserved[22];
};
_Static_assert(sizeof(struct rss) == 192, "three lines");

#define RSS_FLOW 36u /* octets of two IPv6 addresses and ports */

/* The default key's part of the hash for each half octet of a flow. */
struct rss_default {
	uint32_t part[2 * RSS_FLOW][16];
};

struct rss_hash {
	uint32_t value;
	bool is_l4; /* ports are in it, so it names the flow */
};

void rss_init(struct rss_default *d);
/* Toeplitz, bit by bit: @len octets of a flow with any key. */
uint32_t rss_toeplitz(const uint8_t *key, const uint8_t *flow, size_t len);
/*
 * Of a frame whose first @linear octets are at @l2, which a guest may be
 * writing to; for the receiver @vif.  Neither IPv4 nor IPv6: zero.
 */
struct rss_hash rss_hash(const struct core *core, const struct vif *vif,
			 const uint8_t *l2, size_t linear);
/* The index of one of the @nr running queues of @set. */
uint16_t rss_choose(const struct core *core, const struct vif *vif,
		    const uint16_t *set, unsigned int nr, uint32_t hash);
/* A VIF begins with the default; RSS_SET gives it another. */
void rss_reset(struct core *core, struct vif *vif);
enum svnic_status rss_set(struct core *core, struct vif *vif,
			  const struct svnic_rss *config);

#endif /* CORE_RSS_H */
