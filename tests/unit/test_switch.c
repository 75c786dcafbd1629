// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where frames go: VIF to VIF, to many, to and from the wire, and what becomes
 * of those that may not.
 */
#include "core_fixture.h"

static void unicast_arrives_byte_exact(void **state)
{
	struct fixture *f = *state;
	static uint8_t frame[1514];
	uint32_t len;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	for (len = 14; len <= sizeof(frame); len += 100) {
		fixture_frame(frame, len, 2, 1);
		fixture_send(f, 1, frame, len);
		fixture_expect(&f->guest[2], frame, len);
		fixture_expect_none(&f->guest[2]);
		fixture_expect_none(&f->guest[1]);
	}
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 16);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_DELIVERED), 16);
	assert_int_equal(fixture_stats(f, 1).tx_frames, 16);
	assert_int_equal(fixture_stats(f, 2).rx_octets,
			 fixture_stats(f, 1).tx_octets);
	assert_null(sim_wire_peek(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(unicast_arrives_byte_exact,
						fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
