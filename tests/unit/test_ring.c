/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's side of a queue pair (ring.h) against a card that is a second
 * thread, one that is hostile, and the arithmetic that both share.  Run under
 * the thread sanitizer, this is the proof of the ordering functions.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <svnic/ring.h>

#define TX_ORDER 5u
#define RX_ORDER 5u
#define ENTRIES	 32u
#define FRAMES	 200000u

struct pair {
	void *area;
	struct svnic_txq tx;
	struct svnic_rxq rx;
};

static void pair_open(struct pair *p)
{
	size_t octets = svnic_area(TX_ORDER, RX_ORDER).pages * SVNIC_PAGE_SIZE;

	p->area = aligned_alloc(SVNIC_PAGE_SIZE, octets);
	assert_non_null(p->area);
	memset(p->area, 0, octets);
	svnic_queue_init(&p->tx, &p->rx, p->area, TX_ORDER, RX_ORDER);
}

static void pair_close(struct pair *p)
{
	free(p->area);
}

/*
 * The card: returns each tx descriptor, and answers it with one rx completion
 * whose hash is the descriptor's page, in the next rx buffer.
 */
static void *echo_card(void *arg)
{
	struct pair *p = arg;
	struct svnic_queue_ctrl *ctrl = p->tx.ctrl;
	struct svnic_tx_desc d;
	struct svnic_meta m;
	uint32_t tx = 0, rx = 0;

	while (tx < FRAMES) {
		/* Pairs with svnic_tx_publish() and svnic_rx_publish(). */
		if (svnic_observe32(&ctrl->tx_prod) == tx ||
		    svnic_observe32(&ctrl->rx_prod) == rx) {
			sched_yield();
			continue;
		}
		svnic_copy_in(&d, &p->tx.desc[tx % ENTRIES], sizeof(d));
		m = (struct svnic_meta) { .hash = d.seg.page, .segs = 1 };
		memcpy(&p->rx.meta[rx % ENTRIES], &m, sizeof(m));
		/* Pairs with svnic_tx_return() and svnic_rx_return(). */
		svnic_publish32(&ctrl->tx_cons, ++tx);
		svnic_publish32(&ctrl->rx_done, ++rx);
	}
	return NULL;
}

static void send_some(struct pair *p, uint32_t *sent)
{
	const struct svnic_seg buffer = { .page = 1, .len = 64 };

	while (*sent < FRAMES && svnic_tx_space(&p->tx) &&
	       svnic_rx_space(&p->rx)) {
		struct svnic_tx_desc d = { .seg = { .page = *sent,
						    .len = 64 } };

		svnic_rx_provide(&p->rx, &buffer);
		svnic_tx_provide(&p->tx, &d);
		(*sent)++;
	}
	svnic_rx_publish(&p->rx);
	svnic_tx_publish(&p->tx);
}

static void test_every_frame_comes_back_in_order(void **state)
{
	struct pair p;
	struct svnic_meta m;
	uint32_t sent = 0, got = 0;
	pthread_t card;
	int rc;

	(void)state;
	pair_open(&p);
	assert_int_equal(pthread_create(&card, NULL, echo_card, &p), 0);
	while (got < FRAMES) {
		send_some(&p, &sent);
		assert_true(svnic_tx_return(&p.tx) >= 0);
		while ((rc = svnic_rx_return(&p.rx, &m)) == 1)
			assert_int_equal(m.hash, got++);
		assert_int_equal(rc, 0);
		sched_yield();
	}
	pthread_join(card, NULL);
	pair_close(&p);
}

static void test_impossible_indices_are_refused(void **state)
{
	static const uint32_t bad[] = { 5, ENTRIES + 1, 0x80000000u,
					0xffffffffu };
	const struct svnic_tx_desc d = { .seg = { .len = 64 } };
	const struct svnic_seg buffer = { .len = 64 };
	struct svnic_meta m;
	struct pair p;

	(void)state;
	pair_open(&p);
	for (unsigned int i = 0; i < 4; i++) {
		svnic_tx_provide(&p.tx, &d);
		svnic_rx_provide(&p.rx, &buffer);
	}
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		p.tx.ctrl->tx_cons = bad[i];
		p.rx.ctrl->rx_done = bad[i];
		assert_int_equal(svnic_tx_return(&p.tx), -EPROTO);
		assert_int_equal(svnic_rx_return(&p.rx, &m), -EPROTO);
	}
	p.tx.ctrl->tx_cons = 4;
	assert_int_equal(svnic_tx_return(&p.tx), 4);
	pair_close(&p);
}

static void test_indices_wrap(void **state)
{
	const struct svnic_tx_desc d = { .seg = { .len = 64 } };
	struct pair p;

	(void)state;
	pair_open(&p);
	p.tx.next = p.tx.done = 0xfffffff0u;
	for (unsigned int i = 0; i < ENTRIES; i++)
		svnic_tx_provide(&p.tx, &d);
	assert_int_equal(svnic_tx_space(&p.tx), 0);
	p.tx.ctrl->tx_cons = 0x10;
	assert_int_equal(svnic_tx_return(&p.tx), ENTRIES);
	assert_int_equal(svnic_tx_space(&p.tx), ENTRIES);
	pair_close(&p);
}

static void test_armed_queue_wakes_once(void **state)
{
	const struct svnic_seg buffer = { .len = 64 };
	struct svnic_meta m;
	struct pair p;

	(void)state;
	pair_open(&p);
	svnic_rx_provide(&p.rx, &buffer);
	svnic_rx_provide(&p.rx, &buffer);
	assert_false(svnic_arm(&p.tx, &p.rx, ENTRIES));
	assert_true(svnic_ring_passes(p.rx.ctrl->rx_event, 1, 0));
	assert_false(svnic_ring_passes(p.rx.ctrl->rx_event, 2, 1));
	p.rx.ctrl->rx_done = 1;
	assert_true(svnic_arm(&p.tx, &p.rx, ENTRIES));
	assert_int_equal(svnic_rx_return(&p.rx, &m), 1);
	assert_false(svnic_arm(&p.tx, &p.rx, ENTRIES));
	svnic_disarm(&p.tx, &p.rx);
	assert_false(svnic_ring_passes(p.rx.ctrl->rx_event, 2, 1));
	assert_false(svnic_ring_passes(p.tx.ctrl->tx_event, ENTRIES, 0));
	pair_close(&p);
}

static void test_area_holds_its_rings(void **state)
{
	(void)state;
	for (unsigned int tx = SVNIC_MIN_ORDER; tx <= SVNIC_MAX_ORDER; tx++)
		for (unsigned int rx = SVNIC_MIN_ORDER; rx <= SVNIC_MAX_ORDER;
		     rx++) {
			struct svnic_area a = svnic_area(tx, rx);

			assert_true((a.rx_seg - a.tx_desc) * 4096 >= 32u << tx);
			assert_true((a.rx_meta - a.rx_seg) * 4096 >= 8u << rx);
			assert_true((a.pages - a.rx_meta) * 4096 >= 16u << rx);
		}
	assert_int_equal(svnic_area(9, 10).pages, 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_frame_comes_back_in_order),
		cmocka_unit_test(test_impossible_indices_are_refused),
		cmocka_unit_test(test_indices_wrap),
		cmocka_unit_test(test_armed_queue_wakes_once),
		cmocka_unit_test(test_area_holds_its_rings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
