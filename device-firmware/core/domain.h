/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domain is one VLAN of one segment: who is in it, and so who gets its group
 * frames.  Trunks of a segment are in a domain of their own, DOMAIN_TRUNK.
 */
#ifndef CORE_DOMAIN_H
#define CORE_DOMAIN_H

#include <stdint.h>
#include "list.h"

struct core;
struct vif;

#define DOMAIN_TRUNK 0xfffu /* in place of a VLAN */

/* Written by admin commands only. */
struct domain {
	uint16_t segment;
	uint16_t vlan;
	struct list members; /* all that get group frames */
	struct list unknown; /* those of them that get unknown addresses too */
};

/* The domain's index, or DEMUX_NONE when nobody is in it. */
uint16_t domain_find(const struct core *core, unsigned int segment,
		     unsigned int vlan);
/* Put a VIF into the domain of its configuration: 0 or -ENOSPC. */
int domain_join(struct core *core, struct vif *vif);
void domain_leave(struct core *core, struct vif *vif);
/* Whose address it is in the domain or among the trunks, or DEMUX_NONE. */
uint16_t domain_lookup(const struct core *core, unsigned int segment,
		       uint16_t domain, uint64_t mac);

#endif /* CORE_DOMAIN_H */
