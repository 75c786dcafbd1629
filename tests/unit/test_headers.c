// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a checksum is whose sender did not say so: every way from the Ethernet
 * header to TCP's and UDP's, each cut short at every octet (rules R06, R07); and
 * what the card makes of such frames.
 */
#include <svnic/headers.h>

#include "core_fixture.h"

#define BLANK SVNIC_META_CSUM_BLANK
#define V4    SVNIC_META_GSO_TCPV4
#define MAX   160u

/* A header: its type for the one before it, its octets, and how many. */
struct part {
	uint16_t type;
	uint8_t len;
	uint8_t head[8];
	uint8_t next_at; /* where it names the next one */
};

#define TAG(type)                 \
	{                         \
		type, 4, { 0 }, 2 \
	}
#define IP4                             \
	{                               \
		0x0800, 20, { 0x45 }, 9 \
	}
#define IP4_OPTIONS                     \
	{                               \
		0x0800, 60, { 0x4f }, 9 \
	}
#define IP6                             \
	{                               \
		0x86dd, 40, { 0x60 }, 6 \
	}
#define NEXT(type, len, octet)             \
	{                                  \
		type, len, { 0, octet }, 0 \
	}
#define TCP                     \
	{                       \
		6, 20, { 0 }, 0 \
	}
#define UDP                     \
	{                       \
		17, 8, { 0 }, 0 \
	}

static const struct row {
	const char *what;
	struct part part[12];
	int start; /* 0: none is found */
	unsigned int csum;
	unsigned int least; /* octets that must be there */
} rows[] = {
	{ "v4, TCP", { IP4, TCP }, 34, 16, 34 },
	{ "v4, UDP", { IP4, UDP }, 34, 6, 34 },
	{ "v4, options", { IP4_OPTIONS, TCP }, 74, 16, 34 },
	{ "v4, ICMP", { IP4, { 1, 8, { 8 }, 0 } }, 0, 0, 0 },
	{ "v4, short", { { 0x0800, 20, { 0x44 }, 9 }, TCP }, 0, 0, 0 },
	{ "v4 that says v6", { { 0x0800, 20, { 0x65 }, 9 }, TCP }, 0, 0, 0 },
	{ "v4, more to come",
	  { { 0x0800, 20, { 0x45, 0, 0, 0, 0, 0, 0x20, 0 }, 9 }, TCP },
	  0,
	  0,
	  0 },
	{ "v4, a later fragment",
	  { { 0x0800, 20, { 0x45, 0, 0, 0, 0, 0, 0, 1 }, 9 }, TCP },
	  0,
	  0,
	  0 },
	{ "v4, not to be cut",
	  { { 0x0800, 20, { 0x45, 0, 0, 0, 0, 0, 0x40, 0 }, 9 }, TCP },
	  34,
	  16,
	  34 },
	{ "v6, TCP", { IP6, TCP }, 54, 16, 54 },
	{ "v6, UDP", { IP6, UDP }, 54, 6, 54 },
	{ "v6 that says v4", { { 0x86dd, 40, { 0x45 }, 6 }, TCP }, 0, 0, 0 },
	{ "v6, ICMPv6", { IP6, { 58, 8, { 128 }, 0 } }, 0, 0, 0 },
	{ "v6, hops", { IP6, NEXT(0, 8, 0), TCP }, 62, 16, 58 },
	{ "v6, options of 24", { IP6, NEXT(60, 24, 2), UDP }, 78, 6, 58 },
	{ "v6, routing", { IP6, NEXT(43, 24, 2), TCP }, 78, 16, 58 },
	{ "v6, authentication", { IP6, NEXT(51, 24, 4), TCP }, 78, 16, 58 },
	{ "v6, a fragment that is all",
	  { IP6, NEXT(44, 8, 0), TCP },
	  62,
	  16,
	  58 },
	{ "v6, a fragment",
	  { IP6, { 44, 8, { 0, 0, 0, 1 }, 0 }, TCP },
	  0,
	  0,
	  0 },
	{ "v6, a later fragment",
	  { IP6, { 44, 8, { 0, 0, 1 }, 0 }, TCP },
	  0,
	  0,
	  0 },
	{ "v6, eight on the way",
	  { IP6, NEXT(60, 8, 0), NEXT(60, 8, 0), NEXT(60, 8, 0), NEXT(60, 8, 0),
	    NEXT(60, 8, 0), NEXT(60, 8, 0), NEXT(60, 8, 0), NEXT(60, 8, 0),
	    TCP },
	  118,
	  16,
	  114 },
	{ "v6, nine on the way",
	  { IP6, NEXT(60, 8, 0), NEXT(60, 8, 0), NEXT(60, 8, 0), NEXT(60, 8, 0),
	    NEXT(60, 8, 0), NEXT(60, 8, 0), NEXT(60, 8, 0), NEXT(60, 8, 0),
	    NEXT(60, 8, 0), TCP },
	  0,
	  0,
	  0 },
	{ "a tag", { TAG(0x8100), IP4, TCP }, 38, 16, 38 },
	{ "two tags", { TAG(0x88a8), TAG(0x8100), IP6, UDP }, 62, 6, 62 },
	{ "three tags",
	  { TAG(0x88a8), TAG(0x8100), TAG(0x8100), IP4, TCP },
	  0,
	  0,
	  0 },
	{ "ARP", { { 0x0806, 28, { 0 }, 0 } }, 0, 0, 0 },
};

static size_t make(const struct row *r, uint8_t *frame)
{
	const struct part *p;
	size_t next = 12;
	size_t at = 14;

	memset(frame, 0, MAX);
	for (p = r->part; p->len; p++) {
		/* A type of Ethernet's has two octets. */
		if (p == r->part || p[-1].next_at == 2) {
			frame[next] = (uint8_t)(p->type >> 8);
			frame[next + 1] = (uint8_t)p->type;
		} else {
			frame[next] = (uint8_t)p->type;
		}
		memcpy(frame + at, p->head, sizeof(p->head));
		next = at + p->next_at;
		at += p->len;
	}
	return at;
}

static bool has_csum(const uint8_t *l2, size_t linear, struct svnic_headers *h)
{
	bool found = svnic_headers_find(l2, linear, h);

	assert_true(found == (h->l3 != 0) && found == (h->ip != 0));
	return h->l4 && svnic_headers_csum(h->protocol);
}

static void each_row_at_each_length(void **state)
{
	struct svnic_headers h = { 0 };
	uint8_t frame[MAX];
	const struct row *r;
	size_t len, linear;
	uint8_t *exact;

	(void)state;
	for (r = rows; r < rows + sizeof(rows) / sizeof(rows[0]); r++) {
		len = make(r, frame);
		for (linear = 14; linear <= len; linear++) {
			/* Memory that ends there, for ASan. */
			exact = malloc(linear);
			assert_non_null(exact);
			memcpy(exact, frame, linear);
			if (has_csum(exact, linear, &h) !=
			    (r->start && linear >= r->least))
				fail_msg("%s, %zu octets", r->what, linear);
			free(exact);
		}
		if (r->start && (h.l4 != r->start ||
				 svnic_headers_csum(h.protocol) != r->csum))
			fail_msg("%s: at %u", r->what, h.l4);
	}
}

/* In the card ----------------------------------------------------------------- */

/* VIF 1 sends @len octets with @meta; the verdict is @v, and VIF 2 gets @meta. */
static void pass(const uint8_t *frame, uint32_t len, struct svnic_meta *meta,
		 unsigned int v)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	struct fixture *f;
	void *state;

	fixture_setup(&state);
	f = state;
	fixture_guest(f, 1);
	fixture_guest(f, 2);
	sim_send(&f->guest[1], frame, len, SVNIC_PAGE_SIZE, meta);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, v), 1);
	if (v == SVNIC_V_DELIVERED)
		assert_true(sim_receive(&f->guest[2], got, sizeof(got), meta));
	fixture_expect_none(&f->guest[2]);
	fixture_teardown(&state);
}

static void addresses(uint8_t *frame)
{
	uint8_t header[SVNIC_FRAME_MIN];

	fixture_frame(header, sizeof(header), 2, 1);
	memcpy(frame, header, 12);
}

/* A tag is taken off, and the place moves with it. */
static void the_receiver_is_told(void **state)
{
	uint8_t frame[MAX];
	const struct row *r;
	uint16_t off;

	(void)state;
	for (r = rows; r < rows + sizeof(rows) / sizeof(rows[0]); r++) {
		struct svnic_meta meta = { .flags = BLANK };

		if (r->part[0].type == 0x88a8) /* for trunks only */
			continue;
		print_message("  %s\n", r->what);
		make(r, frame);
		addresses(frame);
		pass(frame, MAX, &meta,
		     r->start ? SVNIC_V_DELIVERED : SVNIC_V_BAD_OFFLOAD);
		if (!r->start)
			continue;
		off = r->part[0].type == 0x8100 ? 4 : 0;
		assert_int_equal(meta.flags, BLANK | SVNIC_META_CSUM_GOOD);
		assert_int_equal(meta.csum_start, r->start - off);
		assert_int_equal(meta.csum_offset, r->csum);
	}
}

/* The first row, as one that is to be cut; the second is no TCP. */
static void segments(void **state)
{
	static uint8_t frame[5000];
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct svnic_meta meta = { .flags = BLANK | V4,
					   .gso_size = 1448 };

		make(&rows[i], frame);
		addresses(frame);
		frame[34 + 12] = 0x50;
		pass(frame, sizeof(frame), &meta,
		     i ? SVNIC_V_BAD_OFFLOAD : SVNIC_V_DELIVERED);
		assert_int_equal(meta.csum_start, i ? 0 : 34);
		assert_int_equal(meta.csum_offset, i ? 0 : 16);
	}
}

/* Who says one half of it says it wrong; and the sum is in the frame. */
static void half_a_place(void **state)
{
	struct svnic_meta meta = { .flags = BLANK, .csum_offset = 16 };
	uint8_t frame[MAX];

	(void)state;
	make(&rows[0], frame);
	addresses(frame);
	pass(frame, 60, &meta, SVNIC_V_BAD_OFFLOAD);
	meta = (struct svnic_meta) { .flags = BLANK };
	pass(frame, 34 + 17, &meta, SVNIC_V_BAD_OFFLOAD);
	pass(frame, 34 + 18, &meta, SVNIC_V_DELIVERED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_at_each_length),
		cmocka_unit_test(the_receiver_is_told),
		cmocka_unit_test(segments),
		cmocka_unit_test(half_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
