/* SPDX-License-Identifier: GPL-2.0-only */
/* The slow path, and which one frames take. */
#ifndef SVNIC_NET_SLOW_H
#define SVNIC_NET_SLOW_H

#include <linux/types.h>

struct svnic_net;

/* Carrier on at once, off at once or after a moment.  Under the lock. */
void svnic_net_carrier(struct svnic_net *net);
void svnic_net_carrier_init(struct svnic_net *net);
/* The interface goes up or down: under the lock. */
void svnic_net_slow_start(struct svnic_net *net);
void svnic_net_slow_stop(struct svnic_net *net);
/* Let the queues at the card take over from the slow path, if all of them run.
 * Under the lock. */
void svnic_net_promote(struct svnic_net *net);
/* Tell the stack how many queues there are: those of the slow path, which are
 * no fewer than the card's.  Under RTNL. */
int svnic_net_queues_show(struct svnic_net *net);
/* ethtool -L.  Under RTNL, unlocked. */
int svnic_net_channels_set(struct svnic_net *net, u32 nr);

#endif /* SVNIC_NET_SLOW_H */
