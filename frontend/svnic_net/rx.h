/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames from the card. */
#ifndef SVNIC_NET_RX_H
#define SVNIC_NET_RX_H

#include <linux/types.h>
#include <svnic/ring.h>
#include "pages.h"
#include "svnic_net.h"

struct svnic_net_queue;

struct svnic_net_rx {
	struct svnic_rxq ring; /* poll */
	struct svnic_net_run run;
	u16 *slot;		      /* poll: page of each provided buffer */
	u16 *free;		      /* poll: a stack of pages */
	u16 *held;		      /* poll: a ring of pages that skbs hold */
	bool *is_held;		      /* poll */
	u32 nr_free;		      /* poll */
	u32 held_head;		      /* poll: the oldest of nr_held */
	u32 nr_held;		      /* poll */
	u32 known;		      /* poll: how much of run.nr was seen */
	struct svnic_net_count count; /* poll */
	unsigned long dropped;	      /* poll, and all below */
	unsigned long no_memory;
	unsigned long copied;
	unsigned long attached;
	unsigned long reused;
	unsigned long kicks;
};

/* Frames delivered, up to @budget.  From NAPI. */
int svnic_net_rx_poll(struct svnic_net_queue *q, int budget);
void svnic_net_rx_rewind(struct svnic_net_queue *q);

#endif /* SVNIC_NET_RX_H */
