/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Multicast control: what a frontend joins and leaves, and what the card is
 * told of it.
 */
#include <string.h>
#include <unistd.h>

#include "netif_fixture.h"

static void join(struct netif_fixture *f, uint8_t last,
		 enum wire_extra_type type)
{
	const struct wire_tx_req req = { .id = 9, .flags = WIRE_TX_EXTRA };
	struct wire_extra extra = { .type = (uint8_t)type,
				    .u.group = { 1, 0, 0x5e, 0, 0, last } };

	world_tx(&f->w, 0, &req);
	world_tx_extra(&f->w, 0, &extra);
	world_tx_push(&f->w, 0);
	world_run(&f->w);
}

static uint32_t receive_group(struct netif_fixture *f, uint8_t last)
{
	uint16_t flags;

	world_frame(f->sent, 60, true);
	memcpy(f->sent, "\x01\x00\x5e\x00\x00", 5);
	f->sent[5] = last;
	world_peer_send(&f->w, f->sent, 60, NULL);
	world_run(&f->w);
	return world_receive(&f->w, 0, f->got, &flags, NULL);
}

/* The card is told a moment later. */
static void pause_for_card(struct netif_fixture *f)
{
	usleep(30000);
	world_run(&f->w);
}

/* How many group frames the card keeps from the guest, of @nr groups. */
static unsigned int kept_away(struct netif_fixture *f, unsigned int nr)
{
	uint64_t before =
		sim_vif_query(&f->w.host, f->w.vif.nr)->stats.rx_frames;
	unsigned int i;

	for (i = 0; i < nr; i++)
		receive_group(f, (uint8_t)i);
	return nr - (unsigned int)(sim_vif_query(&f->w.host, f->w.vif.nr)
					   ->stats.rx_frames -
				   before);
}

static void test_multicast_on_card(void **state)
{
	struct netif_fixture *f = *state;
	unsigned int i;

	world_post(&f->w, 0, 200);
	assert_int_equal(kept_away(f, 3), 0);
	f->w.config.multicast = true;
	netif_reconnect(f);
	pause_for_card(f);
	assert_int_equal(kept_away(f, 3), 3);
	join(f, 1, WIRE_EXTRA_MCAST_ADD);
	pause_for_card(f);
	assert_int_equal(kept_away(f, 3), 2);
	/* However often it changes its mind. */
	for (i = 0; i < 100; i++)
		join(f, 1, i % 2 ? WIRE_EXTRA_MCAST_ADD : WIRE_EXTRA_MCAST_DEL);
	join(f, 2, WIRE_EXTRA_MCAST_ADD);
	pause_for_card(f);
	assert_int_equal(kept_away(f, 4), 2);
	/* Too many: all. */
	for (i = 0; i < 70; i++)
		join(f, (uint8_t)i, WIRE_EXTRA_MCAST_ADD);
	pause_for_card(f);
	assert_int_equal(kept_away(f, 100), 0);
	/* Whoever comes next asks for itself. */
	netif_reconnect(f);
	pause_for_card(f);
	assert_int_equal(kept_away(f, 3), 3);
	netif_destroy(f->w.netif);
	f->w.config.multicast = false;
	assert_int_equal(world_connect(&f->w), 0);
	pause_for_card(f);
	assert_int_equal(kept_away(f, 3), 0);
}

/* A daemon that finds it connected cannot know what it joined. */
static void test_multicast_of_before(void **state)
{
	struct netif_fixture *f = *state;
	f->w.config.multicast = true;
	f->w.vif.published = PEER_CONNECTED;
	netif_reconnect(f);
	world_post(&f->w, 0, 100);
	assert_int_equal(receive_group(f, 1), 60);
	join(f, 2, WIRE_EXTRA_MCAST_DEL);
	assert_int_equal(receive_group(f, 2), 60);
	pause_for_card(f);
	assert_int_equal(kept_away(f, 3), 0);
}

static void test_multicast(void **state)
{
	struct netif_fixture *f = *state;
	struct wire_tx_rsp rsp;
	unsigned int i;

	f->w.config.multicast = true;
	netif_reconnect(f);
	world_post(&f->w, 0, 100);
	assert_int_equal(receive_group(f, 1), 0);
	join(f, 1, WIRE_EXTRA_MCAST_ADD);
	pause_for_card(f);
	assert_int_equal(receive_group(f, 1), 60);
	assert_int_equal(receive_group(f, 2), 0);
	join(f, 1, WIRE_EXTRA_MCAST_DEL);
	assert_int_equal(receive_group(f, 1), 0);
	for (i = 0; i < 65; i++)
		join(f, (uint8_t)i, WIRE_EXTRA_MCAST_ADD);
	assert_int_equal(netif_fixture_info(f)->nr_groups, 64);
	for (i = 0; i < 67; i++) {
		assert_true(world_tx_answer(&f->w, 0, &rsp));
		assert_int_equal(rsp.status,
				 i < 66 ? WIRE_RSP_OKAY : WIRE_RSP_ERROR);
		assert_true(world_tx_answer(&f->w, 0, &rsp));
		assert_int_equal(rsp.status, WIRE_RSP_NULL);
	}
	assert_int_equal(f->w.nr_faults, 0);
}

#define T(test, up) cmocka_unit_test_setup_teardown(test, up, netif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_multicast, netif_begin),
		T(test_multicast_on_card, netif_begin),
		T(test_multicast_of_before, netif_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
