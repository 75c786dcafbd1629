/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pieces that a turn copies.
 */
#include "netif/batch.h"

#include <string.h>

#include "netif/priv.h"

void batch_add(struct batch *b, struct netif_queue *q, void *mem, uint32_t gref,
	       uint32_t offset, uint32_t len, bool to_guest)
{
	char *page = staging_find(&q->staging, gref, to_guest);
	struct platform_copy *c;

	if (page) {
		if (to_guest)
			memcpy(page + offset, mem, len);
		else
			memcpy(mem, page + offset, len);
		q->stats.staged++;
		return;
	}
	c = &b->copy[b->nr++];
	c->tenant = q->n->tenant;
	c->mem = mem;
	c->nr = q->n->slow.nr;
	c->page = ownq_page(&q->n->slow, mem);
	c->gref = gref;
	c->offset = (uint16_t)offset;
	c->len = (uint16_t)len;
	c->to_guest = to_guest;
	c->failed = true;
	q->stats.copies++;
}
