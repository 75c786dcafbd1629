// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is in which VLAN of which segment; see domain.h.  The demultiplexer
 * finds a domain by its numbers and then, within it, a VIF by its address.
 * Written by vif.c for admin commands, read by switch.c for every frame.
 */
#include "arena.h"
#include "demux.h"
#include "domain.h"
#include "errno.h"

static uint64_t domain_key(unsigned int segment, unsigned int vlan)
{
	return demux_key(DEMUX_DOMAINS, (uint64_t)segment << 16 | vlan);
}

uint16_t domain_find(const struct core *core, unsigned int segment,
		     unsigned int vlan)
{
	return demux_find(arena_demux(core), domain_key(segment, vlan));
}

static unsigned int vlan_of(const struct vif *vif)
{
	if (svnic_cpu32(vif->config.flags) & SVNIC_VIF_TRUNK)
		return DOMAIN_TRUNK;
	return svnic_cpu16(vif->config.vlan);
}

static uint16_t create(struct core *core, unsigned int segment,
		       unsigned int vlan)
{
	const uint32_t *next = arena_part(core, ARENA_DOMAIN_NEXT);
	uint32_t idx = pool_get(&arena_board(core)->domain_pool, next);
	struct domain *d;

	/* There are as many as VIFs, so one is always free; the table, too. */
	if (idx == POOL_NONE)
		return DEMUX_NONE;
	if (demux_insert(arena_demux(core), domain_key(segment, vlan),
			 (uint16_t)idx))
		hal_panic("no room for a domain");
	d = arena_domain(core, idx);
	d->segment = (uint16_t)segment;
	d->vlan = (uint16_t)vlan;
	list_init(&d->members);
	list_init(&d->unknown);
	if (vlan == DOMAIN_TRUNK)
		arena_board(core)->trunk[segment] = (uint16_t)idx;
	return (uint16_t)idx;
}

static void destroy(struct core *core, uint16_t idx)
{
	struct domain *d = arena_domain(core, idx);

	demux_remove(arena_demux(core), domain_key(d->segment, d->vlan));
	if (d->vlan == DOMAIN_TRUNK)
		arena_board(core)->trunk[d->segment] = DEMUX_NONE;
	pool_put(&arena_board(core)->domain_pool,
		 arena_part(core, ARENA_DOMAIN_NEXT), idx);
}

int domain_join(struct core *core, struct vif *vif)
{
	unsigned int segment = svnic_cpu16(vif->config.segment);
	uint16_t vif_idx = (uint16_t)arena_vif_idx(core, vif);
	uint16_t idx = domain_find(core, segment, vlan_of(vif));
	struct domain *d;

	if (idx == DEMUX_NONE)
		idx = create(core, segment, vlan_of(vif));
	if (idx == DEMUX_NONE)
		return -ENOSPC;
	d = arena_domain(core, idx);
	vif->domain = idx;
	list_push(&d->members, arena_part(core, ARENA_MEMBER_NODES), vif_idx);
	if (svnic_cpu32(vif->config.flags) & SVNIC_VIF_UNKNOWN)
		list_push(&d->unknown, arena_part(core, ARENA_UNKNOWN_NODES),
			  vif_idx);
	return 0;
}

void domain_leave(struct core *core, struct vif *vif)
{
	uint16_t vif_idx = (uint16_t)arena_vif_idx(core, vif);
	struct domain *d = arena_domain(core, vif->domain);

	list_remove(&d->members, arena_part(core, ARENA_MEMBER_NODES), vif_idx);
	if (svnic_cpu32(vif->config.flags) & SVNIC_VIF_UNKNOWN)
		list_remove(&d->unknown, arena_part(core, ARENA_UNKNOWN_NODES),
			    vif_idx);
	if (d->members.nr == 0)
		destroy(core, vif->domain);
	vif->domain = DEMUX_NONE;
}

uint16_t domain_lookup(const struct core *core, unsigned int segment,
		       uint16_t domain, uint64_t mac)
{
	const struct demux *demux = arena_demux(core);
	uint16_t idx = DEMUX_NONE;

	if (domain != DEMUX_NONE)
		idx = demux_find(demux, demux_key(domain, mac));
	if (idx == DEMUX_NONE &&
	    arena_board(core)->trunk[segment] != DEMUX_NONE)
		idx = demux_find(demux,
				 demux_key(arena_board(core)->trunk[segment],
					   mac));
	return idx;
}
