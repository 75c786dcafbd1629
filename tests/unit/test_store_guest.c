/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XenStore as guests write it: good drivers, bad ones and those that write
 * whatever they like (rules R22, R32, R34).
 */
#include <string.h>
#include <unistd.h>

#include "fakes/svnicd_dom0.h"

/* Debian's xen-netfront: no control ring, no key of ours. */
static void test_stock(void **state)
{
	struct dom0_world *w = *state;

	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/feature-rx-copy"), "1");
	assert_string_equal(fake_store_get(BE "/svnic-path"), "direct");
	fake_store_set(BE "/hotplug-status", "connected");
	dom0_stock_connects(w);
	assert_string_equal(fake_store_get(BE "/state"), "4");
	assert_int_equal(fake_netif.nr, 1);
	assert_int_equal(fake_hypervisor.mapped, 0);
	dom0_xl_detach(w);
	fake_store_set(FE "/state", "6");
	dom0_pump(w);
	assert_string_equal(fake_store_get(BE "/state"), "6");
	assert_string_equal(fake_store_get(BE "/feature-rx-copy"), "(none)");
	assert_int_equal(fake_netif.nr, 0);
}

/* The sentence names key and value; it may try again. */
static void test_bad_netif(void **state)
{
	struct dom0_world *w = *state;

	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	fake_store_set(BE "/hotplug-status", "connected");
	fake_store_set(FE "/multi-queue-num-queues", "9");
	dom0_stock_connects(w);
	assert_string_equal(fake_store_get(BE "/state"), "6");
	assert_non_null(strstr(fake_store_get(BE "/svnic-reason"),
			       "multi-queue-num-queues"));
	assert_non_null(strstr(fake_store_get(BE "/svnic-reason"), "\"9\""));
	fake_store_set(FE "/multi-queue-num-queues", "1");
	fake_store_set(FE "/state", "1");
	dom0_pump(w);
	dom0_stock_connects(w);
	assert_string_equal(fake_store_get(BE "/state"), "4");
	assert_string_equal(fake_store_get(BE "/svnic-reason"), "(none)");
}

/* The guest comes and goes by itself; no state of ours is libxl's detach. */
static void test_reconnect(void **state)
{
	struct dom0_world *w = *state;
	unsigned int i;

	dom0_connected(w);
	for (i = 0; i < 5; i++) {
		fake_store_set(FE "/state", "5");
		dom0_pump(w);
		assert_string_equal(fake_store_get(BE "/state"), "5");
		fake_store_set(FE "/state", "6");
		dom0_pump(w);
		assert_string_equal(fake_store_get(BE "/state"), "6");
		fake_store_set(FE "/state", "1");
		dom0_pump(w);
		assert_string_equal(fake_store_get(BE "/state"), "2");
		dom0_guest_connects(w);
		assert_string_equal(fake_store_get(BE "/state"), "4");
	}
}

/* It has had its time: what it writes is looked at, but later (rule R22). */
static void test_busy_guest(void **state)
{
	struct dom0_world *w = *state;
	struct account *a;

	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	fake_store_set(BE "/hotplug-status", "connected");
	fake_netif.create_us = 5000;
	dom0_stock_connects(w);
	a = &TAILQ_FIRST(&w->p.guests)->account;
	assert_true(a->used_us > 0);
	a->used_us = ACCOUNT_FREE_US + 50000;
	a->at_us = account_now();
	fake_store_set(FE "/state", "5");
	dom0_pump(w);
	assert_string_equal(fake_store_get(BE "/state"), "4");
	usleep(220000);
	dom0_pump(w);
	assert_string_equal(fake_store_get(BE "/state"), "5");
}

/* Whoever shows a reason shows it on a terminal. */
static void test_reason_is_text(void **state)
{
	struct dom0_world *w = *state;
	const char *reason, *c;

	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	fake_store_set(BE "/hotplug-status", "connected");
	fake_store_set(FE "/ctrl-ring-ref", "\x1b]0;x\x07\xc2\x9b\xff\n");
	fake_store_set(FE "/state", "4");
	dom0_pump(w);
	reason = fake_store_get(BE "/svnic-reason");
	assert_non_null(strstr(reason, "]0;x"));
	for (c = reason; *c; c++)
		assert_in_range(*c, ' ', '~');
}

/* Whatever stands in the guest's nodes (rules R32, R34). */
static void test_nonsense(void **state)
{
	struct dom0_world *w = *state;
	static const char *const bad[] = {
		"",   "-1", "+4", " 4",		"4 ",	"0x4",
		"9",  "44", "4a", "4294967300", "\xff", "7777777777777777777",
		"2.", "\n",
	};
	static const char *const keys[] = { FE "/ctrl-ring-ref",
					    FE "/event-channel-ctrl",
					    FE "/svnic-version" };
	unsigned int i, k;

	dom0_connected(w);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fake_store_set(FE "/state", "1");
		dom0_pump(w);
		assert_string_equal(fake_store_get(BE "/state"), "2");
		fake_store_set(FE "/state", bad[i]);
		dom0_pump(w);
		assert_string_equal(fake_store_get(BE "/state"), "6");
		assert_string_not_equal(fake_store_get(BE "/svnic-reason"),
					"(none)");
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (k = 0; k < 3; k++) {
			if (strcmp(bad[i], "9") == 0 ||
			    strcmp(bad[i], "44") == 0)
				continue;
			fake_store_set(FE "/state", "1");
			dom0_pump(w);
			fake_store_set(FE "/svnic-version", "65536");
			fake_store_set(FE "/ctrl-ring-ref", "8");
			fake_store_set(FE "/event-channel-ctrl", "9");
			fake_store_set(keys[k], bad[i]);
			fake_store_set(FE "/state", "4");
			dom0_pump(w);
			assert_string_equal(fake_store_get(BE "/state"), "6");
			assert_int_equal(fake_hypervisor.mapped, 0);
		}
	}
	fake_store_set(FE "/state", "1");
	dom0_pump(w);
	dom0_guest_connects(w);
	assert_string_equal(fake_store_get(BE "/state"), "4");
}

/* A storm of states: one look for all that is there (rule R22). */
static void test_storm(void **state)
{
	struct dom0_world *w = *state;
	unsigned int i;

	dom0_connected(w);
	fake_store.nr_writes = 0;
	for (i = 0; i < 3000; i++)
		fake_store_set(FE "/state", i & 1 ? "4" : "1");
	dom0_pump(w);
	assert_true(fake_store.nr_writes < 100);
	assert_string_equal(fake_store_get(BE "/state"), "4");
}

#define T(test) cmocka_unit_test_setup_teardown(test, dom0_begin, dom0_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_stock),		T(test_bad_netif), T(test_reconnect),
		T(test_busy_guest),	T(test_nonsense),  T(test_storm),
		T(test_reason_is_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
