// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which queue a frame comes through: the key and the table of the card's
 * Toeplitz hash (abi.md 4).  They are ours, belong to the interface and not to
 * a VIF, and are loaded whenever the queues have been started; a queue that
 * does not run is replaced by the card.  Until somebody changes it the table
 * uses all queues in turn, and the key is the one that the card knows best.
 */
#include <linux/ethtool.h>
#include "net.h"
#include "netdev.h"
#include "rss.h"

/* The one of the RSS specification. */
static const u8 default_key[SVNIC_RSS_KEY] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa
};

void svnic_net_rss_init(struct svnic_net *net)
{
	memcpy(net->rss.key, default_key, sizeof(net->rss.key));
}

/* One for the queues that there are now. */
static void table_fit(struct svnic_net *net)
{
	u32 i, nr = net->shape.nr_queues;
	u8 *table = net->rss.table;

	for (i = 0; i < SVNIC_RSS_TABLE; i++)
		table[i] = netif_is_rxfh_configured(net->dev)
				   ? (u8)(table[i] % nr)
				   : (u8)ethtool_rxfh_indir_default(i, nr);
}

static int load(struct svnic_net *net, const struct svnic_rss *rss)
{
	const struct svnic_net_config *config = &net->config;

	if (net->shape.nr_queues == 1 || !net->queue[0].started)
		return 0;
	return config->ops->rss_set(config->owner, rss);
}

void svnic_net_rss_load(struct svnic_net *net)
{
	int r;

	if (!net->config.ops->rss_set)
		return;
	table_fit(net);
	r = load(net, &net->rss);
	if (r && r != -EOPNOTSUPP)
		netdev_warn(
			net->dev,
			"the card spreads frames over its queues by itself: %pe\n",
			ERR_PTR(r));
}

/* ethtool ------------------------------------------------------------------ */

u32 svnic_net_rss_key_size(struct net_device *dev)
{
	return svnic_net_of(dev)->config.ops->rss_set ? SVNIC_RSS_KEY : 0;
}

u32 svnic_net_rss_table_size(struct net_device *dev)
{
	return svnic_net_of(dev)->config.ops->rss_set ? SVNIC_RSS_TABLE : 0;
}

/* The card hashes ports of TCP and UDP, addresses of all else. */
static u64 flow_fields(u32 flow_type)
{
	switch (flow_type) {
	case TCP_V4_FLOW:
	case UDP_V4_FLOW:
	case TCP_V6_FLOW:
	case UDP_V6_FLOW:
		return RXH_IP_SRC | RXH_IP_DST | RXH_L4_B_0_1 | RXH_L4_B_2_3;
	case ETHER_FLOW:
		return 0;
	default:
		return RXH_IP_SRC | RXH_IP_DST;
	}
}

int svnic_net_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
			u32 *rules)
{
	switch (info->cmd) {
	case ETHTOOL_GRXRINGS:
		info->data = READ_ONCE(svnic_net_of(dev)->shape.nr_queues);
		return 0;
	case ETHTOOL_GRXFH:
		info->data = flow_fields(info->flow_type);
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

static int get(struct net_device *dev, u32 *table, u8 *key, u8 *hash)
{
	struct svnic_net *net = svnic_net_of(dev);
	u32 i;

	mutex_lock(&net->lock);
	if (table)
		table_fit(net);
	for (i = 0; table && i < SVNIC_RSS_TABLE; i++)
		table[i] = net->rss.table[i];
	if (key)
		memcpy(key, net->rss.key, SVNIC_RSS_KEY);
	if (hash)
		*hash = ETH_RSS_HASH_TOP;
	mutex_unlock(&net->lock);
	return 0;
}

/* ethtool has compared the table with GRXRINGS; the number may have changed. */
static int set(struct net_device *dev, const u32 *table, const u8 *key, u8 hash)
{
	struct svnic_net *net = svnic_net_of(dev);
	struct svnic_rss rss;
	int r = 0;
	u32 i;

	if (hash != ETH_RSS_HASH_NO_CHANGE && hash != ETH_RSS_HASH_TOP)
		return -EOPNOTSUPP;
	mutex_lock(&net->lock);
	rss = net->rss;
	for (i = 0; table && i < SVNIC_RSS_TABLE; i++) {
		rss.table[i] = (u8)table[i];
		if (table[i] >= net->shape.nr_queues)
			r = -EINVAL;
	}
	if (key)
		memcpy(rss.key, key, SVNIC_RSS_KEY);
	if (!r)
		r = load(net, &rss);
	if (!r)
		net->rss = rss;
	mutex_unlock(&net->lock);
	return r;
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
int svnic_net_get_rxfh(struct net_device *dev, u32 *table, u8 *key, u8 *hash)
{
	return get(dev, table, key, hash);
}

int svnic_net_set_rxfh(struct net_device *dev, const u32 *table, const u8 *key,
		       const u8 hash)
{
	return set(dev, table, key, hash);
}
#else
int svnic_net_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *p)
{
	return get(dev, p->indir, p->key, &p->hfunc);
}

int svnic_net_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *p,
		       struct netlink_ext_ack *ack)
{
	return set(dev, p->indir, p->key, p->hfunc);
}
#endif
