// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: one when it was asked for, none when not, none lost when the host's
 * ring is full, and MSI-X only when the host sleeps.
 */
#include "core_fixture.h"

static uint8_t frame[2048];

static int two_guests(void **state)
{
	struct svnic_event e;
	struct fixture *f;

	fixture_setup(state);
	f = *state;
	fixture_guest(f, 1);
	fixture_guest(f, 2);
	svnic_disarm(&f->guest[1].tx, &f->guest[1].rx);
	svnic_disarm(&f->guest[2].tx, &f->guest[2].rx);
	while (sim_event_take(&f->host[0], &e))
		;
	return 0;
}

/* @nr frames from VIF 1 to VIF 2 in one batch. */
static void batch(struct fixture *f, unsigned int nr)
{
	unsigned int i;

	fixture_frame(frame, 60, 2, 1);
	for (i = 0; i < nr; i++)
		sim_send(&f->guest[1], frame, 60, 4096, NULL);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	svnic_tx_return(&f->guest[1].tx);
}

static unsigned int take_all(struct fixture *f, unsigned int vif,
			     unsigned int reason)
{
	struct svnic_event e;
	unsigned int nr = 0;

	while (sim_event_take(&f->host[0], &e)) {
		assert_int_equal(e.vif, vif);
		assert_int_equal(e.reason, reason);
		nr++;
	}
	return nr;
}

static void one_event_for_a_batch(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[2];

	assert_false(svnic_arm(&g->tx, &g->rx, 0));
	batch(f, 20);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 1);
	assert_int_equal(fixture_stats(f, 2).events, 1);
	/* Armed once means one event, however much follows. */
	batch(f, 5);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 0);
}

static void none_while_disarmed(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[2];
	struct svnic_meta m;

	batch(f, 10);
	assert_int_equal(take_all(f, 0, 0), 0);
	/* The sleep protocol: arm, see what came, do not sleep. */
	assert_true(svnic_arm(&g->tx, &g->rx, 0));
	while (svnic_rx_return(&g->rx, &m) == 1)
		;
	assert_false(svnic_arm(&g->tx, &g->rx, 0));
	batch(f, 1);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 1);
}

static void tx_event_comes_late_if_asked(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[1];

	assert_false(svnic_arm(&g->tx, &g->rx, 4));
	batch(f, 4);
	assert_int_equal(take_all(f, 1, SVNIC_EVENT_QUEUE), 0);
	batch(f, 1);
	assert_int_equal(take_all(f, 1, SVNIC_EVENT_QUEUE), 1);
}

/* A guest that looks itself is told only of what it has not seen in time. */
static void held_event_is_raised_late_or_never(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[2];
	struct svnic_meta m;

	svnic_poke32(&g->rx.ctrl->hold, 100);
	assert_false(svnic_arm(&g->tx, &g->rx, 0));
	batch(f, 1);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 0);
	assert_true(sim_next_due(f->core) <= 100000);
	/* It sees the frame within the time: no event at all. */
	assert_int_equal(svnic_rx_return(&g->rx, &m), 1);
	assert_false(svnic_arm(&g->tx, &g->rx, 0));
	sim_sleep(200000);
	sim_settle(f->core);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 0);
	/* It does not: the event comes when the time is over. */
	batch(f, 1);
	sim_sleep(99000);
	sim_settle(f->core);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 0);
	sim_sleep(1000);
	sim_settle(f->core);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 1);
}

/* One that stops looking is told at once; a silly time is cut short. */
static void hold_ends(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[2];
	struct svnic_meta m;

	svnic_poke32(&g->rx.ctrl->hold, 0xffffffffu);
	assert_false(svnic_arm(&g->tx, &g->rx, 0));
	batch(f, 1);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 0);
	sim_sleep(SVNIC_HOLD_MAX * 1000);
	sim_settle(f->core);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 1);
	assert_int_equal(svnic_rx_return(&g->rx, &m), 1);
	assert_false(svnic_arm(&g->tx, &g->rx, 0));
	batch(f, 1);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 0);
	svnic_poke32(&g->rx.ctrl->hold, 0);
	sim_settle(f->core);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 1);
}

/* A ring of 64 that nobody empties: the 65th event waits, and then comes. */
static void full_ring_loses_nothing(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[2];
	struct svnic_meta m;
	unsigned int i;

	for (i = 0; i < SIM_EVENTS + 3; i++) {
		while (svnic_rx_return(&g->rx, &m) == 1)
			sim_provide(g, 1, FIXTURE_BUFFER);
		sim_ring(g);
		assert_false(svnic_arm(&g->tx, &g->rx, 0));
		batch(f, 1);
	}
	assert_int_equal(fixture_stats(f, 2).events, SIM_EVENTS + 3);
	sim_settle(f->core);
	assert_true(sim_next_due(f->core) < 1000000);
	/* The last three were the same news, told once when there is room. */
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), SIM_EVENTS);
	sim_settle(f->core);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 1);
	assert_int_equal(sim_next_due(f->core), UINT64_MAX);
}

static void impossible_cons_is_a_full_ring(void **state)
{
	struct fixture *f = *state;
	struct svnic_event_ring *ring = sim_page(&f->host[0], 2);
	struct sim_guest *g = &f->guest[2];
	uint32_t cons = ring->cons;

	ring->cons = cons + 5;
	svnic_arm(&g->tx, &g->rx, 0);
	batch(f, 1);
	assert_int_equal(ring->prod, cons);
	ring->cons = cons;
	sim_settle(f->core);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 1);
}

static void msix_only_when_armed(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[2];
	unsigned int *irqs = &sim_link(0)->irqs[SVNIC_VECTOR_EVENT];
	unsigned int before;

	assert_false(sim_event_arm(&f->host[0]));
	before = *irqs;
	svnic_arm(&g->tx, &g->rx, 0);
	batch(f, 1);
	assert_int_equal(*irqs, before + 1);
	svnic_arm(&f->guest[1].tx, &f->guest[1].rx, 0);
	batch(f, 1);
	assert_int_equal(*irqs, before + 1);
	assert_true(sim_event_arm(&f->host[0]));
}

static void notify_goes_around_the_ring(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[2];
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_QUEUE_START,
		.vif = 2,
		.arg.queue_config = g->config,
	};
	uint32_t fault;

	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_QUEUE_STOP, 2),
			 SVNIC_ST_OK);
	cmd.arg.queue_config.notify = 6;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	assert_true(sim_queue_reset(g));
	sim_provide(g, 8, FIXTURE_BUFFER);
	sim_ring(g);
	svnic_arm(&g->tx, &g->rx, 0);
	batch(f, 1);
	assert_int_equal(sim_link(0)->notifies[5], 1);
	assert_int_equal(take_all(f, 0, 0), 0);
	/* Of a fault, guest and host are told. */
	g->tx.next += 100;
	sim_ring(g);
	sim_settle(f->core);
	assert_int_equal(sim_queue_state(g, &fault), SVNIC_QUEUE_FAULTED);
	assert_int_equal(sim_link(0)->notifies[5], 2);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_FAULT), 1);
}

static void fault_says_why(void **state)
{
	struct fixture *f = *state;
	struct svnic_event e;

	f->guest[1].tx.next += 100;
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_true(sim_event_take(&f->host[0], &e));
	assert_int_equal(e.vif, 1);
	assert_int_equal(e.queue, 0);
	assert_int_equal(e.reason, SVNIC_EVENT_FAULT);
	assert_int_equal(e.arg, SVNIC_V_BAD_INDEX);
	assert_false(sim_event_take(&f->host[0], &e));
}

static void pending_goes_with_its_queue(void **state)
{
	struct fixture *f = *state;
	struct svnic_event_ring *ring = sim_page(&f->host[0], 2);
	struct svnic_event e;

	ring->cons = ring->prod + 1;
	f->guest[1].tx.next += 100;
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 1),
			 SVNIC_ST_OK);
	ring->cons = ring->prod;
	sim_settle(f->core);
	assert_false(sim_event_take(&f->host[0], &e));
}

/*
 * A core was killed when it had taken the ring into use, the next one wrote to
 * it, and then carried the command out once more: the host begins at 0.
 */
static void ring_begins_anew(void **state)
{
	struct fixture *f = *state;
	struct svnic_event_ring *ring = sim_page(&f->host[0], 2);
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16(SVNIC_OP_EVENT_RING),
		.addr = svnic_le64(sim_addr(2)),
		.len = svnic_le32(SVNIC_PAGE_SIZE + SIM_EVENTS * 8),
	};

	assert_int_equal(ring->prod, f->host[0].taken);
	ring->prod = 3;
	ring->cons = 0;
	f->host[0].taken = 0;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 0);
	assert_false(svnic_arm(&f->guest[2].tx, &f->guest[2].rx, 0));
	batch(f, 1);
	assert_int_equal(take_all(f, 2, SVNIC_EVENT_QUEUE), 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, two_guests, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_event_for_a_batch),
		TEST(none_while_disarmed),
		TEST(tx_event_comes_late_if_asked),
		TEST(held_event_is_raised_late_or_never),
		TEST(hold_ends),
		TEST(full_ring_loses_nothing),
		TEST(impossible_cons_is_a_full_ring),
		TEST(msix_only_when_armed),
		TEST(notify_goes_around_the_ring),
		TEST(fault_says_why),
		TEST(pending_goes_with_its_queue),
		TEST(ring_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
