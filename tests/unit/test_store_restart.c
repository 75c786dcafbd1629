/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XenStore as a new daemon finds it, and while the card is away.
 */
#include <errno.h>
#include <stdio.h>

#include "fakes/svnicd_dom0.h"

/* The keys of the direct path go and come while the guest is connected. */
static void test_card_goes(void **state)
{
	struct dom0_world *w = *state;
	struct vif *vif;
	char epoch[16];

	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	fake_store_set(BE "/hotplug-status", "connected");
	dom0_stock_connects(w);
	vif = TAILQ_FIRST(&w->d.vifs);
	snprintf(epoch, sizeof(epoch), "%s", fake_store_get(BE "/svnic-epoch"));
	w->d.has_card = false;
	vif_card_lost(vif, "gone");
	assert_string_equal(fake_store_get(BE "/state"), "4");
	assert_string_equal(fake_store_get(BE "/carrier"), "0");
	assert_string_equal(fake_store_get(BE "/svnic-version"), "(none)");
	assert_string_equal(fake_store_get(BE "/svnic-doorbell"), "(none)");
	assert_int_equal(fake_store.nr_granted, 0);
	w->d.has_card = true;
	w->want_nr = 2;
	vif_card_came(vif);
	dom0_pump(w);
	assert_string_equal(fake_store_get(BE "/state"), "4");
	assert_string_equal(fake_store_get(BE "/carrier"), "1");
	assert_string_equal(fake_store_get(BE "/svnic-doorbell"), "1002");
	assert_string_not_equal(fake_store_get(BE "/svnic-epoch"), epoch);
	assert_int_equal(fake_store.nr_granted, 1);
}

/* An adopted doorbell page is taken away at the detach, too. */
static void test_restart_stock(void **state)
{
	struct dom0_world *w = *state;

	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	fake_store_set(BE "/hotplug-status", "connected");
	dom0_stock_connects(w);
	hold_allow(TAILQ_FIRST(&w->d.vifs), false);
	assert_string_equal(fake_store_get(BE "/svnic-path"), "netif");
	hold_allow(TAILQ_FIRST(&w->d.vifs), true);
	dom0_daemon_down(w);
	assert_int_equal(fake_netif.nr, 0);
	fake_store.nr_writes = 0;
	w->left_nr = 1;
	dom0_daemon_up(w);
	assert_int_equal(fake_store.nr_writes, 0);
	assert_int_equal(fake_netif.nr, 1);
	assert_string_equal(fake_store_get(BE "/state"), "4");
	dom0_xl_detach(w);
	fake_store_set(FE "/state", "6");
	dom0_pump(w);
	assert_int_equal(fake_store.nr_granted, 0);
	assert_string_equal(fake_store_get(BE "/svnic-doorbell"), "(none)");
}

/* Killed and started: nothing is written but what was there. */
static void test_restart(void **state)
{
	struct dom0_world *w = *state;
	struct tenant *t;

	dom0_connected(w);
	dom0_daemon_down(w);
	fake_hypervisor.mapped = 0;
	fake_store.nr_writes = 0;

	w->left_nr = 1;
	dom0_daemon_up(w);
	assert_int_equal(fake_store.nr_writes, 0);
	assert_string_equal(fake_store_get(BE "/state"), "4");
	t = TAILQ_FIRST(&w->p.guests);
	assert_int_equal(t->vif->state, VIF_CONNECTED);
	assert_int_equal(t->vif->nr, 1);
	assert_int_equal(fake_hypervisor.mapped, 1);
}

/* A xenstored that ends has not taken the guests' nodes away. */
static void test_store_fails(void **state)
{
	struct dom0_world *w = *state;
	struct vif *vif;

	dom0_connected(w);
	vif = TAILQ_FIRST(&w->d.vifs);
	fake_store.nr_writes = 0;
	fake_store.read_error = EIO;
	fake_store_set(FE "/state", "4");
	fake_store_set(BE "/state", "4");
	dom0_pump(w);
	assert_ptr_equal(TAILQ_FIRST(&w->d.vifs), vif);
	assert_int_equal(vif->state, VIF_CONNECTED);
	assert_true(w->on_card[1]);
	assert_int_equal(fake_store.nr_writes, 0);
	fake_store.read_error = 0;
	fake_store_set(FE "/state", "6");
	dom0_pump(w);
	assert_int_equal(vif->state, VIF_CLOSED);
}

#define T(test) cmocka_unit_test_setup_teardown(test, dom0_begin, dom0_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_card_goes),
		T(test_restart_stock),
		T(test_restart),
		T(test_store_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
