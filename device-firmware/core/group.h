/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which group frames a VIF asks for (docs/abi.md 4).
 */
#ifndef CORE_GROUP_H
#define CORE_GROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct vif;

#define GROUP_LISTS 2u /* of each VIF: the one in use, and room for the next */

/* Written by admin commands only, and only while it is not in use. */
struct groups {
	uint64_t bits; /* of group_bit() of each: few are looked for */
	uint64_t nr;
	uint64_t mac[SVNIC_GROUPS_MAX]; /* mem_mac() */
	uint64_t reserved[6];
};
_Static_assert(sizeof(struct groups) == 576, "nine lines");

enum svnic_status group_set(struct core *core, struct vif *vif,
			    const struct svnic_groups *list);
/* Does the VIF, which has a list, want what is for group @mac (mem_mac())? */
bool group_wanted(const struct core *core, const struct vif *vif, uint64_t mac);

#endif /* CORE_GROUP_H */
