/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest -> card. */
#ifndef SVNICD_NETIF_TX_H
#define SVNICD_NETIF_TX_H

#include <stdbool.h>

struct batch;
struct netif_queue;

/* What is shared by @left netifs from now on, with the one that comes. */
void tx_share(struct batch *b, unsigned int left);
/* The number of ring slots that were taken. */
unsigned int tx_gather(struct netif_queue *q, struct batch *b);
void tx_begin(void);
bool tx_is_empty(void);
/* All frames of the turn, to the card; then, when it knows, their answers. */
void tx_send(const struct batch *b);
void tx_respond(void);

#endif /* SVNICD_NETIF_TX_H */
