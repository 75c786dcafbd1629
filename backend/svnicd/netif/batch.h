/* SPDX-License-Identifier: GPL-2.0-only */
/* The pieces that a turn copies. */
#ifndef SVNICD_NETIF_BATCH_H
#define SVNICD_NETIF_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "platform_turn.h"

struct netif_queue;

#define NETIF_COPIES	1024u
#define NETIF_TX_COPIES 384u /* ... of which for tx */

/* There is one, as there is one thread. */
struct batch {
	unsigned int nr;
	unsigned int end; /* the netif that gathers stops there */
	struct platform_copy copy[NETIF_COPIES];
};

/* A piece of the guest's memory: from its mapping, or one of the batch. */
void batch_add(struct batch *b, struct netif_queue *q, void *mem, uint32_t gref,
	       uint32_t offset, uint32_t len, bool to_guest);

#endif /* SVNICD_NETIF_BATCH_H */
