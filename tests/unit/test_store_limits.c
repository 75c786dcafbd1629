/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits and addresses in XenStore: an administrator's count, a guest's do not.
 */
#include <string.h>

#include "fakes/svnicd_dom0.h"
#include "xen/guest.h"

static void test_rate(void **state)
{
	struct dom0_world *w = *state;
	struct vif *vif;

	dom0_connected(w);
	vif = TAILQ_FIRST(&w->d.vifs);
	fake_store_set(BE "/rate", "62500,50000");
	dom0_pump(w);
	assert_int_equal(vif->config.rate, 1250000);
	fake_store_set(BE "/rate", "lots");
	dom0_pump(w);
	assert_int_equal(vif->config.rate, 1250000);
	assert_non_null(strstr(vif->note, "lots"));
	/* What the daemon wrote itself is no news. */
	guest_key(&w->p, vif->tenant, "rate", "20000,20000");
	dom0_pump(w);
	assert_int_equal(vif->config.rate, 1250000);
	guest_key(&w->p, vif->tenant, "rate", NULL);
	assert_string_equal(fake_store_get(BE "/rate"), "(none)");
}

/* Where the guest cannot write they count, elsewhere they do not. */
static void test_limits(void **state)
{
	struct dom0_world *w = *state;
	struct vif *vif;

	dom0_connected(w);
	vif = TAILQ_FIRST(&w->d.vifs);
	fake_store_set(BE "/svnic-limits", "storm=5 min_rate=1MB/s");
	dom0_pump(w);
	assert_int_equal(vif->config.storm, 5);
	assert_int_equal(vif->config.min_rate, 1000);
	fake_store_set(FE "/svnic-limits", "storm=0");
	fake_store_set(FE "/rate", "0");
	fake_store_set(FE "/state", "4");
	dom0_pump(w);
	assert_int_equal(vif->config.storm, 5);
	fake_store_set(BE "/svnic-limits", "class=");
	dom0_pump(w);
	assert_non_null(strstr(vif->note, "class"));
	assert_int_equal(vif->config.storm, 5);
	guest_key(&w->p, vif->tenant, "svnic-limits", NULL);
	dom0_pump(w);
	assert_string_equal(fake_store_get(BE "/svnic-limits"), "(none)");
}

/* xl's ip=, and what an administrator makes of it. */
static void test_addresses(void **state)
{
	struct dom0_world *w = *state;
	struct vif *vif;

	dom0_connected(w);
	vif = TAILQ_FIRST(&w->d.vifs);
	assert_int_equal(vif->source.nr, 0);
	fake_store_set(BE "/ip", "10.0.0.5 fd00::5");
	dom0_pump(w);
	assert_int_equal(vif->source.nr, 2);
	fake_store_set(BE "/ip", "10.0.0.5/24");
	dom0_pump(w);
	assert_int_equal(vif->source.nr, 2);
	assert_non_null(strstr(vif->note, "10.0.0.0/24"));
	fake_store_set(FE "/ip", "10.0.0.6");
	fake_store_set(FE "/state", "4");
	dom0_pump(w);
	assert_int_equal(vif->source.nr, 2);
	guest_key(&w->p, vif->tenant, "ip", "10.0.0.7");
	dom0_pump(w);
	assert_int_equal(vif->source.nr, 2);
	guest_key(&w->p, vif->tenant, "ip", NULL);
	assert_string_equal(fake_store_get(BE "/ip"), "(none)");
}

#define T(test) cmocka_unit_test_setup_teardown(test, dom0_begin, dom0_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_rate),
		T(test_limits),
		T(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
