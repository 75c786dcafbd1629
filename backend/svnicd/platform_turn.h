/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a turn of the netif path asks of the platform, in one piece: see
 * struct platform_ops.
 */
#ifndef SVNICD_PLATFORM_TURN_H
#define SVNICD_PLATFORM_TURN_H

#include <stdbool.h>
#include <stdint.h>

struct tenant;

#define PLATFORM_ELSEWHERE UINT32_MAX /* memory of no page table */

/*
 * One piece of a grant copy: @len octets between @mem, ours, and octet @offset
 * of @tenant's page @gref, which it does not leave.
 */
struct platform_copy {
	struct tenant *tenant;
	void *mem; /* may cross pages */
	unsigned int
		nr; /* @mem is in memory of pages_alloc() for this VIF, ... */
	uint32_t page; /* ... in this page, or PLATFORM_ELSEWHERE */
	uint32_t gref;
	uint16_t offset;
	uint16_t len;
	bool to_guest;
	bool failed; /* out: this piece was not copied */
};

/* Eight octets for a tenant, at a multiple of 4 of a page of grant_map(). */
struct platform_slot {
	void *at;
	uint64_t value;
};

/*
 * An index in such a page moves from @old to @value (xen/io/ring.h); or one that
 * the card reads, or its doorbell, becomes @value.
 */
struct platform_post {
	void *word;
	const void *event; /* the one at which the tenant is rung; or NULL */
	uint32_t old, value;
	uint32_t port; /* ... by this one */
	bool rung;     /* out: it was */
};

/* What a turn of the netif path asks of the system. */
struct platform_turn {
	const uint32_t *ring; /* ports */
	unsigned int nr_ring;
	const uint32_t *unmask; /* ports that rang */
	unsigned int nr_unmask;
	struct platform_copy *copy; /* of any tenants */
	unsigned int nr_copies;
	const struct platform_slot *slot; /* for the posts */
	unsigned int nr_slots;
	struct platform_post *post; /* in order, once all copies are made */
	unsigned int nr_posts;
	/* Before anything that rang is told, @posted or not; NULL: none. */
	void (*done)(void *arg, bool posted);
	void *arg;
	unsigned int wait_ms; /* until something rings */
};

#endif /* SVNICD_PLATFORM_TURN_H */
