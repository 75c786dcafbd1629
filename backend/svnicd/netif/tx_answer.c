/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of the frames that guests sent: each goes to the card, and is
 * only then answered, in the order of the ring, so that a daemon that takes over
 * sends a few frames twice, and none is lost.
 *
 * Most turns are staged: the call that copies hands the frames to the card,
 * answers them and rings, and nobody looks at the copies here.  The card finds
 * the place of a blank checksum, which a frontend does not tell, and drops what
 * has none.
 */
#include <svnic/order.h>

#include "netif/batch.h"
#include "netif/headers.h"
#include "netif/port.h"
#include "netif/priv.h"
#include "netif/slow.h"
#include "netif/stage.h"
#include "netif/tx.h"
#include "netif/tx_turn.h"
#include "netif/txrsp.h"

static bool is_sent(const struct tx_frame *f)
{
	return !f->verdict && f->len;
}

static bool is_blank(const struct tx_frame *f)
{
	return f->flags & WIRE_TX_CSUM_BLANK;
}

/* What the guest says of it; where the checksum is stays open. */
static struct svnic_meta meta_of(const struct tx_frame *f)
{
	struct svnic_meta m = { .flags = 0 };
	unsigned int flags = 0;

	if (is_blank(f) || f->gso_type)
		flags = SVNIC_META_CSUM_BLANK;
	else if (f->flags & WIRE_TX_CSUM_GOOD)
		flags = SVNIC_META_CSUM_GOOD;
	if (f->gso_type) {
		flags |= f->gso_type == WIRE_GSO_TCPV4 ? SVNIC_META_GSO_TCPV4
						       : SVNIC_META_GSO_TCPV6;
		m.gso_size = svnic_le16(f->gso_size);
	}
	m.flags = svnic_le16((uint16_t)flags);
	return m;
}

static struct txrsp answer_of(const struct tx_frame *f)
{
	return (struct txrsp) {
		.nr = f->nr_ring,
		.nr_extras = f->nr_extras,
		.error = f->verdict != NETIF_V_OK,
		.id = &tx_turn.id[f->first_id],
	};
}

static void count(const struct tx_frame *f)
{
	if (is_sent(f)) {
		f->q->stats.tx_frames++;
		f->q->stats.tx_octets += f->len;
	}
}

/* Staging ------------------------------------------------------------------- */

/* Some drivers mark a GSO frame as complete, which no segment of it could be. */
static bool must_look(const struct tx_frame *f)
{
	if (!is_sent(f) || (!is_blank(f) && !f->gso_type))
		return false;
	return !is_blank(f) || !f->q->n->card_finds;
}

/* Frames of one queue, and of one netif, follow each other. */
static bool fits(const struct stage *s)
{
	const struct tx_frame *f = tx_turn.frame;
	const struct netif_queue *q = NULL;
	const struct netif *n = NULL;
	unsigned int nr_posts = 0;
	unsigned int i;

	for (i = 0; i < tx_turn.nr; i++, f++) {
		if (must_look(f))
			return false;
		nr_posts += (f->q != q) + (f->q->n != n) * OWNQ_POSTS;
		q = f->q;
		n = q->n;
	}
	return stage_has_room(s, tx_turn.nr_ids, nr_posts);
}

/* From frame @first on, those of one netif to the card; the first of another. */
static unsigned int stage_sends(struct stage *s, unsigned int first)
{
	struct netif *n = tx_turn.frame[first].q->n;
	svnic_index from = n->slow.tx.next;
	const struct tx_frame *f;
	struct svnic_meta m;
	unsigned int i;

	for (i = first; i < tx_turn.nr; i++) {
		f = &tx_turn.frame[i];
		if (f->q->n != n)
			break;
		m = meta_of(f);
		if (is_sent(f))
			slow_send(n, f->at, f->len, &m);
	}
	if (n->slow.tx.next != from)
		stage_card(s, &n->slow, from);
	return i;
}

/* ... and the answers to those of one queue. */
static unsigned int stage_answers(struct stage *s, unsigned int first)
{
	struct netif_queue *q = tx_turn.frame[first].q;
	struct txrsp rsp;
	unsigned int i;

	for (i = first; i < tx_turn.nr && tx_turn.frame[i].q == q; i++) {
		rsp = answer_of(&tx_turn.frame[i]);
		txrsp_stage(&q->tx, &rsp, s);
	}
	stage_ring(s, q, &q->tx, port_of_tx(q));
	return i;
}

void tx_stage(struct stage *s)
{
	unsigned int i;

	if (!fits(s))
		return;
	for (i = 0; i < tx_turn.nr;)
		i = stage_sends(s, i);
	for (i = 0; i < tx_turn.nr;)
		i = stage_answers(s, i);
	tx_turn.staged = true;
}

bool tx_is_staged(void)
{
	return tx_turn.staged || !tx_turn.nr;
}

/* Otherwise ----------------------------------------------------------------- */

static enum netif_verdict judge_copies(const struct tx_frame *f,
				       const struct batch *b)
{
	unsigned int i;

	for (i = 0; i < f->nr_copies; i++)
		if (b->copy[f->first_copy + i].failed)
			return NETIF_V_GRANT;
	return NETIF_V_OK;
}

/* Where the checksum is; a frame that was marked as complete gets its
 * pseudo-header's sum there. */
static enum netif_verdict look(struct tx_frame *f, uint8_t *mem,
			       struct svnic_meta *m)
{
	struct headers h;

	if (!headers_find(mem, f->len, &h) || !h.l4)
		return NETIF_V_OFFLOAD;
	if (f->gso_type && (h.protocol != SVNIC_IP_TCP || !h.end ||
			    h.ip != (f->gso_type == WIRE_GSO_TCPV4 ? 4 : 6)))
		return NETIF_V_OFFLOAD;
	if (!is_blank(f)) {
		headers_pseudo(mem, &h, f->len - h.l4);
		f->q->stats.fixups++;
	}
	m->csum_start = svnic_le16(h.l4);
	m->csum_offset = (uint8_t)svnic_headers_csum(h.protocol);
	return NETIF_V_OK;
}

static void send(struct tx_frame *f, const struct batch *b)
{
	struct netif *n = f->q->n;
	struct svnic_meta m = meta_of(f);

	if (!is_sent(f))
		return;
	f->verdict = judge_copies(f, b);
	if (!f->verdict && must_look(f))
		f->verdict = look(f, slow_tx_mem(n, f->at), &m);
	if (f->verdict)
		return;
	slow_send(n, f->at, f->len, &m);
	n->kick = true;
}

void tx_send(const struct batch *b, bool posted)
{
	unsigned int i;

	tx_turn.done = posted && tx_turn.staged;
	for (i = 0; i < tx_turn.nr && !tx_turn.done; i++)
		send(&tx_turn.frame[i], b);
}

void tx_respond(void)
{
	const struct tx_frame *f = tx_turn.frame;
	struct txrsp rsp;
	unsigned int i;

	for (i = 0; i < tx_turn.nr; i++, f++) {
		count(f);
		f->q->stats.verdict[f->verdict]++;
		if (tx_turn.done)
			continue;
		rsp = answer_of(f);
		txrsp_put(&f->q->tx, &rsp);
	}
}
