// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one frame costs the firmware core by itself: VIF to VIF on a simulated
 * card, rings filled before the core runs, only core_poll() measured.  One JSON
 * line for each benchmark.
 *
 * Sums and segments are in bench_sums.c, several workers in bench_workers.c,
 * a victim beside floods in bench_fair.c.
 *
 *   bench-core [-l] [-4] [-b frames] [-f frames] [name ...]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench_card.h"
#include "bench_fair.h"
#include "bench_sums.h"
#include "bench_workers.h"
#include "counter.h"

#define SAMPLES 400u

/* All guests' turns, then rounds until the card has nothing left to do. */
static void round_trip(const struct bench *b, const struct options *o,
		       struct card *c, struct counter *counter)
{
	unsigned int step = b->both ? 1 : 2;
	unsigned int i;

	for (i = 0; i < b->busy; i++)
		bench_turn(b, &c->guest[i], i % step ? 0 : o->batch);
	sim_sleep(10000);
	counter_start(counter);
	while (core_poll(c->core))
		;
	counter_stop(counter);
}

static void show(const struct bench *b, const struct options *o,
		 const struct counter *n, uint64_t frames, uint64_t octets)
{
	double ns = counter_ns(n) / (double)frames;
	double best = ns * (double)n->best / (double)n->ticks;

	printf("{\"name\": \"%s\", \"unit\": \"ns/frame\", \"value\": %.1f, "
	       "\"best\": %.1f, \"mpps\": %.2f, \"gbit\": %.2f, "
	       "\"tsc_per_frame\": %.0f, ",
	       b->name, ns, best, 1e3 / ns,
	       (double)octets / (double)frames * 8 / ns,
	       (double)n->ticks / (double)frames);
	if (n->has_hardware)
		printf("\"cycles_per_frame\": %.0f, "
		       "\"instructions_per_frame\": %.0f, ",
		       (double)n->cycles / (double)frames,
		       (double)n->instructions / (double)frames);
	printf("\"vifs\": %u, \"busy\": %u, \"octets\": %u, \"batch\": %u, "
	       "\"pages\": \"%s\", \"frames\": %llu}\n",
	       b->nr_vifs, b->busy, b->octets, o->batch,
	       o->small_pages ? "4k" : "2m", (unsigned long long)frames);
	fflush(stdout);
}

/* The median of samples, so that what else the machine does counts little. */
static void run(const struct bench *b, const struct options *o)
{
	static struct counter sample[SAMPLES];
	uint64_t frames, octets, before, octets_before;
	struct counter total;
	struct card c;
	unsigned int per, nr, i;

	bench_init(b, o, &c);
	bench_start(b, &c);
	per = b->busy * o->batch / (b->both ? 1 : 2);
	nr = (unsigned int)(o->frames / SAMPLES / per) + 1;
	for (i = 0; i < 8; i++)
		round_trip(b, o, &c, &sample[0]);
	octets_before = bench_received(&c, b, &before);
	for (i = 0; i < SAMPLES && (uint64_t)i * nr * per < o->frames; i++) {
		unsigned int k;

		counter_init(&sample[i]);
		for (k = 0; k < nr; k++)
			round_trip(b, o, &c, &sample[i]);
	}
	octets = bench_received(&c, b, &frames) - octets_before;
	frames -= before;
	counter_median(sample, i, &total);
	show(b, o, &total, frames, octets);
	bench_fini(&c);
}

static const unsigned int sizes[] = { 64, 256, 1500, 9000, 65536, 0 };
static const unsigned int densities[] = { 64, 256, 1024, 4096 };

static unsigned int add(struct bench *list, unsigned int nr, unsigned int vifs,
			unsigned int busy, unsigned int octets, bool both,
			enum pattern pattern)
{
	struct bench *b = &list[nr];
	char size[16] = "imix";

	if (octets == 65536)
		snprintf(size, sizeof(size), "gso");
	else if (octets)
		snprintf(size, sizeof(size), "%u", octets);
	*b = (struct bench) { .nr_workers = 1,
			      .octets = octets,
			      .nr_vifs = vifs,
			      .busy = busy,
			      .both = both,
			      .pattern = pattern };
	snprintf(b->name, sizeof(b->name), "core-%s-%s-%u%s%s", size,
		 both ? "both" : "oneway", vifs,
		 pattern == SPREAD ? "-spread" : "",
		 busy < vifs ? "-busy10" : "");
	return nr + 1;
}

static unsigned int make_list(struct bench *list)
{
	unsigned int nr = 0;
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		nr = add(list, nr, 2, 2, sizes[i], false, PAIRS);
		nr = add(list, nr, 2, 2, sizes[i], true, PAIRS);
	}
	for (i = 0; i < sizeof(densities) / sizeof(densities[0]); i++) {
		nr = add(list, nr, densities[i], densities[i], 64, true, PAIRS);
		nr = add(list, nr, densities[i], densities[i], 64, true,
			 SPREAD);
	}
	for (i = 0; i < 3; i++) {
		nr = add(list, nr, 2, 2, i == 2 ? 1500 : 64, i == 1, PAIRS);
		list[nr - 1].listed = true;
		strcat(list[nr - 1].name, "-ip");
	}
	nr = add(list, nr, 10, 10, 64, true, PAIRS);
	return add(list, nr, 4096, 10, 64, true, PAIRS);
}

int main(int argc, char **argv)
{
	struct options o = { .batch = 32, .frames = 8000000 };
	static struct bench list[64];
	bool only_list = false;
	unsigned int nr = make_list(list);
	unsigned int i;
	int c;

	while ((c = getopt(argc, argv, "l4b:f:")) != -1) {
		switch (c) {
		case 'l':
			only_list = true;
			break;
		case '4':
			o.small_pages = true;
			break;
		case 'b':
			o.batch = (unsigned int)strtoul(optarg, NULL, 10);
			break;
		case 'f':
			o.frames = strtoull(optarg, NULL, 10);
			break;
		default:
			fprintf(stderr, "usage: bench-core [-l] [-4] "
					"[-b frames] [-f frames] [name ...]\n");
			return 2;
		}
	}
	if (o.batch == 0 || o.batch > BENCH_SLOTS || o.frames == 0) {
		fprintf(stderr, "bench-core: -b takes 1 to %u, -f at least 1\n",
			BENCH_SLOTS);
		return 2;
	}
	for (i = 0; i < nr; i++) {
		if (only_list)
			puts(list[i].name);
		else if (bench_is_wanted(list[i].name, argv + optind))
			run(&list[i], &o);
	}
	bench_sums(only_list, argv + optind);
	bench_workers(only_list, argv + optind);
	bench_fair(only_list, argv + optind);
	return 0;
}
