/* SPDX-License-Identifier: GPL-2.0-only */
/* How the card spreads frames over queues. */
#ifndef SVNIC_NET_RSS_H
#define SVNIC_NET_RSS_H

#include <linux/ethtool.h>
#include <linux/version.h>

struct net_device;
struct svnic_net;

void svnic_net_rss_init(struct svnic_net *net);
/* Tell the card, once all queues run.  Under the lock. */
void svnic_net_rss_load(struct svnic_net *net);
/* ethtool -x, -X, -n; the sizes are 0 where the card cannot. */
int svnic_net_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
			u32 *rules);
u32 svnic_net_rss_key_size(struct net_device *dev);
u32 svnic_net_rss_table_size(struct net_device *dev);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
int svnic_net_get_rxfh(struct net_device *dev, u32 *table, u8 *key, u8 *hash);
int svnic_net_set_rxfh(struct net_device *dev, const u32 *table, const u8 *key,
		       const u8 hash);
#else
int svnic_net_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *p);
int svnic_net_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *p,
		       struct netlink_ext_ack *ack);
#endif

#endif /* SVNIC_NET_RSS_H */
