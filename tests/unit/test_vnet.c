/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metadata of a frame, in svnic's form and in the kernel's.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "../../device-firmware/hal/hosted/card.h"

#define BLANK SVNIC_META_CSUM_BLANK
#define V4    SVNIC_META_GSO_TCPV4
#define V6    SVNIC_META_GSO_TCPV6
#define ECN   SVNIC_META_GSO_ECN
#define VLAN  SVNIC_META_VLAN

/* Metadata that must come back as it was. */
static void test_vnet_round_trip(void **state)
{
	static const struct {
		uint16_t flags, start;
		uint8_t offset;
		uint16_t gso;
		uint8_t type; /* of the virtio header */
	} table[] = {
		{ 0, 0, 0, 0, 0 },
		{ BLANK, 34, 16, 0, 0 },
		{ BLANK, 54, 6, 0, 0 },
		{ BLANK | V4, 34, 16, 1448, 1 },
		{ BLANK | V6, 54, 16, 1428, 4 },
		{ BLANK | V4 | ECN, 34, 16, 1448, 0x81 },
		{ BLANK | VLAN, 34, 16, 0, 0 },
		{ BLANK | V4 | VLAN, 34, 16, 1448, 1 },
		{ VLAN, 0, 0, 0, 0 },
	};
	static uint8_t frame[2048];
	struct hal_iov iov = { frame, sizeof(frame) };
	size_t i;

	(void)state;
	frame[34 + 12] = 8 << 4;
	frame[54 + 12] = 8 << 4;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct svnic_meta m = { .flags = table[i].flags,
					.csum_start = table[i].start,
					.csum_offset = table[i].offset,
					.gso_size = table[i].gso,
					.vlan_tci = 0x2064 },
				  back = { 0 };
		uint16_t shift = m.flags & VLAN ? 4 : 0;
		struct virtio_net_hdr h;

		assert_int_equal(vnet_from_meta(&m, &iov, 1, 2048, &h), 0);
		assert_int_equal(h.gso_type, table[i].type);
		if (m.flags & BLANK)
			assert_int_equal(h.csum_start, m.csum_start + shift);
		if (h.gso_type)
			assert_int_equal(h.hdr_len, m.csum_start + 32 + shift);
		assert_int_equal(vnet_to_meta(&h, 2048 + shift, &back), 0);
		if (m.flags & BLANK)
			back.csum_start = (uint16_t)(back.csum_start - shift);
		back.flags |= m.flags & VLAN;
		back.vlan_tci = m.vlan_tci;
		assert_memory_equal(&back, &m, sizeof(m));
	}
}

static void test_vnet_refuses(void **state)
{
	static const struct virtio_net_hdr from_kernel[] = {
		{ .flags = 1, .csum_start = 34, .csum_offset = 300 },
		{ .flags = 1, .csum_start = 99, .csum_offset = 0 },
		{ .flags = 1, .csum_start = 98, .csum_offset = 1 },
		{ .flags = 1, .csum_start = 65535, .csum_offset = 65535 },
		{ .flags = 1, .csum_start = 2, .csum_offset = 2 },
		{ .gso_type = 1, .gso_size = 100 },
		{ .flags = 1, .csum_start = 34, .gso_type = 1 },
		{ .flags = 1, .csum_start = 34, .gso_type = 3, .gso_size = 9 },
		{ .flags = 1, .csum_start = 34, .gso_type = 5, .gso_size = 9 },
		{ .gso_type = 0x80 },
	};
	static const struct svnic_meta from_core[] = {
		{ .flags = BLANK, .csum_start = 99 },
		{ .flags = BLANK, .csum_start = 65535, .csum_offset = 255 },
		{ .flags = V4, .gso_size = 9 },
		{ .flags = V4 | BLANK, .csum_start = 34 },
		{ .flags = V4 | V6 | BLANK, .csum_start = 34, .gso_size = 9 },
		/* No TCP header of such a length, or no payload behind it. */
		{ .flags = V4 | BLANK, .csum_start = 35, .gso_size = 9 },
		{ .flags = V4 | BLANK, .csum_start = 80, .gso_size = 9 },
	};
	uint8_t frame[100] = { [34 + 12] = 0x80, [80 + 12] = 0x50 };
	struct hal_iov iov = { frame, 100 };
	struct virtio_net_hdr h;
	struct svnic_meta m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(from_kernel) / sizeof(from_kernel[0]); i++) {
		memset(&m, 0, sizeof(m));
		assert_true(vnet_to_meta(&from_kernel[i], 100, &m) < 0);
	}
	for (i = 0; i < sizeof(from_core) / sizeof(from_core[0]); i++)
		assert_int_equal(vnet_from_meta(&from_core[i], &iov, 1, 100,
						&h),
				 -EINVAL);
	m = (struct svnic_meta) { .flags = SVNIC_META_CSUM_GOOD };
	assert_int_equal(vnet_from_meta(&m, &iov, 1, 100, &h), 0);
	assert_int_equal(h.flags, 0);
}

static void test_vnet_tag(void **state)
{
	uint8_t frame[64] = { 1,  2,  3,  4,	5, 6,	 7,    8, 9,
			      10, 11, 12, 0x81, 0, 0x20, 0x64, 8, 0 };
	struct hal_frame f = { frame,
			       64,
			       { .flags = BLANK, .csum_start = 38 } };
	static const uint8_t bare[] = { 1, 2, 3,  4,  5,  6, 7,
					8, 9, 10, 11, 12, 8, 0 };

	(void)state;
	vnet_strip_tag(&f);
	assert_int_equal(f.len, 60);
	assert_int_equal(f.meta.vlan_tci, 0x2064);
	assert_int_equal(f.meta.flags, BLANK | VLAN);
	assert_int_equal(f.meta.csum_start, 34);
	assert_memory_equal(f.data, bare, sizeof(bare));
	vnet_strip_tag(&f);
	assert_int_equal(f.len, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vnet_round_trip),
		cmocka_unit_test(test_vnet_refuses),
		cmocka_unit_test(test_vnet_tag),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
