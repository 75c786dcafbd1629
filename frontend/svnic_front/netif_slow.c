// SPDX-License-Identifier: GPL-2.0-only
/*
 * netif as svnic_net's slow path: the table of functions, and the counters.
 */
#include <linux/ethtool.h>
#include "svnic_front.h"

#define COUNTERS(X)                                            \
	X(tx_frames, u64_stats_read(&q->tx.count.frames))      \
	X(tx_octets, u64_stats_read(&q->tx.count.octets))      \
	X(tx_kicks, q->tx.kicks)                               \
	X(tx_stops, q->tx.stops)                               \
	X(tx_dropped, q->tx.dropped)                           \
	X(tx_errors, q->tx.errors)                             \
	X(tx_timeouts, q->tx.timeouts)                         \
	X(rx_frames, u64_stats_read(&q->rx.count.frames))      \
	X(rx_octets, u64_stats_read(&q->rx.count.octets))      \
	X(rx_kicks, q->rx.kicks)                               \
	X(rx_copied, q->rx.pool.copied)                        \
	X(rx_pages_attached, q->rx.pool.attached)              \
	X(rx_pages_held, q->rx.pool.nr_held)                   \
	X(rx_dropped, q->rx.dropped)                           \
	X(rx_errors, q->rx.errors)                             \
	X(rx_no_memory, q->rx.pool.no_memory)                  \
	X(events, (u64)atomic_long_read(&q->events))           \
	X(events_idle, (u64)atomic_long_read(&q->idle_events)) \
	X(polls, q->polls)

static const char *const counter_name[] = {
#define AS_NAME(name, value) #name,
	COUNTERS(AS_NAME)
};

static netdev_tx_t xmit(void *owner, u32 queue, struct sk_buff *skb)
{
	struct svnic_front *f = owner;

	return svnic_front_tx_xmit(&f->netif.queue[queue], skb);
}

static void live_set(struct netif_queue *q, bool live)
{
	struct netdev_queue *txq =
		netdev_get_tx_queue(svnic_net_netdev(q->front->net), q->index);

	__netif_tx_lock_bh(txq);
	q->live = live;
	__netif_tx_unlock_bh(txq);
}

static void start(void *owner)
{
	struct svnic_front *f = owner;
	u32 i;

	for (i = 0; i < f->netif.nr_queues; i++) {
		struct netif_queue *q = &f->netif.queue[i];

		napi_enable(&q->napi);
		live_set(q, true);
		/* The first poll provides buffers, and sleeps armed. */
		local_bh_disable();
		napi_schedule(&q->napi);
		local_bh_enable();
	}
}

static void stop(void *owner)
{
	struct svnic_front *f = owner;
	u32 i;

	for (i = 0; i < f->netif.nr_queues; i++) {
		live_set(&f->netif.queue[i], false);
		napi_disable(&f->netif.queue[i].napi);
	}
}

static u32 pending(void *owner)
{
	const struct svnic_front *f = owner;
	u32 i, n = 0;

	for (i = 0; i < f->netif.nr_queues; i++) {
		const struct netif_tx *tx = &f->netif.queue[i].tx;

		n += READ_ONCE(tx->pushed) -
		     READ_ONCE(tx->ring.sring->rsp_prod);
	}
	return n;
}

static void look(void *owner, u32 queue)
{
	struct svnic_front *f = owner;
	struct netif_queue *q = &f->netif.queue[queue];

	q->tx.timeouts++;
	napi_schedule(&q->napi);
}

static void stats(void *owner, struct rtnl_link_stats64 *s)
{
	const struct svnic_front *f = owner;
	u32 i;

	for (i = 0; i < f->netif.max_queues; i++) {
		const struct netif_queue *q = &f->netif.queue[i];

		svnic_net_count_sum(&q->tx.count, &s->tx_packets, &s->tx_bytes);
		s->tx_dropped += q->tx.dropped;
		s->tx_errors += q->tx.errors;
		svnic_net_count_sum(&q->rx.count, &s->rx_packets, &s->rx_bytes);
		s->rx_errors += q->rx.dropped + q->rx.errors;
		s->rx_dropped += q->rx.pool.no_memory;
	}
}

static void rings_set(void *owner, u32 tx, u32 rx)
{
	struct svnic_front *f = owner;

	WRITE_ONCE(f->netif.tx_limit, min_t(u32, tx, NETIF_RING));
	WRITE_ONCE(f->netif.rx_limit, min_t(u32, rx, NETIF_RING));
}

/*
 * The number of queues is part of the connection, so make another one; but for
 * fewer queues of the card the connection beneath them may wait for its next
 * occasion.
 */
static int channels_set(void *owner, u32 nr)
{
	struct svnic_front *f = owner;

	if (nr == 0 || nr > f->netif.peer_max)
		return -EINVAL;
	WRITE_ONCE(f->netif.wanted, nr);
	if (nr > f->netif.nr_queues ||
	    (nr < f->netif.nr_queues && !READ_ONCE(f->direct.on)))
		svnic_front_reconnect(f);
	return 0;
}

static u32 nr_counters(void *owner)
{
	const struct svnic_front *f = owner;

	return f->netif.max_queues * (u32)ARRAY_SIZE(counter_name) + 1;
}

static void counter_names(void *owner, u8 **data)
{
	const struct svnic_front *f = owner;
	u32 i, q;

	ethtool_sprintf(data, "rx_gso_checksum_fixup");
	for (q = 0; q < f->netif.max_queues; q++)
		for (i = 0; i < ARRAY_SIZE(counter_name); i++)
			ethtool_sprintf(data, "netif%u_%s", q, counter_name[i]);
}

static void counters(void *owner, u64 *data)
{
	const struct svnic_front *f = owner;
	u64 *fixed = data++;
	u32 i;

	*fixed = 0;
	for (i = 0; i < f->netif.max_queues; i++) {
		const struct netif_queue *q = &f->netif.queue[i];

		*fixed += q->rx.fixed;
#define AS_VALUE(name, value) *data++ = (value);
		COUNTERS(AS_VALUE)
	}
}

const struct svnic_net_slow svnic_front_slow = {
	.xmit = xmit,
	.up = start,
	.down = stop,
	.pending = pending,
	.look = look,
	.stats = stats,
	.rings_set = rings_set,
	.channels_set = channels_set,
	.nr_counters = nr_counters,
	.counter_names = counter_names,
	.counters = counters,
	.max_ring = NETIF_RING,
};
