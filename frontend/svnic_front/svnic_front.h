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

#include <linux/workqueue.h>
#include <xen/xenbus.h>
#include <svnic/abi.h>

#include "../svnic_net/svnic_net.h"
#include "ctrl.h"
#include "direct.h"
#include "netif.h"

struct svnic_front;

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
	struct front_watch watch_offer;	  /* BE/svnic-version */
	struct front_watch watch_link;	  /* BE/carrier */
	struct front_watch watch_mtu;	  /* FE/mtu */
	struct front_watch watch_staging; /* BE/svnic-staging */
	u32 mtu;			  /* as the backend said last */
	unsigned int state;		  /* enum front_state */
	unsigned int patience;		  /* seconds before the next attempt */
	unsigned long closed;		  /* jiffies */
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

/* watch.c */
/* Forget the ones of an earlier backend, watch this one's nodes. */
int svnic_front_watches_open(struct svnic_front *f);
void svnic_front_watches_close(struct svnic_front *f);

#endif /* SVNIC_FRONT_H */
