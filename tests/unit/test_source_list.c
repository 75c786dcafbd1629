// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of addresses itself: what may be in it, what replaces it and what it
 * outlives; and that a VIF without one sends what it likes.
 */
#include "claim.h"

static void without_a_list(void **state)
{
	struct svnic_source list = claim_usual(), none = { .nr = 0 };
	struct fixture *f = *state;

	claim_start(f, 0, NULL);
	PASSES(f, claim_ipv4(OTHER, MINE, 6));
	PASSES(f, claim_arp(2, claim_foreign, OTHER));
	assert_int_equal(sim_source_set(&f->host[0], 1, &list), SVNIC_ST_OK);
	DROPPED(f, claim_ipv4(OTHER, MINE, 6));
	/* Another list replaces it as a whole. */
	list = (struct svnic_source) { .nr = 1 };
	list.address[0] = claim_address(OTHER, 32);
	assert_int_equal(sim_source_set(&f->host[0], 1, &list), SVNIC_ST_OK);
	PASSES(f, claim_ipv4(OTHER, MINE, 6));
	DROPPED(f, claim_ipv4(MINE, OTHER, 6));
	DROPPED(f, claim_ipv6(MINE6, 6, 100));
	PASSES(f, claim_ipv6(LOCAL6, 17, 8));
	assert_int_equal(sim_source_set(&f->host[0], 1, &none), SVNIC_ST_OK);
	PASSES(f, claim_ipv4(MINE, OTHER, 6));
	PASSES(f, claim_ipv6(OTHER6, 6, 100));
	/* A new VIF of the same place has none. */
	assert_int_equal(sim_source_set(&f->host[0], 1, &list), SVNIC_ST_OK);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 1),
			 SVNIC_ST_OK);
	fixture_guest(f, 1);
	PASSES(f, claim_ipv4(MINE, OTHER, 6));
}

static void whole_families(void **state)
{
	struct svnic_source list = { .nr = 1 };
	struct fixture *f = *state;

	list.address[0] = claim_address("::", 0);
	claim_start(f, 0, &list);
	PASSES(f, claim_ipv6(OTHER6, 6, 100));
	DROPPED(f, claim_ipv4(MINE, OTHER, 6));
	list.address[0] = claim_address("0.0.0.0", 0);
	assert_int_equal(sim_source_set(&f->host[0], 1, &list), SVNIC_ST_OK);
	PASSES(f, claim_ipv4(OTHER, MINE, 6));
	DROPPED(f, claim_ipv6(MINE6, 6, 100));
}

/* Receivers of a VIF with a list keep their queue; the next list is kept. */
static void kept_over_set_and_takeover(void **state)
{
	struct svnic_vif_config c = fixture_config(1);
	struct svnic_source list = claim_usual();
	struct fixture *f = *state;

	claim_start(f, 0, &list);
	c.mtu = 1400;
	assert_int_equal(sim_vif_set(&f->host[0], 1, &c), SVNIC_ST_OK);
	DROPPED(f, claim_ipv4(OTHER, MINE, 6));
	assert_int_equal(core_init(f->arena, f->arena_size, &f->config,
				   &f->core, &f->adopted),
			 0);
	assert_true(f->adopted);
	DROPPED(f, claim_ipv4(OTHER, MINE, 6));
	PASSES(f, claim_ipv4(MINE, OTHER, 6));
	claim_ipv4(OTHER, MINE, 6);
	memcpy(claim.frame, claim_own, 6);
	claim.frame[11] = 2;
	fixture_send(f, 2, claim.frame, 100);
	fixture_expect(&f->guest[1], claim.frame, 100);
}

static void bad_lists(void **state)
{
	struct svnic_source good = claim_usual();
	struct fixture *f = *state;
	struct svnic_source bad;

	claim_start(f, 0, &good);
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
	PASSES(f, claim_ipv4(MINE, OTHER, 6));
	DROPPED(f, claim_ipv4(OTHER, MINE, 6));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_list),
		TEST(whole_families),
		TEST(kept_over_set_and_takeover),
		TEST(bad_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
