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
#include "platform.h"

static struct wire_ring *head(const struct sring *r)
{
	return (struct wire_ring *)(void *)r->page;
}

static char *slot(const struct sring *r, uint32_t idx)
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
	r->rung = r->next;
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
	svnic_copy_in(req, slot(r, r->next + ahead), r->slot_size);
}

void sring_amend(struct sring *r, uint32_t idx, const void *rsp, uint32_t size)
{
	char *to = slot(r, idx);

	memset(to, 0, r->slot_size);
	memcpy(to, rsp, size);
}

void sring_respond(struct sring *r, const void *rsp, uint32_t size)
{
	sring_amend(r, r->rsp++, rsp, size);
}

bool sring_tell(const struct sring *r, struct platform_tell *t)
{
	t->rsp_prod = &head(r)->rsp_prod;
	t->old = r->told;
	t->prod = r->rsp;
	t->told = false;
	t->rang = false;
	return r->rsp != r->told;
}

void sring_told(struct sring *r, const struct platform_tell *t)
{
	if (!t->told)
		return;
	r->told = t->prod;
	r->rung = t->prod;
}

void sring_show(struct sring *r)
{
	if (r->rsp == r->told)
		return;
	r->told = r->rsp;
	/* Pairs with reclaim() in frontend/svnic_front/netif_tx.c, as with any
	 * guest that takes responses and then arms. */
	svnic_publish32(&head(r)->rsp_prod, r->rsp);
}

bool sring_is_waited(struct sring *r)
{
	uint32_t old = r->rung;

	if (r->told == old)
		return false;
	r->rung = r->told;
	/* Pairs with reclaim() in frontend/svnic_front/netif_tx.c. */
	svnic_fence();
	/* Xen's rsp_event names the index to reach, ours the one to pass. */
	return svnic_ring_passes(svnic_peek32(&head(r)->rsp_event) - 1, r->told,
				 old);
}

bool sring_publish(struct sring *r)
{
	sring_show(r);
	return sring_is_waited(r);
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
