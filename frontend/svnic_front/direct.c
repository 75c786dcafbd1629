// SPDX-License-Identifier: GPL-2.0-only
/*
 * The direct path on top of netif: attached while the backend offers it, given
 * back when it is withdrawn, when a queue cannot be had again, and before the
 * guest is suspended.  Meanwhile netif goes on, so nothing here is an error of
 * the interface; what failed is tried again later and later.
 */
#include <linux/io.h>
#include <linux/uaccess.h>
#include "svnic_front.h"

#define PATIENCE_MIN 1 /* seconds between two attempts */
#define PATIENCE_MAX 60u
#define STEADY	     (10 * HZ) /* a path that was had so long was well */

static void doorbell_unmap(struct front_direct *d)
{
	if (d->doorbell)
		iounmap(d->doorbell);
	d->doorbell = NULL;
}

/*
 * In a PV guest the mapping of a frame that it may not have looks as if it had
 * worked; the first access tells.
 */
static int doorbell_map(struct svnic_front *f)
{
	struct front_direct *d = &f->direct;
	phys_addr_t at = (phys_addr_t)d->offer.doorbell << PAGE_SHIFT;
	u32 word;

	doorbell_unmap(d);
	d->doorbell = ioremap(at, SVNIC_PAGE_SIZE);
	if (d->doorbell &&
	    !copy_from_kernel_nofault(&word, (__force void *)d->doorbell,
				      sizeof(word)))
		return 0;
	doorbell_unmap(d);
	dev_err(&f->dev->dev,
		"the doorbell page, frame %#lx, cannot be mapped: may this domain use it? (svnicd's log)\n",
		d->offer.doorbell);
	return -EACCES;
}

static int hello(struct svnic_front *f)
{
	const u32 arg[3] = { SVNIC_ABI_VERSION };
	u32 version = 0;
	int r = svnic_front_ctrl(f, SVNIC_CTRL_HELLO, arg, &version);

	if (r == -EOPNOTSUPP)
		dev_err(&f->dev->dev,
			"svnicd refuses ABI %u.%u: install the same release in dom0 and guest\n",
			SVNIC_ABI_MAJOR, SVNIC_ABI_MINOR);
	else if (r)
		dev_err(&f->dev->dev, "svnicd does not answer: %pe\n",
			ERR_PTR(r));
	return r;
}

static void give_back(struct svnic_front *f)
{
	if (f->net && READ_ONCE(f->gone))
		svnic_net_lost(f->net);
	else if (f->net)
		svnic_net_detach(f->net);
	svnic_front_queues_unbind(f);
	doorbell_unmap(&f->direct);
}

static int take(struct svnic_front *f)
{
	struct front_direct *d = &f->direct;
	int r = svnic_front_offer_read(f, &d->offer);

	if (!r)
		r = svnic_front_gref_init(f);
	if (!r)
		r = hello(f);
	if (!r)
		r = doorbell_map(f);
	if (!r)
		r = svnic_front_net_take(f);
	if (!r)
		r = svnic_net_attach(f->net);
	if (r)
		give_back(f);
	return r;
}

static void try_later(struct svnic_front *f)
{
	struct front_direct *d = &f->direct;
	unsigned int wait = max(d->patience, 1u);

	d->not_before = jiffies + wait * HZ;
	d->patience = min(wait * 2, PATIENCE_MAX);
	mod_delayed_work(system_freezable_wq, &f->work, wait * HZ);
}

/* When it may be tried: another VIF has not failed yet, and may do so soon. */
static unsigned long due(struct svnic_front *f)
{
	const struct front_direct *d = &f->direct;
	unsigned long soon = d->tried + PATIENCE_MIN * HZ;

	if (time_before(soon, d->not_before) && !d->brief &&
	    !svnic_front_is_same(f))
		return soon;
	return d->not_before;
}

static void attach(struct svnic_front *f)
{
	struct front_direct *d = &f->direct;
	unsigned long at = due(f);
	int r;

	if (time_before(jiffies, at)) {
		/* Whoever had us look now took the place of the later look. */
		mod_delayed_work(system_freezable_wq, &f->work, at - jiffies);
		return;
	}
	d->tried = jiffies;
	d->brief = false;
	r = take(f);
	if (r) {
		dev_err(&f->dev->dev,
			"no direct path: %pe; %s, the next attempt in %u s\n",
			ERR_PTR(r),
			f->netif.on ? "netif carries all" : "the link is down",
			max(d->patience, 1u));
		try_later(f);
		return;
	}
	d->on = true;
	d->since = jiffies;
	netdev_info(svnic_net_netdev(f->net),
		    "direct path, ABI %u.%u, features %#x\n",
		    d->offer.version >> 16, d->offer.version & 0xffff,
		    d->offer.features);
	/* After a migration the address is behind another port. */
	netdev_notify_peers(svnic_net_netdev(f->net));
}

void svnic_front_direct_leave(struct svnic_front *f)
{
	if (!f->direct.on)
		return;
	f->direct.on = false;
	svnic_net_divert(f->net);
	give_back(f);
	if (f->netif.on && !READ_ONCE(f->gone))
		netdev_notify_peers(svnic_net_netdev(f->net));
}

void svnic_front_direct_look(struct svnic_front *f)
{
	struct front_direct *d = &f->direct;
	bool failed = xchg(&d->failed, false);
	bool diverted = xchg(&d->diverted, false);
	bool offered = f->ctrl.open && svnic_front_is_offered(f->dev);

	if (d->on &&
	    (failed || diverted || !offered || !svnic_front_is_same(f))) {
		netdev_info(
			svnic_net_netdev(f->net), "the direct path %s; %s\n",
			failed ? "does not work" : "is withdrawn",
			f->netif.on ? "netif carries all" : "the link is down");
		svnic_front_direct_leave(f);
		d->brief = time_before(jiffies, d->since + STEADY);
		if (!d->brief)
			d->patience = 0;
		if (failed || d->brief)
			try_later(f);
	}
	if (!d->on && offered)
		attach(f);
}
