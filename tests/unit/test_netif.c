/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A netif path as a whole: many laps of its rings, its ports (rule R20), its
 * queues, and how it is connected, stopped and taken over.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "netif_fixture.h"
#include "netif/headers.h"

static void test_laps(void **state)
{
	struct netif_fixture *f = *state;
	uint16_t flags;
	unsigned int i;

	world_post(&f->w, 0, 256);
	for (i = 0; i < 2000; i++) {
		uint32_t len = 60 + i % 1400;

		world_frame(f->sent, len, false);
		world_send(&f->w, 0, BUFFER + i % 250, f->sent, len, 1000, 0);
		world_tx_push(&f->w, 0);
		world_run(&f->w);
		netif_expect_sent(f, len);
		netif_expect_answers(f, 0, len > 1000 ? 2 : 1, WIRE_RSP_OKAY);
		world_frame(f->sent, len, true);
		world_peer_send(&f->w, f->sent, len, NULL);
		world_run(&f->w);
		assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL),
				 len);
		assert_memory_equal(f->got, f->sent, len);
		world_post(&f->w, 0, 1);
	}
	assert_int_equal(f->w.nr_faults, 0);
}

static void test_idle_rings(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int i;

	world_run(&f->w);
	for (i = 0; i < 8; i++) {
		world_ring(&f->w, 1);
		world_run(&f->w);
	}
	assert_true(f->w.port[1].masked);
	assert_true(f->w.port[1].unmasked >= 2);
	assert_true(netif_fixture_info(f)->queue[0].stats.spurious >= 3);
	world_frame(f->sent, 60, false);
	world_send(&f->w, 0, BUFFER, f->sent, 60, 4096, 0);
	world_tx_push(&f->w, 0);
	for (i = 0; i < 50 && f->w.tx[0].page->rsp_prod == 0; i++) {
		usleep(20000);
		world_run(&f->w);
	}
	netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
}

static void test_queues(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int seen[4] = { 0 };
	unsigned int i, q;
	uint16_t flags;
	uint32_t len;

	for (q = 0; q < 4; q++) {
		world_post(&f->w, q, 60);
		world_frame(f->sent, 200 + q, false);
		world_send(&f->w, q, BUFFER + q, f->sent, 200 + q, 4096, 0);
		world_tx_push(&f->w, q);
		world_run(&f->w);
		netif_expect_sent(f, 200 + q);
		netif_expect_answers(f, q, 1, WIRE_RSP_OKAY);
		assert_int_equal(f->w.port[2 * q + 1].notified, 1);
		assert_int_equal(f->w.port[2 * q + 2].notified, 0);
	}
	for (i = 0; i < 128; i++) {
		len = world_tcp(f->sent, 4, 10, true);
		headers_put16(f->sent + 34, (uint16_t)(i / 2));
		world_peer_send(&f->w, f->sent, len, NULL);
	}
	world_run(&f->w);
	for (q = 0; q < 4; q++) {
		int last = -1;

		while (world_receive(&f->w, q, f->got, &flags, NULL)) {
			seen[q]++;
			/* A flow stays in its queue and in order. */
			assert_true(svnic_headers_be16(f->got + 34) >= last);
			last = svnic_headers_be16(f->got + 34);
		}
		assert_true(seen[q] % 2 == 0 && seen[q] > 4);
	}
	assert_int_equal(seen[0] + seen[1] + seen[2] + seen[3], 128);
}

/* A queue without slots keeps at most half of the buffers. */
static void test_queue_stalls(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int stalled = 4;
	unsigned int i, q;
	uint16_t flags;
	uint32_t len;

	for (i = 0; i < 600; i++) {
		len = world_tcp(f->sent, 4, 10, true);
		world_peer_send(&f->w, f->sent, len, NULL);
		world_run(&f->w);
	}
	for (q = 0; q < 4; q++)
		if (netif_fixture_info(f)->queue[q].rx_held)
			stalled = q;
	assert_int_equal(netif_fixture_info(f)->queue[stalled].rx_held, 128);
	assert_true(netif_fixture_info(f)
			    ->queue[stalled]
			    .stats.verdict[NETIF_V_RX_FULL] > 400);
	for (q = 0; q < 4; q++)
		world_post(&f->w, q, q == stalled ? 0 : 60);
	for (i = 0; i < 40; i++) {
		len = world_tcp(f->sent, 4, 10, true);
		headers_put16(f->sent + 34, (uint16_t)i);
		world_peer_send(&f->w, f->sent, len, NULL);
	}
	world_run(&f->w);
	for (q = 0, i = 0; q < 4; q++)
		while (q != stalled &&
		       world_receive(&f->w, q, f->got, &flags, NULL))
			i++;
	assert_true(i > 10);
}

static void test_create_fails(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int i;
	int err = -1;

	netif_destroy(f->w.netif);
	f->w.netif = NULL;
	for (i = 1; err; i++) {
		f->w.bind_fails = (int)i;
		err = world_connect(&f->w);
		assert_true(err == 0 || (f->w.nr_mapped == 0 && f->w.fault[0]));
	}
	assert_int_equal(i, 10);
	f->w.bind_fails = 0;
	netif_destroy(f->w.netif);
	f->w.netif = NULL;
	for (i = 1, err = -1; err; i++) {
		f->w.map_fails = (int)i;
		err = world_connect(&f->w);
		assert_true(err == 0 || f->w.nr_mapped == 0);
	}
	f->w.map_fails = 0;
	netif_destroy(f->w.netif);
	f->w.netif = NULL;
	f->w.revoked[f->w.rx[2].gref] = true;
	assert_int_equal(world_connect(&f->w), -EINVAL);
	assert_non_null(strstr(f->w.fault, "rx-ring-ref of queue 2"));
}

/* While there is no card requests stay in the rings. */
static void test_stop_and_start(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		netif_stop(f->w.netif, false);
		netif_stop(f->w.netif, false);
		assert_false(netif_is_started(f->w.netif));
		world_frame(f->sent, 100 + i, false);
		world_send(&f->w, 0, BUFFER, f->sent, 100 + i, 4096, 0);
		world_tx_push(&f->w, 0);
		world_run(&f->w);
		assert_int_equal(f->w.tx[0].page->rsp_prod, i);
		assert_int_equal(netif_start(f->w.netif), 0);
		assert_int_equal(netif_start(f->w.netif), 0);
		world_run(&f->w);
		netif_expect_sent(f, 100 + i);
		netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
	}
}

/* The next daemon finds the same rings, and answers what had no answer. */
static void test_restart(void **state)
{
	struct netif_fixture *f = *state;
	uint16_t flags;
	unsigned int i;

	world_post(&f->w, 0, 100);
	for (i = 0; i < 5; i++) {
		world_frame(f->sent, 100 + i, false);
		world_send(&f->w, 0, BUFFER + i, f->sent, 100 + i, 4096, 0);
		world_tx_push(&f->w, 0);
		if (i % 2)
			world_run(&f->w);
		world_restart(&f->w);
		world_run(&f->w);
		netif_expect_sent(f, 100 + i);
		netif_expect_answers(f, 0, 1, WIRE_RSP_OKAY);
		world_frame(f->sent, 2000, true);
		world_peer_send(&f->w, f->sent, 2000, NULL);
		world_run(&f->w);
		assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL),
				 2000);
		assert_memory_equal(f->got, f->sent, 2000);
	}
	/* The one before may have died before it rang. */
	i = f->w.port[f->w.rx[0].port].notified;
	world_restart(&f->w);
	world_run(&f->w);
	assert_true(f->w.port[f->w.rx[0].port].notified > i);
}

#define T(test, up) cmocka_unit_test_setup_teardown(test, up, netif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_laps, netif_begin),
		T(test_idle_rings, netif_begin),
		T(test_queues, netif_begin_many),
		T(test_queue_stalls, netif_begin_many),
		T(test_create_fails, netif_begin_many),
		T(test_stop_and_start, netif_begin),
		T(test_restart, netif_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
