// SPDX-License-Identifier: GPL-2.0-only
/*
 * VLANs and trunks: which tag a frame has on the wire, and who gets it.
 */
#include "core_fixture.h"

static uint8_t frame[SVNIC_FRAME_MAX];
static uint8_t got[SVNIC_FRAME_MAX];

/* VIF 1 is a trunk, native VLAN 0; VIFs 2 and 3 are in VLANs 7 and 0. */
static void set_up_trunk(struct fixture *f)
{
	struct svnic_vif_config c = fixture_config(1);

	c.flags = SVNIC_VIF_TRUNK;
	fixture_guest_with(f, 1, &c);
	c = fixture_config(2);
	c.vlan = 7;
	fixture_guest_with(f, 2, &c);
	fixture_guest(f, 3);
}

static void trunk_sends_tagged(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta = { .flags = SVNIC_META_VLAN, .vlan_tci = 7 };

	set_up_trunk(f);
	/* The tag in the metadata; then the same in the octets. */
	fixture_frame(frame, 100, 255, 1);
	sim_send(&f->guest[1], frame, 100, 4096, &meta);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(sim_receive(&f->guest[2], got, sizeof(got), &meta),
			 100);
	assert_memory_equal(got, frame, 100);
	assert_int_equal(meta.flags, 0);
	fixture_expect_none(&f->guest[3]);
	assert_int_equal(sim_wire_peek(0)->meta.flags, SVNIC_META_VLAN);
	assert_int_equal(sim_wire_peek(0)->meta.vlan_tci, 7);
	sim_wire_drop(0);
	memmove(frame + 16, frame + 12, 100 - 12);
	memcpy(frame + 12, "\x81\x00\x60\x07", 4);
	fixture_send(f, 1, frame, 104);
	memmove(frame + 12, frame + 16, 100 - 12);
	fixture_expect(&f->guest[2], frame, 100);
	assert_int_equal(sim_wire_peek(0)->meta.vlan_tci, 0x6007);
	assert_int_equal(sim_wire_peek(0)->len, 100);
	/* Untagged is the native VLAN. */
	fixture_frame(frame, 100, 255, 1);
	fixture_send(f, 1, frame, 100);
	fixture_expect(&f->guest[3], frame, 100);
	fixture_expect_none(&f->guest[2]);
}

static void no_vlan_4095(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta = { .flags = SVNIC_META_VLAN,
				   .vlan_tci = 0x0fff };

	set_up_trunk(f);
	fixture_frame(frame, 100, 255, 1);
	sim_send(&f->guest[1], frame, 100, 4096, &meta);
	sim_ring(&f->guest[1]);
	assert_true(sim_wire_push(0, frame, 100, &meta));
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_SPOOFED_VLAN), 1);
	fixture_expect_none(&f->guest[1]);
	fixture_expect_none(&f->guest[3]);
}

/* What a trunk leaves behind is not mistaken for one. */
static void trunk_goes_away(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(5);

	set_up_trunk(f);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 1),
			 SVNIC_ST_OK);
	c.vlan = 9;
	fixture_guest_with(f, 5, &c);
	fixture_frame(frame, 100, 255, 3);
	fixture_send(f, 3, frame, 100);
	fixture_expect_none(&f->guest[5]);
	fixture_frame(frame, 100, 5, 3);
	fixture_send(f, 3, frame, 100);
	fixture_expect_none(&f->guest[5]);
}

static void trunk_gets_tagged(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta;

	set_up_trunk(f);
	fixture_frame(frame, 100, 1, 2);
	fixture_send(f, 2, frame, 100);
	assert_int_equal(sim_receive(&f->guest[1], got, sizeof(got), &meta),
			 100);
	assert_int_equal(meta.flags, SVNIC_META_VLAN);
	assert_int_equal(meta.vlan_tci, 7);
	fixture_frame(frame, 100, 255, 3);
	fixture_send(f, 3, frame, 100);
	assert_int_equal(sim_receive(&f->guest[1], got, sizeof(got), &meta),
			 100);
	assert_int_equal(meta.flags, 0);
	assert_int_equal(fixture_stats(f, 1).rx_frames, 2);
}

static void priority_tag_is_taken_off(void **state)
{
	struct fixture *f = *state;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_frame(frame, 100, 2, 1);
	memmove(frame + 16, frame + 12, 84);
	memcpy(frame + 12, "\x81\x00\xe0\x00", 4);
	fixture_send(f, 1, frame, 100);
	memmove(frame + 12, frame + 16, 84);
	fixture_expect(&f->guest[2], frame, 96);
}

static void wire_frames_find_their_vlan(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta = { .flags = SVNIC_META_VLAN, .vlan_tci = 7 };

	set_up_trunk(f);
	fixture_frame(frame, 100, 2, 99);
	assert_true(sim_wire_push(0, frame, 100, &meta));
	sim_settle(f->core);
	assert_int_equal(sim_receive(&f->guest[2], got, sizeof(got), &meta),
			 100);
	assert_int_equal(meta.flags, 0);
	/* In the octets; VIF 2 is not in VLAN 0, nor anyone in 8. */
	memmove(frame + 16, frame + 12, 88);
	memcpy(frame + 12, "\x81\x00\x00\x07", 4);
	assert_true(sim_wire_push(0, frame, 104, NULL));
	memcpy(frame + 12, "\x81\x00\x00\x08", 4);
	assert_true(sim_wire_push(0, frame, 104, NULL));
	sim_settle(f->core);
	memmove(frame + 12, frame + 16, 88);
	assert_true(sim_wire_push(0, frame, 100, NULL));
	sim_settle(f->core);
	fixture_expect(&f->guest[2], frame, 100);
	fixture_expect_none(&f->guest[2]);
	fixture_expect_none(&f->guest[1]);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(trunk_sends_tagged),
		TEST(no_vlan_4095),
		TEST(trunk_goes_away),
		TEST(trunk_gets_tagged),
		TEST(priority_tag_is_taken_off),
		TEST(wire_frames_find_their_vlan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
