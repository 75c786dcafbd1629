/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slow queue of the VIF: where frames of all the guest's queues go into the
 * card and come out of it.  Frames to the card lie in the tx pages, one after
 * another, and go in that order; each page of the rx pages is one buffer, and
 * comes back in any order.
 *
 * The guest can restart this queue by its doorbell page.  What the card shows
 * then is no guest's secret and no harm but to the guest: the queue is started
 * afresh, not more than once in a while.
 */
#include "netif/slow.h"

#include <errno.h>
#include <string.h>

#include "netif/priv.h"
#include "netif/rx.h"
#include "vif.h"

#define TX_ORDER    9u
#define RX_ORDER    8u
#define TX_MEM	    NETIF_TX_MEM
#define BUFFERS	    (SVNIC_SLOW_PAGE + SVNIC_PAGES_BATCH)
#define ALIGN	    64u
#define RESTART_MS  20u	  /* for the card to answer ... */
#define RESTART_GAP 1000u /* ... and between two of them */

_Static_assert(NETIF_RX_PAGES == 1u << RX_ORDER, "a page for each slot");
_Static_assert(NETIF_TX_PAGES + NETIF_RX_PAGES <= SVNIC_PAGES_BATCH,
	       "one call takes them");

static const struct ownq_shape shape = {
	.queue = SVNIC_SLOW_QUEUE,
	.tx_order = TX_ORDER,
	.rx_order = RX_ORDER,
	.area = SVNIC_SLOW_PAGE,
	.buffers = BUFFERS,
	.nr_buffers = NETIF_TX_PAGES + NETIF_RX_PAGES,
};

void slow_provide(struct netif *n, uint16_t buf)
{
	n->rx_page[n->slow.rx.next & (n->slow.rx.size - 1)] = buf;
	ownq_provide(&n->slow, NETIF_TX_PAGES + buf);
	n->kick = true;
}

static void provide_all(struct netif *n)
{
	uint16_t i;

	n->tx_head = 0;
	n->tx_tail = 0;
	n->tx_blocked = false;
	for (i = 0; i < NETIF_RX_PAGES; i++)
		slow_provide(n, i);
	slow_kick(n);
}

/* An earlier daemon may have left what cannot be gone on with. */
static void clear_away(struct netif *n)
{
	n->ops->queue_stop(n->p, n->vif->nr, SVNIC_SLOW_QUEUE);
	n->ops->pages_del(n->p, n->vif->nr, SVNIC_SLOW_PAGE,
			  SVNIC_MAX_PAGES - SVNIC_SLOW_PAGE);
}

int slow_start(struct netif *n)
{
	int err;

	if (slow_adopt(n, &shape))
		return 0;
	clear_away(n);
	err = ownq_init(&n->slow, n->ops, n->p, n->vif->nr, &shape);
	if (err)
		return err;
	n->restarting = false;
	provide_all(n);
	return 0;
}

void slow_stop(struct netif *n, bool lost)
{
	if (lost)
		n->slow.running = false;
	ownq_fini(&n->slow);
	n->restarting = false;
}

/* What waits for slots of the guest would be lost with this process. */
static uint32_t nr_held(const struct netif *n)
{
	uint32_t nr = 0;
	unsigned int i;

	for (i = 0; i < n->config.nr_queues; i++)
		nr += n->queue[i].held;
	return nr;
}

void slow_kick(struct netif *n)
{
	if (n->kick) {
		n->slow.behind = nr_held(n);
		ownq_kick(&n->slow);
	}
	n->kick = false;
}

/* Restarting -------------------------------------------------------------- */

/* Ask for it, unless that was done a moment ago. */
static void ask_restart(struct netif *n)
{
	uint64_t since = netif_now_ms() - n->restart_ms;

	n->restart_asked = !n->restarts || since >= RESTART_GAP;
	if (!n->restart_asked) {
		netif_later(n, (unsigned int)(RESTART_GAP - since));
		return;
	}
	n->restart_ms = netif_now_ms();
	n->restarts++;
	ownq_restart(&n->slow);
	netif_later(n, 1);
}

void slow_fail(struct netif *n)
{
	if (n->restarting)
		return;
	n->restarting = true;
	rx_drop_all(n);
	if (log_allowed(&n->limit, "netif"))
		log_warnx("netif", "%s: its slow queue is started afresh",
			  n->vif->name);
	ask_restart(n);
}

static void see_restart(struct netif *n)
{
	if (n->restart_asked && ownq_is_restarted(&n->slow)) {
		n->restarting = false;
		provide_all(n);
		return;
	}
	if (n->restart_asked && netif_now_ms() - n->restart_ms < RESTART_GAP)
		netif_later(n, RESTART_MS);
	else
		ask_restart(n);
}

/* To the card --------------------------------------------------------------- */

bool slow_reclaim(struct netif *n)
{
	struct svnic_txq *tx = &n->slow.tx;
	int got;

	if (n->restarting)
		see_restart(n);
	if (n->restarting)
		return false;
	n->tx_reserved = 0;
	got = svnic_tx_return(tx);
	if (got < 0) {
		slow_fail(n);
		return false;
	}
	if (tx->next == tx->done)
		n->tx_tail = n->tx_head;
	else if (got)
		n->tx_tail = n->tx_mark[(tx->done - 1) & (tx->size - 1)];
	if (got || tx->next == tx->done)
		n->tx_blocked = false;
	return true;
}

static unsigned int nr_descs(uint32_t at, uint32_t len)
{
	return (at % SVNIC_PAGE_SIZE + len + SVNIC_PAGE_SIZE - 1) /
	       SVNIC_PAGE_SIZE;
}

/*
 * A frame that a page can hold does not cross one; of another, octet @lead is
 * the first of a page.  None wraps around.
 */
bool slow_reserve(struct netif *n, uint32_t len, uint32_t lead, uint32_t *at)
{
	uint32_t start = (n->tx_head + ALIGN - 1) & ~(ALIGN - 1);
	uint32_t left = SVNIC_PAGE_SIZE - start % SVNIC_PAGE_SIZE;

	if (len > left)
		start += (left - lead) % SVNIC_PAGE_SIZE;
	if (len > TX_MEM - start % TX_MEM)
		start += TX_MEM - start % TX_MEM + (0 - lead) % SVNIC_PAGE_SIZE;
	if (start + len - n->tx_tail > TX_MEM ||
	    n->tx_reserved + nr_descs(start, len) >
		    svnic_tx_space(&n->slow.tx)) {
		n->tx_blocked = true;
		return false;
	}
	n->tx_reserved += nr_descs(start, len);
	n->tx_head = start + len;
	*at = start;
	return true;
}

uint8_t *slow_tx_mem(struct netif *n, uint32_t at)
{
	return (uint8_t *)n->slow.buffers + at % TX_MEM;
}

void slow_send(struct netif *n, uint32_t at, uint32_t len,
	       const struct svnic_meta *meta)
{
	struct svnic_txq *tx = &n->slow.tx;
	struct svnic_tx_desc d = { .meta = *meta };
	uint32_t end = at + len;
	uint32_t piece;

	d.meta.segs = (uint8_t)nr_descs(at, len);
	for (; at != end; at += piece) {
		piece = SVNIC_PAGE_SIZE - at % SVNIC_PAGE_SIZE;
		if (piece > end - at)
			piece = end - at;
		d.seg.page =
			svnic_le32(BUFFERS + at % TX_MEM / SVNIC_PAGE_SIZE);
		d.seg.offset = svnic_le16((uint16_t)(at % SVNIC_PAGE_SIZE));
		d.seg.len = svnic_le16((uint16_t)piece);
		n->tx_mark[tx->next & (tx->size - 1)] = end;
		svnic_tx_provide(tx, &d);
		memset(&d.meta, 0, sizeof(d.meta));
	}
}

/* From the card ------------------------------------------------------------- */

uint8_t *slow_rx_mem(struct netif *n, uint16_t buf)
{
	return (uint8_t *)n->slow.buffers +
	       (size_t)(NETIF_TX_PAGES + buf) * SVNIC_PAGE_SIZE;
}

void slow_return(struct netif *n, uint16_t buf)
{
	uint16_t next;

	for (; buf != NETIF_NONE; buf = next) {
		next = n->buf[buf].next;
		if (!n->restarting)
			slow_provide(n, buf);
	}
}

/* One completion and its buffer, NETIF_NONE for none, -EPROTO. */
static int take_one(struct netif *n, uint16_t *buf)
{
	struct svnic_rxq *rx = &n->slow.rx;
	struct netif_buf *b;
	struct svnic_meta m;
	int got = svnic_rx_return(rx, &m);

	*buf = NETIF_NONE;
	if (got <= 0)
		return got;
	*buf = n->rx_page[(rx->done - 1) & (rx->size - 1)];
	b = &n->buf[*buf];
	b->meta = m;
	b->len = svnic_cpu16(m.len);
	b->next = NETIF_NONE;
	b->link = NETIF_NONE;
	return b->len && b->len <= SVNIC_PAGE_SIZE ? 1 : -EPROTO;
}

uint16_t slow_take(struct netif *n)
{
	struct netif_buf *first;
	uint16_t head, last, buf;
	unsigned int i;

	if (n->restarting || take_one(n, &head) < 0)
		goto err_fail;
	if (head == NETIF_NONE)
		return NETIF_NONE;
	first = &n->buf[head];
	first->nr = first->meta.segs;
	first->total = first->len;
	last = head;
	for (i = 1; i < first->nr; i++) {
		if (take_one(n, &buf) <= 0)
			goto err_fail;
		n->buf[last].next = buf;
		first->total += n->buf[buf].len;
		last = buf;
	}
	if (first->nr && first->total >= SVNIC_FRAME_MIN &&
	    first->total <= SVNIC_FRAME_MAX)
		return head;

err_fail:
	slow_fail(n);
	return NETIF_NONE;
}
