/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See stage.h.
 */
#include "netif/stage.h"

#include "netif/priv.h"

void stage_begin(struct stage *s)
{
	s->nr_slots = 0;
	s->nr_posts = 0;
}

bool stage_has_room(const struct stage *s, unsigned int nr_slots,
		    unsigned int nr_posts)
{
	return nr_slots <= STAGE_SLOTS - s->nr_slots &&
	       nr_posts <= STAGE_POSTS - s->nr_posts;
}

void stage_response(struct stage *s, struct sring *r, const void *rsp)
{
	sring_stage(r, rsp, &s->slot[s->nr_slots++]);
}

void stage_ring(struct stage *s, struct netif_queue *q, struct sring *r,
		uint32_t port)
{
	struct platform_post *post = &s->post[s->nr_posts];

	s->owner[s->nr_posts++] = (struct stage_owner) { .q = q, .ring = r };
	sring_post(r, post);
	post->port = port;
}

void stage_card(struct stage *s, struct ownq *card, svnic_index from)
{
	const struct stage_owner none = { .q = NULL };

	s->owner[s->nr_posts] =
		(struct stage_owner) { .card = card, .from = from };
	s->owner[s->nr_posts + 1] = none;
	ownq_post(card, &s->post[s->nr_posts]);
	s->nr_posts += OWNQ_POSTS;
}

void stage_end(struct stage *s, bool posted)
{
	const struct stage_owner *o = s->owner;
	unsigned int i;

	for (i = 0; i < s->nr_posts; i++, o++) {
		if (o->card)
			ownq_posted(o->card, posted, o->from);
		if (!o->ring)
			continue;
		sring_posted(o->ring, posted);
		o->q->stats.events_out += posted && s->post[i].rung;
	}
	stage_begin(s);
}
