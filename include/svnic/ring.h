/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The guest's side of a queue pair (abi.md 6), and the index arithmetic that
 * both sides share.  Used by svnic_net.ko, libsvnic and tests; the card's side
 * is in device-firmware/core/vif_tx.c and vif_rx.c.
 *
 * The guest sees the area of a queue pair as one run of virtual addresses.  It
 * trusts nothing that the card writes: indices are checked against the private
 * cursors below, and every completion is copied once.
 *
 * Context: one caller at a time per structure; tx and rx are independent.
 */
#ifndef SVNIC_RING_H
#define SVNIC_RING_H

#include <svnic/abi.h>
#include <svnic/order.h>

#ifdef __KERNEL__
#include <linux/errno.h>
#else
#include <stdbool.h>
#if __STDC_HOSTED__
#include <errno.h>
#else
#include "errno.h" /* the firmware core's own */
#endif
#endif

typedef unsigned int svnic_index; /* runs freely, masked on access */

/*
 * How many entries the peer has provided beyond @next, or -EPROTO when its
 * index is impossible for a ring of @size entries.
 */
static inline int svnic_ring_avail(svnic_index prod, svnic_index next,
				   svnic_index size)
{
	svnic_index avail = prod - next;

	return avail > size ? -EPROTO : (int)avail;
}

/* Does moving an index from @old to @now pass @event? */
static inline bool svnic_ring_passes(svnic_index event, svnic_index now,
				     svnic_index old)
{
	return (svnic_index)(now - event - 1) < (svnic_index)(now - old);
}

static inline unsigned int svnic_ring_pages(unsigned int order,
					    unsigned int entry_size)
{
	return ((entry_size << order) + SVNIC_PAGE_SIZE - 1) >>
	       SVNIC_PAGE_SHIFT;
}

/* Page offsets of the parts of a queue pair's area, and its whole length. */
struct svnic_area {
	unsigned int tx_desc;
	unsigned int rx_seg;
	unsigned int rx_meta;
	unsigned int pages;
};

static inline struct svnic_area svnic_area(unsigned int tx_order,
					   unsigned int rx_order)
{
	struct svnic_area a;

	a.tx_desc = 1;
	a.rx_seg = a.tx_desc +
		   svnic_ring_pages(tx_order, sizeof(struct svnic_tx_desc));
	a.rx_meta =
		a.rx_seg + svnic_ring_pages(rx_order, sizeof(struct svnic_seg));
	a.pages = a.rx_meta +
		  svnic_ring_pages(rx_order, sizeof(struct svnic_meta));
	return a;
}

struct svnic_txq {
	struct svnic_queue_ctrl *ctrl;
	struct svnic_tx_desc *desc;
	svnic_index size;
	svnic_index next; /* provided; published by svnic_tx_publish() */
	svnic_index done; /* returned to the caller */
};

struct svnic_rxq {
	struct svnic_queue_ctrl *ctrl;
	struct svnic_seg *seg;
	struct svnic_meta *meta;
	svnic_index size;
	svnic_index next; /* provided; published by svnic_rx_publish() */
	svnic_index done; /* returned to the caller */
};

/* @area: the zeroed memory of svnic_area(@tx_order, @rx_order).pages pages. */
static inline void svnic_queue_init(struct svnic_txq *tx, struct svnic_rxq *rx,
				    void *area, unsigned int tx_order,
				    unsigned int rx_order)
{
	struct svnic_area a = svnic_area(tx_order, rx_order);
	char *base = (char *)area;

	tx->ctrl = rx->ctrl = (struct svnic_queue_ctrl *)area;
	tx->desc = (struct svnic_tx_desc *)(base + a.tx_desc * SVNIC_PAGE_SIZE);
	rx->seg = (struct svnic_seg *)(base + a.rx_seg * SVNIC_PAGE_SIZE);
	rx->meta = (struct svnic_meta *)(base + a.rx_meta * SVNIC_PAGE_SIZE);
	tx->size = 1u << tx_order;
	rx->size = 1u << rx_order;
	tx->next = tx->done = 0;
	rx->next = rx->done = 0;
}

static inline unsigned int svnic_tx_space(const struct svnic_txq *q)
{
	return q->size - (q->next - q->done);
}

/* Fill the next descriptor.  The caller has made sure of svnic_tx_space(). */
static inline void svnic_tx_provide(struct svnic_txq *q,
				    const struct svnic_tx_desc *d)
{
	q->desc[q->next++ & (q->size - 1)] = *d;
}

/*
 * Pairs with gather_avail() in device-firmware/core/gather.c
 * (ordering.md O1).
 */
static inline void svnic_tx_publish(struct svnic_txq *q)
{
	svnic_publish32(&q->ctrl->tx_prod, q->next);
}

/*
 * How many descriptors came back since the last call, oldest first, or
 * -EPROTO.  Their buffers are the guest's again.
 * Pairs with tx_return() in device-firmware/core/vif_tx.c (ordering.md O2).
 */
static inline int svnic_tx_return(struct svnic_txq *q)
{
	svnic_index cons = svnic_observe32(&q->ctrl->tx_cons);
	int n = svnic_ring_avail(cons, q->done, q->next - q->done);

	if (n > 0)
		q->done = cons;
	return n;
}

static inline unsigned int svnic_rx_space(const struct svnic_rxq *q)
{
	return q->size - (q->next - q->done);
}

/* Offer a buffer.  The caller has made sure of svnic_rx_space(). */
static inline void svnic_rx_provide(struct svnic_rxq *q,
				    const struct svnic_seg *s)
{
	q->seg[q->next++ & (q->size - 1)] = *s;
}

/* Pairs with rx_provide() in device-firmware/core/vif_rx.c (ordering.md O3). */
static inline void svnic_rx_publish(struct svnic_rxq *q)
{
	svnic_publish32(&q->ctrl->rx_prod, q->next);
}

/*
 * Take the next completion: 1 and *@m, which belongs to the oldest buffer not
 * yet taken (number done - 1 afterwards), 0 when there is none, or -EPROTO.
 * Pairs with rx_return() in device-firmware/core/vif_rx.c (ordering.md O4).
 */
static inline int svnic_rx_return(struct svnic_rxq *q, struct svnic_meta *m)
{
	svnic_index prod = svnic_observe32(&q->ctrl->rx_done);
	int n = svnic_ring_avail(prod, q->done, q->next - q->done);

	if (n <= 0)
		return n;
	svnic_copy_in(m, &q->meta[q->done & (q->size - 1)], sizeof(*m));
	q->done++;
	return 1;
}

/*
 * The sleep protocol: process, arm, look again, then sleep or go on.  After
 * svnic_arm() an event will come for the next completion of either kind that
 * the caller has not taken; true means that one is there already and that the
 * caller must not sleep.  @tx_behind: descriptors that may return unnoticed.
 * Pairs with event_due() in device-firmware/core/event.c (ordering.md O5).
 */
static inline bool svnic_arm(struct svnic_txq *tx, struct svnic_rxq *rx,
			     svnic_index tx_behind)
{
	struct svnic_queue_ctrl *c = rx->ctrl;

	svnic_poke32(&c->tx_event, tx->done + tx_behind);
	svnic_poke32(&c->rx_event, rx->done);
	svnic_fence();
	return svnic_peek32(&c->rx_done) != rx->done ||
	       svnic_ring_passes(tx->done + tx_behind,
				 svnic_peek32(&c->tx_cons), tx->done);
}

/* No event until the next svnic_arm(): both indices lie half a lap behind. */
static inline void svnic_disarm(struct svnic_txq *tx, struct svnic_rxq *rx)
{
	svnic_poke32(&rx->ctrl->tx_event, tx->done - 0x80000000u);
	svnic_poke32(&rx->ctrl->rx_event, rx->done - 0x80000000u);
}

#endif /* SVNIC_RING_H */
