// SPDX-License-Identifier: GPL-2.0-only
/*
 * Carries out a link's admin commands, in order and one at a time; see admin.h
 * and abi.md 4.  A command is copied once (rules R02, R58); whatever it says,
 * it can only name VIFs and memory of its own link (rule R57).  Because the
 * other workers are halted, nothing uses a page or a queue any more once the
 * command that took it away is answered (rule R52).  Called by poll.c.
 */
#include "admin.h"
#include "arena.h"
#include "event.h"
#include "hal.h"
#include "mem.h"
#include "stats.h"

#define ROUND_COMMANDS 16u /* of one link */

enum about {
	ABOUT_LINK, /* or a port, or a VIF that is still to be made */
	ABOUT_VIF   /* that is there */
};

struct command {
	enum svnic_status (*run)(struct core *core, struct admin_call *call);
	enum about about;
	uint32_t payload; /* octets that cmd.len must offer */
};

static enum svnic_status event_ring(struct core *core, struct admin_call *call)
{
	uint32_t len = svnic_cpu32(call->cmd.len);
	uint64_t addr = svnic_cpu64(call->cmd.addr);
	uint32_t entries = (len - SVNIC_PAGE_SIZE) / 8;
	struct svnic_event_ring *ring;

	if (len % 8 || entries < 64 || entries > 65536 ||
	    entries & (entries - 1))
		return SVNIC_ST_BAD_FIELD;
	if (addr % SVNIC_PAGE_SIZE)
		return SVNIC_ST_BAD_ADDRESS;
	ring = hal_dma(call->link, addr, len, true);
	if (!ring)
		return SVNIC_ST_BAD_ADDRESS;
	event_ring_set(core, call->link, addr, entries);
	/* Events came by it, perhaps, if this is done after a takeover. */
	svnic_poke32(&ring->prod, 0);
	return SVNIC_ST_OK;
}

static enum svnic_status vif_list(struct core *core, struct admin_call *call)
{
	uint8_t *map = core->payload;
	unsigned int i;

	memset(map, 0, SVNIC_MAX_VIFS / 8);
	for (i = 0; i < SVNIC_MAX_VIFS; i++) {
		if (vif_find(core, call->link, i))
			map[i / 8] |= (uint8_t)(1u << i % 8);
	}
	call->result = arena_link(core, call->link)->nr_vifs;
	return admin_write(call, map, SVNIC_MAX_VIFS / 8)
		       ? SVNIC_ST_OK
		       : SVNIC_ST_BAD_ADDRESS;
}

static enum svnic_status port_query(struct core *core, struct admin_call *call)
{
	unsigned int port = svnic_cpu16(call->cmd.queue);
	struct svnic_port_info info;

	if (port >= core->config.nr_ports)
		return SVNIC_ST_BAD_FIELD;
	stats_port_info(core, port, &info);
	call->result = sizeof(info);
	return admin_write(call, &info, sizeof(info)) ? SVNIC_ST_OK
						      : SVNIC_ST_BAD_ADDRESS;
}

static const struct command commands[SVNIC_OP_NR] = {
	[SVNIC_OP_EVENT_RING] = { event_ring, ABOUT_LINK, SVNIC_PAGE_SIZE },
	[SVNIC_OP_VIF_CREATE] = { admin_vif_create, ABOUT_LINK, 0 },
	[SVNIC_OP_VIF_DESTROY] = { admin_vif_destroy, ABOUT_VIF, 0 },
	[SVNIC_OP_VIF_SET] = { admin_vif_set, ABOUT_VIF, 0 },
	[SVNIC_OP_VIF_QUERY] = { admin_vif_query, ABOUT_VIF,
				 sizeof(struct svnic_vif_info) },
	[SVNIC_OP_VIF_LIST] = { vif_list, ABOUT_LINK, SVNIC_MAX_VIFS / 8 },
	[SVNIC_OP_PAGES_MAP] = { admin_pages_map, ABOUT_VIF, sizeof(__le64) },
	[SVNIC_OP_PAGES_UNMAP] = { admin_pages_unmap, ABOUT_VIF, 0 },
	[SVNIC_OP_QUEUE_START] = { admin_queue_start, ABOUT_VIF, 0 },
	[SVNIC_OP_QUEUE_STOP] = { admin_queue_stop, ABOUT_VIF, 0 },
	[SVNIC_OP_FILTER_ADD] = { admin_filter_add, ABOUT_VIF, 0 },
	[SVNIC_OP_FILTER_DEL] = { admin_filter_del, ABOUT_VIF, 0 },
	[SVNIC_OP_PORT_QUERY] = { port_query, ABOUT_LINK,
				  sizeof(struct svnic_port_info) },
	[SVNIC_OP_RSS_SET] = { admin_rss_set, ABOUT_VIF,
			       sizeof(struct svnic_rss) },
	[SVNIC_OP_SOURCE_SET] = { admin_source_set, ABOUT_VIF,
				  sizeof(struct svnic_source) },
	[SVNIC_OP_GROUPS_SET] = { admin_groups_set, ABOUT_VIF,
				  sizeof(struct svnic_groups) },
};

/* Memory of the payload at @at, up to the end of its page; @n octets of it. */
static void *payload(const struct admin_call *call, uint32_t at, uint32_t left,
		     bool write, uint32_t *n)
{
	uint64_t addr = svnic_cpu64(call->cmd.addr) + at;
	uint32_t to_end = SVNIC_PAGE_SIZE - addr % SVNIC_PAGE_SIZE;

	*n = left < to_end ? left : to_end;
	return hal_dma(call->link, addr, *n, write);
}

bool admin_read(const struct admin_call *call, void *dst, uint32_t len)
{
	uint32_t at;
	uint32_t n;
	void *p;

	for (at = 0; at < len; at += n) {
		p = payload(call, at, len - at, false, &n);
		if (!p)
			return false;
		memcpy((char *)dst + at, p, n);
	}
	return true;
}

bool admin_write(const struct admin_call *call, const void *src, uint32_t len)
{
	uint32_t at;
	uint32_t n;
	void *p;

	for (at = 0; at < len; at += n) {
		p = payload(call, at, len - at, true, &n);
		if (!p)
			return false;
		memcpy(p, (const char *)src + at, n);
	}
	return true;
}

enum svnic_status admin_run(struct core *core, struct admin_call *call)
{
	unsigned int op = svnic_cpu16(call->cmd.opcode);

	call->result = 0;
	if (op >= SVNIC_OP_NR || !commands[op].run)
		return SVNIC_ST_BAD_OPCODE;
	if (call->cmd.reserved ||
	    svnic_cpu32(call->cmd.len) < commands[op].payload)
		return SVNIC_ST_BAD_FIELD;
	call->vif = vif_find(core, call->link, svnic_cpu16(call->cmd.vif));
	if (commands[op].about == ABOUT_VIF && !call->vif)
		return SVNIC_ST_NO_VIF;
	return commands[op].run(core, call);
}

static void *queue_memory(unsigned int link, uint64_t addr, size_t entry,
			  bool write)
{
	if (addr % 64)
		return NULL;
	return hal_dma(link, addr, SVNIC_ADMIN_ENTRIES * entry, write);
}

static void fail(struct core *core, unsigned int link)
{
	arena_link(core, link)->admin.status = SVNIC_STATUS_FAULT;
}

void admin_enable(struct core *core, unsigned int link)
{
	struct admin_queue *a = &arena_link(core, link)->admin;

	if (a->status)
		return;
	a->head = 0;
	a->tail = 0;
	if (queue_memory(link, a->sq, sizeof(struct svnic_admin_cmd), false) &&
	    queue_memory(link, a->cq, sizeof(struct svnic_admin_cpl), true))
		a->status = SVNIC_STATUS_READY;
	else
		fail(core, link);
}

/* Command number @seq, from 1, was carried out. */
static void answer(struct core *core, struct admin_call *call, uint32_t seq,
		   enum svnic_status st, struct svnic_admin_cpl *cq)
{
	uint32_t slot = (seq - 1) % SVNIC_ADMIN_ENTRIES;

	journal_done(core, call, st);
	cq[slot].id = call->cmd.id;
	cq[slot].status = svnic_le16((uint16_t)st);
	cq[slot].result = svnic_le32(call->result);
	cq[slot].reserved = 0;
	arena_link(core, call->link)->admin.head = seq;
	/* Pairs with sim_admin() in hal/sim/host.c, as with any host that waits
	 * for its answer (ordering.md O8). */
	svnic_publish32(&cq[slot].seq, seq);
	journal_close(core, call->link);
}

/* Carry out command number head and answer it. */
static void serve(struct core *core, struct admin_call *call,
		  const struct svnic_admin_cmd *sq, struct svnic_admin_cpl *cq)
{
	uint32_t head = arena_link(core, call->link)->admin.head;

	svnic_copy_in(&call->cmd, &sq[head % SVNIC_ADMIN_ENTRIES],
		      sizeof(call->cmd));
	journal_begin(core, call, head + 1);
	answer(core, call, head + 1, admin_run(core, call), cq);
}

/* Is there anything to do, whatever it is? */
static bool is_due(const struct core *core, unsigned int link)
{
	const struct admin_queue *a = &arena_link(core, link)->admin;

	return (a->status & SVNIC_STATUS_READY) &&
	       (core->links_up & 1u << link) &&
	       (a->tail != a->head ||
		arena_link(core, link)->journal.state != JOURNAL_IDLE);
}

bool admin_is_due(const struct core *core)
{
	unsigned int i;

	for (i = 0; i < core->config.nr_links; i++) {
		if (is_due(core, i))
			return true;
	}
	return false;
}

static unsigned int poll_link(struct core *core, unsigned int link)
{
	struct admin_queue *a = &arena_link(core, link)->admin;
	const struct journal *j = &arena_link(core, link)->journal;
	struct admin_call call = { .link = link };
	const struct svnic_admin_cmd *sq;
	struct svnic_admin_cpl *cq;
	unsigned int n = 0;

	if (!is_due(core, link))
		return 0;
	if (a->tail - a->head > SVNIC_ADMIN_ENTRIES) {
		fail(core, link);
		return 1;
	}
	sq = queue_memory(link, a->sq, sizeof(*sq), false);
	cq = queue_memory(link, a->cq, sizeof(*cq), true);
	if (!sq || !cq)
		return 0;
	if (j->state != JOURNAL_IDLE)
		answer(core, &call, j->seq, journal_finish(core, &call), cq);
	while (a->head != a->tail && n++ < ROUND_COMMANDS)
		serve(core, &call, sq, cq);
	hal_irq(link, SVNIC_VECTOR_ADMIN);
	return n + 1;
}

unsigned int admin_poll(struct core *core)
{
	unsigned int done = 0;
	unsigned int i;

	for (i = 0; i < core->config.nr_links; i++)
		done += poll_link(core, i);
	return done;
}
