/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of staging grants, whatever grants a guest chooses, and how much of
 * it all of them may have.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "netif/staging.h"
#include "netif/wire.h"
#include "platform.h"

static unsigned int nr_mapped;

static int map_any(struct platform *p, struct tenant *t, uint32_t gref,
		   bool writable, void **page)
{
	static char any[NETIF_PAGE];

	(void)p;
	(void)t;
	(void)gref;
	(void)writable;
	*page = any;
	nr_mapped++;
	return 0;
}

static void unmap_any(struct platform *p, void *page)
{
	(void)p;
	(void)page;
	nr_mapped--;
}

static const struct platform_ops any_ops = { .grant_map = map_any,
					     .grant_unmap = unmap_any };

/* The table against a plain list, with many collisions. */
static void test_table(void **state)
{
	struct staging s = { 0 };
	bool has[1000] = { false };
	unsigned int i, j;

	(void)state;
	srand(2);
	for (i = 0; i < 20000; i++) {
		uint32_t gref = 1 + (uint32_t)rand() % 999;

		if (rand() % 2) {
			assert_int_equal(staging_add(&s, &any_ops, NULL, NULL,
						     gref, gref % 3 == 0),
					 has[gref] ? -EEXIST : 0);
			has[gref] = true;
		} else {
			assert_int_equal(staging_del(&s, &any_ops, NULL, gref),
					 has[gref]);
			has[gref] = false;
		}
		for (j = 1; i % 500 == 0 && j < 1000; j++) {
			assert_int_equal(staging_find(&s, j, false) != NULL,
					 has[j]);
			assert_int_equal(staging_find(&s, j, true) != NULL,
					 has[j] && j % 3);
		}
	}
	staging_fini(&s, &any_ops, NULL);
}

/* Grants that had their homes side by side, and one that is not there. */
static void test_chosen(void **state)
{
	struct staging s = { 0 };
	uint32_t gref, miss = 0;
	unsigned int i;
	clock_t start;

	(void)state;
	for (gref = 8; gref < 32768 && s.nr < 1000; gref++)
		if (gref * 0x9e3779b1u >> 21 < 64)
			staging_add(&s, &any_ops, NULL, NULL, gref, false);
	assert_int_equal(s.nr, 1000);
	for (gref = 1u << 20; !miss; gref++)
		if (gref * 0x9e3779b1u >> 21 == 0)
			miss = gref;
	start = clock();
	for (i = 0; i < 200000; i++)
		assert_null(staging_find(&s, miss, false));
	/* It was more than a second. */
	assert_true(clock() - start < CLOCKS_PER_SEC / 4);
	staging_fini(&s, &any_ops, NULL);
}

/* The rings of others must still find room among our mappings. */
static void test_of_all(void **state)
{
	static struct staging s[STAGING_ALL / STAGING_MAX + 2];
	const unsigned int nr = sizeof(s) / sizeof(s[0]);
	unsigned int before = nr_mapped;
	unsigned int i, j;

	(void)state;
	for (i = 0; i < nr; i++)
		for (j = 1; j <= STAGING_MAX; j++)
			if (staging_add(&s[i], &any_ops, NULL, NULL, j, false))
				break;
	assert_int_equal(nr_mapped, before + STAGING_ALL);
	staging_fini(&s[0], &any_ops, NULL);
	assert_int_equal(
		staging_add(&s[nr - 1], &any_ops, NULL, NULL, 1, false), 0);
	assert_true(staging_del(&s[nr - 1], &any_ops, NULL, 1));
	for (i = 1; i < nr; i++)
		staging_fini(&s[i], &any_ops, NULL);
	assert_int_equal(nr_mapped, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
