/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest -> card. */
#ifndef SVNICD_NETIF_TX_H
#define SVNICD_NETIF_TX_H

#include <stdbool.h>

struct batch;
struct netif_queue;
struct stage;

/* What is shared by @left netifs from now on, with the one that comes. */
void tx_share(struct batch *b, unsigned int left);
/* The number of ring slots that were taken. */
unsigned int tx_gather(struct netif_queue *q, struct batch *b);
void tx_begin(void);

/* Leave all of the turn to the call that copies, if that is possible. */
void tx_stage(struct stage *s);
bool tx_is_staged(void);
/*
 * The call @posted what was staged, or did not.  All frames to the card; then,
 * when it knows, their answers.
 */
void tx_send(const struct batch *b, bool posted);
void tx_respond(void);

#endif /* SVNICD_NETIF_TX_H */
