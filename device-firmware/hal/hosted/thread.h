/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The core's workers as threads.  Worker 0 is the thread that runs the loop;
 * with no other there is nothing here but its number.
 */
#ifndef HOSTED_THREAD_H
#define HOSTED_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "../../core/core.h"
#include "pace.h"

struct card;

struct thread {
	struct card *card;
	struct core *core;
	unsigned int nr;
	int wake_fd; /* an eventfd; -1: it is alone */
	pthread_t thread;
	clockid_t clock;    /* of its processor time */
	atomic_uint rounds; /* of its core */
	struct pace pace;
	/* What the watch saw last. */
	unsigned int seen;
	uint64_t since;
};

/* What the heads of an initialised core need: 0 or -errno. */
int thread_init(struct thread *w, struct card *card, unsigned int nr);
void thread_fini(struct thread *w);

/* Run all but worker 0: 0, or -errno after a message, and then none runs. */
int threads_start(struct card *c);
void threads_stop(struct card *c);

/* After a round that did @done: let others run if all of it is theirs to do. */
void thread_yield(const struct thread *w, unsigned int done);

/* End the sleep of a worker; any thread may, also while it does not sleep. */
void thread_wake(const struct thread *w);
/* It is awake: take the calls that came. */
void thread_hear(const struct thread *w);

/*
 * In a signal handler of worker 0: interrupt what the others may hang in, and
 * see whether any worker uses processor time without coming round: @stuck_ns.
 */
void threads_interrupt(const struct card *c);
bool threads_are_stuck(struct card *c, uint64_t stuck_ns);

#endif /* HOSTED_THREAD_H */
