// SPDX-License-Identifier: GPL-2.0-only
/*
 * How to be a frontend of netif: pages, ports, keys, states; and how to stop
 * being one, so that what the backend kept is seen.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/events.h>
#include "net.h"

enum {
	PORT_TX,
	PORT_RX,
	PORT_CTRL
};

static int pages_open(struct rudenet *n)
{
	unsigned int i;
	int ref;

	for (i = 0; i < NET_PAGES; i++) {
		n->page[i] = (void *)get_zeroed_page(GFP_KERNEL);
		if (!n->page[i])
			return -ENOMEM;
		ref = gnttab_grant_foreign_access((domid_t)n->dev->otherend_id,
						  virt_to_gfn(n->page[i]),
						  i == NET_READ_ONLY);
		if (ref < 0)
			return ref;
		n->ref[i] = (grant_ref_t)ref;
	}
	return 0;
}

/* The shared page is ready before its number is told. */
static void rings_open(struct rudenet *n)
{
	struct xen_netif_tx_sring *tx = n->page[NET_TX_RING];
	struct xen_netif_rx_sring *rx = n->page[NET_RX_RING];
	struct xen_netif_ctrl_sring *ctrl = n->page[NET_CTRL_RING];

	SHARED_RING_INIT(tx);
	FRONT_RING_INIT(&n->tx, tx, XEN_PAGE_SIZE);
	SHARED_RING_INIT(rx);
	FRONT_RING_INIT(&n->rx, rx, XEN_PAGE_SIZE);
	SHARED_RING_INIT(ctrl);
	FRONT_RING_INIT(&n->ctrl, ctrl, XEN_PAGE_SIZE);
}

static int ports_open(struct rudenet *n)
{
	int err = xenbus_alloc_evtchn(n->dev, &n->port[PORT_TX]);

	if (!err && n->is_split)
		err = xenbus_alloc_evtchn(n->dev, &n->port[PORT_RX]);
	if (!err)
		err = xenbus_alloc_evtchn(n->dev, &n->port[PORT_CTRL]);
	return err;
}

static int key_write(struct rudenet *n, const struct net_lie *lie,
		     const char *key, u32 value)
{
	if (lie && strcmp(lie->key, key) == 0)
		return lie->value ? xenbus_write(XBT_NIL, n->dev->nodename, key,
						 lie->value)
				  : 0;
	return xenbus_printf(XBT_NIL, n->dev->nodename, key, "%u", value);
}

static const char *const all_keys[] = {
	"tx-ring-ref",
	"rx-ring-ref",
	"event-channel",
	"event-channel-tx",
	"event-channel-rx",
	"ctrl-ring-ref",
	"event-channel-ctrl",
	"request-rx-copy",
	"feature-rx-notify",
	"feature-sg",
	"feature-gso-tcpv4",
	"feature-gso-tcpv6",
	"feature-ipv6-csum-offload",
	"feature-no-csum-offload",
	"request-multicast-control",
	"multi-queue-num-queues",
	"xdp-headroom",
};

static int keys_write(struct rudenet *n, const struct net_lie *lie)
{
	const struct {
		const char *key;
		u32 value;
	} keys[] = {
		{ "tx-ring-ref", n->ref[NET_TX_RING] },
		{ "rx-ring-ref", n->ref[NET_RX_RING] },
		{ n->is_split ? "event-channel-tx" : "event-channel",
		  n->port[PORT_TX] },
		{ "event-channel-rx", n->port[PORT_RX] },
		{ "ctrl-ring-ref", n->ref[NET_CTRL_RING] },
		{ "event-channel-ctrl", n->port[PORT_CTRL] },
		{ "request-rx-copy", 1 },
		{ "feature-rx-notify", 1 },
		{ "feature-sg", 1 },
		{ "feature-gso-tcpv4", 1 },
		{ "feature-gso-tcpv6", 1 },
		{ "feature-ipv6-csum-offload", 1 },
		{ "multi-queue-num-queues", 1 },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(all_keys); i++)
		xenbus_rm(XBT_NIL, n->dev->nodename, all_keys[i]);
	for (i = 0; !err && i < ARRAY_SIZE(keys); i++)
		if (n->is_split || strcmp(keys[i].key, "event-channel-rx") != 0)
			err = key_write(n, lie, keys[i].key, keys[i].value);
	/* One that an honest frontend does not write. */
	if (!err && lie && lie->value)
		err = xenbus_write(XBT_NIL, n->dev->nodename, lie->key,
				   lie->value);
	return err;
}

static int mac_read(struct rudenet *n)
{
	char *mac = xenbus_read(XBT_NIL, n->dev->otherend, "mac", NULL);
	int err;

	if (IS_ERR(mac))
		return PTR_ERR(mac);
	err = mac_pton(mac, n->mac) ? 0 : -EINVAL;
	kfree(mac);
	return err;
}

static bool is_settled(const struct rudenet *n, enum xenbus_state state)
{
	enum xenbus_state peer = net_peer(n);

	return peer == state ||
	       (peer >= XenbusStateClosing && state < XenbusStateClosing);
}

int net_await(struct rudenet *n, enum xenbus_state state)
{
	unsigned int i;

	for (i = 0; i < 4 && !kthread_should_stop(); i++)
		if (net_wait(is_settled(n, state)))
			return net_peer(n) == state ? 0 : -ENOTCONN;
	return -ETIMEDOUT;
}

int net_announce(struct rudenet *n, const struct net_lie *lie)
{
	int err;

	if (n->page[0])
		net_reset(n);
	err = net_await(n, XenbusStateInitWait);
	if (!err)
		err = mac_read(n);
	if (!err)
		err = pages_open(n);
	if (err)
		return err;
	rings_open(n);
	err = ports_open(n);
	if (!err)
		err = keys_write(n, lie);
	if (!err)
		err = xenbus_switch_state(n->dev, XenbusStateConnected);
	return err;
}

int net_connect(struct rudenet *n, const struct net_lie *lie)
{
	int err = net_announce(n, lie);

	return err ? err : net_await(n, XenbusStateConnected);
}

unsigned int net_forget(struct rudenet *n)
{
	unsigned int i, used = 0;

	for (i = 0; i < NET_PAGES; i++) {
		if (n->ref[i] && !gnttab_try_end_foreign_access(n->ref[i])) {
			gnttab_end_foreign_access(n->ref[i],
						  virt_to_page(n->page[i]));
			used++;
		} else if (n->page[i]) {
			free_page((unsigned long)n->page[i]);
		}
		n->page[i] = NULL;
		n->ref[i] = 0;
	}
	for (i = 0; i < ARRAY_SIZE(n->port); i++) {
		if (n->port[i])
			xenbus_free_evtchn(n->dev, n->port[i]);
		n->port[i] = 0;
	}
	return used;
}

bool net_reset(struct rudenet *n)
{
	bool is;

	if (kthread_should_stop())
		return false;
	xenbus_switch_state(n->dev, XenbusStateClosed);
	is = net_is(n, "error of waiting for Closed", 0,
		    (u32)net_await(n, XenbusStateClosed));
	is = net_is(n, "grants in use", 0, net_forget(n)) && is;
	xenbus_switch_state(n->dev, XenbusStateInitialising);
	return net_is(n, "backend offers again", 1,
		      net_wait(net_peer(n) == XenbusStateInitWait)) &&
	       is;
}

bool net_is_closed(struct rudenet *n)
{
	char *why;
	bool is_said;

	if (!net_is(n, "error of waiting for Closed", 0,
		    (u32)net_await(n, XenbusStateClosed)))
		return false;
	why = xenbus_read(XBT_NIL, n->dev->otherend, "svnic-reason", NULL);
	is_said = !IS_ERR(why) && why[0];
	if (!IS_ERR(why))
		kfree(why);
	return net_is(n, "a reason in XenStore", 1, is_said);
}

void net_notify(struct rudenet *n, unsigned int port)
{
	if (n->port[port])
		notify_remote_via_evtchn(n->port[port]);
}
