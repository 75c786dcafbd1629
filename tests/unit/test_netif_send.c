/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames that the call hands to the card which copies them, and answers: all of
 * a turn or none of it, and what a daemon finds that takes over in between.
 */
#include "netif_fixture.h"

#include <string.h>

#include "netif/priv.h"
#include "netif/stage.h"

#define CARD 2u /* words that are stored for it: an index and the doorbell */

static int begin(void **state)
{
	struct netif_fixture *f;

	if (netif_begin_two(state))
		return -1;
	f = *state;
	world_post(&f->w, 0, 200);
	world_run(&f->w);
	f->w.nr_posts = 0;
	return 0;
}

/* Guest @g's frame number @i, in slots of @piece octets. */
static void from_guest(struct netif_fixture *f, unsigned int g, unsigned int i,
		       uint32_t len, uint32_t piece)
{
	world_frame(f->sent, len, false);
	if (g)
		memcpy(f->sent + 6, world_other, 6);
	f->sent[14] = (uint8_t)i;
	world_send(&f->w, g, BUFFER + 100 * g + i, f->sent, len, piece, 0);
	world_tx_push(&f->w, g);
}

static void expect_sent(struct netif_fixture *f, unsigned int i, uint32_t len)
{
	struct svnic_meta meta;

	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), len);
	assert_int_equal(f->got[14], i);
}

static void expect_nothing(struct netif_fixture *f)
{
	struct svnic_meta meta;

	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 0);
	assert_int_equal(f->w.nr_faults, 0);
}

static const struct netif_queue_stats *stats(struct netif_fixture *f)
{
	return &netif_fixture_info(f)->queue[0].stats;
}

/* A guest that asked is rung once, and both count the same. */
static void send_one(struct netif_fixture *f, unsigned int i)
{
	struct world_port *port = &f->w.port[f->w.tx[0].port];
	unsigned int rung = port->notified;
	uint64_t events = stats(f)->events_out;

	f->w.tx[0].page->rsp_event = f->w.tx[0].cons + 1;
	from_guest(f, 0, i, 100 + i, 4096);
	world_run(&f->w);
	expect_sent(f, i, 100 + i);
	netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
	assert_int_equal(port->notified, rung + 1);
	assert_int_equal(stats(f)->events_out, events + 1);
}

static void sent(struct netif_fixture *f, bool by_the_call)
{
	unsigned int i;

	send_one(f, 0);
	f->w.cannot_post = !by_the_call;
	for (i = 1; i < 20; i++)
		send_one(f, i);
	expect_nothing(f);
	assert_int_equal(f->w.nr_sends, by_the_call ? 20 * CARD : CARD);
	assert_int_equal(f->w.nr_posts, by_the_call ? 20 : 1);
	assert_int_equal(stats(f)->tx_frames, 20);
	assert_int_equal(stats(f)->tx_octets, 20 * 100 + 190);
	assert_int_equal(stats(f)->verdict[NETIF_V_OK], 20);
}

static void test_sent_by_the_call(void **state)
{
	sent(*state, true);
}

static void test_sent_by_svnicd(void **state)
{
	sent(*state, false);
}

/* Who looks itself is not rung. */
static void test_not_rung(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int rung = f->w.port[f->w.tx[0].port].notified;

	f->w.tx[0].page->rsp_event = f->w.tx[0].cons + 50;
	from_guest(f, 0, 0, 100, 4096);
	world_run(&f->w);
	expect_sent(f, 0, 100);
	netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
	assert_int_equal(f->w.nr_sends, CARD);
	assert_int_equal(f->w.port[f->w.tx[0].port].notified, rung);
}

/* One piece cannot be copied: the call does nothing for anybody, and then each
 * frame goes once, in order. */
static void test_bad_grant(void **state)
{
	struct netif_fixture *f = *state;
	struct wire_tx_rsp rsp;
	unsigned int i;

	f->w.revoked[BUFFER + 1] = true;
	for (i = 0; i < 3; i++)
		from_guest(f, 0, i, 100, 4096);
	from_guest(f, 1, 3, 101, 4096);
	world_run(&f->w);
	assert_int_equal(f->w.nr_sends, 0);
	assert_int_equal(f->w.nr_posts, 0);
	for (i = 0; i < 3; i++) {
		assert_true(world_tx_answer(&f->w, 0, &rsp));
		assert_int_equal(rsp.status,
				 i == 1 ? WIRE_RSP_ERROR : WIRE_RSP_OKAY);
	}
	netif_expect_answers(f, 1, 1, WIRE_RSP_OKAY);
	expect_sent(f, 0, 100);
	expect_sent(f, 2, 100);
	expect_sent(f, 3, 101);
	assert_int_equal(stats(f)->verdict[NETIF_V_GRANT], 1);
	assert_int_equal(stats(f)->tx_frames, 2);
	from_guest(f, 0, 4, 102, 4096);
	world_run(&f->w);
	expect_sent(f, 4, 102);
	expect_nothing(f);
	assert_int_equal(f->w.nr_sends, CARD);
}

/* Two guests and a frame for one of them, in one call. */
static void test_all_at_once(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int calls = f->w.nr_calls;
	uint16_t flags;

	from_guest(f, 0, 0, 100, 4096);
	from_guest(f, 1, 1, 101, 50);
	world_frame(f->sent, 102, true);
	world_peer_send(&f->w, f->sent, 102, NULL);
	world_card(&f->w);
	world_run(&f->w);
	assert_int_equal(f->w.nr_calls, calls + 1);
	assert_int_equal(f->w.nr_sends, 2 * CARD);
	assert_int_equal(f->w.nr_posts, 3);
	expect_sent(f, 0, 100);
	expect_sent(f, 1, 101);
	netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
	netif_expect_answers(f, 1, 3, WIRE_RSP_OKAY);
	assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL), 102);
}

/* Each queue has its own answers and its own ring; the card one doorbell. */
static void test_queues(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int rung[4];
	unsigned int q, seen = 0;
	struct svnic_meta meta;

	world_run(&f->w);
	f->w.nr_posts = 0;
	for (q = 0; q < 4; q++) {
		rung[q] = f->w.port[f->w.tx[q].port].notified;
		f->w.tx[q].page->rsp_event = f->w.tx[q].cons + 1 + q % 2;
		world_frame(f->sent, 100, false);
		f->sent[14] = (uint8_t)q;
		world_send(&f->w, q, BUFFER + q, f->sent, 100, 4096, 0);
		world_tx_push(&f->w, q);
	}
	world_run(&f->w);
	assert_int_equal(f->w.nr_sends, CARD);
	assert_int_equal(f->w.nr_posts, 4);
	for (q = 0; q < 4; q++) {
		netif_expect_answers(f, q, 1, WIRE_RSP_OKAY);
		assert_int_equal(f->w.port[f->w.tx[q].port].notified,
				 rung[q] + (q % 2 == 0));
		/* Another queue is the first of each turn. */
		assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 100);
		seen |= 1u << f->got[14];
	}
	assert_int_equal(seen, 0xf);
	expect_nothing(f);
}

/* More slots than the call stores: all go, in order. */
static void test_many(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int nr = STAGE_SLOTS / 4;
	unsigned int i, more;

	for (more = 0; more < 2; more++) {
		f->w.nr_sends = 0;
		for (i = 0; i < nr + more; i++)
			from_guest(f, 0, i, 100, 25);
		world_run(&f->w);
		assert_int_equal(f->w.nr_sends, more ? 0 : CARD);
		for (i = 0; i < nr + more; i++)
			expect_sent(f, i, 100);
		netif_expect_answers(f, 0, 4 * (nr + more), WIRE_RSP_OKAY);
	}
	expect_nothing(f);
}

/* The call takes no more of either. */
static void test_room(void **state)
{
	static struct stage s;

	(void)state;
	stage_begin(&s);
	assert_true(stage_has_room(&s, STAGE_SLOTS, STAGE_POSTS));
	assert_false(stage_has_room(&s, STAGE_SLOTS + 1, 1));
	assert_false(stage_has_room(&s, 1, STAGE_POSTS + 1));
	s.nr_slots = STAGE_SLOTS - 1;
	s.nr_posts = STAGE_POSTS - 2;
	assert_true(stage_has_room(&s, 1, 2));
	assert_false(stage_has_room(&s, 2, 2));
	assert_false(stage_has_room(&s, 1, 3));
	stage_begin(&s);
	assert_true(stage_has_room(&s, STAGE_SLOTS, STAGE_POSTS));
}

/* What is refused is answered by the call, too, between what is sent. */
static void test_refused(void **state)
{
	static const struct wire_tx_req empty[] = {
		{ BUFFER, 0, WIRE_TX_MORE, 1, 100 }, { BUFFER, 0, 0, 1, 0 }
	};
	struct netif_fixture *f = *state;
	struct wire_tx_rsp rsp;
	unsigned int i;

	from_guest(f, 0, 0, 100, 4096);
	world_tx(&f->w, 0, &empty[0]);
	world_tx(&f->w, 0, &empty[1]);
	from_guest(f, 0, 2, 100, 4096);
	world_run(&f->w);
	assert_int_equal(f->w.nr_sends, CARD);
	for (i = 0; i < 4; i++) {
		assert_true(world_tx_answer(&f->w, 0, &rsp));
		assert_int_equal(rsp.status, i == 1 || i == 2 ? WIRE_RSP_ERROR
							      : WIRE_RSP_OKAY);
	}
	expect_sent(f, 0, 100);
	expect_sent(f, 2, 100);
	expect_nothing(f);
	assert_int_equal(stats(f)->verdict[NETIF_V_ZERO], 1);
	assert_int_equal(stats(f)->tx_frames, 2);
}

static struct wire_tx_req request;
static uint32_t index_of_card;

/* A daemon that is killed here leaves the requests to the next one, and the card
 * has nothing of them. */
static void look_at_slot(struct world *w)
{
	memcpy(&request,
	       (char *)w->tx[0].page + NETIF_RING_START +
		       w->tx[0].cons % NETIF_RING * sizeof(request),
	       sizeof(request));
	assert_int_equal(w->tx[0].page->rsp_prod, w->tx[0].cons);
	assert_int_equal(w->netif->slow.tx.ctrl->tx_prod, index_of_card);
}

static void test_requests_stay(void **state)
{
	struct netif_fixture *f = *state;

	index_of_card = f->w.netif->slow.tx.ctrl->tx_prod;
	f->w.while_copying = look_at_slot;
	from_guest(f, 0, 0, 100, 4096);
	world_run(&f->w);
	assert_int_equal(request.gref, BUFFER);
	f->w.while_copying = NULL;
	expect_sent(f, 0, 100);
	netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
}

/* Once looking on does not pay it sleeps there, and the card has the frame. */
static void take(struct world *w)
{
	struct netif_fixture *f = (void *)w;

	if (!w->nr_copy_waits)
		return;
	w->while_waiting = NULL;
	world_card(w);
	expect_sent(f, 7, 700);
	netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
}

static void test_sleeps(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int i;

	for (i = 0; i < 50 && !f->w.nr_copy_waits; i++) {
		from_guest(f, 0, 0, 100, 4096);
		world_run(&f->w);
		expect_sent(f, 0, 100);
		netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
	}
	assert_int_equal(f->w.nr_copy_waits, 1);
	assert_int_equal(f->w.nr_sends, i * CARD);
	f->w.nr_copy_waits = 0;
	f->w.while_waiting = take;
	for (i = 0; i < 50 && f->w.while_waiting; i++) {
		from_guest(f, 0, 7, 700, 4096);
		world_run(&f->w);
		if (!f->w.while_waiting)
			break;
		expect_sent(f, 7, 700);
		netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
	}
	assert_null(f->w.while_waiting);
	expect_nothing(f);
}

/* What the call cannot send is not left lying while svnicd sleeps in it. */
static void test_sends_before_it_sleeps(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int i;

	f->w.netif->card_finds = false;
	for (i = 0; i < 50; i++) {
		uint32_t len = world_tcp(f->sent, 4, 100, true);

		world_peer_send(&f->w, f->sent, len, NULL);
		len = world_tcp(f->sent, 4, 100, false);
		world_send(&f->w, 0, BUFFER, f->sent, len, 4096,
			   WIRE_TX_CSUM_BLANK);
		world_tx_push(&f->w, 0);
		world_card(&f->w);
		world_run(&f->w);
		netif_expect_sent(f, len);
		netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
		assert_true(world_receive(&f->w, 0, f->got, &(uint16_t) { 0 },
					  NULL) > 0);
	}
	assert_int_equal(f->w.nr_copy_waits, 0);
	assert_true(f->w.nr_posts > 40);
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, netif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(test_sent_by_the_call),
		ONE(test_sent_by_svnicd),
		ONE(test_not_rung),
		ONE(test_bad_grant),
		ONE(test_all_at_once),
		ONE(test_many),
		cmocka_unit_test(test_room),
		ONE(test_refused),
		ONE(test_requests_stay),
		ONE(test_sleeps),
		ONE(test_sends_before_it_sleeps),
		cmocka_unit_test_setup_teardown(test_queues, netif_begin_many,
						netif_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
