/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slow queue that an earlier daemon left.  It ran on while nobody looked:
 * its memory is svnic_pf's and the card's, so the frames that came are in its
 * buffers, and the card has sent what was on its way.  What only that daemon
 * knew is made again from the rings, which nobody but the daemon and the card
 * can write.
 *
 * A frame that it passed on and had no time to note comes twice; one whose
 * guest had no slots for it waits again.
 */
#include <string.h>

#include <svnic/order.h>

#include "netif/priv.h"
#include "netif/slow.h"
#include "vif.h"

/* The buffer that was offered in slot @i; NETIF_NONE: none of ours. */
static uint16_t buffer_at(const struct netif *n, svnic_index i)
{
	const struct svnic_rxq *rx = &n->slow.rx;
	const struct svnic_seg *seg = &rx->seg[i & (rx->size - 1)];
	uint32_t page = svnic_cpu32(seg->page) - n->slow.shape.buffers;

	page -= NETIF_TX_PAGES;
	return page < NETIF_RX_PAGES ? (uint16_t)page : NETIF_NONE;
}

static bool is_continued(const struct netif *n, svnic_index i)
{
	const struct svnic_rxq *rx = &n->slow.rx;

	return rx->meta[i & (rx->size - 1)].segs == 0;
}

/*
 * Which buffers the card has, and which it has filled.  Of two offers of one
 * buffer the later one holds: the other's frame was passed on before.
 */
static bool adopt_rx(struct netif *n)
{
	struct svnic_rxq *rx = &n->slow.rx;
	svnic_index filled = svnic_peek32(&rx->ctrl->rx_done);
	bool known[NETIF_RX_PAGES] = { false };
	svnic_index i;
	uint16_t buf;

	for (i = rx->next; i != rx->done; i--) {
		buf = buffer_at(n, i - 1);
		if (buf == NETIF_NONE)
			return false;
		if (known[buf])
			break;
		known[buf] = true;
		n->rx_page[(i - 1) & (rx->size - 1)] = buf;
	}
	if (filled - i > rx->next - i)
		return false;
	/* No frame begins in its middle. */
	for (; i != filled && is_continued(n, i); i++)
		known[buffer_at(n, i)] = false;
	rx->done = i;
	for (buf = 0; buf < NETIF_RX_PAGES; buf++)
		if (!known[buf])
			slow_provide(n, buf);
	return true;
}

/* Nothing new is written before all that is on its way has been sent. */
static bool adopt_tx(struct netif *n)
{
	const struct svnic_txq *tx = &n->slow.tx;
	const struct svnic_seg *seg =
		&tx->desc[(tx->next - 1) & (tx->size - 1)].seg;
	unsigned int i;

	n->tx_head = 0;
	if (tx->next != tx->done)
		n->tx_head = (svnic_cpu32(seg->page) - n->slow.shape.buffers) *
				     SVNIC_PAGE_SIZE +
			     svnic_cpu16(seg->offset) + svnic_cpu16(seg->len);
	n->tx_tail = n->tx_head - NETIF_TX_MEM;
	for (i = 0; i < tx->size; i++)
		n->tx_mark[i] = n->tx_tail;
	n->tx_blocked = tx->next != tx->done;
	return n->tx_head <= NETIF_TX_MEM;
}

bool slow_adopt(struct netif *n, const struct ownq_shape *shape)
{
	struct ownq *q = &n->slow;
	uint32_t filled;

	if (ownq_adopt(q, n->ops, n->p, n->vif->nr, shape))
		return false;
	if (!adopt_rx(n) || !adopt_tx(n)) {
		ownq_fini(q);
		n->kick = false;
		return false;
	}
	filled = svnic_peek32(&q->rx.ctrl->rx_done) - q->rx.done;
	n->restarting = false;
	n->kick = true;
	slow_kick(n);
	log_debug("netif", "%s: goes on with its slow queue, %u buffers filled",
		  n->vif->name, filled);
	return true;
}
