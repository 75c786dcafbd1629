/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xen platform's grant.c and channel.c, on a svnic_pf and Xen libraries that
 * only note what they are asked.
 */
#ifndef TESTS_UNIT_GRANT_FIXTURE_H
#define TESTS_UNIT_GRANT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "xen/dom0.h"
#include "platform_turn.h"

#define MAX_CALLS 64

struct fake_pf {
	bool is_there;
	int err;      /* of the next turns */
	uint32_t bad; /* the grant whose pieces fail; 0: none */
	unsigned int nr_turns;
	struct svnic_pf_turn turn[MAX_CALLS];
	unsigned int nr_pieces;
	struct svnic_pf_piece piece[4 * SVNIC_PF_TURN_PIECES];
	unsigned int nr_slots, nr_posts; /* of the last turn */
	struct svnic_pf_slot slot[SVNIC_PF_TURN_SLOTS];
	struct svnic_pf_post post[SVNIC_PF_TURN_POSTS];
	uint32_t rings; /* posts whose guests want to be rung */
	unsigned int bound, unbound;
	unsigned int nr_rung; /* ports, while it waits */
};

struct fake_xen {
	unsigned int nr_calls, nr_pieces;
	xengnttab_grant_copy_segment_t last;
	int err;
	uint32_t bad;
	unsigned int bound, unbound, notified, unmasked;
	bool bind_fails;
	int pipe[2];
};

extern struct fake_pf pf;
extern struct fake_xen xen;
extern struct platform dom0;
extern struct tenant guest;
extern unsigned int rung[4]; /* by what bind_one() was given */
extern uint8_t mem[40][SVNIC_PAGE_SIZE];

/* cmocka's setup and teardown. */
int grant_begin(void **state);
int grant_end(void **state);
/* A piece of the tenant's grant @gref, to @at in page @page of ours. */
struct platform_copy copy_of(unsigned int page, uint32_t at, uint32_t len,
			     uint32_t gref);
/* The tenant's port @i; ours. */
uint32_t bind_one(unsigned int i);

#endif /* TESTS_UNIT_GRANT_FIXTURE_H */
