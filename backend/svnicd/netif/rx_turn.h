/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What guests get in a turn: rx.c fills it from the card's frames, rx_answer.c
 * tells the guests.
 */
#ifndef SVNICD_NETIF_RX_TURN_H
#define SVNICD_NETIF_RX_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "netif/wire.h"

struct netif_queue;

#define RX_FRAMES  256u
#define RX_SLOTS   1024u
#define RX_SCRATCH (256u << 10)

struct rx_slot {
	uint16_t id;
	uint16_t flags;
	uint16_t len;
	uint16_t first_copy, nr_copies;
	bool is_extra;
	struct wire_extra extra;
};

struct rx_out {
	struct netif_queue *q;
	uint16_t first_slot, nr_slots;
	uint16_t buf; /* to be returned then, or NETIF_NONE */
};

/* One thread, and too large for the stack. */
struct rx_turn {
	unsigned int nr;
	unsigned int nr_slots;
	unsigned int end, slots_end; /* of the netif that gathers */
	uint32_t scratch_used;
	struct rx_out out[RX_FRAMES];
	struct rx_slot slot[RX_SLOTS];
	uint8_t scratch[RX_SCRATCH];
	bool staged; /* all of it */
};

extern struct rx_turn rx_turn;

#endif /* SVNICD_NETIF_RX_TURN_H */
