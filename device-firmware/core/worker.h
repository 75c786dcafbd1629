/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several workers, one card: how worker 0 gets the others out of the way, and
 * how they sleep.
 */
#ifndef CORE_WORKER_H
#define CORE_WORKER_H

#include <stdbool.h>
#include <stdint.h>

struct core;

/* Written by the worker, read by all. */
enum worker_state {
	WORKER_RUNS,
	WORKER_RESTS, /* it was asked to, and holds nothing */
	WORKER_SLEEPS /* ... until it is woken */
};

void worker_init(struct core *core);
/* At the start of a round: is a halt on, so that nothing new may be begun? */
bool worker_is_halted(struct core *core);
/* The whole of such a round: help what is under way home, then let go. */
unsigned int worker_finish(struct core *core);
/* Something was put where worker @n will find it. */
void worker_call(const struct core *core, unsigned int n);
/* A VIF for which a queue of worker @n waits has got buffers. */
void worker_tell(struct core *core, unsigned int n);
/* At the start of a round: take notice of what others told. */
void worker_hear(struct core *core);
/* The worker for a new VIF. */
unsigned int worker_choose(const struct core *core);

#endif /* CORE_WORKER_H */
