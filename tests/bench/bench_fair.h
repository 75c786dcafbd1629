/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a flood costs somebody else in time: bench_fair.c.
 */
#ifndef TESTS_BENCH_FAIR_H
#define TESTS_BENCH_FAIR_H

#include <stdbool.h>

/* The benchmarks of these names, or, with @only_list, their names. */
void bench_fair(bool only_list, char **names);

#endif /* TESTS_BENCH_FAIR_H */
