// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames from netback.  The pages of the rx ring are granted once and used by
 * svnic_net's pool of them (pool.h).  While the stack holds the spare pages, or
 * from a backend that is not trusted, everything is copied: the backend could
 * still write to the page.
 *
 * A response is copied once and the copy is checked (rules R36 to R43); the
 * buffer is that of the ring slot, by our own record, whatever its id says.
 *
 * All in NAPI context.
 */
#include <linux/etherdevice.h>
#include <linux/skbuff.h>
#include <xen/events.h>
#include "svnic_front.h"

#define REFILL 64 /* frames between two refills in one poll */

struct frame {
	struct svnic_net_pieces pieces;
	u16 flags;
	struct xen_netif_extra_info gso; /* type 0: none */
	bool bad;			 /* to be dropped */
};

/* Pages -------------------------------------------------------------------- */

int svnic_front_rx_init(struct netif_queue *q)
{
	struct netif_rx *rx = &q->rx;
	struct xen_netif_rx_sring *sring = page_address(rx->sring.page[0]);
	u32 i;
	int r;

	r = svnic_net_pool_init(&rx->pool, rx->pages.page, NETIF_RX_PAGES);
	if (r)
		return r;
	for (i = NETIF_RX_PAGES; i-- > 0;)
		svnic_net_pool_put(&rx->pool, i);
	SHARED_RING_INIT(sring);
	FRONT_RING_INIT(&rx->ring, sring, XEN_PAGE_SIZE);
	return 0;
}

void svnic_front_rx_fini(struct netif_queue *q)
{
	svnic_net_pool_fini(&q->rx.pool);
}

static void refill(struct netif_queue *q)
{
	u32 limit = READ_ONCE(q->front->netif.rx_limit);
	struct netif_rx *rx = &q->rx;
	struct xen_netif_rx_front_ring *ring = &rx->ring;
	RING_IDX before = ring->req_prod_pvt;
	int notify;

	svnic_net_pool_harvest(&rx->pool);
	while (rx->pool.nr_free &&
	       ring->req_prod_pvt - ring->rsp_cons < limit) {
		u32 at = ring->req_prod_pvt & (NETIF_RING - 1);
		u32 page = svnic_net_pool_get(&rx->pool);
		struct xen_netif_rx_request req = {
			.id = (u16)at,
			.gref = rx->pages.ref[page],
		};

		rx->slot[at] = (u16)page;
		*RING_GET_REQUEST(ring, ring->req_prod_pvt) = req;
		ring->req_prod_pvt++;
	}
	if (ring->req_prod_pvt == before)
		return;
	/* Pairs with sring_avail() and sring_arm() in
	 * backend/svnicd/netif/sring.c. */
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(ring, notify);
	if (!notify)
		return;
	notify_remote_via_irq(q->rx_event.irq);
	rx->kicks++;
}

/* One frame from the ring -------------------------------------------------- */

/* The page of the next response; the caller has seen that there is one. */
static u32 slot_take(struct netif_rx *rx)
{
	u32 page = rx->slot[rx->ring.rsp_cons & (NETIF_RING - 1)];

	WRITE_ONCE(rx->ring.rsp_cons, rx->ring.rsp_cons + 1);
	return page;
}

static void piece_take(struct netif_rx *rx, struct frame *f,
		       const struct xen_netif_rx_response *rsp)
{
	struct svnic_net_pieces *p = &f->pieces;
	u32 page = slot_take(rx);

	if (rsp->status <= 0 || rsp->offset >= XEN_PAGE_SIZE ||
	    (u32)rsp->status > XEN_PAGE_SIZE - rsp->offset ||
	    p->nr == NETIF_SLOTS) {
		f->bad = true;
		svnic_net_pool_put(&rx->pool, page);
		return;
	}
	p->page[p->nr] = (u16)page;
	p->offset[p->nr] = rsp->offset;
	p->len[p->nr] = (u16)rsp->status;
	p->total += p->len[p->nr];
	p->nr++;
}

/* The extras behind a first response; false: there is no end to them. */
static bool extras_take(struct netif_rx *rx, RING_IDX prod, struct frame *f)
{
	struct xen_netif_extra_info extra;

	do {
		if (rx->ring.rsp_cons == prod)
			return false;
		extra = *(volatile struct xen_netif_extra_info *)
				RING_GET_RESPONSE(&rx->ring, rx->ring.rsp_cons);
		svnic_net_pool_put(&rx->pool, slot_take(rx));
		if (extra.type == XEN_NETIF_EXTRA_TYPE_GSO)
			f->gso = extra;
		else if (extra.type == XEN_NETIF_EXTRA_TYPE_NONE ||
			 extra.type >= XEN_NETIF_EXTRA_TYPE_MAX)
			f->bad = true;
	} while (extra.flags & XEN_NETIF_EXTRA_FLAG_MORE);
	return true;
}

/* False: the frame has no end. */
static bool frame_take(struct netif_rx *rx, RING_IDX prod, struct frame *f)
{
	struct xen_netif_rx_response rsp;
	bool first = true;

	f->pieces.total = 0;
	f->pieces.nr = 0;
	f->gso.type = XEN_NETIF_EXTRA_TYPE_NONE;
	f->bad = false;
	do {
		if (rx->ring.rsp_cons == prod)
			return false;
		RING_COPY_RESPONSE(&rx->ring, rx->ring.rsp_cons, &rsp);
		piece_take(rx, f, &rsp);
		if (first)
			f->flags = rsp.flags;
		if (first && (rsp.flags & XEN_NETRXF_extra_info) &&
		    !extras_take(rx, prod, f))
			return false;
		first = false;
	} while (rsp.flags & XEN_NETRXF_more_data);
	if (f->pieces.total < ETH_HLEN)
		f->bad = true;
	return true;
}

static void frame_drop(struct netif_rx *rx, const struct frame *f)
{
	u32 i;

	for (i = 0; i < f->pieces.nr; i++)
		svnic_net_pool_put(&rx->pool, f->pieces.page[i]);
	rx->errors++;
}

/* From a frame to an skb --------------------------------------------------- */

static bool may_attach(const struct netif_queue *q, const struct frame *f)
{
	const u32 spare = NETIF_RX_PAGES - NETIF_RING;

	return f->pieces.total > SVNIC_NET_COPYBREAK &&
	       q->front->netif.trusted &&
	       q->rx.pool.nr_held + f->pieces.nr <= spare;
}

/* Segmentation offload; false: nonsense. */
static bool gso_set(struct sk_buff *skb, const struct xen_netif_extra_info *e)
{
	struct skb_shared_info *info = skb_shinfo(skb);

	if (e->type == XEN_NETIF_EXTRA_TYPE_NONE)
		return true;
	if (!e->u.gso.size)
		return false;
	if (e->u.gso.type == XEN_NETIF_GSO_TYPE_TCPV4)
		info->gso_type = SKB_GSO_TCPV4;
	else if (e->u.gso.type == XEN_NETIF_GSO_TYPE_TCPV6)
		info->gso_type = SKB_GSO_TCPV6;
	else
		return false;
	info->gso_size = e->u.gso.size;
	/* The header is checked, and the segments are counted, by the stack. */
	info->gso_type |= SKB_GSO_DODGY;
	info->gso_segs = 0;
	return true;
}

/* The flags say that there is a blank; where, the header has to say. */
static bool csum_set(struct netif_queue *q, struct sk_buff *skb, u16 flags)
{
	bool fix = false;

	if (flags & XEN_NETRXF_csum_blank)
		skb->ip_summed = CHECKSUM_PARTIAL;
	else if (flags & XEN_NETRXF_data_validated)
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	if (skb->ip_summed != CHECKSUM_PARTIAL && skb_is_gso(skb)) {
		/* Some backends forget it; the stack wants it blank. */
		q->rx.fixed++;
		skb->ip_summed = CHECKSUM_PARTIAL;
		fix = true;
	}
	return skb->ip_summed != CHECKSUM_PARTIAL ||
	       skb_checksum_setup(skb, fix) == 0;
}

static void frame_deliver(struct netif_queue *q, const struct frame *f)
{
	struct sk_buff *skb =
		svnic_net_pool_skb(&q->rx.pool, &q->napi, &f->pieces,
				   SVNIC_NET_HEADER, may_attach(q, f));
	u32 len;

	if (!skb)
		return;
	len = skb->len;
	if (!pskb_may_pull(skb, ETH_HLEN))
		goto err_free;
	skb->protocol = eth_type_trans(skb, svnic_net_netdev(q->front->net));
	skb_reset_network_header(skb);
	if (!gso_set(skb, &f->gso) || !csum_set(q, skb, f->flags))
		goto err_free;
	svnic_net_count_frame(&q->rx.count, len);
	/* The stack may know of fewer by now (ethtool -L). */
	if (q->index < READ_ONCE(skb->dev->real_num_rx_queues))
		skb_record_rx_queue(skb, (u16)q->index);
	napi_gro_receive(&q->napi, skb);
	return;

err_free:
	q->rx.dropped++;
	kfree_skb(skb);
}

int svnic_front_rx_poll(struct netif_queue *q, int budget)
{
	struct xen_netif_rx_front_ring *ring = &q->rx.ring;
	RING_IDX prod = READ_ONCE(ring->sring->rsp_prod);
	struct frame f;
	int work = 0;

	BUILD_BUG_ON(PAGE_SIZE != XEN_PAGE_SIZE);
	BUILD_BUG_ON(NETIF_SLOTS > SVNIC_NET_PIECES);
	if (prod - ring->rsp_cons > ring->req_prod_pvt - ring->rsp_cons) {
		svnic_front_netif_fail(q, "has an impossible rx index", prod);
		return 0;
	}
	/* Pairs with sring_publish() in backend/svnicd/netif/sring.c, and
	 * with netback's push: the responses are read after their index. */
	virt_rmb();
	while (work < budget && ring->rsp_cons != prod) {
		if (!frame_take(&q->rx, prod, &f)) {
			svnic_front_netif_fail(q, "sent a frame without an end",
					       prod);
			return work;
		}
		if (f.bad)
			frame_drop(&q->rx, &f);
		else
			frame_deliver(q, &f);
		if (++work % REFILL == 0)
			refill(q);
	}
	refill(q);
	return work;
}
