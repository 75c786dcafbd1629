// SPDX-License-Identifier: GPL-2.0-only
/*
 * A host and its guests in a simulated card's memory; see host.h.  Follows
 * abi.md as svnic_pf and a guest driver do, with the guest's side of ring.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hal.h"
#include "host.h"

enum {
	PAGE_SQ,
	PAGE_CQ,
	PAGE_EVENTS,
	PAGE_PAYLOAD = 4,
	PAGE_FREE
};

#define BUFFER_PAGES 64u /* for rx, and for tx, of a guest */

uint64_t sim_addr(uint32_t page)
{
	return SIM_BASE + (uint64_t)page * SVNIC_PAGE_SIZE;
}

void *sim_page(const struct sim_host *host, uint32_t page)
{
	return sim_link(host->link)->mem + (size_t)page * SVNIC_PAGE_SIZE;
}

void *sim_payload(const struct sim_host *host)
{
	return sim_page(host, PAGE_PAYLOAD);
}

uint64_t sim_payload_addr(void)
{
	return sim_addr(PAGE_PAYLOAD);
}

static void write64(const struct sim_host *host, uint32_t reg, uint64_t value)
{
	core_reg_write(host->core, host->link, reg, (uint32_t)value);
	core_reg_write(host->core, host->link, reg + 4,
		       (uint32_t)(value >> 32));
}

static void must(unsigned int status, const char *what)
{
	if (status == SVNIC_ST_OK)
		return;
	fprintf(stderr, "sim: %s: status %u\n", what, status);
	abort();
}

void sim_host_init(struct sim_host *host, struct core *core, unsigned int link)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_EVENT_RING,
		.addr = sim_addr(PAGE_EVENTS),
		.len = SVNIC_PAGE_SIZE + SIM_EVENTS * 8,
	};

	memset(host, 0, sizeof(*host));
	host->core = core;
	host->link = link;
	host->next = PAGE_FREE;
	memset(sim_page(host, 0), 0, PAGE_FREE * SVNIC_PAGE_SIZE);
	core_reg_write(core, link, SVNIC_REG_CONTROL, SVNIC_CONTROL_RESET);
	write64(host, SVNIC_REG_SQ_LO, sim_addr(PAGE_SQ));
	write64(host, SVNIC_REG_CQ_LO, sim_addr(PAGE_CQ));
	core_reg_write(core, link, SVNIC_REG_CONTROL, SVNIC_CONTROL_ENABLE);
	must(sim_admin(host, &cmd), "event ring");
}

unsigned int sim_nr_workers(void)
{
	const char *nr = getenv("SVNIC_SIM_WORKERS");

	return nr ? (unsigned int)atoi(nr) : 1;
}

uint64_t sim_next_due(struct core *core)
{
	uint64_t due = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < core_nr_workers(core); i++) {
		uint64_t next =
			core_next_due(core_worker(core, i), hal_clock_ns());

		due = next < due ? next : due;
	}
	return due;
}

unsigned int sim_poll(struct core *core)
{
	unsigned int nr = sim_has_threads() ? 1 : core_nr_workers(core);
	unsigned int first = nr > 1 ? sim_random() % nr : 0;
	unsigned int done = 0;
	unsigned int i;

	for (i = 0; i < nr; i++)
		done += core_poll(core_worker(core, (first + i) % nr));
	return done;
}

static void submit(struct sim_host *host, const struct svnic_admin_cmd *cmd)
{
	const uint32_t slot = host->tail % SVNIC_ADMIN_ENTRIES;
	struct svnic_admin_cmd *sq = sim_page(host, PAGE_SQ);

	sq[slot] = *cmd;
	sq[slot].id = svnic_le16((uint16_t)(host->tail * 7));
	host->tail++;
	core_reg_write(host->core, host->link, SVNIC_REG_SQ_TAIL, host->tail);
}

void sim_submit(struct sim_host *host, unsigned int opcode, unsigned int vif)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)opcode),
		.vif = svnic_le16((uint16_t)vif),
	};

	submit(host, &cmd);
}

unsigned int sim_admin(struct sim_host *host, const struct svnic_admin_cmd *cmd)
{
	const uint32_t slot = host->tail % SVNIC_ADMIN_ENTRIES;
	const struct svnic_admin_cmd *sq = sim_page(host, PAGE_SQ);
	const struct svnic_admin_cpl *cq = sim_page(host, PAGE_CQ);
	unsigned int rounds;

	submit(host, cmd);
	/* Pairs with answer() in core/admin.c (ordering.md O8). */
	for (rounds = 0; svnic_observe32(&cq[slot].seq) != host->tail; rounds++)
		if (sim_poll(host->core) == 0 && !sim_has_threads() &&
		    rounds >= 1000)
			must(~0u, "admin queue stopped");
	if (cq[slot].id != sq[slot].id || cq[slot].reserved)
		must(~0u, "answer to another command");
	host->result = svnic_cpu32(cq[slot].result);
	return svnic_cpu16(cq[slot].status);
}

unsigned int sim_vif_create(struct sim_host *host, unsigned int vif,
			    const struct svnic_vif_config *config)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_VIF_CREATE,
		.vif = svnic_le16((uint16_t)vif),
		.arg.vif_config = *config,
	};

	return sim_admin(host, &cmd);
}

unsigned int sim_vif_set(struct sim_host *host, unsigned int vif,
			 const struct svnic_vif_config *config)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_VIF_SET,
		.vif = svnic_le16((uint16_t)vif),
		.arg.vif_config = *config,
	};

	return sim_admin(host, &cmd);
}

unsigned int sim_vif_command(struct sim_host *host, unsigned int opcode,
			     unsigned int vif)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)opcode),
		.vif = svnic_le16((uint16_t)vif),
		.addr = svnic_le64(sim_payload_addr()),
		.len = svnic_le32(SVNIC_PAGE_SIZE),
	};

	return sim_admin(host, &cmd);
}

const struct svnic_vif_info *sim_vif_query(struct sim_host *host,
					   unsigned int vif)
{
	if (sim_vif_command(host, SVNIC_OP_VIF_QUERY, vif) != SVNIC_ST_OK)
		return NULL;
	return sim_payload(host);
}

/* A command about a VIF whose payload is a list. */
static unsigned int set_list(struct sim_host *host, unsigned int opcode,
			     unsigned int vif, const void *list, size_t len)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)opcode),
		.vif = svnic_le16((uint16_t)vif),
		.addr = svnic_le64(sim_payload_addr()),
		.len = svnic_le32((uint32_t)len),
	};

	memcpy(sim_payload(host), list, len);
	return sim_admin(host, &cmd);
}

unsigned int sim_source_set(struct sim_host *host, unsigned int vif,
			    const struct svnic_source *list)
{
	return set_list(host, SVNIC_OP_SOURCE_SET, vif, list, sizeof(*list));
}

unsigned int sim_groups_set(struct sim_host *host, unsigned int vif,
			    const struct svnic_groups *list)
{
	return set_list(host, SVNIC_OP_GROUPS_SET, vif, list, sizeof(*list));
}

unsigned int sim_filter(struct sim_host *host, unsigned int opcode,
			unsigned int vif, const uint8_t *mac)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)opcode),
		.vif = svnic_le16((uint16_t)vif),
	};

	memcpy(cmd.arg.filter.mac, mac, sizeof(cmd.arg.filter.mac));
	return sim_admin(host, &cmd);
}

unsigned int sim_pages_map(struct sim_host *host, unsigned int vif,
			   uint32_t index, uint32_t page, uint32_t count)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_PAGES_MAP,
		.vif = svnic_le16((uint16_t)vif),
		.addr = svnic_le64(sim_payload_addr()),
		.len = svnic_le32(count * 8),
		.arg.pages = { .first = svnic_le32(index),
			       .count = svnic_le32(count) },
	};
	__le64 *list = sim_payload(host);
	uint32_t i;

	for (i = 0; i < count && i < SVNIC_PAGES_BATCH; i++)
		list[i] = svnic_le64(sim_addr(page + i));
	return sim_admin(host, &cmd);
}

unsigned int sim_pages_unmap(struct sim_host *host, unsigned int vif,
			     uint32_t index, uint32_t count)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_PAGES_UNMAP,
		.vif = svnic_le16((uint16_t)vif),
		.arg.pages = { .first = svnic_le32(index),
			       .count = svnic_le32(count) },
	};

	return sim_admin(host, &cmd);
}

bool sim_event_take(struct sim_host *host, struct svnic_event *event)
{
	struct svnic_event_ring *ring = sim_page(host, PAGE_EVENTS);
	const struct svnic_event *slot = sim_page(host, PAGE_EVENTS + 1);

	/* Pairs with write_pending() in core/event.c (ordering.md O6). */
	if (svnic_observe32(&ring->prod) == host->taken)
		return false;
	svnic_copy_in(event, &slot[host->taken % SIM_EVENTS], sizeof(*event));
	host->taken++;
	/* Pairs with room() in core/event.c (ordering.md O6). */
	svnic_publish32(&ring->cons, host->taken);
	return true;
}

bool sim_event_arm(struct sim_host *host)
{
	struct svnic_event_ring *ring = sim_page(host, PAGE_EVENTS);

	svnic_poke32(&ring->arm, host->taken);
	/* Pairs with flush_link() in core/event.c (ordering.md O7). */
	svnic_fence();
	return svnic_peek32(&ring->prod) != host->taken;
}

static void start_guest(struct sim_guest *g, struct sim_host *host,
			unsigned int vif, unsigned int queue,
			unsigned int order, uint32_t buffers)
{
	struct svnic_area area = svnic_area(order, order);
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_QUEUE_START,
		.vif = svnic_le16((uint16_t)vif),
		.queue = svnic_le16((uint16_t)queue),
	};
	uint32_t index = queue * 1024;

	memset(g, 0, sizeof(*g));
	g->host = host;
	g->vif = vif;
	g->queue = queue;
	/* Only a change says something to the card. */
	g->kick = svnic_peek32(&sim_guest_bell(g)->kick);
	g->first = host->next - index;
	g->rx_page = index + area.pages;
	g->tx_page = g->rx_page + buffers;
	g->nr_pages = area.pages + 2 * buffers;
	host->next += g->nr_pages;
	if (host->next * (size_t)SVNIC_PAGE_SIZE > sim_link(host->link)->size)
		must(~0u, "not enough memory for another guest");
	must(sim_pages_map(host, vif, index, g->first + index, g->nr_pages),
	     "pages");
	svnic_queue_init(&g->tx, &g->rx, sim_page(host, g->first + index),
			 order, order);
	memset(sim_page(host, g->first + index), 0,
	       area.pages * SVNIC_PAGE_SIZE);
	cmd.arg.queue_config.base = svnic_le32(index);
	cmd.arg.queue_config.tx_order = (uint8_t)order;
	cmd.arg.queue_config.rx_order = (uint8_t)order;
	g->config = cmd.arg.queue_config;
	must(sim_admin(host, &cmd), "queue");
}

void sim_guest_init(struct sim_guest *g, struct sim_host *host,
		    unsigned int vif, unsigned int queue, unsigned int order)
{
	start_guest(g, host, vif, queue, order, BUFFER_PAGES);
}

void sim_guest_init_idle(struct sim_guest *g, struct sim_host *host,
			 unsigned int vif, unsigned int order)
{
	start_guest(g, host, vif, 0, order, 0);
}

struct svnic_doorbell *sim_guest_bell(const struct sim_guest *g)
{
	return &sim_link(g->host->link)
			->doorbell[g->vif * SIM_BELLS + g->queue];
}

void sim_ring(struct sim_guest *g)
{
	svnic_tx_publish(&g->tx);
	svnic_rx_publish(&g->rx);
	/* Pairs with look() in core/bell.c (ordering.md O1, O3). */
	svnic_publish32(&sim_guest_bell(g)->kick, ++g->kick);
}

uint32_t sim_ask_reset(struct sim_guest *g)
{
	struct svnic_queue_ctrl *ctrl = g->tx.ctrl;
	struct svnic_doorbell *bell = sim_guest_bell(g);
	uint32_t word = svnic_peek32(&bell->reset) + 1;

	g->tx.next = g->tx.done = 0;
	g->rx.next = g->rx.done = 0;
	svnic_poke32(&ctrl->tx_prod, 0);
	svnic_poke32(&ctrl->tx_event, 0);
	svnic_poke32(&ctrl->rx_prod, 0);
	svnic_poke32(&ctrl->rx_event, 0);
	/* Pairs with look() in core/bell.c (ordering.md O1, O3). */
	svnic_publish32(&bell->reset, word);
	return word;
}

bool sim_queue_reset(struct sim_guest *g)
{
	uint32_t word = sim_ask_reset(g);

	sim_settle(g->host->core);
	/* Pairs with rewind() in core/queue.c (ordering.md O2, O4). */
	return svnic_observe32(&g->tx.ctrl->reset) == word;
}

uint32_t sim_queue_state(const struct sim_guest *g, uint32_t *fault)
{
	/* Pairs with show_fault() in core/queue.c (ordering.md O5). */
	uint32_t state = svnic_observe32(&g->tx.ctrl->state);

	*fault = svnic_peek32(&g->tx.ctrl->fault);
	return state;
}

void sim_provide(struct sim_guest *g, unsigned int nr, unsigned int len)
{
	struct svnic_seg seg = { .len = svnic_le16((uint16_t)len) };

	for (; nr && svnic_rx_space(&g->rx); nr--) {
		seg.page = svnic_le32(g->rx_page + g->rx.next % BUFFER_PAGES);
		svnic_rx_provide(&g->rx, &seg);
	}
}

void sim_send(struct sim_guest *g, const void *data, uint32_t len,
	      uint32_t piece, const struct svnic_meta *meta)
{
	struct svnic_tx_desc d = { 0 };
	uint32_t at;
	uint32_t n;
	uint32_t page;

	if (meta)
		d.meta = *meta;
	d.meta.segs = (uint8_t)((len + piece - 1) / piece);
	for (at = 0; at < len; at += n) {
		n = len - at < piece ? len - at : piece;
		page = g->tx_page + g->tx.next % BUFFER_PAGES;
		memcpy(sim_page(g->host, g->first + page),
		       (const char *)data + at, n);
		d.seg.page = svnic_le32(page);
		d.seg.len = svnic_le16((uint16_t)n);
		svnic_tx_provide(&g->tx, &d);
		memset(&d, 0, sizeof(d));
	}
}

uint32_t sim_receive(struct sim_guest *g, void *data, uint32_t size,
		     struct svnic_meta *meta)
{
	struct svnic_meta m;
	uint32_t len = 0;
	unsigned int left = 1;
	unsigned int i;

	for (i = 0; i < left; i++) {
		const uint8_t *page =
			sim_page(g->host, g->first + g->rx_page +
						  g->rx.done % BUFFER_PAGES);

		if (svnic_rx_return(&g->rx, &m) != 1)
			return 0;
		if (i == 0) {
			left = m.segs;
			*meta = m;
		}
		if (len + svnic_cpu16(m.len) > size)
			return 0;
		memcpy((uint8_t *)data + len, page, svnic_cpu16(m.len));
		len += svnic_cpu16(m.len);
	}
	return len;
}

void sim_settle(struct core *core)
{
	unsigned int i;

	for (i = 0; i < 100000 && sim_poll(core); i++)
		;
}
