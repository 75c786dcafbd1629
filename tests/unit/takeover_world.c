/* SPDX-License-Identifier: GPL-2.0-only */
/* See takeover_world.h. */
#include "takeover_world.h"

#include <sys/mman.h>
#include <time.h>

#define PAGES	    1024u
#define MEMORY	    (PAGES * SVNIC_PAGE_SIZE)
#define BELLS	    (SVNIC_MAX_VIFS * SVNIC_PAGE_SIZE)
#define MIB_OF_TEST (16u << 20)

uint64_t takeover_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	return p;
}

size_t takeover_saved_size(const struct takeover_world *w)
{
	return w->f.arena_size + MEMORY;
}

int takeover_setup(void **state)
{
	struct takeover_world *w = calloc(1, sizeof(*w));
	struct fixture *f = &w->f;
	unsigned int i;

	f->config = (struct core_config) {
		.nr_workers = sim_nr_workers(),
		.nr_links = 2,
		.nr_ports = 1,
		.max_vifs = 16,
		.nr_queues = 32,
		.nr_chunks = 32,
		.mac = { 0x02, 0x53, 0x56, 0, 0, 0xff },
		.epoch = 7,
	};
	f->arena_size = core_arena_size(&f->config);
	assert_true(f->arena_size + MEMORY < MIB_OF_TEST);
	f->arena = shared(f->arena_size);
	w->box = shared(4096);
	w->saved = malloc(takeover_saved_size(w));
	sim_init(2, 1, 4096);
	for (i = 0; i < 2; i++) {
		munmap(sim_link(i)->mem, sim_link(i)->size + SIM_GUARD);
		munmap(sim_link(i)->doorbell, SIM_BELLS_SIZE);
		sim_link(i)->mem = shared(MEMORY);
		sim_link(i)->size = MEMORY;
		sim_link(i)->doorbell = shared(BELLS);
	}
	assert_int_equal(core_init(f->arena, f->arena_size, &f->config,
				   &f->core, &f->adopted),
			 0);
	sim_host_init(&f->host[0], f->core, 0);
	sim_host_init(&f->host[1], f->core, 1);
	fixture_guest(f, 1);
	fixture_guest(f, 2);
	*state = w;
	return 0;
}

int takeover_teardown(void **state)
{
	struct takeover_world *w = *state;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		munmap(sim_link(i)->mem, MEMORY);
		munmap(sim_link(i)->doorbell, BELLS);
		sim_link(i)->mem = NULL;
		sim_link(i)->doorbell = NULL;
	}
	sim_fini();
	munmap(w->f.arena, w->f.arena_size);
	munmap(w->box, 4096);
	free(w->saved);
	free(w);
	return 0;
}

void take_over(struct fixture *f)
{
	assert_int_equal(core_init(f->arena, f->arena_size, &f->config,
				   &f->core, &f->adopted),
			 0);
	assert_true(f->adopted);
	f->host[0].core = f->core;
	f->host[1].core = f->core;
}

void takeover_save(struct takeover_world *w)
{
	memcpy(w->saved, w->f.arena, w->f.arena_size);
	memcpy(w->saved + w->f.arena_size, sim_link(0)->mem, MEMORY);
}

void takeover_restore(struct takeover_world *w)
{
	memcpy(w->f.arena, w->saved, w->f.arena_size);
	memcpy(sim_link(0)->mem, w->saved + w->f.arena_size, MEMORY);
}

/* A frame arrives whole, with nothing but older ones before it. */
static void expect_frame(struct sim_guest *g, const void *data, uint32_t len)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	struct svnic_meta meta;
	unsigned int i;
	uint32_t n;

	for (i = 0; i < 64; i++) {
		n = sim_receive(g, got, sizeof(got), &meta);
		assert_true(n != 0);
		if (n == len && memcmp(got, data, len) == 0)
			return;
	}
	fail();
}

/* Nothing is left to receive, and the guest wants to be told of more. */
static void sleep_on(struct fixture *f, struct sim_guest *g)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	struct svnic_meta meta;
	struct svnic_event e;

	while (sim_receive(g, got, sizeof(got), &meta))
		;
	while (sim_event_take(&f->host[0], &e))
		;
	assert_false(svnic_arm(&g->tx, &g->rx, 0));
}

static void expect_event(struct fixture *f, unsigned int vif)
{
	struct svnic_event e;

	do
		assert_true(sim_event_take(&f->host[0], &e));
	while (e.vif != vif);
	assert_int_equal(e.reason, SVNIC_EVENT_QUEUE);
}

void takeover_assert_traffic(struct fixture *f)
{
	static uint8_t frame[TAKEOVER_FRAME];
	uint32_t fault;

	sim_settle(f->core);
	sim_provide(&f->guest[2], 4, FIXTURE_BUFFER);
	sim_ring(&f->guest[2]);
	sleep_on(f, &f->guest[2]);
	fixture_frame(frame, TAKEOVER_FRAME, 2, 1);
	sim_send(&f->guest[1], frame, TAKEOVER_FRAME, SVNIC_PAGE_SIZE, NULL);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(sim_queue_state(&f->guest[1], &fault),
			 SVNIC_QUEUE_RUNNING);
	assert_int_equal(sim_queue_state(&f->guest[2], &fault),
			 SVNIC_QUEUE_RUNNING);
	expect_event(f, 2);
	expect_frame(&f->guest[2], frame, TAKEOVER_FRAME);
	while (svnic_tx_return(&f->guest[1].tx) > 0)
		;
	assert_true(svnic_tx_space(&f->guest[1].tx) > 8);
}
