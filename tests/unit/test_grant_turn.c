/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a turn does beside copying: it rings, posts and waits, each by whom the
 * port belongs to while the card goes and comes.
 */
#include "grant_fixture.h"
#include "xen/channel.h"
#include "xen/grant.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <svnic/order.h>

/* What rings within the time is told from within; without a card, nothing. */
static void test_wait(void **state)
{
	const struct platform_turn wait = { .wait_ms = 3 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++)
		bind_one(i);
	pf.nr_rung = 2;
	grant_turn(&dom0, &wait);
	assert_int_equal(pf.turn[0].wait_ms, 3);
	assert_int_equal(rung[0], 1);
	assert_int_equal(rung[1], 1);
	assert_int_equal(rung[2], 0);
	pf.err = -EINTR;
	grant_turn(&dom0, &wait);
	pf.is_there = false;
	grant_turn(&dom0, &wait);
	assert_int_equal(rung[0], 1);
	for (i = 0; i < 3; i++)
		channel_unbind(&dom0, i);
}
/* Through svnic_pf while it is there, through evtchn while it is not. */
static void test_ports(void **state)
{
	uint32_t place[2];
	struct platform_turn all = {
		.ring = place, .nr_ring = 2, .unmask = place, .nr_unmask = 1
	};
	const uint32_t at_once[2] = { 41, 40 };

	(void)state;
	place[0] = bind_one(0);
	place[1] = bind_one(1);
	assert_int_equal(pf.bound, 2);
	grant_turn(&dom0, &all);
	assert_int_equal(pf.nr_turns, 1);
	assert_int_equal(pf.turn[0].nr_ports, 2);
	assert_int_equal(pf.turn[0].nr_unmask, 1);
	assert_int_equal(pf.turn[0].port[0], 40);
	assert_int_equal(pf.turn[0].port[1], 41);
	assert_int_equal(pf.turn[0].port[2], 40);
	channel_rang(&dom0, 41);
	channel_rang(&dom0, 4711);
	channel_rang(&dom0, 0xffffffff);
	assert_int_equal(rung[0], 0);
	assert_int_equal(rung[1], 1);
	/* What rang while it changed hands is lost, so all of them rang. */
	pf.is_there = false;
	channel_card_lost(&dom0);
	assert_int_equal(pf.unbound, 2);
	assert_int_equal(xen.bound, 2);
	assert_int_equal(rung[0], 1);
	assert_int_equal(rung[1], 2);
	grant_turn(&dom0, &all);
	assert_int_equal(xen.notified, 2);
	assert_int_equal(xen.unmasked, 1);
	assert_int_equal(pf.nr_turns, 1);
	channel_rang(&dom0, 40); /* svnic_pf's no more */
	assert_int_equal(rung[0], 1);
	assert_int_equal(write(xen.pipe[1], at_once, sizeof(at_once)),
			 sizeof(at_once));
	event_base_loop(dom0.base, EVLOOP_NONBLOCK);
	assert_int_equal(rung[0], 2);
	assert_int_equal(rung[1], 3);
	pf.is_there = true;
	channel_card_came(&dom0);
	assert_int_equal(xen.unbound, 2);
	assert_int_equal(pf.bound, 4);
	assert_int_equal(rung[0], 3);
	channel_unbind(&dom0, place[0]);
	assert_int_equal(pf.unbound, 3);
	channel_rang(&dom0, 42);
	assert_int_equal(rung[0], 3);
	/* Its place is the next one's. */
	assert_int_equal(bind_one(2), place[0]);
}

/* A guest that closed its channel is nobody's; others are not touched. */
static void test_lost_port(void **state)
{
	uint32_t place[2], port;

	(void)state;
	place[0] = bind_one(0);
	xen.bind_fails = true;
	pf.is_there = false;
	assert_int_equal(channel_bind(&dom0, &guest, 1, NULL, NULL, &place[1]),
			 -EINVAL);
	channel_card_lost(&dom0);
	assert_int_equal(rung[0], 0);
	assert_true(channel_ring(&dom0, place[0], &port));
	assert_true(channel_unmask(&dom0, place[0], &port));
	assert_int_equal(xen.notified + xen.unmasked, 0);
	channel_unbind(&dom0, place[0]);
	assert_int_equal(xen.unbound, 0);
}
static uint32_t page[4];
static uint64_t slots[SVNIC_PF_TURN_SLOTS + 1];

struct outcome {
	unsigned int calls;
	bool posted;
	unsigned int rung_before;
};

static void done(void *arg, bool posted)
{
	struct outcome *o = arg;

	o->calls++;
	o->posted = posted;
	o->rung_before = rung[0];
}

/* Make a turn of @c that posts for the port @place; is it posted? */
static bool posts(struct platform_copy *c, unsigned int nr, uint32_t place,
		  unsigned int nr_slots, bool *is_rung)
{
	static struct platform_slot slot[SVNIC_PF_TURN_SLOTS + 1];
	struct platform_post post = { .word = &page[1],
				      .event = &page[2],
				      .old = 7,
				      .value = 9,
				      .port = place };
	struct outcome o = { .calls = 0 };
	const struct platform_turn turn = { .copy = c,
					    .nr_copies = nr,
					    .slot = slot,
					    .nr_slots = nr_slots,
					    .post = &post,
					    .nr_posts = 1,
					    .wait_ms = 3,
					    .done = done,
					    .arg = &o };
	unsigned int i, before = rung[0];

	for (i = 0; i < nr_slots; i++) {
		slot[i].at = &slots[i];
		slot[i].value = 100 + i;
	}
	pf.nr_posts = 0;
	pf.nr_turns = 0;
	grant_turn(&dom0, &turn);
	assert_int_equal(o.calls, 1);
	/* What rang is told later. */
	assert_int_equal(o.rung_before, before);
	if (is_rung)
		*is_rung = post.rung;
	return o.posted;
}

/* With the call that copies, which waits then. */
static void test_posts(void **state)
{
	struct platform_copy c = copy_of(0, 0, 100, 9);
	uint32_t place = bind_one(0);
	bool is_rung;

	(void)state;
	pf.nr_rung = 1;
	assert_true(posts(&c, 1, place, 3, &is_rung));
	assert_false(is_rung);
	assert_int_equal(rung[0], 1);
	assert_int_equal(pf.nr_turns, 1);
	assert_int_equal(pf.turn[0].nr_pieces, 1);
	assert_int_equal(pf.turn[0].wait_ms, 3);
	assert_int_equal(pf.nr_slots, 3);
	assert_int_equal(pf.slot[2].at, (uintptr_t)&slots[2]);
	assert_int_equal(pf.slot[2].value, 102);
	assert_int_equal(pf.nr_posts, 1);
	assert_int_equal(pf.post[0].word, (uintptr_t)&page[1]);
	assert_int_equal(pf.post[0].event, (uintptr_t)&page[2]);
	assert_int_equal(pf.post[0].old, 7);
	assert_int_equal(pf.post[0].value, 9);
	assert_int_equal(pf.post[0].port, 40);
	pf.rings = 1;
	assert_true(posts(&c, 1, place, 3, &is_rung));
	assert_true(is_rung);
}

/* Whoever asked sees to it: a piece failed, or it cannot be done here. */
static void test_posts_nothing(void **state)
{
	static struct platform_copy many[SVNIC_PF_TURN_PIECES + 1];
	struct platform_copy c = copy_of(0, 0, 100, 9);
	uint32_t place = bind_one(0);
	unsigned int i;

	(void)state;
	pf.nr_rung = 1;
	pf.bad = 9;
	assert_false(posts(&c, 1, place, 1, NULL));
	assert_true(c.failed);
	/* ... in an earlier call of the same turn */
	for (i = 0; i <= SVNIC_PF_TURN_PIECES; i++)
		many[i] = copy_of(0, 0, 8, i ? 10 : 9);
	assert_false(posts(many, SVNIC_PF_TURN_PIECES + 1, place, 1, NULL));
	assert_int_equal(pf.nr_turns, 2);
	assert_true(many[0].failed && !many[SVNIC_PF_TURN_PIECES].failed);
	pf.bad = 0;
	assert_true(posts(many, SVNIC_PF_TURN_PIECES + 1, place, 1, NULL));
	assert_false(posts(&c, 1, place, SVNIC_PF_TURN_SLOTS + 1, NULL));
	assert_false(c.failed);
	c.page = PLATFORM_ELSEWHERE;
	assert_false(posts(&c, 1, place, 1, NULL));
	assert_int_equal(xen.nr_pieces, 1);
	/* ... or gntdev had as many as it takes in a call, and one failed. */
	for (i = 0; i < 128; i++) {
		many[i] = copy_of(0, 0, 8, i ? 10 : 9);
		many[i].page = PLATFORM_ELSEWHERE;
	}
	xen.bad = 9;
	assert_false(posts(many, 128, place, 1, NULL));
	assert_true(many[0].failed && !many[1].failed);
	c = copy_of(0, 0, 100, 9);
	pf.err = -EINTR;
	assert_false(posts(&c, 1, place, 1, NULL));
	assert_true(c.failed);
	pf.err = 0;
	i = rung[0];
	pf.is_there = false;
	channel_card_lost(&dom0);
	assert_int_equal(rung[0], i + 1);
	assert_false(posts(&c, 1, place, 1, NULL));
	channel_unbind(&dom0, place);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, grant_begin, grant_end)
	const struct CMUnitTest tests[] = {
		T(test_wait),  T(test_ports),	      T(test_lost_port),
		T(test_posts), T(test_posts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
