/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See call.h.  A call of the system costs more than most frames, so nothing is
 * asked for by itself: it waits here for the next one.
 */
#include "netif/call.h"

#include "netif/batch.h"
#include "netif/priv.h"

#define LATE 4u /* calls that copy, before senders are rung */

static bool has(const struct call_ports *l, uint32_t port)
{
	unsigned int i;

	for (i = 0; i < l->nr; i++)
		if (l->port[i] == port)
			return true;
	return false;
}

static void forget(struct call_ports *l, uint32_t port)
{
	unsigned int i;

	for (i = 0; i < l->nr;)
		if (l->port[i] == port)
			l->port[i] = l->port[--l->nr];
		else
			i++;
}

/* All that waits, and what @turn has beside. */
static void make(struct call *c, struct platform_turn *turn)
{
	turn->ring = c->ring.port;
	turn->nr_ring = c->ring.nr;
	turn->unmask = c->unmask.port;
	turn->nr_unmask = c->unmask.nr;
	/* What rings meanwhile begins new lists. */
	c->ring.nr = 0;
	c->unmask.nr = 0;
	c->ops->turn(c->p, turn);
}

static void make_bare(struct call *c)
{
	struct platform_turn turn = { .copy = NULL };

	make(c, &turn);
}

void call_hurry(struct call *c)
{
	struct call_ports *l = &c->ring_later;

	for (; l->nr; l->nr--) {
		if (c->ring.nr == CALL_PORTS)
			make_bare(c);
		if (!has(&c->ring, l->port[l->nr - 1]))
			c->ring.port[c->ring.nr++] = l->port[l->nr - 1];
	}
	c->late = 0;
}

void call_is_late(struct call *c)
{
	if (++c->late > LATE)
		call_hurry(c);
}

void call_flush(struct call *c)
{
	call_hurry(c);
	if (c->ring.nr || c->unmask.nr)
		make_bare(c);
}

static void add(struct call *c, struct call_ports *l, uint32_t port)
{
	if (l->nr == CALL_PORTS)
		call_flush(c);
	l->port[l->nr++] = port;
}

void call_ring(struct call *c, uint32_t port, bool soon)
{
	if (soon && !has(&c->ring, port))
		add(c, &c->ring, port);
	else if (!soon && !has(&c->ring_later, port))
		add(c, &c->ring_later, port);
}

void call_unmask(struct call *c, uint32_t port)
{
	add(c, &c->unmask, port);
}

void call_forget(struct call *c, uint32_t port)
{
	forget(&c->ring, port);
	forget(&c->ring_later, port);
	forget(&c->unmask, port);
}

void call_copy(struct call *c, struct batch *b, unsigned int wait_ms,
	       call_done_fn done, void *arg)
{
	struct platform_turn turn = {
		.copy = b->copy,
		.nr_copies = b->nr,
		.slot = c->stage.slot,
		.nr_slots = c->stage.nr_slots,
		.post = c->stage.post,
		.nr_posts = c->stage.nr_posts,
		.wait_ms = wait_ms,
		.done = done,
		.arg = arg,
	};

	make(c, &turn);
}

void call_wait(struct call *c, unsigned int wait_ms)
{
	struct platform_turn turn = { .wait_ms = wait_ms };

	call_hurry(c);
	make(c, &turn);
}
