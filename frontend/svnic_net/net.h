/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to svnic_net.ko: one netdev, its queue pairs, their pages.
 *
 * Locks, in the order in which they are taken: RTNL, svnic_net.lock, the tx
 * lock of a queue.  Every field says who writes it: "lock" is svnic_net.lock,
 * "tx" the queue's tx lock, "poll" its NAPI context.
 */
#ifndef SVNIC_NET_PRIVATE_H
#define SVNIC_NET_PRIVATE_H

#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/workqueue.h>
#include <svnic/abi.h>
#include "queue.h"
#include "svnic_net.h"

#define NET_TX_ORDER	9 /* defaults; ethtool -G changes them */
#define NET_RX_ORDER	10
#define NET_TX_PAGES	128  /* shared at first, by all queues together; */
#define NET_RX_PAGES	256  /* more when they run out */
#define NET_FRAME_PAGES 17   /* of a frame of SVNIC_FRAME_MAX octets */
#define NET_RETRY_S	5    /* before what failed is tried again */
#define NET_HOLD_US	200u /* default of ethtool -C rx-usecs */

/* What ethtool -G and -L change. */
struct svnic_net_shape {
	u32 tx_order;
	u32 rx_order;
	u32 nr_queues;
};

struct svnic_net {
	struct net_device *dev;
	struct svnic_net_config config; /* lock */
	struct svnic_net_queue *queue;
	u32 nr_alloc; /* of them, at most SVNIC_MAX_QUEUES */
	struct mutex lock;
	bool up;			 /* lock: administratively */
	bool attached;			 /* lock: pages are shared */
	bool wanted;			 /* lock: ... or should be */
	bool direct_ok;			 /* lock: the queues run or could */
	struct svnic_net_slow_caps caps; /* RTNL */
	bool slow_on;			 /* lock: is connected */
	bool slow_up;			 /* lock and all tx: may be used */
	bool slow_link;			 /* lock */
	bool promoting;			 /* lock */
	struct svnic_net_shape shape;	 /* lock */
	u32 channels;			 /* RTNL: by ethtool -L, or 0 */
	struct svnic_rss rss;		 /* lock */
	struct svnic_groups groups;	 /* lock: as told last */
	bool groups_told;		 /* lock: ... with success */
	u32 groups_wait;		 /* lock: seconds to the next attempt */
	struct delayed_work groups_work;
	u32 hold_us;		  /* ethtool -C rx-usecs */
	unsigned long leaked;	  /* lock: pages */
	unsigned long grow_after; /* lock: jiffies; not before */
	int grow_error;		  /* lock: the last one that was told */
	struct work_struct grow;
	struct delayed_work reset;
	struct delayed_work watch;
	struct delayed_work carrier;
};

static inline struct netdev_queue *
svnic_net_txq(const struct svnic_net_queue *q)
{
	return netdev_get_tx_queue(q->net->dev, q->index);
}

#endif /* SVNIC_NET_PRIVATE_H */
