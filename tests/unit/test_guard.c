// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offload fields against the frame that they are about: which pass, which are
 * BAD_OFFLOAD or OVERSIZE (rule R10).
 */
#include "core_fixture.h"

static uint8_t frame[SVNIC_FRAME_MAX + 8];

#define BLANK SVNIC_META_CSUM_BLANK
#define V4    SVNIC_META_GSO_TCPV4
#define V6    SVNIC_META_GSO_TCPV6
#define ECN   SVNIC_META_GSO_ECN
#define GOOD  SVNIC_META_CSUM_GOOD

enum shape {
	PLAIN,
	IPV4_TCP,
	IPV4_UDP,
	IPV6_TCP,
	IPV4_OPTIONS
};

struct row {
	const char *what;
	enum shape shape;
	uint32_t len;
	uint16_t flags;
	uint16_t csum_start;
	uint8_t csum_offset;
	uint16_t gso_size;
	unsigned int verdict;
};

static const struct row rows[] = {
	{ "nothing", PLAIN, 60, 0, 0, 0, 0, SVNIC_V_DELIVERED },
	{ "good", PLAIN, 60, GOOD, 0, 0, 0, SVNIC_V_DELIVERED },
	{ "fields without a flag", PLAIN, 60, 0, 9999, 9, 7,
	  SVNIC_V_DELIVERED },
	{ "blank", IPV4_TCP, 60, BLANK, 34, 16, 0, SVNIC_V_DELIVERED },
	{ "blank, last octets", PLAIN, 60, BLANK, 14, 44, 0,
	  SVNIC_V_DELIVERED },
	{ "blank, past the end", PLAIN, 60, BLANK, 14, 45, 0,
	  SVNIC_V_BAD_OFFLOAD },
	{ "blank, start past the end", PLAIN, 60, BLANK, 0xffff, 255, 0,
	  SVNIC_V_BAD_OFFLOAD },
	{ "blank, in the Ethernet header", PLAIN, 60, BLANK, 13, 0, 0,
	  SVNIC_V_BAD_OFFLOAD },
	{ "hash of a guest", PLAIN, 60, SVNIC_META_HASH_L4, 0, 0, 0,
	  SVNIC_V_BAD_OFFLOAD },
	{ "mark of a monitor", PLAIN, 60, SVNIC_META_MONITOR_TX, 0, 0, 0,
	  SVNIC_V_BAD_OFFLOAD },
	{ "v4", IPV4_TCP, 5000, BLANK | V4, 34, 16, 1448, SVNIC_V_DELIVERED },
	{ "v4, ecn", IPV4_TCP, 5000, BLANK | V4 | ECN, 34, 16, 1448,
	  SVNIC_V_DELIVERED },
	{ "v4, options", IPV4_OPTIONS, 5000, BLANK | V4, 74, 16, 1000,
	  SVNIC_V_DELIVERED },
	{ "v4, start elsewhere", IPV4_OPTIONS, 5000, BLANK | V4, 34, 16, 1000,
	  SVNIC_V_BAD_OFFLOAD },
	{ "v4, not blank", IPV4_TCP, 5000, V4, 34, 16, 1448,
	  SVNIC_V_BAD_OFFLOAD },
	{ "v4, size 0", IPV4_TCP, 5000, BLANK | V4, 34, 16, 0,
	  SVNIC_V_BAD_OFFLOAD },
	{ "v4 and v6", IPV4_TCP, 5000, BLANK | V4 | V6, 34, 16, 1448,
	  SVNIC_V_BAD_OFFLOAD },
	{ "v4 on a v6 frame", IPV6_TCP, 5000, BLANK | V4, 54, 16, 1400,
	  SVNIC_V_BAD_OFFLOAD },
	{ "v6 on a v4 frame", IPV4_TCP, 5000, BLANK | V6, 54, 16, 1400,
	  SVNIC_V_BAD_OFFLOAD },
	{ "v4 on UDP", IPV4_UDP, 5000, BLANK | V4, 34, 16, 1448,
	  SVNIC_V_BAD_OFFLOAD },
	{ "v4, other checksum", IPV4_TCP, 5000, BLANK | V4, 34, 6, 1448,
	  SVNIC_V_BAD_OFFLOAD },
	{ "v6", IPV6_TCP, 5000, BLANK | V6, 54, 16, 1428, SVNIC_V_DELIVERED },
	{ "v6, start in the header", IPV6_TCP, 5000, BLANK | V6, 53, 16, 1000,
	  SVNIC_V_BAD_OFFLOAD },
	{ "v6, header too far to check", IPV6_TCP, 5000, BLANK | V6, 109, 16,
	  1000, SVNIC_V_BAD_OFFLOAD },
	{ "v4, nothing behind IP", IPV4_TCP, 53, BLANK | V4, 34, 16, 1000,
	  SVNIC_V_BAD_OFFLOAD },
	{ "ecn alone", IPV4_TCP, 60, ECN, 0, 0, 0, SVNIC_V_BAD_OFFLOAD },
	{ "segments over the mtu", IPV4_TCP, 5000, BLANK | V4, 34, 16, 1461,
	  SVNIC_V_OVERSIZE },
	{ "segments of just the mtu", IPV4_TCP, 5000, BLANK | V4, 34, 16, 1460,
	  SVNIC_V_DELIVERED },
	{ "longest", IPV4_TCP, SVNIC_FRAME_MAX, BLANK | V4, 34, 16, 1448,
	  SVNIC_V_DELIVERED },
	{ "too long", IPV4_TCP, SVNIC_FRAME_MAX + 1, BLANK | V4, 34, 16, 1448,
	  SVNIC_V_OVERSIZE },
	{ "too long by far", IPV4_TCP, SVNIC_FRAME_MAX + 8, BLANK | V4, 34, 16,
	  1448, SVNIC_V_OVERSIZE },
};

static void make(const struct row *row)
{
	fixture_frame(frame, row->len, 2, 1);
	if (row->shape == PLAIN)
		return;
	memcpy(frame + 12, row->shape == IPV6_TCP ? "\x86\xdd" : "\x08\x00", 2);
	frame[14] = row->shape == IPV6_TCP	 ? 0x60
		    : row->shape == IPV4_OPTIONS ? 0x4f
						 : 0x45;
	if (row->shape != IPV6_TCP)
		frame[14 + 9] = row->shape == IPV4_UDP ? 17 : 6;
	if (row->csum_start + 12u < row->len)
		frame[row->csum_start + 12] = 0x50;
}

/* The octets, and of the metadata what a flag makes valid. */
static void expect(struct sim_guest *g, const struct row *r)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	bool blank = r->flags & BLANK;
	bool gso = r->flags & (V4 | V6);
	struct svnic_meta meta;

	assert_int_equal(sim_receive(g, got, sizeof(got), &meta), r->len);
	assert_memory_equal(got, frame, r->len);
	assert_int_equal(meta.flags, r->flags | (blank ? GOOD : 0));
	assert_int_equal(meta.csum_start, blank ? r->csum_start : 0);
	assert_int_equal(meta.csum_offset, blank ? r->csum_offset : 0);
	assert_int_equal(meta.gso_size, gso ? r->gso_size : 0);
	assert_int_equal(meta.hash, 0);
	assert_int_equal(meta.vlan_tci, 0);
}

static void each_row(void **state)
{
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct svnic_meta meta = { .flags = r->flags,
					   .csum_start = r->csum_start,
					   .csum_offset = r->csum_offset,
					   .gso_size = r->gso_size };
		struct fixture *f;

		print_message("  %s\n", r->what);
		fixture_setup(state);
		f = *state;
		fixture_guest(f, 1);
		fixture_guest(f, 2);
		sim_provide(&f->guest[2], 32, FIXTURE_BUFFER);
		sim_ring(&f->guest[2]);
		make(r);
		sim_send(&f->guest[1], frame, r->len, SVNIC_PAGE_SIZE, &meta);
		sim_ring(&f->guest[1]);
		sim_settle(f->core);
		assert_int_equal(fixture_tx(f, 1, r->verdict), 1);
		if (r->verdict == SVNIC_V_DELIVERED)
			expect(&f->guest[2], r);
		fixture_expect_none(&f->guest[2]);
		fixture_teardown(state);
	}
}

/* The octets of the header are what was checked, whatever the guest does. */
static void tcp_header_longer_than_the_frame(void **state)
{
	struct svnic_meta meta = { .flags = BLANK | V4,
				   .csum_start = 34,
				   .csum_offset = 16,
				   .gso_size = 1000 };
	struct row row = { "", IPV4_TCP, 60, 0, 34, 0, 0, 0 };
	struct fixture *f;

	fixture_setup(state);
	f = *state;
	fixture_guest(f, 1);
	make(&row);
	frame[34 + 12] = 0xf0;
	sim_send(&f->guest[1], frame, 60, SVNIC_PAGE_SIZE, &meta);
	frame[34 + 12] = 0x40;
	meta.segs = 0;
	sim_send(&f->guest[1], frame, 60, SVNIC_PAGE_SIZE, &meta);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_BAD_OFFLOAD), 2);
	fixture_teardown(state);
}

/* A tag in the octets is taken off, and the offload fields move with it. */
static void offload_behind_a_tag(void **state)
{
	struct svnic_meta meta = { .flags = BLANK,
				   .csum_start = 38,
				   .csum_offset = 16 };
	struct row row = { "", IPV4_TCP, 100, 0, 34, 0, 0, 0 };
	static uint8_t got[200];
	struct fixture *f;

	fixture_setup(state);
	f = *state;
	fixture_guest(f, 1);
	fixture_guest(f, 2);
	make(&row);
	memmove(frame + 16, frame + 12, 88);
	memcpy(frame + 12, "\x81\x00\x00\x00", 4);
	sim_send(&f->guest[1], frame, 104, SVNIC_PAGE_SIZE, &meta);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(sim_receive(&f->guest[2], got, sizeof(got), &meta),
			 100);
	assert_int_equal(meta.csum_start, 34);
	assert_memory_equal(got + 12, frame + 16, 88);
	/* A checksum inside the tag is none. */
	meta = (struct svnic_meta) { .flags = BLANK, .csum_start = 17 };
	sim_send(&f->guest[1], frame, 104, SVNIC_PAGE_SIZE, &meta);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_BAD_OFFLOAD), 1);
	fixture_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
		cmocka_unit_test(tcp_header_longer_than_the_frame),
		cmocka_unit_test(offload_behind_a_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
