/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What guests send in a turn: tx.c fills it from their rings, tx_answer.c hands
 * it to the card and answers.
 */
#ifndef SVNICD_NETIF_TX_TURN_H
#define SVNICD_NETIF_TX_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "netif/netif.h"

struct netif_queue;

#define TX_FRAMES 256u
#define TX_SLOTS  1024u

struct tx_frame {
	struct netif_queue *q;
	enum netif_verdict verdict;
	uint32_t at; /* in the tx pages */
	uint32_t len;
	uint16_t first_copy, nr_copies;
	uint16_t first_id, nr_ring, nr_extras;
	uint16_t flags;
	uint16_t gso_size;
	uint8_t gso_type; /* 0: no GSO */
};

/* One thread, and too large for the stack. */
struct tx_turn {
	unsigned int nr;
	unsigned int nr_ids;
	unsigned int end, ids_end; /* of the netif that gathers */
	bool staged;		   /* all of it */
	bool done;		   /* ... by the call */
	struct tx_frame frame[TX_FRAMES];
	uint16_t id[TX_SLOTS];
};

extern struct tx_turn tx_turn;

#endif /* SVNICD_NETIF_TX_TURN_H */
