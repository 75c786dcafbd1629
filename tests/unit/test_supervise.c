/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When the next core is started, and when its arena is not believed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../device-firmware/hal/hosted/log.h"
#include "../../device-firmware/hal/hosted/supervise.h"

static struct handover *no_books(void *arg)
{
	++*(unsigned int *)arg;
	return NULL;
}

/*
 * Nothing to start a core with, after one that lived long: it is tried again,
 * but not for ever at once, and the arena is not given up for it.
 */
static void test_no_process(void **state)
{
	unsigned int asked = 0;
	struct supervisor s = {
		.books = no_books, .arg = &asked, .channel = -1, .ready_ns = 1
	};
	unsigned int i;

	(void)state;
	alarm(2);
	for (i = 5; i < 20; i++) {
		s.next_ns = 0;
		supervise_notice(&s);
		assert_int_equal(asked, i);
		assert_int_equal(s.pid, 0);
		assert_in_range(supervise_timeout(&s), 1, 5001);
		assert_int_equal(s.nr_doubts, 0);
	}
	alarm(0);
}

static void test_patience(void **state)
{
	uint64_t last = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i <= 4; i++)
		assert_int_equal(supervise_patience_ns(i), 0);
	for (i = 5; i < 40; i++) {
		assert_true(supervise_patience_ns(i) >= last);
		last = supervise_patience_ns(i);
	}
	assert_int_equal(supervise_patience_ns(5), 100000000);
	assert_int_equal(last, 5000000000);
	assert_false(supervise_distrusts(0));
	assert_false(supervise_distrusts(5));
	assert_true(supervise_distrusts(6));
	assert_false(supervise_distrusts(7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_process),
		cmocka_unit_test(test_patience),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
