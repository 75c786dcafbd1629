// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of netif's queues: rings and pages are made and granted (open)
 * before the backend hears of them, svnic_net gets to know them once it is
 * Connected (on), and all is given back, in every half-made state, by close
 * (rule R38).  NAPI runs between up() and down() of netif_slow.c only and is
 * gone before anything is freed (R39).
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include "svnic_front.h"

static unsigned int max_queues;
module_param(max_queues, uint, 0444);
MODULE_PARM_DESC(max_queues,
		 "queues of an interface; 0: as many as there are CPUs");

#define QUEUES_LIMIT 64u

void svnic_front_netif_fail(struct netif_queue *q, const char *why, u32 value)
{
	struct svnic_front *f = q->front;

	if (xchg(&f->netif.broken, true))
		return;
	dev_err(&f->dev->dev,
		"netif queue %u: the backend %s (%u); connecting anew\n",
		q->index, why, value);
	mod_delayed_work(system_freezable_wq, &f->work, 0);
}

/* Polling ------------------------------------------------------------------ */

static int poll(struct napi_struct *napi, int budget)
{
	struct netif_queue *q = container_of(napi, struct netif_queue, napi);
	int done = 0, more = 0;

	if (!budget) {
		svnic_front_tx_netpoll(q);
		return 0;
	}
	q->polls++;
	svnic_front_tx_poll(q);
	if (!READ_ONCE(q->front->netif.broken))
		done = svnic_front_rx_poll(q, budget);
	if (done >= budget)
		return budget;
	/* While it is ours still: the next owner of NAPI may be another CPU,
	 * and its event index must not be replaced by an older one. */
	if (!READ_ONCE(q->front->netif.broken))
		RING_FINAL_CHECK_FOR_RESPONSES(&q->rx.ring, more);
	if (more)
		return budget;
	napi_complete_done(napi, done);
	return done;
}

/* Something that was not there at the last event? */
static bool has_news(struct netif_queue *q)
{
	RING_IDX tx = READ_ONCE(q->tx.ring.sring->rsp_prod);
	bool news = tx != q->tx.seen;

	q->tx.seen = tx;
	return news || READ_ONCE(q->rx.ring.sring->rsp_prod) !=
			       READ_ONCE(q->rx.ring.rsp_cons);
}

static void handle(struct netif_queue *q, struct front_event *e, int irq)
{
	bool news = has_news(q);

	atomic_long_inc(&q->events);
	if (news)
		napi_schedule(&q->napi);
	else
		atomic_long_inc(&q->idle_events);
	svnic_front_event_done(e, irq, news);
}

static irqreturn_t tx_rung(int irq, void *arg)
{
	struct netif_queue *q = arg;

	handle(q, &q->tx_event, irq);
	return IRQ_HANDLED;
}

static irqreturn_t rx_rung(int irq, void *arg)
{
	struct netif_queue *q = arg;

	handle(q, &q->rx_event, irq);
	return IRQ_HANDLED;
}

/* Queues ------------------------------------------------------------------- */

static void queue_unmake(struct netif_queue *q)
{
	svnic_front_event_unbind(&q->rx_event, q);
	svnic_front_event_unbind(&q->tx_event, q);
	if (q->made)
		netif_napi_del(&q->napi);
	q->made = false;
	svnic_front_rx_fini(q);
	svnic_front_pages_unshare(&q->rx.pages);
	svnic_front_pages_unshare(&q->rx.sring);
	svnic_front_pages_unshare(&q->tx.pages);
	svnic_front_pages_unshare(&q->tx.sring);
}

static int events_bind(struct netif_queue *q)
{
	struct svnic_front *f = q->front;
	const char *dev = dev_name(&f->dev->dev);
	int r;

	snprintf(q->rx_event.name, sizeof(q->rx_event.name), "%s-q%u-%s", dev,
		 q->index, f->netif.split ? "rx" : "netif");
	r = svnic_front_event_bind(f, &q->rx_event, rx_rung, q);
	if (r || !f->netif.split)
		return r;
	snprintf(q->tx_event.name, sizeof(q->tx_event.name), "%s-q%u-tx", dev,
		 q->index);
	return svnic_front_event_bind(f, &q->tx_event, tx_rung, q);
}

static int queue_make(struct netif_queue *q)
{
	struct svnic_front *f = q->front;
	int r;

	r = svnic_front_pages_share(f, &q->tx.sring, 1);
	if (!r)
		r = svnic_front_pages_share(f, &q->tx.pages, NETIF_RING);
	if (!r)
		r = svnic_front_pages_share(f, &q->rx.sring, 1);
	if (!r)
		r = svnic_front_pages_share(f, &q->rx.pages, NETIF_RX_PAGES);
	if (!r)
		r = svnic_front_rx_init(q);
	if (r)
		goto err_unmake;
	svnic_front_tx_init(q);
	netif_napi_add(svnic_net_netdev(f->net), &q->napi, poll);
	q->made = true;
	r = events_bind(q);
	if (r)
		goto err_unmake;
	return 0;

err_unmake:
	queue_unmake(q);
	return r;
}

/* The whole ---------------------------------------------------------------- */

int svnic_front_netif_init(struct svnic_front *f)
{
	struct front_netif *n = &f->netif;
	u32 i;

	n->max_queues = max_queues ? max_queues : num_online_cpus();
	n->max_queues = min(n->max_queues, QUEUES_LIMIT);
	n->tx_limit = NETIF_RING;
	n->rx_limit = NETIF_RING;
	n->queue = kvcalloc(n->max_queues, sizeof(*n->queue), GFP_KERNEL);
	if (!n->queue)
		return -ENOMEM;
	for (i = 0; i < n->max_queues; i++) {
		n->queue[i].front = f;
		n->queue[i].index = i;
		u64_stats_init(&n->queue[i].tx.count.sync);
		u64_stats_init(&n->queue[i].rx.count.sync);
	}
	return 0;
}

void svnic_front_netif_fini(struct svnic_front *f)
{
	kvfree(f->netif.queue);
	f->netif.queue = NULL;
}

int svnic_front_netif_open(struct svnic_front *f)
{
	struct front_netif *n = &f->netif;
	u32 want = READ_ONCE(n->wanted);
	int r = 0;

	n->nr_queues = 0;
	n->staged = false;
	n->bare = false;
	WRITE_ONCE(n->broken, false);
	if (!n->offered)
		return 0;
	want = min(want ? want : n->max_queues, n->peer_max);
	while (!r && n->nr_queues < want) {
		r = queue_make(&n->queue[n->nr_queues]);
		if (!r)
			n->nr_queues++;
	}
	/* Fewer do as well. */
	if (n->nr_queues > 0)
		return 0;
	dev_err(&f->dev->dev,
		"no rings for netif: %pe; raise max_grant_frames or the memory in the domain's configuration\n",
		ERR_PTR(r));
	return r;
}

int svnic_front_netif_on(struct svnic_front *f)
{
	struct front_netif *n = &f->netif;
	const struct svnic_net_slow_caps caps = {
		.nr_queues = n->nr_queues,
		.features = n->features,
	};
	int r;

	if (!n->offered || n->on)
		return 0;
	r = svnic_net_slow_on(f->net, &caps);
	n->on = !r;
	return r;
}

void svnic_front_netif_off(struct svnic_front *f)
{
	if (f->netif.on)
		svnic_net_slow_off(f->net);
	f->netif.on = false;
}

void svnic_front_netif_close(struct svnic_front *f)
{
	struct front_netif *n = &f->netif;

	svnic_front_netif_off(f);
	while (n->nr_queues)
		queue_unmake(&n->queue[--n->nr_queues]);
}
