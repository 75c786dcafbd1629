// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is served when: rates, fairness, and senders that wait for a receiver.
 */
#include "core_fixture.h"

static uint8_t frame[2048];

/* Keep @g's ring full of frames for VIF @to, and its receiver supplied. */
static void feed(struct fixture *f, unsigned int from, unsigned int to,
		 uint32_t len)
{
	struct sim_guest *g = &f->guest[from];

	svnic_tx_return(&g->tx);
	fixture_frame(frame, len, to, from);
	while (svnic_tx_space(&g->tx))
		sim_send(g, frame, len, 4096, NULL);
	sim_ring(g);
}

static void drain(struct fixture *f, unsigned int n)
{
	struct sim_guest *g = &f->guest[n];
	struct svnic_meta m;

	while (svnic_rx_return(&g->rx, &m) == 1)
		;
	sim_provide(g, 64, FIXTURE_BUFFER);
	sim_ring(g);
}

static void rate_is_kept(void **state)
{
	static const uint64_t rates[] = { 100000, 12500000, 125000000,
					  1250000000 };
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(1);
	uint64_t octets;
	uint64_t before;
	unsigned int i;
	unsigned int ms;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	for (i = 0; i < 4; i++) {
		c.rate = rates[i];
		c.burst = 20000;
		assert_int_equal(sim_vif_set(&f->host[0], 1, &c), SVNIC_ST_OK);
		before = fixture_stats(f, 1).tx_octets;
		/* One second at 100 kB/s, a tenth at the others. */
		for (ms = 0; ms < (i ? 20000 : 1000); ms++) {
			feed(f, 1, 2, 1000);
			sim_sleep(i ? 5000 : 1000000);
			sim_settle(f->core);
			drain(f, 2);
			sim_settle(f->core);
		}
		octets = fixture_stats(f, 1).tx_octets - before - 20000;
		assert_in_range(octets * (i ? 10 : 1), rates[i] * 95 / 100,
				rates[i] * 105 / 100);
		assert_true(fixture_stats(f, 1).tx_throttled > 0);
	}
}

/* However long it was quiet, it gets its burst once, and one frame more. */
static void burst_is_not_saved_up(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(1);
	uint64_t before;
	unsigned int i;

	c.rate = 1000000;
	c.burst = 10000;
	fixture_guest_with(f, 1, &c);
	/* Nor does what is left of a burst add to the next one. */
	fixture_frame(frame, 1000, 99, 1);
	fixture_send(f, 1, frame, 1000);
	sim_sleep(60000000000ull);
	for (i = 0; i < 3; i++) {
		before = fixture_stats(f, 1).tx_octets;
		feed(f, 1, 99, 1000);
		sim_settle(f->core);
		assert_in_range(fixture_stats(f, 1).tx_octets - before, 10000,
				11000);
		/* Its ring empties, and then it is quiet for a minute. */
		sim_sleep(80000000);
		for (before = 0; before < 100; before++) {
			sim_sleep(1000000);
			sim_settle(f->core);
		}
		assert_int_equal(f->guest[1].tx.ctrl->tx_cons,
				 f->guest[1].tx.next);
		sim_sleep(60000000000ull);
		while (sim_wire_peek(0))
			sim_wire_drop(0);
	}
}

/* A debt of one turn is paid in the next: 60,000 octets against 1,500. */
static void large_frames_get_no_more(void **state)
{
	static uint8_t large[60000];
	struct svnic_meta meta = { .flags = SVNIC_META_CSUM_BLANK |
					    SVNIC_META_GSO_TCPV4,
				   .csum_start = 34,
				   .csum_offset = 16,
				   .gso_size = 1448 };
	struct fixture *f = *state;
	uint64_t a;
	unsigned int i;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_frame(large, sizeof(large), 99, 1);
	memcpy(large + 12, "\x08\x00\x45", 3);
	large[14 + 9] = 6;
	large[34 + 12] = 0x50;
	for (i = 0; i < 500; i++) {
		svnic_tx_return(&f->guest[1].tx);
		while (svnic_tx_space(&f->guest[1].tx) >= 15)
			sim_send(&f->guest[1], large, sizeof(large), 4096,
				 &meta);
		sim_ring(&f->guest[1]);
		feed(f, 2, 99, 1500);
		sim_poll(f->core);
		while (sim_wire_peek(0))
			sim_wire_drop(0);
	}
	a = fixture_stats(f, 1).tx_octets;
	assert_in_range(fixture_stats(f, 2).tx_octets, a * 90 / 100,
			a * 110 / 100);
}

/* While the bucket is empty the firmware may sleep, exactly so long. */
static void next_due_is_when_there_is_credit(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(1);
	uint64_t sent;
	uint64_t due;

	c.rate = 1000000;
	c.burst = 1514;
	fixture_guest_with(f, 1, &c);
	fixture_guest(f, 2);
	assert_int_equal(sim_next_due(f->core), UINT64_MAX);
	feed(f, 1, 2, 1000);
	sim_settle(f->core);
	sent = fixture_stats(f, 1).tx_frames;
	due = sim_next_due(f->core);
	assert_in_range(due, 400000, 600000);
	sim_sleep(due - 10);
	sim_settle(f->core);
	assert_int_equal(fixture_stats(f, 1).tx_frames, sent);
	sim_sleep(20);
	sim_settle(f->core);
	assert_int_equal(fixture_stats(f, 1).tx_frames, sent + 1);
}

static void set_takes_the_rate_away(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(1);

	c.rate = 1000;
	c.burst = 1514;
	fixture_guest_with(f, 1, &c);
	fixture_guest(f, 2);
	feed(f, 1, 99, 1000);
	sim_settle(f->core);
	assert_true(fixture_stats(f, 1).tx_frames < 5);
	c.rate = 0;
	assert_int_equal(sim_vif_set(&f->host[0], 1, &c), SVNIC_ST_OK);
	sim_settle(f->core);
	assert_int_equal(fixture_stats(f, 1).tx_frames, 64);
}

/*
 * Octets, not frames and not queues, are shared alike; but each frame counts 64
 * octets more than it has, since it costs the card so much.
 */
static void turns_are_fair_in_octets(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *second = &f->guest[7];
	uint64_t a;
	uint64_t b;
	unsigned int i;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	sim_guest_init(second, &f->host[0], 2, 1, FIXTURE_ORDER);
	for (i = 0; i < 2000; i++) {
		feed(f, 1, 99, 1500);
		feed(f, 2, 99, 100);
		svnic_tx_return(&second->tx);
		fixture_frame(frame, 1500, 99, 2);
		while (svnic_tx_space(&second->tx))
			sim_send(second, frame, 1500, 4096, NULL);
		sim_ring(second);
		sim_poll(f->core);
		while (sim_wire_peek(0))
			sim_wire_drop(0);
	}
	a = fixture_stats(f, 1).tx_octets;
	b = fixture_stats(f, 2).tx_octets;
	assert_in_range(b, a * 70 / 100, a * 110 / 100);
}

/* A full receiver holds its sender back, and no frame is lost. */
static void sender_waits_for_buffers(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	feed(f, 1, 2, 60);
	for (i = 0; i < 100; i++) {
		sim_sleep(10000);
		sim_settle(f->core);
	}
	assert_int_equal(fixture_stats(f, 1).tx_frames, 32);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 1);
	assert_int_equal(sim_poll(f->core), 0);
	assert_in_range(sim_next_due(f->core), 900000, 1100000);
	drain(f, 2);
	sim_settle(f->core);
	assert_int_equal(fixture_stats(f, 1).tx_frames, 64);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 0);
}

/* A receiver that never provides costs one deadline, once (rule R21). */
static void stuck_receiver_hurts_once(void **state)
{
	struct fixture *f = *state;
	unsigned int us;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_guest(f, 3);
	feed(f, 1, 2, 60);
	for (us = 0; us < 1990; us += 10) {
		sim_settle(f->core);
		sim_sleep(10000);
	}
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 0);
	sim_sleep(20000);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 32);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_NO_BUFFER), 32);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 1);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 32);
	svnic_tx_return(&f->guest[1].tx);
	fixture_frame(frame, 60, 3, 1);
	fixture_send(f, 1, frame, 60);
	fixture_expect(&f->guest[3], frame, 60);
	/* Once it has provided buffers again, it is waited for again. */
	drain(f, 2);
	sim_settle(f->core);
	svnic_tx_return(&f->guest[1].tx);
	feed(f, 1, 2, 60);
	sim_settle(f->core);
	feed(f, 1, 2, 60);
	sim_settle(f->core);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 2);
}

/* While VIF 1 waits for VIF 2, VIF 3 is not held up. */
static void others_do_not_wait(void **state)
{
	struct fixture *f = *state;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_guest(f, 3);
	fixture_guest(f, 4);
	feed(f, 1, 2, 60);
	sim_settle(f->core);
	fixture_frame(frame, 60, 4, 3);
	fixture_send(f, 3, frame, 60);
	fixture_expect(&f->guest[4], frame, 60);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 1);
}

/* A frame that no ring of the receiver could hold is not waited for. */
static void too_big_for_the_ring(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g;

	fixture_guest(f, 1);
	g = fixture_guest(f, 2);
	assert_true(sim_queue_reset(g));
	sim_provide(g, 64, 8);
	sim_ring(g);
	fixture_frame(frame, 1514, 2, 1);
	fixture_send(f, 1, frame, 1514);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 0);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 1);
	fixture_send(f, 1, frame, 512 - 1);
	fixture_expect(g, frame, 511);
}

/* Many queues, few of them busy: a ring is noticed within a few rounds. */
static void doorbell_is_seen_soon(void **state)
{
	struct fixture *f = *state;
	unsigned int i;
	unsigned int rounds;

	for (i = 0; i < 8; i++)
		fixture_guest(f, i);
	for (i = 1; i < 8; i++) {
		fixture_frame(frame, 60, 0, i);
		sim_send(&f->guest[i], frame, 60, 4096, NULL);
		sim_ring(&f->guest[i]);
		for (rounds = 0; fixture_stats(f, i).tx_frames == 0; rounds++)
			assert_true(rounds < 3);
	}
}

/* Queues come and go in any order: the others are still watched. */
static void bells_after_others_left(void **state)
{
	static const unsigned int gone[] = { 1, 3, 4 };
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < 5; i++)
		fixture_guest(f, i);
	for (i = 0; i < 3; i++) {
		assert_int_equal(sim_vif_command(&f->host[0],
						 SVNIC_OP_VIF_DESTROY, gone[i]),
				 SVNIC_ST_OK);
		fixture_frame(frame, 60, 2, 0);
		fixture_send(f, 0, frame, 60);
		fixture_expect(&f->guest[2], frame, 60);
		fixture_frame(frame, 60, 0, 2);
		fixture_send(f, 2, frame, 60);
		fixture_expect(&f->guest[0], frame, 60);
	}
	fixture_guest(f, 1);
	fixture_frame(frame, 60, 2, 1);
	fixture_send(f, 1, frame, 60);
	fixture_expect(&f->guest[2], frame, 60);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rate_is_kept),
		TEST(burst_is_not_saved_up),
		TEST(large_frames_get_no_more),
		TEST(next_due_is_when_there_is_credit),
		TEST(set_takes_the_rate_away),
		TEST(turns_are_fair_in_octets),
		TEST(sender_waits_for_buffers),
		TEST(stuck_receiver_hurts_once),
		TEST(others_do_not_wait),
		TEST(too_big_for_the_ring),
		TEST(doorbell_is_seen_soon),
		TEST(bells_after_others_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
