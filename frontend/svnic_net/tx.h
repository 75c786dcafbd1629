/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames to the card. */
#ifndef SVNIC_NET_TX_H
#define SVNIC_NET_TX_H

#include <linux/netdevice.h>
#include <svnic/ring.h>
#include "count.h"
#include "pages.h"

struct svnic_net_queue;

/* A descriptor in flight. */
struct svnic_net_tx_slot {
	u32 len;  /* last one of a frame: octets of the frame, else 0 */
	u16 page; /* in the run */
};

struct svnic_net_tx {
	struct svnic_txq ring; /* tx */
	struct svnic_net_run run;
	struct svnic_net_tx_slot *slot; /* tx */
	u16 *users;		      /* tx: descriptors in flight of a page */
	u16 *free;		      /* tx: a stack of pages */
	u32 nr_free;		      /* tx */
	u32 known;		      /* tx: how much of run.nr was seen */
	u32 page;		      /* tx: being filled, or NET_NO_PAGE */
	u32 offset;		      /* tx: used of it */
	u32 published;		      /* tx: ring.next that the card knows */
	struct svnic_net_count count; /* tx */
	unsigned long dropped;	      /* tx, and all below */
	unsigned long kicks;
	unsigned long stops;   /* ring or pages were full */
	unsigned long limited; /* by the stack's own limit of octets */
	unsigned long timeouts;
};

#define NET_NO_PAGE U32_MAX

netdev_tx_t svnic_net_xmit(struct sk_buff *skb, struct net_device *dev);
/* A tx queue was stopped for long.  Under the lock of @net, softirqs off. */
void svnic_net_tx_timeout(struct svnic_net *net, u32 queue);
/* Frames of the queue do not go to the card any more.  Under its tx lock. */
void svnic_net_tx_leave(struct svnic_net_queue *q);
/* Wait a moment until the card has taken what it was given. */
void svnic_net_tx_drain(struct svnic_net_queue *q);
/* Take descriptors back, wake the stack.  From NAPI. */
void svnic_net_tx_poll(struct svnic_net_queue *q);
/* The same for netpoll, unless somebody has the tx lock: us, perhaps, who were
 * about to print something. */
void svnic_net_tx_netpoll(struct svnic_net_queue *q);
/* Forget all that is in flight; no one else uses the queue. */
void svnic_net_tx_rewind(struct svnic_net_queue *q);

#endif /* SVNIC_NET_TX_H */
