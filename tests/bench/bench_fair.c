// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a frame is in the core, alone and beside seven VIFs whose rings are
 * always full.  One thread is the core and, with a few words a round, the
 * flooders; the other is the victim and its peer, so that only the core stands
 * between its stamps.  (fair.c has all of the local platform in between.)
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench_card.h"
#include "bench_fair.h"
#include "clock.h"
#include "sim.h"

#define VICTIM	 0u
#define PEER	 1u
#define SINK	 2u
#define STUCK	 3u
#define FLOODER	 4u
#define VIFS	 12u /* an even number: the last is idle */
#define FLOODERS 7u
#define SAMPLES	 20000u /* of each side */
#define SLICES	 10u
#define LOST_US	 100000.0
#define GAP_US	 10.0 /* mean between two frames of the victim */
#define MIN_RATE 50000000u / 8 / 1000
#define STORM	 1000u
#define LEN	 65u /* the victim's frames are known by it */
#define BATCH	 32u

enum flood {
	SMALL,
	BROADCAST,
	STUCKS,
	ALL,
	FLOODS
};

struct contest {
	struct bench bench;
	struct card card;
	enum flood flood;
	atomic_bool is_over;
	atomic_bool floods;
	double per_us;
	uint64_t frames; /* of the flooders */
	uint64_t sample[2][SAMPLES + 100];
	unsigned int nr[2];
	unsigned int nr_lost[2];
};

static void aim(struct contest *c, unsigned int flooder)
{
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };
	enum flood flood = c->flood == ALL ? flooder % ALL : c->flood;
	uint8_t to[6] = { 0x02, 0x53, 0x56, 0, 0, SINK };
	struct sim_guest *g = &c->card.guest[FLOODER + flooder];
	unsigned int i;

	if (flood == STUCKS)
		to[5] = STUCK;
	for (i = 0; i < BENCH_SLOTS; i++)
		memcpy(sim_page(&c->card.host, g->first + g->tx_page + i),
		       flood == BROADCAST ? all : to, 6);
}

static void set_up(struct contest *c)
{
	const struct options o = { .batch = BATCH };
	struct svnic_vif_config config;
	struct sim_guest *g;
	unsigned int i;

	bench_init(&c->bench, &o, &c->card);
	bench_start(&c->bench, &c->card);
	for (i = 0; i < VIFS; i++) {
		config = sim_vif_query(&c->card.host, i)->config;
		config.min_rate = i == VICTIM ? svnic_le32(MIN_RATE) : 0;
		config.storm = svnic_le16(STORM);
		if (sim_vif_set(&c->card.host, i, &config) != SVNIC_ST_OK)
			bench_die("limits refused");
	}
	for (i = 0; i < FLOODERS; i++)
		aim(c, i);
	g = &c->card.guest[VICTIM];
	for (i = 0; i < BENCH_SLOTS; i++)
		g->tx.desc[i].seg.len = svnic_le16(LEN);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void *run_core(void *arg)
{
	struct contest *c = arg;
	uint64_t last = now_ns();
	uint64_t now;
	unsigned int i;

	while (!c->is_over) {
		now = now_ns();
		sim_sleep(now - last);
		last = now;
		for (i = 0; c->floods && i < FLOODERS; i++)
			bench_turn(&c->bench, &c->card.guest[FLOODER + i],
				   BATCH);
		bench_turn(&c->bench, &c->card.guest[SINK], 0);
		core_poll(c->card.core);
	}
	return NULL;
}

/* What came to the peer is given back: was one of the victim's in it? */
static bool take(struct contest *c)
{
	struct sim_guest *g = &c->card.guest[PEER];
	struct svnic_meta m;
	bool found = false;

	if (svnic_rx_return(&g->rx, &m) <= 0)
		return false;
	do {
		found |= svnic_cpu16(m.len) == LEN;
		g->rx.next++;
	} while (svnic_rx_return(&g->rx, &m) > 0);
	sim_ring(g);
	return found;
}

static void send(struct contest *c, unsigned int side)
{
	struct sim_guest *g = &c->card.guest[VICTIM];
	double gap = GAP_US * 2 * rand() / RAND_MAX;
	uint64_t due = frame_stamp() + (uint64_t)(gap * c->per_us);
	uint64_t lost = (uint64_t)(LOST_US * c->per_us);
	uint64_t began;

	while (frame_stamp() < due)
		take(c);
	/* Its own share of broadcasts goes back, too. */
	began = frame_stamp();
	bench_turn(&c->bench, g, 1);
	while (!take(c)) {
		if (frame_stamp() - began > lost) {
			c->nr_lost[side]++;
			return;
		}
	}
	c->sample[side][c->nr[side]++] = frame_stamp() - began;
}

static double percentile(struct contest *c, unsigned int side, unsigned int per)
{
	return (double)c->sample[side][(uint64_t)c->nr[side] * per / 1000] /
	       c->per_us;
}

static void show(struct contest *c)
{
	unsigned int side;

	for (side = 0; side < 2; side++)
		qsort(c->sample[side], c->nr[side], sizeof(uint64_t),
		      frame_stamp_compare);
	printf("{\"name\": \"%s\", \"unit\": \"us\", \"value\": %.3f, "
	       "\"alone\": %.3f, \"median\": %.3f, \"median_alone\": %.3f, "
	       "\"p999\": %.3f, \"p999_alone\": %.3f, \"lost\": %u, "
	       "\"lost_alone\": %u}\n",
	       c->bench.name, percentile(c, 1, 990), percentile(c, 0, 990),
	       percentile(c, 1, 500), percentile(c, 0, 500),
	       percentile(c, 1, 999), percentile(c, 0, 999), c->nr_lost[1],
	       c->nr_lost[0]);
	fflush(stdout);
}

static void run(struct contest *c)
{
	pthread_t thread;
	unsigned int i, k, kept;

	set_up(c);
	if (pthread_create(&thread, NULL, run_core, c))
		bench_die("thread");
	for (i = 0; i < 2 * SLICES; i++) {
		c->floods = i % 2;
		/* What the side before has left goes by. */
		kept = c->nr[i % 2];
		for (k = 0; k < 100; k++)
			send(c, i % 2);
		c->nr[i % 2] = kept;
		for (k = 0; k < SAMPLES / SLICES; k++)
			send(c, i % 2);
	}
	c->is_over = true;
	pthread_join(thread, NULL);
	show(c);
	bench_fini(&c->card);
}

void bench_fair(bool only_list, char **names)
{
	static const char *const floods[] = { "small", "broadcast", "stuck",
					      "all" };
	unsigned int i;

	for (i = 0; i < FLOODS; i++) {
		static struct contest c;

		memset(&c, 0, sizeof(c));
		c.flood = (enum flood)i;
		c.per_us = frame_stamps_per_us();
		c.bench = (struct bench) { .nr_workers = 1,
					   .octets = 64,
					   .nr_vifs = VIFS,
					   .busy = VIFS,
					   .pattern = PAIRS };
		snprintf(c.bench.name, sizeof(c.bench.name), "flood-%s",
			 floods[i]);
		if (only_list)
			puts(c.bench.name);
		else if (bench_is_wanted(c.bench.name, names))
			run(&c);
	}
}
