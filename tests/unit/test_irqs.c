/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt lines: against a model, and eventfds that a client has filled or
 * made blocking.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../device-firmware/hal/hosted/card.h"
#include "../fakes/vfu_client.h"

#define ROUNDS 20000u

static unsigned int pick(unsigned int below)
{
	return (unsigned int)rand() % below;
}

/* Random SET_IRQS ranges against "which eventfd has line v now". */
static void test_irqs_model(void **state)
{
	unsigned int before = count_fds(), n, i;
	int model[8], event[16];
	uint64_t count;
	struct irq_set set;

	(void)state;
	assert_int_equal(irqs_init(&set, 8), 0);
	for (i = 0; i < 16; i++)
		event[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	for (i = 0; i < 8; i++)
		model[i] = -1;
	for (n = 0; n < ROUNDS; n++) {
		unsigned int v = pick(8), e = pick(16);

		if (pick(2)) {
			model[v] = pick(4) ? (int)e : -1;
			irqs_assign(&set, v, model[v] < 0 ? -1 : dup(event[e]));
			if (model[v] >= 0)
				(void)!read(event[e], &count, 8);
			set.line[v].pending = false;
			continue;
		}
		irqs_raise(&set, v);
		assert_int_equal(set.line[v].pending, model[v] < 0);
		for (i = 0; i < 16; i++)
			assert_int_equal(read(event[i], &count, 8) == 8,
					 model[v] == (int)i);
	}
	irqs_fini(&set);
	for (i = 0; i < 16; i++)
		close(event[i]);
	assert_int_equal(count_fds(), before);
}

static void test_irqs_full_counter(void **state)
{
	uint64_t most = UINT64_MAX - 1;
	int fd = eventfd(0, EFD_CLOEXEC);
	struct irq_set set;

	(void)state;
	assert_int_equal(irqs_init(&set, 1), 0);
	assert_int_equal(write(fd, &most, 8), 8);
	assert_true(irqs_is_eventfd(fd));
	irqs_assign(&set, 0, fd);
	irqs_raise(&set, 0); /* must not block */
	assert_int_equal(set.line[0].fd, fd);
	irqs_fini(&set);
	assert_false(irqs_is_eventfd(STDIN_FILENO));
}

static void on_tick(int sig)
{
	(void)sig;
}

/* A tenant fills its eventfd and makes it blocking again: one tick, no more. */
static void test_irqs_blocking(void **state)
{
	struct itimerval tick = { { 0, 20000 }, { 0, 20000 } }, off = { 0 };
	struct sigaction sa = { .sa_handler = on_tick };
	uint64_t most = UINT64_MAX - 1;
	int fd = eventfd(0, EFD_CLOEXEC), tenant = dup(fd);
	struct irq_set set;

	(void)state;
	assert_int_equal(irqs_init(&set, 1), 0);
	assert_true(irqs_is_eventfd(fd));
	irqs_assign(&set, 0, fd);
	assert_int_equal(write(tenant, &most, 8), 8);
	assert_int_equal(fcntl(tenant, F_SETFL, 0), 0);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
	irqs_raise(&set, 0);
	setitimer(ITIMER_REAL, &off, NULL);
	assert_true(set.line[0].is_broken);
	irqs_fini(&set);
	close(tenant);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_irqs_model),
		cmocka_unit_test(test_irqs_full_counter),
		cmocka_unit_test(test_irqs_blocking),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
