/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to svnic_front.ko: the direct path, to the card. */
#ifndef SVNIC_FRONT_DIRECT_H
#define SVNIC_FRONT_DIRECT_H

#include <svnic/abi.h>

#include "../svnic_net/svnic_net.h"
#include "grant.h"
#include "offer.h"

struct svnic_front;

struct front_queue {
	struct svnic_front *front;
	u32 index;
	struct front_event event;
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

/* direct.c */
/* Attach or detach the direct path, as the backend offers it. */
void svnic_front_direct_look(struct svnic_front *f);
/* Leave it, whatever is offered; idempotent. */
void svnic_front_direct_leave(struct svnic_front *f);

/* ops.c: what svnic_net asks for. */
extern const struct svnic_net_ops svnic_front_ops;
/* Once, before any other of these. */
void svnic_front_queues_init(struct svnic_front *f);
/* No page of the offer is granted: 0 or -ENOMEM. */
int svnic_front_gref_init(struct svnic_front *f);
/* No queue runs: give their event channels back; idempotent. */
void svnic_front_queues_unbind(struct svnic_front *f);

#endif /* SVNIC_FRONT_DIRECT_H */
