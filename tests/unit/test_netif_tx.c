/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames from a guest through the netif path to the real core, octet by octet,
 * in as many pieces as there are (rules R06, R07, R10, R26).
 */
#include <string.h>

#include "netif_fixture.h"
#include "netif/headers.h"
#include "netif/priv.h"

static void test_tx(void **state)
{
	struct netif_fixture *f = *state;
	static const uint32_t lens[] = { 14, 60, 1514, 4096, 9014 };
	unsigned int i;

	for (i = 0; i < 5; i++) {
		uint32_t slots = (lens[i] + 4095) / 4096;

		world_frame(f->sent, lens[i], false);
		world_send(&f->w, 0, BUFFER, f->sent, lens[i], 4096, 0);
		world_tx_push(&f->w, 0);
		world_run(&f->w);
		netif_expect_sent(f, lens[i]);
		netif_expect_answers(f, 0, slots, WIRE_RSP_OKAY);
		assert_int_equal(f->w.port[1].notified, i + 1);
	}
	assert_int_equal(netif_fixture_info(f)->queue[0].stats.tx_frames, 5);
	assert_false(f->w.port[1].masked);
}

/* Headers cut at every octet, in up to 18 slots (rules R06, R07). */
static void test_tx_pieces(void **state)
{
	struct netif_fixture *f = *state;
	uint32_t len = 18;
	uint32_t piece;

	for (piece = 1; piece <= 60; piece++) {
		world_frame(f->sent, len, false);
		world_send(&f->w, 0, BUFFER, f->sent, len, piece, 0);
		world_tx_push(&f->w, 0);
		world_run(&f->w);
		netif_expect_sent(f, len);
		netif_expect_answers(f, 0, (len + piece - 1) / piece,
				     WIRE_RSP_OKAY);
		if (piece > 2)
			len = 18 * piece;
	}
}

/* Seventeen slots of an octet, and all the rest in the last. */
static void test_tx_ragged(void **state)
{
	struct netif_fixture *f = *state;
	struct wire_tx_req req = { .size = 17 + 1497 };
	unsigned int i;

	world_frame(f->sent, 1514, false);
	for (i = 0; i < 18; i++) {
		uint16_t n = i < 17 ? 1 : 1497;

		memcpy(world_page(&f->w, BUFFER + i) + 7, f->sent + i, n);
		req.gref = BUFFER + i;
		req.offset = 7;
		req.id = (uint16_t)i;
		req.flags = i < 17 ? WIRE_TX_MORE : 0;
		if (i > 0)
			req.size = n;
		world_tx(&f->w, 0, &req);
	}
	world_tx_push(&f->w, 0);
	world_run(&f->w);
	netif_expect_sent(f, 1514);
	netif_expect_answers(f, 0, 18, WIRE_RSP_OKAY);
}

static void send_gso(struct netif_fixture *f, unsigned int q, unsigned int ip,
		     uint16_t size, uint16_t flags, uint32_t len)
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
		memcpy(world_page(&f->w, req.gref), f->sent + at, n);
		req.size = (uint16_t)(at ? n : len);
		req.flags = at ? 0 : (uint16_t)(flags | WIRE_TX_EXTRA);
		if (at + n < len)
			req.flags |= WIRE_TX_MORE;
		world_tx(&f->w, q, &req);
		if (at == 0)
			world_tx_extra(&f->w, q, &gso);
	}
	world_tx_push(&f->w, q);
	world_run(&f->w);
}

static void test_tx_gso(void **state)
{
	struct netif_fixture *f = *state;
	static const unsigned int ips[] = { 4, 6 };
	struct wire_tx_rsp rsp;
	struct svnic_meta meta;
	unsigned int i, n;
	uint32_t len;

	for (i = 0; i < 2; i++) {
		len = world_tcp(f->sent, ips[i], ips[i] == 4 ? 65400 : 1460,
				false);
		send_gso(f, 0, ips[i], 1448, WIRE_TX_CSUM_BLANK, len);
		assert_int_equal(world_peer_receive(&f->w, f->got, &meta), len);
		assert_memory_equal(f->got, f->sent, len);
		assert_int_equal(svnic_cpu16(meta.gso_size), 1448);
		assert_int_equal(svnic_cpu16(meta.csum_start),
				 ips[i] == 4 ? 34 : 54);
		assert_int_equal(meta.csum_offset, 16);
		assert_true(svnic_cpu16(meta.flags) &
			    (i ? SVNIC_META_GSO_TCPV6 : SVNIC_META_GSO_TCPV4));
		for (n = 0; world_tx_answer(&f->w, 0, &rsp); n++)
			assert_int_equal(rsp.status, n == 1 ? WIRE_RSP_NULL
							    : WIRE_RSP_OKAY);
		assert_int_equal(n, 1 + (len + 4095) / 4096);
	}
}

/* Marked as complete: the sum of the pseudo-header is put in (rule R10). */
static void test_tx_gso_complete(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta meta;
	uint32_t len = world_tcp(f->sent, 4, 4000, false);
	uint16_t sum = svnic_headers_be16(f->sent + 50);

	headers_put16(f->sent + 50, 0xabcd);
	send_gso(f, 0, 4, 1448, WIRE_TX_CSUM_GOOD, len);
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), len);
	assert_int_equal(svnic_headers_be16(f->got + 50), sum);
	assert_int_equal(netif_fixture_info(f)->queue[0].stats.fixups, 1);
}

static void test_tx_bad_offload(void **state)
{
	struct netif_fixture *f = *state;
	uint32_t len = world_tcp(f->sent, 4, 100, false);

	f->w.netif->card_finds = false;
	f->sent[23] = 1; /* ICMP has no sum that a card could fill in */
	world_send(&f->w, 0, BUFFER, f->sent, len, 4096, WIRE_TX_CSUM_BLANK);
	f->sent[23] = SVNIC_IP_TCP;
	headers_put16(f->sent + 20, 0x2000); /* a fragment */
	world_send(&f->w, 0, BUFFER + 1, f->sent, len, 4096,
		   WIRE_TX_CSUM_BLANK);
	world_tx_push(&f->w, 0);
	world_run(&f->w);
	netif_expect_answers(f, 0, 2, WIRE_RSP_ERROR);
	assert_int_equal(
		netif_fixture_info(f)->queue[0].stats.verdict[NETIF_V_OFFLOAD],
		2);
	assert_int_equal(f->w.nr_faults, 0);
}

/* A card that does not find the sum's place is told it. */
static void test_tx_gso_told(void **state)
{
	struct netif_fixture *f = *state;

	f->w.netif->card_finds = false;
	test_tx_gso(state);
	assert_int_equal(f->w.nr_sends, 0);
}

/* 256 requests at once: one call copies many. */
static void test_full_ring(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta meta;
	unsigned int calls;
	unsigned int i;

	for (i = 0; i < 256; i++) {
		world_frame(f->sent, 100, false);
		f->sent[14] = (uint8_t)i;
		world_send(&f->w, 0, BUFFER + i % 256, f->sent, 100, 4096, 0);
	}
	calls = f->w.nr_calls;
	world_tx_push(&f->w, 0);
	world_run(&f->w);
	assert_true(f->w.nr_calls - calls <= 2);
	netif_expect_answers(f, 0, 256, WIRE_RSP_OKAY);
	for (i = 0; i < 64; i++) {
		assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 100);
		assert_int_equal(f->got[14], i);
	}
}

/* Each piece has a status of its own (rule R26). */
static void test_tx_bad_grants(void **state)
{
	struct netif_fixture *f = *state;
	struct wire_tx_rsp rsp;
	struct svnic_meta meta;
	unsigned int i;

	for (i = 0; i < 30; i++) {
		world_frame(f->sent, 3000, false);
		f->sent[14] = (uint8_t)i;
		world_send(&f->w, 0, BUFFER + 3 * i, f->sent, 3000, 1000, 0);
		f->w.revoked[BUFFER + 3 * i + i % 4] = i % 4 < 3;
	}
	world_tx_push(&f->w, 0);
	world_run(&f->w);
	for (i = 0; i < 90; i++) {
		assert_true(world_tx_answer(&f->w, 0, &rsp));
		assert_int_equal(rsp.status, i / 3 % 4 < 3 ? WIRE_RSP_ERROR
							   : WIRE_RSP_OKAY);
	}
	for (i = 3; i < 30; i += 4) {
		assert_int_equal(world_peer_receive(&f->w, f->got, &meta),
				 3000);
		assert_int_equal(f->got[14], i);
	}
	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), 0);
	assert_int_equal(f->w.nr_faults, 0);
}

#define T(test, up) cmocka_unit_test_setup_teardown(test, up, netif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_tx, netif_begin),
		T(test_tx_pieces, netif_begin),
		T(test_tx_ragged, netif_begin),
		T(test_tx_gso, netif_begin),
		T(test_tx_gso_told, netif_begin),
		T(test_tx_gso_complete, netif_begin),
		T(test_tx_bad_offload, netif_begin),
		T(test_full_ring, netif_begin),
		T(test_tx_bad_grants, netif_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
