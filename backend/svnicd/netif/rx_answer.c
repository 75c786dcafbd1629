/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest is told of the frames that it got: a response always sits in the
 * slot of the request that it consumes.  Few of them are staged, for the call
 * that copies to store when all was copied, which saves the call that rings;
 * until then the slots hold their requests, for a daemon that takes over.
 */
#include <string.h>

#include "netif/batch.h"
#include "netif/port.h"
#include "netif/priv.h"
#include "netif/rx.h"
#include "netif/rx_turn.h"
#include "netif/slow.h"
#include "netif/stage.h"

/* Its response, with @status octets or an error. */
static void answer(const struct netif_queue *q, const struct rx_slot *s,
		   int16_t status, struct wire_rx_rsp *rsp)
{
	if (s->is_extra) {
		memcpy(rsp, &s->extra, sizeof(*rsp));
		return;
	}
	rsp->id = s->id;
	rsp->offset = q->n->config.xdp_headroom;
	rsp->flags = s->flags;
	rsp->status = status;
}

/* Staging ------------------------------------------------------------------- */

/* Those of one queue follow each other. */
static bool fits(const struct stage *s)
{
	const struct netif_queue *q = NULL;
	unsigned int nr_posts = 0;
	unsigned int i;

	for (i = 0; i < rx_turn.nr; i++) {
		nr_posts += rx_turn.out[i].q != q;
		q = rx_turn.out[i].q;
	}
	return stage_has_room(s, rx_turn.nr_slots, nr_posts);
}

static void stage_one(struct stage *s, const struct rx_out *o)
{
	const struct rx_slot *slot = &rx_turn.slot[o->first_slot];
	struct wire_rx_rsp rsp;
	unsigned int i;

	for (i = 0; i < o->nr_slots; i++, slot++) {
		answer(o->q, slot, (int16_t)slot->len, &rsp);
		stage_response(s, &o->q->rx, &rsp);
	}
}

/* From frame @first on, those of one queue; the first one of another. */
static unsigned int stage_queue(struct stage *s, unsigned int first)
{
	struct netif_queue *q = rx_turn.out[first].q;
	unsigned int i;

	for (i = first; i < rx_turn.nr && rx_turn.out[i].q == q; i++)
		stage_one(s, &rx_turn.out[i]);
	stage_ring(s, q, &q->rx, port_of_rx(q));
	return i;
}

void rx_stage(struct stage *s)
{
	unsigned int i;

	if (!fits(s))
		return;
	for (i = 0; i < rx_turn.nr;)
		i = stage_queue(s, i);
	rx_turn.staged = true;
}

bool rx_is_staged(void)
{
	return rx_turn.staged || !rx_turn.nr;
}

/* Finishing ----------------------------------------------------------------- */

/* Octets, or an error when a piece of it was not copied (rule R26). */
static int16_t status_of(const struct rx_slot *s, const struct batch *b)
{
	unsigned int i;

	for (i = 0; i < s->nr_copies; i++)
		if (b->copy[s->first_copy + i].failed)
			return WIRE_RSP_ERROR;
	return (int16_t)s->len;
}

static bool respond(const struct rx_out *o, const struct batch *b)
{
	const struct rx_slot *s = &rx_turn.slot[o->first_slot];
	struct wire_rx_rsp rsp;
	bool ok = true;
	int16_t status;
	unsigned int i;

	for (i = 0; i < o->nr_slots; i++, s++) {
		status = status_of(s, b);
		ok &= status >= 0;
		answer(o->q, s, status, &rsp);
		sring_respond(&o->q->rx, &rsp, sizeof(rsp));
	}
	return ok;
}

void rx_finish(const struct batch *b, bool posted)
{
	const struct rx_out *o = rx_turn.out;
	unsigned int i;
	bool ok;

	posted &= rx_turn.staged;
	for (i = 0; i < rx_turn.nr; i++, o++) {
		ok = posted || respond(o, b);
		o->q->stats.verdict[ok ? NETIF_V_OK : NETIF_V_RX_GRANT]++;
		if (o->buf != NETIF_NONE)
			slow_return(o->q->n, o->buf);
	}
}
