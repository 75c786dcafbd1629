// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an offer to a running interface, in two steps, and back.  The first one
 * (publish) needs a backend in InitWait, the second (attach) one that is
 * Connected and answers on the control ring.
 */
#include <linux/io.h>
#include <linux/uaccess.h>
#include "svnic_front.h"

/* Keys that say what we are; all in one transaction. */
static int keys_write(struct svnic_front *f, struct xenbus_transaction t)
{
	static const char *const on[] = {
		"request-rx-copy",   "feature-rx-notify",
		"feature-sg",	     "feature-gso-tcpv4",
		"feature-gso-tcpv6", "feature-ipv6-csum-offload",
	};
	const char *dir = f->dev->nodename;
	unsigned int i;
	int r = 0;

	for (i = 0; !r && i < ARRAY_SIZE(on); i++)
		r = xenbus_write(t, dir, on[i], "1");
	if (!r)
		r = xenbus_printf(t, dir, SVNIC_KEY_DIRECT, "%u",
				  SVNIC_ABI_VERSION);
	if (!r)
		r = xenbus_printf(t, dir, SVNIC_KEY_CTRL_RING, "%u",
				  f->ctrl.ref);
	if (!r)
		r = xenbus_printf(t, dir, SVNIC_KEY_CTRL_EVENT, "%u",
				  f->ctrl.event.port);
	return r;
}

static int keys_publish(struct svnic_front *f)
{
	struct xenbus_transaction t;
	int r;

	do {
		r = xenbus_transaction_start(&t);
		if (r)
			return r;
		r = keys_write(f, t);
		if (r) {
			xenbus_transaction_end(t, 1);
			return r;
		}
		r = xenbus_transaction_end(t, 0);
	} while (r == -EAGAIN);
	return r;
}

int svnic_front_publish(struct svnic_front *f)
{
	int r;

	svnic_front_withdraw(f);
	WRITE_ONCE(f->gone, false);
	r = svnic_front_offer_read(f);
	if (r)
		return r;
	r = svnic_front_gref_init(f);
	if (r)
		return r;
	r = svnic_front_offer_take(f);
	if (r) {
		dev_err(&f->dev->dev, "no interface: %pe\n", ERR_PTR(r));
		return r;
	}
	r = svnic_front_ctrl_open(f);
	if (!r)
		r = keys_publish(f);
	if (!r)
		r = xenbus_switch_state(f->dev, XenbusStateConnected);
	if (r) {
		dev_err(&f->dev->dev,
			"the control ring cannot be set up: %pe\n", ERR_PTR(r));
		svnic_front_ctrl_close(f);
	}
	return r;
}

static void doorbell_unmap(struct svnic_front *f)
{
	if (f->doorbell)
		iounmap(f->doorbell);
	f->doorbell = NULL;
}

void svnic_front_withdraw(struct svnic_front *f)
{
	svnic_front_detach(f);
	svnic_front_ctrl_close(f);
}

/*
 * In a PV guest the mapping of a frame that it may not have looks as if it had
 * worked; the first access tells.
 */
static int doorbell_map(struct svnic_front *f)
{
	phys_addr_t at = (phys_addr_t)f->offer.doorbell << PAGE_SHIFT;
	u32 word;

	doorbell_unmap(f);
	f->doorbell = ioremap(at, SVNIC_PAGE_SIZE);
	if (f->doorbell &&
	    !copy_from_kernel_nofault(&word, (__force void *)f->doorbell,
				      sizeof(word)))
		return 0;
	doorbell_unmap(f);
	dev_err(&f->dev->dev,
		"the doorbell page, frame %#lx, cannot be mapped: may this domain use it? (svnicd's log)\n",
		f->offer.doorbell);
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

int svnic_front_attach(struct svnic_front *f)
{
	int r = hello(f);

	if (!r)
		r = doorbell_map(f);
	if (!r)
		r = svnic_front_offer_take(f);
	if (!r)
		r = svnic_net_attach(f->net);
	if (!r) {
		netdev_info(svnic_net_netdev(f->net),
			    "direct path, ABI %u.%u, features %#x\n",
			    f->offer.version >> 16, f->offer.version & 0xffff,
			    f->offer.features);
		/* After a migration the address is behind another port. */
		netdev_notify_peers(svnic_net_netdev(f->net));
		return 0;
	}
	dev_err(&f->dev->dev, "the interface stays down: %pe\n", ERR_PTR(r));
	svnic_front_detach(f);
	return r;
}

void svnic_front_detach(struct svnic_front *f)
{
	if (f->net && READ_ONCE(f->gone))
		svnic_net_lost(f->net);
	else if (f->net)
		svnic_net_detach(f->net);
	svnic_front_queue_unbind(f);
	doorbell_unmap(f);
}
