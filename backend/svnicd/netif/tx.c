/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest -> card.  Requests are parsed once, their octets copied into the tx
 * pages with those of all other frames of the turn, then handed to the card and
 * answered (tx_answer.c).
 */
#include "netif/tx.h"

#include <string.h>

#include "netif/batch.h"
#include "netif/port.h"
#include "netif/priv.h"
#include "netif/slow.h"
#include "netif/tx_turn.h"
#include "netif/txreq.h"

struct tx_turn tx_turn;

void tx_begin(void)
{
	tx_turn.nr = 0;
	tx_turn.nr_ids = 0;
	tx_turn.staged = false;
	tx_turn.done = false;
}

/* Also the eighth part of all this has room for the largest frame. */
void tx_share(struct batch *b, unsigned int left)
{
	tx_turn.end = tx_turn.nr + (TX_FRAMES - tx_turn.nr) / left;
	tx_turn.ids_end = tx_turn.nr_ids + (TX_SLOTS - tx_turn.nr_ids) / left;
	b->end = b->nr;
	if (b->nr < NETIF_TX_COPIES)
		b->end += (NETIF_TX_COPIES - b->nr) / left;
}

/* Gathering --------------------------------------------------------------- */

static void join_or_leave(struct netif *n, const struct txreq *t,
			  struct tx_frame *f)
{
	bool add = t->extras & 1u << WIRE_EXTRA_MCAST_ADD;
	bool del = t->extras & 1u << WIRE_EXTRA_MCAST_DEL;
	bool ok = true;

	if (add)
		ok = groups_add(&n->groups,
				t->extra[WIRE_EXTRA_MCAST_ADD].u.group);
	if (del)
		groups_del(&n->groups, t->extra[WIRE_EXTRA_MCAST_DEL].u.group);
	n->refilter = n->config.multicast;
	f->len = 0;
	f->verdict = ok ? NETIF_V_OK : NETIF_V_GROUPS;
}

/* Octets before the first whole page, which shall be copied in one piece. */
static uint32_t lead(const struct txreq *t)
{
	uint32_t before = 0;
	unsigned int i;

	for (i = 0; i < t->nr_slots; i++) {
		if (t->slot[i].size == NETIF_PAGE)
			return before;
		before += t->slot[i].size;
	}
	return 0;
}

/* Where its octets will be, and the pieces; false: no room at the moment. */
static bool add_frame(struct netif_queue *q, struct batch *b,
		      const struct txreq *t, struct tx_frame *f)
{
	struct netif *n = q->n;
	uint8_t *mem;
	unsigned int i;

	if (b->nr + t->nr_slots > b->end)
		return false;
	if (!slow_reserve(n, t->len, lead(t), &f->at))
		return false;
	mem = slow_tx_mem(n, f->at);
	f->first_copy = (uint16_t)b->nr;
	for (i = 0; i < t->nr_slots; i++) {
		batch_add(b, q, mem, t->slot[i].gref, t->slot[i].offset,
			  t->slot[i].size, false);
		mem += t->slot[i].size;
	}
	f->nr_copies = (uint16_t)(b->nr - f->first_copy);
	return true;
}

static struct tx_frame *new_frame(struct netif_queue *q, const struct txreq *t,
				  enum netif_verdict v)
{
	struct tx_frame *f = &tx_turn.frame[tx_turn.nr];

	memset(f, 0, sizeof(*f));
	f->q = q;
	f->verdict = v;
	f->len = t->len;
	f->first_id = (uint16_t)tx_turn.nr_ids;
	f->nr_ring = (uint16_t)t->nr_ring;
	f->nr_extras = (uint16_t)t->nr_extras;
	f->flags = t->flags;
	if (t->extras & 1u << WIRE_EXTRA_GSO) {
		f->gso_size = t->extra[WIRE_EXTRA_GSO].u.gso.size;
		f->gso_type = t->extra[WIRE_EXTRA_GSO].u.gso.type;
	}
	return f;
}

/* 1: taken, 0: no room at the moment, -1: the guest's fault. */
static int take(struct netif_queue *q, struct batch *b, uint32_t avail)
{
	enum netif_verdict v;
	struct tx_frame *f;
	struct txreq t;

	if (tx_turn.nr == tx_turn.end ||
	    tx_turn.nr_ids + TXREQ_RING > tx_turn.ids_end)
		return 0;
	v = txreq_parse(&q->tx, avail, &t);
	if (txreq_is_fatal(v)) {
		q->stats.verdict[v]++;
		netif_fault(q->n, v);
		return -1;
	}
	f = new_frame(q, &t, v);
	if (v == NETIF_V_OK && txreq_is_message(&t))
		join_or_leave(q->n, &t, f);
	else if (v == NETIF_V_OK && !add_frame(q, b, &t, f))
		return 0;
	memcpy(&tx_turn.id[tx_turn.nr_ids], t.id, t.nr_ring * sizeof(t.id[0]));
	tx_turn.nr_ids += t.nr_ring;
	tx_turn.nr++;
	q->tx.next += t.nr_ring;
	return (int)t.nr_ring;
}

unsigned int tx_gather(struct netif_queue *q, struct batch *b)
{
	int avail = sring_avail(&q->tx);
	unsigned int done = 0;
	int got;

	if (avail < 0) {
		q->stats.verdict[NETIF_V_INDEX]++;
		netif_fault(q->n, NETIF_V_INDEX);
		return 0;
	}
	while (avail > 0) {
		got = take(q, b, (uint32_t)avail);
		if (got <= 0)
			break;
		avail -= got;
		done += (unsigned int)got;
	}
	if (avail > 0 && q->n->tx_blocked)
		q->stats.tx_waited++;
	q->stats.tx_requests += done;
	q->stats.tx_batches += done > 0;
	port_worked_tx(q, done);
	return done;
}
