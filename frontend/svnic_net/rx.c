// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames from the card to the stack, by the pages of a pool (pool.h).  While
 * the stack holds half of the pages, or when the card is not trusted with
 * memory in use, everything is copied.
 *
 * Each completion is copied once and checked (rules R36 to R43); buffers are
 * found by our own record of what was provided, never by a number of the card.
 *
 * All but the rewind runs in NAPI context.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>
#include "net.h"

#define REFILL 32 /* frames between two refills in one poll */

struct frame {
	struct svnic_meta meta;
	struct svnic_net_pieces pieces;
};

/* Pages -------------------------------------------------------------------- */

/* Pairs with run_add() in pages.c. */
static void pages_learn(struct svnic_net_rx *rx)
{
	u32 nr = smp_load_acquire(&rx->run.nr);

	for (; rx->known < nr; rx->known++)
		if (!rx->pool.is_held[rx->known])
			svnic_net_pool_put(&rx->pool, rx->known);
}

static void want_pages(struct svnic_net_queue *q)
{
	if (q->want_rx || q->rx.known >= q->rx.run.max)
		return;
	q->want_rx = true;
	schedule_work(&q->net->grow);
}

/* Provide what there is; true: something was. */
static bool provide(struct svnic_net_rx *rx)
{
	bool some = false;

	pages_learn(rx);
	svnic_net_pool_harvest(&rx->pool);
	while (rx->pool.nr_free && svnic_rx_space(&rx->ring)) {
		u32 page = svnic_net_pool_get(&rx->pool);
		struct svnic_seg seg = {
			.page = svnic_le32(rx->run.first + page),
			.len = svnic_le16(SVNIC_PAGE_SIZE),
		};

		rx->slot[rx->ring.next & (rx->ring.size - 1)] = (u16)page;
		svnic_rx_provide(&rx->ring, &seg);
		some = true;
	}
	if (some)
		svnic_rx_publish(&rx->ring);
	return some;
}

static void refill(struct svnic_net_queue *q)
{
	if (!provide(&q->rx))
		return;
	svnic_net_kick(q);
	q->rx.kicks++;
}

/* The buffers are there before the card knows the queue: it drops nothing. */
void svnic_net_rx_rewind(struct svnic_net_queue *q)
{
	struct svnic_net_rx *rx = &q->rx;

	rx->pool.nr_free = 0;
	rx->known = 0;
	provide(rx);
}

/* Frames ------------------------------------------------------------------- */

/* 1: a whole frame was taken, 0: there is none, -EPROTO. */
static int frame_take(struct svnic_net_rx *rx, struct frame *f)
{
	struct svnic_net_pieces *p = &f->pieces;
	struct svnic_meta m;
	int r = svnic_rx_return(&rx->ring, &f->meta);

	if (r <= 0)
		return r;
	if (f->meta.segs == 0 || f->meta.segs > NET_FRAME_PAGES)
		return -EPROTO;
	m = f->meta;
	p->total = 0;
	for (p->nr = 0; p->nr < f->meta.segs; p->nr++) {
		u32 len;

		/* All completions of a frame became visible at once. */
		if (p->nr && svnic_rx_return(&rx->ring, &m) != 1)
			return -EPROTO;
		len = svnic_cpu16(m.len);
		if (len == 0 || len > SVNIC_PAGE_SIZE)
			return -EPROTO;
		p->page[p->nr] =
			rx->slot[(rx->ring.done - 1) & (rx->ring.size - 1)];
		p->offset[p->nr] = 0;
		p->len[p->nr] = (u16)len;
		p->total += len;
	}
	return p->total <= SVNIC_FRAME_MAX ? 1 : -EPROTO;
}

static bool may_attach(struct svnic_net_queue *q, const struct frame *f)
{
	struct svnic_net_rx *rx = &q->rx;

	if (f->pieces.total <= SVNIC_NET_COPYBREAK || !q->net->config.trusted)
		return false;
	if (rx->pool.nr_held + f->pieces.nr <= rx->known / 2)
		return true;
	want_pages(q);
	return false;
}

/* Octets that the stack wants in one piece. */
static u32 header_len(const struct svnic_meta *m)
{
	u32 csum_end = svnic_cpu16(m->csum_start) + m->csum_offset +
		       (u32)sizeof(__sum16);

	if (svnic_cpu16(m->flags) & SVNIC_META_CSUM_BLANK)
		return max(SVNIC_NET_HEADER, csum_end);
	return SVNIC_NET_HEADER;
}

/* Segmentation offload; false: nonsense. */
static bool gso_set(struct sk_buff *skb, const struct svnic_meta *m, u16 flags)
{
	struct skb_shared_info *info = skb_shinfo(skb);
	u32 size = svnic_cpu16(m->gso_size);
	u32 start = svnic_cpu16(m->csum_start);
	unsigned int type;

	switch (flags & (SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6)) {
	case 0:
		return true;
	case SVNIC_META_GSO_TCPV4:
		type = SKB_GSO_TCPV4;
		break;
	case SVNIC_META_GSO_TCPV6:
		type = SKB_GSO_TCPV6;
		break;
	default:
		return false;
	}
	if (!size || !(flags & SVNIC_META_CSUM_BLANK) || start >= skb->len)
		return false;
	if (skb->len - start <= size)
		return true; /* one segment only */
	if (flags & SVNIC_META_GSO_ECN)
		type |= SKB_GSO_TCP_ECN;
	info->gso_size = (u16)size;
	info->gso_type = type | SKB_GSO_DODGY;
	info->gso_segs =
		(u16)min_t(u32, DIV_ROUND_UP(skb->len - start, size), U16_MAX);
	return true;
}

/* What the card, or the sender, says of a frame; false: nonsense. */
static bool meta_apply(struct svnic_net_queue *q, struct sk_buff *skb,
		       const struct svnic_meta *m)
{
	netdev_features_t on = q->net->dev->features;
	u16 flags = svnic_cpu16(m->flags);
	u32 start = svnic_cpu16(m->csum_start);

	if (flags & SVNIC_META_CSUM_BLANK) {
		if (start < ETH_HLEN ||
		    start + m->csum_offset + sizeof(__sum16) >
			    skb_headlen(skb) ||
		    !skb_partial_csum_set(skb, (u16)start, m->csum_offset))
			return false;
	} else if ((flags & SVNIC_META_CSUM_GOOD) && (on & NETIF_F_RXCSUM)) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	}
	if (!gso_set(skb, m, flags))
		return false;
	if (flags & SVNIC_META_VLAN)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q),
				       svnic_cpu16(m->vlan_tci));
	if ((flags & SVNIC_META_HASH_L4) && (on & NETIF_F_RXHASH))
		skb_set_hash(skb, svnic_cpu32(m->hash), PKT_HASH_TYPE_L4);
	return true;
}

static void frame_deliver(struct svnic_net_queue *q, const struct frame *f)
{
	struct sk_buff *skb =
		svnic_net_pool_skb(&q->rx.pool, &q->napi, &f->pieces,
				   header_len(&f->meta), may_attach(q, f));

	if (!skb)
		return;
	if (!pskb_may_pull(skb, ETH_HLEN) || !meta_apply(q, skb, &f->meta)) {
		q->rx.dropped++;
		kfree_skb(skb);
		return;
	}
	svnic_net_count_frame(&q->rx.count, skb->len);
	skb_record_rx_queue(skb, (u16)q->index);
	skb->protocol = eth_type_trans(skb, q->net->dev);
	napi_gro_receive(&q->napi, skb);
}

int svnic_net_rx_poll(struct svnic_net_queue *q, int budget)
{
	struct svnic_net_rx *rx = &q->rx;
	struct frame f;
	int work = 0, r = 0;

	BUILD_BUG_ON(NET_FRAME_PAGES > MAX_SKB_FRAGS);
	BUILD_BUG_ON(NET_FRAME_PAGES > SVNIC_NET_PIECES);
	BUILD_BUG_ON(PAGE_SIZE != SVNIC_PAGE_SIZE);
	while (work < budget) {
		r = frame_take(rx, &f);
		if (r <= 0)
			break;
		frame_deliver(q, &f);
		work++;
		if (rx->ring.next - rx->ring.done < rx->known / 4)
			want_pages(q);
		if (work % REFILL == 0)
			refill(q);
	}
	if (r < 0) {
		atomic_long_inc(&q->nonsense);
		svnic_net_queue_fail(q, "got an impossible completion");
	} else {
		refill(q);
	}
	return work;
}
