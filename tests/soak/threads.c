// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each worker of the core in a thread, each of four guests in a thread of its
 * own, memory shared between them as between a card and its hosts: for
 * ThreadSanitizer, which sees one process only.  Guests send each other numbered
 * frames, and now and then one for all, look at each octet, restart their queues
 * now and then, and sleep as ring.h says; the host makes and destroys a VIF.
 * Usage: threads [SECONDS [WORKERS]]; with one worker, then three, if nothing is
 * said.  Prints a line of JSON for each.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core.h"
#include "hal.h"
#include "host.h"
#include "sim.h"

#define GUESTS 4u
#define ORDER  6u /* a page of its own for each entry, see hal/sim/host.c */
#define MEMORY (2048u * SVNIC_PAGE_SIZE)
#define HEADER 22u
#define FRAME  400u
#define ROUND  1000u /* ns of the simulated clock */

static struct sim_guest guest[GUESTS];
static uint64_t received[GUESTS];
static atomic_bool is_over;
static atomic_uint wrong;
static atomic_bool are_workers_over;
static atomic_uint nr_done;
static atomic_uint groups; /* frames for all that arrived */

static uint8_t octet_of(uint64_t n, uint32_t at)
{
	return (uint8_t)(n * 13 + at * 7);
}

static void send_some(struct sim_guest *g, uint64_t *next)
{
	uint8_t frame[FRAME] = { 2,    0,   0, 0, 0, (uint8_t)(g->vif ^ 1),
				 2,    0,   0, 0, 0, (uint8_t)g->vif,
				 0x88, 0xb5 };
	unsigned int room;
	uint32_t i;

	svnic_tx_return(&g->tx);
	for (room = svnic_tx_space(&g->tx) / 2; room; room--) {
		memcpy(frame + 14, next, 8);
		for (i = HEADER; i < FRAME; i++)
			frame[i] = octet_of(*next, i);
		/* Some are for all: they have no order with the others. */
		frame[0] = *next % 64 ? 2 : 3;
		/* Every fourth in two pieces. */
		sim_send(g, frame, FRAME, *next % 4 ? FRAME : FRAME / 2, NULL);
		++*next;
	}
}

static void receive_all(struct sim_guest *g, uint64_t *least)
{
	uint8_t frame[FRAME];
	struct svnic_meta meta;
	uint64_t n;
	uint32_t len;
	uint32_t i;

	while ((len = sim_receive(g, frame, sizeof(frame), &meta))) {
		memcpy(&n, frame + 14, 8);
		for (i = HEADER; i < len && frame[i] == octet_of(n, i); i++)
			;
		if (len != FRAME || i != len)
			wrong++;
		if (frame[0] & 1) {
			groups++;
			continue;
		}
		if (n < *least)
			wrong++;
		*least = n + 1;
		received[g->vif]++;
	}
	sim_provide(g, 1u << ORDER, 2048);
}

/* Without sim_queue_reset(), which would let this thread be the card. */
static void restart(struct sim_guest *g)
{
	struct svnic_queue_ctrl *c = g->tx.ctrl;
	struct svnic_doorbell *bell = sim_guest_bell(g);
	uint32_t word = svnic_peek32(&bell->reset) + 1;

	g->tx.next = g->tx.done = 0;
	g->rx.next = g->rx.done = 0;
	svnic_poke32(&c->tx_prod, 0);
	svnic_poke32(&c->rx_prod, 0);
	svnic_poke32(&c->tx_event, 0);
	svnic_poke32(&c->rx_event, 0);
	/* Pairs with look() in core/bell.c (ordering.md O1, O3). */
	svnic_publish32(&bell->reset, word);
	/* Pairs with rewind() in core/queue.c (ordering.md O2, O4). */
	while (svnic_observe32(&c->reset) != word)
		sched_yield();
}

static void *run_guest(void *arg)
{
	struct sim_guest *g = arg;
	uint64_t next = 1;
	uint64_t least = 0;
	unsigned int round;
	uint32_t fault;

	for (round = 1; !is_over; round++) {
		send_some(g, &next);
		receive_all(g, &least);
		sim_ring(g);
		if (round % 5000 == 0)
			restart(g);
		if (svnic_arm(&g->tx, &g->rx, 0))
			continue;
		sched_yield();
	}
	if (sim_queue_state(g, &fault) != SVNIC_QUEUE_RUNNING)
		wrong++;
	nr_done++;
	return NULL;
}

static void *set_up(struct sim_host *host, struct core **core,
		    unsigned int workers)
{
	const struct core_config config = { .nr_workers = workers,
					    .nr_links = 1,
					    .max_vifs = GUESTS + 1,
					    .nr_queues = GUESTS,
					    .nr_chunks = GUESTS };
	struct svnic_vif_config c = { .mac = { 2 }, .mtu = 1500 };
	size_t size = (core_arena_size(&config) + 63) / 64 * 64;
	void *arena = aligned_alloc(64, size);
	bool adopted;
	unsigned int i;

	if (!arena)
		abort();
	memset(arena, 0, size);
	sim_init(1, 0, MEMORY);
	if (core_init(arena, size, &config, core, &adopted))
		abort();
	sim_host_init(host, *core, 0);
	for (i = 0; i < GUESTS; i++) {
		c.mac[5] = (uint8_t)i;
		if (sim_vif_create(host, i, &c) != SVNIC_ST_OK)
			abort();
		sim_guest_init(&guest[i], host, i, 0, ORDER);
	}
	return arena;
}

static void *run_worker(void *arg)
{
	struct core *core = arg;

	while (!are_workers_over) {
		if (core_poll(core) || !core_next_due(core, hal_clock_ns()) ||
		    !core_may_sleep(core))
			continue;
		sched_yield();
		core_woken(core);
	}
	return NULL;
}

/* A VIF that comes and goes, so that all have to rest for a moment. */
static void command(struct sim_host *host, unsigned int n)
{
	struct svnic_vif_config c = { .mac = { 2, 9 }, .mtu = 1500 };
	unsigned int st;

	if (n % 2)
		st = sim_vif_command(host, SVNIC_OP_VIF_DESTROY, GUESTS);
	else
		st = sim_vif_create(host, GUESTS, &c);
	if (st != SVNIC_ST_OK)
		wrong++;
}

static void run_first(struct sim_host *host, struct core *core, time_t end)
{
	unsigned int commands = 0;
	unsigned int i;

	while (time(NULL) <= end) {
		for (i = 0; i < 1000; i++) {
			core_poll(core);
			sim_sleep(ROUND);
		}
		command(host, commands++);
	}
	is_over = true;
	/* Who waits for a restart still gets it. */
	while (nr_done < GUESTS)
		core_poll(core);
}

/* True when all went well. */
static bool run(unsigned int seconds, unsigned int workers)
{
	time_t end = time(NULL) + (time_t)seconds;
	pthread_t thread[CORE_MAX_WORKERS + GUESTS];
	struct sim_host host;
	struct core *core;
	uint64_t sum = 0;
	void *arena = set_up(&host, &core, workers);
	unsigned int i;

	sim_use_threads();
	is_over = are_workers_over = false;
	groups = nr_done = 0;
	memset(received, 0, sizeof(received));
	for (i = 1; i < workers; i++)
		pthread_create(&thread[i], NULL, run_worker,
			       core_worker(core, i));
	for (i = 0; i < GUESTS; i++)
		pthread_create(&thread[CORE_MAX_WORKERS + i], NULL, run_guest,
			       &guest[i]);
	run_first(&host, core, end);
	are_workers_over = true;
	for (i = 1; i < workers; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < GUESTS; i++) {
		pthread_join(thread[CORE_MAX_WORKERS + i], NULL);
		sum += received[i];
	}
	sim_fini();
	free(arena);
	printf("{\"workers\": %u, \"frames\": %" PRIu64
	       ", \"groups\": %u, \"wrong\": %u}\n",
	       workers, sum, groups, wrong);
	return !wrong && sum && groups;
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? (unsigned int)atoi(argv[1]) : 1;

	if (argc > 2)
		return !run(seconds, (unsigned int)atoi(argv[2]));
	return !(run(seconds, 1) && run(seconds, 3));
}
