// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames to netback.  A frame is copied into pages that were granted when the
 * rings were made, one for each id, and the skb is gone at once: so no grant is
 * made or ended for a frame, nothing beside the frame is ever shared (rule
 * R30), and no page of the stack depends on the backend (rule R29).
 *
 * Ids come back by responses, in any order.  They are looked at when the ring
 * is getting full, and from NAPI; an event is asked for only while the stack is
 * stopped.  A response is copied once and the copy is checked (R41, R43).
 *
 * All under the tx lock of the netdev's queue.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>
#include <xen/events.h>
#include "svnic_front.h"

#define FRAME_ROOM (NETIF_SLOTS + 1) /* and an extra */
#define TX_FEW	   64 /* free ids; below this the ring is looked at */

void svnic_front_tx_init(struct netif_queue *q)
{
	struct netif_tx *tx = &q->tx;
	struct xen_netif_tx_sring *sring = page_address(tx->sring.page[0]);
	u32 i;

	SHARED_RING_INIT(sring);
	FRONT_RING_INIT(&tx->ring, sring, XEN_PAGE_SIZE);
	/* No events until the stack is stopped. */
	sring->rsp_event = 0;
	for (i = 0; i < NETIF_RING; i++) {
		tx->free[i] = (u16)i;
		tx->busy[i] = false;
	}
	tx->nr_free = NETIF_RING;
	tx->nr_extras = 0;
	tx->pushed = 0;
	tx->seen = 0;
}

static struct netdev_queue *txq_of(const struct netif_queue *q)
{
	return netdev_get_tx_queue(svnic_net_netdev(q->front->net), q->index);
}

/* Ids that may be used. */
static u32 room(const struct netif_queue *q)
{
	const struct netif_tx *tx = &q->tx;
	u32 limit = READ_ONCE(q->front->netif.tx_limit);
	u32 used = tx->ring.req_prod_pvt - tx->ring.rsp_cons;

	return used < limit ? min(limit - used, tx->nr_free) : 0;
}

/* Responses ---------------------------------------------------------------- */

static void response_take(struct netif_queue *q,
			  const struct xen_netif_tx_response *rsp)
{
	struct netif_tx *tx = &q->tx;

	if (rsp->status == XEN_NETIF_RSP_NULL && tx->nr_extras) {
		tx->nr_extras--; /* an extra has no id */
		return;
	}
	if (rsp->id >= NETIF_RING || !tx->busy[rsp->id]) {
		svnic_front_netif_fail(q, "returned a tx id that it has not",
				       rsp->id);
		return;
	}
	tx->errors += rsp->status != XEN_NETIF_RSP_OKAY;
	tx->busy[rsp->id] = false;
	tx->free[tx->nr_free++] = rsp->id;
}

static void reclaim(struct netif_queue *q)
{
	struct xen_netif_tx_front_ring *ring = &q->tx.ring;
	RING_IDX prod = READ_ONCE(ring->sring->rsp_prod);
	struct xen_netif_tx_response rsp;

	if (prod - ring->rsp_cons > q->tx.pushed - ring->rsp_cons) {
		svnic_front_netif_fail(q, "has an impossible tx index", prod);
		return;
	}
	/* Pairs with sring_publish() in backend/svnicd/netif/sring.c, and
	 * with netback's push: the responses are read after their index. */
	virt_rmb();
	while (ring->rsp_cons != prod && !READ_ONCE(q->front->netif.broken)) {
		RING_COPY_RESPONSE(ring, ring->rsp_cons, &rsp);
		WRITE_ONCE(ring->rsp_cons, ring->rsp_cons + 1);
		response_take(q, &rsp);
	}
}

/* Ask for an event when half of what is out is back; true: look again. */
static bool arm(struct netif_tx *tx)
{
	struct xen_netif_tx_front_ring *ring = &tx->ring;
	RING_IDX want = ring->rsp_cons + (tx->pushed - ring->rsp_cons) / 2 + 1;

	ring->sring->rsp_event = want;
	/* Pairs with sring_publish() in backend/svnicd/netif/sring.c: it sees
	 * the event before we look for the last time. */
	virt_mb();
	return (s32)(READ_ONCE(ring->sring->rsp_prod) - want) >= 0;
}

static void poll_locked(struct netif_queue *q)
{
	struct netdev_queue *txq = txq_of(q);

	do {
		if (!q->live || READ_ONCE(q->front->netif.broken))
			break;
		reclaim(q);
		if (!netif_tx_queue_stopped(txq))
			break;
		if (room(q) >= min(2 * FRAME_ROOM, q->front->netif.tx_limit)) {
			svnic_net_slow_room(q->front->net, q->index);
			break;
		}
	} while (arm(&q->tx));
}

void svnic_front_tx_poll(struct netif_queue *q)
{
	struct netdev_queue *txq = txq_of(q);

	__netif_tx_lock(txq, smp_processor_id());
	poll_locked(q);
	__netif_tx_unlock(txq);
}

void svnic_front_tx_netpoll(struct netif_queue *q)
{
	struct netdev_queue *txq = txq_of(q);

	if (!__netif_tx_trylock(txq))
		return;
	poll_locked(q);
	__netif_tx_unlock(txq);
}

/* Frames ------------------------------------------------------------------- */

static void flush(struct netif_queue *q)
{
	struct netif_tx *tx = &q->tx;
	int notify;

	if (tx->pushed == tx->ring.req_prod_pvt)
		return;
	tx->pushed = tx->ring.req_prod_pvt;
	/* Pairs with sring_avail() and sring_arm() in
	 * backend/svnicd/netif/sring.c. */
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&tx->ring, notify);
	if (!notify)
		return;
	notify_remote_via_irq(q->tx_event.irq ? q->tx_event.irq
					      : q->rx_event.irq);
	tx->kicks++;
}

/*
 * What netif cannot express, in software.  features_check() of svnic_net has
 * it done before as a rule, but a frame may have been meant for the card.
 * NULL: the skb is freed.
 */
static struct sk_buff *fit(struct netif_queue *q, struct sk_buff *skb)
{
	netdev_features_t f = q->front->netif.features;
	bool tagged = skb_vlan_tagged(skb);
	netdev_features_t gso = NETIF_F_TSO;
	netdev_features_t csum = NETIF_F_IP_CSUM;

	if (vlan_get_protocol(skb) == htons(ETH_P_IPV6))
		csum = NETIF_F_IPV6_CSUM;
	if (skb_is_gso(skb) && !(skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4))
		gso = NETIF_F_TSO6;
	if (skb_is_gso(skb) && (tagged || !(f & gso)))
		goto err_free;
	if (skb->ip_summed == CHECKSUM_PARTIAL && (tagged || !(f & csum)) &&
	    skb_checksum_help(skb))
		goto err_free;
	if (skb_vlan_tag_present(skb))
		skb = __vlan_hwaccel_push_inside(skb);
	if (!skb)
		return NULL;
	if (skb->len >= ETH_HLEN && skb->len <= XEN_NETIF_MAX_TX_SIZE &&
	    (skb->len <= XEN_PAGE_SIZE || (f & NETIF_F_SG)))
		return skb;
err_free:
	dev_kfree_skb_any(skb);
	return NULL;
}

/* Copy a frame into pages; the number of ids taken, or -errno and none. */
static int pieces_copy(struct netif_tx *tx, const struct sk_buff *skb, u16 *id)
{
	u32 at, len;
	int n = 0;

	for (at = 0; at < skb->len; at += len) {
		id[n] = tx->free[--tx->nr_free];
		len = min_t(u32, skb->len - at, XEN_PAGE_SIZE);
		if (skb_copy_bits(skb, (int)at,
				  page_address(tx->pages.page[id[n++]]),
				  (int)len))
			goto err_put;
	}
	return n;

err_put:
	while (n--)
		tx->free[tx->nr_free++] = id[n];
	return -EFAULT;
}

static void request_put(struct netif_tx *tx, u16 id, u32 size, u16 flags)
{
	struct xen_netif_tx_request req = {
		.gref = tx->pages.ref[id],
		.flags = flags,
		.id = id,
		.size = (u16)size,
	};

	tx->busy[id] = true;
	*RING_GET_REQUEST(&tx->ring, tx->ring.req_prod_pvt) = req;
	tx->ring.req_prod_pvt++;
}

static void gso_put(struct netif_tx *tx, const struct sk_buff *skb)
{
	struct xen_netif_extra_info extra = {
		.type = XEN_NETIF_EXTRA_TYPE_GSO,
	};

	extra.u.gso.size = skb_shinfo(skb)->gso_size;
	extra.u.gso.type = skb_shinfo(skb)->gso_type & SKB_GSO_TCPV6
				   ? XEN_NETIF_GSO_TYPE_TCPV6
				   : XEN_NETIF_GSO_TYPE_TCPV4;
	tx->nr_extras++;
	*(struct xen_netif_extra_info *)RING_GET_REQUEST(
		&tx->ring, tx->ring.req_prod_pvt) = extra;
	tx->ring.req_prod_pvt++;
}

static int frame_put(struct netif_tx *tx, const struct sk_buff *skb)
{
	u16 id[NETIF_SLOTS], flags = 0;
	u32 left = skb->len;
	int i, n = pieces_copy(tx, skb, id);

	BUILD_BUG_ON(NETIF_SLOTS * XEN_PAGE_SIZE < XEN_NETIF_MAX_TX_SIZE);
	if (n < 0)
		return n;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		flags = XEN_NETTXF_csum_blank | XEN_NETTXF_data_validated;
	else if (skb->ip_summed == CHECKSUM_UNNECESSARY)
		flags = XEN_NETTXF_data_validated;
	if (skb_is_gso(skb))
		flags |= XEN_NETTXF_extra_info;
	/* The first one carries the size of all. */
	request_put(tx, id[0], left,
		    n > 1 ? flags | XEN_NETTXF_more_data : flags);
	if (skb_is_gso(skb))
		gso_put(tx, skb);
	for (i = 1; i < n; i++) {
		left -= XEN_PAGE_SIZE;
		request_put(tx, id[i], min_t(u32, left, XEN_PAGE_SIZE),
			    i < n - 1 ? XEN_NETTXF_more_data : 0);
	}
	return 0;
}

/* Stop until NAPI finds room; it also asks for the event that brings it. */
static void stop(struct netif_queue *q)
{
	netif_tx_stop_queue(txq_of(q));
	q->tx.stops++;
	flush(q);
	napi_schedule(&q->napi);
}

netdev_tx_t svnic_front_tx_xmit(struct netif_queue *q, struct sk_buff *skb)
{
	struct netif_tx *tx = &q->tx;

	if (room(q) < TX_FEW && !READ_ONCE(q->front->netif.broken))
		reclaim(q);
	if (READ_ONCE(q->front->netif.broken) || !q->live) {
		netif_tx_stop_queue(txq_of(q));
		return NETDEV_TX_BUSY;
	}
	if (room(q) < FRAME_ROOM) {
		stop(q);
		return NETDEV_TX_BUSY;
	}
	skb = fit(q, skb);
	if (!skb || frame_put(tx, skb)) {
		tx->dropped++;
		if (!netdev_xmit_more())
			flush(q);
		dev_kfree_skb_any(skb);
		return NETDEV_TX_OK;
	}
	skb_tx_timestamp(skb);
	svnic_net_count_frame(&tx->count, skb->len);
	if (room(q) < FRAME_ROOM)
		stop(q);
	else if (!netdev_xmit_more())
		flush(q);
	dev_consume_skb_any(skb);
	return NETDEV_TX_OK;
}
