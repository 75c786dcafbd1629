/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that a peer writes received frames to, and the skbs that are made of
 * them, on either path: svnic_front uses it for netif.  A page, named by its
 * index, is free, with the peer, or held by skbs; the pool keeps account of the
 * first and the last.  The pages themselves are their owner's, who has shared
 * them with the peer.
 *
 * But for init and fini all is in the NAPI context of the queue.
 */
#ifndef SVNIC_NET_POOL_H
#define SVNIC_NET_POOL_H

#include <linux/types.h>

struct napi_struct;
struct page;
struct sk_buff;

#define SVNIC_NET_COPYBREAK 256u /* frames up to this are copied whole */
#define SVNIC_NET_HEADER    128u /* of a longer one, this much is */
#define SVNIC_NET_PIECES    18u	 /* of a frame, at most */

struct svnic_net_pool {
	struct page **page;
	u32 max;       /* pages */
	u16 *free;     /* a stack of nr_free */
	u16 *held;     /* a ring of nr_held, from held_head on */
	bool *is_held; /* of each page */
	u32 nr_free;
	u32 held_head; /* the oldest */
	u32 nr_held;
	unsigned long copied; /* frames; these go on over init and fini */
	unsigned long attached;
	unsigned long reused;
	unsigned long no_memory;
};

/* A frame as the peer left it, checked: each piece lies within its page. */
struct svnic_net_pieces {
	u32 total; /* octets of all */
	u32 nr;
	u16 page[SVNIC_NET_PIECES];
	u16 offset[SVNIC_NET_PIECES];
	u16 len[SVNIC_NET_PIECES];
};

/*
 * None is free, none held.  @page has room for @max and stays the caller's: 0
 * or -ENOMEM.
 */
int svnic_net_pool_init(struct svnic_net_pool *pool, struct page **page,
			u32 max);
/* The skbs keep what they hold; idempotent. */
void svnic_net_pool_fini(struct svnic_net_pool *pool);

/* A page that no skb holds is free, or comes back from the peer. */
static inline void svnic_net_pool_put(struct svnic_net_pool *pool, u32 page)
{
	pool->free[pool->nr_free++] = (u16)page;
}

/* One for the peer; there is one. */
static inline u32 svnic_net_pool_get(struct svnic_net_pool *pool)
{
	return pool->free[--pool->nr_free];
}

/* Free what the stack has let go of; before pages are given to the peer. */
void svnic_net_pool_harvest(struct svnic_net_pool *pool);

/*
 * The skb of a frame, or NULL, which is counted; none of its pages is with the
 * peer any more.  A short frame is copied whole, of others the first @header
 * octets are.  The rest is attached, if @attach: for as long as the skb lives
 * the peer could still write to it.
 */
struct sk_buff *svnic_net_pool_skb(struct svnic_net_pool *pool,
				   struct napi_struct *napi,
				   const struct svnic_net_pieces *pieces,
				   u32 header, bool attach);

#endif /* SVNIC_NET_POOL_H */
