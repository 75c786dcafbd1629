/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pieces that a turn copies.
 */
#include <string.h>

#include "netif/priv.h"

void batch_tell(struct batch *b, struct netif *n)
{
	struct netif_queue *q;

	for (q = n->queue; q < n->queue + n->config.nr_queues; q++) {
		if (b->nr_tells == NETIF_TELLS ||
		    !sring_tell(&q->rx, &b->tell[b->nr_tells]))
			continue;
		b->tell[b->nr_tells].port = port_of_rx(q);
		b->told[b->nr_tells++] = q;
	}
}

void batch_told(struct batch *b)
{
	unsigned int i;

	for (i = 0; i < b->nr_tells; i++) {
		sring_told(&b->told[i]->rx, &b->tell[i]);
		b->told[i]->stats.events_out += b->tell[i].rang;
	}
	b->nr_tells = 0;
}

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
