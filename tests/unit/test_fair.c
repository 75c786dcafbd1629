// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody is held up by another VIF: not by a receiver without buffers, not by
 * a flood of small or of group frames, not by VIFs that are throttled.
 */
#include "core_fixture.h"
#include "arena.h"
#include "bell.h"
#include "sched.h"

static uint8_t frame[2048];

static void queue_frames(struct fixture *f, unsigned int from, unsigned int to,
			 uint32_t len, unsigned int nr)
{
	fixture_frame(frame, len, to, from);
	while (nr--)
		sim_send(&f->guest[from], frame, len, 4096, NULL);
	sim_ring(&f->guest[from]);
}

/* Keep the ring full. */
static void feed(struct fixture *f, unsigned int from, unsigned int to,
		 uint32_t len)
{
	assert_true(svnic_tx_return(&f->guest[from].tx) >= 0);
	queue_frames(f, from, to, len, svnic_tx_space(&f->guest[from].tx));
}

/* Take all that came, give all buffers. */
static unsigned int drain(struct fixture *f, unsigned int n)
{
	struct sim_guest *g = &f->guest[n];
	struct svnic_meta m;
	unsigned int nr = 0;

	while (svnic_rx_return(&g->rx, &m) == 1)
		nr++;
	sim_provide(g, 64, FIXTURE_BUFFER);
	sim_ring(g);
	return nr;
}

static void start(struct fixture *f, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		fixture_guest(f, i);
}

/* 40 frames for a VIF with 32 buffers do not delay one for another VIF. */
static void no_wait_before_others(void **state)
{
	struct fixture *f = *state;

	start(f, 4);
	queue_frames(f, 1, 2, 60, 40);
	queue_frames(f, 1, 3, 60, 1);
	sim_settle(f->core);
	fixture_expect(&f->guest[3], frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 8);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_NO_BUFFER), 8);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 0);
}

/* Waiting ends when a frame for another VIF comes up behind. */
static void another_frame_ends_the_waiting(void **state)
{
	struct fixture *f = *state;

	start(f, 4);
	queue_frames(f, 1, 2, 60, 40);
	sim_settle(f->core);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 1);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 0);
	queue_frames(f, 1, 2, 60, 2);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 0);
	queue_frames(f, 1, 3, 60, 1);
	sim_settle(f->core);
	fixture_expect(&f->guest[3], frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 10);
	/* That was that: the next frames for it may wait again. */
	svnic_tx_return(&f->guest[1].tx);
	drain(f, 2);
	queue_frames(f, 1, 2, 60, 64);
	sim_settle(f->core);
	svnic_tx_return(&f->guest[1].tx);
	queue_frames(f, 1, 2, 60, 8);
	sim_settle(f->core);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 2);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 10);
}

/* So does a group frame, and the wire is a receiver like any other. */
static void group_frames_and_the_wire(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	start(f, 4);
	queue_frames(f, 1, 2, 60, 40);
	queue_frames(f, 1, 255, 60, 1);
	sim_settle(f->core);
	fixture_expect(&f->guest[3], frame, 60);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 0);
	sim_port(0)->from_card.max = 0;
	queue_frames(f, 1, 99, 60, 3);
	sim_settle(f->core);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 1);
	queue_frames(f, 1, 3, 60, 1);
	sim_settle(f->core);
	fixture_expect(&f->guest[3], frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE_FULL), 3);
	for (i = 0; i < 3; i++)
		fixture_expect_none(&f->guest[3]);
}

/* One buffer every 2 ms: its sender does not wait at all. */
static void a_dripping_receiver(void **state)
{
	struct fixture *f = *state;
	unsigned int waited;
	unsigned int i;

	start(f, 3);
	queue_frames(f, 1, 2, 60, 32);
	sim_settle(f->core);
	sim_sleep(5000000);
	waited = (unsigned int)fixture_stats(f, 1).tx_waited;
	for (i = 0; i < 50; i++) {
		svnic_tx_return(&f->guest[1].tx);
		sim_provide(&f->guest[2], 1, FIXTURE_BUFFER);
		sim_ring(&f->guest[2]);
		queue_frames(f, 1, 2, 60, 4);
		sim_settle(f->core);
		assert_int_equal(f->guest[1].tx.ctrl->tx_cons,
				 f->guest[1].tx.next);
		sim_sleep(2000000);
		f->guest[2].rx.done++;
	}
	assert_int_equal(fixture_stats(f, 1).tx_waited, waited);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 150);
}

/* How many rounds pass until a frame of VIF 0 has reached VIF 7. */
static unsigned int rounds_for_one(struct fixture *f)
{
	unsigned int rounds;

	queue_frames(f, 0, 7, 60, 1);
	for (rounds = 1; rounds < 100; rounds++) {
		sim_poll(f->core);
		if (drain(f, 7))
			break;
		while (sim_wire_peek(0))
			sim_wire_drop(0);
	}
	svnic_tx_return(&f->guest[0].tx);
	return rounds;
}

/* Six flood: small frames, group frames, frames to a stuck receiver. */
static void a_flood_delays_nobody(void **state)
{
	struct fixture *f = *state;
	unsigned int i;
	unsigned int n;

	start(f, 8);
	/* Without a limit their frames would be all that VIF 7 has room for. */
	for (n = 3; n < 5; n++) {
		struct svnic_vif_config c = fixture_config(n);

		c.storm = 100;
		assert_int_equal(sim_vif_set(&f->host[0], n, &c), SVNIC_ST_OK);
	}
	for (i = 0; i < 200; i++) {
		for (n = 1; n <= 6; n++)
			feed(f, n, n < 3 ? 99 : n < 5 ? 255 : 6, 60);
		assert_in_range(rounds_for_one(f), 1, 2);
		sim_sleep(20000);
	}
	assert_int_equal(fixture_tx(f, 0, SVNIC_V_DELIVERED), 200);
}

/* Send frames of @len from VIFs 1 and 2 for a while: 2's frames per 1's. */
static double share(struct fixture *f, unsigned int to1, unsigned int to2,
		    uint32_t len)
{
	uint64_t was[2] = { fixture_tx(f, 1, SVNIC_V_WIRE),
			    fixture_tx(f, 2, SVNIC_V_WIRE) };
	unsigned int i;

	for (i = 0; i < 500; i++) {
		feed(f, 1, to1, len);
		feed(f, 2, to2, len);
		sim_poll(f->core);
		while (sim_wire_peek(0))
			sim_wire_drop(0);
	}
	return (double)(fixture_tx(f, 2, SVNIC_V_WIRE) - was[1]) /
	       (double)(fixture_tx(f, 1, SVNIC_V_WIRE) - was[0]);
}

static void set(struct fixture *f, unsigned int n, uint32_t flags,
		uint32_t min_rate)
{
	struct svnic_vif_config c = fixture_config(n);

	c.flags = flags;
	c.min_rate = min_rate;
	assert_int_equal(sim_vif_set(&f->host[0], n, &c), SVNIC_ST_OK);
}

/* A group frame is paid for as often as it is copied. */
static void copies_are_paid_for(void **state)
{
	struct fixture *f = *state;
	double many;

	start(f, 8);
	assert_in_range((int)(share(f, 99, 99, 1500) * 100), 95, 105);
	many = share(f, 99, 255, 1500);
	assert_in_range((int)(many * 100), 10, 20);
}

/*
 * Work that waits in a ring of 64 frames is less than a turn of class 1, so
 * only what one round serves tells: the round's quota is used up first.
 */
static void classes_have_weights(void **state)
{
	struct fixture *f = *state;
	uint32_t a;
	uint32_t b;

	start(f, 3);
	set(f, 2, 1u << 8, 0);
	feed(f, 1, 99, 1500);
	feed(f, 2, 99, 1500);
	sim_poll(f->core);
	/* A query would be a round more. */
	a = f->guest[1].tx.ctrl->tx_cons;
	b = f->guest[2].tx.ctrl->tx_cons;
	assert_in_range(a, 10, 12);
	assert_in_range(b, 20, 24);
}

/* Below its guaranteed rate a VIF comes first, whoever else is there. */
static void min_rate_comes_first(void **state)
{
	struct fixture *f = *state;
	struct core *core = f->core;
	unsigned int n;

	start(f, 8);
	set(f, 7, 0, 1000);
	for (n = 1; n <= 6; n++)
		feed(f, n, 99, 1500);
	sim_poll(core);
	while (sim_wire_peek(0))
		sim_wire_drop(0);
	queue_frames(f, 7, 99, 1000, 4);
	sim_poll(core);
	assert_int_equal(sim_wire_peek(0)->data[11], 7);
	assert_int_equal(f->guest[7].tx.ctrl->tx_cons, 4);
	/* Beyond the promise it is one of many. */
	feed(f, 7, 99, 1500);
	sim_settle(core);
	while (sim_wire_peek(0))
		sim_wire_drop(0);
	for (n = 1; n <= 7; n++)
		feed(f, n, 99, 1500);
	sim_poll(core);
	assert_int_equal(core->urgent.nr, 0);
	assert_true(core->active.nr > 0);
}

/* VIFs whose rate is used up are on no list that a round walks. */
static void throttled_cost_nothing(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c;
	uint64_t due;
	unsigned int n;

	start(f, 8);
	for (n = 1; n <= 6; n++) {
		c = fixture_config(n);
		c.rate = 100000 * n;
		c.burst = 1514;
		assert_int_equal(sim_vif_set(&f->host[0], n, &c), SVNIC_ST_OK);
		feed(f, n, 99, 1000);
	}
	sim_settle(f->core);
	assert_int_equal(f->core->active.nr, 0);
	assert_int_equal(sim_poll(f->core), 0);
	/* Debts of up to 486 octets: the fastest pays them first. */
	due = sim_next_due(f->core);
	assert_in_range(due, 100000, 900000);
	/* Long pauses, and one goes away while it waits. */
	sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 6);
	for (n = 0; n < 2000; n++) {
		sim_sleep(1000000);
		sim_settle(f->core);
		while (sim_wire_peek(0))
			sim_wire_drop(0);
		feed(f, 5, 99, 1000);
	}
	assert_in_range(fixture_stats(f, 5).tx_octets, 990000, 1010000);
	assert_int_equal(fixture_stats(f, 1).tx_octets, 64000);
}

/* How many frames left by the wire before the first of VIF @from. */
static unsigned int before(unsigned int from)
{
	unsigned int nr = 0;

	while (sim_wire_peek(0) && sim_wire_peek(0)->data[11] != from) {
		sim_wire_drop(0);
		nr++;
	}
	return nr;
}

/* A doorbell that rings while another VIF has its turn. */
static void a_promise_is_kept_within_a_turn(void **state)
{
	struct fixture *f = *state;

	start(f, 3);
	set(f, 2, 0, 1000);
	queue_frames(f, 2, 99, 60, 1);
	sim_settle(f->core);
	sim_wire_drop(0);
	queue_frames(f, 1, 99, 60, 50);
	bell_sweep(f->core);
	queue_frames(f, 2, 99, 60, 1);
	sched_run(f->core);
	/* A short burst, because it sent lately. */
	assert_int_equal(before(2), 4);
	assert_non_null(sim_wire_peek(0));
	/* Nobody waits for it, so others have long ones again. */
	sim_settle(f->core);
	while (sim_wire_peek(0))
		sim_wire_drop(0);
	sim_sleep(20000000);
	sim_poll(f->core);
	queue_frames(f, 1, 99, 60, 50);
	bell_sweep(f->core);
	queue_frames(f, 2, 99, 60, 1);
	sched_run(f->core);
	assert_int_equal(before(2), 32);
}

/* ... and its frame stops the queue of the one that has its turn. */
static void a_turn_ends_with_its_queue(void **state)
{
	struct fixture *f = *state;
	uint32_t fault;

	start(f, 3);
	set(f, 2, 0, 1000);
	queue_frames(f, 2, 99, 60, 1);
	sim_settle(f->core);
	sim_wire_drop(0);
	f->guest[1].rx.seg[0].page = svnic_le32(SVNIC_MAX_PAGES);
	queue_frames(f, 1, 99, 60, 8);
	f->guest[1].tx.desc[4].meta.segs = 0;
	bell_sweep(f->core);
	queue_frames(f, 2, 1, 60, 1);
	sched_run(f->core);
	assert_int_equal(sim_queue_state(&f->guest[1], &fault),
			 SVNIC_QUEUE_FAULTED);
	assert_int_equal(fault, SVNIC_V_BAD_PAGE);
	assert_int_equal(before(2), 4);
	assert_int_equal(fixture_stats(f, 1).faults, 1);
}

/* Without a promise it waits for the next round. */
static void others_wait_for_the_round(void **state)
{
	struct fixture *f = *state;

	start(f, 3);
	queue_frames(f, 2, 99, 60, 1);
	sim_settle(f->core);
	sim_wire_drop(0);
	queue_frames(f, 1, 99, 60, 50);
	bell_sweep(f->core);
	queue_frames(f, 2, 99, 60, 1);
	sched_run(f->core);
	assert_int_equal(before(2), 50);
	assert_null(sim_wire_peek(0));
	sim_poll(f->core);
	assert_int_equal(before(2), 0);
	assert_non_null(sim_wire_peek(0));
}

/* A frame in many small pieces is as much work as many small frames. */
static void pieces_are_paid_for(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(1);
	struct sim_guest *g = &f->guest[1];
	unsigned int i;

	start(f, 1);
	fixture_guest(f, 2);
	assert_int_equal(sim_vif_create(&f->host[0], 1, &c), SVNIC_ST_OK);
	sim_guest_init(g, &f->host[0], 1, 0, SVNIC_MAX_ORDER);
	for (i = 0; i < 200; i++)
		sim_send(g, frame, SVNIC_MAX_SEGS, 1, NULL);
	sim_ring(g);
	feed(f, 2, 99, 1500);
	sim_poll(f->core);
	sim_poll(f->core);
	assert_in_range(svnic_peek32(&g->tx.ctrl->tx_cons), 20, 640);
	sim_settle(f->core);
	assert_int_equal(svnic_peek32(&g->tx.ctrl->tx_cons), 4000);
}

/* What the wire has for all is taken a burst in a round, not four. */
static void a_storm_of_the_wire(void **state)
{
	struct fixture *f = *state;
	const struct svnic_port_info *info =
		&arena_board(f->core)->port[0].info;
	struct svnic_vif_config c;
	unsigned int i;

	for (i = 0; i < 16; i++) {
		c = fixture_config(i);
		assert_int_equal(sim_vif_create(&f->host[0], i, &c),
				 SVNIC_ST_OK);
	}
	for (i = 0; i < 128; i++) {
		fixture_frame(frame, 60, i < 64 ? 255 : 3, 99);
		assert_true(sim_wire_push(0, frame, 60, NULL));
	}
	sim_poll(f->core);
	assert_int_equal(info->rx_frames, 32);
	sim_poll(f->core);
	sim_poll(f->core);
	/* For one each: as many as there are. */
	assert_int_equal(info->rx_frames, 128);
}

/* A host that gives command after command does not have the card alone. */
static void commands_have_their_share(void **state)
{
	struct fixture *f = *state;
	const struct admin_queue *a = &arena_link(f->core, 1)->admin;
	uint32_t head = a->head;

	start(f, 3);
	f->core->commands_ns = hal_clock_ns() + 1000;
	sim_submit(&f->host[1], SVNIC_OP_VIF_DESTROY, 9);
	queue_frames(f, 1, 2, 60, 1);
	assert_true(sim_poll(f->core) > 0);
	fixture_expect(&f->guest[2], frame, 60);
	assert_int_equal(a->head, head);
	/* It is not forgotten either. */
	sim_poll(f->core);
	assert_int_equal(a->head, head);
	assert_in_range(sim_next_due(f->core), 1, 1000);
	sim_sleep(1000);
	sim_poll(f->core);
	assert_int_equal(a->head, head + 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_wait_before_others),
		TEST(another_frame_ends_the_waiting),
		TEST(group_frames_and_the_wire),
		TEST(a_dripping_receiver),
		TEST(a_flood_delays_nobody),
		TEST(copies_are_paid_for),
		TEST(commands_have_their_share),
		TEST(a_storm_of_the_wire),
		TEST(pieces_are_paid_for),
		TEST(classes_have_weights),
		TEST(min_rate_comes_first),
		TEST(throttled_cost_nothing),
		TEST(a_promise_is_kept_within_a_turn),
		TEST(a_turn_ends_with_its_queue),
		TEST(others_wait_for_the_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
