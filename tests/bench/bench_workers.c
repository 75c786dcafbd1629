// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames a second of one worker and of two, each a thread that also is its own
 * VIFs' guests: "near" between VIFs of the same worker, "far" between those of
 * two.  The guests' part is a few words a burst, the same for all, and in the
 * time; so the ratio is what counts.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "bench_card.h"
#include "bench_workers.h"
#include "clock.h"
#include "sim.h"

#define VIFS	   8u
#define BATCH	   32u
#define MEASURE_NS 500000000
#define RUNS	   3u

struct runner {
	const struct bench *bench;
	struct card *card;
	unsigned int worker;
	pthread_t thread;
};

static atomic_bool is_over;

static void *run_worker(void *arg)
{
	const struct runner *r = arg;
	struct core *core = core_worker(r->card->core, r->worker);
	unsigned int i;

	while (!is_over) {
		/* VIFs go to the workers in turn. */
		for (i = r->worker; i < VIFS; i += r->bench->nr_workers)
			bench_turn(r->bench, &r->card->guest[i], BATCH);
		if (r->worker == 0)
			sim_sleep(1000);
		core_poll(core);
	}
	/* What is away comes home. */
	for (i = 0; i < 1000; i++) {
		core_poll(core);
		sched_yield();
	}
	return NULL;
}

/* Millions of frames a second. */
static double measure(const struct bench *b, struct card *c)
{
	const struct timespec nap = { .tv_nsec = MEASURE_NS };
	struct runner runner[CORE_MAX_WORKERS];
	uint64_t before, after;
	double began;
	unsigned int i;

	bench_received(c, b, &before);
	is_over = false;
	began = clock_s();
	for (i = 0; i < b->nr_workers; i++) {
		runner[i] = (struct runner) { b, c, i, 0 };
		if (pthread_create(&runner[i].thread, NULL, run_worker,
				   &runner[i]))
			bench_die("thread");
	}
	nanosleep(&nap, NULL);
	is_over = true;
	began = clock_s() - began;
	for (i = 0; i < b->nr_workers; i++)
		pthread_join(runner[i].thread, NULL);
	bench_received(c, b, &after);
	return (double)(after - before) / began / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void run(const struct bench *b)
{
	const struct options o = { .batch = BATCH };
	double mpps[RUNS];
	struct card c;
	unsigned int i;

	bench_init(b, &o, &c);
	bench_start(b, &c);
	for (i = 0; i < RUNS; i++)
		mpps[i] = measure(b, &c);
	qsort(mpps, RUNS, sizeof(mpps[0]), compare);
	printf("{\"name\": \"%s\", \"unit\": \"Mpps\", \"value\": %.2f, "
	       "\"workers\": %u, \"vifs\": %u, \"octets\": %u}\n",
	       b->name, mpps[RUNS / 2], b->nr_workers, b->nr_vifs, b->octets);
	fflush(stdout);
	bench_fini(&c);
}

void bench_workers(bool only_list, char **names)
{
	static const unsigned int sizes[] = { 64, 1500 };
	static const char *const places[] = { "near", "far" };
	unsigned int i;

	for (i = 0; i < 8; i++) {
		struct bench b = {
			.nr_workers = 1 + i % 2,
			.octets = sizes[i / 4],
			.nr_vifs = VIFS,
			.busy = VIFS,
			.both = true,
			.pattern = i / 2 % 2 ? PAIRS : PAIRS_OF_TWO,
		};

		snprintf(b.name, sizeof(b.name), "workers-%u-%s-%u", b.octets,
			 places[i / 2 % 2], b.nr_workers);
		if (only_list)
			puts(b.name);
		else if (bench_is_wanted(b.name, names))
			run(&b);
	}
}
