/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a frontend may do to its rings and to its doorbell page (rules R01, R02,
 * R04, R08).
 */
#include <string.h>
#include <unistd.h>

#include "netif_fixture.h"

static void expect_fault(struct netif_fixture *f, const char *name)
{
	assert_int_equal(f->w.nr_faults, 1);
	assert_non_null(strstr(f->w.fault, name));
	assert_null(f->w.netif);
	assert_int_equal(f->w.nr_mapped, 0);
}

static void test_bad_index(void **state)
{
	struct netif_fixture *f = *state;
	static const uint32_t bad[] = { 257, 0xffffffffu, 0x80000000u,
					0x12345678u };
	unsigned int i;

	for (i = 0; i < 8; i++) {
		struct world_ring *r = i < 4 ? &f->w.tx[0] : &f->w.rx[0];

		r->page->req_prod += bad[i % 4];
		world_frame(f->sent, 60, true);
		world_peer_send(&f->w, f->sent, 60, NULL);
		world_ring(&f->w, 1);
		world_run(&f->w);
		expect_fault(f, "index");
		r->page->req_prod -= bad[i % 4];
		f->w.nr_faults = 0;
		assert_int_equal(world_connect(&f->w), 0);
		world_run(&f->w);
	}
}

static void test_crossing(void **state)
{
	struct netif_fixture *f = *state;
	const struct wire_tx_req req = { .gref = BUFFER,
					 .offset = 4000,
					 .size = 97 };

	world_tx(&f->w, 0, &req);
	world_tx_push(&f->w, 0);
	world_run(&f->w);
	expect_fault(f, "crossing");
}

static void test_unknown_extra(void **state)
{
	struct netif_fixture *f = *state;
	const struct wire_tx_req req = { .gref = BUFFER,
					 .size = 97,
					 .flags = WIRE_TX_EXTRA };
	const struct wire_extra extra = { .type = WIRE_EXTRA_XDP };

	world_tx(&f->w, 0, &req);
	world_tx_extra(&f->w, 0, &extra);
	world_tx_push(&f->w, 0);
	world_run(&f->w);
	expect_fault(f, "extra");
}

/* The guest goes on writing what it has published (rule R02). */
static void scribble(struct world *world)
{
	memset((char *)world->tx[0].page + NETIF_RING_START, 0xff,
	       NETIF_PAGE - NETIF_RING_START);
	memset((char *)world->rx[0].page + NETIF_RING_START, 0xff,
	       NETIF_PAGE - NETIF_RING_START);
	memset(world_page(world, BUFFER), 0xff, NETIF_PAGE);
}

static void test_scribble(void **state)
{
	struct netif_fixture *f = *state;
	struct wire_rx_rsp rsp;
	uint16_t flags;

	world_post(&f->w, 0, 10);
	world_frame(f->sent, 1000, false);
	world_send(&f->w, 0, BUFFER, f->sent, 1000, 4096, 0);
	f->w.while_copying = scribble;
	world_tx_push(&f->w, 0);
	world_run(&f->w);
	netif_expect_sent(f, 1000);
	netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
	world_run(&f->w);
	f->w.while_copying = NULL;
	world_post(&f->w, 0, 10);
	world_run(&f->w);
	(void)flags;
	while (world_rx_answer(&f->w, 0, &rsp))
		assert_true(rsp.status != 0);
	assert_int_equal(f->w.nr_faults, 0);
}

/* Of a response's slot no octet is left of before but its id (rule R04). */
static void test_zeroed(void **state)
{
	struct netif_fixture *f = *state;
	const char *slot = (const char *)f->w.tx[0].page + NETIF_RING_START;
	struct wire_tx_req req = { .gref = 0xdeadbeef,
				   .offset = 1,
				   .flags = 0xfff0,
				   .id = 0x7777,
				   .size = 100 };
	world_tx(&f->w, 0, &req);
	world_tx_push(&f->w, 0);
	world_run(&f->w);
	assert_memory_equal(slot + 4, "\xff\xff\1\x80\x77\x77\0\0", 8);
	assert_memory_equal(slot, "\x77\x77\xff\xff", 4);
}

/* The guest can write the doorbell's reset word of our queue. */
static void test_reset_by_guest(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_doorbell *bell =
		sim_link(0)->doorbell + SIM_BELLS + SVNIC_SLOW_QUEUE;
	unsigned int i;

	/* Far enough that our indices and the card's cannot meet again. */
	for (i = 0; i < 600; i++) {
		world_frame(f->sent, 60, false);
		world_send(&f->w, 0, BUFFER, f->sent, 60, 4096, 0);
		world_tx_push(&f->w, 0);
		world_run(&f->w);
		netif_expect_sent(f, 60);
	}
	bell->reset += 77;
	world_run(&f->w);
	world_frame(f->sent, 60, true);
	world_peer_send(&f->w, f->sent, 60, NULL);
	for (i = 0; i < 3; i++) {
		world_send(&f->w, 0, BUFFER, f->sent, 60, 4096, 0);
		world_tx_push(&f->w, 0);
		world_run(&f->w);
	}
	usleep(50000);
	world_run(&f->w);
	assert_true(netif_fixture_info(f)->card_restarts >= 1);
	while (world_peer_receive(&f->w, f->got, &(struct svnic_meta) { 0 }))
		;
	world_frame(f->sent, 60, false);
	world_send(&f->w, 0, BUFFER, f->sent, 60, 4096, 0);
	world_tx_push(&f->w, 0);
	world_run(&f->w);
	netif_expect_sent(f, 60);
	assert_int_equal(f->w.nr_faults, 0);
}

#define T(test, up) cmocka_unit_test_setup_teardown(test, up, netif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_bad_index, netif_begin),
		T(test_crossing, netif_begin),
		T(test_unknown_extra, netif_begin),
		T(test_scribble, netif_begin),
		T(test_zeroed, netif_begin),
		T(test_reset_by_guest, netif_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
