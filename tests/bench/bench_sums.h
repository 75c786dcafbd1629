/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What checksums and segments cost by themselves.
 */
#ifndef TESTS_BENCH_BENCH_SUMS_H
#define TESTS_BENCH_BENCH_SUMS_H

#include <stdbool.h>

/* Run those of that name, or print the names. */
void bench_sums(bool only_list, char **names);

#endif /* TESTS_BENCH_BENCH_SUMS_H */
