/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netif's control messages: the hash against Xen's own reference, ranges of the
 * mapping in all pairs (rule R05), and staging grants.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/netif_world.h"
#include "netif/hash.h"
#include "netif/headers.h"
#include "netif/priv.h"
#include "netif/staging.h"

#ifdef HAVE_XEN_NETIF
#define XEN_NETIF_DEFINE_TOEPLITZ
#include <xenctrl.h>

#include <xen/io/netif.h>
#endif

#define LIST   900u /* the page that messages name */
#define STAGED 1000u

static struct world w;
static uint32_t answer;

static int begin(void **state)
{
	(void)state;
	world_init(&w, 4, false);
	return world_connect(&w);
}

static int end(void **state)
{
	(void)state;
	world_fini(&w);
	return 0;
}

static uint32_t ask(uint16_t type, uint32_t a, uint32_t b, uint32_t c)
{
	const struct svnic_ctrl_req req = {
		.type = svnic_le16(type),
		.data = { svnic_le32(a), svnic_le32(b), svnic_le32(c) },
	};
	uint32_t status = 99;

	assert_true(netif_ctrl(w.netif, &req, &status, &answer));
	return status;
}

static void test_not_ours(void **state)
{
	static const uint16_t types[] = {
		0, 11, 12, 0x52ff, SVNIC_CTRL_HELLO, 0xffff
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		const struct svnic_ctrl_req req = { .type = svnic_le16(
							    types[i]) };

		assert_false(netif_ctrl(w.netif, &req, &answer, &answer));
	}
}

static void test_flags(void **state)
{
	(void)state;
	assert_int_equal(ask(WIRE_CTRL_GET_HASH_FLAGS, 0, 0, 0),
			 SVNIC_CTRL_NOT_SUPPORTED);
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_FLAGS, 1, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(WIRE_CTRL_SET_ALGORITHM, 2, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(WIRE_CTRL_SET_ALGORITHM, 1, 0, 0), SVNIC_CTRL_OK);
	assert_int_equal(ask(WIRE_CTRL_GET_HASH_FLAGS, 0, 0, 0), SVNIC_CTRL_OK);
	assert_int_equal(answer, 15);
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_FLAGS, 15, 0, 0),
			 SVNIC_CTRL_OK);
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_FLAGS, 16, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
}

static void test_key(void **state)
{
	(void)state;
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_KEY, LIST, 40, 0),
			 SVNIC_CTRL_OK);
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_KEY, LIST, 41, 0),
			 SVNIC_CTRL_OVERFLOW);
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_KEY, LIST, UINT32_MAX, 0),
			 SVNIC_CTRL_OVERFLOW);
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_KEY, 0, 40, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_KEY, 0, 0, 0), SVNIC_CTRL_OK);
}

static void test_mapping_ranges(void **state)
{
	static const uint32_t v[] = { 0,	 1,   127,	128,
				      129,	 256, 1u << 31, UINT32_MAX - 1,
				      UINT32_MAX };
	unsigned int i, j;

	(void)state;
	assert_int_equal(ask(WIRE_CTRL_GET_MAPPING_SIZE, 0, 0, 0), 0);
	assert_int_equal(answer, 128);
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING_SIZE, 129, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING_SIZE, 128, 0, 0), 0);
	for (i = 0; i < 9; i++) {
		for (j = 0; j < 9; j++) {
			bool fits = (uint64_t)v[i] + v[j] <= 128;
			uint32_t s =
				ask(WIRE_CTRL_SET_MAPPING, LIST, v[i], v[j]);

			assert_int_equal(s == SVNIC_CTRL_OK, fits);
			if (v[i] > 128)
				assert_int_equal(s, SVNIC_CTRL_OVERFLOW);
		}
	}
}

/* A wrong entry changes none. */
static void test_mapping_entries(void **state)
{
	uint32_t *entry = (uint32_t *)(void *)world_page(&w, LIST);

	(void)state;
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING_SIZE, 4, 0, 0), 0);
	entry[0] = 3;
	entry[1] = 4;
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING, LIST, 2, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	entry[1] = 3;
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING, LIST, 2, 0), 0);
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING, LIST, 2, 2), 0);
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING, LIST, 2, 3),
			 SVNIC_CTRL_BAD_PARAMETER);
	w.revoked[LIST] = true;
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING, LIST, 2, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
}

static void expect_flow(unsigned int want, uint8_t type, uint32_t hash)
{
	struct wire_extra extra[WIRE_EXTRA_NR] = { 0 };
	uint8_t frame[200];
	uint32_t value;
	uint16_t flags;

	assert_int_not_equal(world_receive(&w, want, frame, &flags, extra), 0);
	assert_int_equal(extra[WIRE_EXTRA_HASH].u.hash.algorithm, 1);
	assert_int_equal(extra[WIRE_EXTRA_HASH].u.hash.type, type);
	memcpy(&value, extra[WIRE_EXTRA_HASH].u.hash.value, 4);
	assert_int_equal(value, hash);
}

/* Key, types and table of the guest; the hash goes to it with the frame. */
static void test_steering(void **state)
{
	static const unsigned int ips[] = { 4, 6, 4, 6 };
	uint32_t *entry = (uint32_t *)(void *)world_page(&w, LIST);
	uint8_t key[HASH_KEY];
	uint8_t frame[200];
	uint8_t data[36];
	unsigned int i, q;
	uint32_t hash, len;
	size_t n;

	(void)state;
	for (i = 0; i < HASH_KEY; i++)
		key[i] = (uint8_t)(i * 37 + 5);
	memcpy(world_page(&w, LIST), key, HASH_KEY);
	assert_int_equal(ask(WIRE_CTRL_SET_ALGORITHM, 1, 0, 0), 0);
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_KEY, LIST, HASH_KEY, 0), 0);
	for (i = 0; i < 100; i++)
		entry[i] = (i * 7) % 4;
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING_SIZE, 100, 0, 0), 0);
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING, LIST, 100, 0), 0);
	for (q = 0; q < 4; q++)
		world_post(&w, q, 60);
	for (i = 0; i < 4; i++) {
		/* First the TCP types, then those of the addresses alone. */
		assert_int_equal(
			ask(WIRE_CTRL_SET_HASH_FLAGS, i < 2 ? 15 : 5, 0, 0), 0);
		len = world_tcp(frame, ips[i], 50, true);
		n = ips[i] == 4 ? 8 : 32;
		memcpy(data, frame + (ips[i] == 4 ? 26 : 22), n);
		memcpy(data + n, frame + (ips[i] == 4 ? 34 : 54), 4);
		hash = hash_toeplitz(key, data, i < 2 ? n + 4 : n);
		world_peer_send(&w, frame, len, NULL);
		world_run(&w);
		expect_flow((hash % 100 * 7) % 4,
			    (uint8_t)((ips[i] == 4 ? 0 : 2) + (i < 2)), hash);
	}
}

#ifdef HAVE_XEN_NETIF
static void test_toeplitz(void **state)
{
	uint8_t key[HASH_KEY];
	uint8_t data[36];
	unsigned int i, j;

	(void)state;
	srand(1);
	for (i = 0; i < 2000; i++) {
		for (j = 0; j < sizeof(key); j++)
			key[j] = (uint8_t)rand();
		for (j = 0; j < sizeof(data); j++)
			data[j] = (uint8_t)rand();
		j = (unsigned int)rand() % 37;
		assert_int_equal(hash_toeplitz(key, data, j),
				 xen_netif_toeplitz_hash(key, HASH_KEY, data,
							 j));
	}
}

/* Our words and Xen's are the same octets. */
static void test_wire(void **state)
{
	(void)state;
#define SAME(ours, f, xens, g)                                                \
	assert_int_equal(offsetof(struct ours, f), offsetof(struct xens, g)); \
	assert_int_equal(sizeof(((struct ours *)0)->f),                       \
			 sizeof(((struct xens *)0)->g))
	SAME(wire_tx_req, gref, netif_tx_request, gref);
	SAME(wire_tx_req, offset, netif_tx_request, offset);
	SAME(wire_tx_req, flags, netif_tx_request, flags);
	SAME(wire_tx_req, id, netif_tx_request, id);
	SAME(wire_tx_req, size, netif_tx_request, size);
	SAME(wire_tx_rsp, id, netif_tx_response, id);
	SAME(wire_tx_rsp, status, netif_tx_response, status);
	SAME(wire_rx_req, id, netif_rx_request, id);
	SAME(wire_rx_req, gref, netif_rx_request, gref);
	SAME(wire_rx_rsp, id, netif_rx_response, id);
	SAME(wire_rx_rsp, offset, netif_rx_response, offset);
	SAME(wire_rx_rsp, flags, netif_rx_response, flags);
	SAME(wire_rx_rsp, status, netif_rx_response, status);
	SAME(wire_extra, type, netif_extra_info, type);
	SAME(wire_extra, flags, netif_extra_info, flags);
	SAME(wire_extra, u.gso.size, netif_extra_info, u.gso.size);
	SAME(wire_extra, u.gso.type, netif_extra_info, u.gso.type);
	SAME(wire_extra, u.group, netif_extra_info, u.mcast.addr);
	SAME(wire_extra, u.hash.type, netif_extra_info, u.hash.type);
	SAME(wire_extra, u.hash.value, netif_extra_info, u.hash.value);
	SAME(wire_ring, req_prod, netif_tx_sring, req_prod);
	SAME(wire_ring, req_event, netif_tx_sring, req_event);
	SAME(wire_ring, rsp_prod, netif_rx_sring, rsp_prod);
	SAME(wire_ring, rsp_event, netif_rx_sring, rsp_event);
	assert_int_equal(offsetof(struct netif_tx_sring, ring),
			 NETIF_RING_START);
	assert_int_equal(sizeof(union netif_tx_sring_entry),
			 sizeof(struct wire_tx_req));
	assert_int_equal(sizeof(union netif_rx_sring_entry),
			 sizeof(struct wire_rx_rsp));
	assert_int_equal(WIRE_TX_CSUM_BLANK, NETTXF_csum_blank);
	assert_int_equal(WIRE_TX_CSUM_GOOD, NETTXF_data_validated);
	assert_int_equal(WIRE_TX_MORE, NETTXF_more_data);
	assert_int_equal(WIRE_TX_EXTRA, NETTXF_extra_info);
	assert_int_equal(WIRE_RX_CSUM_BLANK, NETRXF_csum_blank);
	assert_int_equal(WIRE_RX_CSUM_GOOD, NETRXF_data_validated);
	assert_int_equal(WIRE_RX_MORE, NETRXF_more_data);
	assert_int_equal(WIRE_RX_EXTRA, NETRXF_extra_info);
	assert_int_equal(WIRE_CTRL_DEL_GREFS,
			 XEN_NETIF_CTRL_TYPE_DEL_GREF_MAPPING);
	assert_int_equal(WIRE_CTRL_SET_ALGORITHM,
			 XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM);
	assert_int_equal(WIRE_EXTRA_HASH, XEN_NETIF_EXTRA_TYPE_HASH);
	assert_int_equal(NETIF_SLOTS, XEN_NETIF_NR_SLOTS_MIN);
}
#endif

/* Staging grants --------------------------------------------------------------- */

static struct svnic_gref_entry *list(void)
{
	return (struct svnic_gref_entry *)(void *)world_page(&w, LIST);
}

static void fill_list(uint32_t first, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		list()[i] = (struct svnic_gref_entry) { .gref = svnic_le32(
								first + i) };
}

static void test_staging(void **state)
{
	const unsigned int before = w.nr_mapped;
	struct svnic_meta meta;
	uint8_t sent[1000];
	static uint8_t got[SVNIC_FRAME_MAX];
	unsigned int copies;
	uint16_t flags;

	(void)state;
	assert_int_equal(ask(WIRE_CTRL_GET_GREFS, 4, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(WIRE_CTRL_GET_GREFS, 3, 0, 0), 0);
	assert_int_equal(answer, STAGING_MAX);
	fill_list(STAGED, 100);
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 1, LIST, 100), 0);
	fill_list(world_rx_gref(1, 0), 64);
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 1, LIST, 64), 0);
	assert_int_equal(w.nr_mapped, before + 164);
	copies = w.nr_copies;
	world_frame(sent, sizeof(sent), false);
	world_send(&w, 1, STAGED + 50, sent, sizeof(sent), 100, 0);
	world_tx_push(&w, 1);
	world_run(&w);
	assert_int_equal(world_peer_receive(&w, got, &meta), sizeof(sent));
	assert_memory_equal(got, sent, sizeof(sent));
	assert_int_equal(w.nr_copies, copies);
	/* Flows of the neighbour go by their hash: send until queue 1 has it. */
	world_post(&w, 1, 50);
	do {
		uint32_t len = world_tcp(sent, 4, 100, true);

		headers_put16(sent + 34, (uint16_t)(1 + copies++));
		world_peer_send(&w, sent, len, NULL);
		world_run(&w);
	} while (!world_receive(&w, 1, got, &flags, NULL));
	assert_memory_equal(got, sent, 154);
	/* Some are there, some are not. */
	fill_list(STAGED + 90, 20);
	assert_int_equal(ask(WIRE_CTRL_DEL_GREFS, 1, LIST, 20), 0);
	assert_int_equal(answer, 10);
	assert_int_equal(svnic_cpu16(list()[9].status), SVNIC_CTRL_OK);
	assert_int_equal(svnic_cpu16(list()[10].status),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(w.nr_mapped, before + 154);
}

static void test_staging_all_or_nothing(void **state)
{
	const unsigned int before = w.nr_mapped;
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		fill_list(STAGED, 50);
		if (i == 0)
			w.revoked[STAGED + 30] = true;
		else if (i == 1)
			list()[49] = list()[0];
		else
			list()[20].flags = svnic_le16(2);
		assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 0, LIST, 50),
				 SVNIC_CTRL_BAD_PARAMETER);
		assert_int_equal(w.nr_mapped, before);
		w.revoked[STAGED + 30] = false;
	}
	fill_list(STAGED, 50);
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 0, LIST, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 0, LIST, 513),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 4, LIST, 50),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 0, 0, 50),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 0, LIST, 50), 0);
	/* What the table has already is refused. */
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 0, LIST, 50),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(w.nr_mapped, before + 50);
}

/* All that a guest can say of its flows. */
static void configure_hash(uint8_t seed)
{
	uint32_t *entry = (uint32_t *)(void *)world_page(&w, LIST);
	unsigned int i;

	memset(world_page(&w, LIST), seed, HASH_KEY);
	assert_int_equal(ask(WIRE_CTRL_SET_ALGORITHM, 1, 0, 0), 0);
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_FLAGS, 15, 0, 0), 0);
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_KEY, LIST, HASH_KEY, 0), 0);
	for (i = 0; i < 128; i++)
		entry[i] = (i + seed) % 4;
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING_SIZE, 128, 0, 0), 0);
	assert_int_equal(ask(WIRE_CTRL_SET_MAPPING, LIST, 128, 0), 0);
}

/* svnicd is killed and comes back; the guest does not say it again. */
static void test_hash_after_restart(void **state)
{
	static const struct hash none;
	struct hash want;
	unsigned int i;

	(void)state;
	for (i = 1; i < 6; i++) {
		configure_hash((uint8_t)i);
		want = w.netif->hash;
		w.vif.published = PEER_CONNECTED;
		world_restart(&w);
		assert_memory_equal(&w.netif->hash, &want, sizeof(want));
		world_restart(&w);
		assert_memory_equal(&w.netif->hash, &want, sizeof(want));
	}
	/* Another connection begins anew, and nothing of the last is left. */
	w.vif.published = PEER_CLOSED;
	world_restart(&w);
	assert_memory_equal(&w.netif->hash, &none, sizeof(none));
	w.vif.published = PEER_CONNECTED;
	world_restart(&w);
	assert_memory_equal(&w.netif->hash, &none, sizeof(none));
}

static uint32_t *note(void)
{
	return w.netif->slow.room;
}

static struct hash *noted(unsigned int place)
{
	return (struct hash *)(void *)(note() + 1) + place;
}

/* It died while it wrote, or was a daemon that wrote something else. */
static void test_hash_note(void **state)
{
	static const struct hash none;
	struct hash want;
	uint32_t current;

	(void)state;
	w.vif.published = PEER_CONNECTED;
	configure_hash(1);
	want = w.netif->hash;
	/* What is written next lies elsewhere. */
	current = *note();
	assert_int_equal(ask(WIRE_CTRL_SET_HASH_FLAGS, 5, 0, 0), 0);
	assert_int_not_equal(*note(), current);
	assert_memory_equal(noted(current & 1), &want, sizeof(want));
	want = w.netif->hash;
	memset(noted((*note() & 1) ^ 1), 0xee, sizeof(want));
	world_restart(&w);
	assert_memory_equal(&w.netif->hash, &want, sizeof(want));

	configure_hash(2);
	noted(*note() & 1)->mapping[127] = 4; /* of four queues */
	world_restart(&w);
	assert_memory_equal(&w.netif->hash, &none, sizeof(none));

	configure_hash(3);
	*noted(2) = *noted(3) = w.netif->hash;
	*note() += 2; /* a place that there is not */
	world_restart(&w);
	assert_memory_equal(&w.netif->hash, &none, sizeof(none));
	assert_int_equal(w.nr_faults, 0);
}

static const char *key_of_staging(void)
{
	unsigned int i;

	for (i = 0; i < WORLD_KEYS; i++)
		if (w.key[i].value &&
		    strcmp(w.key[i].key, SVNIC_KEY_STAGING) == 0)
			return w.key[i].value;
	return NULL;
}

/* Who comes next maps nothing by itself: it asks, once, if there was any. */
static void test_staging_after_restart(void **state)
{
	char first[16];
	const unsigned int before = w.nr_mapped;

	(void)state;
	w.vif.published = PEER_CONNECTED;
	world_restart(&w);
	assert_null(key_of_staging());
	fill_list(STAGED, 50);
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 3, LIST, 50), 0);
	world_restart(&w);
	assert_int_equal(w.nr_mapped, before);
	assert_non_null(key_of_staging());
	snprintf(first, sizeof(first), "%s", key_of_staging());
	world_restart(&w);
	assert_string_equal(key_of_staging(), first);
	/* The guest heard it; then it took them back. */
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 3, LIST, 50), 0);
	world_restart(&w);
	assert_string_not_equal(key_of_staging(), first);
	snprintf(first, sizeof(first), "%s", key_of_staging());
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 3, LIST, 50), 0);
	assert_int_equal(ask(WIRE_CTRL_DEL_GREFS, 3, LIST, 50), 0);
	world_restart(&w);
	assert_string_equal(key_of_staging(), first);
	/* Another connection has another guest's driver. */
	assert_int_equal(ask(WIRE_CTRL_ADD_GREFS, 3, LIST, 50), 0);
	w.vif.published = PEER_CLOSED;
	world_restart(&w);
	assert_string_equal(key_of_staging(), first);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_not_ours),
		CASE(test_flags),
		CASE(test_key),
		CASE(test_mapping_ranges),
		CASE(test_mapping_entries),
		CASE(test_steering),
		CASE(test_hash_after_restart),
		CASE(test_hash_note),
		CASE(test_staging_after_restart),
#ifdef HAVE_XEN_NETIF
		CASE(test_toeplitz),
		CASE(test_wire),
#endif
		CASE(test_staging),
		CASE(test_staging_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
