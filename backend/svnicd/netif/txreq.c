/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See txreq.h.  What costs a frame and what costs the netif follows Linux's
 * netback, except that empty slots are refused (rules R01, R02, R08, R10).
 */
#include "netif/txreq.h"

#include <string.h>

#include "netif/sring.h"

#define FRAME_MIN 14u

#define BIT(type) (1u << (type))
#define MESSAGES  (BIT(WIRE_EXTRA_MCAST_ADD) | BIT(WIRE_EXTRA_MCAST_DEL))

/* Which of the extras may come from a guest. */
#define FROM_GUEST (MESSAGES | BIT(WIRE_EXTRA_GSO) | BIT(WIRE_EXTRA_HASH))

bool txreq_is_fatal(enum netif_verdict v)
{
	return v >= NETIF_V_INDEX && v <= NETIF_V_GSO;
}

bool txreq_is_message(const struct txreq *t)
{
	return t->extras & MESSAGES;
}

static enum netif_verdict check_gso(const struct txreq *t)
{
	const struct wire_extra *e = &t->extra[WIRE_EXTRA_GSO];

	if (!(t->extras & BIT(WIRE_EXTRA_GSO)))
		return NETIF_V_OK;
	if (!e->u.gso.size)
		return NETIF_V_GSO;
	if (e->u.gso.type != WIRE_GSO_TCPV4 && e->u.gso.type != WIRE_GSO_TCPV6)
		return NETIF_V_GSO;
	return NETIF_V_OK;
}

/* The next ring slot, whatever it is. */
static void take(const struct sring *r, struct txreq *t,
		 struct wire_tx_req *req)
{
	sring_peek(r, t->nr_ring, req);
	t->id[t->nr_ring++] = req->id;
}

/* The chain of extras after the first slot. */
static enum netif_verdict take_extras(const struct sring *r, uint32_t avail,
				      struct txreq *t)
{
	union {
		struct wire_tx_req req;
		struct wire_extra extra;
	} u;

	do {
		if (t->nr_ring == avail)
			return NETIF_V_EXTRA;
		take(r, t, &u.req);
		t->nr_extras++;
		if (u.extra.type >= WIRE_EXTRA_NR ||
		    !(FROM_GUEST & BIT(u.extra.type)) ||
		    t->extras & BIT(u.extra.type))
			return NETIF_V_EXTRA;
		t->extras |= (uint8_t)BIT(u.extra.type);
		t->extra[u.extra.type] = u.extra;
	} while (u.extra.flags & WIRE_EXTRA_MORE);
	return check_gso(t);
}

/* First error wins, but the chain is followed to its end. */
static enum netif_verdict add_slot(struct txreq *t,
				   const struct wire_tx_req *req, uint32_t nr)
{
	struct txreq_slot *s;

	if ((uint32_t)req->offset + req->size > NETIF_PAGE)
		return NETIF_V_CROSSING;
	/* Before all that costs a frame only: it ends the chain. */
	if (nr >= NETIF_SLOTS_MAX)
		return NETIF_V_FLOOD;
	if (!req->size)
		return NETIF_V_ZERO;
	if (nr >= NETIF_SLOTS)
		return NETIF_V_SLOTS;
	s = &t->slot[t->nr_slots++];
	s->gref = req->gref;
	s->offset = req->offset;
	s->size = req->size;
	return NETIF_V_OK;
}

/* The slots after the first; *@rest: octets that the first one is left with. */
static enum netif_verdict take_chain(const struct sring *r, uint32_t avail,
				     struct txreq *t, uint32_t *rest)
{
	enum netif_verdict worst = NETIF_V_OK;
	enum netif_verdict v;
	struct wire_tx_req req;
	uint32_t nr = 1;

	do {
		if (t->nr_ring == avail)
			return NETIF_V_CHAIN;
		take(r, t, &req);
		v = add_slot(t, &req, nr++);
		if (txreq_is_fatal(v))
			return v;
		if (!v && req.size >= *rest)
			v = NETIF_V_SIZE;
		if (!v)
			*rest -= req.size;
		if (!worst)
			worst = v;
	} while (req.flags & WIRE_TX_MORE);
	return worst;
}

static enum netif_verdict take_slots(const struct sring *r, uint32_t avail,
				     const struct wire_tx_req *first,
				     struct txreq *t)
{
	struct wire_tx_req req = *first;
	enum netif_verdict v = NETIF_V_OK;
	uint32_t rest = first->size;

	t->nr_slots = 1; /* its place: what it holds is known at the end */
	if (first->flags & WIRE_TX_MORE)
		v = take_chain(r, avail, t, &rest);
	if (v)
		return v;
	if (rest > NETIF_PAGE)
		return NETIF_V_CROSSING;
	req.size = (uint16_t)rest;
	rest = t->nr_slots;
	t->nr_slots = 0;
	v = add_slot(t, &req, 0);
	t->nr_slots = rest;
	return v;
}

enum netif_verdict txreq_parse(const struct sring *r, uint32_t avail,
			       struct txreq *t)
{
	struct wire_tx_req first;
	enum netif_verdict v;

	t->nr_ring = 0;
	take(r, t, &first);
	t->nr_extras = 0;
	t->nr_slots = 0;
	t->extras = 0;
	t->len = first.size;
	t->flags = first.flags;
	if (first.flags & WIRE_TX_EXTRA) {
		v = take_extras(r, avail, t);
		if (v)
			return v;
	}
	if (txreq_is_message(t))
		return t->extras & BIT(WIRE_EXTRA_GSO) ||
				       first.flags & WIRE_TX_MORE
			       ? NETIF_V_EXTRA
			       : NETIF_V_OK;
	v = take_slots(r, avail, &first, t);
	if (!v && t->len < FRAME_MIN)
		v = first.size ? NETIF_V_RUNT : NETIF_V_ZERO;
	return v;
}
