/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which VIF is served next: turns of VIFs with work.
 */
#ifndef CORE_SCHED_H
#define CORE_SCHED_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct vif;
struct queue;

/* A queue may have work: look at it in the next round. */
void sched_wake(struct core *core, struct queue *q);
/* A VIF goes away. */
void sched_forget(struct core *core, struct vif *vif);
/* Serve the active VIFs within the round's quota; frames sent or dropped. */
unsigned int sched_run(struct core *core);
/* When the first VIF that waits may send (0: now), UINT64_MAX: none waits. */
uint64_t sched_next_due(const struct core *core);

/* A burst of the queue is back from other workers: its turn goes on. */
void sched_return(struct core *core, struct queue *q);

/* A VIF that is on no list has work. */
void sched_ready(struct core *core, struct vif *vif);

/* The rates of a VIF changed. */
void sched_shape(struct core *core, struct vif *vif);
/*
 * How many frames of a VIF are worked on together: fewer while somebody who was
 * promised something may be waiting for the end of that.
 */
unsigned int sched_burst(const struct core *core, const struct vif *vif);

#endif /* CORE_SCHED_H */
