/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnicd ends at bad moments and another one goes on with the slow queue as it
 * stands: what comes to the guest, what goes to the card, and how often.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/netif_world.h"
#include "netif/priv.h"

#define BUFFER 300u /* grants that frames are sent from */

static struct world w;
static uint8_t sent[SVNIC_FRAME_MAX];
static uint8_t got[SVNIC_FRAME_MAX];

static int begin(void **state)
{
	(void)state;
	world_init(&w, 1, false);
	return world_connect(&w);
}

static int end(void **state)
{
	(void)state;
	world_fini(&w);
	return 0;
}

/* Frames differ by their length. */
static void to_guest(uint32_t len)
{
	world_frame(sent, len, true);
	world_peer_send(&w, sent, len, NULL);
}

static void expect(uint32_t len)
{
	uint16_t flags;

	assert_int_equal(world_receive(&w, 0, got, &flags, NULL), len);
	world_frame(sent, len, true);
	assert_memory_equal(got, sent, len);
}

static void expect_nothing(void)
{
	uint16_t flags;

	assert_int_equal(world_receive(&w, 0, got, &flags, NULL), 0);
}

static uint64_t dropped(void)
{
	return sim_vif_query(&w.host, w.vif.nr)
		->stats.rx_verdict[SVNIC_V_NO_BUFFER];
}

/* What comes while nobody looks is there afterwards, once, in order. */
static void test_frames_meanwhile(void **state)
{
	unsigned int i, j;

	(void)state;
	world_post(&w, 0, 200);
	for (i = 0; i < 20; i++) {
		to_guest(80 + i);
		world_run(&w);
		world_kill(&w);
		for (j = 0; j < 7; j++)
			to_guest(100 + j);
		to_guest(8900 + i);
		assert_int_equal(world_connect(&w), 0);
		world_run(&w);
		expect(80 + i);
		for (j = 0; j < 7; j++)
			expect(100 + j);
		expect(8900 + i);
		expect_nothing();
		world_post(&w, 0, 11);
	}
	assert_int_equal(dropped(), 0);
	assert_int_equal(w.netif->restarts, 0);
}

/* As many as there are buffers; the rest is the card's loss. */
static void test_more_than_fits(void **state)
{
	unsigned int i;

	(void)state;
	world_kill(&w);
	for (i = 0; i < NETIF_RX_PAGES + 10; i++) {
		to_guest(60 + i);
		/* Longer than a sender waits. */
		sim_sleep(3000000);
		sim_settle(w.core);
	}
	assert_int_equal(world_connect(&w), 0);
	world_post(&w, 0, 200);
	world_run(&w);
	for (i = 0; i < 200; i++)
		expect(60 + i);
	world_post(&w, 0, 200);
	world_run(&w);
	for (; i < NETIF_RX_PAGES; i++)
		expect(60 + i);
	expect_nothing();
	assert_int_equal(dropped(), 10);
	to_guest(100);
	world_run(&w);
	expect(100);
}

/* Frames that wait for slots of the guest were taken, but not passed on. */
static void test_held(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 5; i++)
		to_guest(60 + i);
	world_run(&w);
	/* Another frame's answer is what notes it all. */
	world_post(&w, 0, 2);
	world_run(&w);
	world_restart(&w);
	world_post(&w, 0, 50);
	world_run(&w);
	for (i = 0; i < 5; i++)
		expect(60 + i);
	expect_nothing();
}

/* It died after it gave a frame to the card, which had no time to look. */
static void test_under_way(void **state)
{
	struct svnic_meta meta;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		world_frame(sent, 5000, false);
		world_send(&w, 0, BUFFER, sent, 5000, 4096, 0);
		world_tx_push(&w, 0);
		world_turn(&w);
		assert_int_equal(w.tx[0].page->rsp_prod, 4 * i + 2);
		world_restart(&w);
		/* The next one shall not write over it. */
		world_frame(sent, 6000, false);
		world_send(&w, 0, BUFFER + 2, sent, 6000, 4096, 0);
		world_tx_push(&w, 0);
		world_turn(&w);
		world_run(&w);
		assert_int_equal(world_peer_receive(&w, got, &meta), 5000);
		world_frame(sent, 5000, false);
		assert_memory_equal(got, sent, 5000);
		assert_int_equal(world_peer_receive(&w, got, &meta), 6000);
		world_frame(sent, 6000, false);
		assert_memory_equal(got, sent, 6000);
		assert_int_equal(world_peer_receive(&w, got, &meta), 0);
	}
	assert_int_equal(w.netif->restarts, 0);
}

/* A large frame in two pieces, and one whose grant is none. */
static void send_four_slots(void)
{
	static const struct wire_extra gso = {
		.type = WIRE_EXTRA_GSO,
		.u.gso = { .size = 1000, .type = WIRE_GSO_TCPV4 },
	};
	uint32_t len = world_tcp(sent, 4, 6000, false);
	const struct wire_tx_req req[3] = {
		{ .gref = BUFFER,
		  .flags = WIRE_TX_CSUM_BLANK | WIRE_TX_EXTRA | WIRE_TX_MORE,
		  .id = 7,
		  .size = (uint16_t)len },
		{ .gref = BUFFER + 1, .id = 9, .size = (uint16_t)(len - 4096) },
		{ .gref = WORLD_PAGES, .id = 11, .size = 60 },
	};

	memcpy(world_page(&w, BUFFER), sent, 4096);
	memcpy(world_page(&w, BUFFER + 1), sent + 4096, len - 4096);
	world_tx(&w, 0, &req[0]);
	world_tx_extra(&w, 0, &gso);
	world_tx(&w, 0, &req[1]);
	world_tx(&w, 0, &req[2]);
	world_tx_push(&w, 0);
}

/*
 * It dies when it has begun to write answers, which lie over the requests: all
 * states between nothing of it and everything but the index.
 */
static void test_half_answered(void **state)
{
	static const struct wire_tx_rsp answers[4] = {
		{ .id = 7, .status = WIRE_RSP_OKAY },
		{ .id = 0, .status = WIRE_RSP_NULL },
		{ .id = 9, .status = WIRE_RSP_OKAY },
		{ .id = 11, .status = WIRE_RSP_ERROR },
	};
	static uint32_t before[NETIF_PAGE / 4], after[NETIF_PAGE / 4];
	uint32_t *page = (uint32_t *)(void *)w.tx[0].page;
	const unsigned int first = NETIF_RING_START / 4;
	struct svnic_meta meta;
	struct wire_tx_rsp rsp;
	unsigned int i, j;

	(void)state;
	for (i = 0; i <= 12; i++) {
		send_four_slots();
		memcpy(before, page, sizeof(before));
		world_turn(&w);
		assert_int_equal(w.tx[0].page->rsp_prod, 4 * i + 4);
		memcpy(after, page, sizeof(after));
		/* The mark comes first, then what is over the requests. */
		memcpy(page, before, sizeof(before));
		for (j = 0; j < i; j++)
			page[first + 12 * i + j] = after[first + 12 * i + j];
		if (i > 0)
			page[first + 12 * i + 1] = after[first + 12 * i + 1];
		if (i > 9)
			page[first + 12 * i + 10] = after[first + 12 * i + 10];
		world_restart(&w);
		world_run(&w);
		for (j = 0; j < 4; j++) {
			assert_true(world_tx_answer(&w, 0, &rsp));
			assert_int_equal(rsp.id, answers[j].id);
			assert_int_equal(rsp.status, answers[j].status);
		}
		for (j = 0; world_peer_receive(&w, got, &meta); j++)
			;
		assert_int_equal(j, i ? 1 : 2);
		assert_int_equal(w.nr_faults, 0);
	}
}

static sigjmp_buf before_kick;

static void die(int sig)
{
	(void)sig;
	siglongjmp(before_kick, 1);
}

static void *bells(void)
{
	return sim_link(0)->doorbell + SIM_BELLS;
}

static void may_not_kick(struct world *world)
{
	(void)world;
	assert_int_equal(mprotect(bells(), SVNIC_PAGE_SIZE, PROT_READ), 0);
}

/*
 * It dies when it has noted what it took and is about to tell the card: the
 * guest has the frames by then.
 */
static void test_noted(void **state)
{
	struct sigaction trap = { .sa_handler = die, .sa_flags = SA_NODEFER };
	struct sigaction old;
	volatile int died = 0;

	(void)state;
	world_post(&w, 0, 50);
	w.cannot_post = true;
	to_guest(60);
	to_guest(61);
	w.while_copying = may_not_kick;
	sigaction(SIGSEGV, &trap, &old);
	if (sigsetjmp(before_kick, 1) == 0)
		world_run(&w);
	else
		died = 1;
	sigaction(SIGSEGV, &old, NULL);
	mprotect(bells(), SVNIC_PAGE_SIZE, PROT_READ | PROT_WRITE);
	w.while_copying = NULL;
	assert_true(died);
	world_restart(&w);
	world_run(&w);
	expect(60);
	expect(61);
}

/* The guest restarts the queue while nobody looks: another one is started. */
static void test_reset_meanwhile(void **state)
{
	struct svnic_doorbell *bell =
		sim_link(0)->doorbell + SIM_BELLS + SVNIC_SLOW_QUEUE;

	(void)state;
	world_post(&w, 0, 50);
	to_guest(60);
	world_run(&w);
	expect(60);
	world_kill(&w);
	to_guest(61);
	bell->reset += 77;
	assert_int_equal(world_connect(&w), 0);
	world_run(&w);
	expect_nothing();
	to_guest(62);
	world_run(&w);
	expect(62);
	assert_int_equal(w.nr_faults, 0);
}

/* What it finds makes no sense: another layout, or impossible numbers. */
static void test_nonsense(void **state)
{
	unsigned int i;

	(void)state;
	world_post(&w, 0, 50);
	for (i = 0; i < 6; i++) {
		struct ownq *q = &w.netif->slow;
		struct svnic_queue_ctrl *c = q->rx.ctrl;

		if (i == 0)
			q->note->layout ^= 1;
		else if (i == 1)
			q->note->taken += 1;
		else if (i == 2)
			q->note->taken -= 1000;
		else if (i == 3)
			c->tx_cons = svnic_le32(1000);
		else if (i == 4)
			q->rx.seg[7].page = svnic_le32(3);
		else
			q->rx.seg[200].page = q->rx.seg[201].page;
		world_restart(&w);
		world_run(&w);
		to_guest(60 + i);
		world_run(&w);
		expect(60 + i);
		expect_nothing();
	}
	assert_int_equal(w.nr_faults, 0);
}

/* It finds nonsense, and there is no memory for another queue either. */
static void test_no_queue(void **state)
{
	struct svnic_txq *tx = &w.netif->slow.tx;

	(void)state;
	to_guest(60);
	world_frame(sent, 60, false);
	world_send(&w, 0, BUFFER, sent, 60, 4096, 0);
	world_tx_push(&w, 0);
	world_turn(&w);
	assert_int_equal(tx->next, 1);
	tx->desc[0].seg.page = svnic_le32(3);
	/* Makes the next one offer a buffer. */
	w.netif->slow.rx.seg[0].page = w.netif->slow.rx.seg[1].page;
	world_kill(&w);
	w.no_pages = true;
	assert_int_equal(world_connect(&w), -ENOMEM);
	world_ring(&w, 1);
	world_run(&w);
	assert_false(netif_is_started(w.netif));
}

/* A daemon that ends in good order leaves the queue as a killed one does. */
static void test_left(void **state)
{
	unsigned int i;

	(void)state;
	world_post(&w, 0, 200);
	for (i = 0; i < 10; i++) {
		to_guest(60 + i);
		world_run(&w);
		netif_leave(w.netif);
		w.netif = NULL;
		assert_int_equal(w.nr_mapped, 0);
		to_guest(100 + i);
		assert_int_equal(world_connect(&w), 0);
		world_run(&w);
		expect(60 + i);
		expect(100 + i);
		expect_nothing();
	}
	assert_int_equal(dropped(), 0);
}

/* A VIF whose netif was stopped in good order has nothing to go on with. */
static void test_stopped(void **state)
{
	(void)state;
	world_post(&w, 0, 50);
	netif_stop(w.netif, false);
	world_restart(&w);
	to_guest(60);
	world_run(&w);
	expect(60);
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(test_frames_meanwhile),
		ONE(test_more_than_fits),
		ONE(test_held),
		ONE(test_under_way),
		ONE(test_half_answered),
		ONE(test_noted),
		ONE(test_reset_meanwhile),
		ONE(test_nonsense),
		ONE(test_no_queue),
		ONE(test_left),
		ONE(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
