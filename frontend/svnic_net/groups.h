/* SPDX-License-Identifier: GPL-2.0-only */
/* The groups that the interface joined. */
#ifndef SVNIC_NET_GROUPS_H
#define SVNIC_NET_GROUPS_H

struct net_device;
struct svnic_net;

void svnic_net_groups_init(struct svnic_net *net);
/* Whoever is there now knows nothing of them.  Under the lock. */
void svnic_net_groups_load(struct svnic_net *net);
/* Any context. */
void svnic_net_set_rx_mode(struct net_device *dev);

#endif /* SVNIC_NET_GROUPS_H */
