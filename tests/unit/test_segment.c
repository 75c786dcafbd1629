// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums, and wires that cannot: every frame that reaches such a wire is compared
 * with segment_check.c's idea of it.
 */
#include <stdio.h>
#include <svnic/checksum.h>
#include "core_fixture.h"
#include "segment_check.h"
#include "segment.h"

#define BLANK SVNIC_META_CSUM_BLANK
#define V4    SVNIC_META_GSO_TCPV4
#define V6    SVNIC_META_GSO_TCPV6
#define VLAN  SVNIC_META_VLAN

static uint8_t frame[SVNIC_FRAME_MAX];
static uint32_t seed = 1;

static uint32_t chance(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void sums_are_those_of_octets(void **state)
{
	static uint8_t data[70000];
	static const uint32_t large[] = { 1447, 1448, 4096, 65535, 65536 };
	uint32_t len;
	uint32_t at;
	uint32_t i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		uint16_t want;
		uint8_t to[2];

		len = i < 1000 ? i : large[chance(5)];
		at = chance(70);
		/* Noise; all ones; nothing. */
		memset(data, chance(3) ? 0xff : 0, sizeof(data));
		if (chance(3))
			for (uint32_t k = 0; k < len; k++)
				data[at + k] = (uint8_t)chance(256);
		want = segment_sum(data + at, len, 0);
		svnic_sum_store(to, svnic_sum_portable(data + at, len));
		assert_int_equal((to[0] << 8 | to[1]) % 0xffff,
				 (0xffff - want) % 0xffff);
		svnic_sum_store(to, svnic_sum_vector(data + at, len));
		assert_int_equal((to[0] << 8 | to[1]) % 0xffff,
				 (0xffff - want) % 0xffff);
		svnic_sum_store(to, svnic_sum(data + at, len));
		assert_true(to[0] || to[1]);
	}
}

/* TCP in @ip with @options and @more octets of extension headers. */
static struct svnic_meta make(uint32_t len, unsigned int ip, uint32_t options,
			      uint32_t more, uint16_t size)
{
	uint32_t l4 = 14 + (ip == 4 ? 20 + options : 40 + options);
	uint8_t *h = frame + 14;
	struct svnic_meta meta = {
		.flags = svnic_le16(
			(uint16_t)(size ? BLANK | (ip == 4 ? V4 : V6) : BLANK)),
		.csum_start = svnic_le16((uint16_t)l4),
		.csum_offset = 16,
		.gso_size = svnic_le16(size),
	};

	fixture_frame(frame, len, 99, 1);
	frame[12] = ip == 4 ? 8 : 0x86;
	frame[13] = ip == 4 ? 0 : 0xdd;
	if (ip == 4) {
		h[0] = (uint8_t)(0x45 + options / 4);
		h[6] = 0x40;
		h[7] = 0;
		h[9] = 6;
	} else {
		h[0] = 0x60;
		h[6] = options ? 0 : 6;
		if (options) {
			h[40] = 6;
			h[41] = (uint8_t)(options / 8 - 1);
		}
	}
	frame[l4 + 12] = (uint8_t)((5 + more / 4) << 4);
	frame[l4 + 13] = 0xd9; /* CWR, ECE, ACK, PSH, FIN */
	return meta;
}

/* All that the wire has: how many frames. */
static unsigned int drain(struct segment_check *c)
{
	const struct sim_frame *w;
	unsigned int nr = 0;

	for (; (w = sim_wire_peek(0)); sim_wire_drop(0), nr++) {
		const char *wrong =
			segment_check_next(c, w->data, w->len, &w->meta);

		if (wrong)
			fail_msg("frame %u of the wire has %s", c->nr, wrong);
	}
	return nr;
}

static struct segment_check send(struct fixture *f, uint32_t len,
				 uint32_t piece, const struct svnic_meta *meta)
{
	struct segment_check c = { .frame = frame,
				   .len = len,
				   .meta = *meta,
				   .takes = sim_port(0)->takes };
	uint16_t flags = svnic_cpu16(meta->flags);

	c.is_tagged = flags & VLAN;
	c.tci = svnic_cpu16(meta->vlan_tci);
	c.meta.flags = svnic_le16(flags & (uint16_t)~VLAN);
	sim_send(&f->guest[1], frame, len, piece, meta);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	return c;
}

/* Until the frame is whole, whatever the wire takes at a time. */
static void finish(struct fixture *f, struct segment_check *c)
{
	unsigned int i;

	for (i = 0; i < 70000 && !segment_check_is_whole(c); i++) {
		drain(c);
		sim_settle(f->core);
	}
	drain(c);
	assert_true(segment_check_is_whole(c));
	assert_true(svnic_tx_return(&f->guest[1].tx) >= 0);
}

static void add_sender(struct fixture *f, unsigned int takes)
{
	struct svnic_vif_config config = fixture_config(1);

	config.mtu = 9216;
	config.flags = SVNIC_VIF_TRUNK;
	fixture_guest_with(f, 1, &config);
	sim_port(0)->takes = takes;
}

static void try(struct fixture *f, uint32_t len, uint32_t piece,
		const struct svnic_meta *meta)
{
	uint64_t before = fixture_tx(f, 1, SVNIC_V_WIRE);
	struct segment_check c = send(f, len, piece, meta);

	finish(f, &c);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), before + 1);
}

static void edges_of_the_payload(void **state)
{
	static const uint16_t sizes[] = { 1, 2, 7, 536, 1447, 1448, 8960 };
	struct fixture *f = *state;
	struct svnic_meta meta;
	unsigned int ip;
	unsigned int i;
	uint32_t k;

	add_sender(f, 0);
	for (ip = 4; ip <= 6; ip += 2) {
		uint32_t end = ip == 4 ? 54 : 74;

		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			for (k = 0; k < 4 && k * sizes[i] < 60000; k++) {
				uint32_t len = end + k * sizes[i];

				meta = make(len, ip, 0, 0, sizes[i]);
				try(f, len, SVNIC_PAGE_SIZE, &meta);
				meta = make(len + 1, ip, 0, 0, sizes[i]);
				try(f, len + 1, SVNIC_PAGE_SIZE, &meta);
				if (k == 0)
					continue;
				meta = make(len - 1, ip, 0, 0, sizes[i]);
				try(f, len - 1, SVNIC_PAGE_SIZE, &meta);
			}
		}
		meta = make(65549, ip, 0, 12, 1448);
		try(f, 65549, SVNIC_PAGE_SIZE, &meta);
	}
}

static void edges_of_the_pieces(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	add_sender(f, 0);
	for (i = 0; i < 600; i++) {
		unsigned int ip = chance(2) ? 4 : 6;
		uint32_t options = ip == 4 ? chance(11) * 4 : chance(6) * 8;
		uint32_t more = chance(11) * 4;
		uint32_t piece = chance(2) ? 1 + chance(300)
					   : 1 + chance(SVNIC_PAGE_SIZE);
		uint16_t size = (uint16_t)(chance(3) ? 200 + chance(1300) : 0);
		uint32_t len = 200 + chance(piece * 20);
		struct svnic_meta meta;

		if (len > piece * 20)
			len = piece * 20;
		if (len < 180 || len > (size ? 65000u : 9000u))
			continue;
		meta = make(len, ip, options, more, size);
		if (chance(2)) {
			meta.flags |= svnic_le16(VLAN);
			meta.vlan_tci = svnic_le16(
				(uint16_t)(0x6000 | (1 + chance(4094))));
		}
		try(f, len, piece, &meta);
	}
}

/* Each mixture of what a port can do; one that segments sums, too. */
static void wires_take_what_they_say(void **state)
{
	static const unsigned int takes[] = {
		0,	    VLAN,
		BLANK,	    BLANK | VLAN,
		BLANK | V4, BLANK | V6 | VLAN,
		BLANK | V6, BLANK | V4 | V6 | VLAN
	};
	struct fixture *f = *state;
	unsigned int i;
	unsigned int k;

	add_sender(f, 0);
	for (i = 0; i < sizeof(takes) / sizeof(takes[0]); i++) {
		sim_port(0)->takes = takes[i];
		for (k = 0; k < 8; k++) {
			struct svnic_meta meta = make(5000, k & 1 ? 4 : 6, 0,
						      12, k & 2 ? 1448 : 0);

			if (k & 4) {
				meta.flags |= svnic_le16(VLAN);
				meta.vlan_tci = svnic_le16(0x2064);
			}
			try(f, 5000, 999, &meta);
		}
		fixture_frame(frame, 100, 99, 1);
		try(f, 100, 50, &(struct svnic_meta) { .flags = 0 });
	}
}

/* Somewhere in the frame, far behind what the card looks at. */
static void checksums_may_be_anywhere(void **state)
{
	struct fixture *f = *state;
	uint32_t start;

	add_sender(f, 0);
	for (start = 14; start < 3000; start += 1 + start / 7) {
		struct svnic_meta meta = {
			.flags = svnic_le16(BLANK),
			.csum_start = svnic_le16((uint16_t)start),
			.csum_offset = (uint8_t)(chance(100) * 2),
		};

		fixture_frame(frame, 3333, 99, 1);
		try(f, 3333, 167 + chance(4000), &meta);
	}
}

/* A wire that takes some only gets the others later, each once, in order. */
static void wire_takes_some_only(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta = make(60000, 4, 0, 0, 1448);
	struct segment_check c;

	add_sender(f, 0);
	sim_port(0)->from_card.max = 7;
	c = send(f, 60000, SVNIC_PAGE_SIZE, &meta);
	assert_int_equal(drain(&c), 7);
	/* The time that it waits begins anew when the wire takes some. */
	sim_sleep(1900000);
	sim_settle(f->core);
	assert_int_equal(drain(&c), 7);
	sim_sleep(1900000);
	sim_port(0)->from_card.max = 1;
	finish(f, &c);
	assert_int_equal(c.nr, 42);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
	/* What it never takes is dropped, and the next begins at its start. */
	sim_port(0)->from_card.max = 3;
	c = send(f, 60000, SVNIC_PAGE_SIZE, &meta);
	sim_sleep(2100000);
	sim_settle(f->core);
	assert_int_equal(drain(&c), 3);
	sim_settle(f->core);
	assert_int_equal(drain(&c), 0);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE_FULL), 1);
	assert_true(svnic_tx_return(&f->guest[1].tx) >= 0);
	sim_port(0)->from_card.max = SIM_WIRE_FRAMES;
	try(f, 60000, SVNIC_PAGE_SIZE, &meta);
}

/* Another process goes on where the first one died. */
static void takeover_sends_the_rest(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta = make(60000, 4, 0, 0, 1448);
	struct segment_check c;

	add_sender(f, 0);
	sim_port(0)->from_card.max = 7;
	c = send(f, 60000, SVNIC_PAGE_SIZE, &meta);
	assert_int_equal(drain(&c), 7);
	assert_int_equal(core_init(f->arena, f->arena_size, &f->config,
				   &f->core, &f->adopted),
			 0);
	assert_true(f->adopted);
	finish(f, &c);
	assert_int_equal(c.nr, 42);
}

/* A guest whose frame became another one while it waited. */
static void frame_shrinks_while_it_waits(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta = make(4000, 4, 0, 0, 100);
	struct svnic_tx_desc *d;
	struct segment_check c;

	add_sender(f, 0);
	sim_port(0)->from_card.max = 30;
	d = &f->guest[1].tx.desc[f->guest[1].tx.next % (1 << FIXTURE_ORDER)];
	c = send(f, 4000, SVNIC_PAGE_SIZE, &meta);
	assert_int_equal(drain(&c), 30);
	d->meta.gso_size = svnic_le16(1000);
	sim_settle(f->core);
	assert_null(sim_wire_peek(0));
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
	assert_true(svnic_tx_return(&f->guest[1].tx) >= 0);
	try(f, 4000, SVNIC_PAGE_SIZE, &meta);
}

/* Thousands of tiny segments do not keep anybody waiting. */
static void others_have_their_turn(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta = make(4000, 4, 0, 0, 1);
	struct segment_check c;
	uint8_t small[60];

	add_sender(f, 0);
	fixture_guest(f, 2);
	fixture_guest(f, 3);
	c = (struct segment_check) { .frame = frame, .len = 4000 };
	c.meta = meta;
	sim_send(&f->guest[1], frame, 4000, SVNIC_PAGE_SIZE, &meta);
	sim_ring(&f->guest[1]);
	sim_poll(f->core);
	assert_in_range(drain(&c), 1, 3 * SEGMENT_BURST);
	fixture_frame(small, sizeof(small), 3, 2);
	sim_send(&f->guest[2], small, sizeof(small), 60, NULL);
	sim_ring(&f->guest[2]);
	sim_poll(f->core);
	fixture_expect(&f->guest[3], small, sizeof(small));
	assert_in_range(drain(&c), 1, 3 * SEGMENT_BURST);
	finish(f, &c);
	assert_int_equal(c.nr, 4000 - 54);
}

/* Options of the TCP header count. */
static void segments_fit_the_mtu(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta;

	fixture_guest(f, 1);
	sim_port(0)->takes = 0;
	meta = make(5000, 4, 0, 12, 1448);
	try(f, 5000, SVNIC_PAGE_SIZE, &meta);
	meta = make(5000, 4, 0, 12, 1449);
	send(f, 5000, SVNIC_PAGE_SIZE, &meta);
	assert_null(sim_wire_peek(0));
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_OVERSIZE), 1);
}

static void refuse(struct fixture *f, const struct svnic_meta *meta)
{
	uint64_t before = fixture_tx(f, 1, SVNIC_V_NO_SEGMENTS);
	struct segment_check c = send(f, 5000, SVNIC_PAGE_SIZE, meta);

	assert_int_equal(drain(&c), 0);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_SEGMENTS), before + 1);
	/* Who can cut it may have it. */
	sim_port(0)->takes = SVNIC_META_FLAGS;
	c = send(f, 5000, SVNIC_PAGE_SIZE, meta);
	assert_int_equal(drain(&c), 1);
	sim_port(0)->takes = 0;
	assert_true(svnic_tx_return(&f->guest[1].tx) >= 0);
}

static void some_have_no_segments(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta;

	add_sender(f, 0);
	meta = make(5000, 4, 0, 0, 1448);
	frame[20] = 0x20; /* a fragment, more to come */
	refuse(f, &meta);
	frame[20] = 0;
	frame[21] = 1; /* ... the second */
	refuse(f, &meta);
	meta = make(5000, 6, 8, 0, 1448);
	frame[54] = 17; /* UDP */
	refuse(f, &meta);
	meta = make(5000, 6, 16, 0, 1448);
	frame[55] = 0; /* its chain ends elsewhere */
	refuse(f, &meta);
	frame[55] = 2;
	refuse(f, &meta);
	meta = make(5000, 6, 8, 0, 1448);
	frame[20] = 44; /* a fragment */
	frame[56] = 0;
	frame[57] = 8;
	refuse(f, &meta);
	meta = make(5000, 6, 8, 0, 1448);
	frame[20] = 51; /* authentication, of all of it */
	refuse(f, &meta);
	meta = make(5000, 6, 8, 0, 1448);
	frame[20] = 43; /* a source route with stops ahead */
	frame[57] = 1;
	refuse(f, &meta);
	frame[57] = 0;
	try(f, 5000, SVNIC_PAGE_SIZE, &meta);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_those_of_octets),
		TEST(edges_of_the_payload),
		TEST(edges_of_the_pieces),
		TEST(wires_take_what_they_say),
		TEST(checksums_may_be_anywhere),
		TEST(wire_takes_some_only),
		TEST(takeover_sends_the_rest),
		TEST(frame_shrinks_while_it_waits),
		TEST(others_have_their_turn),
		TEST(segments_fit_the_mtu),
		TEST(some_have_no_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
