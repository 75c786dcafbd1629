// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arena: how much it takes, and that another process finds everything in
 * it again, wherever it maps it and whatever the first one left half done.
 */
#include "core_fixture.h"
#include "arena.h"
#include "event.h"

static uint8_t frame[2048];

static void four_thousand_vifs_fit(void **state)
{
	struct core_config c = {
		.nr_workers = 1,
		.nr_links = 8,
		.nr_ports = 8,
		.max_vifs = 4096,
		.nr_queues = 8192,
		.nr_chunks = 8192,
	};

	(void)state;
	print_message("  4096 VIFs: %zu octets\n", core_arena_size(&c));
	assert_true(core_arena_size(&c) <= 64u << 20);
}

static void bad_configurations(void **state)
{
	struct fixture *f = *state;
	struct core_config c;
	struct core *core;
	bool adopted;

	c = f->config, c.nr_links = 0;
	assert_int_equal(
		core_init(f->arena, f->arena_size, &c, &core, &adopted), -22);
	c = f->config, c.nr_links = 9;
	assert_int_equal(
		core_init(f->arena, f->arena_size, &c, &core, &adopted), -22);
	c = f->config, c.nr_ports = 9;
	assert_int_equal(
		core_init(f->arena, f->arena_size, &c, &core, &adopted), -22);
	c = f->config, c.max_vifs = 4097;
	assert_int_equal(
		core_init(f->arena, f->arena_size, &c, &core, &adopted), -22);
	c = f->config, c.nr_queues = 70000;
	assert_int_equal(
		core_init(f->arena, f->arena_size, &c, &core, &adopted), -22);
	c = f->config, c.nr_chunks = 0;
	assert_int_equal(
		core_init(f->arena, f->arena_size, &c, &core, &adopted), -22);
	assert_int_equal(core_init(f->arena, f->arena_size - 1, &f->config,
				   &core, &adopted),
			 -28);
	assert_int_equal(core_init((char *)f->arena + 8, f->arena_size,
				   &f->config, &core, &adopted),
			 -22);
}

/* The same octets at another address, as another process would map them. */
static void move(struct fixture *f)
{
	void *arena = NULL;

	assert_int_equal(posix_memalign(&arena, 64, f->arena_size), 0);
	memcpy(arena, f->arena, f->arena_size);
	memset(f->arena, 0xa5, f->arena_size);
	free(f->arena);
	f->arena = arena;
	assert_int_equal(core_init(arena, f->arena_size, &f->config, &f->core,
				   &f->adopted),
			 0);
	assert_true(f->adopted);
	f->host[0].core = f->core;
	f->host[1].core = f->core;
}

static void set_up(struct fixture *f)
{
	struct svnic_vif_config c = { .mtu = 1500,
				      .flags = SVNIC_VIF_MONITOR,
				      .monitored = 1 };
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 0x42 };

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_guest_with(f, 3, &c);
	c = fixture_config(4);
	c.flags = SVNIC_VIF_TRUNK | SVNIC_VIF_UNKNOWN;
	fixture_guest_with(f, 4, &c);
	assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_ADD, 2, mac),
			 SVNIC_ST_OK);
}

static void assert_all_works(struct fixture *f)
{
	static uint8_t got[2048];
	struct svnic_meta meta;

	fixture_frame(frame, 100, 2, 1);
	fixture_send(f, 1, frame, 100);
	fixture_expect(&f->guest[2], frame, 100);
	assert_int_equal(sim_receive(&f->guest[3], got, sizeof(got), &meta),
			 100);
	assert_int_equal(meta.flags, SVNIC_META_MONITOR_TX);
	fixture_frame(frame, 100, 0x42, 1);
	fixture_send(f, 1, frame, 100);
	fixture_expect(&f->guest[2], frame, 100);
	sim_receive(&f->guest[3], got, sizeof(got), &meta);
	fixture_frame(frame, 100, 255, 1);
	fixture_send(f, 1, frame, 100);
	fixture_expect(&f->guest[2], frame, 100);
	fixture_expect(&f->guest[4], frame, 100);
	sim_receive(&f->guest[3], got, sizeof(got), &meta);
}

/*
 * A core died between a VIF's end and that of what it held: its monitor is
 * nobody's, also when another one gets the number.
 */
static void monitor_of_nobody(void **state)
{
	static uint8_t got[2048];
	struct fixture *f = *state;
	struct svnic_meta meta;
	unsigned int i;

	set_up(f);
	vif_find(f->core, 0, 1)->state = VIF_FREE;
	move(f);
	fixture_guest(f, 1);
	for (i = 0; i < 2; i++) {
		fixture_frame(frame, 100, 2, 1);
		fixture_send(f, 1, frame, 100);
		fixture_expect(&f->guest[2], frame, 100);
		assert_int_equal(
			sim_receive(&f->guest[3], got, sizeof(got), &meta), 0);
		move(f);
	}
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 3),
			 SVNIC_ST_OK);
	assert_int_equal(vif_find(f->core, 0, 1)->monitors.nr, 0);
	assert_int_equal(vif_find(f->core, 0, 1)->monitors.head, LIST_NONE);
}

static void another_process_goes_on(void **state)
{
	struct fixture *f = *state;
	uint32_t epoch;
	unsigned int i;

	set_up(f);
	assert_all_works(f);
	epoch = core_reg_read(f->core, 0, SVNIC_REG_EPOCH);
	for (i = 0; i < 3; i++) {
		f->config.epoch = 100 + i;
		move(f);
		assert_int_equal(core_reg_read(f->core, 0, SVNIC_REG_EPOCH),
				 epoch);
		assert_all_works(f);
	}
	assert_int_equal(fixture_stats(f, 1).faults, 0);
	assert_int_equal(fixture_stats(f, 1).tx_frames, 12);
	/* All that is free is known to be free: take it away and back. */
	for (i = 1; i <= 4; i++)
		assert_int_equal(sim_vif_command(&f->host[0],
						 SVNIC_OP_VIF_DESTROY, i),
				 SVNIC_ST_OK);
	assert_int_equal(arena_board(f->core)->vif_pool.nr_free, 16);
	assert_int_equal(arena_board(f->core)->queue_pool.nr_free, 32);
	assert_int_equal(arena_board(f->core)->chunk_pool.nr_free, 64);
	assert_int_equal(arena_board(f->core)->domain_pool.nr_free, 16);
	assert_int_equal(arena_board(f->core)->filter_pool.nr_free,
			 arena_nr_filters(&f->config));
	assert_int_equal(arena_demux(f->core)->nr, 0);
}

/* Rings moved on while nobody served them; nobody rings again. */
static void work_left_behind_is_done(void **state)
{
	struct fixture *f = *state;
	struct svnic_event e;

	set_up(f);
	while (sim_event_take(&f->host[0], &e))
		;
	svnic_arm(&f->guest[2].tx, &f->guest[2].rx, 0);
	fixture_frame(frame, 100, 2, 1);
	sim_send(&f->guest[1], frame, 100, 4096, NULL);
	sim_ring(&f->guest[1]);
	move(f);
	sim_settle(f->core);
	fixture_expect(&f->guest[2], frame, 100);
	/* Whoever slept is woken. */
	assert_true(sim_event_take(&f->host[0], &e));
}

/* Killed after the frame was copied, before anyone was told. */
static void killed_in_the_middle_of_a_burst(void **state)
{
	struct fixture *f = *state;
	struct queue *q;

	set_up(f);
	fixture_frame(frame, 100, 2, 1);
	fixture_send(f, 1, frame, 100);
	q = arena_queue(f->core, vif_find(f->core, 0, 2)->queue[0]);
	f->guest[2].rx.ctrl->rx_done = q->rx_done = q->rx_next - 1;
	q = arena_queue(f->core, vif_find(f->core, 0, 1)->queue[0]);
	f->guest[1].tx.ctrl->tx_cons = q->tx_cons = q->tx_next - 1;
	f->guest[1].tx.done--;
	q->is_marked = 1;
	q->pending = 3;
	f->core->nr_marked = 9;
	move(f);
	sim_settle(f->core);
	/* It may not have been copied whole: it is lost, its room is not. */
	fixture_expect_none(&f->guest[2]);
	assert_int_equal(svnic_tx_return(&f->guest[1].tx), 1);
	fixture_send(f, 1, frame, 100);
	fixture_expect(&f->guest[2], frame, 100);
	assert_int_equal(fixture_stats(f, 1).faults, 0);
}

/* Killed while it wrote an event: the next one does not wait for it. */
static void killed_with_the_pen(void **state)
{
	struct fixture *f = *state;
	struct svnic_event e;

	set_up(f);
	arena_link(f->core, 0)->event.pen = 1;
	move(f);
	sim_settle(f->core);
	while (sim_event_take(&f->host[0], &e))
		;
	svnic_arm(&f->guest[2].tx, &f->guest[2].rx, 0);
	fixture_frame(frame, 100, 2, 1);
	fixture_send(f, 1, frame, 100);
	do
		assert_true(sim_event_take(&f->host[0], &e));
	while (e.vif != 2);
}

/* Killed with the last room of the event ring used, the host not yet told. */
static void killed_before_the_interrupt(void **state)
{
	struct fixture *f = *state;
	struct svnic_event_ring *ring;
	struct event_link *link;
	struct svnic_event e;

	set_up(f);
	while (sim_event_take(&f->host[0], &e))
		;
	assert_false(sim_event_arm(&f->host[0]));
	link = &arena_link(f->core, 0)->event;
	ring = sim_page(&f->host[0],
			(uint32_t)((link->addr - SIM_BASE) / SVNIC_PAGE_SIZE));
	link->prod += SIM_EVENTS;
	ring->prod = link->prod;
	sim_link(0)->irqs[SVNIC_VECTOR_EVENT] = 0;
	move(f);
	sim_settle(f->core);
	assert_int_equal(sim_link(0)->irqs[SVNIC_VECTOR_EVENT], 1);
}

/* Killed between two counters of a frame that went by the wire. */
static void killed_while_it_counted(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	fixture_frame(frame, 100, 99, 1);
	fixture_send(f, 1, frame, 100);
	vif_find(f->core, 0, 1)->tx_frames--;
	move(f);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 0);
}

/* Another link's command, cut short, changes nothing of this one's VIFs. */
static void half_a_command_is_of_its_link(void **state)
{
	struct fixture *f = *state;
	struct journal *j;

	set_up(f);
	j = &arena_link(f->core, 1)->journal;
	memset(j, 0, sizeof(*j));
	j->cmd.opcode = svnic_le16(SVNIC_OP_VIF_SET);
	j->cmd.vif = svnic_le16(2);
	j->vif = (uint16_t)arena_vif_idx(f->core, vif_find(f->core, 0, 2));
	j->config = fixture_config(0x33);
	j->state = JOURNAL_BEGUN;
	move(f);
	assert_all_works(f);
}

/* Killed when a queue was restarted, before its guest was told. */
static void killed_in_a_reset(void **state)
{
	struct fixture *f = *state;
	struct svnic_queue_ctrl *ctrl;
	struct sim_guest *g;

	set_up(f);
	g = &f->guest[1];
	ctrl = g->tx.ctrl;
	g->tx.next += 100;
	sim_ring(g);
	sim_settle(f->core);
	assert_true(sim_queue_reset(g));
	ctrl->reset = 0;
	ctrl->state = SVNIC_QUEUE_FAULTED;
	ctrl->fault = SVNIC_V_BAD_INDEX;
	ctrl->tx_cons = 9;
	ctrl->rx_done = 9;
	move(f);
	sim_settle(f->core);
	assert_int_equal(ctrl->reset, 1);
	assert_int_equal(ctrl->state, SVNIC_QUEUE_RUNNING);
	assert_int_equal(ctrl->fault, 0);
	sim_provide(g, 8, FIXTURE_BUFFER);
	assert_all_works(f);
}

/* A reset asked for while nobody looked counts; new doorbells do not. */
static void doorbells_after_a_restart(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g;

	set_up(f);
	g = &f->guest[1];
	assert_true(sim_queue_reset(g));
	sim_provide(g, 8, FIXTURE_BUFFER);
	assert_all_works(f);
	memset(sim_guest_bell(g), 0, sizeof(struct svnic_doorbell));
	move(f);
	assert_all_works(f);
	assert_int_equal(g->tx.ctrl->reset, 1);
	sim_guest_bell(g)->reset = 2;
	g->tx.ctrl->tx_prod = g->tx.next = g->tx.done = 0;
	g->rx.ctrl->rx_prod = g->rx.next = g->rx.done = 0;
	move(f);
	sim_settle(f->core);
	assert_int_equal(g->tx.ctrl->reset, 2);
	sim_provide(g, 8, FIXTURE_BUFFER);
	assert_all_works(f);
}

/* The host comes back later than the arena: its guests' queues just rest. */
static void queues_rest_until_the_host_is_back(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	sim_link(0)->gone = SIM_BASE;
	sim_link(0)->gone_len = sim_link(0)->size;
	fixture_frame(frame, 100, 2, 1);
	sim_send(&f->guest[1], frame, 100, 4096, NULL);
	sim_ring(&f->guest[1]);
	move(f);
	sim_settle(f->core);
	assert_int_equal(core_next_due(f->core, 0), UINT64_MAX);
	sim_link(0)->gone_len = 0;
	sim_settle(f->core);
	fixture_expect(&f->guest[2], frame, 100);
	assert_int_equal(fixture_stats(f, 1).faults, 0);
}

static void a_faulted_queue_stays_faulted(void **state)
{
	struct fixture *f = *state;
	uint32_t fault;

	set_up(f);
	f->guest[1].tx.next += 100;
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	move(f);
	sim_settle(f->core);
	assert_int_equal(sim_queue_state(&f->guest[1], &fault),
			 SVNIC_QUEUE_FAULTED);
	assert_int_equal(fault, SVNIC_V_BAD_INDEX);
	assert_true(sim_queue_reset(&f->guest[1]));
	sim_provide(&f->guest[1], 8, FIXTURE_BUFFER);
	assert_all_works(f);
}

/* A command cut short: a VIF without its address in anyone's way. */
static void half_a_vif_is_given_back(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	vif_find(f->core, 0, 2)->config.mac[5] = 1;
	move(f);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_QUERY, 2),
			 SVNIC_ST_NO_VIF);
	assert_int_equal(arena_board(f->core)->vif_pool.nr_free, 13);
	assert_int_equal(arena_board(f->core)->queue_pool.nr_free, 29);
	assert_int_equal(arena_board(f->core)->chunk_pool.nr_free, 61);
}

static void another_layout_is_not_believed(void **state)
{
	struct fixture *f = *state;
	struct core_config c = f->config;

	set_up(f);
	c.max_vifs = 15;
	assert_int_equal(core_init(f->arena, f->arena_size, &c, &f->core,
				   &f->adopted),
			 0);
	assert_false(f->adopted);
	sim_host_init(&f->host[0], f->core, 0);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_LIST, 0),
			 SVNIC_ST_OK);
	assert_int_equal(f->host[0].result, 0);
	arena_board(f->core)->layout++;
	assert_int_equal(core_init(f->arena, f->arena_size, &c, &f->core,
				   &f->adopted),
			 0);
	assert_false(f->adopted);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_thousand_vifs_fit),
		TEST(bad_configurations),
		TEST(another_process_goes_on),
		TEST(work_left_behind_is_done),
		TEST(killed_in_the_middle_of_a_burst),
		TEST(killed_with_the_pen),
		TEST(killed_in_a_reset),
		TEST(killed_before_the_interrupt),
		TEST(killed_while_it_counted),
		TEST(half_a_command_is_of_its_link),
		TEST(doorbells_after_a_restart),
		TEST(queues_rest_until_the_host_is_back),
		TEST(a_faulted_queue_stays_faulted),
		TEST(half_a_vif_is_given_back),
		TEST(monitor_of_nobody),
		TEST(another_layout_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
