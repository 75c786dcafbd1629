/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time in the benchmarks: seconds for how long something runs, and for one frame
 * the processor's own counter, which costs a few cycles.
 */
#ifndef TESTS_BENCH_CLOCK_H
#define TESTS_BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline double clock_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static inline uint64_t frame_stamp(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t v;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(v));
	return v;
#else
#error "no time stamp on this processor"
#endif
}

/* Measured over 20 ms. */
static inline double frame_stamps_per_us(void)
{
	const struct timespec nap = { .tv_nsec = 20000000 };
	double began = clock_s();
	uint64_t stamp = frame_stamp();

	nanosleep(&nap, NULL);
	return (double)(frame_stamp() - stamp) / ((clock_s() - began) * 1e6);
}

/* For qsort(): samples of frame_stamp(), ascending. */
static inline int frame_stamp_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

#endif /* TESTS_BENCH_CLOCK_H */
