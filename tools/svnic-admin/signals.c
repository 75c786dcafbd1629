// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include "signals.h"

static volatile sig_atomic_t came;
static sigset_t outside; /* the mask while waiting */
static bool caught;

static void on_signal(int sig)
{
	(void)sig;
	came = 1;
}

void signals_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &outside);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	caught = true;
}

bool signals_came(void)
{
	return came;
}

bool signals_poll(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		if (came)
			return false;
		if (ppoll(&p, 1, NULL, caught ? &outside : NULL) > 0)
			return true;
		if (errno != EINTR)
			return true;
	}
}

bool signals_sleep(unsigned long ms)
{
	struct timespec t = { .tv_sec = (time_t)(ms / 1000),
			      .tv_nsec = (long)(ms % 1000) * 1000000 };

	if (!came)
		ppoll(NULL, 0, &t, caught ? &outside : NULL);
	return !came;
}
