// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of grants with one entry that is wrong, and queue areas that are not
 * what they should be.  Nothing of a list that was refused may stay mapped or
 * registered (rules R23, R24, R26 to R28, R35).
 */
#include <xen/events.h>
#include "rude.h"

#define LENGTH 16u
#define SPOILT 8u  /* the entry in the middle */
#define AT     64u /* page index of the scratch pages */
#define ORDERS (RUDE_ORDER << 8 | RUDE_ORDER << 16)

struct spoil {
	const char *name;
	/* Make the entry wrong; a gref to end afterwards, 0 or -errno. */
	int (*entry)(struct rude *r, struct svnic_gref_entry *e);
};

static int beyond_table(struct rude *r, struct svnic_gref_entry *e)
{
	e->gref = svnic_le32(0x7ffffff);
	return 0;
}

static int largest(struct rude *r, struct svnic_gref_entry *e)
{
	e->gref = svnic_le32(0xffffffff);
	return 0;
}

static int never_granted(struct rude *r, struct svnic_gref_entry *e)
{
	int ref = rude_grant(r, RUDE_VICTIM, false);

	if (ref < 0)
		return ref;
	gnttab_try_end_foreign_access((grant_ref_t)ref);
	e->gref = svnic_le32((u32)ref);
	return 0;
}

/* A page that is granted to another domain than the backend's. */
static int others(struct rude *r, struct svnic_gref_entry *e)
{
	int ref = gnttab_grant_foreign_access(
		(domid_t)(r->dev->otherend_id + 1),
		virt_to_gfn(rude_page(r, RUDE_VICTIM)), 0);

	if (ref > 0)
		e->gref = svnic_le32((u32)ref);
	return ref;
}

/* Granted to be read, asked for to be written. */
static int read_only(struct rude *r, struct svnic_gref_entry *e)
{
	int ref = rude_grant(r, RUDE_VICTIM, true);

	if (ref > 0)
		e->gref = svnic_le32((u32)ref);
	return ref;
}

static int twice(struct rude *r, struct svnic_gref_entry *e)
{
	e->gref = e[-3].gref;
	return 0;
}

static int unknown_flag(struct rude *r, struct svnic_gref_entry *e)
{
	e->flags = svnic_le16(0x8000);
	return 0;
}

static int with_status(struct rude *r, struct svnic_gref_entry *e)
{
	e->status = svnic_le16(1);
	return 0;
}

static const struct spoil spoils[] = {
	{ "a gref beyond the table", beyond_table },
	{ "gref 2^32 - 1", largest },
	{ "a gref never granted", never_granted },
	{ "a gref of another domain's", others },
	{ "a read-only grant to write to", read_only },
	{ "a gref twice", twice },
	{ "an unknown flag", unknown_flag },
	{ "a reserved field", with_status },
};

static bool grants_make(struct rude *r, grant_ref_t *ref)
{
	u32 i;
	int got;

	memset(r->list, 0, PAGE_SIZE);
	for (i = 0; i < LENGTH; i++) {
		got = rude_grant(r, RUDE_TX, false);
		if (got < 0)
			return rude_is(r, "error of a grant", 0, (u32)got);
		ref[i] = (grant_ref_t)got;
		r->list[i].gref = svnic_le32((u32)got);
	}
	return true;
}

/* Every one of them must be ours alone again. */
static bool grants_end(struct rude *r, const grant_ref_t *ref)
{
	u32 i, used = 0;

	for (i = 0; i < LENGTH; i++) {
		if (gnttab_try_end_foreign_access(ref[i]))
			continue;
		gnttab_end_foreign_access(ref[i], NULL);
		used++;
	}
	return rude_is(r, "grants still in use", 0, used);
}

static u32 add(struct rude *r, u32 *data)
{
	return rude_ask(r, SVNIC_CTRL_ADD_PAGES, AT, r->list_ref, LENGTH, data);
}

/* The list as it should be: registered as a whole, and withdrawn. */
static bool good_list(struct rude *r)
{
	u32 done = 0;
	u32 status = add(r, NULL);

	if (!rude_is(r, "status of the good list", SVNIC_CTRL_OK, status))
		return false;
	status = rude_ask(r, SVNIC_CTRL_DEL_PAGES, AT, 0, LENGTH, &done);
	return rude_is(r, "status of DEL_PAGES", SVNIC_CTRL_OK, status) &&
	       rude_is(r, "pages withdrawn", LENGTH, done);
}

static bool spoilt_list(struct rude *r, const struct spoil *s)
{
	struct svnic_gref_entry *e = &r->list[SPOILT];
	grant_ref_t ref[LENGTH];
	u32 status, at = 0;
	int extra;
	bool is;

	if (!grants_make(r, ref))
		return false;
	extra = s->entry(r, e);
	if (extra < 0)
		return rude_is(r, "error of a grant", 0, (u32)extra);
	status = add(r, &at);
	if (extra)
		rude_is(r, "the odd grant is free", 1,
			(u32)gnttab_try_end_foreign_access((grant_ref_t)extra));
	is = rude_is(r, "status", SVNIC_CTRL_BAD_PARAMETER, status) &&
	     rude_is(r, "wrong entry", SPOILT, at);
	*e = (struct svnic_gref_entry) { .gref = svnic_le32(ref[SPOILT]) };
	is = good_list(r) && is;
	return grants_end(r, ref) && is;
}

/* The same pages again, elsewhere, while they are registered. */
static bool registered_again(struct rude *r)
{
	grant_ref_t ref[LENGTH];
	u32 status, at = 0, done = 0;
	bool is;

	if (!grants_make(r, ref))
		return false;
	is = rude_is(r, "status", SVNIC_CTRL_OK, add(r, NULL));
	status = rude_ask(r, SVNIC_CTRL_ADD_PAGES, AT + LENGTH, r->list_ref,
			  LENGTH, &at);
	is = rude_is(r, "status again", SVNIC_CTRL_BAD_PARAMETER, status) && is;
	status = rude_ask(r, SVNIC_CTRL_ADD_PAGES, AT + LENGTH - 1, r->list_ref,
			  LENGTH, &at);
	is = rude_is(r, "status at an index in use", SVNIC_CTRL_BAD_PARAMETER,
		     status) &&
	     is;
	rude_ask(r, SVNIC_CTRL_DEL_PAGES, AT, 0, 512, &done);
	is = rude_is(r, "pages withdrawn", LENGTH, done) && is;
	return grants_end(r, ref) && is;
}

/* Whatever that page is (Xen's console has it), it is our own. */
static bool gref_zero(struct rude *r)
{
	u32 status;

	memset(r->list, 0, PAGE_SIZE);
	status = rude_ask(r, SVNIC_CTRL_ADD_PAGES, AT, r->list_ref, 1, NULL);
	if (status != SVNIC_CTRL_OK)
		return rude_is(r, "status", SVNIC_CTRL_BAD_PARAMETER, status);
	status = rude_ask(r, SVNIC_CTRL_DEL_PAGES, AT, 0, 1, NULL);
	return rude_is(r, "status of DEL_PAGES", SVNIC_CTRL_OK, status);
}

/* A list page that was granted once. */
static bool list_not_granted(struct rude *r)
{
	int ref = rude_grant(r, RUDE_VICTIM, false);
	u32 status;

	if (ref < 0)
		return rude_is(r, "error of a grant", 0, (u32)ref);
	gnttab_try_end_foreign_access((grant_ref_t)ref);
	status = rude_ask(r, SVNIC_CTRL_ADD_PAGES, AT, (u32)ref, LENGTH, NULL);
	return rude_is(r, "status", SVNIC_CTRL_BAD_PARAMETER, status);
}

void rude_attack_list(struct rude *r)
{
	const struct spoil *s;

	for (s = spoils; s < spoils + ARRAY_SIZE(spoils); s++)
		rude_score(r, s->name, spoilt_list(r, s));
	rude_score(r, "pages that are registered", registered_again(r));
	rude_score(r, "gref 0", gref_zero(r));
	rude_score(r, "a list not granted any more", list_not_granted(r));
}

/* QUEUE_START with pages registered: bases and event channels. */

static u32 start(struct rude *r, u32 queue, u32 base, u32 port)
{
	return rude_ask(r, SVNIC_CTRL_QUEUE_START, queue | ORDERS, base, port,
			NULL);
}

static bool refused(struct rude *r, u32 base, u32 port)
{
	return rude_is(r, "status", SVNIC_CTRL_BAD_PARAMETER,
		       start(r, 0, base, port));
}

static bool bad_ports(struct rude *r)
{
	static const u32 ports[] = { 0, 0x1ffff, 0xffffffff };
	bool is = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++)
		is = refused(r, RUDE_AREA, ports[i]) && is;
	/* Ours, but bound already: the control ring's. */
	return refused(r, RUDE_AREA, r->port) && is;
}

/* A port that waits for another domain. */
static bool others_port(struct rude *r)
{
	struct evtchn_alloc_unbound alloc = {
		.dom = DOMID_SELF,
		.remote_dom = (domid_t)(r->dev->otherend_id + 1),
	};
	bool is;

	if (HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &alloc))
		return rude_is(r, "event channel for another", 1, 0);
	is = refused(r, RUDE_AREA, alloc.port);
	xenbus_free_evtchn(r->dev, alloc.port);
	return is;
}

static bool start_stop(struct rude *r)
{
	return rude_is(r, "status of QUEUE_START", SVNIC_CTRL_OK,
		       rude_queue_start(r)) &&
	       rude_is(r, "status of the second", SVNIC_CTRL_BAD_PARAMETER,
		       start(r, 0, RUDE_AREA, r->queue_port)) &&
	       rude_is(r, "status of QUEUE_STOP", SVNIC_CTRL_OK,
		       rude_queue_stop(r)) &&
	       rude_is(r, "status of the second stop", SVNIC_CTRL_BAD_PARAMETER,
		       rude_queue_stop(r));
}

void rude_attack_start(struct rude *r)
{
	u32 port;

	xenbus_alloc_evtchn(r->dev, &r->queue_port);
	port = r->queue_port;
	rude_score(r, "start: an area with a hole",
		   refused(r, RUDE_PAGES - 1, port));
	rude_score(r, "start: an area to be read only",
		   refused(r, RUDE_READ_ONLY - 2, port));
	rude_score(r, "start: channels that are not ours", bad_ports(r));
	rude_score(r, "start: a channel for another domain", others_port(r));
	rude_score(r, "start and stop: twice", start_stop(r));
}
