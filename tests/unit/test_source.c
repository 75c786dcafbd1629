// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose packets a VIF with a list may send: every kind of frame that claims an
 * IP address, rightly and not, plain, tagged and in pieces.
 */
#include "claim.h"

static void ipv4_frames(void **state)
{
	struct svnic_source list = claim_usual();
	struct fixture *f = *state;

	claim_start(f, 0, &list);
	PASSES(f, claim_ipv4(MINE, OTHER, 6));
	PASSES(f, claim_ipv4(NET, OTHER, 6));
	DROPPED(f, claim_ipv4(OTHER, MINE, 6));
	DROPPED(f, claim_ipv4("192.168.8.0", MINE, 6));
	DROPPED(f, claim_ipv4("192.168.3.255", MINE, 6));
	DROPPED(f, claim_ipv4("255.255.255.255", MINE, 6));
	DROPPED(f, claim_ipv4("0.0.0.0", MINE, 6));
	/* Too short to tell. */
	DROPPED(f, (claim_ipv4(MINE, OTHER, 6), claim.len = 33));
	PASSES(f, (claim_ipv4(MINE, OTHER, 6), claim.len = 34));
	/* What is no packet is not looked at. */
	PASSES(f, claim_ether(0x88b5));
	PASSES(f, claim_ether(0x0026));
}

static void dhcp(void **state)
{
	struct svnic_source list = claim_usual();
	struct fixture *f = *state;

	claim_start(f, 0, &list);
	PASSES(f, claim_udp("0.0.0.0", "255.255.255.255", 68, 67));
	DROPPED(f, claim_udp("0.0.0.0", "255.255.255.255", 67, 68));
	DROPPED(f, claim_udp("0.0.0.0", "255.255.255.255", 68, 53));
	DROPPED(f, claim_udp("0.0.0.0", OTHER, 68, 67));
	DROPPED(f, claim_udp(OTHER, "255.255.255.255", 68, 67));
	DROPPED(f, (claim_udp("0.0.0.0", "255.255.255.255", 68, 67),
		    claim.frame[23] = 6));
	/* A later fragment has no ports. */
	DROPPED(f, (claim_udp("0.0.0.0", "255.255.255.255", 68, 67),
		    claim.frame[21] = 1));
	DROPPED(f, (claim_udp("0.0.0.0", "255.255.255.255", 68, 67),
		    claim.frame[14] = 0x44));
	DROPPED(f, (claim_udp("0.0.0.0", "255.255.255.255", 68, 67),
		    claim.len = 37));
	PASSES(f, (claim_udp("0.0.0.0", "255.255.255.255", 0, 0),
		   claim.frame[14] = 0x46, claim_be16(38, 68),
		   claim_be16(40, 67)));
}

static void arp_frames(void **state)
{
	struct svnic_source list = claim_usual();
	struct fixture *f = *state;

	claim_start(f, 0, &list);
	PASSES(f, claim_arp(1, claim_own, MINE));
	PASSES(f, claim_arp(2, claim_own, NET));
	PASSES(f, claim_arp(1, claim_own, "0.0.0.0"));
	DROPPED(f, claim_arp(2, claim_own, "0.0.0.0"));
	DROPPED(f, claim_arp(1, claim_own, OTHER));
	DROPPED(f, claim_arp(2, claim_own, OTHER));
	DROPPED(f, claim_arp(2, claim_foreign, MINE));
	DROPPED(f, claim_arp(1, claim_foreign, "0.0.0.0"));
	DROPPED(f, (claim_arp(2, claim_own, MINE), claim.len = 41));
	DROPPED(f, (claim_arp(2, claim_own, MINE), claim_be16(14, 6)));
	DROPPED(f, (claim_arp(2, claim_own, MINE), claim.frame[18] = 8));
	DROPPED(f, (claim_arp(2, claim_own, MINE), claim.frame[19] = 16));
	DROPPED(f, (claim_arp(2, claim_own, MINE), claim_be16(16, 0x86dd)));
	PASSES(f, (claim_arp(3, claim_own, "0.0.0.0"), claim_be16(12, 0x8035)));
	DROPPED(f, (claim_arp(4, claim_own, OTHER), claim_be16(12, 0x8035)));
}

static void ipv6_frames(void **state)
{
	struct svnic_source list = claim_usual();
	struct fixture *f = *state;

	claim_start(f, 0, &list);
	PASSES(f, claim_ipv6(MINE6, 6, 100));
	PASSES(f, claim_ipv6(NET6, 17, 8));
	PASSES(f, claim_ipv6(LOCAL6, 17, 8));
	DROPPED(f, claim_ipv6(OTHER6, 6, 100));
	DROPPED(f, claim_ipv6("fd00:0:0:8::9", 6, 100));
	DROPPED(f, claim_ipv6("fe80::ff:fe00:2", 17, 8));
	DROPPED(f, claim_ipv6("fe80::1", 17, 8));
	DROPPED(f, claim_ipv6("fe80:0:0:1:0:ff:fe00:1", 17, 8));
	DROPPED(f, claim_ipv6("::", 17, 8));
	DROPPED(f, claim_ipv6("::ffff:10.0.0.5", 17, 8));
	DROPPED(f, (claim_ipv6(MINE6, 17, 8), claim.len = 53));
}

static void from_nobody(void **state)
{
	struct svnic_source list = claim_usual();
	struct fixture *f = *state;

	claim_start(f, 0, &list);
	PASSES(f, claim_nd("::", 135, 24, NULL, 0));
	PASSES(f, claim_nd("::", 133, 8, NULL, 0));
	/* Reports of groups come behind a router alert, and go one hop. */
	PASSES(f, (claim_nd("::", 143, 28, NULL, 0), claim_extend(0, 8),
		   claim.frame[21] = 1));
	PASSES(f, (claim_nd("::", 131, 24, NULL, 0), claim_extend(0, 8),
		   claim.frame[21] = 1));
	DROPPED(f, claim_nd("::", 136, 24, NULL, 0));
	DROPPED(f, claim_nd("::", 134, 16, NULL, 0));
	DROPPED(f, claim_nd("::", 128, 8, NULL, 0));
	DROPPED(f, (claim_nd("::", 135, 24, NULL, 0), claim_extend(44, 8)));
	DROPPED(f, claim_nd("::1", 135, 24, NULL, 0));
}

static void neighbour_discovery(void **state)
{
	struct svnic_source list = claim_usual();
	struct fixture *f = *state;

	claim_start(f, 0, &list);
	PASSES(f, claim_advert(MINE6, MINE6, claim_own));
	PASSES(f, claim_advert(LOCAL6, NET6, claim_own));
	PASSES(f, claim_advert(MINE6, LOCAL6, NULL));
	DROPPED(f, claim_advert(MINE6, OTHER6, claim_own));
	DROPPED(f, claim_advert(MINE6, "fe80::ff:fe00:2", NULL));
	DROPPED(f, claim_advert(OTHER6, MINE6, claim_own));
	DROPPED(f, claim_advert(MINE6, MINE6, claim_foreign));
	PASSES(f, claim_nd(MINE6, 135, 24, claim_own, 1));
	DROPPED(f, claim_nd(MINE6, 135, 24, claim_foreign, 1));
	DROPPED(f, claim_nd(OTHER6, 135, 24, claim_own, 1));
	DROPPED(f, claim_nd(MINE6, 133, 8, claim_foreign, 1));
	PASSES(f, claim_nd(LOCAL6, 134, 16, claim_own, 1));
	/* Nobody believes what came from afar. */
	PASSES(f,
	       (claim_advert(MINE6, OTHER6, claim_own), claim.frame[21] = 64));
	/* An option without an end, and one that is not all there. */
	DROPPED(f,
		(claim_nd(MINE6, 135, 24, claim_own, 1), claim.frame[79] = 0));
	DROPPED(f,
		(claim_nd(MINE6, 135, 24, claim_own, 5), claim.frame[79] = 2));
	PASSES(f, claim_nd(MINE6, 135, 24, claim_own, 5));
	DROPPED(f, (claim_advert(MINE6, MINE6, claim_own), claim.len = 70));
	PASSES(f, claim_nd(MINE6, 128, 8, NULL, 0));
}

/* A claim cannot hide behind other headers. */
static void extension_headers(void **state)
{
	static const unsigned int kind[] = { 0, 43, 60, 51 };
	struct svnic_source list = claim_usual();
	struct fixture *f = *state;
	unsigned int i;

	claim_start(f, 0, &list);
	for (i = 0; i < 4; i++) {
		PASSES(f, (claim_advert(MINE6, MINE6, NULL),
			   claim_extend(kind[i], 16)));
		DROPPED(f, (claim_advert(MINE6, OTHER6, NULL),
			    claim_extend(kind[i], 16)));
		DROPPED(f, (claim_advert(MINE6, OTHER6, NULL),
			    claim_extend(kind[i], 8), claim_extend(60, 24)));
		/* ... nor where nobody looks. */
		DROPPED(f, (claim_advert(MINE6, OTHER6, NULL),
			    claim_extend(kind[i], 80)));
		DROPPED(f, (claim_advert(MINE6, OTHER6, NULL),
			    claim_extend(kind[i], 72)));
	}
	PASSES(f, (claim_ipv6(MINE6, 6, 100), claim_extend(60, 80)));
	PASSES(f, (claim_ipv6(MINE6, 6, 100), claim_extend(60, 80),
		   claim.frame[21] = 255));
	PASSES(f, (claim_ipv6(MINE6, 6, 9), claim_extend(60, 8),
		   claim_extend(60, 80)));
	DROPPED(f, (claim_ipv6(MINE6, 6, 9), claim_extend(60, 8),
		    claim_extend(60, 80), claim.frame[21] = 255));
}

static void tagged_frames(void **state)
{
	struct svnic_source list = claim_usual();
	struct fixture *f = *state;

	claim_start(f, SVNIC_VIF_TRUNK, &list);
	PASSES(f, (claim_ipv4(MINE, OTHER, 6), claim_tag(0x8100, 7)));
	DROPPED(f, (claim_ipv4(OTHER, MINE, 6), claim_tag(0x8100, 7)));
	DROPPED(f, (claim_ipv4(OTHER, MINE, 6), claim_tag(0x8100, 0)));
	PASSES(f, (claim_ipv4(MINE, OTHER, 6), claim_tag(0x8100, 8),
		   claim_tag(0x8100, 7)));
	DROPPED(f, (claim_ipv4(OTHER, MINE, 6), claim_tag(0x8100, 8),
		    claim_tag(0x8100, 7)));
	DROPPED(f, (claim_ipv4(OTHER, MINE, 6), claim_tag(0x88a8, 8)));
	DROPPED(f, (claim_arp(2, claim_own, OTHER), claim_tag(0x8100, 7)));
	DROPPED(f, (claim_advert(MINE6, OTHER6, claim_own),
		    claim_tag(0x88a8, 8), claim_tag(0x8100, 7)));
	PASSES(f, (claim_advert(MINE6, MINE6, claim_own), claim_tag(0x88a8, 8),
		   claim_tag(0x8100, 7)));
}

/* Tags that go on where nobody looks. */
static void only_tags(void **state)
{
	struct svnic_source list = claim_usual();
	struct fixture *f = *state;
	unsigned int i;

	claim_start(f, SVNIC_VIF_TRUNK, &list);
	claim_ipv4(MINE, OTHER, 6);
	claim.len = 100;
	for (i = 0; i < 40; i++)
		claim_tag(0x8100, 7);
	assert_false(claim_passes(f));
	claim_ether(0x8100);
	claim.len = 14;
	assert_false(claim_passes(f));
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
		TEST(only_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
