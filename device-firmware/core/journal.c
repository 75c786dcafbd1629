// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands that survive the process that carries them out; see journal.h.  A
 * command that was cut short is undone as far as it came and carried out once
 * more, or, if it takes something away, just carried out once more.  Called by
 * admin.c for each command, by arena.c when an arena is taken over.
 */
#include "address.h"
#include "admin.h"
#include "arena.h"
#include "mem.h"
#include "region.h"

static struct vif *vif_of(struct core *core, unsigned int link,
			  const struct svnic_admin_cmd *cmd)
{
	return vif_find(core, link, svnic_cpu16(cmd->vif));
}

static uint32_t count_pages(const struct core *core, const struct vif *vif,
			    const struct svnic_pages_range *r)
{
	uint32_t first = svnic_cpu32(r->first);
	uint32_t count = svnic_cpu32(r->count);
	uint32_t nr = 0;
	uint32_t i;

	if (count > SVNIC_PAGES_BATCH || first >= SVNIC_MAX_PAGES)
		return 0;
	for (i = 0; i < count; i++)
		nr += region_lookup(core, vif, first + i) != 0;
	return nr;
}

static bool has_queue(const struct vif *vif, const struct svnic_admin_cmd *cmd)
{
	unsigned int id = svnic_cpu16(cmd->queue);

	return id < SVNIC_MAX_QUEUES && vif->queue[id] != LIST_NONE;
}

/* How much of what a command is about is there. */
static uint32_t count(struct core *core, unsigned int link, uint16_t id,
		      const struct svnic_admin_cmd *cmd)
{
	struct vif *vif = vif_of(core, link, cmd);
	unsigned int op = svnic_cpu16(cmd->opcode);

	if (op == SVNIC_OP_VIF_CREATE)
		return vif_find(core, link, id) != NULL;
	if (!vif)
		return 0;
	switch (op) {
	case SVNIC_OP_PAGES_MAP:
	case SVNIC_OP_PAGES_UNMAP:
		return count_pages(core, vif, &cmd->arg.pages);
	case SVNIC_OP_QUEUE_START:
	case SVNIC_OP_QUEUE_STOP:
		return has_queue(vif, cmd);
	case SVNIC_OP_FILTER_ADD:
	case SVNIC_OP_FILTER_DEL:
		return address_has(core, vif, cmd->arg.filter.mac);
	default:
		return 1;
	}
}

void journal_begin(struct core *core, const struct admin_call *call,
		   uint32_t seq)
{
	struct journal *j = &arena_link(core, call->link)->journal;
	struct vif *vif = vif_of(core, call->link, &call->cmd);

	j->seq = seq;
	j->cmd = call->cmd;
	j->vif = vif ? (uint16_t)arena_vif_idx(core, vif) : LIST_NONE;
	if (vif)
		j->config = vif->config;
	j->id = svnic_cpu16(call->cmd.vif);
	if (svnic_cpu16(call->cmd.opcode) == SVNIC_OP_VIF_CREATE)
		j->id = (uint16_t)vif_choose_id(core, call->link, j->id);
	j->before = count(core, call->link, j->id, &call->cmd);
	mem_commit();
	j->state = JOURNAL_BEGUN;
	mem_commit();
}

void journal_done(struct core *core, const struct admin_call *call,
		  enum svnic_status status)
{
	struct journal *j = &arena_link(core, call->link)->journal;

	j->status = (uint32_t)status;
	j->result = call->result;
	mem_commit();
	j->state = JOURNAL_DONE;
	mem_commit();
}

void journal_close(struct core *core, unsigned int link)
{
	mem_commit();
	arena_link(core, link)->journal.state = JOURNAL_IDLE;
}

void journal_repair(struct core *core)
{
	unsigned int i;

	for (i = 0; i < core->config.nr_links; i++) {
		const struct journal *j = &arena_link(core, i)->journal;
		struct vif *vif = arena_vif(core, j->vif);

		/* Of a link that was reset meanwhile it may be another's. */
		if (j->state == JOURNAL_BEGUN &&
		    svnic_cpu16(j->cmd.opcode) == SVNIC_OP_VIF_SET &&
		    j->vif < core->config.max_vifs && vif->link == i &&
		    vif->id == svnic_cpu16(j->cmd.vif))
			vif->config = j->config;
	}
}

/* Take away what a command that makes something has made of it. */
static void undo(struct core *core, unsigned int link, const struct journal *j)
{
	const struct svnic_pages_range *r = &j->cmd.arg.pages;
	struct vif *vif = vif_of(core, link, &j->cmd);
	unsigned int op = svnic_cpu16(j->cmd.opcode);

	if (j->before || !count(core, link, j->id, &j->cmd))
		return;
	if (op == SVNIC_OP_VIF_CREATE)
		vif_destroy(core, vif_find(core, link, j->id));
	else if (op == SVNIC_OP_PAGES_MAP)
		region_unmap(core, vif, svnic_cpu32(r->first),
			     svnic_cpu32(r->count));
	else if (op == SVNIC_OP_QUEUE_START)
		queue_stop(core,
			   arena_queue(core,
				       vif->queue[svnic_cpu16(j->cmd.queue)]));
	else if (op == SVNIC_OP_FILTER_ADD)
		address_del(core, vif, j->cmd.arg.filter.mac);
}

/* What was there when it began, and is not any more, was taken by it. */
static bool was_taken(struct core *core, unsigned int link,
		      const struct journal *j)
{
	switch (svnic_cpu16(j->cmd.opcode)) {
	case SVNIC_OP_VIF_DESTROY:
	case SVNIC_OP_QUEUE_STOP:
	case SVNIC_OP_FILTER_DEL:
		return j->before && !count(core, link, j->id, &j->cmd);
	case SVNIC_OP_PAGES_UNMAP:
		return j->before == svnic_cpu32(j->cmd.arg.pages.count) &&
		       !count(core, link, j->id, &j->cmd);
	default:
		return false;
	}
}

enum svnic_status journal_finish(struct core *core, struct admin_call *call)
{
	struct journal *j = &arena_link(core, call->link)->journal;
	enum svnic_status status;

	call->cmd = j->cmd;
	call->result = j->result;
	if (j->state == JOURNAL_DONE)
		return (enum svnic_status)j->status;
	undo(core, call->link, j);
	status = admin_run(core, call);
	if (status != SVNIC_ST_OK && was_taken(core, call->link, j))
		status = SVNIC_ST_OK;
	/* Those that are not found any more were taken out before. */
	if (svnic_cpu16(j->cmd.opcode) == SVNIC_OP_PAGES_UNMAP &&
	    (status == SVNIC_ST_OK || status == SVNIC_ST_NOT_MAPPED))
		call->result = j->before;
	return status;
}
