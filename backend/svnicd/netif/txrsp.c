/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See txrsp.h.  Of a slot, three words: the response, where the request had its
 * grant; the mark, where a request has an offset that no request can have; and
 * the id, where the request has it, so that it is there before and after.
 */
#include "netif/txrsp.h"

#include <svnic/order.h>

#include "netif/sring.h"
#include "netif/stage.h"
#include "netif/txreq.h"
#include "netif/wire.h"

#define MARK  0xffffu /* an offset */
#define ERROR 0x80u   /* with the number of extras */

_Static_assert(WIRE_EXTRA_NR < ERROR, "the number is below the bit");

static uint32_t mark(const struct txrsp *t)
{
	return MARK | t->nr << 16 |
	       (t->nr_extras | (t->error ? ERROR : 0)) << 24;
}

static uint32_t response(const struct txrsp *t, unsigned int i)
{
	int status = t->error ? WIRE_RSP_ERROR : WIRE_RSP_OKAY;

	if (i > 0 && i <= t->nr_extras)
		return (uint32_t)WIRE_RSP_NULL << 16;
	return t->id[i] | (uint32_t)(uint16_t)status << 16;
}

void txrsp_put(struct sring *r, const struct txrsp *t)
{
	__le32 *slot = sring_slot(r, r->rsp);
	unsigned int i;

	svnic_poke32(&slot[1], mark(t));
	for (i = 0; i < t->nr; i++) {
		slot = sring_slot(r, r->rsp++);
		/* Pairs with txrsp_end(): the mark is there before. */
		svnic_publish32(&slot[0], response(t, i));
		svnic_publish32(&slot[2], t->id[i]);
		/* Pairs with txrsp_end(), too. */
		if (i > 0)
			svnic_publish32(&slot[1], 0);
	}
}

void txrsp_stage(struct sring *r, const struct txrsp *t, struct stage *s)
{
	uint32_t rsp[2] = { 0 };
	unsigned int i;

	for (i = 0; i < t->nr; i++) {
		rsp[0] = response(t, i);
		stage_response(s, r, rsp);
	}
}

/* How it was to be answered; false: nothing of it was. */
static bool begun(const struct sring *r, uint32_t avail, struct txrsp *t,
		  uint16_t id[TXREQ_RING])
{
	uint32_t slot[3];
	unsigned int i;

	sring_peek(r, 0, slot);
	t->nr = slot[1] >> 16 & 0xff;
	t->nr_extras = slot[1] >> 24 & (ERROR - 1);
	t->error = slot[1] >> 24 & ERROR;
	t->id = id;
	if ((slot[1] & 0xffff) != MARK || t->nr == 0 || t->nr > TXREQ_RING ||
	    t->nr > avail || t->nr_extras >= t->nr)
		return false;
	for (i = 0; i < t->nr; i++) {
		sring_peek(r, i, slot);
		id[i] = (uint16_t)slot[2];
	}
	return true;
}

void txrsp_end(struct sring *r)
{
	uint16_t id[TXREQ_RING];
	struct txrsp t;
	int avail;

	for (avail = sring_avail(r); avail > 0; avail -= (int)t.nr) {
		if (!begun(r, (uint32_t)avail, &t, id))
			break;
		r->next += t.nr;
		txrsp_put(r, &t);
	}
}
