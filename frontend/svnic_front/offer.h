/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to svnic_front.ko: what stands in XenStore about a vif. */
#ifndef SVNIC_FRONT_OFFER_H
#define SVNIC_FRONT_OFFER_H

#include <linux/types.h>

struct svnic_front;
struct xenbus_device;

/* What the backend offers of the direct path. */
struct front_offer {
	u32 version;
	u32 features;
	u32 max_pages;
	u32 max_queues;
	unsigned long doorbell; /* frame number */
	u32 epoch;		/* another VIF, another value */
};

/* Wait for one: 0, or -ENODEV when no direct path comes in time. */
int svnic_front_offer_wait(struct xenbus_device *dev);
/* Is a direct path offered at present, of an ABI that we know? */
bool svnic_front_is_offered(struct xenbus_device *dev);
/* Is what was taken still the VIF that is offered? */
bool svnic_front_is_same(struct svnic_front *f);
/* All of an offer, checked: 0, or -EPROTO after a message. */
int svnic_front_offer_read(struct svnic_front *f, struct front_offer *offer);
/* May memory that the backend could still write to go to the stack? */
bool svnic_front_is_trusted(struct svnic_front *f);
/* Create the netdev, or tell it of another backend: 0 or -errno. */
int svnic_front_net_take(struct svnic_front *f);
/* The largest mtu that the backend allows; *@mtu: what it wants. */
u32 svnic_front_mtu_read(struct svnic_front *f, u32 *mtu);

#endif /* SVNIC_FRONT_OFFER_H */
