/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to svnic_front.ko: one `vif` device of a guest.
 *
 * Everything is done by one work item per device (main.c), by remove() and by
 * suspend() and resume(), which keep it from running; only the notes marked
 * "any" are written elsewhere.  ctrl.lock serialises control requests.
 */
#ifndef SVNIC_FRONT_H
#define SVNIC_FRONT_H

#include <linux/mutex.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <xen/xenbus.h>
#include <svnic/abi.h>

#include "../svnic_net/svnic_net.h"
#include "grant.h"
#include "netif.h"

struct svnic_front;

struct front_ctrl {
	struct mutex lock;
	struct xen_netif_ctrl_front_ring ring; /* lock */
	struct page *page;
	grant_ref_t ref;
	struct page *list; /* of struct svnic_gref_entry */
	grant_ref_t list_ref;
	struct front_event event;
	wait_queue_head_t wait;
	u16 next_id;   /* lock */
	bool open;     /* lock: the ring is there */
	bool silent;   /* lock: the last request was not answered in time */
	bool doubtful; /* lock: svnicd may know of more than we do */
	bool broken;   /* any; cleared by work: it holds nonsense */
};

struct front_queue {
	struct svnic_front *front;
	u32 index;
	struct front_event event;
};

/* What the backend offers of the direct path. */
struct front_offer {
	u32 version;
	u32 features;
	u32 max_pages;
	u32 max_queues;
	unsigned long doorbell; /* frame number */
	u32 epoch;		/* another VIF, another value */
};

struct front_direct {
	struct front_offer offer;
	struct svnic_doorbell __iomem *doorbell;
	grant_ref_t *gref; /* of each page index; INVALID_GRANT_REF: none */
	struct front_queue queue[SVNIC_SLOW_QUEUE];
	bool on;	     /* the netdev is attached */
	bool failed;	     /* any: a queue could not be restarted */
	bool diverted;	     /* any: frames were taken off the card */
	bool stale;	     /* any: the offer was touched, or has failed */
	bool brief;	     /* it was had for no time worth mentioning */
	unsigned long since; /* jiffies: taken */
	unsigned long tried; /* jiffies: to take it, last */
	unsigned long not_before; /* jiffies */
	unsigned int patience;	  /* seconds between the next two attempts */
};

/* A node that the backend may change at any time. */
struct front_watch {
	struct xenbus_watch watch;
	struct svnic_front *front;
	char node[96]; /* "": not watched */
};

struct svnic_front {
	struct xenbus_device *dev;
	struct delayed_work work;
	struct svnic_net *net;
	struct front_netif netif;
	struct front_direct direct;
	struct front_ctrl ctrl;
	struct front_watch watch_offer; /* BE/svnic-version */
	struct front_watch watch_link;	/* BE/carrier */
	struct front_watch watch_mtu;	/* FE/mtu */
	u32 mtu;			/* as the backend said last */
	unsigned int state;		/* enum front_state */
	unsigned int patience;		/* seconds before the next attempt */
	unsigned long closed;		/* jiffies */
	bool failed;  /* the last attempt, for a reason of ours */
	bool gone;    /* any: the backend is not to be asked any more */
	bool anew;    /* any: give all up and connect again */
	bool leaving; /* remove(): the work finds nothing to do any more */
};

/* main.c */
/* Any context: close the connection and make another one. */
void svnic_front_reconnect(struct svnic_front *f);

/* connect.c */
/* Set up rings, write our keys, go Connected. */
int svnic_front_publish(struct svnic_front *f);
/* No frames pass any more, nothing is asked. */
void svnic_front_quiet(struct svnic_front *f);
/* Take back our keys, go Closed. */
void svnic_front_unpublish(struct svnic_front *f);
/* ... and all is given back; idempotent, as svnic_front_quiet(). */
void svnic_front_withdraw(struct svnic_front *f);
/* The backend is Connected: let frames pass. */
int svnic_front_attach(struct svnic_front *f);
/* ... and has perhaps changed its mind on something. */
void svnic_front_follow(struct svnic_front *f);

/* direct.c */
/* Attach or detach the direct path, as the backend offers it. */
void svnic_front_direct_look(struct svnic_front *f);
/* Leave it, whatever is offered; idempotent. */
void svnic_front_direct_leave(struct svnic_front *f);

/* offer.c */
/* 0, -ENODEV when no direct path comes in time. */
int svnic_front_offer_wait(struct xenbus_device *dev);
bool svnic_front_is_offered(struct xenbus_device *dev);
/* Is what was taken still the VIF that is offered? */
bool svnic_front_is_same(struct svnic_front *f);
int svnic_front_offer_read(struct svnic_front *f, struct front_offer *offer);
bool svnic_front_is_trusted(struct svnic_front *f);
/* Create the netdev, or tell it of another backend. */
int svnic_front_net_take(struct svnic_front *f);
/* Is the largest mtu that the backend allows; *mtu: what it wants. */
u32 svnic_front_mtu_read(struct svnic_front *f, u32 *mtu);

/* watch.c */
/* Forget the ones of an earlier backend, watch this one's nodes. */
int svnic_front_watches_open(struct svnic_front *f);
void svnic_front_watches_close(struct svnic_front *f);

/* ctrl.c */
int svnic_front_ctrl_open(struct svnic_front *f);
void svnic_front_ctrl_close(struct svnic_front *f);
/* One request and its response; 0, -errno, and the response's @data. */
int svnic_front_ctrl(struct svnic_front *f, u16 type, const u32 arg[3],
		     u32 *data);
/* Whoever waits for a response looks whether the backend is gone. */
void svnic_front_ctrl_wake(struct svnic_front *f);

/* ops.c: what svnic_net asks for. */
void svnic_front_queues_init(struct svnic_front *f);
extern const struct svnic_net_ops svnic_front_ops;
int svnic_front_gref_init(struct svnic_front *f);
void svnic_front_queues_unbind(struct svnic_front *f);

#endif /* SVNIC_FRONT_H */
