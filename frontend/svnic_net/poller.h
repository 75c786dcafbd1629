/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The thread that looks at a queue in idle time.  Start and park under
 * svnic_net.lock.
 */
#ifndef SVNIC_NET_POLLER_H
#define SVNIC_NET_POLLER_H

struct svnic_net_queue;

void svnic_net_poller_start(struct svnic_net_queue *q);
/* Until the next start it touches nothing of the queue. */
void svnic_net_poller_park(struct svnic_net_queue *q);
void svnic_net_poller_stop(struct svnic_net_queue *q);
/* There was work, more may follow: look for a while.  Any context. */
void svnic_net_poller_touch(struct svnic_net_queue *q);
/* An event came.  Any context. */
void svnic_net_poller_missed(struct svnic_net_queue *q);

#endif /* SVNIC_NET_POLLER_H */
