/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose packets a VIF may send: its list of IP addresses and networks, and what
 * a frame of it claims (docs/abi.md 4).
 */
#ifndef CORE_SOURCE_H
#define CORE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct vif;
struct frame;

#define SOURCE_LISTS 2u /* of each VIF: the one in use, and room for the next */

struct source_ipv4 {
	uint32_t addr; /* as the wire's octets are loaded */
	uint32_t mask;
};

struct source_ipv6 {
	uint64_t addr[2];
	uint64_t mask[2];
};

/* Written by admin commands only, and only while it is not in use. */
struct source {
	uint16_t nr_ipv4;
	uint16_t nr_ipv6;
	uint32_t reserved[3];
	struct source_ipv4 ipv4[SVNIC_SOURCE_MAX];
	struct source_ipv6 ipv6[SVNIC_SOURCE_MAX];
	uint64_t reserved1[6];
};
_Static_assert(sizeof(struct source) == 704, "eleven lines");

enum svnic_status source_set(struct core *core, struct vif *vif,
			     const struct svnic_source *list);
/*
 * May the VIF, which has a list, send this frame?  Its header was copied, its
 * outermost tag taken off, and its Ethernet source is the VIF's.
 */
bool source_owns(const struct core *core, const struct vif *vif,
		 const struct frame *f);

#define SOURCE_LOOK 40u /* octets of an untagged frame that decide below ... */
#define SOURCE_MIN  54u /* ... if it has as many */
/*
 * The same for the first SOURCE_LOOK octets of an ordinary frame, copied: false
 * also when more of it would have to be looked at.
 */
bool source_owns_plain(const struct core *core, const struct vif *vif,
		       const uint8_t *l2);

#endif /* CORE_SOURCE_H */
