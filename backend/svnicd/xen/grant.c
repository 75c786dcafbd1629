/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages of a guest: mapped by its grants, or copied, many pieces in one call.
 * Those that svnic_pf knows on our side too are its business; the others go
 * through gntdev, which pins ours each time.  A call that works says nothing of
 * its pieces, each has a status of its own (rule R26).
 */
#include "grant.h"

#include <errno.h>
#include <sys/mman.h>

#include "../platform_turn.h"
#include "dom0.h"
#include "channel.h"
#include "pf.h"

#define BATCH 128u /* pieces of one call to gntdev */

/* Pieces under way, and which copy each is of.  One thread. */
static struct {
	unsigned int nr;
	struct svnic_pf_piece piece[SVNIC_PF_TURN_PIECES];
	struct platform_copy *of[SVNIC_PF_TURN_PIECES];
	bool failed; /* one of the turn */
} own;

static struct {
	unsigned int nr;
	xengnttab_grant_copy_segment_t seg[BATCH];
	struct platform_copy *of[BATCH];
} foreign;

int grant_map(struct platform *p, struct tenant *t, uint32_t gref,
	      bool writable, void **page)
{
	int prot = writable ? PROT_READ | PROT_WRITE : PROT_READ;
	void *mem = xengnttab_map_grant_ref(p->grants, t->domid, gref, prot);

	if (!mem)
		return errno ? -errno : -EINVAL;
	*page = mem;
	return 0;
}

void grant_unmap(struct platform *p, void *page)
{
	xengnttab_unmap(p->grants, page, 1);
}

/* One call of svnic_pf: all that @t has, and the pieces. */
static int call_own(struct platform *p, struct svnic_pf_turn *t)
{
	unsigned int i;
	int err;

	t->pieces = (uintptr_t)own.piece;
	t->nr_pieces = own.nr;
	t->failed = 0;
	err = pf_call(p, SVNIC_PF_TURN, t, NULL);
	for (i = 0; i < own.nr && (err || t->failed); i++)
		if (err || own.piece[i].status != GNTST_okay)
			own.of[i]->failed = true;
	own.failed |= err || t->failed;
	own.nr = 0;
	t->nr_ports = 0;
	t->nr_unmask = 0;
	return err;
}

static void copy_foreign(struct platform *p)
{
	bool err = xengnttab_grant_copy(p->grants, foreign.nr, foreign.seg);
	unsigned int i;

	for (i = 0; i < foreign.nr; i++) {
		if (!err && foreign.seg[i].status == GNTST_okay)
			continue;
		foreign.of[i]->failed = true;
		own.failed = true;
	}
	foreign.nr = 0;
}

static void add_foreign(struct platform *p, struct platform_copy *c)
{
	xengnttab_grant_copy_segment_t *s = &foreign.seg[foreign.nr];
	union xengnttab_copy_ptr *ours = c->to_guest ? &s->source : &s->dest;
	union xengnttab_copy_ptr *its = c->to_guest ? &s->dest : &s->source;

	foreign.of[foreign.nr++] = c;
	ours->virt = c->mem;
	its->foreign.ref = c->gref;
	its->foreign.offset = c->offset;
	its->foreign.domid = (domid_t)c->tenant->domid;
	s->len = c->len;
	s->flags = c->to_guest ? GNTCOPY_dest_gref : GNTCOPY_source_gref;
	s->status = GNTST_general_error;
	if (foreign.nr == BATCH)
		copy_foreign(p);
}

/* Cut at the borders of our pages. */
static void add_own(struct platform *p, struct svnic_pf_turn *t,
		    struct platform_copy *c)
{
	uint32_t at = (uintptr_t)c->mem % SVNIC_PAGE_SIZE;
	struct svnic_pf_piece *o;
	uint32_t done, len;

	for (done = 0; done < c->len; done += len) {
		len = SVNIC_PAGE_SIZE - (at + done) % SVNIC_PAGE_SIZE;
		if (len > c->len - done)
			len = c->len - done;
		o = &own.piece[own.nr];
		own.of[own.nr++] = c;
		o->gref = c->gref;
		o->page = c->page + (at + done) / SVNIC_PAGE_SIZE;
		o->vif = (uint16_t)c->nr;
		o->domid = (uint16_t)c->tenant->domid;
		o->offset = (uint16_t)(c->offset + done);
		o->at = (uint16_t)((at + done) % SVNIC_PAGE_SIZE);
		o->len = (uint16_t)len;
		o->flags = c->to_guest ? SVNIC_PF_TO_GUEST : 0;
		o->status = GNTST_general_error;
		if (own.nr == SVNIC_PF_TURN_PIECES)
			call_own(p, t);
	}
}

static void add_port(struct platform *p, struct svnic_pf_turn *t, uint32_t port,
		     bool ring)
{
	t->port[t->nr_ports + t->nr_unmask] = port;
	if (ring)
		t->nr_ports++;
	else
		t->nr_unmask++;
	if (t->nr_ports + t->nr_unmask == SVNIC_PF_TURN_PORTS)
		call_own(p, t);
}

/* What the last call of a turn does beside; false: it cannot, all of it. */
static bool add_posts(struct platform *p, struct svnic_pf_turn *t,
		      const struct platform_turn *turn)
{
	static struct svnic_pf_slot slot[SVNIC_PF_TURN_SLOTS];
	static struct svnic_pf_post post[SVNIC_PF_TURN_POSTS];
	const struct platform_post *o = turn->post;
	unsigned int i;

	if (own.failed || foreign.nr || turn->nr_slots > SVNIC_PF_TURN_SLOTS ||
	    turn->nr_posts > SVNIC_PF_TURN_POSTS)
		return false;
	for (i = 0; i < turn->nr_posts; i++, o++) {
		post[i].port = 0;
		if (o->event && !channel_is_own(p, o->port, &post[i].port))
			return false;
		post[i].word = (uintptr_t)o->word;
		post[i].event = (uintptr_t)o->event;
		post[i].old = o->old;
		post[i].value = o->value;
	}
	for (i = 0; i < turn->nr_slots; i++) {
		slot[i].at = (uintptr_t)turn->slot[i].at;
		slot[i].value = turn->slot[i].value;
	}
	t->slots = (uintptr_t)slot;
	t->nr_slots = turn->nr_slots;
	t->posts = (uintptr_t)post;
	t->nr_posts = turn->nr_posts;
	return true;
}

/* The last call of a turn. */
static void finish_own(struct platform *p, struct svnic_pf_turn *t,
		       const struct platform_turn *turn)
{
	struct svnic_event e[PF_EVENTS];
	unsigned int i;
	int err;

	if (turn->wait_ms) {
		t->events = (uintptr_t)e;
		t->nr_events = PF_EVENTS;
		t->wait_ms = turn->wait_ms;
	}
	err = call_own(p, t);
	for (i = 0; i < turn->nr_posts; i++)
		turn->post[i].rung = !err && t->rung & 1u << i;
	if (turn->done)
		turn->done(turn->arg, !own.failed);
	if (!err)
		pf_hand_on(p, e, t->nr_events);
}

/* ... where nothing can be posted. */
static void finish_foreign(struct platform *p, struct svnic_pf_turn *t,
			   const struct platform_turn *turn)
{
	if (own.nr || t->nr_ports || t->nr_unmask)
		call_own(p, t);
	if (foreign.nr)
		copy_foreign(p);
	if (turn->done)
		turn->done(turn->arg, false);
}

void grant_turn(struct platform *p, const struct platform_turn *turn)
{
	struct svnic_pf_turn t = { .nr_ports = 0 };
	struct platform_copy *c = turn->copy;
	uint32_t port;
	unsigned int i;

	own.failed = false;
	for (i = 0; i < turn->nr_ring; i++)
		if (!channel_ring(p, turn->ring[i], &port))
			add_port(p, &t, port, true);
	for (i = 0; i < turn->nr_unmask; i++)
		if (!channel_unmask(p, turn->unmask[i], &port))
			add_port(p, &t, port, false);
	for (i = 0; i < turn->nr_copies; i++) {
		c[i].failed = false;
		if (c[i].page != PLATFORM_ELSEWHERE)
			add_own(p, &t, &c[i]);
		else
			add_foreign(p, &c[i]);
	}
	if ((turn->wait_ms || turn->nr_posts) && add_posts(p, &t, turn))
		finish_own(p, &t, turn);
	else
		finish_foreign(p, &t, turn);
}
