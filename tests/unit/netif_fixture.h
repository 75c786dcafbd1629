/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A connected netif path with a guest and a neighbour, as most tests of it want
 * it, and what they look at.
 */
#ifndef TESTS_UNIT_NETIF_FIXTURE_H
#define TESTS_UNIT_NETIF_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "fakes/netif_world.h"

#define BUFFER 300u /* grants that frames are sent from */

struct netif_fixture {
	struct world w;
	uint8_t sent[SVNIC_FRAME_MAX];
	uint8_t got[SVNIC_FRAME_MAX];
};

/* One queue, four with split event channels, or two guests with one queue each.
 * cmocka's setup, teardown. */
int netif_begin(void **state);
int netif_begin_many(void **state);
int netif_begin_two(void **state);
int netif_end(void **state);

/* Once more, with what @f->w.config says now. */
void netif_reconnect(struct netif_fixture *f);
const struct netif_info *netif_fixture_info(struct netif_fixture *f);
/* The guest gets @nr tx responses in ring order, all with @status. */
void netif_expect_answers(struct netif_fixture *f, unsigned int q,
			  unsigned int nr, int status);
/* The neighbour gets @f->sent next. */
void netif_expect_sent(struct netif_fixture *f, uint32_t len);

#endif /* TESTS_UNIT_NETIF_FIXTURE_H */
