// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a backend to a running interface, in two steps, and back.  The first one
 * (publish) needs a backend in InitWait, the second (attach) one that is
 * Connected; from then on the backend is followed in what it may change.
 */
#include "svnic_front.h"

/* Written by svnicd whenever it serves a vif. */
#define KEY_OF_SVNICD "svnic-path"

static int ctrl_write(struct svnic_front *f, struct xenbus_transaction t)
{
	const char *dir = f->dev->nodename;
	int r;

	if (!f->ctrl.open)
		return 0;
	r = xenbus_printf(t, dir, SVNIC_KEY_DIRECT, "%u", SVNIC_ABI_VERSION);
	if (!r)
		r = xenbus_printf(t, dir, SVNIC_KEY_CTRL_RING, "%u",
				  f->ctrl.ref);
	if (!r)
		r = xenbus_printf(t, dir, SVNIC_KEY_CTRL_EVENT, "%u",
				  f->ctrl.event.port);
	return r;
}

static void ctrl_remove(struct svnic_front *f, struct xenbus_transaction t)
{
	static const char *const key[] = {
		SVNIC_KEY_DIRECT,
		SVNIC_KEY_CTRL_RING,
		SVNIC_KEY_CTRL_EVENT,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(key); i++)
		if (xenbus_exists(t, f->dev->nodename, key[i]))
			xenbus_rm(t, f->dev->nodename, key[i]);
}

/*
 * netback would map a control ring of ours with the rings of xen-netfront, if
 * that has the device after us.
 */
static void keys_remove(struct svnic_front *f)
{
	struct xenbus_transaction t;

	do {
		if (xenbus_transaction_start(&t))
			return;
		svnic_front_netif_unwrite(f, t);
		ctrl_remove(f, t);
	} while (xenbus_transaction_end(t, 0) == -EAGAIN);
}

/* Keys that say what we are; all in one transaction. */
static int keys_publish(struct svnic_front *f)
{
	struct xenbus_transaction t;
	int r;

	do {
		r = xenbus_transaction_start(&t);
		if (r)
			return r;
		svnic_front_netif_unwrite(f, t);
		ctrl_remove(f, t);
		r = svnic_front_netif_write(f, t);
		if (!r)
			r = ctrl_write(f, t);
		if (r) {
			xenbus_transaction_end(t, 1);
			return r;
		}
		r = xenbus_transaction_end(t, 0);
	} while (r == -EAGAIN);
	return r;
}

/* The control ring serves the direct path, which may be offered later on. */
static int ctrl_open(struct svnic_front *f)
{
	const char *dir = f->dev->otherend;

	if (!xenbus_read_unsigned(dir, "feature-ctrl-ring", 0))
		return 0;
	if (!svnic_front_is_offered(f->dev) &&
	    !xenbus_exists(XBT_NIL, dir, KEY_OF_SVNICD))
		return 0;
	return svnic_front_ctrl_open(f);
}

int svnic_front_publish(struct svnic_front *f)
{
	int r;

	svnic_front_withdraw(f);
	WRITE_ONCE(f->gone, false);
	svnic_front_netif_read(f);
	if (!f->netif.offered && !svnic_front_is_offered(f->dev)) {
		dev_err(&f->dev->dev,
			"%s offers neither feature-rx-copy nor a direct path\n",
			f->dev->otherend);
		return -EOPNOTSUPP;
	}
	memset(&f->direct.offer, 0, sizeof(f->direct.offer));
	r = svnic_front_net_take(f);
	if (r) {
		dev_err(&f->dev->dev, "no interface: %pe\n", ERR_PTR(r));
		return r;
	}
	r = ctrl_open(f);
	if (!r)
		r = svnic_front_netif_open(f);
	if (!r)
		r = keys_publish(f);
	if (!r)
		r = xenbus_switch_state(f->dev, XenbusStateConnected);
	if (!r)
		return 0;
	dev_err(&f->dev->dev, "the rings cannot be set up: %pe\n", ERR_PTR(r));
	svnic_front_withdraw(f);
	return r;
}

void svnic_front_quiet(struct svnic_front *f)
{
	svnic_front_watches_close(f);
	svnic_front_direct_leave(f);
	svnic_front_netif_off(f);
}

void svnic_front_unpublish(struct svnic_front *f)
{
	keys_remove(f);
	xenbus_frontend_closed(f->dev);
}

void svnic_front_withdraw(struct svnic_front *f)
{
	svnic_front_quiet(f);
	svnic_front_netif_close(f);
	svnic_front_ctrl_close(f);
}

int svnic_front_attach(struct svnic_front *f)
{
	int r;

	f->direct.patience = 0;
	f->direct.not_before = jiffies;
	r = svnic_front_netif_on(f);
	if (!r)
		r = svnic_front_watches_open(f);
	if (r)
		return r;
	if (f->netif.on)
		netdev_notify_peers(svnic_net_netdev(f->net));
	return 0;
}

void svnic_front_follow(struct svnic_front *f)
{
	u32 max, mtu;

	svnic_net_slow_link(f->net, xenbus_read_unsigned(f->dev->otherend,
							 "carrier", 1) != 0);
	max = svnic_front_mtu_read(f, &mtu);
	if (mtu != f->mtu)
		svnic_net_mtu_set(f->net, mtu, max);
	f->mtu = mtu;
	svnic_front_direct_look(f);
	svnic_front_staging_look(f);
}
