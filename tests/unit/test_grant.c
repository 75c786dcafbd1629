/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which octets of a guest svnic_pf and gntdev are asked to copy, and what
 * becomes of pieces that fail (rule R26).
 */
#include "grant_fixture.h"
#include "xen/grant.h"

#include <errno.h>

static void make_turn(struct platform_copy *copy, unsigned int nr)
{
	const struct platform_turn turn_of = { .copy = copy, .nr_copies = nr };

	grant_turn(&dom0, &turn_of);
}

/* Each octet once, and no piece leaves a page of ours. */
static void test_pieces(void **state)
{
	static const struct {
		uint32_t at, len;
		unsigned int pieces;
	} cases[] = { { 0, 1, 1 },	 { 4095, 1, 1 }, { 4095, 2, 2 },
		      { 1, 4095, 1 },	 { 1, 4096, 2 }, { 0, 4096, 1 },
		      { 4000, 4096, 2 }, { 100, 60, 1 } };
	struct platform_copy c;
	unsigned int i, k;
	uint32_t done;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c = copy_of(2, cases[i].at, cases[i].len, 9);
		c.to_guest = i % 2;
		c.failed = true;
		pf.nr_pieces = 0;
		make_turn(&c, 1);
		assert_false(c.failed);
		assert_int_equal(pf.nr_pieces, cases[i].pieces);
		for (k = 0, done = 0; k < pf.nr_pieces; k++) {
			const struct svnic_pf_piece *o = &pf.piece[k];

			assert_true(o->at + o->len <= SVNIC_PAGE_SIZE);
			assert_int_equal((o->page - SVNIC_SLOW_PAGE - 2) *
							 SVNIC_PAGE_SIZE +
						 o->at,
					 cases[i].at + done);
			assert_int_equal(o->offset, done);
			assert_int_equal(o->gref, 9);
			assert_int_equal(o->vif, 5);
			assert_int_equal(o->domid, 3);
			assert_int_equal(o->flags,
					 i % 2 ? SVNIC_PF_TO_GUEST : 0);
			done += o->len;
		}
		assert_int_equal(done, cases[i].len);
	}
}

/* More than one call takes; what fails, fails alone. */
static void test_many_pieces(void **state)
{
	static struct platform_copy c[2 * SVNIC_PF_TURN_PIECES];
	const unsigned int nr = SVNIC_PF_TURN_PIECES * 3 / 2;
	unsigned int i;

	(void)state;
	/* Every second one lies over a border. */
	for (i = 0; i < nr; i++)
		c[i] = copy_of(0, i % 2 ? 4000 : 0, 200, 100 + i);
	pf.bad = 100 + nr - 3;
	make_turn(c, nr);
	assert_int_equal(pf.nr_pieces, nr * 3 / 2);
	assert_int_equal(pf.nr_turns, 3);
	for (i = 0; i < nr; i++)
		assert_int_equal(c[i].failed, i == nr - 3);
	/* A copy whose second half fails has failed. */
	c[0] = copy_of(0, 4000, 200, 9);
	c[1] = copy_of(0, 0, 200, 10);
	pf.bad = 9;
	make_turn(c, 2);
	assert_true(c[0].failed);
	assert_false(c[1].failed);
	/* A call that fails has copied nothing. */
	pf.bad = 0;
	pf.err = -EIO;
	make_turn(c, 2);
	assert_true(c[0].failed && c[1].failed);
	pf.err = 0;
	make_turn(c, 2);
	assert_false(c[0].failed || c[1].failed);
	pf.is_there = false;
	make_turn(c, 2);
	assert_true(c[0].failed && c[1].failed);
}

/* Memory that svnic_pf does not know goes through gntdev. */
static void test_elsewhere(void **state)
{
	static struct platform_copy c[300];
	unsigned int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		c[i] = copy_of(1, i, 50, 100 + i);
		c[i].page = PLATFORM_ELSEWHERE;
		c[i].offset = (uint16_t)(10 + i);
		c[i].to_guest = i % 2;
	}
	c[150].page = SVNIC_SLOW_PAGE + 1;
	xen.bad = 100 + 299;
	make_turn(c, 300);
	assert_int_equal(pf.nr_pieces, 1);
	assert_int_equal(xen.nr_pieces, 299);
	assert_int_equal(xen.nr_calls, 3);
	for (i = 0; i < 300; i++)
		assert_int_equal(c[i].failed, i == 299);
	assert_ptr_equal(xen.last.source.virt, mem[1] + 299);
	assert_int_equal(xen.last.dest.foreign.ref, 399);
	assert_int_equal(xen.last.dest.foreign.offset, 309);
	assert_int_equal(xen.last.dest.foreign.domid, 3);
	assert_int_equal(xen.last.len, 50);
	c[0].to_guest = false;
	make_turn(c, 1);
	assert_ptr_equal(xen.last.dest.virt, mem[1]);
	assert_int_equal(xen.last.source.foreign.ref, 100);
	xen.err = -1;
	make_turn(c, 2);
	assert_true(c[0].failed && c[1].failed);
}

static void test_map(void **state)
{
	void *page = NULL;

	(void)state;
	assert_int_equal(grant_map(&dom0, &guest, 7, true, &page), -EACCES);
	assert_int_equal(grant_map(&dom0, &guest, 6, true, &page), -EINVAL);
	assert_null(page);
	assert_int_equal(grant_map(&dom0, &guest, 8, false, &page), 0);
	assert_ptr_equal(page, &dom0);
	grant_unmap(&dom0, page);
}
int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, grant_begin, grant_end)
	const struct CMUnitTest tests[] = {
		T(test_pieces),
		T(test_many_pieces),
		T(test_elsewhere),
		T(test_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
