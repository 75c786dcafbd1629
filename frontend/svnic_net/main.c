// SPDX-License-Identifier: GPL-2.0-only
/*
 * svnic_net.ko: one interface is created, told about the VIF behind it, woken
 * by events and destroyed.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "attach.h"
#include "groups.h"
#include "net.h"
#include "netdev.h"
#include "poller.h"
#include "rss.h"
#include "slow.h"

static void queues_init(struct svnic_net *net)
{
	u32 i;

	for (i = 0; i < net->nr_alloc; i++) {
		struct svnic_net_queue *q = &net->queue[i];

		q->net = net;
		q->index = i;
		q->last_reset = jiffies - HZ;
		/* Whoever had the doorbell page before left other values. */
		atomic_set(&q->kick, (int)get_random_u32());
		q->reset = get_random_u32();
		u64_stats_init(&q->tx.count.sync);
		u64_stats_init(&q->rx.count.sync);
		netif_napi_add(net->dev, &q->napi, svnic_net_poll);
	}
}

static struct svnic_net *net_alloc(const struct svnic_net_config *config)
{
	struct svnic_net *net = kzalloc(sizeof(*net), GFP_KERNEL);

	if (!net)
		return NULL;
	net->config = *config;
	net->slow_link = true;
	net->nr_alloc = max(config->nr_queues, config->max_pairs);
	net->shape.tx_order = NET_TX_ORDER;
	net->shape.rx_order = NET_RX_ORDER;
	net->shape.nr_queues = config->nr_queues;
	net->hold_us = NET_HOLD_US;
	mutex_init(&net->lock);
	svnic_net_works_init(net);
	svnic_net_carrier_init(net);
	svnic_net_groups_init(net);
	svnic_net_rss_init(net);
	net->queue = kvcalloc(net->nr_alloc, sizeof(*net->queue), GFP_KERNEL);
	net->dev =
		alloc_etherdev_mq(sizeof(struct svnic_net *),
				  max(config->nr_queues, config->max_queues));
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

	for (i = 0; i < net->nr_alloc; i++) {
		svnic_net_poller_stop(&net->queue[i]);
		netif_napi_del(&net->queue[i].napi);
	}
	free_netdev(net->dev);
	kvfree(net->queue);
	mutex_destroy(&net->lock);
	kfree(net);
}

/* The slow path alone may do better than the card. */
static u32 mtu_max(const struct svnic_net_config *config)
{
	return config->slow && !config->max_pages ? ETH_MAX_MTU : SVNIC_MTU_MAX;
}

struct svnic_net *svnic_net_create(const struct svnic_net_config *config)
{
	struct svnic_net *net;
	int r;

	if (config->nr_queues == 0 || config->nr_queues > SVNIC_MAX_QUEUES ||
	    config->max_pairs > SVNIC_MAX_QUEUES ||
	    config->max_mtu < SVNIC_MTU_MIN ||
	    config->max_mtu > mtu_max(config) ||
	    !is_valid_ether_addr(config->mac))
		return ERR_PTR(-EINVAL);
	net = net_alloc(config);
	if (!net)
		return ERR_PTR(-ENOMEM);
	svnic_net_dev_init(net);
	queues_init(net);
	r = register_netdev(net->dev);
	if (r) {
		net_free(net);
		return ERR_PTR(r);
	}
	return net;
}
EXPORT_SYMBOL_GPL(svnic_net_create);

/*
 * An address that was set by hand stays while the vif's is what it was.
 * Under RTNL.
 */
static int mac_follow(struct svnic_net *net, const u8 *mac)
{
	struct sockaddr sa = { .sa_family = net->dev->type };
	u8 old[ETH_ALEN];
	int r;

	if (ether_addr_equal(net->config.mac, mac))
		return 0;
	ether_addr_copy(old, net->config.mac);
	ether_addr_copy(net->config.mac, mac);
	ether_addr_copy((u8 *)sa.sa_data, mac);
	r = dev_set_mac_address(net->dev, &sa, NULL);
	if (r)
		ether_addr_copy(net->config.mac, old);
	return r;
}

int svnic_net_configure(struct svnic_net *net,
			const struct svnic_net_config *config)
{
	bool changed = false;
	int r = 0;

	if (config->max_mtu < SVNIC_MTU_MIN ||
	    config->max_mtu > mtu_max(config) || config->nr_queues == 0 ||
	    !is_valid_ether_addr(config->mac))
		return -EINVAL;
	rtnl_lock();
	mutex_lock(&net->lock);
	if (net->attached) {
		r = -EBUSY;
		goto out_unlock;
	}
	changed = net->config.features != config->features ||
		  !net->config.max_pages != !config->max_pages;
	net->config.doorbell = config->doorbell;
	net->config.features = config->features;
	net->config.max_pages = config->max_pages;
	net->config.nr_queues = config->nr_queues;
	WRITE_ONCE(net->shape.nr_queues, svnic_net_pairs(net));
	net->config.max_mtu = config->max_mtu;
	net->config.trusted = config->trusted;
	net->config.fixed_mac = config->fixed_mac;
	net->dev->max_mtu = config->max_mtu;
out_unlock:
	mutex_unlock(&net->lock);
	if (!r)
		r = svnic_net_queues_show(net);
	if (!r)
		r = mac_follow(net, config->mac);
	if (changed)
		svnic_net_dev_features(net);
	if (!r && net->dev->mtu > config->max_mtu)
		r = dev_set_mtu(net->dev, (int)config->max_mtu);
	rtnl_unlock();
	return r;
}
EXPORT_SYMBOL_GPL(svnic_net_configure);

void svnic_net_destroy(struct svnic_net *net)
{
	if (IS_ERR_OR_NULL(net))
		return;
	svnic_net_slow_off(net);
	svnic_net_detach(net);
	unregister_netdev(net->dev);
	svnic_net_works_cancel(net);
	net_free(net);
}
EXPORT_SYMBOL_GPL(svnic_net_destroy);

bool svnic_net_event(struct svnic_net *net, u32 queue)
{
	struct svnic_net_queue *q;
	bool work = false;

	if (IS_ERR_OR_NULL(net) || queue >= net->nr_alloc)
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

MODULE_DESCRIPTION("network interface on a VIF of an svnic card");
MODULE_LICENSE("GPL");
