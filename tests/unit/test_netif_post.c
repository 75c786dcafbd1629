/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Responses that the call stores which copies: the guest is told by it, or by
 * svnicd where that cannot be; and the sleep in the same call.
 */
#include "netif_fixture.h"

#include <string.h>

#include <event2/event.h>

#include "netif/priv.h"
#include "netif/stage.h"

static int begin(void **state)
{
	struct netif_fixture *f;

	if (netif_begin_two(state))
		return -1;
	f = *state;
	world_post(&f->w, 0, 200);
	world_post(&f->w, 1, 200);
	world_run(&f->w);
	return 0;
}

static void to_guest(struct netif_fixture *f, unsigned int g, uint32_t len)
{
	world_frame(f->sent, len, true);
	if (g)
		memcpy(f->sent, world_other, 6);
	world_peer_send(&f->w, f->sent, len, NULL);
}

static void expect_received(struct netif_fixture *f, unsigned int g,
			    uint32_t len)
{
	uint16_t flags;

	assert_int_equal(world_receive(&f->w, g, f->got, &flags, NULL), len);
	world_frame(f->sent, len, true);
	assert_memory_equal(f->got + 6, f->sent + 6, len - 6);
}

static const struct netif_queue_stats *stats(struct netif_fixture *f)
{
	return &netif_fixture_info(f)->queue[0].stats;
}

/* A guest that asked is rung once for each turn, and that is counted. */
static void told(struct netif_fixture *f, bool by_the_call)
{
	struct world_port *port = &f->w.port[f->w.rx[0].port];
	uint64_t events = stats(f)->events_out;
	unsigned int rung = port->notified;
	unsigned int posts = f->w.nr_posts;
	unsigned int i;

	f->w.cannot_post = !by_the_call;
	for (i = 1; i <= 20; i++) {
		to_guest(f, 0, 100 + i);
		to_guest(f, 0, 5000 + i);
		world_run(&f->w);
		expect_received(f, 0, 100 + i);
		expect_received(f, 0, 5000 + i);
		f->w.rx[0].page->rsp_event = f->w.rx[0].cons + 1;
		assert_int_equal(port->notified, rung + i);
		assert_int_equal(stats(f)->events_out, events + i);
	}
	assert_int_equal(f->w.nr_posts - posts, by_the_call ? 20 : 0);
	assert_int_equal(stats(f)->rx_frames, 40);
	assert_int_equal(f->w.nr_faults, 0);
}

static void test_told_by_the_call(void **state)
{
	told(*state, true);
}

static void test_told_by_svnicd(void **state)
{
	told(*state, false);
}

/* Each has what it asked for: one looks itself. */
static void test_rings_one(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int rung[2];

	f->w.rx[1].page->rsp_event = f->w.rx[1].cons + 50;
	rung[0] = f->w.port[f->w.rx[0].port].notified;
	rung[1] = f->w.port[f->w.rx[1].port].notified;
	to_guest(f, 0, 100);
	to_guest(f, 1, 101);
	world_run(&f->w);
	assert_int_equal(f->w.nr_posts, 2);
	assert_int_equal(f->w.port[f->w.rx[0].port].notified, rung[0] + 1);
	assert_int_equal(f->w.port[f->w.rx[1].port].notified, rung[1]);
	expect_received(f, 0, 100);
	expect_received(f, 1, 101);
}

/* With two event channels for each queue it is the receiver's that rings. */
static void test_rings_for_rx(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int tx = 0, rx = 0;
	unsigned int q;

	for (q = 0; q < 4; q++) {
		world_post(&f->w, q, 10);
		f->w.rx[q].page->rsp_event = f->w.rx[q].cons + 1;
	}
	world_run(&f->w);
	for (q = 0; q < 4; q++) {
		tx -= f->w.port[f->w.tx[q].port].notified;
		rx -= f->w.port[f->w.rx[q].port].notified;
	}
	to_guest(f, 0, 100);
	world_run(&f->w);
	assert_int_equal(f->w.nr_posts, 1);
	for (q = 0; q < 4; q++) {
		tx += f->w.port[f->w.tx[q].port].notified;
		rx += f->w.port[f->w.rx[q].port].notified;
	}
	assert_int_equal(tx, 0);
	assert_int_equal(rx, 1);
}

/* One piece cannot be copied: no ring moves before svnicd has said which. */
static void test_bad_grant(void **state)
{
	struct netif_fixture *f = *state;
	struct wire_rx_rsp rsp;

	f->w.revoked[world_rx_gref(0, f->w.rx[0].cons)] = true;
	to_guest(f, 0, 100);
	to_guest(f, 1, 101);
	to_guest(f, 0, 102);
	world_run(&f->w);
	assert_int_equal(f->w.nr_posts, 0);
	assert_true(world_rx_answer(&f->w, 0, &rsp));
	assert_int_equal(rsp.status, WIRE_RSP_ERROR);
	expect_received(f, 0, 102);
	expect_received(f, 1, 101);
	assert_int_equal(stats(f)->verdict[NETIF_V_RX_GRANT], 1);
	to_guest(f, 0, 103);
	world_run(&f->w);
	expect_received(f, 0, 103);
	assert_int_equal(f->w.nr_posts, 1);
	assert_int_equal(f->w.nr_faults, 0);
}

/* Too many for the call: all come, in order. */
static void test_many(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int i;

	for (i = 0; i < STAGE_SLOTS / 2 + 1; i++)
		to_guest(f, 0, 5000 + i);
	world_run(&f->w);
	assert_int_equal(f->w.nr_posts, 0);
	for (i = 0; i < STAGE_SLOTS / 2 + 1; i++)
		expect_received(f, 0, 5000 + i);
	world_post(&f->w, 0, 80);
	for (i = 0; i < STAGE_SLOTS / 2; i++)
		to_guest(f, 0, 5000 + i);
	world_run(&f->w);
	assert_int_equal(f->w.nr_posts, 1);
	for (i = 0; i < STAGE_SLOTS / 2; i++)
		expect_received(f, 0, 5000 + i);
}

static struct wire_rx_req request;

/* A daemon that is killed here leaves the requests to the next one. */
static void look_at_slot(struct world *w)
{
	memcpy(&request,
	       (char *)w->rx[0].page + NETIF_RING_START +
		       w->rx[0].cons % NETIF_RING * sizeof(request),
	       sizeof(request));
	assert_int_equal(w->rx[0].page->rsp_prod, w->rx[0].cons);
}

static void test_requests_stay(void **state)
{
	struct netif_fixture *f = *state;

	f->w.while_copying = look_at_slot;
	to_guest(f, 0, 100);
	world_run(&f->w);
	assert_int_equal(request.gref, world_rx_gref(0, f->w.rx[0].cons));
	f->w.while_copying = NULL;
	expect_received(f, 0, 100);
}

/* Sleeping ------------------------------------------------------------------ */

static void deliver(struct netif_fixture *f, uint32_t len)
{
	world_run(&f->w);
	f->w.rx[0].page->rsp_event = f->w.rx[0].cons + 1;
	to_guest(f, 0, len);
	world_card(&f->w);
	event_base_loop(f->w.base, EVLOOP_NONBLOCK);
}

/* Once looking on does not pay. */
static void sleep_at_once(struct netif_fixture *f)
{
	unsigned int i, waits = f->w.nr_copy_waits;

	for (i = 0; i < 50 && f->w.nr_copy_waits == waits; i++) {
		deliver(f, 100 + i);
		expect_received(f, 0, 100 + i);
	}
	assert_int_equal(f->w.nr_copy_waits, waits + 1);
}

/* The guest has its frame and its event before svnicd sleeps; what comes then
 * is served. */
static void answer(struct world *w)
{
	struct netif_fixture *f = (void *)w;

	if (w->nr_copy_waits == 0 || w->nr_calls == 0)
		return;
	w->while_waiting = NULL;
	expect_received(f, 0, 700);
	world_frame(f->sent, 102, false);
	world_send(w, 0, BUFFER, f->sent, 102, 4096, 0);
	world_tx_push(w, 0);
	assert_true(w->port[w->tx[0].port].masked ||
		    w->port[w->tx[0].port].pending);
}

static void test_sleeps(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta meta;

	sleep_at_once(f);
	world_run(&f->w);
	f->w.nr_copy_waits = 0;
	f->w.nr_calls = 0;
	f->w.while_waiting = answer;
	deliver(f, 700);
	assert_null(f->w.while_waiting);
	assert_int_equal(f->w.nr_copy_waits, 1);
	world_run(&f->w);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 102);
	netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
	/* All its buffers are the card's again. */
	sleep_at_once(f);
}

/* Its VIF goes while svnicd sleeps there; so do the card's buffers. */
static void go_away(struct world *w)
{
	if (!w->nr_copy_waits || !w->netif)
		return;
	netif_destroy(w->netif);
	w->netif = NULL;
}

static void test_ends_asleep(void **state)
{
	struct netif_fixture *f = *state;

	sleep_at_once(f);
	f->w.nr_copy_waits = 0;
	f->w.while_waiting = go_away;
	deliver(f, 700);
	assert_null(f->w.netif);
	expect_received(f, 0, 700);
	to_guest(f, 1, 101);
	world_run(&f->w);
	expect_received(f, 1, 101);
}

/* The card goes and comes while svnicd sleeps there. */
static void restart(struct world *w)
{
	if (!w->nr_copy_waits)
		return;
	w->while_waiting = NULL;
	netif_stop(w->netif, false);
	assert_int_equal(netif_start(w->netif), 0);
}

static void test_card_restarts(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int i;

	sleep_at_once(f);
	f->w.nr_copy_waits = 0;
	f->w.while_waiting = restart;
	deliver(f, 700);
	assert_null(f->w.while_waiting);
	expect_received(f, 0, 700);
	/* No buffer was given to the card twice, and none is missing. */
	for (i = 0; i < 3 * NETIF_RX_PAGES; i++) {
		world_post(&f->w, 0, 1);
		to_guest(f, 0, 100 + i % 900);
		world_run(&f->w);
		expect_received(f, 0, 100 + i % 900);
	}
	assert_int_equal(f->w.nr_faults, 0);
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, netif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(test_told_by_the_call),
		ONE(test_told_by_svnicd),
		ONE(test_rings_one),
		cmocka_unit_test_setup_teardown(test_rings_for_rx,
						netif_begin_many, netif_end),
		ONE(test_bad_grant),
		ONE(test_many),
		ONE(test_requests_stay),
		ONE(test_sleeps),
		ONE(test_ends_asleep),
		ONE(test_card_restarts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
