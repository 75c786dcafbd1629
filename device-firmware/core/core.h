/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The firmware as a few calls.  Freestanding: no libc, no OS, no allocation
 * after core_init(), no locks, no floating point.  Every state lives in the
 * arena that core_init() was given, linked by offsets, so that another process
 * can take it over.
 *
 * The card has one worker or several: each is a context of its own (a processor
 * core, a thread) that calls core_poll() with its own struct core, over and
 * over.  Worker 0 has the links, the wires and the commands; VIFs are spread
 * over all.  Other calls are worker 0's, and those that change what the others
 * use are made while core_halt() holds them.
 */
#ifndef SVNIC_CORE_H
#define SVNIC_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct core;

#define CORE_MAX_WORKERS 8u

struct core_config {
	unsigned int nr_workers; /* 1 to CORE_MAX_WORKERS */
	unsigned int nr_links;	 /* 1 to SVNIC_MAX_LINKS */
	unsigned int nr_ports;	 /* 0 to SVNIC_MAX_PORTS */
	unsigned int max_vifs;	 /* of the card; 2 to SVNIC_MAX_VIFS */
	unsigned int nr_queues;	 /* queue pairs of the card */
	unsigned int nr_chunks;	 /* page-table chunks of 512 pages */
	uint8_t mac[6];		 /* permanent address; link n adds n */
	uint32_t epoch;		 /* not the one of an earlier, lost arena */
};

/* Octets of arena that a configuration needs. */
size_t core_arena_size(const struct core_config *config);

/*
 * Lay out a zeroed arena (64-octet aligned), or take over one that an earlier
 * core_init() of the same layout version and configuration laid out: VIFs,
 * page tables and queues are then as they were.  @adopted says which.  0, or
 * -EINVAL for a bad configuration, -ENOSPC for a small arena.
 */
int core_init(void *arena, size_t size, const struct core_config *config,
	      struct core **core, bool *adopted);

/* Do not believe what an arena holds: the next core_init() lays it out anew. */
void core_arena_forget(void *arena);

/* The head of worker @n; core_init() gave that of worker 0. */
struct core *core_worker(struct core *core, unsigned int n);
unsigned int core_nr_workers(const struct core *core);

/*
 * One round of a worker: commands, doorbells, shaping, wires, events, each
 * within a quota.  The number of things done; 0 means that sleeping a little is
 * right.
 */
unsigned int core_poll(struct core *core);
/*
 * How many of the things that core_poll() counted last it only waits for: other
 * workers do them, and may need this one's processor.
 */
unsigned int core_nr_awaited(const struct core *core);

/*
 * How long the caller may sleep from @now_ns on if core_poll() found nothing:
 * nanoseconds until a shaper, a waiting sender or a command is due, UINT64_MAX
 * when none.
 */
uint64_t core_next_due(const struct core *core, uint64_t now_ns);

/*
 * A worker is about to sleep: false when it must not, because something came
 * meanwhile.  After true, hal_wake() ends the sleep, and core_woken() is called
 * before anything else.
 */
bool core_may_sleep(struct core *core);
void core_woken(struct core *core);

/*
 * Worker 0: ask the others to let go of everything.  True when they did; until
 * then, and it is never long, core_poll() goes on and this is asked again.
 * core_go() ends it.
 */
bool core_halt(struct core *core);
void core_go(struct core *core);

/* While the others are halted: */

/* BAR0 below SVNIC_REG_MSIX_TABLE, 32 bits at a time; others read as 0. */
uint32_t core_reg_read(struct core *core, unsigned int link, uint32_t reg);
void core_reg_write(struct core *core, unsigned int link, uint32_t reg,
		    uint32_t value);

/* The host of a link is gone or resets it: destroy its VIFs, disable it. */
void core_link_reset(struct core *core, unsigned int link);

#endif /* SVNIC_CORE_H */
