/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the next call of the system is to do, for all netifs: which ports it
 * rings and unmasks, which responses it shows to their guests.
 */
#ifndef SVNICD_NETIF_CALL_H
#define SVNICD_NETIF_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "netif/stage.h"
#include "platform_turn.h"

struct batch;

#define CALL_PORTS 128u /* as many as eight guests have */

struct call_ports {
	unsigned int nr;
	uint32_t port[CALL_PORTS];
};

struct call {
	const struct platform_ops *ops;
	struct platform *p;
	struct call_ports ring;	      /* with the next one */
	struct call_ports ring_later; /* ... that copies nothing */
	struct call_ports unmask;     /* before it sleeps */
	unsigned int late; /* that copied and left the second one waiting */
	struct stage stage;
};

typedef void (*call_done_fn)(void *arg, bool posted);

/* @soon: with the next call; else a few that copy may come before. */
void call_ring(struct call *c, uint32_t port, bool soon);
void call_unmask(struct call *c, uint32_t port);
/* The port is about to be unbound. */
void call_forget(struct call *c, uint32_t port);
/* Those that had time have it no longer. */
void call_hurry(struct call *c);
/* The next call copies: may those that have time have it still? */
void call_is_late(struct call *c);
/*
 * All that waits for a call, copying @b and then waiting for @wait_ms.  What
 * was staged is posted, or not: @done says so, before anything that rang is
 * told.
 */
void call_copy(struct call *c, struct batch *b, unsigned int wait_ms,
	       call_done_fn done, void *arg);
/* Sleep until something rings, @wait_ms at most. */
void call_wait(struct call *c, unsigned int wait_ms);
/* Leave nothing waiting. */
void call_flush(struct call *c);

#endif /* SVNICD_NETIF_CALL_H */
