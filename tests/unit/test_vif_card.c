/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VIF that loses its place on the card, to an accident or to another VIF, and
 * gets it back.
 */
#include <string.h>
#include <event2/event.h>

#include "vif_fixture.h"

/* Nothing disconnects a guest that has netif, but the direct path goes. */
static void test_card_comes_back(void **state)
{
	struct vif_fixture *f = *state;
	uint32_t epoch;

	vif_drive(f, VIF_CONNECTED);
	f->vif->peer = PEER_CONNECTED;
	epoch = f->t.epoch;
	f->d.has_card = false;
	f->p.vif[0].used = false;
	vif_card_lost(f->vif, "link lost");
	assert_int_equal(f->vif->state, VIF_ADRIFT);
	assert_true(f->vif->netif->lost);
	vif_check_held(f);
	assert_string_equal(f->t.reason, "link lost");
	assert_int_equal(f->t.carrier, '0');
	f->d.has_card = true;
	vif_card_came(f->vif);
	assert_int_equal(f->vif->state, VIF_CONNECTED);
	vif_check_held(f);
	assert_string_equal(f->t.states, "24");
	assert_string_equal(f->t.reason, "");
	assert_int_equal(f->t.carrier, '1');
	assert_int_not_equal(f->t.epoch, epoch);
}

/* A fresh driver is served, and waits, without a card too. */
static void test_without_card(void **state)
{
	struct vif_fixture *f = *state;

	vif_drive(f, VIF_CONNECTED);
	vif_peer_state(f->vif, PEER_CONNECTED);
	f->d.has_card = false;
	f->p.vif[0].used = false;
	vif_card_lost(f->vif, "link lost");
	vif_peer_state(f->vif, PEER_CLOSED);
	vif_peer_state(f->vif, PEER_INITIALISING);
	assert_int_equal(f->vif->state, VIF_BARE);
	vif_peer_state(f->vif, PEER_CONNECTED);
	assert_int_equal(f->vif->state, VIF_ADRIFT);
	assert_string_equal(f->t.states, "24624");
	f->d.has_card = true;
	vif_card_came(f->vif);
	assert_int_equal(f->vif->state, VIF_CONNECTED);
	vif_check_held(f);
}

/* Our old driver has no netif: Closed with the reason, then offered again. */
static void test_direct_only(void **state)
{
	struct vif_fixture *f = *state;

	vif_drive(f, VIF_CONNECTED);
	f->vif->peer = PEER_CONNECTED;
	f->d.has_card = false;
	f->p.vif[0].used = false;
	vif_card_lost(f->vif, "link lost");
	assert_int_equal(f->vif->state, VIF_LOST);
	assert_int_equal(f->t.state, PEER_CLOSED);
	assert_string_equal(f->t.reason, "link lost");
	f->d.has_card = true;
	vif_card_came(f->vif);
	assert_int_equal(f->vif->state, VIF_LOST); /* it would not look */
	vif_peer_state(f->vif, PEER_CLOSED);
	assert_int_equal(f->vif->state, VIF_INIT_WAIT);
	assert_string_equal(f->t.reason, "");
}

static void pump(struct vif_fixture *f)
{
	event_base_loop(f->d.base, EVLOOP_NONBLOCK);
}

/* Restored or migrated: the old directories are there for a moment. */
static void test_takes_over(void **state)
{
	struct vif_fixture *f = *state;
	struct vif *vif;

	vif_drive(f, VIF_CONNECTED);
	vif_peer_state(f->vif, PEER_CONNECTED);
	vif = fake_vif(&f->d, &f->other, 256); /* the address of 3.0 */
	assert_int_equal(vif->state, VIF_REFUSED);
	vif_destroy(vif);
	f->t.asleep = true;
	vif = fake_vif(&f->d, &f->other, 256);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_int_equal(f->vif->state, VIF_ADRIFT);
	assert_false(f->vif->netif->lost);
	assert_non_null(strstr(f->t.reason, "needs its address"));
	/* It does not get it back while the new one lives ... */
	pump(f);
	assert_int_equal(f->vif->state, VIF_ADRIFT);
	f->t.asleep = false;
	/* ... but when that is gone: the migration failed. */
	vif_destroy(vif);
	pump(f);
	assert_int_equal(f->vif->state, VIF_CONNECTED);
	vif_check_held(f);
}

/* Two that sleep do not take it from each other for ever. */
static void test_both_sleep(void **state)
{
	struct vif_fixture *f = *state;
	struct vif *vif;
	unsigned int i;

	vif_drive(f, VIF_CONNECTED);
	f->t.asleep = true;
	vif = fake_vif(&f->d, &f->other, 256);
	f->other.asleep = true;
	for (i = 0; i < 5; i++)
		pump(f);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_int_equal(f->vif->state, VIF_ADRIFT);
}

#define T(test, up) cmocka_unit_test_setup_teardown(test, up, vif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_card_comes_back, vif_begin_netif),
		T(test_without_card, vif_begin_netif),
		T(test_direct_only, vif_begin),
		T(test_takes_over, vif_begin_netif),
		T(test_both_sleep, vif_begin_netif),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
