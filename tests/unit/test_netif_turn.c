/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two guests that share their turns: one call copies for both, each gets what
 * is its own, and the end of one is not the other's.
 */
#include "netif_fixture.h"

#include <string.h>

#include "netif/priv.h"

/* A frame of guest @g, 0 or 1, to the neighbour or from it. */
static void frame(struct netif_fixture *f, unsigned int g, uint32_t len,
		  bool to_guest)
{
	world_frame(f->sent, len, to_guest);
	if (g)
		memcpy(f->sent + (to_guest ? 0 : 6), world_other, 6);
}

static void send(struct netif_fixture *f, unsigned int g, uint32_t gref,
		 uint32_t len)
{
	frame(f, g, len, false);
	world_send(&f->w, g, gref, f->sent, len, 4096, 0);
	world_tx_push(&f->w, g);
}

/* The neighbour gets a frame of each, whoever was the first of the turn. */
static void expect_sent(struct netif_fixture *f, uint32_t len0, uint32_t len1)
{
	static uint8_t sent[SVNIC_FRAME_MAX];
	struct svnic_meta meta;
	unsigned int i, g, seen = 0;
	uint32_t len;

	for (i = 0; i < 2; i++) {
		len = world_peer_receive(&f->w, f->got, &meta);
		g = f->got[11] == world_other[5];
		assert_int_equal(len, g ? len1 : len0);
		memcpy(sent, f->got, len);
		frame(f, g, len, false);
		assert_memory_equal(sent, f->sent, len);
		seen |= 1u << g;
	}
	assert_int_equal(seen, 3);
}

static void to_guest(struct netif_fixture *f, unsigned int g, uint32_t len)
{
	frame(f, g, len, true);
	world_peer_send(&f->w, f->sent, len, NULL);
}

static void expect_received(struct netif_fixture *f, unsigned int g,
			    uint32_t len)
{
	uint16_t flags;

	assert_int_equal(world_receive(&f->w, g, f->got, &flags, NULL), len);
	frame(f, g, len, true);
	assert_memory_equal(f->got, f->sent, len);
}

static void expect_nothing(struct netif_fixture *f, unsigned int g)
{
	uint16_t flags;

	assert_int_equal(world_receive(&f->w, g, f->got, &flags, NULL), 0);
}

static void test_both_send(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int i, calls;

	for (i = 0; i < 20; i++) {
		calls = f->w.nr_calls;
		send(f, 0, BUFFER, 100 + i);
		send(f, 1, BUFFER + 4, 6000 + i);
		world_run(&f->w);
		assert_int_equal(f->w.nr_calls, calls + 1);
		expect_sent(f, 100 + i, 6000 + i);
		netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
		netif_expect_answers(f, 1, 2, WIRE_RSP_OKAY);
	}
}

static void test_both_receive(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int i, calls;

	world_post(&f->w, 0, 100);
	world_post(&f->w, 1, 100);
	world_run(&f->w);
	for (i = 0; i < 20; i++) {
		calls = f->w.nr_calls;
		to_guest(f, 0, 100 + i);
		to_guest(f, 1, 5000 + i);
		to_guest(f, 0, 200 + i);
		world_run(&f->w);
		assert_int_equal(f->w.nr_calls, calls + 1);
		expect_received(f, 0, 100 + i);
		expect_received(f, 0, 200 + i);
		expect_received(f, 1, 5000 + i);
		expect_nothing(f, 0);
		expect_nothing(f, 1);
	}
}

/* One sends and the other receives; then the other way round. */
static void test_each_its_way(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta meta;
	unsigned int g;

	world_post(&f->w, 0, 10);
	world_post(&f->w, 1, 10);
	world_run(&f->w);
	for (g = 0; g < 2; g++) {
		send(f, g, BUFFER, 300);
		to_guest(f, !g, 400);
		world_run(&f->w);
		assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 300);
		expect_received(f, !g, 400);
		expect_nothing(f, g);
		netif_expect_answers(f, g, 1, WIRE_RSP_OKAY);
	}
}

/* A grant of one that is gone fails for that one. */
static void test_bad_grant(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta meta;

	f->w.revoked[BUFFER] = true;
	send(f, 0, BUFFER, 100);
	send(f, 1, BUFFER + 1, 101);
	world_run(&f->w);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 101);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 0);
	netif_expect_answers(f, 0, 1, WIRE_RSP_ERROR);
	netif_expect_answers(f, 1, 1, WIRE_RSP_OKAY);
	assert_int_equal(f->w.nr_faults, 0);
}

/* Either breaks a rule in a turn that both have; the other goes on. */
static void ends_alone(struct netif_fixture *f, unsigned int bad)
{
	struct svnic_meta meta;
	unsigned int i;

	world_post(&f->w, !bad, 50);
	f->w.tx[bad].prod += NETIF_RING + 1;
	world_tx_push(&f->w, bad);
	send(f, !bad, BUFFER, 100);
	to_guest(f, bad, 60);
	to_guest(f, !bad, 61);
	world_run(&f->w);
	assert_int_equal(f->w.nr_faults, 1);
	assert_ptr_equal(bad ? f->w.other : f->w.netif, NULL);
	assert_non_null(bad ? f->w.netif : f->w.other);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 100);
	netif_expect_answers(f, !bad, 1, WIRE_RSP_OKAY);
	expect_received(f, !bad, 61);
	for (i = 0; i < 5; i++) {
		send(f, !bad, BUFFER, 200 + i);
		to_guest(f, !bad, 300 + i);
		world_run(&f->w);
		assert_int_equal(world_peer_receive(&f->w, f->got, &meta),
				 200 + i);
		netif_expect_answers(f, !bad, 1, WIRE_RSP_OKAY);
		expect_received(f, !bad, 300 + i);
	}
	assert_int_equal(f->w.nr_faults, 1);
}

static void test_first_ends(void **state)
{
	ends_alone(*state, 0);
}

static void test_second_ends(void **state)
{
	ends_alone(*state, 1);
}

/* One is taken down while both have work that nobody has looked at. */
static void test_destroyed(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta meta;

	send(f, 0, BUFFER, 100);
	send(f, 1, BUFFER + 1, 101);
	netif_card_event(f->w.netif, SVNIC_SLOW_QUEUE);
	netif_card_event(f->w.other, SVNIC_SLOW_QUEUE);
	netif_destroy(f->w.netif);
	f->w.netif = NULL;
	world_run(&f->w);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 101);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 0);
	netif_expect_answers(f, 1, 1, WIRE_RSP_OKAY);
}

/* A guest that always has more does not keep the other waiting. */
static void test_shares(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta meta;
	unsigned int i, at = 0;

	for (i = 0; i < 40; i++)
		send(f, 0, BUFFER + 3 * i, 9000);
	send(f, 1, BUFFER + 200, 101);
	for (i = 0; i < 41; i++) {
		if (i % 8 == 0)
			world_run(&f->w);
		if (world_peer_receive(&f->w, f->got, &meta) == 101)
			at = i;
	}
	/* One call has room for 384 pieces; its half is left to the other. */
	assert_in_range(at, 0, 384 / 2 / 3);
	netif_expect_answers(f, 0, 120, WIRE_RSP_OKAY);
	netif_expect_answers(f, 1, 1, WIRE_RSP_OKAY);
}

/* What comes while svnicd waits is served before the event loop goes on. */
static void answer(struct world *w)
{
	struct netif_fixture *f = (void *)w;

	if (w->nr_waits == 1) {
		to_guest(f, 1, 700);
		world_card(w);
	} else if (w->nr_waits == 2) {
		expect_received(f, 1, 700);
		send(f, 0, BUFFER + 1, 102);
		netif_card_event(w->netif, SVNIC_SLOW_QUEUE);
	} else if (w->nr_waits == 3) {
		netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
	}
}

static void test_waits(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta meta;

	world_post(&f->w, 1, 10);
	world_run(&f->w);
	send(f, 0, BUFFER, 101);
	world_card(&f->w);
	f->w.nr_waits = 0;
	f->w.while_waiting = answer;
	world_turn(&f->w);
	assert_int_equal(f->w.nr_waits, 3);
	f->w.while_waiting = NULL;
	world_run(&f->w);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 101);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 102);
}

/* Its VIF goes while svnicd waits, with what it was to be told. */
static void go_away(struct world *w)
{
	if (w->nr_waits == 1) {
		world_card(w);
		netif_destroy(w->netif);
		w->netif = NULL;
	}
}

static void test_ends_in_wait(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta meta;

	send(f, 0, BUFFER, 100);
	f->w.nr_waits = 0;
	f->w.while_waiting = go_away;
	world_run(&f->w);
	assert_null(f->w.netif);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 100);
	send(f, 1, BUFFER + 1, 101);
	world_run(&f->w);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 101);
	netif_expect_answers(f, 1, 1, WIRE_RSP_OKAY);
}

#define ONE(test) \
	cmocka_unit_test_setup_teardown(test, netif_begin_two, netif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(test_both_send),	ONE(test_both_receive),
		ONE(test_each_its_way), ONE(test_bad_grant),
		ONE(test_first_ends),	ONE(test_second_ends),
		ONE(test_destroyed),	ONE(test_shares),
		ONE(test_waits),	ONE(test_ends_in_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
