// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several queues of one VIF: the hash (by the published examples and by Xen's
 * own function), the table, and that a flow stays in one queue in order.
 */
#include "core_fixture.h"
#include "arena.h"

#if __has_include(<xenctrl.h>)
#define XEN_NETIF_DEFINE_TOEPLITZ
#include <xenctrl.h>
#include <xen/io/netif.h>
#endif

#define QUEUES 4u

static const uint8_t key[SVNIC_RSS_KEY] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa
};

static uint8_t frame[2048];
static uint8_t got[2048];
static struct sim_guest queue[QUEUES]; /* of VIF 2 */

/* From 66.9.149.187:2794 to 161.142.100.80:1766, or another port. */
static void make_ipv4(uint8_t protocol, uint16_t port)
{
	fixture_frame(frame, 100, 2, 1);
	memcpy(frame + 12, "\x08\x00\x45", 3);
	memset(frame + 20, 0, 2);
	frame[23] = protocol;
	memcpy(frame + 26, "\x42\x09\x95\xbb\xa1\x8e\x64\x50", 8);
	frame[34] = (uint8_t)(port >> 8);
	frame[35] = (uint8_t)port;
	memcpy(frame + 36, "\x06\xe6", 2);
}

/* From 3ffe:2501:200:1fff::7 to 3ffe:2501:200:3::1. */
static void make_ipv6(uint8_t protocol)
{
	static const uint8_t flow[36] = {
		0x3f, 0xfe, 0x25, 0x01, 0x02, 0x00, 0x1f, 0xff, 0, 0,	0, 0, 0,
		0,    0,    0x07, 0x3f, 0xfe, 0x25, 0x01, 2,	0, 0,	3, 0, 0,
		0,    0,    0,	  0,	0,    1,    0x0a, 0xea, 6, 0xe6
	};

	fixture_frame(frame, 100, 2, 1);
	memcpy(frame + 12, "\x86\xdd\x60", 3);
	frame[20] = protocol;
	memcpy(frame + 22, flow, sizeof(flow));
}

/* VIF 2 with its queues. */
static void start_again(struct fixture *f)
{
	unsigned int i;

	queue[0] = *fixture_guest(f, 2);
	for (i = 1; i < QUEUES; i++) {
		sim_guest_init(&queue[i], &f->host[0], 2, i, FIXTURE_ORDER);
		sim_provide(&queue[i], 64, FIXTURE_BUFFER);
		sim_ring(&queue[i]);
	}
	sim_settle(f->core);
}

static void start(struct fixture *f)
{
	fixture_guest(f, 1);
	start_again(f);
}

/* Send what was made: the queue it came through, its metadata. */
static unsigned int send(struct fixture *f, uint32_t len, uint32_t piece,
			 struct svnic_meta *meta)
{
	unsigned int i;

	assert_true(svnic_tx_return(&f->guest[1].tx) >= 0);
	sim_send(&f->guest[1], frame, len, piece, NULL);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	for (i = 0; i < QUEUES; i++) {
		if (sim_receive(&queue[i], got, sizeof(got), meta) == len)
			break;
	}
	assert_true(i < QUEUES);
	assert_memory_equal(got, frame, len);
	sim_provide(&queue[i], 1, FIXTURE_BUFFER);
	sim_ring(&queue[i]);
	return i;
}

static void expect(struct fixture *f, uint32_t hash, bool is_l4)
{
	struct svnic_meta meta;
	unsigned int lane = send(f, 100, 4096, &meta);

	assert_int_equal(lane, hash % SVNIC_RSS_TABLE % QUEUES);
	assert_int_equal(!!(meta.flags & SVNIC_META_HASH_L4), is_l4);
	assert_int_equal(meta.hash, is_l4 ? hash : 0);
	/* In pieces it goes the long way, to the same queue. */
	assert_int_equal(send(f, 100, 60, &meta), lane);
	assert_int_equal(!!(meta.flags & SVNIC_META_HASH_L4), is_l4);
	assert_int_equal(meta.hash, is_l4 ? hash : 0);
}

/* The examples of the RSS specification. */
static void published_examples(void **state)
{
	struct fixture *f = *state;

	start(f);
	make_ipv4(6, 2794);
	expect(f, 0x51ccc178, true);
	make_ipv4(17, 2794);
	expect(f, 0x51ccc178, true);
	make_ipv4(1, 2794);
	expect(f, 0x323e8fc2, false);
	/* Fragments: of TCP, too. */
	make_ipv4(6, 2794);
	frame[20] = 0x20;
	expect(f, 0x323e8fc2, false);
	frame[20] = 0;
	frame[21] = 1;
	expect(f, 0x323e8fc2, false);
	make_ipv6(6);
	expect(f, 0x40207d3d, true);
	make_ipv6(58);
	expect(f, 0x2cc18cd5, false);
	fixture_frame(frame, 100, 2, 1);
	expect(f, 0, false);
}

static void same_as_xen(void **state)
{
	uint8_t flow[36];
	unsigned int i;
	unsigned int k;

	(void)state;
#ifndef XEN_NETIF_DEFINE_TOEPLITZ
	skip();
#else
	for (i = 0; i < 1000; i++) {
		unsigned int len = i % 37;

		for (k = 0; k < sizeof(flow); k++)
			flow[k] = (uint8_t)(i * 37 + k * k * 11 + i / 7);
		assert_int_equal(rss_toeplitz(key, flow, len),
				 xen_netif_toeplitz_hash(key, sizeof(key), flow,
							 len));
	}
#endif
}

static unsigned int set(struct fixture *f, const struct svnic_rss *config)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_RSS_SET,
		.vif = 2,
		.addr = svnic_le64(sim_payload_addr()),
		.len = sizeof(*config),
	};

	memcpy(sim_payload(&f->host[0]), config, sizeof(*config));
	return sim_admin(&f->host[0], &cmd);
}

static void the_table_decides(void **state)
{
	struct fixture *f = *state;
	struct svnic_rss config = { 0 };
	struct svnic_meta meta;
	uint8_t flow[12];
	unsigned int got_by;
	unsigned int i;

	start(f);
	memcpy(config.key, key, sizeof(key));
	config.table[7] = 8;
	assert_int_equal(set(f, &config), SVNIC_ST_BAD_FIELD);
	config.table[7] = 0;
	config.reserved[0] = 1;
	assert_int_equal(set(f, &config), SVNIC_ST_BAD_FIELD);
	config.reserved[0] = 0;
	config.table[0x78] = 3;
	assert_int_equal(set(f, &config), SVNIC_ST_OK);
	make_ipv4(6, 2794);
	assert_int_equal(send(f, 100, 4096, &meta), 3);
	assert_int_equal(meta.hash, 0x51ccc178);
	for (i = 0; i < 50; i++) {
		make_ipv4(6, (uint16_t)(1000 + i));
		got_by = send(f, 100, 4096, &meta);
		assert_int_equal(got_by, meta.hash % 128 == 0x78 ? 3 : 0);
	}
	/* Another key, another hash; of zeroes it is zero. */
	config.key[0] ^= 1;
	assert_int_equal(set(f, &config), SVNIC_ST_OK);
	send(f, 100, 4096, &meta);
	memcpy(flow, frame + 26, sizeof(flow));
	assert_int_equal(meta.hash,
			 rss_toeplitz(config.key, flow, sizeof(flow)));
	assert_int_not_equal(meta.hash, rss_toeplitz(key, flow, sizeof(flow)));
	memset(config.key, 0, sizeof(config.key));
	config.table[0] = 2;
	assert_int_equal(set(f, &config), SVNIC_ST_OK);
	assert_int_equal(send(f, 100, 4096, &meta), 2);
	assert_int_equal(meta.hash, 0);
	/* A queue that does not run gets nothing, nor what was for it lost. */
	queue[2].tx.next += 1000;
	sim_ring(&queue[2]);
	sim_settle(f->core);
	assert_in_range(send(f, 100, 4096, &meta), 0, 3);
	/* A new VIF of the same place knows nothing of it. */
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 2),
			 SVNIC_ST_OK);
	start_again(f);
	make_ipv4(6, 2794);
	expect(f, 0x51ccc178, true);
}

/* Bursts of several flows: each arrives in one queue, in order. */
static void flows_stay_in_order(void **state)
{
	struct fixture *f = *state;
	unsigned int used[QUEUES] = { 0 };
	struct svnic_meta meta;
	unsigned int last[16];
	unsigned int round;
	unsigned int i;

	start(f);
	memset(last, 0, sizeof(last));
	for (round = 0; round < 20; round++) {
		svnic_tx_return(&f->guest[1].tx);
		for (i = 0; i < 32; i++) {
			make_ipv4(6, (uint16_t)(2000 + i * 7 % 16));
			frame[50] = (uint8_t)(round * 2 + i / 16 + 1);
			/* Now and then one that leaves the fast lane. */
			sim_send(&f->guest[1], frame, 100, i % 5 ? 4096 : 50,
				 NULL);
		}
		sim_ring(&f->guest[1]);
		sim_settle(f->core);
		for (i = 0; i < QUEUES; i++) {
			while (sim_receive(&queue[i], got, sizeof(got),
					   &meta)) {
				unsigned int n = got[35] - 2000 % 256;

				assert_true(n < 16);
				assert_int_equal(got[50], last[n] + 1);
				last[n]++;
				used[i]++;
			}
			sim_provide(&queue[i], 64, FIXTURE_BUFFER);
			sim_ring(&queue[i]);
		}
	}
	for (i = 0; i < QUEUES; i++)
		assert_true(used[i] > 0);
	for (i = 0; i < 16; i++)
		assert_int_equal(last[i], 40);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(published_examples),
		TEST(same_as_xen),
		TEST(the_table_decides),
		TEST(flows_stay_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
