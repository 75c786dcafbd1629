/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated card with guests that send each other the same frames over and
 * over: every VIF has buffers and rings of its own, receivers give their buffers
 * back, and source check, counters and shaping are on.
 */
#ifndef TESTS_BENCH_CARD_H
#define TESTS_BENCH_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "host.h"

#define BENCH_ORDER 6u
#define BENCH_SLOTS (1u << BENCH_ORDER)

enum pattern {
	PAIRS,	      /* VIF n and n ^ 1 */
	PAIRS_OF_TWO, /* VIF n and n ^ 2 */
	SPREAD,	      /* every frame of a VIF goes to another one */
};

struct bench {
	char name[64];
	unsigned int nr_workers;
	unsigned int octets; /* of each frame; 0: IMIX */
	unsigned int nr_vifs;
	unsigned int busy; /* VIFs with traffic, of nr_vifs */
	bool both;	   /* all that are busy send, not every other */
	enum pattern pattern;
	bool listed; /* VIFs have a list of their IP addresses */
};

struct options {
	bool small_pages;
	unsigned int batch; /* frames of each VIF between two rounds */
	uint64_t frames;    /* to measure over */
};

struct card {
	void *arena;
	size_t arena_size;
	struct core *core;
	struct sim_host host;
	struct sim_guest *guest;
	unsigned int nr;
};

/* What failed, and the end of the program. */
_Noreturn void bench_die(const char *what);
/* The card with all its VIFs, none started. */
void bench_init(const struct bench *b, const struct options *o, struct card *c);
/* Start them; the busy ones are guests 0 to busy - 1, the idle ones follow. */
void bench_start(const struct bench *b, struct card *c);
void bench_fini(struct card *c);
/*
 * A guest takes what came, gives the buffers back as they are, and sends
 * @batch frames more.  Its descriptors stay in the ring.
 */
void bench_turn(const struct bench *b, struct sim_guest *g, unsigned int batch);
/* Octets, and frames, that the busy ones got. */
uint64_t bench_received(struct card *c, const struct bench *b,
			uint64_t *frames);
/* Is it asked for?  Without names everything is. */
bool bench_is_wanted(const char *name, char **names);

#endif /* TESTS_BENCH_CARD_H */
