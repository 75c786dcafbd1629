// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest may do wrong with its rings, that only its own queue stops, and
 * how it starts again.
 */
#include "core_fixture.h"

static uint8_t frame[SVNIC_FRAME_MAX];

static int two_guests(void **state)
{
	fixture_setup(state);
	fixture_guest(*state, 1);
	fixture_guest(*state, 2);
	return 0;
}

static uint32_t fault_of(struct sim_guest *g)
{
	uint32_t fault;

	if (sim_queue_state(g, &fault) != SVNIC_QUEUE_FAULTED)
		return 0;
	return fault;
}

/* VIF 2 and a third go on talking; then VIF 1 restarts and does, too. */
static void assert_only_it_stopped(struct fixture *f)
{
	if (!f->guest[3].host)
		fixture_guest(f, 3);
	fixture_frame(frame, 60, 3, 2);
	sim_provide(&f->guest[3], 1, FIXTURE_BUFFER);
	sim_ring(&f->guest[3]);
	fixture_send(f, 2, frame, 60);
	fixture_expect(&f->guest[3], frame, 60);
	assert_true(sim_queue_reset(&f->guest[1]));
	assert_int_equal(fault_of(&f->guest[1]), 0);
	sim_provide(&f->guest[1], 32, FIXTURE_BUFFER);
	fixture_frame(frame, 60, 2, 1);
	fixture_send(f, 1, frame, 60);
	fixture_expect(&f->guest[2], frame, 60);
	fixture_frame(frame, 60, 1, 2);
	fixture_send(f, 2, frame, 60);
	fixture_expect(&f->guest[1], frame, 60);
}

/* A good frame, then descriptor @d: the first arrives, the second stops. */
static void assert_tx_fault(struct fixture *f, struct svnic_tx_desc d,
			    uint32_t verdict)
{
	struct sim_guest *g = &f->guest[1];
	uint64_t faults = fixture_stats(f, 1).faults;
	uint32_t cons = g->tx.ctrl->tx_cons;

	fixture_frame(frame, 70, 2, 1);
	sim_send(g, frame, 70, SVNIC_PAGE_SIZE, NULL);
	svnic_tx_provide(&g->tx, &d);
	sim_ring(g);
	sim_settle(f->core);
	fixture_expect(&f->guest[2], frame, 70);
	assert_int_equal(fault_of(g), verdict);
	assert_int_equal(g->tx.ctrl->tx_cons, cons + 1);
	assert_int_equal(fixture_stats(f, 1).faults, faults + 1);
	assert_only_it_stopped(f);
}

static void each_field_of_a_descriptor(void **state)
{
	struct fixture *f = *state;
	const struct svnic_tx_desc good = {
		.seg = { .page = f->guest[1].tx_page, .len = 60 },
		.meta = { .segs = 1 },
	};
	struct svnic_tx_desc d;

	d = good, d.seg.page = SVNIC_MAX_PAGES - 1;
	assert_tx_fault(f, d, SVNIC_V_BAD_PAGE);
	d = good, d.seg.page = SVNIC_MAX_PAGES;
	assert_tx_fault(f, d, SVNIC_V_BAD_PAGE);
	d = good, d.seg.page = UINT32_MAX;
	assert_tx_fault(f, d, SVNIC_V_BAD_PAGE);
	d = good, d.seg.len = 0;
	assert_tx_fault(f, d, SVNIC_V_BAD_LENGTH);
	d = good, d.seg.len = 4097;
	assert_tx_fault(f, d, SVNIC_V_BAD_LENGTH);
	d = good, d.seg.offset = 4037;
	assert_tx_fault(f, d, SVNIC_V_BAD_LENGTH);
	d = good, d.seg.offset = 0xffff, d.seg.len = 0xffff;
	assert_tx_fault(f, d, SVNIC_V_BAD_LENGTH);
	d = good, d.reserved = 1;
	assert_tx_fault(f, d, SVNIC_V_BAD_CHAIN);
	d = good, d.meta.len = 60;
	assert_tx_fault(f, d, SVNIC_V_BAD_CHAIN);
	d = good, d.meta.flags = 0x100;
	assert_tx_fault(f, d, SVNIC_V_BAD_CHAIN);
	d = good, d.meta.segs = 0;
	assert_tx_fault(f, d, SVNIC_V_BAD_CHAIN);
	d = good, d.meta.segs = 2;
	assert_tx_fault(f, d, SVNIC_V_BAD_CHAIN);
	d = good, d.meta.segs = SVNIC_MAX_SEGS + 1;
	assert_tx_fault(f, d, SVNIC_V_BAD_CHAIN);
}

static void metadata_in_the_middle_of_a_frame(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[1];
	struct svnic_tx_desc d = {
		.seg = { .page = g->tx_page, .len = 60 },
		.meta = { .segs = 2 },
	};

	struct svnic_tx_desc second[9];
	unsigned int i;

	for (i = 0; i < 9; i++)
		second[i] = (struct svnic_tx_desc) { .seg = d.seg };
	second[0].meta.segs = 1;
	second[1].meta.flags = 1;
	second[2].meta.len = 1;
	second[3].meta.csum_start = 1;
	second[4].meta.csum_offset = 1;
	second[5].meta.gso_size = 1;
	second[6].meta.vlan_tci = 1;
	second[7].meta.hash = 1;
	second[8].reserved = 1;
	for (i = 0; i < 9; i++) {
		assert_true(sim_queue_reset(g));
		svnic_tx_provide(&g->tx, &d);
		svnic_tx_provide(&g->tx, &second[i]);
		sim_ring(g);
		sim_settle(f->core);
		assert_int_equal(fault_of(g), SVNIC_V_BAD_CHAIN);
		assert_int_equal(g->tx.ctrl->tx_cons, 0);
	}
	assert_only_it_stopped(f);
}

static void impossible_indices(void **state)
{
	static const uint32_t off[] = { 65, 0x80000000u, 0xffffffffu, 64 + 64 };
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[1];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		g->tx.next = g->tx.ctrl->tx_cons + off[i];
		sim_ring(g);
		sim_settle(f->core);
		assert_int_equal(fault_of(g), SVNIC_V_BAD_INDEX);
		assert_only_it_stopped(f);
	}
	for (i = 0; i < 4; i++) {
		assert_true(sim_queue_reset(g));
		g->rx.next = off[i];
		sim_ring(g);
		fixture_frame(frame, 60, 1, 2);
		fixture_send(f, 2, frame, 60);
		assert_int_equal(fault_of(g), SVNIC_V_BAD_INDEX);
		assert_only_it_stopped(f);
	}
}

/* VIF 1's next buffer is @seg: it stops, the sender does not. */
static void assert_rx_fault(struct fixture *f, struct svnic_seg seg,
			    uint32_t verdict)
{
	struct sim_guest *g = &f->guest[1];
	uint64_t before = fixture_tx(f, 2, SVNIC_V_NOT_RUNNING);

	assert_true(sim_queue_reset(g));
	svnic_rx_provide(&g->rx, &seg);
	sim_ring(g);
	fixture_frame(frame, 60, 1, 2);
	fixture_send(f, 2, frame, 60);
	assert_int_equal(fault_of(g), verdict);
	assert_int_equal(fixture_tx(f, 2, SVNIC_V_NOT_RUNNING), before + 1);
	assert_int_equal(fault_of(&f->guest[2]), 0);
	assert_only_it_stopped(f);
}

static void each_field_of_a_buffer(void **state)
{
	struct fixture *f = *state;
	const struct svnic_seg good = { .page = f->guest[1].rx_page,
					.len = 2048 };
	struct svnic_seg s;

	s = good, s.page = 16383;
	assert_rx_fault(f, s, SVNIC_V_BAD_PAGE);
	s = good, s.page = 0xffffffff;
	assert_rx_fault(f, s, SVNIC_V_BAD_PAGE);
	s = good, s.len = 0;
	assert_rx_fault(f, s, SVNIC_V_BAD_LENGTH);
	s = good, s.len = 4097;
	assert_rx_fault(f, s, SVNIC_V_BAD_LENGTH);
	s = good, s.offset = 2049;
	assert_rx_fault(f, s, SVNIC_V_BAD_LENGTH);
}

/* Page @index of VIF 1's area is taken away while it is used. */
static void assert_ring_page(struct fixture *f, uint32_t index, bool rx)
{
	struct sim_guest *g = &f->guest[1];

	assert_int_equal(sim_pages_unmap(&f->host[0], 1, index, 1),
			 SVNIC_ST_OK);
	fixture_frame(frame, 60, rx ? 1 : 2, rx ? 2 : 1);
	fixture_send(f, rx ? 2 : 1, frame, 60);
	assert_int_equal(fixture_stats(f, 1).faults > 0, 1);
	assert_int_equal(sim_vif_query(&f->host[0], 1)->queue[0].state,
			 SVNIC_QUEUE_FAULTED);
	assert_int_equal(sim_vif_query(&f->host[0], 1)->queue[0].fault,
			 SVNIC_V_BAD_RING);
	assert_int_equal(sim_pages_map(&f->host[0], 1, index, g->first + index,
				       1),
			 SVNIC_ST_OK);
	assert_only_it_stopped(f);
}

static void ring_pages_unmapped(void **state)
{
	struct fixture *f = *state;

	assert_ring_page(f, 1, false); /* descriptors */
	assert_ring_page(f, 0, false); /* control */
	assert_ring_page(f, 2, true);  /* buffers */
	assert_ring_page(f, 3, true);  /* completions */
}

static void control_page_gone_at_reset(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[1];

	assert_int_equal(sim_pages_unmap(&f->host[0], 1, 0, 1), SVNIC_ST_OK);
	assert_false(sim_queue_reset(g));
	assert_int_equal(sim_vif_query(&f->host[0], 1)->queue[0].fault,
			 SVNIC_V_BAD_RING);
	assert_int_equal(sim_pages_map(&f->host[0], 1, 0, g->first, 1),
			 SVNIC_ST_OK);
	assert_only_it_stopped(f);
}

/* Frames queued, then their pages go: none is sent from them (rule R52). */
static void unmap_under_queued_descriptors(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[1];
	unsigned int i;

	/* Fill VIF 2's buffers, so that the rest has to wait. */
	fixture_frame(frame, 60, 2, 1);
	for (i = 0; i < 32; i++)
		fixture_send(f, 1, frame, 60);
	sim_send(g, frame, 60, 4096, NULL);
	sim_send(g, frame, 60, 4096, NULL);
	sim_ring(g);
	sim_settle(f->core);
	assert_int_equal(g->tx.ctrl->tx_cons, 32);
	assert_int_equal(sim_pages_unmap(&f->host[0], 1, g->tx_page, 64),
			 SVNIC_ST_OK);
	/* A receiver of another worker is not asked in each round, but when it
	 * has buffers or the patience ends. */
	sim_sleep(2000000);
	sim_settle(f->core);
	assert_int_equal(fault_of(g), SVNIC_V_BAD_PAGE);
	assert_int_equal(fixture_stats(f, 1).tx_frames, 32);
	assert_int_equal(sim_pages_map(&f->host[0], 1, g->tx_page,
				       g->first + g->tx_page, 64),
			 SVNIC_ST_OK);
	assert_true(sim_queue_reset(&f->guest[2]));
	sim_provide(&f->guest[2], 32, FIXTURE_BUFFER);
	assert_only_it_stopped(f);
}

/* Looked at, unmapped and stopped in one round: the page is not written. */
static void unmapped_page_is_not_touched(void **state)
{
	struct fixture *f = *state;
	struct svnic_admin_cmd *sq = sim_page(&f->host[0], 0);
	uint32_t tail = f->host[0].tail;
	uint32_t fault;

	sq[tail % 64] = (struct svnic_admin_cmd) {
		.opcode = SVNIC_OP_VIF_QUERY,
		.vif = 1,
		.addr = sim_payload_addr(),
		.len = SVNIC_PAGE_SIZE,
	};
	sq[(tail + 1) % 64] = (struct svnic_admin_cmd) {
		.opcode = SVNIC_OP_PAGES_UNMAP,
		.vif = 1,
		.arg.pages = { .first = 0, .count = 1 },
	};
	sq[(tail + 2) % 64] = (struct svnic_admin_cmd) {
		.opcode = SVNIC_OP_QUEUE_STOP,
		.vif = 1,
	};
	core_reg_write(f->core, 0, SVNIC_REG_SQ_TAIL, tail + 3);
	sim_poll(f->core);
	f->host[0].tail = tail + 3;
	assert_int_equal(sim_vif_query(&f->host[0], 1)->queue[0].state,
			 SVNIC_QUEUE_STOPPED);
	assert_int_equal(sim_queue_state(&f->guest[1], &fault),
			 SVNIC_QUEUE_RUNNING);
}

/* The host takes memory back without telling the page table. */
static void memory_gone_behind_the_table(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[1];

	sim_link(0)->gone = sim_addr(g->first + g->tx_page);
	sim_link(0)->gone_len = SVNIC_PAGE_SIZE;
	fixture_frame(frame, 60, 2, 1);
	fixture_send(f, 1, frame, 60);
	assert_int_equal(fault_of(g), SVNIC_V_BAD_PAGE);
	sim_link(0)->gone_len = 0;
	assert_only_it_stopped(f);
}

/* The link's memory is away as a whole: nobody is to blame. */
static void link_away_and_back(void **state)
{
	struct fixture *f = *state;

	sim_link(0)->gone = SIM_BASE;
	sim_link(0)->gone_len = sim_link(0)->size;
	fixture_frame(frame, 60, 2, 1);
	fixture_send(f, 1, frame, 60);
	sim_link(0)->gone_len = 0;
	sim_settle(f->core);
	fixture_expect(&f->guest[2], frame, 60);
	assert_int_equal(fault_of(&f->guest[1]), 0);
	assert_int_equal(fixture_stats(f, 1).faults, 0);
}

static void reset_of_a_running_queue(void **state)
{
	struct fixture *f = *state;

	fixture_frame(frame, 60, 2, 1);
	fixture_send(f, 1, frame, 60);
	assert_true(sim_queue_reset(&f->guest[1]));
	assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 0);
	assert_only_it_stopped(f);
	assert_int_equal(fixture_stats(f, 1).faults, 0);
}

/* Two queues of a VIF: one stops, the other goes on in both directions. */
static void other_queue_of_the_same_vif(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *second = &f->guest[6];

	sim_guest_init(second, &f->host[0], 1, 1, FIXTURE_ORDER);
	sim_provide(second, 32, FIXTURE_BUFFER);
	sim_ring(second);
	f->guest[1].tx.next += 100;
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(fault_of(&f->guest[1]), SVNIC_V_BAD_INDEX);
	assert_int_equal(fault_of(second), 0);
	fixture_frame(frame, 60, 2, 1);
	fixture_send(f, 6, frame, 60);
	fixture_expect(&f->guest[2], frame, 60);
	fixture_frame(frame, 60, 1, 2);
	fixture_send(f, 2, frame, 60);
	fixture_expect(second, frame, 60);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, two_guests, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_field_of_a_descriptor),
		TEST(metadata_in_the_middle_of_a_frame),
		TEST(impossible_indices),
		TEST(each_field_of_a_buffer),
		TEST(ring_pages_unmapped),
		TEST(control_page_gone_at_reset),
		TEST(unmap_under_queued_descriptors),
		TEST(unmapped_page_is_not_touched),
		TEST(memory_gone_behind_the_table),
		TEST(link_away_and_back),
		TEST(reset_of_a_running_queue),
		TEST(other_queue_of_the_same_vif),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
