/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which VIF is served next, and how much of its queue: doorbells, fairness in
 * octets, and the rate that a VIF was given.
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
/* The sweep watches a queue's doorbell from now on, or no longer. */
void sched_watch(struct core *core, struct queue *q);
void sched_unwatch(struct core *core, struct queue *q);
/* Take the doorbell's words as seen, so that only a change means something. */
void sched_catch_up(struct core *core, struct queue *q);
/*
 * The link was away: a reset that its guest asked for meanwhile still counts,
 * but doorbells that are new, and so zero, say nothing.
 */
void sched_resume(struct core *core, struct queue *q);

/* Look at the doorbells of one VIF, out of turn. */
void sched_peek(struct core *core, const struct vif *vif);
/* Look at the next slice of doorbells; how many had rung. */
unsigned int sched_sweep(struct core *core);
/* Serve the active VIFs within the round's quota; frames sent or dropped. */
unsigned int sched_run(struct core *core);

/* A burst of the queue is back from other workers: its turn goes on. */
void sched_return(struct core *core, struct queue *q);

/* A VIF that is on no list has work. */
void sched_ready(struct core *core, struct vif *vif);

/* The rates of a VIF changed. */
void sched_shape(struct core *core, struct vif *vif);
/* May it send now, as far as its rate is concerned?  If not, due_ns is set. */
int sched_may_send(struct core *core, struct vif *vif);
/*
 * It sent frames; @cost: what its turn is charged for them; @promised: its turn
 * came for its min_rate.
 */
void sched_sent(struct vif *vif, uint32_t octets, uint32_t cost, bool promised);
/* It caused work of so many octets beside that: copies, headers of segments. */
void sched_owe(struct vif *vif, uint32_t octets, bool promised);
/*
 * How many frames of it are worked on together: fewer while somebody who was
 * promised something may be waiting for the end of that.
 */
unsigned int sched_burst(const struct core *core, const struct vif *vif);
/* How many octets it may send in this turn; one frame may go beyond. */
int64_t sched_octets(const struct vif *vif);

#endif /* CORE_SCHED_H */
