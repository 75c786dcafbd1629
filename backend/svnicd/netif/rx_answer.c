/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest is told of the frames that it got: a response always sits in the
 * slot of the request that it consumes.  Few of them are staged, for the call
 * that copies to store when all was copied, which saves the call that rings;
 * until then the slots hold their requests, for a daemon that takes over.
 */
#include <string.h>

#include "netif/batch.h"
#include "netif/call.h"
#include "netif/port.h"
#include "netif/priv.h"
#include "netif/rx.h"
#include "netif/rx_turn.h"
#include "netif/slow.h"

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

static void stage(struct call *c, const struct rx_out *o)
{
	const struct rx_slot *s = &rx_turn.slot[o->first_slot];
	struct wire_rx_rsp rsp;
	unsigned int i;

	for (i = 0; i < o->nr_slots; i++, s++) {
		answer(o->q, s, (int16_t)s->len, &rsp);
		sring_stage(&o->q->rx, &rsp, &c->slot[c->nr_slots++]);
	}
}

/* False: there are too many. */
static bool note_queue(struct call *c, struct netif_queue *q)
{
	unsigned int i;

	for (i = 0; i < c->nr_posts; i++)
		if (rx_turn.posts[i] == q)
			return true;
	if (c->nr_posts == CALL_POSTS)
		return false;
	rx_turn.posts[c->nr_posts++] = q;
	return true;
}

void rx_stage(struct call *c)
{
	bool fits = rx_turn.nr_slots <= CALL_SLOTS;
	unsigned int i;

	c->nr_posts = 0;
	c->nr_slots = 0;
	for (i = 0; i < rx_turn.nr && fits; i++)
		fits = note_queue(c, rx_turn.out[i].q);
	if (!fits) {
		c->nr_posts = 0;
		return;
	}
	for (i = 0; i < rx_turn.nr; i++)
		stage(c, &rx_turn.out[i]);
	for (i = 0; i < c->nr_posts; i++) {
		sring_post(&rx_turn.posts[i]->rx, &c->post[i]);
		c->post[i].port = port_of_rx(rx_turn.posts[i]);
	}
}

static void unstage(struct call *c, bool posted)
{
	unsigned int i;

	for (i = 0; i < c->nr_posts; i++) {
		sring_posted(&rx_turn.posts[i]->rx, posted);
		if (posted && c->post[i].rung)
			rx_turn.posts[i]->stats.events_out++;
	}
	c->nr_posts = 0;
	c->nr_slots = 0;
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

void rx_finish(const struct batch *b, struct call *c, bool posted)
{
	const struct rx_out *o = rx_turn.out;
	unsigned int i;
	bool ok;

	posted &= c->nr_posts > 0;
	unstage(c, posted);
	for (i = 0; i < rx_turn.nr; i++, o++) {
		ok = posted || respond(o, b);
		o->q->stats.verdict[ok ? NETIF_V_OK : NETIF_V_RX_GRANT]++;
		if (o->buf != NETIF_NONE)
			slow_return(o->q->n, o->buf);
	}
}
