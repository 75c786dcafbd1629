/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The card as a Linux process: its memory, links, wires, and the loop that
 * runs the core.  There is one in a process, because hal.h knows no other.
 */
#ifndef HOSTED_CARD_H
#define HOSTED_CARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "handover.h"
#include "links.h"
#include "options.h"
#include "spare.h"
#include "wire.h"
#include "thread.h"

struct card {
	struct core *core;
	struct arena arena;
	struct links links;
	unsigned int nr_ports;
	struct wire wire[SVNIC_MAX_PORTS];
	int epoll_fd;
	unsigned int nr_workers;
	unsigned int nr_running; /* workers that have a thread */
	struct thread thread[CORE_MAX_WORKERS];
	int channel; /* to the owner; -1: this process is all there is */
	atomic_bool is_over; /* the owner, or a signal, wants the core to end */
	atomic_bool is_live; /* as links_are_live(), for all workers */
	atomic_bool has_client;
	struct spare spare;
	bool is_halted;	 /* the other workers are */
	bool taken_over; /* the arena had VIFs, perhaps */
	unsigned int idle_us;
	uint64_t next_look_ns; /* at the sockets while the core is busy */
};

/* Every tenant's interrupt is a descriptor: have as many as we may. */
void card_raise_limits(void);

/*
 * A card of its own, with @h NULL, or the core of an owner, as @h has it; all
 * workers but this thread's run then.  0, or -errno after a message; nothing
 * stays behind then.
 */
int card_init(struct card *c, const struct options *o,
	      const struct handover *h);
void card_fini(struct card *c);

/* Serve the sockets that have something, after at most @ns. */
void card_wait(struct card *c, uint64_t ns);

/* How long a worker of this card sleeps at @now_ns; see pace_sleep_ns(). */
uint64_t card_pace(const struct card *c, struct pace *p, uint64_t now_ns);

/* hal.c: the card that the core's calls are for; NULL: none. */
void hal_use(struct card *c);

/*
 * loop.c: run until SIGTERM or SIGINT or, with an owner, until that wants it.
 */
void loop_run(struct card *c);

#endif /* HOSTED_CARD_H */
