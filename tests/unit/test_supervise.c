/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When the next core is started, when its arena is not believed, and how long
 * a question waits.  The core is this program, which is executed again.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
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

/* Tenths of a second since some time. */
static unsigned int tenths(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (unsigned int)(ts.tv_sec * 10 + ts.tv_nsec / 100000000);
}

static int ask(struct supervisor *s, uint32_t op)
{
	struct channel_msg m = { .op = op };

	return s->remote.call(&s->remote, &m, -1);
}

/*
 * There is no core for long: one question waits as long as one may, the others
 * not, or one client's would keep the owner from all others.
 */
static void test_wait_once(void **state)
{
	unsigned int asked = 0, began = tenths(), i;
	struct supervisor s = { .books = no_books, .arg = &asked };

	(void)state;
	assert_int_equal(supervise_init(&s, 0), 0);
	s.next_ns = UINT64_MAX;
	assert_int_equal(ask(&s, CHANNEL_READ), -EHOSTDOWN);
	assert_in_range(tenths() - began, 14, 40);
	began = tenths();
	for (i = 0; i < 20; i++)
		assert_int_equal(ask(&s, CHANNEL_READ), -EHOSTDOWN);
	assert_in_range(tenths() - began, 0, 10);
	supervise_stop(&s);
}

static struct handover *books(void *arg)
{
	struct handover *h = handover_new(NULL, 0);

	(void)arg;
	h->arena_fd = -1;
	return h;
}

/* A core that dies of any question, but not soon. */
static int be_core(int fd)
{
	static const struct timespec life = { .tv_nsec = 300000000 };
	struct channel_msg m = { .op = CHANNEL_READY };
	struct handover *h = handover_read(fd);

	if (!h || channel_send(h->channel, &m, -1) < 0)
		return 1;
	channel_receive(h->channel, &m, &fd, 20000);
	nanosleep(&life, NULL);
	return 1;
}

/* A question that is every core's end is given up; the next one is not. */
static void test_deadly(void **state)
{
	char *argv[] = { (char *)(uintptr_t) "core", NULL };
	struct supervisor s = { .books = books, .argv = argv };

	(void)state;
	alarm(30);
	s.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	assert_int_equal(supervise_init(&s, 0), 0);
	assert_int_equal(supervise_start(&s), 0);
	assert_int_equal(ask(&s, CHANNEL_READ), -EHOSTDOWN);
	assert_true(s.nr_started > 2);
	assert_true(s.pid > 0);
	/* This one is in the books. */
	assert_int_equal(ask(&s, CHANNEL_CONNECT), 0);
	supervise_stop(&s);
	close(s.epoll_fd);
	alarm(0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_process),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_wait_once),
		cmocka_unit_test(test_deadly),
	};

	log_set_level(LOG_LEVEL_ERR);
	if (argc == 3 && strcmp(argv[1], "--core") == 0)
		return be_core(atoi(argv[2]));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
