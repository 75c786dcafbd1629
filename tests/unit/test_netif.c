/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames through the netif path and the real core, octet by octet, and what a
 * frontend may do to its rings (rules R01, R02, R04, R06 to R08, R21, R26).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/netif_world.h"
#include "netif/headers.h"

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

static int begin_many(void **state)
{
	(void)state;
	world_init(&w, 4, true);
	return world_connect(&w);
}

static int end(void **state)
{
	(void)state;
	world_fini(&w);
	return 0;
}

static const struct netif_info *info(void)
{
	static struct netif_info i;

	netif_info(w.netif, &i);
	return &i;
}

static void expect_answers(unsigned int q, unsigned int nr, int status)
{
	struct wire_tx_rsp rsp;
	uint32_t cons = w.tx[q].cons;

	for (; nr; nr--, cons++) {
		assert_true(world_tx_answer(&w, q, &rsp));
		assert_int_equal(rsp.id, cons % NETIF_RING);
		assert_int_equal(rsp.status, status);
	}
}

static void expect_sent(uint32_t len)
{
	struct svnic_meta meta;

	assert_int_equal(world_peer_receive(&w, got, &meta), len);
	assert_memory_equal(got, sent, len);
}

/* Octets from guest to card and back -------------------------------------- */

static void test_tx(void **state)
{
	static const uint32_t lens[] = { 14, 60, 1514, 4096, 9014 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		uint32_t slots = (lens[i] + 4095) / 4096;

		world_frame(sent, lens[i], false);
		world_send(&w, 0, BUFFER, sent, lens[i], 4096, 0);
		world_tx_push(&w, 0);
		world_run(&w);
		expect_sent(lens[i]);
		expect_answers(0, slots, WIRE_RSP_OKAY);
		assert_int_equal(w.port[1].notified, i + 1);
	}
	assert_int_equal(info()->queue[0].stats.tx_frames, 5);
	assert_false(w.port[1].masked);
}

/* Headers cut at every octet, in up to 18 slots (rules R06, R07). */
static void test_tx_pieces(void **state)
{
	uint32_t len = 18;
	uint32_t piece;

	(void)state;
	for (piece = 1; piece <= 60; piece++) {
		world_frame(sent, len, false);
		world_send(&w, 0, BUFFER, sent, len, piece, 0);
		world_tx_push(&w, 0);
		world_run(&w);
		expect_sent(len);
		expect_answers(0, (len + piece - 1) / piece, WIRE_RSP_OKAY);
		if (piece > 2)
			len = 18 * piece;
	}
}

/* Seventeen slots of an octet, and all the rest in the last. */
static void test_tx_ragged(void **state)
{
	struct wire_tx_req req = { .size = 17 + 1497 };
	unsigned int i;

	(void)state;
	world_frame(sent, 1514, false);
	for (i = 0; i < 18; i++) {
		uint16_t n = i < 17 ? 1 : 1497;

		memcpy(world_page(&w, BUFFER + i) + 7, sent + i, n);
		req.gref = BUFFER + i;
		req.offset = 7;
		req.id = (uint16_t)i;
		req.flags = i < 17 ? WIRE_TX_MORE : 0;
		if (i > 0)
			req.size = n;
		world_tx(&w, 0, &req);
	}
	world_tx_push(&w, 0);
	world_run(&w);
	expect_sent(1514);
	expect_answers(0, 18, WIRE_RSP_OKAY);
}

static void send_gso(unsigned int q, unsigned int ip, uint16_t size,
		     uint16_t flags, uint32_t len)
{
	const struct wire_extra gso = {
		.type = WIRE_EXTRA_GSO,
		.u.gso = { .size = size,
			   .type = ip == 4 ? WIRE_GSO_TCPV4 : WIRE_GSO_TCPV6 },
	};
	struct wire_tx_req req = { .flags = 0 };
	uint32_t at, n;

	for (at = 0; at < len; at += n) {
		n = len - at < NETIF_PAGE ? len - at : NETIF_PAGE;
		req.gref = BUFFER + at / NETIF_PAGE;
		memcpy(world_page(&w, req.gref), sent + at, n);
		req.size = (uint16_t)(at ? n : len);
		req.flags = at ? 0 : (uint16_t)(flags | WIRE_TX_EXTRA);
		if (at + n < len)
			req.flags |= WIRE_TX_MORE;
		world_tx(&w, q, &req);
		if (at == 0)
			world_tx_extra(&w, q, &gso);
	}
	world_tx_push(&w, q);
	world_run(&w);
}

static void test_tx_gso(void **state)
{
	static const unsigned int ips[] = { 4, 6 };
	struct wire_tx_rsp rsp;
	struct svnic_meta meta;
	unsigned int i, n;
	uint32_t len;

	(void)state;
	for (i = 0; i < 2; i++) {
		len = world_tcp(sent, ips[i], ips[i] == 4 ? 65400 : 1460,
				false);
		send_gso(0, ips[i], 1448, WIRE_TX_CSUM_BLANK, len);
		assert_int_equal(world_peer_receive(&w, got, &meta), len);
		assert_memory_equal(got, sent, len);
		assert_int_equal(svnic_cpu16(meta.gso_size), 1448);
		assert_int_equal(svnic_cpu16(meta.csum_start),
				 ips[i] == 4 ? 34 : 54);
		assert_int_equal(meta.csum_offset, 16);
		assert_true(svnic_cpu16(meta.flags) &
			    (i ? SVNIC_META_GSO_TCPV6 : SVNIC_META_GSO_TCPV4));
		for (n = 0; world_tx_answer(&w, 0, &rsp); n++)
			assert_int_equal(rsp.status, n == 1 ? WIRE_RSP_NULL
							    : WIRE_RSP_OKAY);
		assert_int_equal(n, 1 + (len + 4095) / 4096);
	}
}

/* Marked as complete: the sum of the pseudo-header is put in (rule R10). */
static void test_tx_gso_complete(void **state)
{
	struct svnic_meta meta;
	uint32_t len = world_tcp(sent, 4, 4000, false);
	uint16_t sum = headers_be16(sent + 50);

	(void)state;
	headers_put16(sent + 50, 0xabcd);
	send_gso(0, 4, 1448, WIRE_TX_CSUM_GOOD, len);
	assert_int_equal(world_peer_receive(&w, got, &meta), len);
	assert_int_equal(headers_be16(got + 50), sum);
	assert_int_equal(info()->queue[0].stats.fixups, 1);
}

static void test_tx_bad_offload(void **state)
{
	uint32_t len = world_tcp(sent, 4, 100, false);

	(void)state;
	sent[23] = 1; /* ICMP has no sum that a card could fill in */
	world_send(&w, 0, BUFFER, sent, len, 4096, WIRE_TX_CSUM_BLANK);
	sent[23] = HEADERS_TCP;
	headers_put16(sent + 20, 0x2000); /* a fragment */
	world_send(&w, 0, BUFFER + 1, sent, len, 4096, WIRE_TX_CSUM_BLANK);
	world_tx_push(&w, 0);
	world_run(&w);
	expect_answers(0, 2, WIRE_RSP_ERROR);
	assert_int_equal(info()->queue[0].stats.verdict[NETIF_V_OFFLOAD], 2);
	assert_int_equal(w.nr_faults, 0);
}

static void test_rx(void **state)
{
	static const uint32_t lens[] = { 14, 60, 1514, 4096, 4097, 9014 };
	uint16_t flags;
	unsigned int i;

	(void)state;
	world_post(&w, 0, 200);
	for (i = 0; i < 6; i++) {
		world_frame(sent, lens[i], true);
		world_peer_send(&w, sent, lens[i], NULL);
		world_run(&w);
		assert_int_equal(world_receive(&w, 0, got, &flags, NULL),
				 lens[i]);
		assert_memory_equal(got, sent, lens[i]);
		assert_int_equal(w.port[1].notified, i + 1);
	}
	assert_int_equal(info()->queue[0].stats.rx_frames, 6);
}

static struct svnic_meta tcp_meta(unsigned int ip, uint16_t gso)
{
	struct svnic_meta m = {
		.flags = svnic_le16(SVNIC_META_CSUM_BLANK),
		.csum_start = svnic_le16(ip == 4 ? 34 : 54),
		.csum_offset = 16,
		.gso_size = svnic_le16(gso),
	};

	if (gso)
		m.flags |= svnic_le16(ip == 4 ? SVNIC_META_GSO_TCPV4
					      : SVNIC_META_GSO_TCPV6);
	return m;
}

static void test_rx_gso(void **state)
{
	struct svnic_meta m = tcp_meta(4, 1448);
	uint32_t len = world_tcp(sent, 4, 65400, true);
	struct wire_extra extra[WIRE_EXTRA_NR] = { 0 };
	uint16_t flags;

	(void)state;
	world_post(&w, 0, 100);
	world_peer_send(&w, sent, len, &m);
	world_run(&w);
	assert_int_equal(world_receive(&w, 0, got, &flags, extra), len);
	assert_memory_equal(got, sent, len);
	assert_int_equal(flags & (WIRE_RX_CSUM_BLANK | WIRE_RX_CSUM_GOOD),
			 WIRE_RX_CSUM_BLANK | WIRE_RX_CSUM_GOOD);
	assert_int_equal(extra[WIRE_EXTRA_GSO].u.gso.size, 1448);
	assert_int_equal(extra[WIRE_EXTRA_GSO].u.gso.type, WIRE_GSO_TCPV4);
}

/* A sum over @len octets and the pseudo-header: 0xffff when it is right. */
static uint16_t sum_of(uint8_t *frame, uint32_t len)
{
	struct headers h;
	uint32_t sum = 0;
	uint16_t field;
	uint32_t i;

	assert_true(headers_find(frame, len, &h));
	field = headers_be16(frame + h.l4 + 16);
	headers_pseudo(frame, &h, len - h.l4);
	sum = headers_be16(frame + h.l4 + 16);
	headers_put16(frame + h.l4 + 16, field);
	for (i = h.l4; i < len; i++)
		sum += (uint32_t)frame[i] << (i % 2 == h.l4 % 2 ? 8 : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* A driver without any feature gets segments with all sums. */
static void test_rx_plain_guest(void **state)
{
	static const unsigned int ips[] = { 4, 6 };
	uint32_t l4, len, done;
	struct svnic_meta m;
	uint16_t flags;
	unsigned int i, n;
	uint32_t size;

	(void)state;
	w.config.sg = w.config.gso4 = w.config.gso6 = w.config.csum6 = false;
	w.config.no_csum4 = true;
	netif_destroy(w.netif);
	assert_int_equal(world_connect(&w), 0);
	world_post(&w, 0, 200);
	for (i = 0; i < 2; i++) {
		m = tcp_meta(ips[i], 1400);
		l4 = ips[i] == 4 ? 34 : 54;
		len = world_tcp(sent, ips[i], 10000, true);
		world_peer_send(&w, sent, len, &m);
		world_run(&w);
		done = 0;
		for (n = 0; (size = world_receive(&w, 0, got, &flags, NULL));
		     n++) {
			assert_int_equal(flags, WIRE_RX_CSUM_GOOD);
			assert_int_equal(sum_of(got, size), 0xffff);
			assert_int_equal(headers_be32(got + l4 + 4),
					 0x11223344 + done);
			assert_int_equal(got[l4 + 13], n == 7 ? 0x19 : 0x10);
			assert_memory_equal(got + l4 + 20,
					    sent + l4 + 20 + done,
					    size - l4 - 20);
			done += size - l4 - 20;
		}
		assert_int_equal(n, 8);
		assert_int_equal(done, 10000);
	}
	/* Too large for one slot, and nothing that may be cut. */
	world_frame(sent, 5000, true);
	world_peer_send(&w, sent, 5000, NULL);
	world_run(&w);
	assert_int_equal(world_receive(&w, 0, got, &flags, NULL), 0);
	assert_int_equal(info()->queue[0].stats.verdict[NETIF_V_RX_LARGE], 1);
}

static void test_headroom(void **state)
{
	struct wire_extra extra[WIRE_EXTRA_NR] = { 0 };
	uint16_t flags;

	(void)state;
	w.config.xdp_headroom = 256;
	netif_destroy(w.netif);
	assert_int_equal(world_connect(&w), 0);
	world_post(&w, 0, 20);
	world_frame(sent, 9014, true);
	world_peer_send(&w, sent, 9014, NULL);
	world_run(&w);
	assert_int_equal(world_receive(&w, 0, got, &flags, extra), 9014);
	assert_memory_equal(got, sent, 9014);
	assert_int_equal(extra[WIRE_EXTRA_XDP].u.xdp.headroom, 256);
}

/* Full rings, many laps ------------------------------------------------------ */

static void test_laps(void **state)
{
	uint16_t flags;
	unsigned int i;

	(void)state;
	world_post(&w, 0, 256);
	for (i = 0; i < 2000; i++) {
		uint32_t len = 60 + i % 1400;

		world_frame(sent, len, false);
		world_send(&w, 0, BUFFER + i % 250, sent, len, 1000, 0);
		world_tx_push(&w, 0);
		world_run(&w);
		expect_sent(len);
		expect_answers(0, len > 1000 ? 2 : 1, WIRE_RSP_OKAY);
		world_frame(sent, len, true);
		world_peer_send(&w, sent, len, NULL);
		world_run(&w);
		assert_int_equal(world_receive(&w, 0, got, &flags, NULL), len);
		assert_memory_equal(got, sent, len);
		world_post(&w, 0, 1);
	}
	assert_int_equal(w.nr_faults, 0);
}

/* 256 requests at once: one call copies many. */
static void test_full_ring(void **state)
{
	struct svnic_meta meta;
	unsigned int calls;
	unsigned int i;

	(void)state;
	for (i = 0; i < 256; i++) {
		world_frame(sent, 100, false);
		sent[14] = (uint8_t)i;
		world_send(&w, 0, BUFFER + i % 256, sent, 100, 4096, 0);
	}
	calls = w.nr_calls;
	world_tx_push(&w, 0);
	world_run(&w);
	assert_true(w.nr_calls - calls <= 2);
	expect_answers(0, 256, WIRE_RSP_OKAY);
	for (i = 0; i < 64; i++) {
		assert_int_equal(world_peer_receive(&w, got, &meta), 100);
		assert_int_equal(got[14], i);
	}
}

/* No rx slots: the card's buffers are the bound, and then it drops. */
static void test_no_rx_slots(void **state)
{
	uint16_t flags;
	unsigned int i;

	(void)state;
	for (i = 0; i < 400; i++) {
		world_frame(sent, 60, true);
		headers_put16(sent + 20, (uint16_t)i);
		world_peer_send(&w, sent, 60, NULL);
		world_run(&w);
	}
	assert_int_equal(info()->queue[0].rx_held, 256);
	world_post(&w, 0, 1);
	world_run(&w);
	assert_int_equal(info()->queue[0].rx_held, 255);
	for (i = 0; i < 256; i++) {
		if (i > 0)
			world_post(&w, 0, 1);
		world_run(&w);
		assert_int_equal(world_receive(&w, 0, got, &flags, NULL), 60);
		assert_int_equal(headers_be16(got + 20), i);
	}
	assert_int_equal(w.nr_faults, 0);
}

/* One slot at a time for a frame that needs three (rule R21). */
static void test_few_rx_slots(void **state)
{
	uint16_t flags;

	(void)state;
	world_frame(sent, 9014, true);
	world_peer_send(&w, sent, 9014, NULL);
	world_run(&w);
	world_post(&w, 0, 1);
	world_run(&w);
	world_post(&w, 0, 1);
	world_run(&w);
	assert_int_equal(world_receive(&w, 0, got, &flags, NULL), 0);
	assert_int_equal(w.rx[0].page->req_event, 3);
	world_post(&w, 0, 1);
	world_run(&w);
	assert_int_equal(world_receive(&w, 0, got, &flags, NULL), 9014);
}

/* Faults ---------------------------------------------------------------------- */

static void expect_fault(const char *name)
{
	assert_int_equal(w.nr_faults, 1);
	assert_non_null(strstr(w.fault, name));
	assert_null(w.netif);
	assert_int_equal(w.nr_mapped, 0);
}

static void test_bad_index(void **state)
{
	static const uint32_t bad[] = { 257, 0xffffffffu, 0x80000000u,
					0x12345678u };
	unsigned int i;

	(void)state;
	for (i = 0; i < 8; i++) {
		struct world_ring *r = i < 4 ? &w.tx[0] : &w.rx[0];

		r->page->req_prod += bad[i % 4];
		world_frame(sent, 60, true);
		world_peer_send(&w, sent, 60, NULL);
		world_ring(&w, 1);
		world_run(&w);
		expect_fault("index");
		r->page->req_prod -= bad[i % 4];
		w.nr_faults = 0;
		assert_int_equal(world_connect(&w), 0);
		world_run(&w);
	}
}

static void test_crossing(void **state)
{
	const struct wire_tx_req req = { .gref = BUFFER,
					 .offset = 4000,
					 .size = 97 };

	(void)state;
	world_tx(&w, 0, &req);
	world_tx_push(&w, 0);
	world_run(&w);
	expect_fault("crossing");
}

static void test_unknown_extra(void **state)
{
	const struct wire_tx_req req = { .gref = BUFFER,
					 .size = 97,
					 .flags = WIRE_TX_EXTRA };
	const struct wire_extra extra = { .type = WIRE_EXTRA_XDP };

	(void)state;
	world_tx(&w, 0, &req);
	world_tx_extra(&w, 0, &extra);
	world_tx_push(&w, 0);
	world_run(&w);
	expect_fault("extra");
}

/* Each piece has a status of its own (rule R26). */
static void test_tx_bad_grants(void **state)
{
	struct wire_tx_rsp rsp;
	struct svnic_meta meta;
	unsigned int i;

	(void)state;
	for (i = 0; i < 30; i++) {
		world_frame(sent, 3000, false);
		sent[14] = (uint8_t)i;
		world_send(&w, 0, BUFFER + 3 * i, sent, 3000, 1000, 0);
		w.revoked[BUFFER + 3 * i + i % 4] = i % 4 < 3;
	}
	world_tx_push(&w, 0);
	world_run(&w);
	for (i = 0; i < 90; i++) {
		assert_true(world_tx_answer(&w, 0, &rsp));
		assert_int_equal(rsp.status, i / 3 % 4 < 3 ? WIRE_RSP_ERROR
							   : WIRE_RSP_OKAY);
	}
	for (i = 3; i < 30; i += 4) {
		assert_int_equal(world_peer_receive(&w, got, &meta), 3000);
		assert_int_equal(got[14], i);
	}
	assert_int_equal(world_peer_receive(&w, got, &meta), 0);
	assert_int_equal(w.nr_faults, 0);
}

static void test_rx_bad_grants(void **state)
{
	struct wire_rx_rsp rsp;
	unsigned int i;

	(void)state;
	world_post(&w, 0, 20);
	for (i = 0; i < 20; i += 3)
		w.revoked[world_rx_gref(0, i)] = true;
	for (i = 0; i < 20; i++) {
		world_frame(sent, 100, true);
		world_peer_send(&w, sent, 100, NULL);
	}
	world_run(&w);
	for (i = 0; i < 20; i++) {
		assert_true(world_rx_answer(&w, 0, &rsp));
		assert_int_equal(rsp.id, i);
		assert_int_equal(rsp.status, i % 3 ? 100 : WIRE_RSP_ERROR);
	}
	assert_int_equal(info()->queue[0].stats.verdict[NETIF_V_RX_GRANT], 7);
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
	struct wire_rx_rsp rsp;
	uint16_t flags;

	(void)state;
	world_post(&w, 0, 10);
	world_frame(sent, 1000, false);
	world_send(&w, 0, BUFFER, sent, 1000, 4096, 0);
	w.while_copying = scribble;
	world_tx_push(&w, 0);
	world_run(&w);
	expect_sent(1000);
	expect_answers(0, 1, WIRE_RSP_OKAY);
	world_run(&w);
	w.while_copying = NULL;
	world_post(&w, 0, 10);
	world_run(&w);
	(void)flags;
	while (world_rx_answer(&w, 0, &rsp))
		assert_true(rsp.status != 0);
	assert_int_equal(w.nr_faults, 0);
}

/* Of a response's slot no octet is left of before (rule R04). */
static void test_zeroed(void **state)
{
	const char *slot = (const char *)w.tx[0].page + NETIF_RING_START;
	struct wire_tx_req req = { .gref = 0xdeadbeef,
				   .offset = 1,
				   .flags = 0xfff0,
				   .id = 0x7777,
				   .size = 100 };
	static const char none[8];

	(void)state;
	world_tx(&w, 0, &req);
	world_tx_push(&w, 0);
	world_run(&w);
	assert_memory_equal(slot + 4, none, 8);
	assert_memory_equal(slot, "\x77\x77\xff\xff", 4);
}

/* Ports (rule R20) -------------------------------------------------------------- */

static void test_idle_rings(void **state)
{
	unsigned int i;

	(void)state;
	world_run(&w);
	for (i = 0; i < 8; i++) {
		world_ring(&w, 1);
		world_run(&w);
	}
	assert_true(w.port[1].masked);
	assert_true(w.port[1].unmasked >= 2);
	assert_true(info()->queue[0].stats.spurious >= 3);
	world_frame(sent, 60, false);
	world_send(&w, 0, BUFFER, sent, 60, 4096, 0);
	world_tx_push(&w, 0);
	for (i = 0; i < 50 && w.tx[0].page->rsp_prod == 0; i++) {
		usleep(20000);
		world_run(&w);
	}
	expect_answers(0, 1, WIRE_RSP_OKAY);
}

/* Multi-queue -------------------------------------------------------------------- */

static void test_queues(void **state)
{
	unsigned int seen[4] = { 0 };
	unsigned int i, q;
	uint16_t flags;
	uint32_t len;

	(void)state;
	for (q = 0; q < 4; q++) {
		world_post(&w, q, 60);
		world_frame(sent, 200 + q, false);
		world_send(&w, q, BUFFER + q, sent, 200 + q, 4096, 0);
		world_tx_push(&w, q);
		world_run(&w);
		expect_sent(200 + q);
		expect_answers(q, 1, WIRE_RSP_OKAY);
		assert_int_equal(w.port[2 * q + 1].notified, 1);
		assert_int_equal(w.port[2 * q + 2].notified, 0);
	}
	for (i = 0; i < 128; i++) {
		len = world_tcp(sent, 4, 10, true);
		headers_put16(sent + 34, (uint16_t)(i / 2));
		world_peer_send(&w, sent, len, NULL);
	}
	world_run(&w);
	for (q = 0; q < 4; q++) {
		int last = -1;

		while (world_receive(&w, q, got, &flags, NULL)) {
			seen[q]++;
			/* A flow stays in its queue and in order. */
			assert_true(headers_be16(got + 34) >= last);
			last = headers_be16(got + 34);
		}
		assert_true(seen[q] % 2 == 0 && seen[q] > 4);
	}
	assert_int_equal(seen[0] + seen[1] + seen[2] + seen[3], 128);
}

/* A queue without slots keeps at most half of the buffers. */
static void test_queue_stalls(void **state)
{
	unsigned int stalled = 4;
	unsigned int i, q;
	uint16_t flags;
	uint32_t len;

	(void)state;
	for (i = 0; i < 600; i++) {
		len = world_tcp(sent, 4, 10, true);
		world_peer_send(&w, sent, len, NULL);
		world_run(&w);
	}
	for (q = 0; q < 4; q++)
		if (info()->queue[q].rx_held)
			stalled = q;
	assert_int_equal(info()->queue[stalled].rx_held, 128);
	assert_true(info()->queue[stalled].stats.verdict[NETIF_V_RX_FULL] >
		    400);
	for (q = 0; q < 4; q++)
		world_post(&w, q, q == stalled ? 0 : 60);
	for (i = 0; i < 40; i++) {
		len = world_tcp(sent, 4, 10, true);
		headers_put16(sent + 34, (uint16_t)i);
		world_peer_send(&w, sent, len, NULL);
	}
	world_run(&w);
	for (q = 0, i = 0; q < 4; q++)
		while (q != stalled && world_receive(&w, q, got, &flags, NULL))
			i++;
	assert_true(i > 10);
}

/* Life cycle ---------------------------------------------------------------------- */

static void test_create_fails(void **state)
{
	unsigned int i;
	int err = -1;

	(void)state;
	netif_destroy(w.netif);
	w.netif = NULL;
	for (i = 1; err; i++) {
		w.bind_fails = (int)i;
		err = world_connect(&w);
		assert_true(err == 0 || (w.nr_mapped == 0 && w.fault[0]));
	}
	assert_int_equal(i, 10);
	w.bind_fails = 0;
	netif_destroy(w.netif);
	w.netif = NULL;
	for (i = 1, err = -1; err; i++) {
		w.map_fails = (int)i;
		err = world_connect(&w);
		assert_true(err == 0 || w.nr_mapped == 0);
	}
	w.map_fails = 0;
	netif_destroy(w.netif);
	w.netif = NULL;
	w.revoked[w.rx[2].gref] = true;
	assert_int_equal(world_connect(&w), -EINVAL);
	assert_non_null(strstr(w.fault, "rx-ring-ref of queue 2"));
}

/* While there is no card requests stay in the rings. */
static void test_stop_and_start(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		netif_stop(w.netif, false);
		netif_stop(w.netif, false);
		assert_false(netif_is_started(w.netif));
		world_frame(sent, 100 + i, false);
		world_send(&w, 0, BUFFER, sent, 100 + i, 4096, 0);
		world_tx_push(&w, 0);
		world_run(&w);
		assert_int_equal(w.tx[0].page->rsp_prod, i);
		assert_int_equal(netif_start(w.netif), 0);
		assert_int_equal(netif_start(w.netif), 0);
		world_run(&w);
		expect_sent(100 + i);
		expect_answers(0, 1, WIRE_RSP_OKAY);
	}
}

/* The next daemon finds the same rings, and answers what had no answer. */
static void test_restart(void **state)
{
	uint16_t flags;
	unsigned int i;

	(void)state;
	world_post(&w, 0, 100);
	for (i = 0; i < 5; i++) {
		world_frame(sent, 100 + i, false);
		world_send(&w, 0, BUFFER + i, sent, 100 + i, 4096, 0);
		world_tx_push(&w, 0);
		if (i % 2)
			world_run(&w);
		world_restart(&w);
		world_run(&w);
		expect_sent(100 + i);
		expect_answers(0, 1, WIRE_RSP_OKAY);
		world_frame(sent, 2000, true);
		world_peer_send(&w, sent, 2000, NULL);
		world_run(&w);
		assert_int_equal(world_receive(&w, 0, got, &flags, NULL), 2000);
		assert_memory_equal(got, sent, 2000);
	}
	/* The one before may have died before it rang. */
	i = w.port[w.rx[0].port].notified;
	world_restart(&w);
	world_run(&w);
	assert_true(w.port[w.rx[0].port].notified > i);
}

/* The guest can write the doorbell's reset word of our queue. */
static void test_reset_by_guest(void **state)
{
	struct svnic_doorbell *bell =
		sim_link(0)->doorbell + SIM_BELLS + SVNIC_SLOW_QUEUE;
	unsigned int i;

	(void)state;
	/* Far enough that our indices and the card's cannot meet again. */
	for (i = 0; i < 600; i++) {
		world_frame(sent, 60, false);
		world_send(&w, 0, BUFFER, sent, 60, 4096, 0);
		world_tx_push(&w, 0);
		world_run(&w);
		expect_sent(60);
	}
	bell->reset += 77;
	world_run(&w);
	world_frame(sent, 60, true);
	world_peer_send(&w, sent, 60, NULL);
	for (i = 0; i < 3; i++) {
		world_send(&w, 0, BUFFER, sent, 60, 4096, 0);
		world_tx_push(&w, 0);
		world_run(&w);
	}
	usleep(50000);
	world_run(&w);
	assert_true(info()->card_restarts >= 1);
	while (world_peer_receive(&w, got, &(struct svnic_meta) { 0 }))
		;
	world_frame(sent, 60, false);
	world_send(&w, 0, BUFFER, sent, 60, 4096, 0);
	world_tx_push(&w, 0);
	world_run(&w);
	expect_sent(60);
	assert_int_equal(w.nr_faults, 0);
}

/* Multicast control ----------------------------------------------------------------- */

static void join(uint8_t last, enum wire_extra_type type)
{
	const struct wire_tx_req req = { .id = 9, .flags = WIRE_TX_EXTRA };
	struct wire_extra extra = { .type = (uint8_t)type,
				    .u.group = { 1, 0, 0x5e, 0, 0, last } };

	world_tx(&w, 0, &req);
	world_tx_extra(&w, 0, &extra);
	world_tx_push(&w, 0);
	world_run(&w);
}

static uint32_t receive_group(uint8_t last)
{
	uint16_t flags;

	world_frame(sent, 60, true);
	memcpy(sent, "\x01\x00\x5e\x00\x00", 5);
	sent[5] = last;
	world_peer_send(&w, sent, 60, NULL);
	world_run(&w);
	return world_receive(&w, 0, got, &flags, NULL);
}

/* The card is told a moment later. */
static void pause_for_card(void)
{
	usleep(30000);
	world_run(&w);
}

/* How many group frames the card keeps from the guest, of @nr groups. */
static unsigned int kept_away(unsigned int nr)
{
	uint64_t before = sim_vif_query(&w.host, w.vif.nr)->stats.rx_frames;
	unsigned int i;

	for (i = 0; i < nr; i++)
		receive_group((uint8_t)i);
	return nr - (unsigned int)(sim_vif_query(&w.host, w.vif.nr)
					   ->stats.rx_frames -
				   before);
}

static void test_multicast_on_card(void **state)
{
	unsigned int i;

	(void)state;
	world_post(&w, 0, 200);
	assert_int_equal(kept_away(3), 0);
	w.config.multicast = true;
	netif_destroy(w.netif);
	assert_int_equal(world_connect(&w), 0);
	pause_for_card();
	assert_int_equal(kept_away(3), 3);
	join(1, WIRE_EXTRA_MCAST_ADD);
	pause_for_card();
	assert_int_equal(kept_away(3), 2);
	/* However often it changes its mind. */
	for (i = 0; i < 100; i++)
		join(1, i % 2 ? WIRE_EXTRA_MCAST_ADD : WIRE_EXTRA_MCAST_DEL);
	join(2, WIRE_EXTRA_MCAST_ADD);
	pause_for_card();
	assert_int_equal(kept_away(4), 2);
	/* Too many: all. */
	for (i = 0; i < 70; i++)
		join((uint8_t)i, WIRE_EXTRA_MCAST_ADD);
	pause_for_card();
	assert_int_equal(kept_away(100), 0);
	/* Whoever comes next asks for itself. */
	netif_destroy(w.netif);
	assert_int_equal(world_connect(&w), 0);
	pause_for_card();
	assert_int_equal(kept_away(3), 3);
	netif_destroy(w.netif);
	w.config.multicast = false;
	assert_int_equal(world_connect(&w), 0);
	pause_for_card();
	assert_int_equal(kept_away(3), 0);
}

/* A daemon that finds it connected cannot know what it joined. */
static void test_multicast_of_before(void **state)
{
	(void)state;
	w.config.multicast = true;
	w.vif.published = PEER_CONNECTED;
	netif_destroy(w.netif);
	assert_int_equal(world_connect(&w), 0);
	world_post(&w, 0, 100);
	assert_int_equal(receive_group(1), 60);
	join(2, WIRE_EXTRA_MCAST_DEL);
	assert_int_equal(receive_group(2), 60);
	pause_for_card();
	assert_int_equal(kept_away(3), 0);
}

static void test_multicast(void **state)
{
	struct wire_tx_rsp rsp;
	unsigned int i;

	(void)state;
	w.config.multicast = true;
	netif_destroy(w.netif);
	assert_int_equal(world_connect(&w), 0);
	world_post(&w, 0, 100);
	assert_int_equal(receive_group(1), 0);
	join(1, WIRE_EXTRA_MCAST_ADD);
	pause_for_card();
	assert_int_equal(receive_group(1), 60);
	assert_int_equal(receive_group(2), 0);
	join(1, WIRE_EXTRA_MCAST_DEL);
	assert_int_equal(receive_group(1), 0);
	for (i = 0; i < 65; i++)
		join((uint8_t)i, WIRE_EXTRA_MCAST_ADD);
	assert_int_equal(info()->nr_groups, 64);
	for (i = 0; i < 67; i++) {
		assert_true(world_tx_answer(&w, 0, &rsp));
		assert_int_equal(rsp.status,
				 i < 66 ? WIRE_RSP_OKAY : WIRE_RSP_ERROR);
		assert_true(world_tx_answer(&w, 0, &rsp));
		assert_int_equal(rsp.status, WIRE_RSP_NULL);
	}
	assert_int_equal(w.nr_faults, 0);
}

#define ONE(test)  cmocka_unit_test_setup_teardown(test, begin, end)
#define MANY(test) cmocka_unit_test_setup_teardown(test, begin_many, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(test_tx),
		ONE(test_tx_pieces),
		ONE(test_tx_ragged),
		ONE(test_tx_gso),
		ONE(test_tx_gso_complete),
		ONE(test_tx_bad_offload),
		ONE(test_rx),
		ONE(test_rx_gso),
		ONE(test_rx_plain_guest),
		ONE(test_headroom),
		ONE(test_laps),
		ONE(test_full_ring),
		ONE(test_no_rx_slots),
		ONE(test_few_rx_slots),
		ONE(test_bad_index),
		ONE(test_crossing),
		ONE(test_unknown_extra),
		ONE(test_tx_bad_grants),
		ONE(test_rx_bad_grants),
		ONE(test_scribble),
		ONE(test_zeroed),
		ONE(test_idle_rings),
		MANY(test_queues),
		MANY(test_queue_stalls),
		MANY(test_create_fails),
		ONE(test_stop_and_start),
		ONE(test_restart),
		ONE(test_reset_by_guest),
		ONE(test_multicast),
		ONE(test_multicast_on_card),
		ONE(test_multicast_of_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
