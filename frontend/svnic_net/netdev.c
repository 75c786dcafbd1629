// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netdev as the stack sees it: open and stop, statistics, addresses, and
 * which offloads it has.  With a slow path the netdev offers what either path
 * can do, and features_check() takes away what the one that a frame will go by
 * cannot; the stack then does it in software.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include "attach.h"
#include "groups.h"
#include "net.h"
#include "netdev.h"
#include "slow.h"

struct svnic_net *svnic_net_of(struct net_device *dev)
{
	return *(struct svnic_net **)netdev_priv(dev);
}

struct net_device *svnic_net_netdev(struct svnic_net *net)
{
	return net->dev;
}
EXPORT_SYMBOL_GPL(svnic_net_netdev);

static int net_open(struct net_device *dev)
{
	struct svnic_net *net = svnic_net_of(dev);
	int r = 0;

	mutex_lock(&net->lock);
	net->up = true;
	svnic_net_groups_load(net);
	svnic_net_slow_start(net);
	if (net->attached)
		r = svnic_net_queues_up(net);
	if (r && !net->slow_up) {
		net->up = false;
	} else if (net->attached) {
		net->direct_ok = !r;
		if (r)
			net->config.ops->failed(net->config.owner);
		svnic_net_promote(net);
		svnic_net_carrier(net);
	}
	mutex_unlock(&net->lock);
	return net->up ? 0 : r;
}

static int net_stop(struct net_device *dev)
{
	struct svnic_net *net = svnic_net_of(dev);

	mutex_lock(&net->lock);
	net->up = false;
	svnic_net_queues_down(net, net->attached);
	svnic_net_slow_stop(net);
	mutex_unlock(&net->lock);
	return 0;
}

static void net_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *s)
{
	struct svnic_net *net = svnic_net_of(dev);
	u32 i;

	for (i = 0; i < net->nr_alloc; i++) {
		struct svnic_net_queue *q = &net->queue[i];

		svnic_net_count_sum(&q->tx.count, &s->tx_packets, &s->tx_bytes);
		s->tx_dropped += q->tx.dropped;
		svnic_net_count_sum(&q->rx.count, &s->rx_packets, &s->rx_bytes);
		s->rx_errors += q->rx.dropped;
		s->rx_dropped += q->rx.pool.no_memory;
	}
	if (net->config.slow)
		net->config.slow->stats(net->config.owner, s);
}

/* The card checks source addresses, so the address is not ours to choose. */
static int net_set_mac(struct net_device *dev, void *addr)
{
	const struct sockaddr *sa = addr;

	if (ether_addr_equal(dev->dev_addr, (const u8 *)sa->sa_data))
		return 0;
	if (ether_addr_equal(svnic_net_of(dev)->config.mac,
			     (const u8 *)sa->sa_data)) {
		eth_commit_mac_addr_change(dev, addr);
		return 0;
	}
	if (!svnic_net_of(dev)->config.fixed_mac)
		return eth_mac_addr(dev, addr);
	netdev_info(
		dev,
		"the card fixes the address: change mac= of the vif instead\n");
	return -EOPNOTSUPP;
}

/* While the card's queues are fewer than the slow path's, they take it all. */
static u16 net_select_queue(struct net_device *dev, struct sk_buff *skb,
			    struct net_device *sb_dev)
{
	const struct svnic_net *net = svnic_net_of(dev);
	u16 queue = netdev_pick_tx(dev, skb, sb_dev);
	u16 nr = (u16)READ_ONCE(net->shape.nr_queues);

	if (queue < nr || !svnic_net_is_direct(&net->queue[0]))
		return queue;
	return queue % nr;
}

/* Features ----------------------------------------------------------------- */

bool svnic_net_has_direct(const struct svnic_net *net)
{
	return net->config.max_pages != 0;
}

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

static netdev_features_t vlan_of(u32 offered)
{
	if (!(offered & SVNIC_F_VLAN))
		return 0;
	return NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_CTAG_RX;
}

/* The same in the words of the slow path, which knows TCP and UDP only. */
static netdev_features_t direct_features(const struct svnic_net *net)
{
	u32 offered = net->config.features;
	netdev_features_t f = features_of(offered) | vlan_of(offered);

	if (!svnic_net_has_direct(net))
		return 0;
	if (f & NETIF_F_HW_CSUM)
		f |= NETIF_F_IP_CSUM | NETIF_F_IPV6_CSUM;
	return f & ~NETIF_F_HW_CSUM;
}

#define TWO_PATHS                                               \
	(SVNIC_NET_OFFLOADS | NETIF_F_RXCSUM | NETIF_F_RXHASH | \
	 NETIF_F_TSO_ECN | NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_CTAG_RX)

static netdev_features_t net_fix_features(struct net_device *dev,
					  netdev_features_t features)
{
	const struct svnic_net *net = svnic_net_of(dev);

	if (!net->config.slow)
		return features;
	return features & (~TWO_PATHS | NETIF_F_RXCSUM | net->caps.features |
			   direct_features(net));
}

static netdev_features_t net_features_check(struct sk_buff *skb,
					    struct net_device *dev,
					    netdev_features_t features)
{
	const struct svnic_net *net = svnic_net_of(dev);
	u32 queue = skb_get_queue_mapping(skb);

	features = vlan_features_check(skb, features);
	if (!net->config.slow)
		return features;
	if (queue < net->nr_alloc && svnic_net_is_direct(&net->queue[queue]))
		return features & (~TWO_PATHS | direct_features(net));
	features &= ~TWO_PATHS | net->caps.features;
	/* netif has no word for a tag, and its peers find no checksum there. */
	if (skb_vlan_tagged(skb))
		features &= ~(NETIF_F_IP_CSUM | NETIF_F_IPV6_CSUM |
			      NETIF_F_TSO | NETIF_F_TSO6);
	return features;
}

/* One path: what the card offers, as it is. */
static void features_set(struct net_device *dev, u32 offered)
{
	dev->vlan_features = features_of(offered);
	dev->hw_features = features_of(offered) |
			   (dev->hw_features & NETIF_F_SOFT_FEATURES);
	dev->features = features_of(offered) | vlan_of(offered) |
			NETIF_F_HIGHDMA |
			(dev->features & NETIF_F_SOFT_FEATURES);
	dev->wanted_features = dev->hw_features |
			       (dev->wanted_features & NETIF_F_SOFT_FEATURES);
}

void svnic_net_dev_features(struct svnic_net *net)
{
	if (net->config.slow) {
		netdev_update_features(net->dev);
	} else {
		features_set(net->dev, net->config.features);
		netdev_features_change(net->dev);
	}
}

static const struct net_device_ops netdev_ops = {
	.ndo_open = net_open,
	.ndo_stop = net_stop,
	.ndo_start_xmit = svnic_net_xmit,
	.ndo_select_queue = net_select_queue,
	.ndo_features_check = net_features_check,
	.ndo_fix_features = net_fix_features,
	.ndo_get_stats64 = net_get_stats64,
	.ndo_set_mac_address = net_set_mac,
	.ndo_set_rx_mode = svnic_net_set_rx_mode,
	.ndo_validate_addr = eth_validate_addr,
};

void svnic_net_dev_init(struct svnic_net *net)
{
	const struct svnic_net_config *config = &net->config;
	struct net_device *dev = net->dev;

	*(struct svnic_net **)netdev_priv(dev) = net;
	SET_NETDEV_DEV(dev, config->parent);
	dev->sysfs_groups[0] = config->group;
	dev->netdev_ops = &netdev_ops;
	dev->ethtool_ops = &svnic_net_ethtool_ops;
	dev->min_mtu = SVNIC_MTU_MIN;
	dev->max_mtu = config->max_mtu;
	dev->mtu = min(config->mtu, config->max_mtu);
	eth_hw_addr_set(dev, config->mac);
	if (config->slow) {
		dev->hw_features = TWO_PATHS;
		dev->vlan_features = SVNIC_NET_OFFLOADS;
		dev->features = TWO_PATHS | NETIF_F_HIGHDMA;
		netif_set_tso_max_size(dev, U16_MAX);
	} else {
		features_set(dev, config->features);
		netif_set_tso_max_size(dev, GSO_LEGACY_MAX_SIZE);
	}
	netif_carrier_off(dev);
}
