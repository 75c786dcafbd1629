/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See sring.h.  Every response takes the slot of a request that was taken
 * before it, in the same order, so rsp_prod tells the next daemon where to go
 * on.
 */
#include "netif/sring.h"

#include <string.h>

#include <svnic/ring.h>

#include "netif/wire.h"
#include "platform_turn.h"

static struct wire_ring *head(const struct sring *r)
{
	return (struct wire_ring *)(void *)r->page;
}

void *sring_slot(const struct sring *r, uint32_t idx)
{
	return r->page + NETIF_RING_START +
	       (idx & (NETIF_RING - 1)) * r->slot_size;
}

void sring_init(struct sring *r, void *page, uint32_t slot_size)
{
	r->page = page;
	r->slot_size = slot_size;
	r->next = svnic_peek32(&head(r)->rsp_prod);
	r->rsp = r->next;
	r->seen = r->next;
	r->told = r->next;
}

int sring_avail(struct sring *r)
{
	/* Pairs with the guest's publish of its requests; ours is
	 * flush() in frontend/svnic_front/netif_tx.c. */
	r->seen = svnic_observe32(&head(r)->req_prod);
	/* Never past what has no response: that slot is in use. */
	return svnic_ring_avail(r->seen, r->next,
				NETIF_RING - (r->next - r->rsp));
}

uint32_t sring_pending(const struct sring *r)
{
	return svnic_peek32(&head(r)->req_prod) - r->next;
}

void sring_peek(const struct sring *r, uint32_t ahead, void *req)
{
	svnic_copy_in(req, sring_slot(r, r->next + ahead), r->slot_size);
}

void sring_respond(struct sring *r, const void *rsp, uint32_t size)
{
	char *to = sring_slot(r, r->rsp++);

	memset(to, 0, r->slot_size);
	memcpy(to, rsp, size);
}

bool sring_publish(struct sring *r)
{
	uint32_t old = r->told;

	if (r->rsp == old)
		return false;
	r->told = r->rsp;
	/* Pairs with reclaim() in frontend/svnic_front/netif_tx.c, as with any
	 * guest that takes responses and then arms. */
	svnic_publish32(&head(r)->rsp_prod, r->rsp);
	svnic_fence();
	/* Xen's rsp_event names the index to reach, ours the one to pass. */
	return svnic_ring_passes(svnic_peek32(&head(r)->rsp_event) - 1, r->rsp,
				 old);
}

void sring_stage(struct sring *r, const void *rsp, struct platform_slot *s)
{
	s->at = sring_slot(r, r->rsp++);
	memcpy(&s->value, rsp, sizeof(s->value));
}

void sring_post(const struct sring *r, struct platform_post *p)
{
	p->word = &head(r)->rsp_prod;
	p->event = &head(r)->rsp_event;
	p->old = r->told;
	p->value = r->rsp;
}

void sring_posted(struct sring *r, bool posted)
{
	if (posted)
		r->told = r->rsp;
	else
		r->rsp = r->told;
}

bool sring_arm(struct sring *r, uint32_t need)
{
	uint32_t avail;

	svnic_poke32(&head(r)->req_event, r->next + need);
	/* Pairs with flush() in frontend/svnic_front/netif_tx.c. */
	svnic_fence();
	avail = svnic_peek32(&head(r)->req_prod) - r->next;
	return avail >= need;
}

void sring_disarm(struct sring *r)
{
	svnic_poke32(&head(r)->req_event, r->next);
}
