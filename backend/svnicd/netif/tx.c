/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest -> card.  Requests are parsed once, their octets copied into the tx
 * pages with those of all other frames of the turn, the copies judged and
 * handed to the card, and only then answered, in the order of the ring: so a
 * daemon that takes over sends a few frames twice, and none is lost.
 */
#include "netif/tx.h"

#include <string.h>

#include <svnic/order.h>

#include "netif/batch.h"
#include "netif/headers.h"
#include "netif/port.h"
#include "netif/priv.h"
#include "netif/slow.h"
#include "netif/txreq.h"
#include "netif/txrsp.h"

#define FRAMES 256u /* of a turn */
#define SLOTS  1024u

struct tx_frame {
	struct netif_queue *q;
	enum netif_verdict verdict;
	uint32_t at; /* in the tx pages */
	uint32_t len;
	uint16_t first_copy, nr_copies;
	uint16_t first_id, nr_ring, nr_extras;
	uint16_t flags;
	uint16_t gso_size;
	uint8_t gso_type; /* 0: no GSO */
};

/* One thread, and too large for the stack. */
static struct tx_batch {
	unsigned int nr;
	unsigned int nr_ids;
	unsigned int end, ids_end; /* of the netif that gathers */
	struct tx_frame frame[FRAMES];
	uint16_t id[SLOTS];
} turn;

void tx_begin(void)
{
	turn.nr = 0;
	turn.nr_ids = 0;
}

bool tx_is_empty(void)
{
	return turn.nr == 0;
}

/* Also the eighth part of all this has room for the largest frame. */
void tx_share(struct batch *b, unsigned int left)
{
	turn.end = turn.nr + (FRAMES - turn.nr) / left;
	turn.ids_end = turn.nr_ids + (SLOTS - turn.nr_ids) / left;
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
	struct tx_frame *f = &turn.frame[turn.nr];

	memset(f, 0, sizeof(*f));
	f->q = q;
	f->verdict = v;
	f->len = t->len;
	f->first_id = (uint16_t)turn.nr_ids;
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

	if (turn.nr == turn.end || turn.nr_ids + TXREQ_RING > turn.ids_end)
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
	memcpy(&turn.id[turn.nr_ids], t.id, t.nr_ring * sizeof(t.id[0]));
	turn.nr_ids += t.nr_ring;
	turn.nr++;
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

/* Finishing ----------------------------------------------------------------- */

static enum netif_verdict judge_copies(const struct tx_frame *f,
				       const struct batch *b)
{
	unsigned int i;

	for (i = 0; i < f->nr_copies; i++)
		if (b->copy[f->first_copy + i].failed)
			return NETIF_V_GRANT;
	return NETIF_V_OK;
}

/*
 * What the guest left to the card.  Some drivers mark a GSO frame as complete;
 * no segment of it could be, so its pseudo-header's sum is put in.
 */
static enum netif_verdict judge_offload(struct tx_frame *f, uint8_t *mem,
					struct svnic_meta *m)
{
	bool blank = f->flags & WIRE_TX_CSUM_BLANK;
	unsigned int flags = 0;
	struct headers h;

	if (!blank && !f->gso_type) {
		if (f->flags & WIRE_TX_CSUM_GOOD)
			m->flags = svnic_le16(SVNIC_META_CSUM_GOOD);
		return NETIF_V_OK;
	}
	if (!headers_find(mem, f->len, &h) || !h.l4)
		return NETIF_V_OFFLOAD;
	flags = SVNIC_META_CSUM_BLANK;
	if (f->gso_type) {
		if (h.protocol != HEADERS_TCP || !h.end ||
		    h.ip != (f->gso_type == WIRE_GSO_TCPV4 ? 4 : 6))
			return NETIF_V_OFFLOAD;
		flags |=
			h.ip == 4 ? SVNIC_META_GSO_TCPV4 : SVNIC_META_GSO_TCPV6;
		m->gso_size = svnic_le16(f->gso_size);
	}
	if (!blank) {
		headers_pseudo(mem, &h, f->len - h.l4);
		f->q->stats.fixups++;
	}
	m->flags = svnic_le16((uint16_t)flags);
	m->csum_start = svnic_le16(h.l4);
	m->csum_offset = (uint8_t)headers_csum_offset(&h);
	return NETIF_V_OK;
}

static void send(struct tx_frame *f, const struct batch *b)
{
	struct netif *n = f->q->n;
	struct svnic_meta m = { .flags = 0 };

	if (f->verdict || !f->len)
		return;
	f->verdict = judge_copies(f, b);
	if (!f->verdict)
		f->verdict = judge_offload(f, slow_tx_mem(n, f->at), &m);
	if (f->verdict)
		return;
	slow_send(n, f->at, f->len, &m);
	f->q->stats.tx_frames++;
	f->q->stats.tx_octets += f->len;
}

/* The first slot, its extras, then the other slots. */
static void respond(const struct tx_frame *f)
{
	const struct txrsp rsp = {
		.nr = f->nr_ring,
		.nr_extras = f->nr_extras,
		.error = f->verdict != NETIF_V_OK,
		.id = &turn.id[f->first_id],
	};

	txrsp_put(&f->q->tx, &rsp);
	f->q->stats.verdict[f->verdict]++;
}

void tx_send(const struct batch *b)
{
	unsigned int i;

	for (i = 0; i < turn.nr; i++)
		send(&turn.frame[i], b);
}

void tx_respond(void)
{
	unsigned int i;

	for (i = 0; i < turn.nr; i++)
		respond(&turn.frame[i]);
}
