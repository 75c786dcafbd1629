/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnic_net.ko: an ordinary network interface on one VIF.  It owns the netdev,
 * its NAPI, its queue pairs and their pages; it does not know how pages reach
 * the card.  svnic_front (grants, in a guest) and svnic_pf (DMA addresses, in
 * dom0) attach it with a table of functions.
 *
 * An owner may have a second way for frames, the slow path: it carries what
 * the card does not, and the interface has a carrier while either of them
 * works.  Frames of a queue go to the card while its queue pair there runs.
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
	/* Spread received frames over the queues, which all run; or NULL. */
	int (*rss_set)(void *owner, const struct svnic_rss *rss);
	/* Which groups the VIF shall get, of either path; or NULL.  While
	 * attached or slow_on only. */
	int (*groups_set)(void *owner, const struct svnic_groups *list);
	/* With a slow path only: a queue could not be restarted; the owner
	 * detaches, but not in here, and attaches again when it sees fit. */
	void (*failed)(void *owner);
};

/*
 * The slow path, owned by the owner.  up() and down() come in turns, under
 * svnic_net's lock, in process context; nothing else is called before up() or
 * after down().
 */
struct svnic_net_slow {
	/* Under the lock of this tx queue.  Takes the skb, or stops the queue
	 * and says NETDEV_TX_BUSY; then svnic_net_slow_room() is due. */
	netdev_tx_t (*xmit)(void *owner, u32 queue, struct sk_buff *skb);
	void (*up)(void *owner);
	void (*down)(void *owner);
	/* Frames that were taken and are not yet with the peer, roughly. */
	u32 (*pending)(void *owner);
	/* The tx queue was stopped for long; softirqs are off. */
	void (*look)(void *owner, u32 queue);

	/* The following at any time. */
	void (*stats)(void *owner, struct rtnl_link_stats64 *s);
	/* Under RTNL: from now on at most so many entries; so many queues. */
	void (*rings_set)(void *owner, u32 tx, u32 rx);
	int (*channels_set)(void *owner, u32 nr);
	/* ethtool -S: how many, their names, their values. */
	u32 (*nr_counters)(void *owner);
	void (*counter_names)(void *owner, u8 **data);
	void (*counters)(void *owner, u64 *data);
	u32 max_ring; /* entries of a ring */
};

/* What the slow path can do at present. */
struct svnic_net_slow_caps {
	u32 nr_queues;
	netdev_features_t features; /* of SVNIC_NET_OFFLOADS */
};

#define SVNIC_NET_OFFLOADS                                                \
	(NETIF_F_SG | NETIF_F_IP_CSUM | NETIF_F_IPV6_CSUM | NETIF_F_TSO | \
	 NETIF_F_TSO6)

struct svnic_net_config {
	struct device *parent; /* sysfs parent of the netdev */
	const char *driver;    /* for ethtool -i */
	const struct svnic_net_ops *ops;
	void *owner;
	struct svnic_doorbell __iomem *doorbell; /* the VIF's page */
	u8 mac[ETH_ALEN];
	u32 mtu;
	u32 max_mtu;
	u32 features;	/* SVNIC_F_* */
	u32 max_pages;	/* page indices that may be used */
	u32 nr_queues;	/* queue pairs that may be used */
	bool trusted;	/* false: copy out of shared pages */
	bool may_poll;	/* idle time may be spent looking */
	bool fixed_mac; /* source addresses are checked, so it cannot change */

	/* At creation only. */
	const struct svnic_net_slow *slow;   /* or NULL */
	u32 max_queues;			     /* of the netdev; 0: nr_queues */
	u32 max_pairs;			     /* of the card; 0: nr_queues */
	const struct attribute_group *group; /* in sysfs, or NULL */
};

/* Allocate and register the netdev, carrier off; no page is shared yet. */
struct svnic_net *svnic_net_create(const struct svnic_net_config *config);

/*
 * Take over doorbell, features, max_mtu, max_pages, nr_queues, trusted and
 * fixed_mac of @config, when the VIF behind the netdev is another one than
 * before; mac, too, if it is not that of the last time.  -EBUSY while attached.
 */
int svnic_net_configure(struct svnic_net *net,
			const struct svnic_net_config *config);

/*
 * Share pages, start the queues, carrier on; and the reverse.  Idempotent.
 * Where the card has no room for all queues, it goes on with fewer.
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

/*
 * The slow path is there, with what it can do; and the reverse.  Idempotent;
 * process context, without RTNL.
 */
int svnic_net_slow_on(struct svnic_net *net,
		      const struct svnic_net_slow_caps *caps);
void svnic_net_slow_off(struct svnic_net *net);

/* Has the slow path a link behind its peer? */
void svnic_net_slow_link(struct svnic_net *net, bool link);

/* Room again in a queue of the slow path; its tx lock is held. */
void svnic_net_slow_room(struct svnic_net *net, u32 queue);

/*
 * Let no more frames go to the card, at once; a detach follows.  Process
 * context; takes tx locks only.
 */
void svnic_net_divert(struct svnic_net *net);

/* The peer's opinion of the mtu has changed.  Without RTNL. */
void svnic_net_mtu_set(struct svnic_net *net, u32 mtu, u32 max_mtu);

/* Unregister and free; detaches first. */
void svnic_net_destroy(struct svnic_net *net);

/* An event of a queue; any context.  False: there was nothing to do. */
bool svnic_net_event(struct svnic_net *net, u32 queue);

struct net_device *svnic_net_netdev(struct svnic_net *net);

#endif /* SVNIC_NET_H */
