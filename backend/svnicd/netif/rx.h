/* SPDX-License-Identifier: GPL-2.0-only */
/* Card -> guest. */
#ifndef SVNICD_NETIF_RX_H
#define SVNICD_NETIF_RX_H

#include <stdbool.h>

struct batch;
struct netif;
struct netif_queue;
struct stage;

void rx_begin(void);
/* Take frames from the card; the number of them. */
unsigned int rx_pull(struct netif *n);
void rx_share(struct batch *b, unsigned int left);
unsigned int rx_gather(struct netif_queue *q, struct batch *b);
void rx_drop_all(struct netif *n);

/* Leave the responses of the turn to the call that copies, if they are few. */
void rx_stage(struct stage *s);
bool rx_is_staged(void);
/* The call @posted what was staged, or did not. */
void rx_finish(const struct batch *b, bool posted);

#endif /* SVNICD_NETIF_RX_H */
