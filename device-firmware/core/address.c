// SPDX-License-Identifier: GPL-2.0-only
/*
 * The addresses of VIFs; see address.h.  Those beside a VIF's own are a list of
 * entries of the card's pool; all of them are keys of the demultiplexer while
 * the VIF is in a domain.  Only admin commands write here.  Called by vif.c,
 * admin_vif.c and journal.c; by vif_rebuild.c after a takeover.
 */
#include "address.h"
#include "arena.h"
#include "errno.h"
#include "mem.h"

static struct address *entry(const struct core *core, uint16_t idx)
{
	return (struct address *)arena_part(core, ARENA_FILTERS) + idx;
}

static void put(struct core *core, uint16_t idx)
{
	pool_put(&arena_board(core)->filter_pool,
		 arena_part(core, ARENA_FILTER_NEXT), idx);
}

static enum svnic_status insert(struct core *core, const struct vif *vif,
				uint64_t mac)
{
	switch (demux_insert(arena_demux(core), demux_key(vif->domain, mac),
			     (uint16_t)arena_vif_idx(core, vif))) {
	case 0:
		return SVNIC_ST_OK;
	case -EEXIST:
		return SVNIC_ST_MAC_IN_USE;
	default:
		return SVNIC_ST_NO_FILTERS;
	}
}

/* Its own, and those of the list up to entry @end. */
static void remove_until(struct core *core, const struct vif *vif, uint16_t end)
{
	struct demux *demux = arena_demux(core);
	uint16_t i;

	for (i = vif->filters; i != end; i = entry(core, i)->next)
		demux_remove(demux, demux_key(vif->domain,
					      mem_mac(entry(core, i)->mac)));
	demux_remove(demux, demux_key(vif->domain, vif->mac));
}

enum svnic_status address_attach(struct core *core, struct vif *vif)
{
	enum svnic_status st = insert(core, vif, vif->mac);
	uint16_t i;

	if (st != SVNIC_ST_OK)
		return st;
	for (i = vif->filters; i != LIST_NONE; i = entry(core, i)->next) {
		st = insert(core, vif, mem_mac(entry(core, i)->mac));
		if (st != SVNIC_ST_OK) {
			remove_until(core, vif, i);
			return st;
		}
	}
	return SVNIC_ST_OK;
}

void address_detach(struct core *core, struct vif *vif)
{
	remove_until(core, vif, LIST_NONE);
}

enum svnic_status address_add(struct core *core, struct vif *vif,
			      const uint8_t *mac)
{
	uint32_t *next = arena_part(core, ARENA_FILTER_NEXT);
	enum svnic_status st;
	uint32_t idx;

	if ((mac[0] & 1) || mem_mac(mac) == 0)
		return SVNIC_ST_BAD_MAC;
	if (vif_is_monitor(vif))
		return SVNIC_ST_BAD_FIELD;
	if (vif->nr_filters == SVNIC_MAX_FILTERS)
		return SVNIC_ST_NO_FILTERS;
	idx = pool_get(&arena_board(core)->filter_pool, next);
	if (idx == POOL_NONE)
		return SVNIC_ST_NO_FILTERS;
	st = insert(core, vif, mem_mac(mac));
	if (st != SVNIC_ST_OK) {
		pool_put(&arena_board(core)->filter_pool, next, idx);
		return st;
	}
	memcpy(entry(core, (uint16_t)idx)->mac, mac, 6);
	entry(core, (uint16_t)idx)->next = vif->filters;
	mem_commit();
	vif->filters = (uint16_t)idx;
	vif->nr_filters++;
	return SVNIC_ST_OK;
}

bool address_has(const struct core *core, const struct vif *vif,
		 const uint8_t *mac)
{
	uint16_t i = vif->filters;

	while (i != LIST_NONE && mem_mac(entry(core, i)->mac) != mem_mac(mac))
		i = entry(core, i)->next;
	return i != LIST_NONE;
}

enum svnic_status address_del(struct core *core, struct vif *vif,
			      const uint8_t *mac)
{
	uint16_t *link = &vif->filters;
	uint16_t idx;

	while (*link != LIST_NONE &&
	       mem_mac(entry(core, *link)->mac) != mem_mac(mac))
		link = &entry(core, *link)->next;
	if (*link == LIST_NONE)
		return SVNIC_ST_BAD_FIELD;
	idx = *link;
	*link = entry(core, idx)->next;
	vif->nr_filters--;
	demux_remove(arena_demux(core), demux_key(vif->domain, mem_mac(mac)));
	put(core, idx);
	return SVNIC_ST_OK;
}

void address_clear(struct core *core, struct vif *vif)
{
	uint16_t idx;
	uint16_t next;

	for (idx = vif->filters; idx != LIST_NONE; idx = next) {
		next = entry(core, idx)->next;
		put(core, idx);
	}
}

void address_recount(struct core *core, struct vif *vif)
{
	uint16_t *link = &vif->filters;
	uint16_t nr = 0;

	for (; *link != LIST_NONE; link = &entry(core, *link)->next) {
		if (*link >= arena_nr_filters(&core->config) ||
		    nr == SVNIC_MAX_FILTERS) {
			*link = LIST_NONE;
			break;
		}
		nr++;
	}
	vif->nr_filters = nr;
}

void address_rebuild(struct core *core)
{
	uint8_t *used = core->payload; /* a bit for each entry */
	unsigned int i;
	uint16_t idx;

	memset(used, 0, sizeof(core->payload));
	for (i = 0; i < core->config.max_vifs; i++) {
		const struct vif *vif = arena_vif(core, i);

		if (vif->state == VIF_FREE)
			continue;
		for (idx = vif->filters; idx != LIST_NONE;
		     idx = entry(core, idx)->next)
			used[idx / 8] |= (uint8_t)(1u << idx % 8);
	}
	pool_init(&arena_board(core)->filter_pool);
	for (i = arena_nr_filters(&core->config); i-- > 0;) {
		if (!(used[i / 8] & 1u << i % 8))
			put(core, (uint16_t)i);
	}
}
