// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ethtool shows and changes.  Every counter is named by one table for
 * queues and one for faults, so that names and values cannot drift apart.
 */
#include <linux/ctype.h>
#include <linux/ethtool.h>
#include "attach.h"
#include "net.h"
#include "netdev.h"
#include "rss.h"
#include "slow.h"

#define QUEUE_STATS(X)                                         \
	X(tx_frames, u64_stats_read(&q->tx.count.frames))      \
	X(tx_octets, u64_stats_read(&q->tx.count.octets))      \
	X(tx_kicks, q->tx.kicks)                               \
	X(tx_stops, q->tx.stops)                               \
	X(tx_limited, q->tx.limited)                           \
	X(tx_dropped, q->tx.dropped)                           \
	X(tx_timeouts, q->tx.timeouts)                         \
	X(tx_pages, q->tx.run.nr)                              \
	X(rx_frames, u64_stats_read(&q->rx.count.frames))      \
	X(rx_octets, u64_stats_read(&q->rx.count.octets))      \
	X(rx_kicks, q->rx.kicks)                               \
	X(rx_copied, q->rx.pool.copied)                        \
	X(rx_pages_attached, q->rx.pool.attached)              \
	X(rx_pages_reused, q->rx.pool.reused)                  \
	X(rx_pages_held, q->rx.pool.nr_held)                   \
	X(rx_dropped, q->rx.dropped)                           \
	X(rx_no_memory, q->rx.pool.no_memory)                  \
	X(rx_pages, q->rx.run.nr)                              \
	X(events, (u64)atomic_long_read(&q->events))           \
	X(events_idle, (u64)atomic_long_read(&q->idle_events)) \
	X(polls, q->polls)                                     \
	X(spins, q->spins)                                     \
	X(finds, q->finds)                                     \
	X(resets, q->resets)                                   \
	X(nonsense, (u64)atomic_long_read(&q->nonsense))

/* Those verdicts that stop a queue. */
#define FIRST_FAULT SVNIC_V_BAD_PAGE
#define LAST_FAULT  SVNIC_V_READ_ONLY

static const char *const queue_stat_name[] = {
#define AS_NAME(name, value) #name,
	QUEUE_STATS(AS_NAME)
};

static const char *const verdict_name[SVNIC_V_NR] = {
#define AS_VERDICT_NAME(nr, name, text) [nr] = #name,
	SVNIC_VERDICTS(AS_VERDICT_NAME)
};

#define NR_FAULTS      (LAST_FAULT - FIRST_FAULT + 1)
#define STATS_OF_QUEUE ((int)ARRAY_SIZE(queue_stat_name) + NR_FAULTS)

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	const struct svnic_net *net = svnic_net_of(dev);

	strscpy(info->driver, net->config.driver, sizeof(info->driver));
	if (svnic_net_has_direct(net))
		snprintf(info->fw_version, sizeof(info->fw_version),
			 "abi %d.%d", SVNIC_ABI_MAJOR, SVNIC_ABI_MINOR);
	else
		strscpy(info->fw_version, "netif", sizeof(info->fw_version));
	if (net->config.parent)
		strscpy(info->bus_info, dev_name(net->config.parent),
			sizeof(info->bus_info));
}

static int get_sset_count(struct net_device *dev, int set)
{
	const struct svnic_net_config *config = &svnic_net_of(dev)->config;
	int n = STATS_OF_QUEUE * (int)svnic_net_of(dev)->nr_alloc + 1;

	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	if (config->slow)
		n += (int)config->slow->nr_counters(config->owner);
	return n;
}

/* "fault_bad_page" of "BAD_PAGE". */
static void fault_name(u8 **data, u32 queue, int fault)
{
	char name[ETH_GSTRING_LEN];
	char *c;

	strscpy(name, verdict_name[fault], sizeof(name));
	for (c = name; *c; c++)
		*c = (char)tolower(*c);
	ethtool_sprintf(data, "q%u_fault_%.16s", queue, name);
}

static void get_strings(struct net_device *dev, u32 set, u8 *data)
{
	const struct svnic_net *net = svnic_net_of(dev);
	u32 i, q;
	int f;

	if (set != ETH_SS_STATS)
		return;
	for (q = 0; q < net->nr_alloc; q++) {
		for (i = 0; i < ARRAY_SIZE(queue_stat_name); i++)
			ethtool_sprintf(&data, "q%u_%s", q, queue_stat_name[i]);
		for (f = FIRST_FAULT; f <= LAST_FAULT; f++)
			fault_name(&data, q, f);
	}
	ethtool_sprintf(&data, "pages_leaked");
	if (net->config.slow)
		net->config.slow->counter_names(net->config.owner, &data);
}

static u64 *queue_stats(const struct svnic_net_queue *q, u64 *data)
{
	int f;

#define AS_VALUE(name, value) *data++ = (value);
	QUEUE_STATS(AS_VALUE)
	for (f = FIRST_FAULT; f <= LAST_FAULT; f++)
		*data++ = (u64)atomic_long_read(&q->faults[f]);
	return data;
}

static void get_stats(struct net_device *dev, struct ethtool_stats *stats,
		      u64 *data)
{
	const struct svnic_net *net = svnic_net_of(dev);
	u32 i;

	for (i = 0; i < net->nr_alloc; i++)
		data = queue_stats(&net->queue[i], data);
	*data++ = net->leaked;
	if (net->config.slow)
		net->config.slow->counters(net->config.owner, data);
}

/* The card's rings, or those of the slow path where there is no other. */
static u32 max_ring(const struct svnic_net *net)
{
	if (net->config.slow && !svnic_net_has_direct(net))
		return net->config.slow->max_ring;
	return 1u << SVNIC_MAX_ORDER;
}

static void get_ringparam(struct net_device *dev, struct ethtool_ringparam *p,
			  struct kernel_ethtool_ringparam *kernel_p,
			  struct netlink_ext_ack *ack)
{
	const struct svnic_net *net = svnic_net_of(dev);

	p->rx_max_pending = max_ring(net);
	p->tx_max_pending = max_ring(net);
	p->rx_pending = min(1u << net->shape.rx_order, max_ring(net));
	p->tx_pending = min(1u << net->shape.tx_order, max_ring(net));
}

static u32 order_of(u32 entries)
{
	u32 order = SVNIC_MIN_ORDER;

	while (order < SVNIC_MAX_ORDER && 1u << order < entries)
		order++;
	return order;
}

static int set_ringparam(struct net_device *dev, struct ethtool_ringparam *p,
			 struct kernel_ethtool_ringparam *kernel_p,
			 struct netlink_ext_ack *ack)
{
	struct svnic_net *net = svnic_net_of(dev);
	const struct svnic_net_config *config = &net->config;
	struct svnic_net_shape shape = {
		.tx_order = order_of(p->tx_pending),
		.rx_order = order_of(p->rx_pending),
		.nr_queues = svnic_net_pairs(net),
	};
	int r;

	if (shape.tx_order == net->shape.tx_order &&
	    shape.rx_order == net->shape.rx_order)
		return 0;
	r = svnic_net_reshape(net, &shape);
	if (r)
		NL_SET_ERR_MSG(
			ack,
			"the new rings were refused, see the kernel's log");
	else if (config->slow)
		config->slow->rings_set(config->owner, 1u << shape.tx_order,
					1u << shape.rx_order);
	return r;
}

/* How many queues the interface has; those at the card are fewer perhaps. */
static void get_channels(struct net_device *dev, struct ethtool_channels *c)
{
	c->max_combined = dev->num_tx_queues;
	c->combined_count = dev->real_num_tx_queues;
}

static int set_channels(struct net_device *dev, struct ethtool_channels *c)
{
	if (c->combined_count == dev->real_num_tx_queues)
		return 0;
	return svnic_net_channels_set(svnic_net_of(dev), c->combined_count);
}

static int get_coalesce(struct net_device *dev, struct ethtool_coalesce *c,
			struct kernel_ethtool_coalesce *kernel_c,
			struct netlink_ext_ack *ack)
{
	c->rx_coalesce_usecs = svnic_net_of(dev)->hold_us;
	return 0;
}

/* How long the card may hold an event of a stream. */
static int set_coalesce(struct net_device *dev, struct ethtool_coalesce *c,
			struct kernel_ethtool_coalesce *kernel_c,
			struct netlink_ext_ack *ack)
{
	if (c->rx_coalesce_usecs > SVNIC_HOLD_MAX) {
		NL_SET_ERR_MSG(ack, "rx-usecs is 0 to 1000");
		return -ERANGE;
	}
	WRITE_ONCE(svnic_net_of(dev)->hold_us, c->rx_coalesce_usecs);
	return 0;
}

static int get_link_ksettings(struct net_device *dev,
			      struct ethtool_link_ksettings *cmd)
{
	cmd->base.speed = SPEED_10000;
	cmd->base.duplex = DUPLEX_FULL;
	cmd->base.port = PORT_OTHER;
	cmd->base.autoneg = AUTONEG_DISABLE;
	return 0;
}

const struct ethtool_ops svnic_net_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_RX_USECS,
	.get_drvinfo = get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_link_ksettings = get_link_ksettings,
	.get_sset_count = get_sset_count,
	.get_strings = get_strings,
	.get_ethtool_stats = get_stats,
	.get_ringparam = get_ringparam,
	.set_ringparam = set_ringparam,
	.get_channels = get_channels,
	.set_channels = set_channels,
	.get_coalesce = get_coalesce,
	.set_coalesce = set_coalesce,
	.get_rxnfc = svnic_net_get_rxnfc,
	.get_rxfh_key_size = svnic_net_rss_key_size,
	.get_rxfh_indir_size = svnic_net_rss_table_size,
	.get_rxfh = svnic_net_get_rxfh,
	.set_rxfh = svnic_net_set_rxfh,
	.get_ts_info = ethtool_op_get_ts_info,
};
