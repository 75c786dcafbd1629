/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the call that copies a turn stores when all is copied, so that guests and
 * the card have it before svnicd runs again: responses, the indices of rings,
 * the card's doorbell.  Until then it is not done, and nothing of it may be seen.
 */
#ifndef SVNICD_NETIF_STAGE_H
#define SVNICD_NETIF_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <svnic/ring.h>

#include "platform_turn.h"

struct netif_queue;
struct ownq;
struct sring;

#define STAGE_SLOTS 128u
#define STAGE_POSTS 32u

/* Whose index a post moves on: a ring of a queue's guest, or the card's. */
struct stage_owner {
	struct netif_queue *q;
	struct sring *ring;
	struct ownq *card;
	svnic_index from; /* the card's, as it was */
};

struct stage {
	unsigned int nr_slots, nr_posts;
	struct platform_slot slot[STAGE_SLOTS];
	struct platform_post post[STAGE_POSTS];
	struct stage_owner owner[STAGE_POSTS];
};

void stage_begin(struct stage *s);
bool stage_has_room(const struct stage *s, unsigned int nr_slots,
		    unsigned int nr_posts);
/* The next response of @r, eight octets; stage_ring() follows the last one. */
void stage_response(struct stage *s, struct sring *r, const void *rsp);
void stage_ring(struct stage *s, struct netif_queue *q, struct sring *r,
		uint32_t port);
/* What @card was provided with since its tx.next was @from: OWNQ_POSTS posts. */
void stage_card(struct stage *s, struct ownq *card, svnic_index from);
/* It was done, or nothing of it: then all is as before stage_begin(). */
void stage_end(struct stage *s, bool posted);

#endif /* SVNICD_NETIF_STAGE_H */
