// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames from the card to the stack.  Short frames are copied and their buffer
 * is provided again at once.  Of longer ones the header is copied and the rest
 * is attached; the page comes back when its reference count says that the
 * stack has let go of it.  While the stack holds half of the pages, or when the
 * card is not trusted with memory in use, everything is copied.
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

#define LINEAR_MAX 2048u /* copied frames up to this need no fragments */
#define REFILL	   32	 /* frames between two refills in one poll */
#define HELD_TRIES 16u	 /* pages in a row that the stack still holds */

struct frame {
	struct svnic_meta meta;
	u32 total;
	u32 nr;
	u16 page[NET_FRAME_PAGES];
	u16 len[NET_FRAME_PAGES];
};

/* Pages --------------------------------------------------------------------- */

static void page_put(struct svnic_net_rx *rx, u32 page)
{
	rx->free[rx->nr_free++] = (u16)page;
}

static void page_hold(struct svnic_net_rx *rx, u32 page)
{
	u32 at = rx->held_head + rx->nr_held++;

	rx->held[at % rx->run.max] = (u16)page;
	rx->is_held[page] = true;
}

/* Take back what the stack has let go of. */
static void pages_harvest(struct svnic_net_rx *rx)
{
	u32 left = rx->nr_held, tries = HELD_TRIES;

	while (left-- && tries) {
		u32 page = rx->held[rx->held_head];

		rx->held_head = (rx->held_head + 1) % rx->run.max;
		rx->nr_held--;
		if (page_ref_count(rx->run.page[page]) != 1) {
			page_hold(rx, page);
			tries--;
			continue;
		}
		rx->is_held[page] = false;
		page_put(rx, page);
		rx->reused++;
		tries = HELD_TRIES;
	}
	/* The stack's last reads come before the card's next writes. */
	smp_mb();
}

/* Pairs with run_add() in pages.c. */
static void pages_learn(struct svnic_net_rx *rx)
{
	u32 nr = smp_load_acquire(&rx->run.nr);

	for (; rx->known < nr; rx->known++)
		if (!rx->is_held[rx->known])
			page_put(rx, rx->known);
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
	pages_harvest(rx);
	while (rx->nr_free && svnic_rx_space(&rx->ring)) {
		u32 page = rx->free[--rx->nr_free];
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

	rx->nr_free = 0;
	rx->known = 0;
	provide(rx);
}

/* Frames ---------------------------------------------------------------------- */

/* 1: a whole frame was taken, 0: there is none, -EPROTO. */
static int frame_take(struct svnic_net_rx *rx, struct frame *f)
{
	struct svnic_meta m;
	int r = svnic_rx_return(&rx->ring, &f->meta);

	if (r <= 0)
		return r;
	if (f->meta.segs == 0 || f->meta.segs > NET_FRAME_PAGES)
		return -EPROTO;
	m = f->meta;
	f->total = 0;
	for (f->nr = 0; f->nr < f->meta.segs; f->nr++) {
		/* All completions of a frame became visible at once. */
		if (f->nr && svnic_rx_return(&rx->ring, &m) != 1)
			return -EPROTO;
		f->len[f->nr] = svnic_cpu16(m.len);
		f->page[f->nr] =
			rx->slot[(rx->ring.done - 1) & (rx->ring.size - 1)];
		if (f->len[f->nr] == 0 || f->len[f->nr] > SVNIC_PAGE_SIZE)
			return -EPROTO;
		f->total += f->len[f->nr];
	}
	return f->total <= SVNIC_FRAME_MAX ? 1 : -EPROTO;
}

static bool may_attach(struct svnic_net_queue *q, const struct frame *f)
{
	struct svnic_net_rx *rx = &q->rx;

	if (!q->net->config.trusted)
		return false;
	if (rx->nr_held + f->nr <= rx->known / 2)
		return true;
	want_pages(q);
	return false;
}

/* How much of a frame goes into the linear part of its skb. */
static u32 head_len(const struct frame *f, bool attach)
{
	u32 csum_end = svnic_cpu16(f->meta.csum_start) + f->meta.csum_offset +
		       (u32)sizeof(__sum16);
	u32 want = NET_HEADER;

	if (f->total <= NET_COPYBREAK || (!attach && f->total <= LINEAR_MAX))
		return f->total;
	if (svnic_cpu16(f->meta.flags) & SVNIC_META_CSUM_BLANK)
		want = max(want, csum_end);
	return min_t(u32, want, f->len[0]);
}

/* A copy of a piece as a fragment; the buffer is not needed after it. */
static bool piece_copy(struct sk_buff *skb, const void *from, u32 len)
{
	struct page *page = dev_alloc_page();

	if (!page)
		return false;
	memcpy(page_address(page), from, len);
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, (int)len,
			PAGE_SIZE);
	return true;
}

/* Piece @i beyond @head octets; true: the skb holds the page now. */
static bool piece_attach(struct svnic_net_rx *rx, struct sk_buff *skb,
			 struct page *page, u32 offset, u32 len)
{
	get_page(page);
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, (int)offset,
			(int)len, PAGE_SIZE);
	rx->attached++;
	return true;
}

/* The skb of a frame, or NULL; the frame's pages are provided for. */
static struct sk_buff *frame_build(struct svnic_net_queue *q,
				   const struct frame *f)
{
	struct svnic_net_rx *rx = &q->rx;
	bool attach = f->total > NET_COPYBREAK && may_attach(q, f);
	u32 i, head = head_len(f, attach);
	struct sk_buff *skb = napi_alloc_skb(&q->napi, head);
	bool ok = skb != NULL;

	for (i = 0; i < f->nr; i++) {
		struct page *page = rx->run.page[f->page[i]];
		u32 linear = min_t(u32, head, f->len[i]);
		u32 rest = f->len[i] - linear;
		bool held = false;

		head -= linear;
		if (ok && linear)
			skb_put_data(skb, page_address(page), linear);
		if (ok && rest && attach)
			held = piece_attach(rx, skb, page, linear, rest);
		else if (ok && rest)
			ok = piece_copy(skb, page_address(page) + linear, rest);
		if (held)
			page_hold(rx, f->page[i]);
		else
			page_put(rx, f->page[i]);
	}
	if (ok) {
		rx->copied += !attach;
		return skb;
	}
	rx->no_memory++;
	kfree_skb(skb);
	return NULL;
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
	struct sk_buff *skb = frame_build(q, f);

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
