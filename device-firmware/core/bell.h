/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doorbells: words that guests change when there is work (abi.md 3).  Nobody
 * signals a change, so the sweep looks at them.
 */
#ifndef CORE_BELL_H
#define CORE_BELL_H

#include <stdint.h>

struct core;
struct queue;
struct vif;

/* What the sweep compares, without touching the queue; written by bell.c. */
struct bell {
	uint32_t kick;
	uint32_t reset;
	uint16_t queue;
	uint16_t vif_id;
	uint8_t link;
	uint8_t id;
	uint16_t vif;
	uint32_t rang; /* when it changed last, in units of 65 us */
};

/* The sweep watches a queue's doorbell from now on, or no longer. */
void bell_watch(struct core *core, struct queue *q);
void bell_unwatch(struct core *core, struct queue *q);
/* Take the doorbell's words as seen, so that only a change means something. */
void bell_catch_up(struct core *core, struct queue *q);
/*
 * The link was away: a reset that its guest asked for meanwhile still counts,
 * but doorbells that are new, and so zero, say nothing.
 */
void bell_resume(struct core *core, struct queue *q);

/* Look at the doorbells of one VIF, out of turn. */
void bell_peek(struct core *core, const struct vif *vif);
/* Look at the next slice of doorbells; how many had rung. */
unsigned int bell_sweep(struct core *core);

#endif /* CORE_BELL_H */
