/* SPDX-License-Identifier: GPL-2.0-only */
/* The event channels of a queue. */
#ifndef SVNICD_NETIF_PORT_H
#define SVNICD_NETIF_PORT_H

#include <stdint.h>

struct netif_queue;
struct netif_queue_config;

/* All or nothing; and what a turn does with them at its end. */
int port_bind_queue(struct netif_queue *q, const struct netif_queue_config *c);
void port_unbind_queue(struct netif_queue *q);
void port_worked_tx(struct netif_queue *q, uint32_t nr);
void port_worked_rx(struct netif_queue *q, uint32_t nr);
void port_notify_tx(struct netif_queue *q);
void port_notify_rx(struct netif_queue *q);
/* The one that tells of tx responses, and of received frames. */
uint32_t port_of_tx(const struct netif_queue *q);
uint32_t port_of_rx(const struct netif_queue *q);
/* Unmask what has rung, now or later. */
void port_release(struct netif_queue *q);
/* The clock has it: unmask those that rest. */
void port_wake(struct netif_queue *q);

#endif /* SVNICD_NETIF_PORT_H */
