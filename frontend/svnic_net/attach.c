// SPDX-License-Identifier: GPL-2.0-only
/*
 * The direct path as a whole: attach, detach, and the workers that keep it
 * going.  It is attached while its pages are shared with the card; its queues
 * run while it is attached and the interface is administratively up.  All of
 * this is under svnic_net.lock; every function that an owner may call may be
 * called in any state, again and again.
 */
#include <linux/jiffies.h>
#include "attach.h"
#include "groups.h"
#include "net.h"
#include "rss.h"
#include "slow.h"

#define WATCH_S	    1  /* seconds between two looks at an idle queue */
#define STOPPED_S   30 /* a small rate may hold a large frame back for long */
#define GROW_WAIT_S 10 /* seconds after more pages were refused */

int svnic_net_queues_down(struct svnic_net *net, bool ask)
{
	int r, first = 0;
	u32 i;

	/* All leave before the first one stops: no flow goes two ways. */
	if (ask)
		svnic_net_divert(net);
	for (i = 0; i < net->shape.nr_queues; i++) {
		r = svnic_net_queue_down(&net->queue[i], ask);
		if (!first)
			first = r;
	}
	return first;
}

int svnic_net_queues_up(struct svnic_net *net)
{
	u32 i;
	int r = 0;

	for (i = 0; !r && i < net->shape.nr_queues; i++)
		r = svnic_net_queue_up(&net->queue[i]);
	if (r)
		svnic_net_queues_down(net, true);
	else
		svnic_net_rss_load(net);
	return r;
}

static void pages_fini(struct svnic_net *net)
{
	unsigned long leaked = net->leaked;
	u32 i;

	for (i = 0; i < net->shape.nr_queues; i++)
		svnic_net_pages_fini(&net->queue[i]);
	if (net->leaked != leaked)
		netdev_warn(
			net->dev,
			"%lu pages cannot be had back from the card and are lost until the next boot\n",
			net->leaked - leaked);
}

static int try_attach(struct svnic_net *net)
{
	u32 i;
	int r = 0;

	for (i = 0; !r && i < net->shape.nr_queues; i++)
		r = svnic_net_pages_init(&net->queue[i]);
	if (!r && net->up)
		r = svnic_net_queues_up(net);
	if (r) {
		svnic_net_queues_down(net, false);
		pages_fini(net);
	}
	return r;
}

static int attach(struct svnic_net *net)
{
	int r;

	if (net->attached)
		return 0;
	r = try_attach(net);
	while (r == -ENOSPC && net->shape.nr_queues > 1) {
		WRITE_ONCE(net->shape.nr_queues, net->shape.nr_queues / 2);
		netdev_warn(net->dev, "no room for more than %u queues\n",
			    net->shape.nr_queues);
		r = try_attach(net);
	}
	if (r)
		return r;
	net->attached = true;
	net->wanted = true;
	net->direct_ok = true;
	net->grow_after = jiffies;
	net->grow_error = 0;
	svnic_net_promote(net);
	svnic_net_carrier(net);
	svnic_net_groups_load(net);
	svnic_net_watch(net);
	return 0;
}

static void detach(struct svnic_net *net, bool ask)
{
	if (!net->attached)
		return;
	net->attached = false;
	svnic_net_carrier(net);
	svnic_net_queues_down(net, ask);
	/* What it may still run goes with its pages. */
	svnic_net_queues_down(net, false);
	pages_fini(net);
}

/* Work --------------------------------------------------------------------- */

/* Double what is shared of a run. */
static void grow(struct svnic_net *net, struct svnic_net_run *run)
{
	int r;

	if (time_before(jiffies, net->grow_after))
		return;
	r = svnic_net_run_grow(net, run, run->nr);
	if (!r)
		return;
	net->grow_after = jiffies + GROW_WAIT_S * HZ;
	if (r != net->grow_error)
		netdev_warn(net->dev, "goes on with %u of %u pages: %pe\n",
			    run->nr, run->max, ERR_PTR(r));
	net->grow_error = r;
}

static void grow_work(struct work_struct *work)
{
	struct svnic_net *net = container_of(work, struct svnic_net, grow);
	u32 i;

	mutex_lock(&net->lock);
	for (i = 0; net->attached && i < net->shape.nr_queues; i++) {
		struct svnic_net_queue *q = &net->queue[i];

		if (q->want_tx)
			grow(net, &q->tx.run);
		if (q->want_rx)
			grow(net, &q->rx.run);
		WRITE_ONCE(q->want_tx, false);
		WRITE_ONCE(q->want_rx, false);
		local_bh_disable();
		if (q->live)
			napi_schedule(&q->napi);
		local_bh_enable();
	}
	mutex_unlock(&net->lock);
}

/* One queue that fails takes them all off the card until it is well. */
static void reset_broken(struct svnic_net *net)
{
	unsigned long left, wait = 0;
	bool some = false;
	int r = 0;
	u32 i;

	for (i = 0; i < net->shape.nr_queues; i++)
		some |= net->queue[i].broken;
	if (!some)
		return;
	if (net->config.slow)
		svnic_net_divert(net);
	for (i = 0; !r && i < net->shape.nr_queues; i++) {
		struct svnic_net_queue *q = &net->queue[i];

		if (!q->broken)
			continue;
		left = svnic_net_queue_patience(q);
		if (!left) {
			r = svnic_net_queue_reset(q);
			continue;
		}
		wait = min_not_zero(wait, left);
		/* The card may think it well and deliver into it. */
		if (net->config.slow)
			svnic_net_queue_rest(q);
	}
	net->direct_ok = !r;
	if (r && net->config.slow)
		net->config.ops->failed(net->config.owner);
	else if (r || wait)
		mod_delayed_work(system_wq, &net->reset,
				 r ? NET_RETRY_S * HZ : wait);
	else
		svnic_net_promote(net);
	svnic_net_carrier(net);
}

static void reset_work(struct work_struct *work)
{
	struct svnic_net *net =
		container_of(work, struct svnic_net, reset.work);

	mutex_lock(&net->lock);
	if (net->wanted && !net->attached && attach(net))
		mod_delayed_work(system_wq, &net->reset, NET_RETRY_S * HZ);
	if (net->attached && net->up)
		reset_broken(net);
	mutex_unlock(&net->lock);
}

/*
 * The kernel's watchdog, which ndo_tx_timeout would bring, warns as of a bug of
 * ours: of a queue that stands still because its peer is away for a while, and
 * of one that was not used for long and is stopped to change its way.
 */
static void look_at_stopped(struct svnic_net *net)
{
	struct net_device *dev = net->dev;
	u32 i;

	if (!net->up || !netif_carrier_ok(dev))
		return;
	for (i = 0; i < dev->real_num_tx_queues; i++) {
		struct netdev_queue *txq = netdev_get_tx_queue(dev, i);

		if (!netif_xmit_stopped(txq) ||
		    time_before(jiffies,
				READ_ONCE(txq->trans_start) + STOPPED_S * HZ))
			continue;
		/* Not again before the same time has passed. */
		txq_trans_cond_update(txq);
		local_bh_disable();
		svnic_net_tx_timeout(net, i);
		local_bh_enable();
	}
}

/* A fault or an event that got lost must not stop an idle queue for ever. */
static void watch_work(struct work_struct *work)
{
	struct svnic_net *net =
		container_of(work, struct svnic_net, watch.work);
	u32 i;

	mutex_lock(&net->lock);
	look_at_stopped(net);
	for (i = 0; net->attached && i < net->shape.nr_queues; i++) {
		struct svnic_net_queue *q = &net->queue[i];

		local_bh_disable();
		if (q->live && svnic_net_queue_has_work(q))
			napi_schedule(&q->napi);
		local_bh_enable();
	}
	if (net->attached || net->slow_on)
		svnic_net_watch(net);
	mutex_unlock(&net->lock);
}

void svnic_net_watch(struct svnic_net *net)
{
	schedule_delayed_work(&net->watch, WATCH_S * HZ);
}

void svnic_net_works_init(struct svnic_net *net)
{
	INIT_WORK(&net->grow, grow_work);
	INIT_DELAYED_WORK(&net->reset, reset_work);
	INIT_DEFERRABLE_WORK(&net->watch, watch_work);
}

void svnic_net_works_cancel(struct svnic_net *net)
{
	cancel_work_sync(&net->grow);
	cancel_delayed_work_sync(&net->reset);
	cancel_delayed_work_sync(&net->watch);
	cancel_delayed_work_sync(&net->carrier);
	cancel_delayed_work_sync(&net->groups_work);
}

/* What the owner asks for -------------------------------------------------- */

int svnic_net_attach(struct svnic_net *net)
{
	int r;

	mutex_lock(&net->lock);
	r = attach(net);
	mutex_unlock(&net->lock);
	return r;
}
EXPORT_SYMBOL_GPL(svnic_net_attach);

void svnic_net_detach(struct svnic_net *net)
{
	mutex_lock(&net->lock);
	net->wanted = false;
	detach(net, true);
	mutex_unlock(&net->lock);
}
EXPORT_SYMBOL_GPL(svnic_net_detach);

void svnic_net_lost(struct svnic_net *net)
{
	mutex_lock(&net->lock);
	net->wanted = false;
	detach(net, false);
	mutex_unlock(&net->lock);
}
EXPORT_SYMBOL_GPL(svnic_net_lost);

u32 svnic_net_pairs(const struct svnic_net *net)
{
	u32 nr = min(net->config.nr_queues, net->nr_alloc);

	if (net->channels)
		nr = min(nr, net->channels);
	return net->slow_on ? min(nr, net->caps.nr_queues) : nr;
}

static void shape_set(struct svnic_net *net,
		      const struct svnic_net_shape *shape)
{
	net->shape.tx_order = shape->tx_order;
	net->shape.rx_order = shape->rx_order;
	WRITE_ONCE(net->shape.nr_queues, shape->nr_queues);
}

int svnic_net_reshape(struct svnic_net *net,
		      const struct svnic_net_shape *shape)
{
	struct svnic_net_shape old;
	bool was_attached;
	int r = 0;

	mutex_lock(&net->lock);
	old = net->shape;
	was_attached = net->attached;
	/* Nobody there who could stop a queue: leave all as it is. */
	if (was_attached)
		r = svnic_net_queues_down(net, true);
	if (r)
		goto out_up;
	detach(net, true);
	shape_set(net, shape);
	if (was_attached)
		r = attach(net);
	if (!r)
		goto out_unlock;
	shape_set(net, &old);
	if (attach(net))
		mod_delayed_work(system_wq, &net->reset, NET_RETRY_S * HZ);
	goto out_unlock;

out_up:
	if (net->up)
		svnic_net_queues_up(net);
	svnic_net_promote(net);
out_unlock:
	mutex_unlock(&net->lock);
	return r;
}
