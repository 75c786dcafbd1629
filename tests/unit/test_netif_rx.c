/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames for a guest from the real core through the netif path, octet by octet,
 * into as many slots as there are (rules R21, R26).
 */
#include <string.h>

#include "netif_fixture.h"
#include "netif/headers.h"
#include "netif/priv.h"

static void test_rx(void **state)
{
	struct netif_fixture *f = *state;
	static const uint32_t lens[] = { 14, 60, 1514, 4096, 4097, 9014 };
	uint16_t flags;
	unsigned int i;

	world_post(&f->w, 0, 200);
	for (i = 0; i < 6; i++) {
		world_frame(f->sent, lens[i], true);
		world_peer_send(&f->w, f->sent, lens[i], NULL);
		world_run(&f->w);
		assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL),
				 lens[i]);
		assert_memory_equal(f->got, f->sent, lens[i]);
		assert_int_equal(f->w.port[1].notified, i + 1);
	}
	assert_int_equal(netif_fixture_info(f)->queue[0].stats.rx_frames, 6);
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
	struct netif_fixture *f = *state;
	struct svnic_meta m = tcp_meta(4, 1448);
	uint32_t len = world_tcp(f->sent, 4, 65400, true);
	struct wire_extra extra[WIRE_EXTRA_NR] = { 0 };
	uint16_t flags;

	world_post(&f->w, 0, 100);
	world_peer_send(&f->w, f->sent, len, &m);
	world_run(&f->w);
	assert_int_equal(world_receive(&f->w, 0, f->got, &flags, extra), len);
	assert_memory_equal(f->got, f->sent, len);
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
	field = svnic_headers_be16(frame + h.l4 + 16);
	headers_pseudo(frame, &h, len - h.l4);
	sum = svnic_headers_be16(frame + h.l4 + 16);
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
	struct netif_fixture *f = *state;
	static const unsigned int ips[] = { 4, 6 };
	uint32_t l4, len, done;
	struct svnic_meta m;
	uint16_t flags;
	unsigned int i, n;
	uint32_t size;

	f->w.config.sg = f->w.config.gso4 = f->w.config.gso6 =
		f->w.config.csum6 = false;
	f->w.config.no_csum4 = true;
	netif_reconnect(f);
	world_post(&f->w, 0, 200);
	for (i = 0; i < 2; i++) {
		m = tcp_meta(ips[i], 1400);
		l4 = ips[i] == 4 ? 34 : 54;
		len = world_tcp(f->sent, ips[i], 10000, true);
		world_peer_send(&f->w, f->sent, len, &m);
		world_run(&f->w);
		done = 0;
		for (n = 0;
		     (size = world_receive(&f->w, 0, f->got, &flags, NULL));
		     n++) {
			assert_int_equal(flags, WIRE_RX_CSUM_GOOD);
			assert_int_equal(sum_of(f->got, size), 0xffff);
			assert_int_equal(headers_be32(f->got + l4 + 4),
					 0x11223344 + done);
			assert_int_equal(f->got[l4 + 13], n == 7 ? 0x19 : 0x10);
			assert_memory_equal(f->got + l4 + 20,
					    f->sent + l4 + 20 + done,
					    size - l4 - 20);
			done += size - l4 - 20;
		}
		assert_int_equal(n, 8);
		assert_int_equal(done, 10000);
	}
	/* Too large for one slot, and nothing that may be cut. */
	world_frame(f->sent, 5000, true);
	world_peer_send(&f->w, f->sent, 5000, NULL);
	world_run(&f->w);
	assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL), 0);
	assert_int_equal(
		netif_fixture_info(f)->queue[0].stats.verdict[NETIF_V_RX_LARGE],
		1);
}

static void make_trunk(struct netif_fixture *f, const uint8_t *mac,
		       unsigned int vif)
{
	struct svnic_vif_config config = {
		.mtu = svnic_le16(9000),
		.flags = svnic_le32(SVNIC_VIF_TRUNK),
	};

	memcpy(config.mac, mac, 6);
	assert_int_equal(sim_vif_set(&f->w.host, vif, &config), SVNIC_ST_OK);
}

/* netif has no place for a tag: it goes into the frame, sums stay right. */
static void test_tagged(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta m = tcp_meta(4, 0);
	uint32_t len = world_tcp(f->sent, 4, 1000, true);
	uint16_t flags;
	unsigned int i;

	make_trunk(f, world_mac, f->w.vif.nr);
	make_trunk(f, world_peer, 2);
	world_post(&f->w, 0, 60);
	memset(f->sent, 0xff, 6);
	m.flags |= svnic_le16(SVNIC_META_VLAN);
	m.vlan_tci = svnic_le16(0x6005);
	for (i = 0; i < 3; i++) {
		m.gso_size = svnic_le16(i == 2 ? 400 : 0);
		m.flags |= svnic_le16(i == 2 ? SVNIC_META_GSO_TCPV4 : 0);
		world_peer_send(&f->w, f->sent, len, &m);
		world_run(&f->w);
		if (i == 2)
			break;
		assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL),
				 len + 4);
		assert_int_equal(flags, WIRE_RX_CSUM_GOOD);
		assert_memory_equal(f->got, f->sent, 12);
		assert_memory_equal(f->got + 12, "\x81\0\x60\5", 4);
		assert_int_equal(sum_of(f->got, len + 4), 0xffff);
		assert_memory_equal(f->got + 38 + 20, f->sent + 34 + 20, 1000);
	}
	/* A large one becomes segments, each with the tag. */
	for (i = 0; (len = world_receive(&f->w, 0, f->got, &flags, NULL));
	     i++) {
		assert_int_equal(len, 38 + 20 + (i < 2 ? 400 : 200));
		assert_memory_equal(f->got + 12, "\x81\0\x60\5", 4);
		assert_int_equal(sum_of(f->got, len), 0xffff);
	}
	assert_int_equal(i, 3);
	assert_int_equal(netif_fixture_info(f)->queue[0].stats.fixups, 3);
}

/* What nobody checked is not said to be good, because a tag was put in. */
static void test_tagged_unchecked(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta m = { .vlan_tci = svnic_le16(0x6005) };
	uint16_t flags;
	unsigned int i;

	make_trunk(f, world_mac, f->w.vif.nr);
	make_trunk(f, world_peer, 2);
	world_post(&f->w, 0, 60);
	for (i = 0; i < 2; i++) {
		m.flags = svnic_le16(SVNIC_META_VLAN |
				     (i ? SVNIC_META_CSUM_GOOD : 0));
		world_frame(f->sent, 100, true);
		world_peer_send(&f->w, f->sent, 100, &m);
		world_run(&f->w);
		assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL),
				 104);
		assert_int_equal(flags, i ? WIRE_RX_CSUM_GOOD : 0);
	}
}

static void test_headroom(void **state)
{
	struct netif_fixture *f = *state;
	struct wire_extra extra[WIRE_EXTRA_NR] = { 0 };
	uint16_t flags;

	f->w.config.xdp_headroom = 256;
	netif_reconnect(f);
	world_post(&f->w, 0, 20);
	world_frame(f->sent, 9014, true);
	world_peer_send(&f->w, f->sent, 9014, NULL);
	world_run(&f->w);
	assert_int_equal(world_receive(&f->w, 0, f->got, &flags, extra), 9014);
	assert_memory_equal(f->got, f->sent, 9014);
	assert_int_equal(extra[WIRE_EXTRA_XDP].u.xdp.headroom, 256);
}

/* No rx slots: the card's buffers are the bound, and then it drops. */
static void test_no_rx_slots(void **state)
{
	struct netif_fixture *f = *state;
	uint16_t flags;
	unsigned int i;

	for (i = 0; i < 400; i++) {
		world_frame(f->sent, 60, true);
		headers_put16(f->sent + 20, (uint16_t)i);
		world_peer_send(&f->w, f->sent, 60, NULL);
		world_run(&f->w);
	}
	assert_int_equal(netif_fixture_info(f)->queue[0].rx_held, 256);
	world_post(&f->w, 0, 1);
	world_run(&f->w);
	assert_int_equal(netif_fixture_info(f)->queue[0].rx_held, 255);
	for (i = 0; i < 256; i++) {
		if (i > 0)
			world_post(&f->w, 0, 1);
		world_run(&f->w);
		assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL),
				 60);
		assert_int_equal(svnic_headers_be16(f->got + 20), i);
	}
	assert_int_equal(f->w.nr_faults, 0);
}

/* One slot at a time for a frame that needs three (rule R21). */
static void test_few_rx_slots(void **state)
{
	struct netif_fixture *f = *state;
	uint16_t flags;

	world_frame(f->sent, 9014, true);
	world_peer_send(&f->w, f->sent, 9014, NULL);
	world_run(&f->w);
	world_post(&f->w, 0, 1);
	world_run(&f->w);
	world_post(&f->w, 0, 1);
	world_run(&f->w);
	assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL), 0);
	assert_int_equal(f->w.rx[0].page->req_event, 3);
	world_post(&f->w, 0, 1);
	world_run(&f->w);
	assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL), 9014);
}

/* What is behind a frame that waited too long needs fewer slots. */
static void test_behind_stale(void **state)
{
	struct netif_fixture *f = *state;
	uint16_t flags;

	world_frame(f->sent, 9014, true);
	world_peer_send(&f->w, f->sent, 9014, NULL);
	world_run(&f->w);
	world_frame(f->sent, 60, true);
	world_peer_send(&f->w, f->sent, 60, NULL);
	world_run(&f->w);
	world_post(&f->w, 0, 1);
	world_run(&f->w);
	f->w.netif->buf[f->w.netif->queue[0].head].since_ms -= 20000;
	world_turn(&f->w);
	world_run(&f->w);
	assert_int_equal(
		netif_fixture_info(f)->queue[0].stats.verdict[NETIF_V_RX_STALE],
		1);
	assert_int_equal(world_receive(&f->w, 0, f->got, &flags, NULL), 60);
}

/* Segments that wait for slots are not made again in each turn. */
static void test_few_segment_slots(void **state)
{
	struct netif_fixture *f = *state;
	struct svnic_meta m = tcp_meta(4, 1400);
	uint32_t len = world_tcp(f->sent, 4, 10000, true);
	uint16_t flags;
	unsigned int i;

	f->w.config.sg = f->w.config.gso4 = false;
	netif_reconnect(f);
	world_post(&f->w, 0, 7);
	world_peer_send(&f->w, f->sent, len, &m);
	for (i = 0; i < 50; i++) {
		world_turn(&f->w);
		world_run(&f->w);
	}
	assert_int_equal(netif_fixture_info(f)->queue[0].stats.fixups, 1);
	world_post(&f->w, 0, 1);
	world_run(&f->w);
	for (i = 0; world_receive(&f->w, 0, f->got, &flags, NULL); i++)
		;
	assert_int_equal(i, 8);
	assert_int_equal(netif_fixture_info(f)->queue[0].stats.fixups, 2);
}

static void test_rx_bad_grants(void **state)
{
	struct netif_fixture *f = *state;
	struct wire_rx_rsp rsp;
	unsigned int i;

	world_post(&f->w, 0, 20);
	for (i = 0; i < 20; i += 3)
		f->w.revoked[world_rx_gref(0, i)] = true;
	for (i = 0; i < 20; i++) {
		world_frame(f->sent, 100, true);
		world_peer_send(&f->w, f->sent, 100, NULL);
	}
	world_run(&f->w);
	for (i = 0; i < 20; i++) {
		assert_true(world_rx_answer(&f->w, 0, &rsp));
		assert_int_equal(rsp.id, i);
		assert_int_equal(rsp.status, i % 3 ? 100 : WIRE_RSP_ERROR);
	}
	assert_int_equal(
		netif_fixture_info(f)->queue[0].stats.verdict[NETIF_V_RX_GRANT],
		7);
}

#define T(test, up) cmocka_unit_test_setup_teardown(test, up, netif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_rx, netif_begin),
		T(test_rx_gso, netif_begin),
		T(test_rx_plain_guest, netif_begin),
		T(test_tagged, netif_begin),
		T(test_tagged_unchecked, netif_begin),
		T(test_headroom, netif_begin),
		T(test_no_rx_slots, netif_begin),
		T(test_few_rx_slots, netif_begin),
		T(test_behind_stale, netif_begin),
		T(test_few_segment_slots, netif_begin),
		T(test_rx_bad_grants, netif_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
