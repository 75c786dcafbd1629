/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnic_net.ko: an ordinary network interface on one VIF.  It owns the netdev,
 * its NAPI, its queue pairs and their pages; it does not know how pages reach
 * the card.  svnic_front (grants, in a guest) and svnic_pf (DMA addresses, in
 * dom0) attach it with a table of functions.
 */
#ifndef SVNIC_NET_H
#define SVNIC_NET_H

#include <linux/types.h>
#include <linux/netdevice.h>
#include <svnic/abi.h>

struct svnic_net;

/*
 * How pages and queues reach the card.  All are called from process context
 * with no lock of svnic_net held but RTNL perhaps, and may sleep; 0 or -errno.
 */
struct svnic_net_ops {
	/* Make pages[0..count) known as page indices first...; all or nothing;
	 * count is at most SVNIC_PAGES_BATCH. */
	int (*pages_add)(void *owner, u32 first, struct page **pages,
			 u32 count);
	/* The card uses none of them any more when this returns 0.  On an
	 * error the pages must not be freed. */
	int (*pages_del)(void *owner, u32 first, struct page **pages,
			 u32 count);
	/* Events of the queue will come as svnic_net_event(net, queue). */
	int (*queue_start)(void *owner, u32 queue,
			   const struct svnic_queue_config *config);
	int (*queue_stop)(void *owner, u32 queue);
};

struct svnic_net_config {
	struct device *parent; /* sysfs parent of the netdev */
	const char *driver;    /* for ethtool -i */
	const struct svnic_net_ops *ops;
	void *owner;
	struct svnic_doorbell __iomem *doorbell; /* the VIF's page */
	u8 mac[ETH_ALEN];
	u32 mtu;
	u32 max_mtu;
	u32 features;  /* SVNIC_F_* */
	u32 max_pages; /* page indices that may be used */
	u32 nr_queues;
	bool trusted;  /* false: copy out of shared pages */
	bool may_poll; /* idle time may be spent looking */
};

/* Allocate and register the netdev, carrier off; no page is shared yet. */
struct svnic_net *svnic_net_create(const struct svnic_net_config *config);

/*
 * Take over doorbell, features, max_mtu, max_pages and trusted of @config,
 * when the VIF behind the netdev is another one than before.  -EBUSY while
 * attached, -EINVAL when the queues do not fit into max_pages.
 */
int svnic_net_configure(struct svnic_net *net,
			const struct svnic_net_config *config);

/*
 * Share pages, start the queues, carrier on; and the reverse.  Idempotent.
 * While the interface is administratively down no queue runs; queue_start and
 * queue_stop are then called when it goes up and down.
 */
int svnic_net_attach(struct svnic_net *net);
void svnic_net_detach(struct svnic_net *net);

/*
 * The card or its backend is gone: as detach, but without asking: queue_stop
 * is not called, and pages_del, whose owner knows that nobody is there to be
 * asked, returns 0 for pages that are certainly no longer in use.  The others
 * are leaked, never reused.
 */
void svnic_net_lost(struct svnic_net *net);

/* Unregister and free; detaches first. */
void svnic_net_destroy(struct svnic_net *net);

/* An event of a queue; any context.  False: there was nothing to do. */
bool svnic_net_event(struct svnic_net *net, u32 queue);

struct net_device *svnic_net_netdev(struct svnic_net *net);

#endif /* SVNIC_NET_H */
