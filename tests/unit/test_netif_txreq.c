/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parser of tx requests: one row for everything that a guest may write,
 * and what becomes of it (rules R01, R08, R10).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "netif/sring.h"
#include "netif/txreq.h"

#define MORE   WIRE_TX_MORE
#define EXTRA  WIRE_TX_EXTRA
#define LAST   0u
#define X_MORE WIRE_EXTRA_MORE

/* A ring slot: a request, or an extra when .x. */
struct slot {
	uint16_t size, flags, offset;
	uint8_t x, x_flags, x_kind;
	uint16_t x_size;
};

#define REQ(n, f)                         \
	{                                 \
		.size = (n), .flags = (f) \
	}
#define AT(o, n, f)                                      \
	{                                                \
		.offset = (o), .size = (n), .flags = (f) \
	}
#define XTRA(t, f)                       \
	{                                \
		.x = (t), .x_flags = (f) \
	}
#define GSO(n, k, f)                                               \
	{                                                          \
		.x = WIRE_EXTRA_GSO, .x_size = (n), .x_kind = (k), \
		.x_flags = (f)                                     \
	}

struct row {
	const char *name;
	enum netif_verdict verdict;
	unsigned int nr;       /* published */
	unsigned int nr_ring;  /* taken */
	unsigned int nr_slots; /* with octets */
	unsigned int first;    /* octets of the first */
	struct slot slot[8];
	unsigned int repeat; /* the last one, so often more */
};

static const struct row rows[] = {
	{ "one slot", NETIF_V_OK, 1, 1, 1, 60, { REQ(60, LAST) }, 0 },
	{ "two slots",
	  NETIF_V_OK,
	  2,
	  2,
	  2,
	  40,
	  { REQ(60, MORE), REQ(20, LAST) },
	  0 },
	{ "another follows",
	  NETIF_V_OK,
	  2,
	  1,
	  1,
	  60,
	  { REQ(60, LAST), REQ(60, LAST) },
	  0 },
	{ "smallest", NETIF_V_OK, 1, 1, 1, 14, { REQ(14, LAST) }, 0 },
	{ "runt", NETIF_V_RUNT, 1, 1, 1, 13, { REQ(13, LAST) }, 0 },
	{ "a page", NETIF_V_OK, 1, 1, 1, 4096, { REQ(4096, LAST) }, 0 },
	{ "to its end", NETIF_V_OK, 1, 1, 1, 96, { AT(4000, 96, LAST) }, 0 },
	{ "over it", NETIF_V_CROSSING, 1, 1, 0, 0, { AT(4000, 97, LAST) }, 0 },
	{ "offset wraps",
	  NETIF_V_CROSSING,
	  1,
	  1,
	  0,
	  0,
	  { AT(65535, 60, LAST) },
	  0 },
	{ "more than a page",
	  NETIF_V_CROSSING,
	  1,
	  1,
	  0,
	  0,
	  { REQ(4097, LAST) },
	  0 },
	{ "second over it",
	  NETIF_V_CROSSING,
	  2,
	  2,
	  0,
	  0,
	  { REQ(200, MORE), AT(4000, 97, LAST) },
	  0 },
	{ "first is left too much",
	  NETIF_V_CROSSING,
	  2,
	  2,
	  0,
	  0,
	  { REQ(9000, MORE), REQ(4000, LAST) },
	  0 },
	/* Empty slots, at each place (rule R08). */
	{ "empty", NETIF_V_ZERO, 1, 1, 0, 0, { REQ(0, LAST) }, 0 },
	{ "empty, more",
	  NETIF_V_SIZE,
	  2,
	  2,
	  0,
	  0,
	  { REQ(0, MORE), REQ(60, LAST) },
	  0 },
	{ "second empty",
	  NETIF_V_ZERO,
	  2,
	  2,
	  0,
	  0,
	  { REQ(60, MORE), REQ(0, LAST) },
	  0 },
	{ "middle empty",
	  NETIF_V_ZERO,
	  3,
	  3,
	  0,
	  0,
	  { REQ(60, MORE), REQ(0, MORE), REQ(20, LAST) },
	  0 },
	{ "first emptied",
	  NETIF_V_SIZE,
	  2,
	  2,
	  0,
	  0,
	  { REQ(60, MORE), REQ(60, LAST) },
	  0 },
	{ "empty with extra",
	  NETIF_V_ZERO,
	  2,
	  2,
	  0,
	  0,
	  { REQ(0, EXTRA), GSO(1448, 1, LAST) },
	  0 },
	{ "sum is larger",
	  NETIF_V_SIZE,
	  3,
	  3,
	  0,
	  0,
	  { REQ(60, MORE), REQ(50, MORE), REQ(11, LAST) },
	  0 },
	/* The number of slots. */
	{ "18 of one octet",
	  NETIF_V_OK,
	  18,
	  18,
	  18,
	  1,
	  { REQ(18, MORE), REQ(1, MORE) },
	  17 },
	{ "19",
	  NETIF_V_SLOTS,
	  19,
	  19,
	  0,
	  0,
	  { REQ(1900, MORE), REQ(1, MORE) },
	  18 },
	{ "20",
	  NETIF_V_SLOTS,
	  20,
	  20,
	  0,
	  0,
	  { REQ(1900, MORE), REQ(1, MORE) },
	  19 },
	{ "21",
	  NETIF_V_FLOOD,
	  21,
	  21,
	  0,
	  0,
	  { REQ(1900, MORE), REQ(1, MORE) },
	  20 },
	{ "200",
	  NETIF_V_FLOOD,
	  200,
	  21,
	  0,
	  0,
	  { REQ(1900, MORE), REQ(1, MORE) },
	  199 },
	{ "20 of them empty",
	  NETIF_V_ZERO,
	  20,
	  20,
	  0,
	  0,
	  { REQ(1900, MORE), REQ(0, MORE) },
	  19 },
	{ "200 of them empty",
	  NETIF_V_FLOOD,
	  200,
	  21,
	  0,
	  0,
	  { REQ(1900, MORE), REQ(0, MORE) },
	  199 },
	/* Chains past the producer's index. */
	{ "no second", NETIF_V_CHAIN, 1, 1, 0, 0, { REQ(60, MORE) }, 0 },
	{ "no third",
	  NETIF_V_CHAIN,
	  2,
	  2,
	  0,
	  0,
	  { REQ(60, MORE), REQ(20, MORE) },
	  0 },
	{ "no extra", NETIF_V_EXTRA, 1, 1, 0, 0, { REQ(60, EXTRA) }, 0 },
	{ "no further extra",
	  NETIF_V_EXTRA,
	  2,
	  2,
	  0,
	  0,
	  { REQ(60, EXTRA), GSO(1448, 1, X_MORE) },
	  0 },
	/* Extras. */
	{ "GSO",
	  NETIF_V_OK,
	  3,
	  3,
	  2,
	  1060,
	  { REQ(3060, EXTRA | MORE), GSO(1448, 1, LAST), REQ(2000, LAST) },
	  0 },
	{ "GSO over IPv6",
	  NETIF_V_OK,
	  2,
	  2,
	  1,
	  3060,
	  { REQ(3060, EXTRA), GSO(1448, 2, LAST) },
	  0 },
	{ "GSO and hash",
	  NETIF_V_OK,
	  3,
	  3,
	  1,
	  3060,
	  { REQ(3060, EXTRA), GSO(1448, 1, X_MORE),
	    XTRA(WIRE_EXTRA_HASH, LAST) },
	  0 },
	{ "GSO of nothing",
	  NETIF_V_GSO,
	  2,
	  2,
	  0,
	  0,
	  { REQ(3060, EXTRA), GSO(0, 1, LAST) },
	  0 },
	{ "GSO of no type",
	  NETIF_V_GSO,
	  2,
	  2,
	  0,
	  0,
	  { REQ(3060, EXTRA), GSO(1448, 0, LAST) },
	  0 },
	{ "GSO of type 3",
	  NETIF_V_GSO,
	  2,
	  2,
	  0,
	  0,
	  { REQ(3060, EXTRA), GSO(1448, 3, LAST) },
	  0 },
	{ "GSO twice",
	  NETIF_V_EXTRA,
	  3,
	  3,
	  0,
	  0,
	  { REQ(3060, EXTRA), GSO(1448, 1, X_MORE), GSO(1448, 1, LAST) },
	  0 },
	{ "extra 0",
	  NETIF_V_EXTRA,
	  2,
	  2,
	  0,
	  0,
	  { REQ(60, EXTRA), { .x = 100 } },
	  0 },
	{ "extra 5",
	  NETIF_V_EXTRA,
	  2,
	  2,
	  0,
	  0,
	  { REQ(60, EXTRA), XTRA(WIRE_EXTRA_XDP, LAST) },
	  0 },
	{ "extra 255",
	  NETIF_V_EXTRA,
	  2,
	  2,
	  0,
	  0,
	  { REQ(60, EXTRA), XTRA(255, LAST) },
	  0 },
	{ "endless extras",
	  NETIF_V_EXTRA,
	  250,
	  3,
	  0,
	  0,
	  { REQ(60, EXTRA), GSO(1448, 1, X_MORE) },
	  249 },
	{ "join",
	  NETIF_V_OK,
	  2,
	  2,
	  0,
	  0,
	  { REQ(0, EXTRA), XTRA(WIRE_EXTRA_MCAST_ADD, LAST) },
	  0 },
	{ "join and leave",
	  NETIF_V_OK,
	  3,
	  3,
	  0,
	  0,
	  { REQ(0, EXTRA), XTRA(WIRE_EXTRA_MCAST_ADD, X_MORE),
	    XTRA(WIRE_EXTRA_MCAST_DEL, LAST) },
	  0 },
	{ "join and data",
	  NETIF_V_EXTRA,
	  3,
	  2,
	  0,
	  0,
	  { REQ(60, EXTRA | MORE), XTRA(WIRE_EXTRA_MCAST_ADD, LAST),
	    REQ(20, LAST) },
	  0 },
	{ "join and GSO",
	  NETIF_V_EXTRA,
	  3,
	  3,
	  0,
	  0,
	  { REQ(60, EXTRA), XTRA(WIRE_EXTRA_MCAST_ADD, X_MORE),
	    GSO(1448, 1, LAST) },
	  0 },
};

static char page[NETIF_PAGE] __attribute__((aligned(64)));

static void write_slot(struct wire_tx_req *to, const struct slot *s,
		       unsigned int i)
{
	struct wire_extra e = { .type = s->x, .flags = s->x_flags };

	memset(to, 0, sizeof(*to));
	if (s->x) {
		e.type = s->x == 100 ? 0 : s->x;
		e.u.gso.size = s->x_size;
		e.u.gso.type = s->x_kind;
		memcpy(to, &e, sizeof(e));
		return;
	}
	to->gref = 1000 + i;
	to->offset = s->offset;
	to->flags = s->flags;
	to->id = (uint16_t)(500 + i);
	to->size = s->size;
}

/* The row's slots from index @at on, the last of a repeated chain closed. */
static void write_row(const struct row *row, uint32_t at)
{
	struct wire_tx_req *ring = (void *)(page + NETIF_RING_START);
	unsigned int last = row->repeat ? 1 : row->nr - 1;
	unsigned int i;

	for (i = 0; i < row->nr; i++)
		write_slot(&ring[(at + i) % NETIF_RING],
			   &row->slot[i < last ? i : last], i);
	if (row->repeat && !row->slot[last].x)
		ring[(at + i - 1) % NETIF_RING].flags = 0;
}

static void check_row(const struct row *row, uint32_t at)
{
	struct wire_ring *head = (void *)page;
	struct sring r;
	struct txreq t;

	head->rsp_prod = at;
	head->req_prod = at + row->nr;
	sring_init(&r, page, sizeof(struct wire_tx_req));
	write_row(row, at);
	assert_int_equal(sring_avail(&r), row->nr);
	assert_int_equal(txreq_parse(&r, row->nr, &t), row->verdict);
	assert_int_equal(t.nr_ring, row->nr_ring);
	assert_int_equal(r.next, at);
	if (row->verdict)
		return;
	assert_int_equal(t.nr_slots, row->nr_slots);
	assert_int_equal(txreq_is_message(&t), row->nr_slots == 0);
	assert_int_equal(t.id[0], 500);
	if (row->nr_slots) {
		assert_int_equal(t.slot[0].size, row->first);
		assert_int_equal(t.len, row->slot[0].size);
		assert_int_equal(t.slot[0].gref, 1000);
	}
}

static void test_rows(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].name);
		check_row(&rows[i], 0);
		check_row(&rows[i], 250);
		check_row(&rows[i], 0xfffffffdu);
	}
}

/* What closes the netif, and what costs a frame. */
static void test_fatal(void **state)
{
	unsigned int v;

	(void)state;
	for (v = 0; v < NETIF_V_NR; v++) {
		assert_true(*netif_verdict_name(v) && *netif_verdict_text(v));
		assert_int_equal(
			txreq_is_fatal(v),
			v == NETIF_V_INDEX || v == NETIF_V_CHAIN ||
				v == NETIF_V_FLOOD || v == NETIF_V_CROSSING ||
				v == NETIF_V_EXTRA || v == NETIF_V_GSO);
	}
}

/* Every index from which more than a ring would be taken (rule R01). */
static void test_index(void **state)
{
	struct wire_ring *head = (void *)page;
	struct sring r;
	uint32_t i;

	(void)state;
	head->rsp_prod = 0xffffff80u;
	sring_init(&r, page, sizeof(struct wire_tx_req));
	for (i = 0; i < 1000; i++) {
		head->req_prod = 0xffffff80u + i;
		assert_int_equal(sring_avail(&r) < 0, i > 256);
	}
	head->req_prod = 0xffffff80u - 1;
	assert_true(sring_avail(&r) < 0);
	/* Taken but not answered: their slots cannot be new requests. */
	r.next += 10;
	head->req_prod = r.next + 246;
	assert_int_equal(sring_avail(&r), 246);
	head->req_prod++;
	assert_true(sring_avail(&r) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fatal),
		cmocka_unit_test(test_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
