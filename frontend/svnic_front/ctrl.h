/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to svnic_front.ko: the control ring, by which svnicd is asked
 * (abi.md 8).
 */
#ifndef SVNIC_FRONT_CTRL_H
#define SVNIC_FRONT_CTRL_H

#include <linux/mutex.h>
#include <linux/wait.h>
#include <xen/interface/io/netif.h>
#include <xen/interface/io/ring.h>

#include "grant.h"

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

/* Share the ring and the list's page, bind the event channel: 0 or -errno. */
int svnic_front_ctrl_open(struct svnic_front *f);
/* Give all back, in every half-made state; idempotent. */
void svnic_front_ctrl_close(struct svnic_front *f);
/*
 * One request and its response: 0 and *@data, if that is not NULL, or -errno;
 * -ETIMEDOUT: nobody answered, -ENOTCONN: the ring is closed.  May sleep.
 */
int svnic_front_ctrl(struct svnic_front *f, u16 type, const u32 arg[3],
		     u32 *data);
/* Any context: who waits for a response looks whether the backend is gone. */
void svnic_front_ctrl_wake(struct svnic_front *f);

#endif /* SVNIC_FRONT_CTRL_H */
