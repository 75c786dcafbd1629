/* SPDX-License-Identifier: GPL-2.0-only */
/* The network interface, as the stack sees it. */
#ifndef SVNIC_NET_NETDEV_H
#define SVNIC_NET_NETDEV_H

#include <linux/types.h>

struct ethtool_ops;
struct net_device;
struct svnic_net;

struct svnic_net *svnic_net_of(struct net_device *dev);
/* Fill in a netdev that is to be registered. */
void svnic_net_dev_init(struct svnic_net *net);
/* What both paths can do has changed.  Under RTNL. */
void svnic_net_dev_features(struct svnic_net *net);
bool svnic_net_has_direct(const struct svnic_net *net);

extern const struct ethtool_ops svnic_net_ethtool_ops;

#endif /* SVNIC_NET_NETDEV_H */
