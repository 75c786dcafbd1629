// SPDX-License-Identifier: GPL-2.0-only
/*
 * The admin commands about one VIF, which admin_run() found: each checks its
 * fields and calls the module that does it.  Called by the table in admin.c.
 */
#include "address.h"
#include "admin.h"
#include "arena.h"
#include "group.h"
#include "mem.h"
#include "region.h"
#include "source.h"
#include "stats.h"

static bool are_zero(const __le32 *word, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (word[i])
			return false;
	}
	return true;
}

enum svnic_status admin_vif_create(struct core *core, struct admin_call *call)
{
	enum svnic_status st;
	struct vif *vif;

	st = vif_create(core, call->link, svnic_cpu16(call->cmd.vif),
			&call->cmd.arg.vif_config, &vif);
	if (st == SVNIC_ST_OK)
		call->result = vif->id;
	return st;
}

enum svnic_status admin_vif_destroy(struct core *core, struct admin_call *call)
{
	return vif_destroy(core, call->vif);
}

enum svnic_status admin_vif_set(struct core *core, struct admin_call *call)
{
	return vif_set(core, call->vif, &call->cmd.arg.vif_config);
}

enum svnic_status admin_vif_query(struct core *core, struct admin_call *call)
{
	struct svnic_vif_info info;

	stats_vif_info(core, call->vif, &info);
	call->result = sizeof(info);
	return admin_write(call, &info, sizeof(info)) ? SVNIC_ST_OK
						      : SVNIC_ST_BAD_ADDRESS;
}

/* Overflow-safe (rule R05): a run of 1 to 512 pages of the table. */
static bool is_range(const struct svnic_pages_range *r)
{
	uint32_t first = svnic_cpu32(r->first);
	uint32_t count = svnic_cpu32(r->count);

	return count >= 1 && count <= SVNIC_PAGES_BATCH &&
	       first <= SVNIC_MAX_PAGES - count && are_zero(r->reserved, 8);
}

enum svnic_status admin_pages_map(struct core *core, struct admin_call *call)
{
	const struct svnic_pages_range *r = &call->cmd.arg.pages;
	uint32_t count = svnic_cpu32(r->count);

	if (!is_range(r) || svnic_cpu32(call->cmd.len) < count * sizeof(__le64))
		return SVNIC_ST_BAD_FIELD;
	if (!admin_read(call, core->payload, count * (uint32_t)sizeof(__le64)))
		return SVNIC_ST_BAD_ADDRESS;
	return region_map(core, call->vif, svnic_cpu32(r->first),
			  (const void *)core->payload, count, &call->result);
}

enum svnic_status admin_pages_unmap(struct core *core, struct admin_call *call)
{
	const struct svnic_pages_range *r = &call->cmd.arg.pages;

	if (!is_range(r))
		return SVNIC_ST_BAD_FIELD;
	call->result = region_unmap(core, call->vif, svnic_cpu32(r->first),
				    svnic_cpu32(r->count));
	return call->result == svnic_cpu32(r->count) ? SVNIC_ST_OK
						     : SVNIC_ST_NOT_MAPPED;
}

enum svnic_status admin_queue_start(struct core *core, struct admin_call *call)
{
	const struct svnic_queue_config *c = &call->cmd.arg.queue_config;

	if (c->reserved0 || !are_zero(c->reserved1, 7))
		return SVNIC_ST_BAD_FIELD;
	return queue_start(core, call->vif, svnic_cpu16(call->cmd.queue), c);
}

enum svnic_status admin_queue_stop(struct core *core, struct admin_call *call)
{
	unsigned int id = svnic_cpu16(call->cmd.queue);

	if (id >= SVNIC_MAX_QUEUES || call->vif->queue[id] == LIST_NONE)
		return SVNIC_ST_NO_QUEUE;
	queue_stop(core, arena_queue(core, call->vif->queue[id]));
	return SVNIC_ST_OK;
}

static bool is_filter(const struct svnic_filter *f)
{
	return !f->reserved0 && are_zero(f->reserved1, 8);
}

enum svnic_status admin_filter_add(struct core *core, struct admin_call *call)
{
	const struct svnic_filter *f = &call->cmd.arg.filter;

	if (!is_filter(f))
		return SVNIC_ST_BAD_FIELD;
	return address_add(core, call->vif, f->mac);
}

enum svnic_status admin_filter_del(struct core *core, struct admin_call *call)
{
	const struct svnic_filter *f = &call->cmd.arg.filter;

	if (!is_filter(f))
		return SVNIC_ST_BAD_FIELD;
	return address_del(core, call->vif, f->mac);
}

enum svnic_status admin_rss_set(struct core *core, struct admin_call *call)
{
	struct svnic_rss config;

	if (!admin_read(call, &config, sizeof(config)))
		return SVNIC_ST_BAD_ADDRESS;
	return rss_set(core, call->vif, &config);
}

enum svnic_status admin_source_set(struct core *core, struct admin_call *call)
{
	struct svnic_source list;

	if (!admin_read(call, &list, sizeof(list)))
		return SVNIC_ST_BAD_ADDRESS;
	return source_set(core, call->vif, &list);
}

enum svnic_status admin_groups_set(struct core *core, struct admin_call *call)
{
	struct svnic_groups list;

	if (!admin_read(call, &list, sizeof(list)))
		return SVNIC_ST_BAD_ADDRESS;
	return group_set(core, call->vif, &list);
}
