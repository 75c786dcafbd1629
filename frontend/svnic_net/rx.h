/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames from the card. */
#ifndef SVNIC_NET_RX_H
#define SVNIC_NET_RX_H

#include <linux/types.h>
#include <svnic/ring.h>
#include "count.h"
#include "pages.h"
#include "pool.h"

struct svnic_net_queue;

struct svnic_net_rx {
	struct svnic_rxq ring; /* poll */
	struct svnic_net_run run;
	struct svnic_net_pool pool;   /* poll: of the pages of run */
	u16 *slot;		      /* poll: page of each provided buffer */
	u32 known;		      /* poll: how much of run.nr was seen */
	struct svnic_net_count count; /* poll */
	unsigned long dropped;	      /* poll, as kicks */
	unsigned long kicks;
};

/* Frames delivered, up to @budget.  From NAPI. */
int svnic_net_rx_poll(struct svnic_net_queue *q, int budget);
void svnic_net_rx_rewind(struct svnic_net_queue *q);

#endif /* SVNIC_NET_RX_H */
