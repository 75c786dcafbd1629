/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a second worker brings: bench_workers.c.
 */
#ifndef TESTS_BENCH_WORKERS_H
#define TESTS_BENCH_WORKERS_H

#include <stdbool.h>

/* The benchmarks of these names, or, with @only_list, their names. */
void bench_workers(bool only_list, char **names);

#endif /* TESTS_BENCH_WORKERS_H */
