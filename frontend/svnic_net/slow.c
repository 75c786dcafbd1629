// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which of the two paths frames take, and whether there is one at all.  The
 * slow path is connected by the owner (on, off) and runs while the interface
 * is up as well.  A queue of the netdev goes to the card while its queue pair
 * there may be used, and over the slow path otherwise; both deliver at any
 * time.
 *
 * Going over to the card waits a moment until the slow path has nothing of
 * ours any more, so that no flow is reordered.  The other way there is no
 * time to wait.
 */
#include <linux/delay.h>
#include <linux/rtnetlink.h>
#include "attach.h"
#include "groups.h"
#include "net.h"
#include "netdev.h"
#include "slow.h"

#define PROMOTE_MS 20 /* that the slow path may take to run dry */
#define PAUSE	   HZ /* a link that is back so soon was never gone */

/* Carrier ------------------------------------------------------------------ */

static bool has_carrier(const struct svnic_net *net)
{
	return (net->attached && net->direct_ok) ||
	       (net->slow_on && net->slow_link);
}

static void carrier_work(struct work_struct *work)
{
	struct svnic_net *net =
		container_of(work, struct svnic_net, carrier.work);

	mutex_lock(&net->lock);
	if (!has_carrier(net))
		netif_carrier_off(net->dev);
	mutex_unlock(&net->lock);
}

void svnic_net_carrier_init(struct svnic_net *net)
{
	INIT_DELAYED_WORK(&net->carrier, carrier_work);
}

void svnic_net_carrier(struct svnic_net *net)
{
	if (has_carrier(net))
		netif_carrier_on(net->dev);
	else if (net->config.slow)
		schedule_delayed_work(&net->carrier, PAUSE);
	else
		netif_carrier_off(net->dev);
}

/* Queues of the netdev ----------------------------------------------------- */

static bool is_card_queue(const struct svnic_net *net, u32 i)
{
	return i < net->nr_alloc && svnic_net_is_direct(&net->queue[i]);
}

/* Set slow_up as every tx queue sees it, and start or stop those concerned. */
static void slow_up_set(struct svnic_net *net, bool up)
{
	u32 i;

	net->slow_up = up;
	for (i = 0; i < net->dev->num_tx_queues; i++) {
		struct netdev_queue *txq = netdev_get_tx_queue(net->dev, i);

		__netif_tx_lock_bh(txq);
		if (up)
			netif_tx_wake_queue(txq);
		else if (!is_card_queue(net, i))
			netif_tx_stop_queue(txq);
		__netif_tx_unlock_bh(txq);
	}
}

void svnic_net_slow_start(struct svnic_net *net)
{
	if (!net->slow_on || net->slow_up)
		return;
	net->config.slow->up(net->config.owner);
	slow_up_set(net, true);
}

void svnic_net_slow_stop(struct svnic_net *net)
{
	if (!net->slow_up)
		return;
	slow_up_set(net, false);
	net->config.slow->down(net->config.owner);
}

void svnic_net_slow_room(struct svnic_net *net, u32 queue)
{
	if (READ_ONCE(net->slow_up) && !READ_ONCE(net->promoting) &&
	    !is_card_queue(net, queue))
		netif_tx_wake_queue(netdev_get_tx_queue(net->dev, queue));
}
EXPORT_SYMBOL_GPL(svnic_net_slow_room);

/* To the card, and away from it -------------------------------------------- */

static void tx_queues(struct svnic_net *net, bool go)
{
	u32 i;

	for (i = 0; i < net->dev->real_num_tx_queues; i++) {
		struct netdev_queue *txq = netdev_get_tx_queue(net->dev, i);

		__netif_tx_lock_bh(txq);
		if (i < net->shape.nr_queues && go)
			WRITE_ONCE(net->queue[i].diverted, false);
		if (go)
			netif_tx_wake_queue(txq);
		else
			netif_tx_stop_queue(txq);
		__netif_tx_unlock_bh(txq);
	}
}

/* All run, and some of them are not yet used. */
static bool is_ready(const struct svnic_net *net)
{
	bool some = false;
	u32 i;

	for (i = 0; i < net->shape.nr_queues; i++) {
		const struct svnic_net_queue *q = &net->queue[i];

		if (!q->live || READ_ONCE(q->broken))
			return false;
		some |= q->diverted;
	}
	return some;
}

void svnic_net_promote(struct svnic_net *net)
{
	const struct svnic_net_slow *slow = net->config.slow;
	unsigned long end = jiffies + msecs_to_jiffies(PROMOTE_MS);

	if (!net->attached || !net->up || !is_ready(net))
		return;
	WRITE_ONCE(net->promoting, true);
	if (net->slow_up) {
		tx_queues(net, false);
		while (slow->pending(net->config.owner) &&
		       time_before(jiffies, end))
			usleep_range(50, 200);
	}
	WRITE_ONCE(net->promoting, false);
	tx_queues(net, true);
}

void svnic_net_divert(struct svnic_net *net)
{
	u32 i;

	if (IS_ERR_OR_NULL(net))
		return;
	for (i = 0; i < net->nr_alloc; i++) {
		struct svnic_net_queue *q = &net->queue[i];
		struct netdev_queue *txq = svnic_net_txq(q);

		__netif_tx_lock_bh(txq);
		if (q->live && !q->diverted) {
			WRITE_ONCE(q->diverted, true);
			svnic_net_tx_leave(q);
		}
		__netif_tx_unlock_bh(txq);
	}
}
EXPORT_SYMBOL_GPL(svnic_net_divert);

/* What the owner says ------------------------------------------------------ */

int svnic_net_queues_show(struct svnic_net *net)
{
	u32 nr = net->slow_on ? net->caps.nr_queues : 0;

	if (net->channels)
		nr = min(nr, net->channels);
	nr = clamp(max(nr, net->shape.nr_queues), 1u, net->dev->num_tx_queues);
	return netif_set_real_num_queues(net->dev, nr, nr);
}

/* A queue that runs is one that the stack knows, at any moment. */
int svnic_net_channels_set(struct svnic_net *net, u32 nr)
{
	const struct svnic_net_slow *slow = net->config.slow;
	struct svnic_net_shape shape = net->shape;
	u32 old = net->channels;
	int r;

	if (!slow)
		return -EOPNOTSUPP;
	r = slow->channels_set(net->config.owner, nr);
	if (r)
		return r;
	net->channels = nr;
	shape.nr_queues = svnic_net_pairs(net);
	r = svnic_net_queues_show(net);
	if (!r && shape.nr_queues != net->shape.nr_queues)
		r = svnic_net_reshape(net, &shape);
	if (r)
		net->channels = old;
	else
		r = svnic_net_queues_show(net);
	return r;
}

static void slow_on_set(struct svnic_net *net, bool on)
{
	mutex_lock(&net->lock);
	net->slow_on = on;
	if (!net->attached)
		WRITE_ONCE(net->shape.nr_queues, svnic_net_pairs(net));
	mutex_unlock(&net->lock);
}

int svnic_net_slow_on(struct svnic_net *net,
		      const struct svnic_net_slow_caps *caps)
{
	int r;

	rtnl_lock();
	net->caps = *caps;
	net->caps.features &= SVNIC_NET_OFFLOADS;
	slow_on_set(net, true);
	r = svnic_net_queues_show(net);
	if (r) {
		slow_on_set(net, false);
		goto out_unlock;
	}
	svnic_net_dev_features(net);
	mutex_lock(&net->lock);
	if (net->up)
		svnic_net_slow_start(net);
	svnic_net_carrier(net);
	svnic_net_groups_load(net);
	svnic_net_watch(net);
	mutex_unlock(&net->lock);
out_unlock:
	rtnl_unlock();
	return r;
}
EXPORT_SYMBOL_GPL(svnic_net_slow_on);

void svnic_net_slow_off(struct svnic_net *net)
{
	mutex_lock(&net->lock);
	svnic_net_slow_stop(net);
	net->slow_on = false;
	svnic_net_carrier(net);
	mutex_unlock(&net->lock);
}
EXPORT_SYMBOL_GPL(svnic_net_slow_off);

void svnic_net_slow_link(struct svnic_net *net, bool link)
{
	mutex_lock(&net->lock);
	net->slow_link = link;
	svnic_net_carrier(net);
	mutex_unlock(&net->lock);
}
EXPORT_SYMBOL_GPL(svnic_net_slow_link);

void svnic_net_mtu_set(struct svnic_net *net, u32 mtu, u32 max_mtu)
{
	rtnl_lock();
	net->dev->max_mtu = max_mtu;
	if (net->dev->mtu != mtu &&
	    dev_set_mtu(net->dev, (int)min(mtu, max_mtu)))
		netdev_warn(net->dev, "the backend's mtu of %u was refused\n",
			    mtu);
	rtnl_unlock();
}
EXPORT_SYMBOL_GPL(svnic_net_mtu_set);
