// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose packets a VIF with a list may send: every kind of frame that claims an
 * IP address, rightly and not, plain, tagged and in pieces; and that a VIF
 * without a list sends what it likes.
 */
#include <arpa/inet.h>
#include "core_fixture.h"

#define MINE   "10.0.0.5"
#define NET    "192.168.7.9" /* in a network of the list */
#define OTHER  "10.0.0.6"
#define MINE6  "fd00::5"
#define NET6   "fd00:0:0:7::9"
#define OTHER6 "fd00::6"
#define LOCAL6 "fe80::ff:fe00:1" /* of 02:00:00:00:00:01 */

static uint8_t frame[SVNIC_FRAME_MAX];
static uint32_t len;

static const uint8_t own[6] = { 2, 0, 0, 0, 0, 1 };
static const uint8_t foreign[6] = { 2, 0, 0, 0, 0, 3 };

static void be16(uint32_t at, unsigned int v)
{
	frame[at] = (uint8_t)(v >> 8);
	frame[at + 1] = (uint8_t)v;
}

static void addr(uint32_t at, const char *text)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	assert_int_equal(inet_pton(family, text, frame + at), 1);
}

static void ether(unsigned int type)
{
	fixture_frame(frame, 300, 2, 1);
	memset(frame + 14, 0, 286);
	be16(12, type);
	len = 300;
}

static void ipv4(const char *from, const char *to, unsigned int protocol)
{
	ether(0x0800);
	frame[14] = 0x45;
	frame[23] = (uint8_t)protocol;
	addr(26, from);
	addr(30, to);
}

static void udp(const char *from, const char *to, unsigned int source,
		unsigned int dest)
{
	ipv4(from, to, 17);
	be16(34, source);
	be16(36, dest);
}

static void arp(unsigned int op, const uint8_t *mac, const char *ip)
{
	ether(0x0806);
	be16(14, 1);
	be16(16, 0x0800);
	frame[18] = 6;
	frame[19] = 4;
	be16(20, op);
	memcpy(frame + 22, mac, 6);
	addr(28, ip);
	len = 60;
}

static void ipv6(const char *from, unsigned int next, unsigned int payload)
{
	ether(0x86dd);
	frame[14] = 0x60;
	be16(18, payload);
	frame[20] = (uint8_t)next;
	frame[21] = 64;
	addr(22, from);
	addr(38, "ff02::1");
	len = 54 + payload;
}

/* A message of @type with @fixed octets and, if @mac, one option. */
static void nd(const char *from, unsigned int type, uint32_t fixed,
	       const uint8_t *mac, unsigned int option)
{
	ipv6(from, 58, fixed + (mac ? 8 : 0));
	frame[21] = 255;
	frame[54] = (uint8_t)type;
	if (!mac)
		return;
	frame[54 + fixed] = (uint8_t)option;
	frame[54 + fixed + 1] = 1;
	memcpy(frame + 54 + fixed + 2, mac, 6);
}

static void advert(const char *from, const char *target, const uint8_t *mac)
{
	nd(from, 136, 24, mac, 2);
	addr(62, target);
}

/* @octets of an extension header @kind in front of what is there. */
static void extend(unsigned int kind, uint32_t octets)
{
	memmove(frame + 54 + octets, frame + 54, len - 54);
	memset(frame + 54, 0, octets);
	frame[54] = frame[20];
	frame[55] = (uint8_t)(kind == 51 ? octets / 4 - 2 : octets / 8 - 1);
	frame[20] = (uint8_t)kind;
	len += octets;
	be16(18, len - 54);
}

static struct svnic_address address(const char *text, unsigned int prefix)
{
	struct svnic_address a = { .prefix = (uint8_t)prefix, .family = 4 };

	if (strchr(text, ':'))
		a.family = 6;
	assert_int_equal(
		inet_pton(a.family == 6 ? AF_INET6 : AF_INET, text, a.addr), 1);
	return a;
}

static struct svnic_source usual(void)
{
	struct svnic_source list = { .nr = 4 };

	list.address[0] = address(MINE, 32);
	list.address[1] = address("fd00:0:0:7::", 64);
	list.address[2] = address("192.168.4.0", 22);
	list.address[3] = address(MINE6, 128);
	return list;
}

static void start(struct fixture *f, uint32_t flags,
		  const struct svnic_source *list)
{
	struct svnic_vif_config c = fixture_config(1);

	c.flags = svnic_le32(flags);
	fixture_guest_with(f, 1, &c);
	c = fixture_config(2);
	c.flags = svnic_le32(flags);
	fixture_guest_with(f, 2, &c);
	if (list)
		assert_int_equal(sim_source_set(&f->host[0], 1, list),
				 SVNIC_ST_OK);
}

/* Send what was made in pieces of @piece octets: is it delivered? */
static bool passes_in(struct fixture *f, uint32_t piece)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	uint64_t spoofed = fixture_tx(f, 1, SVNIC_V_SPOOFED_IP);
	struct svnic_meta meta;
	uint32_t n;

	sim_send(&f->guest[1], frame, len, piece, NULL);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_true(svnic_tx_return(&f->guest[1].tx) >= 0);
	n = sim_receive(&f->guest[2], got, sizeof(got), &meta);
	spoofed = fixture_tx(f, 1, SVNIC_V_SPOOFED_IP) - spoofed;
	assert_int_equal(spoofed, n == 0);
	if (n) {
		sim_provide(&f->guest[2], 1, FIXTURE_BUFFER);
		sim_ring(&f->guest[2]);
	}
	return n;
}

static bool passes(struct fixture *f)
{
	bool in_pieces = passes_in(f, 20);
	bool whole = passes_in(f, SVNIC_PAGE_SIZE);

	assert_int_equal(in_pieces, whole);
	return whole;
}

#define PASSES(f, make)                 \
	do {                            \
		make;                   \
		assert_true(passes(f)); \
	} while (0)
#define DROPPED(f, make)                 \
	do {                             \
		make;                    \
		assert_false(passes(f)); \
	} while (0)

static void ipv4_frames(void **state)
{
	struct svnic_source list = usual();
	struct fixture *f = *state;

	start(f, 0, &list);
	PASSES(f, ipv4(MINE, OTHER, 6));
	PASSES(f, ipv4(NET, OTHER, 6));
	DROPPED(f, ipv4(OTHER, MINE, 6));
	DROPPED(f, ipv4("192.168.8.0", MINE, 6));
	DROPPED(f, ipv4("192.168.3.255", MINE, 6));
	DROPPED(f, ipv4("255.255.255.255", MINE, 6));
	DROPPED(f, ipv4("0.0.0.0", MINE, 6));
	/* Too short to tell. */
	DROPPED(f, (ipv4(MINE, OTHER, 6), len = 33));
	PASSES(f, (ipv4(MINE, OTHER, 6), len = 34));
	/* What is no packet is not looked at. */
	PASSES(f, ether(0x88b5));
	PASSES(f, ether(0x0026));
}

static void dhcp(void **state)
{
	struct svnic_source list = usual();
	struct fixture *f = *state;

	start(f, 0, &list);
	PASSES(f, udp("0.0.0.0", "255.255.255.255", 68, 67));
	DROPPED(f, udp("0.0.0.0", "255.255.255.255", 67, 68));
	DROPPED(f, udp("0.0.0.0", "255.255.255.255", 68, 53));
	DROPPED(f, udp("0.0.0.0", OTHER, 68, 67));
	DROPPED(f, udp(OTHER, "255.255.255.255", 68, 67));
	DROPPED(f, (udp("0.0.0.0", "255.255.255.255", 68, 67), frame[23] = 6));
	/* A later fragment has no ports. */
	DROPPED(f, (udp("0.0.0.0", "255.255.255.255", 68, 67), frame[21] = 1));
	DROPPED(f,
		(udp("0.0.0.0", "255.255.255.255", 68, 67), frame[14] = 0x44));
	DROPPED(f, (udp("0.0.0.0", "255.255.255.255", 68, 67), len = 37));
	PASSES(f, (udp("0.0.0.0", "255.255.255.255", 0, 0), frame[14] = 0x46,
		   be16(38, 68), be16(40, 67)));
}

static void arp_frames(void **state)
{
	struct svnic_source list = usual();
	struct fixture *f = *state;

	start(f, 0, &list);
	PASSES(f, arp(1, own, MINE));
	PASSES(f, arp(2, own, NET));
	PASSES(f, arp(1, own, "0.0.0.0"));
	DROPPED(f, arp(2, own, "0.0.0.0"));
	DROPPED(f, arp(1, own, OTHER));
	DROPPED(f, arp(2, own, OTHER));
	DROPPED(f, arp(2, foreign, MINE));
	DROPPED(f, arp(1, foreign, "0.0.0.0"));
	DROPPED(f, (arp(2, own, MINE), len = 41));
	DROPPED(f, (arp(2, own, MINE), be16(14, 6)));
	DROPPED(f, (arp(2, own, MINE), frame[18] = 8));
	DROPPED(f, (arp(2, own, MINE), frame[19] = 16));
	DROPPED(f, (arp(2, own, MINE), be16(16, 0x86dd)));
	PASSES(f, (arp(3, own, "0.0.0.0"), be16(12, 0x8035)));
	DROPPED(f, (arp(4, own, OTHER), be16(12, 0x8035)));
}

static void ipv6_frames(void **state)
{
	struct svnic_source list = usual();
	struct fixture *f = *state;

	start(f, 0, &list);
	PASSES(f, ipv6(MINE6, 6, 100));
	PASSES(f, ipv6(NET6, 17, 8));
	PASSES(f, ipv6(LOCAL6, 17, 8));
	DROPPED(f, ipv6(OTHER6, 6, 100));
	DROPPED(f, ipv6("fd00:0:0:8::9", 6, 100));
	DROPPED(f, ipv6("fe80::ff:fe00:2", 17, 8));
	DROPPED(f, ipv6("fe80::1", 17, 8));
	DROPPED(f, ipv6("fe80:0:0:1:0:ff:fe00:1", 17, 8));
	DROPPED(f, ipv6("::", 17, 8));
	DROPPED(f, ipv6("::ffff:10.0.0.5", 17, 8));
	DROPPED(f, (ipv6(MINE6, 17, 8), len = 53));
}

static void from_nobody(void **state)
{
	struct svnic_source list = usual();
	struct fixture *f = *state;

	start(f, 0, &list);
	PASSES(f, nd("::", 135, 24, NULL, 0));
	PASSES(f, nd("::", 133, 8, NULL, 0));
	/* Reports of groups come behind a router alert, and go one hop. */
	PASSES(f, (nd("::", 143, 28, NULL, 0), extend(0, 8), frame[21] = 1));
	PASSES(f, (nd("::", 131, 24, NULL, 0), extend(0, 8), frame[21] = 1));
	DROPPED(f, nd("::", 136, 24, NULL, 0));
	DROPPED(f, nd("::", 134, 16, NULL, 0));
	DROPPED(f, nd("::", 128, 8, NULL, 0));
	DROPPED(f, (nd("::", 135, 24, NULL, 0), extend(44, 8)));
	DROPPED(f, nd("::1", 135, 24, NULL, 0));
}

static void neighbour_discovery(void **state)
{
	struct svnic_source list = usual();
	struct fixture *f = *state;

	start(f, 0, &list);
	PASSES(f, advert(MINE6, MINE6, own));
	PASSES(f, advert(LOCAL6, NET6, own));
	PASSES(f, advert(MINE6, LOCAL6, NULL));
	DROPPED(f, advert(MINE6, OTHER6, own));
	DROPPED(f, advert(MINE6, "fe80::ff:fe00:2", NULL));
	DROPPED(f, advert(OTHER6, MINE6, own));
	DROPPED(f, advert(MINE6, MINE6, foreign));
	PASSES(f, nd(MINE6, 135, 24, own, 1));
	DROPPED(f, nd(MINE6, 135, 24, foreign, 1));
	DROPPED(f, nd(OTHER6, 135, 24, own, 1));
	DROPPED(f, nd(MINE6, 133, 8, foreign, 1));
	PASSES(f, nd(LOCAL6, 134, 16, own, 1));
	/* Nobody believes what came from afar. */
	PASSES(f, (advert(MINE6, OTHER6, own), frame[21] = 64));
	/* An option without an end, and one that is not all there. */
	DROPPED(f, (nd(MINE6, 135, 24, own, 1), frame[79] = 0));
	DROPPED(f, (nd(MINE6, 135, 24, own, 5), frame[79] = 2));
	PASSES(f, nd(MINE6, 135, 24, own, 5));
	DROPPED(f, (advert(MINE6, MINE6, own), len = 70));
	PASSES(f, nd(MINE6, 128, 8, NULL, 0));
}

/* A claim cannot hide behind other headers. */
static void extension_headers(void **state)
{
	static const unsigned int kind[] = { 0, 43, 60, 51 };
	struct svnic_source list = usual();
	struct fixture *f = *state;
	unsigned int i;

	start(f, 0, &list);
	for (i = 0; i < 4; i++) {
		PASSES(f, (advert(MINE6, MINE6, NULL), extend(kind[i], 16)));
		DROPPED(f, (advert(MINE6, OTHER6, NULL), extend(kind[i], 16)));
		DROPPED(f, (advert(MINE6, OTHER6, NULL), extend(kind[i], 8),
			    extend(60, 24)));
		/* ... nor where nobody looks. */
		DROPPED(f, (advert(MINE6, OTHER6, NULL), extend(kind[i], 80)));
		DROPPED(f, (advert(MINE6, OTHER6, NULL), extend(kind[i], 72)));
	}
	PASSES(f, (ipv6(MINE6, 6, 100), extend(60, 80)));
	PASSES(f, (ipv6(MINE6, 6, 100), extend(60, 80), frame[21] = 255));
	PASSES(f, (ipv6(MINE6, 6, 9), extend(60, 8), extend(60, 80)));
	DROPPED(f, (ipv6(MINE6, 6, 9), extend(60, 8), extend(60, 80),
		    frame[21] = 255));
}

static void tag(unsigned int tpid, unsigned int tci)
{
	memmove(frame + 16, frame + 12, len - 12);
	be16(12, tpid);
	be16(14, tci);
	len += 4;
}

static void tagged_frames(void **state)
{
	struct svnic_source list = usual();
	struct fixture *f = *state;

	start(f, SVNIC_VIF_TRUNK, &list);
	PASSES(f, (ipv4(MINE, OTHER, 6), tag(0x8100, 7)));
	DROPPED(f, (ipv4(OTHER, MINE, 6), tag(0x8100, 7)));
	DROPPED(f, (ipv4(OTHER, MINE, 6), tag(0x8100, 0)));
	PASSES(f, (ipv4(MINE, OTHER, 6), tag(0x8100, 8), tag(0x8100, 7)));
	DROPPED(f, (ipv4(OTHER, MINE, 6), tag(0x8100, 8), tag(0x8100, 7)));
	DROPPED(f, (ipv4(OTHER, MINE, 6), tag(0x88a8, 8)));
	DROPPED(f, (arp(2, own, OTHER), tag(0x8100, 7)));
	DROPPED(f,
		(advert(MINE6, OTHER6, own), tag(0x88a8, 8), tag(0x8100, 7)));
	PASSES(f, (advert(MINE6, MINE6, own), tag(0x88a8, 8), tag(0x8100, 7)));
}

/* Tags that go on where nobody looks. */
static void only_tags(void **state)
{
	struct svnic_source list = usual();
	struct fixture *f = *state;
	unsigned int i;

	start(f, SVNIC_VIF_TRUNK, &list);
	ipv4(MINE, OTHER, 6);
	len = 100;
	for (i = 0; i < 40; i++)
		tag(0x8100, 7);
	assert_false(passes(f));
	ether(0x8100);
	len = 14;
	assert_false(passes(f));
}

static void without_a_list(void **state)
{
	struct svnic_source list = usual(), none = { .nr = 0 };
	struct fixture *f = *state;

	start(f, 0, NULL);
	PASSES(f, ipv4(OTHER, MINE, 6));
	PASSES(f, arp(2, foreign, OTHER));
	assert_int_equal(sim_source_set(&f->host[0], 1, &list), SVNIC_ST_OK);
	DROPPED(f, ipv4(OTHER, MINE, 6));
	/* Another list replaces it as a whole. */
	list = (struct svnic_source) { .nr = 1 };
	list.address[0] = address(OTHER, 32);
	assert_int_equal(sim_source_set(&f->host[0], 1, &list), SVNIC_ST_OK);
	PASSES(f, ipv4(OTHER, MINE, 6));
	DROPPED(f, ipv4(MINE, OTHER, 6));
	DROPPED(f, ipv6(MINE6, 6, 100));
	PASSES(f, ipv6(LOCAL6, 17, 8));
	assert_int_equal(sim_source_set(&f->host[0], 1, &none), SVNIC_ST_OK);
	PASSES(f, ipv4(MINE, OTHER, 6));
	PASSES(f, ipv6(OTHER6, 6, 100));
	/* A new VIF of the same place has none. */
	assert_int_equal(sim_source_set(&f->host[0], 1, &list), SVNIC_ST_OK);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 1),
			 SVNIC_ST_OK);
	fixture_guest(f, 1);
	PASSES(f, ipv4(MINE, OTHER, 6));
}

static void whole_families(void **state)
{
	struct svnic_source list = { .nr = 1 };
	struct fixture *f = *state;

	list.address[0] = address("::", 0);
	start(f, 0, &list);
	PASSES(f, ipv6(OTHER6, 6, 100));
	DROPPED(f, ipv4(MINE, OTHER, 6));
	list.address[0] = address("0.0.0.0", 0);
	assert_int_equal(sim_source_set(&f->host[0], 1, &list), SVNIC_ST_OK);
	PASSES(f, ipv4(OTHER, MINE, 6));
	DROPPED(f, ipv6(MINE6, 6, 100));
}

/* Receivers of a VIF with a list keep their queue; the next list is kept. */
static void kept_over_set_and_takeover(void **state)
{
	struct svnic_vif_config c = fixture_config(1);
	struct svnic_source list = usual();
	struct fixture *f = *state;

	start(f, 0, &list);
	c.mtu = 1400;
	assert_int_equal(sim_vif_set(&f->host[0], 1, &c), SVNIC_ST_OK);
	DROPPED(f, ipv4(OTHER, MINE, 6));
	assert_int_equal(core_init(f->arena, f->arena_size, &f->config,
				   &f->core, &f->adopted),
			 0);
	assert_true(f->adopted);
	DROPPED(f, ipv4(OTHER, MINE, 6));
	PASSES(f, ipv4(MINE, OTHER, 6));
	ipv4(OTHER, MINE, 6);
	memcpy(frame, own, 6);
	frame[11] = 2;
	fixture_send(f, 2, frame, 100);
	fixture_expect(&f->guest[1], frame, 100);
}

static void bad_lists(void **state)
{
	struct svnic_source good = usual();
	struct fixture *f = *state;
	struct svnic_source bad;

	start(f, 0, &good);
#define REFUSED(what)                                                  \
	do {                                                           \
		bad = good;                                            \
		what;                                                  \
		assert_int_equal(sim_source_set(&f->host[0], 1, &bad), \
				 SVNIC_ST_BAD_FIELD);                  \
	} while (0)
	REFUSED(bad.nr = SVNIC_SOURCE_MAX + 1);
	REFUSED(bad.nr = 3);
	REFUSED(bad.nr = 0);
	REFUSED(bad.nr = 5);
	REFUSED(bad.reserved[5] = 1);
	REFUSED(bad.address[0].reserved[5] = 1);
	REFUSED(bad.address[0].prefix = 33);
	REFUSED(bad.address[0].family = 5);
	REFUSED(bad.address[0].addr[4] = 1);
	REFUSED(bad.address[1].prefix = 129);
	REFUSED(bad.address[1].addr[8] = 1);
	REFUSED(bad.address[2].addr[2] = 5);
	REFUSED(bad.address[15].addr[0] = 1);
	assert_int_equal(sim_source_set(&f->host[0], 4, &good),
			 SVNIC_ST_NO_VIF);
	PASSES(f, ipv4(MINE, OTHER, 6));
	DROPPED(f, ipv4(OTHER, MINE, 6));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ipv4_frames),	 TEST(dhcp),
		TEST(arp_frames),	 TEST(ipv6_frames),
		TEST(from_nobody),	 TEST(neighbour_discovery),
		TEST(extension_headers), TEST(tagged_frames),
		TEST(only_tags),	 TEST(without_a_list),
		TEST(whole_families),	 TEST(kept_over_set_and_takeover),
		TEST(bad_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
