// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups that VIFs ask for; see group.h.  A list is written where none is in
 * use and put in place by one store, as in source.c.  Called by switch.c for
 * each member of a domain that has a list, by admin_vif.c to set it.
 */
#include "arena.h"
#include "group.h"
#include "mem.h"

#define BROADCAST 0xffffffffffffull

static struct groups *list_of(const struct core *core, const struct vif *vif,
			      unsigned int which)
{
	return (struct groups *)arena_part(core, ARENA_GROUPS) +
	       (size_t)arena_vif_idx(core, vif) * GROUP_LISTS + which;
}

static uint64_t group_bit(uint64_t mac)
{
	return 1ull << (mac * 0x9e3779b97f4a7c15ull >> 58);
}

static bool is_list(const struct svnic_groups *list)
{
	const struct svnic_group none = { .reserved = 0 };
	unsigned int nr = svnic_cpu16(list->nr);
	unsigned int i;

	if (nr > SVNIC_GROUPS_MAX || list->all > 1 || (list->all && nr))
		return false;
	for (i = 0; i < sizeof(list->reserved); i++) {
		if (list->reserved[i])
			return false;
	}
	for (i = 0; i < SVNIC_GROUPS_MAX; i++) {
		const struct svnic_group *g = &list->group[i];

		if (i < nr ? !(g->mac[0] & 1) || g->reserved
			   : memcmp(g, &none, sizeof(none)) != 0)
			return false;
	}
	return true;
}

enum svnic_status group_set(struct core *core, struct vif *vif,
			    const struct svnic_groups *list)
{
	unsigned int next = vif->groups == 1 ? 1 : 0;
	struct groups *g = list_of(core, vif, next);
	unsigned int nr = svnic_cpu16(list->nr);
	unsigned int i;

	if (!is_list(list))
		return SVNIC_ST_BAD_FIELD;
	if (!list->all) {
		g->bits = 0;
		for (i = 0; i < nr; i++) {
			g->mac[i] = mem_mac(list->group[i].mac);
			g->bits |= group_bit(g->mac[i]);
		}
		g->nr = nr;
	}
	mem_commit();
	vif->groups = list->all ? 0 : (uint8_t)(next + 1);
	return SVNIC_ST_OK;
}

bool group_wanted(const struct core *core, const struct vif *vif, uint64_t mac)
{
	const struct groups *g = list_of(core, vif, vif->groups == 2 ? 1 : 0);
	unsigned int i;

	if (mac == BROADCAST)
		return true;
	if (!(g->bits & group_bit(mac)))
		return false;
	for (i = 0; i < g->nr; i++) {
		if (g->mac[i] == mac)
			return true;
	}
	return false;
}
