/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to svnic_front.ko: the netif path (xen/io/netif.h), that of every
 * Xen guest, with rings and buffers that are granted once.
 *
 * Every field says who writes it: "work" is whoever connects (main.c), "tx" the
 * holder of the netdev queue's tx lock, "poll" the queue's NAPI context.
 */
#ifndef SVNIC_FRONT_NETIF_H
#define SVNIC_FRONT_NETIF_H

#include <linux/netdevice.h>
#include <xen/interface/io/netif.h>
#include <xen/interface/io/ring.h>

#include "../svnic_net/count.h"
#include "../svnic_net/pool.h"
#include "grant.h"

#define NETIF_RING     256 /* entries: as many as fit into a page */
#define NETIF_RX_PAGES 512 /* in the ring, or held by the stack */
#define NETIF_SLOTS    XEN_NETIF_NR_SLOTS_MIN

struct svnic_front;

struct netif_tx {
	struct xen_netif_tx_front_ring ring; /* tx */
	struct front_pages sring;	     /* work */
	struct front_pages pages;	     /* work: one for each id */
	u16 free[NETIF_RING];		     /* tx: a stack of ids */
	bool busy[NETIF_RING];		     /* tx: the backend has the id */
	u32 nr_free;			     /* tx */
	u32 nr_extras;			     /* tx: in the ring */
	RING_IDX pushed;	      /* tx: req_prod as the backend knows it */
	RING_IDX seen;		      /* the event handler: rsp_prod */
	struct svnic_net_count count; /* tx */
	unsigned long dropped;	      /* tx, and all below */
	unsigned long errors;	      /* the backend says so */
	unsigned long stops;
	unsigned long kicks;
	unsigned long timeouts;
};

struct netif_rx {
	struct xen_netif_rx_front_ring ring; /* poll */
	struct front_pages sring;	     /* work */
	struct front_pages pages;	     /* work */
	struct svnic_net_pool pool;	     /* poll: of these */
	u16 slot[NETIF_RING];		     /* poll: page of each request */
	struct svnic_net_count count;	     /* poll */
	unsigned long dropped;		     /* poll, and all below */
	unsigned long errors;
	unsigned long kicks;
	unsigned long fixed; /* GSO without a blank checksum */
};

struct netif_queue {
	struct svnic_front *front;
	u32 index;
	struct napi_struct napi;
	struct netif_tx tx;
	struct netif_rx rx;
	struct front_event tx_event; /* work; not bound without split ones */
	struct front_event rx_event; /* work */
	bool made;		     /* work: there are rings */
	bool live;		     /* tx and poll, by up() and down() */
	unsigned long polls;	     /* poll */
	atomic_long_t events;
	atomic_long_t idle_events;
};

struct front_netif {
	struct netif_queue *queue; /* max_queues of them, as long as we live */
	u32 max_queues;
	u32 nr_queues; /* work: connected */
	u32 wanted;    /* RTNL: by ethtool -L, or 0 */
	u32 peer_max;  /* work: the backend's multi-queue-max-queues */
	u32 tx_limit;  /* RTNL: entries that may be used */
	u32 rx_limit;  /* RTNL */
	bool offered;  /* work: the backend serves it */
	bool split;    /* work: an event channel for each direction */
	bool on;       /* work: svnic_net knows of it */
	bool trusted;  /* work */
	bool staged;   /* work: the backend was told of our pages ... */
	u32 staging;   /* work: ... when its node said this */
	bool bare; /* work: no direct path is offered, and frames pass ... */
	unsigned long bare_since; /* ... jiffies */
	bool broken; /* any; cleared by work: the backend misbehaved */
	netdev_features_t features; /* work: of the backend */
};

/* netif.c: life, by work. */
int svnic_front_netif_init(struct svnic_front *f);
void svnic_front_netif_fini(struct svnic_front *f);
/* Make rings, grant them, bind event channels. */
int svnic_front_netif_open(struct svnic_front *f);
/* The backend is Connected. */
int svnic_front_netif_on(struct svnic_front *f);
/* ... or not any more; idempotent. */
void svnic_front_netif_off(struct svnic_front *f);
/* Give all back; idempotent. */
void svnic_front_netif_close(struct svnic_front *f);
/* Any context: what the backend did cannot be; nothing more is read. */
void svnic_front_netif_fail(struct netif_queue *q, const char *why, u32 value);

/* netif_keys.c */
void svnic_front_netif_read(struct svnic_front *f);
int svnic_front_netif_write(struct svnic_front *f, struct xenbus_transaction t);
void svnic_front_netif_unwrite(struct svnic_front *f,
			       struct xenbus_transaction t);

/* netif_staging.c: have the backend map our pages while there is no direct
 * path, or forget them; by work, once the direct path was looked at. */
void svnic_front_staging_look(struct svnic_front *f);

/* netif_slow.c */
extern const struct svnic_net_slow svnic_front_slow;

/* netif_sysfs.c: what xen-netfront has in sysfs. */
extern const struct attribute_group svnic_front_rxbuf_group;

/* netif_tx.c: under the tx lock, but for the last two. */
void svnic_front_tx_init(struct netif_queue *q);
netdev_tx_t svnic_front_tx_xmit(struct netif_queue *q, struct sk_buff *skb);
/* Take back what the backend has returned; wake the stack.  From NAPI. */
void svnic_front_tx_poll(struct netif_queue *q);
/* The same for netpoll, unless somebody has the tx lock: us, perhaps, who were
 * about to print something. */
void svnic_front_tx_netpoll(struct netif_queue *q);

/* netif_rx.c: the life of a queue that has its pages, by work; idempotent. */
int svnic_front_rx_init(struct netif_queue *q);
void svnic_front_rx_fini(struct netif_queue *q);
/* Frames delivered, up to @budget.  From NAPI. */
int svnic_front_rx_poll(struct netif_queue *q, int budget);

#endif /* SVNIC_FRONT_NETIF_H */
