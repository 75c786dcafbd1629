/* SPDX-License-Identifier: GPL-2.0-only */
/* See takeover_scenes.h. */
#include "takeover_scenes.h"

#include "arena.h"
#include "mem.h"

static uint8_t frame[2048];

void scene_push(struct takeover_world *w, const struct svnic_admin_cmd *cmd)
{
	struct sim_host *h = &w->f.host[0];
	struct svnic_admin_cmd *sq = sim_page(h, 0);
	uint32_t slot = h->tail % SVNIC_ADMIN_ENTRIES;

	sq[slot] = *cmd;
	sq[slot].id = svnic_le16((uint16_t)(h->tail * 7));
	h->tail++;
}

void scene_create(struct takeover_world *w)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_VIF_CREATE,
		.vif = svnic_le16(SVNIC_VIF_NONE),
		.arg.vif_config = fixture_config(9),
	};

	scene_push(w, &cmd);
}

static void verify_create(struct takeover_world *w)
{
	assert_int_equal(arena_link(w->f.core, 0)->nr_vifs, 3);
	assert_int_equal(sim_vif_command(&w->f.host[0], SVNIC_OP_VIF_DESTROY,
					 0),
			 SVNIC_ST_OK);
}

void scene_prepare(struct takeover_world *w)
{
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 0x42 };
	struct svnic_vif_config c = fixture_config(9);

	assert_int_equal(sim_vif_create(&w->f.host[0], 9, &c), SVNIC_ST_OK);
	sim_guest_init_idle(&w->f.guest[3], &w->f.host[0], 9, 6);
	assert_int_equal(sim_filter(&w->f.host[0], SVNIC_OP_FILTER_ADD, 9, mac),
			 SVNIC_ST_OK);
}

static void submit_op(struct takeover_world *w, unsigned int op)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)op),
		.vif = svnic_le16(9),
	};

	if (op == SVNIC_OP_QUEUE_START)
		cmd.arg.queue_config = w->f.guest[3].config;
	if (op == SVNIC_OP_FILTER_ADD)
		memcpy(cmd.arg.filter.mac, "\2\0\0\0\0\103", 6);
	if (op == SVNIC_OP_FILTER_DEL)
		memcpy(cmd.arg.filter.mac, "\2\0\0\0\0\102", 6);
	scene_push(w, &cmd);
}

void scene_destroy(struct takeover_world *w)
{
	submit_op(w, SVNIC_OP_VIF_DESTROY);
}

static void verify_destroy(struct takeover_world *w)
{
	assert_int_equal(arena_link(w->f.core, 0)->nr_vifs, 2);
}

void scene_set(struct takeover_world *w)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_VIF_SET,
		.vif = svnic_le16(9),
		.arg.vif_config = fixture_config(0x77),
	};

	cmd.arg.vif_config.segment = svnic_le16(3);
	scene_push(w, &cmd);
}

static void verify_set(struct takeover_world *w)
{
	const struct vif *vif = vif_find(w->f.core, 0, 9);

	assert_int_equal(vif->config.mac[5], 0x77);
	assert_int_equal(vif->config.segment, 3);
}

/* An address in use: the old configuration stays. */
static void submit_bad_set(struct takeover_world *w)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_VIF_SET,
		.vif = svnic_le16(9),
		.arg.vif_config = fixture_config(1),
	};

	scene_push(w, &cmd);
}

static void verify_bad_set(struct takeover_world *w)
{
	assert_int_equal(vif_find(w->f.core, 0, 9)->config.mac[5], 9);
}

static void submit_pages(struct takeover_world *w, unsigned int op)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)op),
		.vif = svnic_le16(9),
		.addr = svnic_le64(sim_payload_addr()),
		.len = svnic_le32(16 * 8),
		.arg.pages = { .first = svnic_le32(VIF_CHUNK_PAGES * 2 - 8),
			       .count = svnic_le32(16) },
	};
	__le64 *list = sim_payload(&w->f.host[0]);
	uint32_t i;

	for (i = 0; i < 16; i++)
		list[i] = svnic_le64(sim_addr(900 + i));
	scene_push(w, &cmd);
}

void scene_map(struct takeover_world *w)
{
	submit_pages(w, SVNIC_OP_PAGES_MAP);
}

static void verify_map(struct takeover_world *w)
{
	assert_int_equal(sim_pages_unmap(&w->f.host[0], 9,
					 VIF_CHUNK_PAGES * 2 - 8, 16),
			 SVNIC_ST_OK);
}

static void prepare_mapped(struct takeover_world *w)
{
	scene_prepare(w);
	assert_int_equal(sim_pages_map(&w->f.host[0], 9,
				       VIF_CHUNK_PAGES * 2 - 8, 900, 16),
			 SVNIC_ST_OK);
}

void scene_unmap(struct takeover_world *w)
{
	submit_pages(w, SVNIC_OP_PAGES_UNMAP);
}

static void verify_unmap(struct takeover_world *w)
{
	assert_int_equal(w->f.host[0].result, 16);
	assert_int_equal(sim_pages_map(&w->f.host[0], 9,
				       VIF_CHUNK_PAGES * 2 - 8, 900, 16),
			 SVNIC_ST_OK);
}

/* ... some of which were never there. */
static void prepare_holes(struct takeover_world *w)
{
	scene_prepare(w);
	assert_int_equal(sim_pages_map(&w->f.host[0], 9,
				       VIF_CHUNK_PAGES * 2 - 6, 902, 10),
			 SVNIC_ST_OK);
}

static void verify_holes(struct takeover_world *w)
{
	assert_int_equal(w->f.host[0].result, 10);
	assert_int_equal(sim_pages_map(&w->f.host[0], 9,
				       VIF_CHUNK_PAGES * 2 - 8, 900, 16),
			 SVNIC_ST_OK);
}

static void submit_stop(struct takeover_world *w)
{
	submit_op(w, SVNIC_OP_QUEUE_STOP);
}

static void verify_stop(struct takeover_world *w)
{
	uint32_t fault;

	assert_int_equal(sim_queue_state(&w->f.guest[3], &fault),
			 SVNIC_QUEUE_STOPPED);
}

static void prepare_stopped(struct takeover_world *w)
{
	scene_prepare(w);
	assert_int_equal(sim_vif_command(&w->f.host[0], SVNIC_OP_QUEUE_STOP, 9),
			 SVNIC_ST_OK);
}

static void submit_start(struct takeover_world *w)
{
	submit_op(w, SVNIC_OP_QUEUE_START);
}

static void verify_start(struct takeover_world *w)
{
	uint32_t fault;

	assert_int_equal(sim_queue_state(&w->f.guest[3], &fault),
			 SVNIC_QUEUE_RUNNING);
}

void scene_filter_add(struct takeover_world *w)
{
	submit_op(w, SVNIC_OP_FILTER_ADD);
}

static void verify_filter_add(struct takeover_world *w)
{
	assert_int_equal(vif_find(w->f.core, 0, 9)->nr_filters, 2);
}

static void submit_filter_del(struct takeover_world *w)
{
	submit_op(w, SVNIC_OP_FILTER_DEL);
}

static void verify_filter_del(struct takeover_world *w)
{
	assert_int_equal(vif_find(w->f.core, 0, 9)->nr_filters, 0);
}

static void submit_frames(struct takeover_world *w)
{
	unsigned int i;

	for (i = 0; i < 6; i++) {
		fixture_frame(frame, TAKEOVER_FRAME + i, 2, 1);
		sim_send(&w->f.guest[1], frame, TAKEOVER_FRAME + i, 256, NULL);
	}
	sim_ring(&w->f.guest[1]);
}

/*
 * Whole and in order; some may be lost, some may come twice: with several
 * workers all that were away, once for each core that died.
 */
static void verify_frames(struct takeover_world *w)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	struct svnic_meta meta;
	unsigned int again = core_nr_workers(w->f.core) > 1 ? 2 : 0;
	uint32_t len, last = 0;

	while ((len = sim_receive(&w->f.guest[2], got, sizeof(got), &meta))) {
		assert_true(len >= TAKEOVER_FRAME && len < TAKEOVER_FRAME + 6);
		if (len < last)
			assert_true(again--);
		fixture_frame(frame, len, 2, 1);
		assert_memory_equal(got, frame, len);
		last = len;
	}
}

/* A guest that breaks the rules of its ring, and how it goes on. */
static void submit_fault(struct takeover_world *w)
{
	w->f.guest[3].tx.next += 100;
	sim_ring(&w->f.guest[3]);
}

static void verify_fault(struct takeover_world *w)
{
	struct svnic_event e;
	uint32_t fault;

	assert_int_equal(sim_queue_state(&w->f.guest[3], &fault),
			 SVNIC_QUEUE_FAULTED);
	assert_int_equal(fault, SVNIC_V_BAD_INDEX);
	do
		assert_true(sim_event_take(&w->f.host[0], &e));
	while (e.reason != SVNIC_EVENT_FAULT);
	assert_int_equal(e.vif, 9);
	assert_int_equal(e.arg, SVNIC_V_BAD_INDEX);
}

static void prepare_faulted(struct takeover_world *w)
{
	scene_prepare(w);
	submit_fault(w);
}

static void submit_reset(struct takeover_world *w)
{
	sim_ask_reset(&w->f.guest[3]);
}

static void verify_reset(struct takeover_world *w)
{
	const struct sim_guest *g = &w->f.guest[3];
	uint32_t fault;

	/* Pairs with rewind() in core/queue.c (ordering.md O2, O4). */
	assert_int_equal(svnic_observe32(&g->tx.ctrl->reset),
			 sim_guest_bell(g)->reset);
	assert_int_equal(sim_queue_state(g, &fault), SVNIC_QUEUE_RUNNING);
	assert_int_equal(fault, 0);
	assert_int_equal(g->tx.ctrl->tx_cons, 0);
	assert_int_equal(g->tx.ctrl->rx_done, 0);
}

/* Whoever asked asks again, until it is answered. */
static void reset_link(struct takeover_world *w)
{
	while (!core_halt(w->f.core))
		sim_poll(w->f.core);
	core_reg_write(w->f.core, 0, SVNIC_REG_CONTROL, SVNIC_CONTROL_RESET);
	core_go(w->f.core);
}

static void submit_link_reset(struct takeover_world *w)
{
	w->ask = reset_link;
}

static void verify_link_reset(struct takeover_world *w)
{
	struct fixture *f = &w->f;
	unsigned int i;

	assert_int_equal(arena_link(f->core, 0)->nr_vifs, 0);
	assert_int_equal(core_reg_read(f->core, 0, SVNIC_REG_STATUS), 0);
	assert_int_not_equal(core_reg_read(f->core, 0, SVNIC_REG_EPOCH),
			     f->config.epoch);
	for (i = 0; i < f->config.nr_links; i++)
		assert_int_equal(arena_link(f->core, i)->journal.state,
				 JOURNAL_IDLE);
	sim_host_init(&f->host[0], f->core, 0);
	fixture_guest(f, 1);
	fixture_guest(f, 2);
}

const struct scene scene_table[] = {
	{ "create", NULL, scene_create, verify_create, 0, false },
	{ "destroy", scene_prepare, scene_destroy, verify_destroy, 0, false },
	{ "set", scene_prepare, scene_set, verify_set, 0, false },
	{ "bad set", scene_prepare, submit_bad_set, verify_bad_set,
	  SVNIC_ST_MAC_IN_USE, false },
	{ "map", scene_prepare, scene_map, verify_map, 0, false },
	{ "unmap", prepare_mapped, scene_unmap, verify_unmap, 0, false },
	{ "unmap holes", prepare_holes, scene_unmap, verify_holes,
	  SVNIC_ST_NOT_MAPPED, false },
	{ "stop", scene_prepare, submit_stop, verify_stop, 0, false },
	{ "start", prepare_stopped, submit_start, verify_start, 0, false },
	{ "filter add", scene_prepare, scene_filter_add, verify_filter_add, 0,
	  false },
	{ "filter del", scene_prepare, submit_filter_del, verify_filter_del, 0,
	  false },
	{ "source", lists_prepare, lists_submit_source, lists_verify_source, 0,
	  false },
	{ "bad source", lists_prepare, lists_submit_bad_source,
	  lists_verify_bad_source, SVNIC_ST_BAD_FIELD, false },
	{ "groups", lists_prepare, lists_submit_groups, lists_verify_groups, 0,
	  false },
	{ "rss", scene_prepare, lists_submit_rss, lists_verify_rss, 0, false },
	{ "link reset", prepare_mapped, submit_link_reset, verify_link_reset, 0,
	  true },
	{ "fault", scene_prepare, submit_fault, verify_fault, 0, true },
	{ "reset", prepare_faulted, submit_reset, verify_reset, 0, true },
	{ "frames", scene_prepare, submit_frames, verify_frames, 0, true },
};

const size_t scene_nr = sizeof(scene_table) / sizeof(scene_table[0]);
