/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has turns, and what their next call is to do. */
#ifndef SVNICD_NETIF_TURN_H
#define SVNICD_NETIF_TURN_H

#include <stdbool.h>
#include <stdint.h>

struct netif;
struct netif_turns;

/* Have a turn soon, or none any more. */
void turn_add(struct netif_turns *t, struct netif *n);
void turn_del(struct netif_turns *t, struct netif *n);
/*
 * With the next call of the system, which is not far; those who only get back
 * what they sent (not @soon) may wait for a few calls.
 */
void turn_ring(struct netif_turns *t, uint32_t port, bool soon);
/* From within a turn, or before turn_add(). */
void turn_unmask(struct netif_turns *t, uint32_t port);
/* It is about to be unbound. */
void turn_forget(struct netif_turns *t, uint32_t port);

#endif /* SVNICD_NETIF_TURN_H */
