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

#include <linux/ethtool.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <svnic/ring.h>
#include "svnic_net.h"

#define NET_TX_ORDER	9 /* defaults; ethtool -G changes them */
#define NET_RX_ORDER	10
#define NET_TX_PAGES	128  /* shared at first, by all queues together; */
#define NET_RX_PAGES	256  /* more when they run out */
#define NET_FRAME_PAGES 17   /* of a frame of SVNIC_FRAME_MAX octets */
#define NET_COPYBREAK	256  /* rx frames up to this are copied whole */
#define NET_RETRY_S	5    /* before what failed is tried again */
#define NET_HOLD_US	200u /* default of ethtool -C rx-usecs */
#define NET_HEADER	128  /* of a longer one, this much is */

/* A run of page indices and the pages that were registered for them. */
struct svnic_net_run {
	struct page **page; /* lock */
	u32 first;	    /* lock: index of page[0] */
	u32 max;	    /* lock */
	u32 nr;		    /* lock, released; only grows while attached */
};

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

struct svnic_net_queue {
	struct svnic_net *net;
	u32 index;
	struct napi_struct napi;
	struct svnic_net_run area_run;
	void *area; /* lock: area_run, mapped in one piece */
	struct svnic_net_tx tx;
	struct svnic_net_rx rx;
	bool started;	  /* lock: NAPI is enabled */
	bool at_card;	  /* lock: the card runs it, as far as we know */
	bool live;	  /* lock and tx: may be used */
	bool diverted;	  /* tx: ... but not for frames any more, or not yet */
	bool broken;	  /* any; cleared under lock */
	bool stopping;	  /* lock: the card was asked to stop it */
	bool want_tx;	  /* tx; cleared under lock */
	bool want_rx;	  /* poll; cleared under lock */
	bool armed;	  /* poll */
	atomic_t kick;	  /* the doorbell's words, and below; */
	u32 reset;	  /* lock */
	u32 hold;	  /* poll: what the card was told */
	u32 recent_polls; /* poll: since the traffic was judged, */
	u32 recent_rx;	  /* poll: frames that came, */
	unsigned long recent_kicks; /* poll: tx.kicks at that time */
	u64 recent_at;		    /* poll: when it last had work */
	struct task_struct *poller; /* lock */
	bool looking;		    /* the poller: is not asleep */
	u64 touched;		    /* any: when there was work last */
	u64 look_until;		    /* any: until when it looks */
	u64 window;		    /* any: for how long after work; 0: not */
	unsigned int misses;	    /* any: events that looking had found */
	unsigned long last_reset;   /* lock: jiffies */
	unsigned long patience;	    /* any: jiffies before the next reset */
	unsigned long resets;	    /* lock */
	unsigned long polls;	    /* poll */
	unsigned long spins;	    /* the poller */
	unsigned long finds;	    /* the poller: completions that it saw */
	atomic_long_t events;
	atomic_long_t idle_events;
	atomic_long_t faults[SVNIC_V_NR];
	atomic_long_t nonsense; /* completions that cannot be true */
};

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

/* netdev.c */
struct svnic_net *svnic_net_of(struct net_device *dev);
/* Fill in a netdev that is to be registered. */
void svnic_net_dev_init(struct svnic_net *net);
/* What both paths can do has changed.  Under RTNL. */
void svnic_net_dev_features(struct svnic_net *net);
bool svnic_net_has_direct(const struct svnic_net *net);

/* attach.c: under svnic_net.lock, unless told otherwise. */
void svnic_net_works_init(struct svnic_net *net);
void svnic_net_works_cancel(struct svnic_net *net); /* without the lock */
/* Look at the queues now and then, as long as there is a path. */
void svnic_net_watch(struct svnic_net *net);
int svnic_net_queues_up(struct svnic_net *net);
int svnic_net_queues_down(struct svnic_net *net, bool ask);
/* Change rings and queues; -errno leaves those that were.  Under RTNL,
 * unlocked. */
int svnic_net_reshape(struct svnic_net *net,
		      const struct svnic_net_shape *shape);
/* How many queues may be used now, of what the owner and a person want. */
u32 svnic_net_pairs(const struct svnic_net *net);

/* groups.c */
void svnic_net_groups_init(struct svnic_net *net);
/* Whoever is there now knows nothing of them.  Under the lock. */
void svnic_net_groups_load(struct svnic_net *net);
/* Any context. */
void svnic_net_set_rx_mode(struct net_device *dev);

/* slow.c */
/* Carrier on at once, off at once or after a moment.  Under the lock. */
void svnic_net_carrier(struct svnic_net *net);
void svnic_net_carrier_init(struct svnic_net *net);
/* The interface goes up or down: under the lock. */
void svnic_net_slow_start(struct svnic_net *net);
void svnic_net_slow_stop(struct svnic_net *net);
/* Let the queues at the card take over from the slow path, if all of them run.
 * Under the lock. */
void svnic_net_promote(struct svnic_net *net);
/* Tell the stack how many queues there are: those of the slow path, which are
 * no fewer than the card's.  Under RTNL. */
int svnic_net_queues_show(struct svnic_net *net);
/* ethtool -L.  Under RTNL, unlocked. */
int svnic_net_channels_set(struct svnic_net *net, u32 nr);

/* pages.c: all under svnic_net.lock. */
/* Page indices and the largest number of pages of each run of a queue. */
int svnic_net_layout(struct svnic_net_queue *q);
/* Share the area and the first pages, allocate what goes with them. */
int svnic_net_pages_init(struct svnic_net_queue *q);
/* Withdraw and free them all; what cannot be withdrawn is leaked. */
void svnic_net_pages_fini(struct svnic_net_queue *q);
/* Share up to @count pages more. */
int svnic_net_run_grow(struct svnic_net *net, struct svnic_net_run *run,
		       u32 count);

/* queue.c */
/* Start at the card, then NAPI and tx.  Under svnic_net.lock. */
int svnic_net_queue_up(struct svnic_net_queue *q);
/*
 * The reverse; idempotent.  @ask: tell the card; an error means that it may
 * still run the queue, which svnic_net_queue_up() then takes over.
 */
int svnic_net_queue_down(struct svnic_net_queue *q, bool ask);
/* Jiffies until a broken queue may be restarted; 0: now. */
unsigned long svnic_net_queue_patience(const struct svnic_net_queue *q);
/* A broken queue waits to be restarted: the card runs it no longer. */
void svnic_net_queue_rest(struct svnic_net_queue *q);
/* Restart a broken queue: 0 or -errno. */
int svnic_net_queue_reset(struct svnic_net_queue *q);
/* Any context: nothing more is done with the queue until it was reset. */
void svnic_net_queue_fail(struct svnic_net_queue *q, const char *why);
/* Is there something that the card said and that was not looked at? */
bool svnic_net_queue_has_work(const struct svnic_net_queue *q);
void svnic_net_kick(struct svnic_net_queue *q);
int svnic_net_poll(struct napi_struct *napi, int budget);

/* poller.c: start and park under svnic_net.lock. */
void svnic_net_poller_start(struct svnic_net_queue *q);
/* Until the next start it touches nothing of the queue. */
void svnic_net_poller_park(struct svnic_net_queue *q);
void svnic_net_poller_stop(struct svnic_net_queue *q);
/* There was work, more may follow: look for a while.  Any context. */
void svnic_net_poller_touch(struct svnic_net_queue *q);
/* An event came.  Any context. */
void svnic_net_poller_missed(struct svnic_net_queue *q);

/* tx.c */
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

/* rx.c */
/* Frames delivered, up to @budget.  From NAPI. */
int svnic_net_rx_poll(struct svnic_net_queue *q, int budget);
void svnic_net_rx_rewind(struct svnic_net_queue *q);

/* rss.c */
void svnic_net_rss_init(struct svnic_net *net);
/* Tell the card, once all queues run.  Under the lock. */
void svnic_net_rss_load(struct svnic_net *net);
/* ethtool -x, -X, -n; the sizes are 0 where the card cannot. */
int svnic_net_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
			u32 *rules);
u32 svnic_net_rss_key_size(struct net_device *dev);
u32 svnic_net_rss_table_size(struct net_device *dev);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
int svnic_net_get_rxfh(struct net_device *dev, u32 *table, u8 *key, u8 *hash);
int svnic_net_set_rxfh(struct net_device *dev, const u32 *table, const u8 *key,
		       const u8 hash);
#else
int svnic_net_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *p);
int svnic_net_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *p,
		       struct netlink_ext_ack *ack);
#endif

/* ethtool.c */
extern const struct ethtool_ops svnic_net_ethtool_ops;

static inline struct netdev_queue *
svnic_net_txq(const struct svnic_net_queue *q)
{
	return netdev_get_tx_queue(q->net->dev, q->index);
}

/* Do frames of the queue go to the card? */
static inline bool svnic_net_is_direct(const struct svnic_net_queue *q)
{
	return READ_ONCE(q->live) && !READ_ONCE(q->diverted) &&
	       !READ_ONCE(q->broken);
}

#endif /* SVNIC_NET_PRIVATE_H */
