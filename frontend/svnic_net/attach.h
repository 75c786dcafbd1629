/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Queues and pages come up and go.  Under svnic_net.lock, unless told
 * otherwise.
 */
#ifndef SVNIC_NET_ATTACH_H
#define SVNIC_NET_ATTACH_H

#include <linux/types.h>

struct svnic_net;
struct svnic_net_shape;

void svnic_net_works_init(struct svnic_net *net);
void svnic_net_works_cancel(struct svnic_net *net); /* without the lock */
/* Look at the queues now and then, as long as there is a path. */
void svnic_net_watch(struct svnic_net *net);
int svnic_net_queues_up(struct svnic_net *net);
int svnic_net_queues_down(struct svnic_net *net, bool ask);
/* Change rings and queues; -errno leaves those that were.  Under RTNL,
 * unlocked. */
int svnic_net_reshape(struct svnic_net *net,
		      const struct svnic_net_shape *shape);
/* How many queues may be used now, of what the owner and a person want. */
u32 svnic_net_pairs(const struct svnic_net *net);

#endif /* SVNIC_NET_ATTACH_H */
