// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a queue pair: its area, its tx pages and its rx pages, each a
 * run of page indices that grows in batches.  A page is zeroed before it is
 * shared (rule R30); one that could not be withdrawn is never used again
 * (rule R29).  Everything here runs under svnic_net.lock and may sleep.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "net.h"

#define MIN_TX_PAGES 32
#define MIN_RX_PAGES 64

/* Page indices and the largest number of pages of each run of a queue. */
static int layout(struct svnic_net_queue *q)
{
	const struct svnic_net *net = q->net;
	struct svnic_area area =
		svnic_area(net->shape.tx_order, net->shape.rx_order);
	u32 share = net->config.max_pages / net->shape.nr_queues;
	u32 tx = max_t(u32, 1u << net->shape.tx_order, MIN_TX_PAGES);
	u32 rx = max_t(u32, 2u << net->shape.rx_order, MIN_RX_PAGES);
	u32 rest;

	if (share < area.pages + MIN_TX_PAGES + MIN_RX_PAGES) {
		if (net->shape.nr_queues > 1)
			return -ENOSPC;
		netdev_err(
			net->dev,
			"%u pages for a queue, at least %u are needed: raise the VIF's page limit or make the rings smaller\n",
			share, area.pages + MIN_TX_PAGES + MIN_RX_PAGES);
		return -ENOSPC;
	}
	rest = share - area.pages;
	if (tx + rx > rest) {
		tx = clamp_t(u32, tx, MIN_TX_PAGES, rest / 3);
		rx = min(rx, rest - tx);
	}
	q->area_run.first = q->index * share;
	q->area_run.max = area.pages;
	q->tx.run.first = q->area_run.first + area.pages;
	q->tx.run.max = tx;
	q->rx.run.first = q->tx.run.first + tx;
	q->rx.run.max = rx;
	return 0;
}

static void pages_free(struct page **page, u32 count)
{
	while (count)
		put_page(page[--count]);
}

/* Allocate and share pages [nr, nr + count). */
static int run_add(struct svnic_net *net, struct svnic_net_run *run, u32 count)
{
	struct page **page = &run->page[run->nr];
	u32 i;
	int r;

	for (i = 0; i < count; i++) {
		page[i] = alloc_page(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
		if (!page[i]) {
			pages_free(page, i);
			return -ENOMEM;
		}
	}
	r = net->config.ops->pages_add(net->config.owner, run->first + run->nr,
				       page, count);
	if (r) {
		pages_free(page, count);
		return r;
	}
	/* Pairs with pages_learn() in tx.c and in rx.c. */
	smp_store_release(&run->nr, run->nr + count);
	return 0;
}

int svnic_net_run_grow(struct svnic_net *net, struct svnic_net_run *run,
		       u32 count)
{
	u32 end = min(run->nr + count, run->max);
	int r = 0;

	while (!r && run->nr < end)
		r = run_add(net, run,
			    min_t(u32, end - run->nr, SVNIC_PAGES_BATCH));
	return r;
}

static int run_init(struct svnic_net *net, struct svnic_net_run *run, u32 count)
{
	run->nr = 0;
	run->page = kvcalloc(run->max, sizeof(*run->page), GFP_KERNEL);
	if (!run->page)
		return -ENOMEM;
	return svnic_net_run_grow(net, run, count);
}

static void run_fini(struct svnic_net *net, struct svnic_net_run *run)
{
	u32 count, at;

	for (at = 0; at < run->nr; at += count) {
		count = min_t(u32, run->nr - at, SVNIC_PAGES_BATCH);
		if (net->config.ops->pages_del(net->config.owner,
					       run->first + at, &run->page[at],
					       count))
			net->leaked += count;
		else
			pages_free(&run->page[at], count);
	}
	run->nr = 0;
	kvfree(run->page);
	run->page = NULL;
}

/* Several idle queues cost hardly more than one. */
static u32 share_of(const struct svnic_net_queue *q, u32 pages, u32 least)
{
	return max(pages / q->net->shape.nr_queues, least);
}

static int tx_init(struct svnic_net_queue *q)
{
	struct svnic_net_tx *tx = &q->tx;

	tx->slot = kvcalloc(1u << q->net->shape.tx_order, sizeof(*tx->slot),
			    GFP_KERNEL);
	tx->users = kvcalloc(tx->run.max, sizeof(*tx->users), GFP_KERNEL);
	tx->free = kvcalloc(tx->run.max, sizeof(*tx->free), GFP_KERNEL);
	if (!tx->slot || !tx->users || !tx->free)
		return -ENOMEM;
	return run_init(q->net, &tx->run,
			share_of(q, NET_TX_PAGES, MIN_TX_PAGES));
}

static void tx_fini(struct svnic_net_queue *q)
{
	struct svnic_net_tx *tx = &q->tx;

	run_fini(q->net, &tx->run);
	kvfree(tx->free);
	kvfree(tx->users);
	kvfree(tx->slot);
	tx->free = NULL;
	tx->users = NULL;
	tx->slot = NULL;
}

static int rx_init(struct svnic_net_queue *q)
{
	struct svnic_net_rx *rx = &q->rx;
	int r;

	rx->slot = kvcalloc(1u << q->net->shape.rx_order, sizeof(*rx->slot),
			    GFP_KERNEL);
	if (!rx->slot)
		return -ENOMEM;
	r = run_init(q->net, &rx->run, share_of(q, NET_RX_PAGES, MIN_RX_PAGES));
	if (r)
		return r;
	return svnic_net_pool_init(&rx->pool, rx->run.page, rx->run.max);
}

static void rx_fini(struct svnic_net_queue *q)
{
	struct svnic_net_rx *rx = &q->rx;

	run_fini(q->net, &rx->run);
	svnic_net_pool_fini(&rx->pool);
	kvfree(rx->slot);
	rx->slot = NULL;
}

int svnic_net_pages_init(struct svnic_net_queue *q)
{
	int r = layout(q);

	if (r)
		return r;
	r = run_init(q->net, &q->area_run, q->area_run.max);
	if (r)
		goto err_fini;
	q->area = vmap(q->area_run.page, q->area_run.nr, VM_MAP, PAGE_KERNEL);
	if (!q->area) {
		r = -ENOMEM;
		goto err_fini;
	}
	r = tx_init(q);
	if (r)
		goto err_fini;
	r = rx_init(q);
	if (r)
		goto err_fini;
	return 0;

err_fini:
	svnic_net_pages_fini(q);
	return r;
}

void svnic_net_pages_fini(struct svnic_net_queue *q)
{
	rx_fini(q);
	tx_fini(q);
	if (q->area)
		vunmap(q->area);
	q->area = NULL;
	run_fini(q->net, &q->area_run);
}
