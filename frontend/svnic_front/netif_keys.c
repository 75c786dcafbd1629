// SPDX-License-Identifier: GPL-2.0-only
/*
 * netif's keys in XenStore (xen/io/netif.h): what the backend can do is read,
 * what we do and where our rings are is written.
 */
#include "svnic_front.h"

static bool is_set(struct svnic_front *f, const char *key, u32 otherwise)
{
	return xenbus_read_unsigned(f->dev->otherend, key, otherwise) != 0;
}

static netdev_features_t features_read(struct svnic_front *f)
{
	netdev_features_t features = 0;

	if (is_set(f, "feature-sg", 0))
		features |= NETIF_F_SG;
	if (!is_set(f, "feature-no-csum-offload", 0))
		features |= NETIF_F_IP_CSUM;
	if (is_set(f, "feature-ipv6-csum-offload", 0))
		features |= NETIF_F_IPV6_CSUM;
	if (is_set(f, "feature-gso-tcpv4", 0))
		features |= NETIF_F_TSO;
	if (is_set(f, "feature-gso-tcpv6", 0))
		features |= NETIF_F_TSO6;
	return features;
}

/*
 * Releases of svnicd before 0.3 say feature-rx-copy but serve no rings; they
 * offer nothing else of netif.
 */
static bool is_served(struct svnic_front *f)
{
	if (!is_set(f, "feature-rx-copy", 0))
		return false;
	return !xenbus_exists(XBT_NIL, f->dev->otherend, SVNIC_KEY_VERSION) ||
	       xenbus_exists(XBT_NIL, f->dev->otherend, "feature-sg");
}

void svnic_front_netif_read(struct svnic_front *f)
{
	struct front_netif *n = &f->netif;

	n->offered = is_served(f);
	n->features = features_read(f);
	n->split = is_set(f, "feature-split-event-channels", 0);
	n->peer_max = xenbus_read_unsigned(f->dev->otherend,
					   "multi-queue-max-queues", 1);
	n->peer_max = clamp(n->peer_max, 1u, n->max_queues);
	n->trusted = svnic_front_is_trusted(f);
}

static int queue_write(const struct netif_queue *q, struct xenbus_transaction t,
		       const char *dir)
{
	int r;

	r = xenbus_printf(t, dir, "tx-ring-ref", "%u", q->tx.sring.ref[0]);
	if (!r)
		r = xenbus_printf(t, dir, "rx-ring-ref", "%u",
				  q->rx.sring.ref[0]);
	if (r)
		return r;
	if (!q->tx_event.irq)
		return xenbus_printf(t, dir, "event-channel", "%u",
				     q->rx_event.port);
	r = xenbus_printf(t, dir, "event-channel-tx", "%u", q->tx_event.port);
	if (!r)
		r = xenbus_printf(t, dir, "event-channel-rx", "%u",
				  q->rx_event.port);
	return r;
}

/* One queue: flat keys; more: a directory each. */
static int queues_write(struct svnic_front *f, struct xenbus_transaction t)
{
	const struct front_netif *n = &f->netif;
	const char *dir = f->dev->nodename;
	char path[80];
	u32 i;
	int r = 0;

	if (n->nr_queues == 1)
		return queue_write(&n->queue[0], t, dir);
	for (i = 0; !r && i < n->nr_queues; i++) {
		snprintf(path, sizeof(path), "%s/queue-%u", dir, i);
		r = queue_write(&n->queue[i], t, path);
	}
	return r;
}

/* Of this connection or an earlier one, which may have had another shape. */
void svnic_front_netif_unwrite(struct svnic_front *f,
			       struct xenbus_transaction t)
{
	static const char *const flat[] = {
		"tx-ring-ref",	    "rx-ring-ref",
		"event-channel",    "event-channel-tx",
		"event-channel-rx", "multi-queue-num-queues",
	};
	const char *dir = f->dev->nodename;
	char key[16];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(flat); i++)
		if (xenbus_exists(t, dir, flat[i]))
			xenbus_rm(t, dir, flat[i]);
	for (i = 0; i < f->netif.max_queues; i++) {
		snprintf(key, sizeof(key), "queue-%u", i);
		if (xenbus_exists(t, dir, key))
			xenbus_rm(t, dir, key);
	}
}

int svnic_front_netif_write(struct svnic_front *f, struct xenbus_transaction t)
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
	if (r || !f->netif.nr_queues)
		return r;
	r = xenbus_printf(t, dir, "multi-queue-num-queues", "%u",
			  f->netif.nr_queues);
	return r ? r : queues_write(f, t);
}
