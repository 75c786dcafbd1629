// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control ring: messages that are wrong in themselves, many of them, the
 * bell of the ring without a message, and an impossible index (rules R01, R03,
 * R05, R20, R34).
 */
#include <linux/err.h>
#include <linux/slab.h>
#include "rude.h"

#define FLOOD	1000u
#define STORM	20000u
#define TABLE	SVNIC_SLOW_PAGE
#define NOWHERE 0x7ffffffu /* a gref beyond any grant table */

struct message {
	const char *name;
	u16 type;
	u32 arg[3];
	u32 status;
};

#define HELLO	      SVNIC_CTRL_HELLO
#define ADD	      SVNIC_CTRL_ADD_PAGES
#define DEL	      SVNIC_CTRL_DEL_PAGES
#define START	      SVNIC_CTRL_QUEUE_START
#define STOP	      SVNIC_CTRL_QUEUE_STOP
#define NONE	      SVNIC_CTRL_NOT_SUPPORTED
#define BAD	      SVNIC_CTRL_BAD_PARAMETER
#define U32	      0xffffffffu
#define ORDER(tx, rx) ((tx) << 8 | (rx) << 16)

/* Sent before a page is registered or a queue started. */
static const struct message messages[] = {
	{ "hello: major 2", HELLO, { 2u << 16 }, NONE },
	{ "hello: major 0", HELLO, { 0 }, NONE },
	{ "hello: major 65535", HELLO, { U32 }, NONE },
	{ "hello: an unknown minor", HELLO, { 1u << 16 | 0xffff }, 0 },
	{ "type 0", 0, { 1, 2, 3 }, NONE },
	{ "type of netif's hash", 3, { U32, U32, U32 }, NONE },
	{ "type 0x52ff", 0x52ff, { 0 }, NONE },
	{ "attach", SVNIC_CTRL_ATTACH, { 1 }, NONE },
	{ "rss: no queue runs", SVNIC_CTRL_RSS_SET, { 0 }, BAD },
	{ "rss: no such gref", SVNIC_CTRL_RSS_SET, { NOWHERE }, BAD },
	{ "groups: no such gref", SVNIC_CTRL_GROUPS_SET, { NOWHERE }, BAD },
	{ "type 0x5308", 0x5308, { 0 }, NONE },
	{ "type 0xffff", 0xffff, { U32, U32, U32 }, NONE },
	{ "add: none", ADD, { 0, 0, 0 }, BAD },
	{ "add: 513", ADD, { 0, 0, 513 }, BAD },
	{ "add: 2^31", ADD, { 0, 0, 1u << 31 }, BAD },
	{ "add: 2^32 - 1", ADD, { 0, 0, U32 }, BAD },
	{ "add: past the table", ADD, { TABLE, 0, 1 }, BAD },
	{ "add: over the table's end", ADD, { TABLE - 1, 0, 2 }, BAD },
	{ "add: first 2^32 - 1", ADD, { U32, 0, 1 }, BAD },
	{ "add: first + count is 0", ADD, { U32 - 511, 0, 512 }, BAD },
	{ "add: a list that no grant table has", ADD, { 0, NOWHERE, 1 }, BAD },
	{ "add: list 2^32 - 1", ADD, { 0, U32, 512 }, BAD },
	{ "del: none", DEL, { 0, 0, 0 }, BAD },
	{ "del: 513", DEL, { 0, 0, 513 }, BAD },
	{ "del: 2^32 - 1", DEL, { 0, 0, U32 }, BAD },
	{ "del: past the table", DEL, { TABLE, 0, 1 }, BAD },
	{ "del: first + count is 0", DEL, { U32 - 511, 0, 512 }, BAD },
	{ "del: never registered", DEL, { 0, 0, 512 }, 0 },
	{ "del: the table's end", DEL, { TABLE - 1, 0, 1 }, 0 },
	{ "start: nothing registered", START, { ORDER(5, 5), 0, 0 }, BAD },
	{ "start: queue 16", START, { 16 | ORDER(5, 5), 0, 0 }, BAD },
	{ "start: queue 255", START, { 255 | ORDER(5, 5), 0, 0 }, BAD },
	{ "start: orders 0", START, { ORDER(0, 0), 0, 0 }, BAD },
	{ "start: tx order 4", START, { ORDER(4, 5), 0, 0 }, BAD },
	{ "start: rx order 13", START, { ORDER(5, 13), 0, 0 }, BAD },
	{ "start: orders 255", START, { ORDER(255, 255), 0, 0 }, BAD },
	{ "start: bits above", START, { 1u << 24 | ORDER(5, 5), 0, 0 }, BAD },
	{ "start: base past the table", START, { ORDER(5, 5), TABLE, 0 }, BAD },
	{ "start: base over the end",
	  START,
	  { ORDER(5, 5), TABLE - 2, 0 },
	  BAD },
	{ "start: base 2^32 - 1", START, { ORDER(5, 5), U32, 0 }, BAD },
	{ "start: base + pages is 0", START, { ORDER(5, 5), U32 - 3, 0 }, BAD },
	{ "stop: nothing started", STOP, { 0 }, BAD },
	{ "stop: queue 16", STOP, { 16 }, BAD },
	{ "stop: queue 32", STOP, { 32 }, BAD },
	{ "stop: queue 2^32 - 1", STOP, { U32 }, BAD },
};

static void send_messages(struct rude *r)
{
	const struct message *m;

	for (m = messages; m < messages + ARRAY_SIZE(messages); m++) {
		u32 got = rude_ask(r, m->type, m->arg[0], m->arg[1], m->arg[2],
				   NULL);

		rude_score(r, m->name, rude_is(r, "status", m->status, got));
	}
}

/* Many of one kind, as many at a time as the ring holds. */
static bool flood(struct rude *r)
{
	u32 sent = 0, taken = 0;

	while (taken < FLOOD) {
		for (; sent < FLOOD && !RING_FULL(&r->ring); sent++)
			rude_post(r, ADD, 0, NOWHERE, 512);
		for (; taken < sent; taken++)
			if (!rude_is(r, "status", BAD, rude_answer(r, NULL)))
				return false;
	}
	return true;
}

static bool is_served(struct rude *r)
{
	return rude_is(r, "status of an honest HELLO", SVNIC_CTRL_OK,
		       rude_ask(r, HELLO, SVNIC_ABI_VERSION, 0, 0, NULL));
}

/* An event channel that rings for nothing. */
static bool storm(struct rude *r)
{
	u32 i;

	for (i = 0; i < STORM && !kthread_should_stop(); i++) {
		rude_notify(r);
		cond_resched();
	}
	return is_served(r);
}

/* What the backend says of it, for people in dom0 and here. */
static bool has_reason(struct rude *r)
{
	char *why =
		xenbus_read(XBT_NIL, r->dev->otherend, SVNIC_KEY_REASON, NULL);
	bool is_named;

	if (IS_ERR(why))
		return rude_is(r, "error of " SVNIC_KEY_REASON, 0,
			       (u32)PTR_ERR(why));
	is_named = strstr(why, "impossible index");
	kfree(why);
	return rude_is(r, "reason names the index", 1, is_named);
}

bool rude_attack_index(struct rude *r, u32 jump)
{
	struct xen_netif_ctrl_sring *s = r->ring.sring;

	/* Pairs with take() in backend/svnicd/xen/ring.c. */
	virt_wmb();
	WRITE_ONCE(s->req_prod, r->ring.req_prod_pvt + jump);
	rude_notify(r);
	return rude_is(r, "error of waiting for Closed", 0,
		       (u32)rude_await(r, XenbusStateClosed)) &&
	       has_reason(r);
}

void rude_attack_ctrl(struct rude *r)
{
	rude_score(r, "hello: honest", is_served(r));
	send_messages(r);
	rude_score(r, "1,000 bad messages", flood(r));
	rude_score(r, "20,000 notifications", storm(r));
}
