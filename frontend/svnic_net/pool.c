// SPDX-License-Identifier: GPL-2.0-only
/*
 * From pages that a peer wrote to skbs, and the pages back; see pool.h.  Short
 * frames are copied and their pages are free at once.  Of longer ones the
 * header is copied and the rest is attached; the page is free when its
 * reference count says that the stack has let go of it.  Called by rx.c and by
 * svnic_front/netif_rx.c.
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include "pool.h"

#define LINEAR_MAX 2048u /* copied frames up to this need no fragments */
#define HELD_TRIES 16u	 /* pages in a row that the stack still holds */

int svnic_net_pool_init(struct svnic_net_pool *pool, struct page **page,
			u32 max)
{
	pool->page = page;
	pool->max = max;
	pool->nr_free = 0;
	pool->held_head = 0;
	pool->nr_held = 0;
	pool->free = kvcalloc(max, sizeof(*pool->free), GFP_KERNEL);
	pool->held = kvcalloc(max, sizeof(*pool->held), GFP_KERNEL);
	pool->is_held = kvcalloc(max, sizeof(*pool->is_held), GFP_KERNEL);
	if (pool->free && pool->held && pool->is_held)
		return 0;
	svnic_net_pool_fini(pool);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(svnic_net_pool_init);

void svnic_net_pool_fini(struct svnic_net_pool *pool)
{
	kvfree(pool->is_held);
	kvfree(pool->held);
	kvfree(pool->free);
	pool->is_held = NULL;
	pool->held = NULL;
	pool->free = NULL;
}
EXPORT_SYMBOL_GPL(svnic_net_pool_fini);

static void hold(struct svnic_net_pool *pool, u32 page)
{
	u32 at = pool->held_head + pool->nr_held++;

	pool->held[at % pool->max] = (u16)page;
	pool->is_held[page] = true;
}

void svnic_net_pool_harvest(struct svnic_net_pool *pool)
{
	u32 left = pool->nr_held, tries = HELD_TRIES;

	while (left-- && tries) {
		u32 page = pool->held[pool->held_head];

		pool->held_head = (pool->held_head + 1) % pool->max;
		pool->nr_held--;
		if (page_ref_count(pool->page[page]) != 1) {
			hold(pool, page);
			tries--;
			continue;
		}
		pool->is_held[page] = false;
		svnic_net_pool_put(pool, page);
		pool->reused++;
		tries = HELD_TRIES;
	}
	/* The stack's last reads come before the peer's next writes. */
	smp_mb();
}
EXPORT_SYMBOL_GPL(svnic_net_pool_harvest);

/* How much of a frame goes into the linear part of its skb. */
static u32 linear_len(const struct svnic_net_pieces *f, u32 header, bool attach)
{
	if (f->total <= SVNIC_NET_COPYBREAK ||
	    (!attach && f->total <= LINEAR_MAX))
		return f->total;
	return min_t(u32, header, f->len[0]);
}

/* A copy of a piece as a fragment; the buffer is not needed after it. */
static bool piece_copy(struct sk_buff *skb, const void *from, u32 len)
{
	struct page *page;

	if (skb_shinfo(skb)->nr_frags == MAX_SKB_FRAGS)
		return false;
	page = dev_alloc_page();
	if (!page)
		return false;
	memcpy(page_address(page), from, len);
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, (int)len,
			PAGE_SIZE);
	return true;
}

/* True: the skb holds the page now. */
static bool piece_attach(struct sk_buff *skb, struct page *page, u32 offset,
			 u32 len)
{
	if (skb_shinfo(skb)->nr_frags == MAX_SKB_FRAGS)
		return false;
	get_page(page);
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, (int)offset,
			(int)len, PAGE_SIZE);
	return true;
}

struct sk_buff *svnic_net_pool_skb(struct svnic_net_pool *pool,
				   struct napi_struct *napi,
				   const struct svnic_net_pieces *f, u32 header,
				   bool attach)
{
	u32 i, left = linear_len(f, header, attach);
	struct sk_buff *skb = napi_alloc_skb(napi, left);
	bool ok = skb != NULL;

	for (i = 0; i < f->nr; i++) {
		struct page *page = pool->page[f->page[i]];
		const void *data = page_address(page) + f->offset[i];
		u32 linear = min_t(u32, left, f->len[i]);
		u32 rest = f->len[i] - linear;
		bool held = false;

		left -= linear;
		if (ok && linear)
			skb_put_data(skb, data, linear);
		if (ok && rest && attach)
			ok = held = piece_attach(skb, page,
						 f->offset[i] + linear, rest);
		else if (ok && rest)
			ok = piece_copy(skb, data + linear, rest);
		if (held)
			hold(pool, f->page[i]);
		else
			svnic_net_pool_put(pool, f->page[i]);
		pool->attached += held;
	}
	if (ok) {
		pool->copied += !attach;
		return skb;
	}
	pool->no_memory++;
	kfree_skb(skb);
	return NULL;
}
EXPORT_SYMBOL_GPL(svnic_net_pool_skb);
