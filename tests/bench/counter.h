/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a piece of code takes: time stamps, and cycles and instructions of
 * user space where the machine lets them be counted.
 */
#ifndef TESTS_BENCH_COUNTER_H
#define TESTS_BENCH_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

struct counter {
	uint64_t ticks; /* of the time stamp counter, or nanoseconds */
	uint64_t cycles;
	uint64_t instructions;
	uint64_t best; /* of counter_median(): the fastest tenth, times all */
	bool has_hardware;
	uint64_t began;
	uint64_t began_hardware[2];
};

void counter_init(struct counter *c);
void counter_start(struct counter *c);
/* Add what passed since counter_start(). */
void counter_stop(struct counter *c);
/* @nr times the median of the ticks, and the sums of the others. */
void counter_median(struct counter *samples, unsigned int nr,
		    struct counter *total);
double counter_ns(const struct counter *c);

#endif /* TESTS_BENCH_COUNTER_H */
