// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who gets a group frame: VIFs that did not ask for others get what they asked
 * for and broadcasts, all others everything.
 */
#include "core_fixture.h"

static uint8_t frame[SVNIC_FRAME_MAX];

static const uint8_t mdns[6] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb };
static const uint8_t nodes[6] = { 0x33, 0x33, 0x00, 0x00, 0x00, 0x01 };

static void send(struct fixture *f, const uint8_t *to)
{
	fixture_frame(frame, 60, 255, 1);
	if (to)
		memcpy(frame, to, 6);
	fixture_send(f, 1, frame, 60);
}

static void expect(struct fixture *f, bool two, bool three)
{
	if (two)
		fixture_expect(&f->guest[2], frame, 60);
	if (three)
		fixture_expect(&f->guest[3], frame, 60);
	fixture_expect_none(&f->guest[2]);
	fixture_expect_none(&f->guest[3]);
}

static void start(struct fixture *f)
{
	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_guest(f, 3);
}

static void only_what_was_asked_for(void **state)
{
	struct svnic_groups list = { .nr = 1 };
	struct fixture *f = *state;
	struct svnic_groups none = { .nr = 0 };

	start(f);
	memcpy(list.group[0].mac, mdns, 6);
	send(f, nodes);
	expect(f, true, true);
	assert_int_equal(sim_groups_set(&f->host[0], 2, &list), SVNIC_ST_OK);
	send(f, nodes);
	expect(f, false, true);
	send(f, mdns);
	expect(f, true, true);
	send(f, NULL);
	expect(f, true, true);
	/* Its own address is none of this. */
	fixture_frame(frame, 60, 2, 1);
	fixture_send(f, 1, frame, 60);
	expect(f, true, false);
	assert_int_equal(sim_groups_set(&f->host[0], 2, &none), SVNIC_ST_OK);
	send(f, mdns);
	expect(f, false, true);
	send(f, NULL);
	expect(f, true, true);
	list = (struct svnic_groups) { .all = 1 };
	assert_int_equal(sim_groups_set(&f->host[0], 2, &list), SVNIC_ST_OK);
	send(f, mdns);
	expect(f, true, true);
}

/* From the wire likewise; who sends is not asked. */
static void from_the_wire(void **state)
{
	struct svnic_groups none = { .nr = 0 };
	struct fixture *f = *state;

	start(f);
	assert_int_equal(sim_groups_set(&f->host[0], 2, &none), SVNIC_ST_OK);
	fixture_frame(frame, 60, 255, 9);
	memcpy(frame, nodes, 6);
	sim_wire_push(0, frame, 60, NULL);
	sim_settle(f->core);
	expect(f, false, true);
	assert_int_equal(sim_groups_set(&f->host[0], 1, &none), SVNIC_ST_OK);
	send(f, mdns);
	expect(f, false, true);
}

static void full_table(void **state)
{
	struct svnic_groups list = { .nr = SVNIC_GROUPS_MAX };
	struct fixture *f = *state;
	uint8_t mac[6];
	unsigned int i;

	start(f);
	for (i = 0; i < SVNIC_GROUPS_MAX; i++) {
		memcpy(list.group[i].mac, mdns, 6);
		list.group[i].mac[3] = (uint8_t)(i * 2);
	}
	assert_int_equal(sim_groups_set(&f->host[0], 2, &list), SVNIC_ST_OK);
	memcpy(mac, mdns, 6);
	for (i = 0; i < 2 * SVNIC_GROUPS_MAX; i++) {
		mac[3] = (uint8_t)i;
		send(f, mac);
		expect(f, i % 2 == 0, true);
		sim_provide(&f->guest[2], 1, FIXTURE_BUFFER);
		sim_provide(&f->guest[3], 1, FIXTURE_BUFFER);
		sim_ring(&f->guest[2]);
		sim_ring(&f->guest[3]);
	}
}

static void bad_lists(void **state)
{
	struct fixture *f = *state;
	struct svnic_groups good = { .nr = 1 };
	struct svnic_groups bad;

	start(f);
	memcpy(good.group[0].mac, mdns, 6);
	assert_int_equal(sim_groups_set(&f->host[0], 2, &good), SVNIC_ST_OK);
#define REFUSED(what)                                                  \
	do {                                                           \
		bad = good;                                            \
		what;                                                  \
		assert_int_equal(sim_groups_set(&f->host[0], 2, &bad), \
				 SVNIC_ST_BAD_FIELD);                  \
	} while (0)
	REFUSED(bad.nr = SVNIC_GROUPS_MAX + 1);
	REFUSED(bad.all = 1);
	REFUSED(bad.all = 2);
	REFUSED(bad.reserved[4] = 1);
	REFUSED(bad.group[0].mac[0] = 0);
	REFUSED(bad.group[0].reserved = 1);
	REFUSED(bad.group[63].mac[5] = 1);
	REFUSED(bad.nr = 0);
	assert_int_equal(sim_groups_set(&f->host[0], 4, &good),
			 SVNIC_ST_NO_VIF);
	send(f, nodes);
	expect(f, false, true);
	send(f, mdns);
	expect(f, true, true);
	/* A new VIF of the same place asks for all. */
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 2),
			 SVNIC_ST_OK);
	fixture_guest(f, 2);
	send(f, nodes);
	expect(f, true, true);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_was_asked_for),
		TEST(from_the_wire),
		TEST(full_table),
		TEST(bad_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
