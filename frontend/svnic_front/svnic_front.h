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
#include <xen/grant_table.h>
#include <xen/interface/io/netif.h>
#include <svnic/abi.h>

#include "../svnic_net/svnic_net.h"

struct svnic_front;

/* An event channel; how often in a row it rang for nothing (rule R36). */
struct front_event {
	evtchn_port_t port;
	int irq; /* 0: not bound */
	u32 idle;
	char name[40];
};

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
};

struct front_queue {
	struct svnic_front *front;
	u32 index;
	struct front_event event;
};

/* What the backend offers. */
struct front_offer {
	u32 version;
	u32 features;
	u32 max_pages;
	u32 max_queues;
	unsigned long doorbell; /* frame number */
};

struct svnic_front {
	struct xenbus_device *dev;
	struct delayed_work work;
	struct svnic_net *net;
	struct front_offer offer;
	struct svnic_doorbell __iomem *doorbell;
	grant_ref_t *gref; /* of each page index; INVALID_GRANT_REF: none */
	struct front_ctrl ctrl;
	struct front_queue queue;
	unsigned int state;    /* enum front_state */
	unsigned int patience; /* seconds before the next attempt */
	unsigned long closed;  /* jiffies */
	bool failed;	       /* the last attempt, for a reason of ours */
	bool gone; /* any: the backend is not to be asked any more */
};

/* offer.c */
/* 0, -ENODEV when the vif is not for us, -ETIMEDOUT. */
int svnic_front_offer_wait(struct xenbus_device *dev);
int svnic_front_offer_read(struct svnic_front *f);
/* Create the netdev, or tell it of a new offer. */
int svnic_front_offer_take(struct svnic_front *f);

/* connect.c */
/* Set up the control ring, write our keys, go Connected. */
int svnic_front_publish(struct svnic_front *f);
/* Give all of it back; idempotent. */
void svnic_front_withdraw(struct svnic_front *f);
/* The backend is Connected: map the doorbell, attach the netdev. */
int svnic_front_attach(struct svnic_front *f);
void svnic_front_detach(struct svnic_front *f);

/* ctrl.c */
int svnic_front_ctrl_open(struct svnic_front *f);
void svnic_front_ctrl_close(struct svnic_front *f);
/* One request and its response; 0, -errno, and the response's @data. */
int svnic_front_ctrl(struct svnic_front *f, u16 type, const u32 arg[3],
		     u32 *data);
/* Whoever waits for a response looks whether the backend is gone. */
void svnic_front_ctrl_wake(struct svnic_front *f);

/* event.c */
int svnic_front_event_bind(struct svnic_front *f, struct front_event *e,
			   irq_handler_t handler, void *arg);
void svnic_front_event_unbind(struct front_event *e, void *arg);
/* End of a handler. */
void svnic_front_event_done(struct front_event *e, int irq, bool useful);

/* ops.c: what svnic_net asks for. */
extern const struct svnic_net_ops svnic_front_ops;
int svnic_front_gref_init(struct svnic_front *f);
void svnic_front_queue_unbind(struct svnic_front *f);

#endif /* SVNIC_FRONT_H */
