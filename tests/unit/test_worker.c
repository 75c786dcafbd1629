// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several workers of one card, step by step: each is polled when the test says
 * so, and what it has not been told it does not do.  The other tests of the
 * core run with several workers as well (tests/unit/workers).
 */
#include "arena.h"
#include "core_fixture.h"
#include "sim.h"

static uint8_t frame[2048];

/* VIFs 1 and 2 on workers 0 and 1, 3 on worker 0 again, 4 on worker 1. */
static int setup(void **state)
{
	setenv("SVNIC_SIM_WORKERS", "2", 1);
	return fixture_setup_ports(state, 2);
}

static struct core *worker(struct fixture *f, unsigned int n)
{
	return core_worker(f->core, n);
}

static void send(struct fixture *f, unsigned int from, unsigned int to,
		 uint32_t len)
{
	fixture_frame(frame, len, to, from);
	sim_send(&f->guest[from], frame, len, SVNIC_PAGE_SIZE, NULL);
	sim_ring(&f->guest[from]);
}

static void expect(struct fixture *f, unsigned int from, unsigned int to,
		   uint32_t len)
{
	fixture_frame(frame, len, to, from);
	fixture_expect(&f->guest[to == 255 ? 2 : to], frame, len);
}

static void vifs_are_spread(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config monitor = fixture_config(0);
	unsigned int i;

	for (i = 1; i <= 4; i++) {
		fixture_guest(f, i);
		assert_int_equal(vif_find(f->core, 0, i)->worker, (i - 1) % 2);
	}
	/* A monitor is where what it monitors is. */
	memset(monitor.mac, 0, 6);
	monitor.flags = svnic_le32(SVNIC_VIF_MONITOR);
	monitor.monitored = svnic_le16(2);
	fixture_guest_with(f, 5, &monitor);
	assert_int_equal(vif_find(f->core, 0, 5)->worker, 1);
	/* Who left makes room. */
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 1),
			 SVNIC_ST_OK);
	fixture_guest(f, 6);
	assert_int_equal(vif_find(f->core, 0, 6)->worker, 0);
	send(f, 4, 2, 60);
	sim_settle(f->core);
	expect(f, 4, 2, 60);
	fixture_frame(frame, 60, 2, 4);
	fixture_expect(&f->guest[5], frame, 60);
}

/* It is the receiver's worker that delivers, and the sender's that settles. */
static void a_parcel_goes_and_returns(void **state)
{
	struct fixture *f = *state;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	send(f, 1, 2, 100);
	core_poll(worker(f, 0));
	fixture_expect_none(&f->guest[2]);
	assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 0);
	assert_int_equal(core_poll(worker(f, 0)), 1);
	assert_int_equal(core_nr_awaited(worker(f, 0)), 1);
	fixture_expect_none(&f->guest[2]);
	core_poll(worker(f, 1));
	expect(f, 1, 2, 100);
	assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 0);
	core_poll(worker(f, 0));
	assert_int_equal(core_nr_awaited(worker(f, 0)), 0);
	assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 1);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 1);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_DELIVERED), 1);
}

/* One burst for both workers' VIFs, in any mixture: order is kept for each. */
static void mixed_bursts_keep_their_order(void **state)
{
	static const uint8_t to[] = { 2, 3, 2, 2, 3, 4, 3, 2, 4, 3 };
	struct fixture *f = *state;
	unsigned int i, k;

	for (i = 1; i <= 4; i++)
		fixture_guest(f, i);
	for (i = 0; i < sizeof(to); i++)
		send(f, 1, to[i], 60 + i);
	sim_settle(f->core);
	for (k = 2; k <= 4; k++) {
		for (i = 0; i < sizeof(to); i++) {
			if (to[i] == k)
				expect(f, 1, k, 60 + i);
		}
		fixture_expect_none(&f->guest[k]);
	}
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), sizeof(to));
}

/* The uplink comes first; while it is full nobody else has the frame. */
static void group_frames_wait_for_the_wire(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	for (i = 1; i <= 4; i++)
		fixture_guest(f, i);
	sim_port(0)->from_card.max = 0;
	send(f, 2, 255, 80);
	for (i = 0; i < 10; i++)
		sim_poll(f->core);
	fixture_expect_none(&f->guest[1]);
	fixture_expect_none(&f->guest[4]);
	assert_int_equal(f->guest[2].tx.ctrl->tx_cons, 0);
	sim_port(0)->from_card.max = SIM_WIRE_FRAMES;
	sim_sleep(20000);
	sim_settle(f->core);
	fixture_frame(frame, 80, 255, 2);
	fixture_expect(&f->guest[1], frame, 80);
	fixture_expect(&f->guest[3], frame, 80);
	fixture_expect(&f->guest[4], frame, 80);
	fixture_expect_none(&f->guest[2]);
	assert_non_null(sim_wire_peek(0));
	assert_int_equal(fixture_tx(f, 2, SVNIC_V_WIRE), 1);
	assert_int_equal(fixture_tx(f, 2, SVNIC_V_DUPLICATED), 3);
}

/* What the wire brings stays until the last worker has had its part. */
static void the_wire_serves_all_workers(void **state)
{
	struct fixture *f = *state;
	struct svnic_port_info info;
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_PORT_QUERY,
		.addr = sim_payload_addr(),
		.len = sizeof(info),
	};
	unsigned int i;

	for (i = 1; i <= 4; i++)
		fixture_guest(f, i);
	for (i = 1; i <= 4; i++) {
		fixture_frame(frame, 60 + i, i, 9);
		assert_true(sim_wire_push(0, frame, 60 + i, NULL));
	}
	fixture_frame(frame, 70, 255, 9);
	assert_true(sim_wire_push(0, frame, 70, NULL));
	core_poll(worker(f, 0));
	/* Worker 1 has not been there, so its frames are still lent. */
	assert_int_equal(sim_port(0)->to_card.nr, 5);
	core_poll(worker(f, 1));
	core_poll(worker(f, 0));
	assert_int_equal(sim_port(0)->to_card.nr, 0);
	for (i = 1; i <= 4; i++) {
		expect(f, 9, i, 60 + i);
		fixture_frame(frame, 70, 255, 9);
		fixture_expect(&f->guest[i], frame, 70);
	}
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	memcpy(&info, sim_payload(&f->host[0]), sizeof(info));
	assert_int_equal(info.rx_frames, 5);
	assert_int_equal(info.rx_verdict[SVNIC_V_DELIVERED], 5);
	assert_int_equal(info.rx_verdict[SVNIC_V_DUPLICATED], 3);
}

/* A wire that always has more for other workers leaves the next one its turn. */
static void wires_take_turns(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config second = fixture_config(4);
	unsigned int i;

	for (i = 1; i <= 3; i++)
		fixture_guest(f, i);
	second.segment = svnic_le16(1);
	fixture_guest_with(f, 4, &second);
	fixture_frame(frame, 64, 4, 9);
	assert_true(sim_wire_push(1, frame, 64, NULL));
	for (i = 0; i < 8; i++) {
		fixture_frame(frame, 60, 2, 9);
		while (sim_wire_push(0, frame, 60, NULL))
			;
		sim_poll(f->core);
	}
	expect(f, 9, 4, 64);
	/* ... which does as much for the first. */
	for (i = 0; i < 32; i++)
		expect(f, 9, 2, 60);
}

/* A full receiver makes its sender wait; others of the burst go by. */
static void a_full_receiver_of_another_worker(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	for (i = 1; i <= 4; i++)
		fixture_guest(f, i);
	for (i = 0; i < 40; i++)
		send(f, 1, 2, 60 + i);
	for (i = 0; i < 50; i++)
		sim_poll(f->core);
	/* 32 buffers: the others wait, in their ring. */
	assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 32);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 0);
	for (i = 0; i < 32; i++)
		expect(f, 1, 2, 60 + i);
	sim_provide(&f->guest[2], 32, FIXTURE_BUFFER);
	sim_ring(&f->guest[2]);
	sim_sleep(20000);
	sim_settle(f->core);
	for (i = 32; i < 40; i++)
		expect(f, 1, 2, 60 + i);
	/* Frames for another behind them: nobody waits. */
	for (i = 0; i < 40; i++)
		send(f, 1, 2, 60 + i);
	send(f, 1, 4, 99);
	sim_sleep(20000);
	sim_settle(f->core);
	expect(f, 1, 4, 99);
	assert_true(fixture_tx(f, 1, SVNIC_V_NO_BUFFER) > 0);
}

/* How many parcels went from worker 0 to worker 1 so far. */
static uint32_t nr_sent(struct fixture *f)
{
	const struct parcel_ring *ring = arena_part(f->core, ARENA_RINGS);

	return svnic_peek32(&ring[1].prod);
}

/* VIF 2, of worker 1, is full, and frame @len of VIF 1 waits for it. */
static void fill_up(struct fixture *f, uint32_t len)
{
	unsigned int i;

	for (i = 1; i <= 3; i++)
		fixture_guest(f, i);
	for (i = 0; i < 32; i++)
		send(f, 1, 2, 60 + i);
	send(f, 1, 2, len);
	for (i = 0; i < 10; i++)
		sim_poll(f->core);
	for (i = 0; i < 32; i++)
		expect(f, 1, 2, 60 + i);
	fixture_expect_none(&f->guest[2]);
	assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 32);
}

/* Nothing travels for a receiver that has no buffers. */
static void who_waits_is_told(void **state)
{
	struct fixture *f = *state;
	uint32_t sent;
	unsigned int i;

	fill_up(f, 200);
	sent = nr_sent(f);
	for (i = 0; i < 50; i++) {
		sim_sleep(20000);
		sim_poll(f->core);
	}
	assert_int_equal(nr_sent(f), sent);
	/* A doorbell without buffers says nothing. */
	sim_ring(&f->guest[2]);
	sim_poll(f->core);
	sim_poll(f->core);
	assert_int_equal(nr_sent(f), sent);
	/* With buffers it is tried at once. */
	sim_provide(&f->guest[2], 32, FIXTURE_BUFFER);
	sim_ring(&f->guest[2]);
	core_poll(worker(f, 1));
	core_poll(worker(f, 0));
	core_poll(worker(f, 1));
	expect(f, 1, 2, 200);
	sim_settle(f->core);
	assert_int_equal(nr_sent(f), sent + 1);
	assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 33);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 0);
}

/* Also one that sleeps, or is about to. */
static void who_waits_is_woken(void **state)
{
	struct fixture *f = *state;

	fill_up(f, 200);
	assert_true(core_may_sleep(worker(f, 0)));
	assert_false(sim_was_woken(0));
	sim_provide(&f->guest[2], 1, FIXTURE_BUFFER);
	sim_ring(&f->guest[2]);
	core_poll(worker(f, 1));
	assert_true(sim_was_woken(0));
	core_woken(worker(f, 0));
	/* It has not looked yet: it does not go to sleep over that. */
	assert_false(core_may_sleep(worker(f, 0)));
	sim_settle(f->core);
	expect(f, 1, 2, 200);
	assert_true(core_may_sleep(worker(f, 0)));
	core_woken(worker(f, 0));
}

/* A frame for somebody else does not wait behind one that does. */
static void who_waits_is_in_nobodys_way(void **state)
{
	struct fixture *f = *state;

	fill_up(f, 200);
	sim_sleep(20000);
	sim_poll(f->core);
	send(f, 1, 3, 201);
	sim_settle(f->core);
	expect(f, 1, 3, 201);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 1);
}

/* Nor for ever. */
static void who_waits_gives_up(void **state)
{
	struct fixture *f = *state;
	uint32_t sent;

	fill_up(f, 200);
	sent = nr_sent(f);
	assert_in_range(core_next_due(f->core, hal_clock_ns()), 1000000,
			2000000);
	sim_sleep(2000000);
	sim_settle(f->core);
	assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 33);
	assert_int_equal(nr_sent(f), sent + 1);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 1);
}

/* What one worker delivered does not come again because another could not. */
static void a_waiting_frame_that_was_overtaken(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	for (i = 1; i <= 4; i++)
		fixture_guest(f, i);
	for (i = 0; i < 32; i++)
		send(f, 1, 2, 60 + i);
	sim_settle(f->core);
	/* VIF 2 is full; VIF 3 is of the sender's worker. */
	send(f, 1, 2, 70);
	send(f, 1, 3, 71);
	for (i = 0; i < 50; i++)
		sim_poll(f->core);
	expect(f, 1, 3, 71);
	assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 34);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 1);
	sim_sleep(20000);
	sim_settle(f->core);
	fixture_expect_none(&f->guest[3]);
}

/* Commands wait until what is under way is home, and have it to themselves. */
static void a_command_waits_for_parcels(void **state)
{
	struct fixture *f = *state;
	struct sim_host *h = &f->host[0];
	uint32_t done;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	send(f, 1, 2, 100);
	core_poll(worker(f, 0));
	done = arena_link(f->core, 0)->admin.head;
	/* PAGES_UNMAP of VIF 1, without waiting for its answer. */
	sim_submit(h, SVNIC_OP_VIF_DESTROY, 1);
	core_poll(worker(f, 0));
	core_poll(worker(f, 0));
	assert_int_equal(arena_link(f->core, 0)->admin.head, done);
	/* Its part is still done, and nothing that is new. */
	send(f, 2, 1, 100);
	core_poll(worker(f, 1));
	expect(f, 1, 2, 100);
	core_poll(worker(f, 0));
	core_poll(worker(f, 0));
	assert_int_equal(arena_link(f->core, 0)->admin.head, done + 1);
	assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 1);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 2, SVNIC_V_WIRE), 1);
}

/* A queue that is reset while frames of it are away starts after that. */
static void a_reset_waits_for_the_parcel(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g;
	uint32_t word;

	g = fixture_guest(f, 1);
	fixture_guest(f, 2);
	send(f, 1, 2, 100);
	core_poll(worker(f, 0));
	word = svnic_peek32(&sim_guest_bell(g)->reset) + 1;
	svnic_poke32(&g->tx.ctrl->tx_prod, 0);
	svnic_poke32(&g->tx.ctrl->rx_prod, 0);
	svnic_poke32(&sim_guest_bell(g)->reset, word);
	core_poll(worker(f, 0));
	assert_int_not_equal(svnic_peek32(&g->tx.ctrl->reset), word);
	core_poll(worker(f, 1));
	core_poll(worker(f, 0));
	core_poll(worker(f, 0));
	assert_int_equal(svnic_peek32(&g->tx.ctrl->reset), word);
	assert_int_equal(svnic_peek32(&g->tx.ctrl->tx_cons), 0);
	expect(f, 1, 2, 100);
}

/* Who sleeps is called for a parcel, and is not waited for by a command. */
static void sleepers_are_called(void **state)
{
	struct fixture *f = *state;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	assert_true(core_may_sleep(worker(f, 1)));
	sim_was_woken(1);
	assert_int_equal(sim_vif_command(&f->host[1], SVNIC_OP_VIF_LIST, 0),
			 SVNIC_ST_OK);
	/* There may be work for it now. */
	assert_true(sim_was_woken(1));
	core_woken(worker(f, 1));
	sim_settle(f->core);
	assert_true(core_may_sleep(worker(f, 1)));
	assert_false(sim_was_woken(1));
	send(f, 1, 2, 100);
	core_poll(worker(f, 0));
	assert_true(sim_was_woken(1));
	/* With a parcel out nobody sleeps; nor with one that is there. */
	assert_false(core_may_sleep(worker(f, 0)));
	core_woken(worker(f, 1));
	assert_false(core_may_sleep(worker(f, 1)));
	sim_settle(f->core);
	expect(f, 1, 2, 100);
	assert_true(core_may_sleep(worker(f, 0)));
	core_woken(worker(f, 0));
}

/* More queues than parcels: all get their turn. */
static void parcels_run_out(void **state)
{
	struct fixture *f = *state;
	struct core *core = worker(f, 0);
	uint32_t nr;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	nr = core->nr_parcels;
	core->nr_parcels = 1;
	send(f, 1, 2, 100);
	sim_poll(f->core);
	sim_poll(f->core);
	fixture_expect_none(&f->guest[2]);
	core->nr_parcels = nr;
	sim_settle(f->core);
	expect(f, 1, 2, 100);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vifs_are_spread),
		TEST(a_parcel_goes_and_returns),
		TEST(mixed_bursts_keep_their_order),
		TEST(group_frames_wait_for_the_wire),
		TEST(the_wire_serves_all_workers),
		TEST(wires_take_turns),
		TEST(a_full_receiver_of_another_worker),
		TEST(who_waits_is_told),
		TEST(who_waits_is_woken),
		TEST(who_waits_is_in_nobodys_way),
		TEST(who_waits_gives_up),
		TEST(a_waiting_frame_that_was_overtaken),
		TEST(a_command_waits_for_parcels),
		TEST(a_reset_waits_for_the_parcel),
		TEST(sleepers_are_called),
		TEST(parcels_run_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
