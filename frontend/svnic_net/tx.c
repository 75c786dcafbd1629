// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames from the stack to the card.  A frame is copied into pages that the
 * card knows already, small ones side by side into one page, and the skb is
 * gone at once.  Descriptors come back in order; a page is free when the last
 * descriptor that names it is back, and the page used last is used next.
 *
 * All but the rewind runs under the tx lock of the queue.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>
#include "net.h"
#include "netdev.h"
#include "poller.h"

#define GRANULE		64u   /* frames in one page start at multiples of it */
#define TX_DRAIN_MS	50    /* that the card may stand still, */
#define TX_DRAIN_MAX_MS 500   /* and take for what it has */
#define WORTHWHILE	1024u /* a long frame starts where so much is left */

/* Pages -------------------------------------------------------------------- */

static void page_put(struct svnic_net_tx *tx, u32 page)
{
	if (--tx->users[page])
		return;
	if (page == tx->page)
		tx->offset = 0;
	else
		tx->free[tx->nr_free++] = (u16)page;
}

/* Pairs with run_add() in pages.c. */
static void pages_learn(struct svnic_net_tx *tx)
{
	u32 nr = smp_load_acquire(&tx->run.nr);

	while (tx->known < nr)
		tx->free[tx->nr_free++] = (u16)tx->known++;
}

/* Room for any frame? */
static bool has_room(const struct svnic_net_tx *tx)
{
	return svnic_tx_space(&tx->ring) >= SVNIC_MAX_SEGS &&
	       tx->nr_free >= NET_FRAME_PAGES;
}

/* Room enough to wake a stopped stack? */
static bool has_much_room(const struct svnic_net_tx *tx)
{
	return has_room(tx) && svnic_tx_space(&tx->ring) >= tx->ring.size / 4 &&
	       tx->nr_free >= tx->known / 4;
}

/* Take up to @len octets of a page; the caller has made sure of has_room(). */
static u32 piece_take(struct svnic_net_tx *tx, u32 len, struct svnic_seg *seg)
{
	u32 n;

	if (tx->page == NET_NO_PAGE || tx->offset >= PAGE_SIZE) {
		tx->page = tx->free[--tx->nr_free];
		tx->offset = 0;
	}
	n = min_t(u32, len, PAGE_SIZE - tx->offset);
	seg->page = svnic_le32(tx->run.first + tx->page);
	seg->offset = svnic_le16((u16)tx->offset);
	seg->len = svnic_le16((u16)n);
	tx->users[tx->page]++;
	tx->offset = ALIGN(tx->offset + n, GRANULE);
	return n;
}

/* A frame that fits into one page lies in one page. */
static void page_choose(struct svnic_net_tx *tx, u32 len)
{
	u32 want = len <= PAGE_SIZE ? len : WORTHWHILE;

	if (tx->page != NET_NO_PAGE && tx->offset + want > PAGE_SIZE)
		tx->offset = PAGE_SIZE;
}

/* Returns ------------------------------------------------------------------ */

static void reclaim(struct svnic_net_queue *q)
{
	struct svnic_net_tx *tx = &q->tx;
	u32 at = tx->ring.done, frames = 0, octets = 0;
	int n = svnic_tx_return(&tx->ring);

	if (n > 0 && (s32)(tx->published - tx->ring.done) < 0)
		n = -EPROTO;
	if (n < 0) {
		atomic_long_inc(&q->nonsense);
		svnic_net_queue_fail(q, "got an impossible tx index");
		return;
	}
	for (; at != tx->ring.done; at++) {
		struct svnic_net_tx_slot *slot =
			&tx->slot[at & (tx->ring.size - 1)];

		page_put(tx, slot->page);
		frames += slot->len != 0;
		octets += slot->len;
	}
	if (frames)
		netdev_tx_completed_queue(svnic_net_txq(q), frames, octets);
}

static void want_pages(struct svnic_net_queue *q)
{
	if (q->want_tx || q->tx.known >= q->tx.run.max)
		return;
	q->want_tx = true;
	schedule_work(&q->net->grow);
}

static void poll_locked(struct svnic_net_queue *q)
{
	struct netdev_queue *txq = svnic_net_txq(q);

	if (!svnic_net_is_direct(q))
		return;
	pages_learn(&q->tx);
	reclaim(q);
	if (netif_tx_queue_stopped(txq) && !q->broken && has_much_room(&q->tx))
		netif_tx_wake_queue(txq);
}

void svnic_net_tx_poll(struct svnic_net_queue *q)
{
	struct netdev_queue *txq = svnic_net_txq(q);

	__netif_tx_lock(txq, smp_processor_id());
	poll_locked(q);
	__netif_tx_unlock(txq);
}

void svnic_net_tx_netpoll(struct svnic_net_queue *q)
{
	struct netdev_queue *txq = svnic_net_txq(q);

	if (!__netif_tx_trylock(txq))
		return;
	poll_locked(q);
	__netif_tx_unlock(txq);
}

void svnic_net_tx_rewind(struct svnic_net_queue *q)
{
	struct svnic_net_tx *tx = &q->tx;

	netdev_tx_reset_queue(svnic_net_txq(q));
	memset(tx->users, 0, tx->run.max * sizeof(*tx->users));
	tx->nr_free = 0;
	tx->known = 0;
	tx->page = NET_NO_PAGE;
	tx->offset = 0;
	tx->published = 0;
	pages_learn(tx);
}

/* Frames ------------------------------------------------------------------- */

static void flush(struct svnic_net_queue *q)
{
	struct svnic_net_tx *tx = &q->tx;

	if (tx->published == tx->ring.next)
		return;
	tx->published = tx->ring.next;
	svnic_tx_publish(&tx->ring);
	svnic_net_kick(q);
	tx->kicks++;
	svnic_net_poller_touch(q);
}

static int meta_gso(const struct sk_buff *skb, struct svnic_meta *m, u16 *flags)
{
	const struct skb_shared_info *info = skb_shinfo(skb);

	if (info->gso_type & SKB_GSO_TCPV4)
		*flags |= SVNIC_META_GSO_TCPV4;
	else if (info->gso_type & SKB_GSO_TCPV6)
		*flags |= SVNIC_META_GSO_TCPV6;
	else
		return -EPROTONOSUPPORT;
	if (info->gso_type & SKB_GSO_TCP_ECN)
		*flags |= SVNIC_META_GSO_ECN;
	m->gso_size = svnic_le16(info->gso_size);
	return 0;
}

/* What the card must know of a frame; the skb may be changed. */
static int meta_fill(struct sk_buff *skb, struct svnic_meta *m)
{
	u16 flags = 0;
	int r = 0;

	memset(m, 0, sizeof(*m));
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    (skb_checksum_start_offset(skb) > U16_MAX ||
	     skb->csum_offset > U8_MAX))
		r = skb_checksum_help(skb);
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		flags |= SVNIC_META_CSUM_BLANK;
		m->csum_start = svnic_le16((u16)skb_checksum_start_offset(skb));
		m->csum_offset = (u8)skb->csum_offset;
	}
	if (!r && skb_is_gso(skb))
		r = meta_gso(skb, m, &flags);
	if (skb_vlan_tag_present(skb)) {
		flags |= SVNIC_META_VLAN;
		m->vlan_tci = svnic_le16(skb_vlan_tag_get(skb));
	}
	m->flags = svnic_le16(flags);
	return r;
}

/* Copy a frame into pages; the number of pieces, or -errno and nothing held. */
static int pieces_copy(struct svnic_net_tx *tx, const struct sk_buff *skb,
		       struct svnic_seg *seg, u16 *page)
{
	u32 at = 0;
	int n = 0;

	page_choose(tx, skb->len);
	while (at < skb->len) {
		u32 len = piece_take(tx, skb->len - at, &seg[n]);
		void *to;

		page[n] = (u16)tx->page;
		to = page_address(tx->run.page[page[n]]) +
		     svnic_cpu16(seg[n].offset);
		n++;
		if (skb_copy_bits(skb, (int)at, to, (int)len))
			goto err_put;
		at += len;
	}
	return n;

err_put:
	while (n--)
		page_put(tx, page[n]);
	return -EFAULT;
}

static int frame_provide(struct svnic_net_tx *tx, struct sk_buff *skb)
{
	struct svnic_seg seg[SVNIC_MAX_SEGS];
	struct svnic_tx_desc desc = {};
	u16 page[SVNIC_MAX_SEGS];
	int i, n, r;

	if (skb->len < SVNIC_FRAME_MIN || skb->len > SVNIC_FRAME_MAX)
		return -EMSGSIZE;
	r = meta_fill(skb, &desc.meta);
	if (r)
		return r;
	n = pieces_copy(tx, skb, seg, page);
	if (n < 0)
		return n;
	desc.meta.segs = (u8)n;
	for (i = 0; i < n; i++) {
		struct svnic_net_tx_slot *slot =
			&tx->slot[tx->ring.next & (tx->ring.size - 1)];

		slot->page = page[i];
		slot->len = i == n - 1 ? skb->len : 0;
		desc.seg = seg[i];
		svnic_tx_provide(&tx->ring, &desc);
		memset(&desc.meta, 0, sizeof(desc.meta));
	}
	return 0;
}

/* Stop until NAPI finds room; it also arms the event that brings it. */
static void stop(struct svnic_net_queue *q)
{
	netif_tx_stop_queue(svnic_net_txq(q));
	q->tx.stops++;
	if (q->tx.nr_free < NET_FRAME_PAGES)
		want_pages(q);
}

/*
 * Nothing of a queue that went another way counts any more, not even when it
 * comes back later: the stack takes more completed than sent for a bug.
 */
static void forget(struct svnic_net_tx *tx)
{
	u32 at;

	for (at = tx->ring.done; at != tx->ring.next; at++)
		tx->slot[at & (tx->ring.size - 1)].len = 0;
}

void svnic_net_tx_leave(struct svnic_net_queue *q)
{
	struct netdev_queue *txq = svnic_net_txq(q);

	if (q->live && !q->broken)
		flush(q);
	forget(&q->tx);
	netdev_tx_reset_queue(txq);
	if (READ_ONCE(q->net->slow_up) && !READ_ONCE(q->net->promoting))
		netif_tx_wake_queue(txq);
	else
		netif_tx_stop_queue(txq);
}

void svnic_net_tx_drain(struct svnic_net_queue *q)
{
	const struct svnic_queue_ctrl *c = q->tx.ring.ctrl;
	unsigned long end = jiffies + msecs_to_jiffies(TX_DRAIN_MAX_MS);
	unsigned long stall = jiffies + msecs_to_jiffies(TX_DRAIN_MS);
	u32 at, last = svnic_peek32(&c->tx_cons);

	while (last != q->tx.published && !READ_ONCE(q->broken)) {
		usleep_range(50, 200);
		at = svnic_peek32(&c->tx_cons);
		if (at != last)
			stall = jiffies + msecs_to_jiffies(TX_DRAIN_MS);
		last = at;
		if (time_after(jiffies, stall) || time_after(jiffies, end))
			break;
	}
}

/* After a frame: ring, now or with the next one. */
static void sent(struct svnic_net_queue *q, u32 len)
{
	struct netdev_queue *txq = svnic_net_txq(q);
	struct svnic_net_tx *tx = &q->tx;

	if (__netdev_tx_sent_queue(txq, len, netdev_xmit_more()) ||
	    netif_xmit_stopped(txq))
		flush(q);
	if (netif_xmit_stopped(txq)) {
		tx->limited += !netif_tx_queue_stopped(txq);
		napi_schedule(&q->napi);
	}
}

/* By the card; @q is direct. */
static netdev_tx_t direct_xmit(struct svnic_net_queue *q, struct sk_buff *skb)
{
	struct svnic_net_tx *tx = &q->tx;
	u32 len = skb->len;

	if (!has_room(tx)) {
		flush(q);
		stop(q);
		napi_schedule(&q->napi);
		return NETDEV_TX_BUSY;
	}
	if (frame_provide(tx, skb)) {
		if (!netdev_xmit_more())
			flush(q);
		tx->dropped++;
		dev_kfree_skb_any(skb);
		return NETDEV_TX_OK;
	}
	skb_tx_timestamp(skb);
	svnic_net_count_frame(&tx->count, len);
	if (!has_room(tx))
		stop(q);
	sent(q, len);
	dev_consume_skb_any(skb);
	return NETDEV_TX_OK;
}

/* By neither; in time one of them wakes the queue. */
static netdev_tx_t no_way(struct net_device *dev, u32 queue)
{
	netif_tx_stop_queue(netdev_get_tx_queue(dev, queue));
	return NETDEV_TX_BUSY;
}

netdev_tx_t svnic_net_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct svnic_net *net = svnic_net_of(dev);
	u32 queue = skb_get_queue_mapping(skb);
	struct svnic_net_queue *q;

	if (queue < net->nr_alloc) {
		q = &net->queue[queue];
		if (svnic_net_is_direct(q)) {
			reclaim(q);
			if (!q->broken)
				return direct_xmit(q, skb);
			svnic_net_tx_leave(q);
		}
	}
	if (READ_ONCE(net->slow_up) && !READ_ONCE(net->promoting))
		return net->config.slow->xmit(net->config.owner, queue, skb);
	return no_way(dev, queue);
}

/*
 * A slow receiver is no fault, so look and ring; but where there is another
 * way, a card that takes nothing for so long is left.
 */
void svnic_net_tx_timeout(struct svnic_net *net, u32 queue)
{
	struct svnic_net_queue *q = NULL;

	if (queue < net->nr_alloc)
		q = &net->queue[queue];
	if (q && svnic_net_is_direct(q)) {
		q->tx.timeouts++;
		svnic_net_kick(q);
		if (READ_ONCE(net->slow_up))
			svnic_net_queue_fail(q, "takes no frames");
		napi_schedule(&q->napi);
	} else if (READ_ONCE(net->slow_up)) {
		net->config.slow->look(net->config.owner, queue);
	}
}
