// SPDX-License-Identifier: GPL-2.0-only
/*
 * svnic_net.ko: the netdev, and what its owner (svnic_front or svnic_pf) may
 * ask of it.  A netdev is attached while its pages are shared with the card;
 * its queues run while it is attached and administratively up.  Every function
 * of svnic_net.h may be called in any of these states, again and again.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "net.h"

#define WATCH_S	    1  /* seconds between two looks at an idle queue */
#define GROW_WAIT_S 10 /* seconds after more pages were refused */

struct svnic_net *svnic_net_of(struct net_device *dev)
{
	return *(struct svnic_net **)netdev_priv(dev);
}

struct net_device *svnic_net_netdev(struct svnic_net *net)
{
	return net->dev;
}
EXPORT_SYMBOL_GPL(svnic_net_netdev);

/* Queues and pages: all under svnic_net.lock ---------------------------------- */

static int queues_down(struct svnic_net *net, bool ask)
{
	int r, first = 0;
	u32 i;

	for (i = 0; i < net->config.nr_queues; i++) {
		r = svnic_net_queue_down(&net->queue[i], ask);
		if (!first)
			first = r;
	}
	return first;
}

static int queues_up(struct svnic_net *net)
{
	u32 i;
	int r = 0;

	for (i = 0; !r && i < net->config.nr_queues; i++)
		r = svnic_net_queue_up(&net->queue[i]);
	if (r)
		queues_down(net, true);
	return r;
}

static void pages_fini(struct svnic_net *net)
{
	unsigned long leaked = net->leaked;
	u32 i;

	for (i = 0; i < net->config.nr_queues; i++)
		svnic_net_pages_fini(&net->queue[i]);
	if (net->leaked != leaked)
		netdev_warn(
			net->dev,
			"%lu pages cannot be had back from the card and are lost until the next boot\n",
			net->leaked - leaked);
}

static int attach(struct svnic_net *net)
{
	u32 i;
	int r = 0;

	if (net->attached)
		return 0;
	for (i = 0; !r && i < net->config.nr_queues; i++)
		r = svnic_net_pages_init(&net->queue[i]);
	if (!r && net->up)
		r = queues_up(net);
	if (r) {
		queues_down(net, false);
		pages_fini(net);
		return r;
	}
	net->attached = true;
	net->wanted = true;
	net->grow_after = jiffies;
	net->grow_error = 0;
	netif_carrier_on(net->dev);
	schedule_delayed_work(&net->watch, WATCH_S * HZ);
	return 0;
}

static void detach(struct svnic_net *net, bool ask)
{
	if (!net->attached)
		return;
	netif_carrier_off(net->dev);
	net->attached = false;
	queues_down(net, ask);
	/* What it may still run goes with its pages. */
	queues_down(net, false);
	pages_fini(net);
}

/* Work ------------------------------------------------------------------------ */

/* Double what is shared of a run. */
static void grow(struct svnic_net *net, struct svnic_net_run *run)
{
	int r;

	if (time_before(jiffies, net->grow_after))
		return;
	r = svnic_net_run_grow(net, run, run->nr);
	if (!r)
		return;
	net->grow_after = jiffies + GROW_WAIT_S * HZ;
	if (r != net->grow_error)
		netdev_warn(net->dev, "goes on with %u of %u pages: %pe\n",
			    run->nr, run->max, ERR_PTR(r));
	net->grow_error = r;
}

static void grow_work(struct work_struct *work)
{
	struct svnic_net *net = container_of(work, struct svnic_net, grow);
	u32 i;

	mutex_lock(&net->lock);
	for (i = 0; net->attached && i < net->config.nr_queues; i++) {
		struct svnic_net_queue *q = &net->queue[i];

		if (q->want_tx)
			grow(net, &q->tx.run);
		if (q->want_rx)
			grow(net, &q->rx.run);
		WRITE_ONCE(q->want_tx, false);
		WRITE_ONCE(q->want_rx, false);
		local_bh_disable();
		if (q->live)
			napi_schedule(&q->napi);
		local_bh_enable();
	}
	mutex_unlock(&net->lock);
}

static void reset_work(struct work_struct *work)
{
	struct svnic_net *net =
		container_of(work, struct svnic_net, reset.work);
	u32 i;

	mutex_lock(&net->lock);
	if (net->wanted && !net->attached && attach(net))
		mod_delayed_work(system_wq, &net->reset, NET_RETRY_S * HZ);
	for (i = 0; net->attached && net->up && i < net->config.nr_queues; i++)
		svnic_net_queue_reset(&net->queue[i]);
	mutex_unlock(&net->lock);
}

/* A fault or an event that got lost must not stop an idle queue for ever. */
static void watch_work(struct work_struct *work)
{
	struct svnic_net *net =
		container_of(work, struct svnic_net, watch.work);
	u32 i;

	mutex_lock(&net->lock);
	for (i = 0; net->attached && i < net->config.nr_queues; i++) {
		struct svnic_net_queue *q = &net->queue[i];

		local_bh_disable();
		if (q->live && svnic_net_queue_has_work(q))
			napi_schedule(&q->napi);
		local_bh_enable();
	}
	if (net->attached)
		schedule_delayed_work(&net->watch, WATCH_S * HZ);
	mutex_unlock(&net->lock);
}

/* The netdev ------------------------------------------------------------------ */

static int net_open(struct net_device *dev)
{
	struct svnic_net *net = svnic_net_of(dev);
	int r = 0;

	mutex_lock(&net->lock);
	net->up = true;
	if (net->attached)
		r = queues_up(net);
	if (r)
		net->up = false;
	else if (net->attached)
		netif_carrier_on(dev);
	mutex_unlock(&net->lock);
	return r;
}

static int net_stop(struct net_device *dev)
{
	struct svnic_net *net = svnic_net_of(dev);

	mutex_lock(&net->lock);
	net->up = false;
	queues_down(net, net->attached);
	mutex_unlock(&net->lock);
	return 0;
}

static void net_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *s)
{
	struct svnic_net *net = svnic_net_of(dev);
	unsigned int start;
	u64 frames, octets;
	u32 i;

	for (i = 0; i < net->config.nr_queues; i++) {
		struct svnic_net_queue *q = &net->queue[i];

		do {
			start = u64_stats_fetch_begin(&q->tx.sync);
			frames = u64_stats_read(&q->tx.frames);
			octets = u64_stats_read(&q->tx.octets);
		} while (u64_stats_fetch_retry(&q->tx.sync, start));
		s->tx_packets += frames;
		s->tx_bytes += octets;
		s->tx_dropped += q->tx.dropped;
		do {
			start = u64_stats_fetch_begin(&q->rx.sync);
			frames = u64_stats_read(&q->rx.frames);
			octets = u64_stats_read(&q->rx.octets);
		} while (u64_stats_fetch_retry(&q->rx.sync, start));
		s->rx_packets += frames;
		s->rx_bytes += octets;
		s->rx_errors += q->rx.dropped;
		s->rx_dropped += q->rx.no_memory;
	}
}

/* The card checks source addresses, so the address is not ours to choose. */
static int net_set_mac(struct net_device *dev, void *addr)
{
	const struct sockaddr *sa = addr;

	if (ether_addr_equal(dev->dev_addr, (const u8 *)sa->sa_data))
		return 0;
	netdev_info(
		dev,
		"the card fixes the address: change mac= of the vif instead\n");
	return -EOPNOTSUPP;
}

static const struct net_device_ops netdev_ops = {
	.ndo_open = net_open,
	.ndo_stop = net_stop,
	.ndo_start_xmit = svnic_net_xmit,
	.ndo_tx_timeout = svnic_net_tx_timeout,
	.ndo_get_stats64 = net_get_stats64,
	.ndo_set_mac_address = net_set_mac,
	.ndo_validate_addr = eth_validate_addr,
};

static netdev_features_t features_of(u32 offered)
{
	netdev_features_t f = NETIF_F_SG | NETIF_F_RXCSUM;

	if (offered & SVNIC_F_CSUM)
		f |= NETIF_F_HW_CSUM;
	if ((offered & SVNIC_F_CSUM) && (offered & SVNIC_F_GSO))
		f |= NETIF_F_TSO | NETIF_F_TSO6 | NETIF_F_TSO_ECN;
	if (offered & SVNIC_F_HASH)
		f |= NETIF_F_RXHASH;
	return f;
}

/* Before registration, or under RTNL. */
static void features_set(struct net_device *dev, u32 offered)
{
	netdev_features_t vlan = 0;

	dev->vlan_features = features_of(offered);
	dev->hw_features = features_of(offered) |
			   (dev->hw_features & NETIF_F_SOFT_FEATURES);
	if (offered & SVNIC_F_VLAN)
		vlan = NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_CTAG_RX;
	dev->features = features_of(offered) | vlan | NETIF_F_HIGHDMA |
			(dev->features & NETIF_F_SOFT_FEATURES);
	dev->wanted_features = dev->hw_features |
			       (dev->wanted_features & NETIF_F_SOFT_FEATURES);
}

/* What the owner asks for --------------------------------------------------------- */

static void queues_init(struct svnic_net *net)
{
	u32 i;

	for (i = 0; i < net->config.nr_queues; i++) {
		struct svnic_net_queue *q = &net->queue[i];

		q->net = net;
		q->index = i;
		q->last_reset = jiffies - HZ;
		/* Whoever had the doorbell page before left other values. */
		atomic_set(&q->kick, (int)get_random_u32());
		q->reset = get_random_u32();
		u64_stats_init(&q->tx.sync);
		u64_stats_init(&q->rx.sync);
		netif_napi_add(net->dev, &q->napi, svnic_net_poll);
	}
}

static void dev_init(struct svnic_net *net)
{
	const struct svnic_net_config *config = &net->config;
	struct net_device *dev = net->dev;

	*(struct svnic_net **)netdev_priv(dev) = net;
	SET_NETDEV_DEV(dev, config->parent);
	dev->netdev_ops = &netdev_ops;
	dev->ethtool_ops = &svnic_net_ethtool_ops;
	/* A small rate may hold a large frame back for long. */
	dev->watchdog_timeo = 30 * HZ;
	dev->min_mtu = SVNIC_MTU_MIN;
	dev->max_mtu = config->max_mtu;
	dev->mtu = min(config->mtu, config->max_mtu);
	eth_hw_addr_set(dev, config->mac);
	features_set(dev, config->features);
	netif_set_tso_max_size(dev, GSO_LEGACY_MAX_SIZE);
	netif_carrier_off(dev);
}

static struct svnic_net *net_alloc(const struct svnic_net_config *config)
{
	struct svnic_net *net = kzalloc(sizeof(*net), GFP_KERNEL);

	if (!net)
		return NULL;
	net->config = *config;
	net->tx_order = NET_TX_ORDER;
	net->rx_order = NET_RX_ORDER;
	net->hold_us = NET_HOLD_US;
	mutex_init(&net->lock);
	INIT_WORK(&net->grow, grow_work);
	INIT_DELAYED_WORK(&net->reset, reset_work);
	INIT_DEFERRABLE_WORK(&net->watch, watch_work);
	net->queue =
		kvcalloc(config->nr_queues, sizeof(*net->queue), GFP_KERNEL);
	net->dev = alloc_etherdev_mqs(sizeof(struct svnic_net *),
				      config->nr_queues, config->nr_queues);
	if (net->queue && net->dev)
		return net;
	if (net->dev)
		free_netdev(net->dev);
	kvfree(net->queue);
	kfree(net);
	return NULL;
}

static void net_free(struct svnic_net *net)
{
	u32 i;

	for (i = 0; i < net->config.nr_queues; i++) {
		svnic_net_poller_stop(&net->queue[i]);
		netif_napi_del(&net->queue[i].napi);
	}
	free_netdev(net->dev);
	kvfree(net->queue);
	mutex_destroy(&net->lock);
	kfree(net);
}

struct svnic_net *svnic_net_create(const struct svnic_net_config *config)
{
	struct svnic_net *net;
	int r;

	if (config->nr_queues == 0 || config->nr_queues > SVNIC_MAX_QUEUES ||
	    config->max_mtu < SVNIC_MTU_MIN ||
	    config->max_mtu > SVNIC_MTU_MAX ||
	    !is_valid_ether_addr(config->mac))
		return ERR_PTR(-EINVAL);
	net = net_alloc(config);
	if (!net)
		return ERR_PTR(-ENOMEM);
	dev_init(net);
	queues_init(net);
	r = register_netdev(net->dev);
	if (r) {
		net_free(net);
		return ERR_PTR(r);
	}
	return net;
}
EXPORT_SYMBOL_GPL(svnic_net_create);

int svnic_net_configure(struct svnic_net *net,
			const struct svnic_net_config *config)
{
	bool changed;
	int r = 0;

	if (config->max_mtu < SVNIC_MTU_MIN || config->max_mtu > SVNIC_MTU_MAX)
		return -EINVAL;
	rtnl_lock();
	mutex_lock(&net->lock);
	changed = !net->attached && net->config.features != config->features;
	if (net->attached) {
		r = -EBUSY;
		goto out_unlock;
	}
	if (changed)
		features_set(net->dev, config->features);
	net->config.doorbell = config->doorbell;
	net->config.features = config->features;
	net->config.max_pages = config->max_pages;
	net->config.max_mtu = config->max_mtu;
	net->config.trusted = config->trusted;
	net->dev->max_mtu = config->max_mtu;
out_unlock:
	mutex_unlock(&net->lock);
	if (changed)
		netdev_features_change(net->dev);
	if (!r && net->dev->mtu > config->max_mtu)
		r = dev_set_mtu(net->dev, (int)config->max_mtu);
	rtnl_unlock();
	return r;
}
EXPORT_SYMBOL_GPL(svnic_net_configure);

int svnic_net_attach(struct svnic_net *net)
{
	int r;

	mutex_lock(&net->lock);
	r = attach(net);
	mutex_unlock(&net->lock);
	return r;
}
EXPORT_SYMBOL_GPL(svnic_net_attach);

void svnic_net_detach(struct svnic_net *net)
{
	mutex_lock(&net->lock);
	net->wanted = false;
	detach(net, true);
	mutex_unlock(&net->lock);
}
EXPORT_SYMBOL_GPL(svnic_net_detach);

void svnic_net_lost(struct svnic_net *net)
{
	mutex_lock(&net->lock);
	net->wanted = false;
	detach(net, false);
	mutex_unlock(&net->lock);
}
EXPORT_SYMBOL_GPL(svnic_net_lost);

void svnic_net_destroy(struct svnic_net *net)
{
	if (IS_ERR_OR_NULL(net))
		return;
	svnic_net_detach(net);
	unregister_netdev(net->dev);
	cancel_work_sync(&net->grow);
	cancel_delayed_work_sync(&net->reset);
	cancel_delayed_work_sync(&net->watch);
	net_free(net);
}
EXPORT_SYMBOL_GPL(svnic_net_destroy);

bool svnic_net_event(struct svnic_net *net, u32 queue)
{
	struct svnic_net_queue *q;
	bool work = false;

	if (IS_ERR_OR_NULL(net) || queue >= net->config.nr_queues)
		return false;
	q = &net->queue[queue];
	atomic_long_inc(&q->events);
	svnic_net_poller_missed(q);
	rcu_read_lock();
	/* The area stays until queue_halt() has waited for this. */
	if (READ_ONCE(q->live) && svnic_net_queue_has_work(q)) {
		work = true;
		napi_schedule(&q->napi);
	}
	rcu_read_unlock();
	if (!work)
		atomic_long_inc(&q->idle_events);
	return work;
}
EXPORT_SYMBOL_GPL(svnic_net_event);

int svnic_net_resize(struct svnic_net *net, u32 tx_order, u32 rx_order)
{
	u32 old_tx = net->tx_order, old_rx = net->rx_order;
	bool was_attached;
	int r = 0;

	mutex_lock(&net->lock);
	was_attached = net->attached;
	/* Nobody there who could stop a queue: leave all as it is. */
	if (was_attached)
		r = queues_down(net, true);
	if (r)
		goto out_up;
	detach(net, true);
	net->tx_order = tx_order;
	net->rx_order = rx_order;
	if (was_attached)
		r = attach(net);
	if (!r)
		goto out_unlock;
	net->tx_order = old_tx;
	net->rx_order = old_rx;
	if (attach(net))
		mod_delayed_work(system_wq, &net->reset, NET_RETRY_S * HZ);
	goto out_unlock;

out_up:
	if (net->up)
		queues_up(net);
out_unlock:
	mutex_unlock(&net->lock);
	return r;
}

MODULE_DESCRIPTION("network interface on a VIF of an svnic card");
MODULE_LICENSE("GPL");
