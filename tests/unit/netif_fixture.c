/* SPDX-License-Identifier: GPL-2.0-only */
/* See netif_fixture.h. */
#include "netif_fixture.h"

static int begin(void **state, unsigned int nr_queues, bool split)
{
	struct netif_fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	world_init(&f->w, nr_queues, split);
	*state = f;
	return world_connect(&f->w);
}

int netif_begin(void **state)
{
	return begin(state, 1, false);
}

int netif_begin_many(void **state)
{
	return begin(state, 4, true);
}

int netif_begin_two(void **state)
{
	struct netif_fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	world_init(&f->w, 2, false);
	f->w.config.nr_queues = 1;
	*state = f;
	return world_connect(&f->w) || world_connect_other(&f->w);
}

int netif_end(void **state)
{
	struct netif_fixture *f = *state;

	world_fini(&f->w);
	free(f);
	return 0;
}

void netif_reconnect(struct netif_fixture *f)
{
	netif_destroy(f->w.netif);
	assert_int_equal(world_connect(&f->w), 0);
}

const struct netif_info *netif_fixture_info(struct netif_fixture *f)
{
	static struct netif_info i;

	netif_info(f->w.netif, &i);
	return &i;
}

void netif_expect_answers(struct netif_fixture *f, unsigned int q,
			  unsigned int nr, int status)
{
	struct wire_tx_rsp rsp;
	uint32_t cons = f->w.tx[q].cons;

	for (; nr; nr--, cons++) {
		assert_true(world_tx_answer(&f->w, q, &rsp));
		assert_int_equal(rsp.id, cons % NETIF_RING);
		assert_int_equal(rsp.status, status);
	}
}

void netif_expect_sent(struct netif_fixture *f, uint32_t len)
{
	struct svnic_meta meta;

	assert_int_equal(world_peer_receive(&f->w, f->got, &meta), len);
	assert_memory_equal(f->got, f->sent, len);
}
