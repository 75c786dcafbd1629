/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages that a queue shares with the card.  All under svnic_net.lock. */
#ifndef SVNIC_NET_PAGES_H
#define SVNIC_NET_PAGES_H

#include <linux/types.h>

struct page;
struct svnic_net;
struct svnic_net_queue;

/* A run of page indices and the pages that were registered for them. */
struct svnic_net_run {
	struct page **page; /* lock */
	u32 first;	    /* lock: index of page[0] */
	u32 max;	    /* lock */
	u32 nr;		    /* lock, released; only grows while attached */
};

/* Share the area and the first pages, allocate what goes with them. */
int svnic_net_pages_init(struct svnic_net_queue *q);
/* Withdraw and free them all; what cannot be withdrawn is leaked. */
void svnic_net_pages_fini(struct svnic_net_queue *q);
/* Share up to @count pages more. */
int svnic_net_run_grow(struct svnic_net *net, struct svnic_net_run *run,
		       u32 count);

#endif /* SVNIC_NET_PAGES_H */
