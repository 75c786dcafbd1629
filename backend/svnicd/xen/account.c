/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See account.h.
 */
#include "account.h"

#include <time.h>

#define MOST_US (ACCOUNT_FREE_US + ACCOUNT_WAIT_MS * 1000u / ACCOUNT_SHARE)

uint64_t account_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* What was used is forgotten as time passes. */
static void forget(struct account *a)
{
	uint64_t now = account_now();
	uint64_t gone = (now - a->at_us) / ACCOUNT_SHARE;

	a->used_us = gone < a->used_us ? a->used_us - gone : 0;
	a->at_us = now;
}

void account_charge(struct account *a, uint64_t start_us)
{
	forget(a);
	if (a->at_us - start_us > ACCOUNT_LEAST_US)
		a->used_us += a->at_us - start_us - ACCOUNT_LEAST_US;
	if (a->used_us > MOST_US)
		a->used_us = MOST_US;
}

unsigned int account_wait(struct account *a)
{
	forget(a);
	if (a->used_us <= ACCOUNT_FREE_US)
		return 0;
	return (unsigned int)((a->used_us - ACCOUNT_FREE_US) * ACCOUNT_SHARE /
			      1000) +
	       1;
}
