/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table by name: as many as a card has VIFs, and two that have the same for
 * a while.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "names.h"

#define NR 4096u

static struct {
	char text[16];
	struct name name;
} all[NR];

static void test_many(void **state)
{
	static struct names names;
	unsigned int i;

	(void)state;
	for (i = 0; i < NR; i++) {
		snprintf(all[i].text, sizeof(all[i].text), "v%u", i);
		assert_null(names_find(&names, all[i].text));
		names_add(&names, &all[i].name, all[i].text, &all[i]);
	}
	for (i = 0; i < NR; i += 2)
		names_del(&all[i].name);
	for (i = 0; i < NR; i++)
		assert_ptr_equal(names_find(&names, all[i].text),
				 i % 2 ? &all[i] : NULL);
	assert_null(names_find(&names, "v"));
	assert_null(names_find(&names, ""));
}

static void test_twice(void **state)
{
	static struct names names;
	struct name old = { .of = NULL };
	struct name new = { .of = NULL };

	(void)state;
	names_del(&old);
	names_add(&names, &old, "3.0", &old);
	names_add(&names, &new, "3.0", &new);
	assert_ptr_equal(names_find(&names, "3.0"), &new);
	names_del(&new);
	names_del(&new);
	assert_ptr_equal(names_find(&names, "3.0"), &old);
	names_del(&old);
	assert_null(names_find(&names, "3.0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
