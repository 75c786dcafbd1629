/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XenStore as the toolstack writes it: what libxl does to a vif, in the order
 * in which it does it, and in others.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fakes/svnicd_dom0.h"
#include "xen/store.h"
#include "xen/window.h"

static void test_attach(void **state)
{
	struct dom0_world *w = *state;

	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	assert_string_equal(fake_store_get(BE "/svnic-version"), "65536");
	assert_string_equal(fake_store_get(BE "/svnic-doorbell"), "1001");
	assert_string_equal(fake_store_get(BE "/feature-ctrl-ring"), "1");
	assert_int_equal(fake_store.nr_granted, 1);
	/* The gate: connected only when the script has said so. */
	dom0_guest_connects(w);
	assert_string_equal(fake_store_get(BE "/state"), "2");
	fake_store_set(BE "/hotplug-status", "connected");
	dom0_pump(w);
	assert_string_equal(fake_store_get(BE "/state"), "4");
	assert_int_equal(fake_hypervisor.mapped, 1);
}

static void test_not_ours(void **state)
{
	struct dom0_world *w = *state;
	static const char *const scripts[] = { "/etc/xen/scripts/vif-bridge",
					       "vif-svnic", "",
					       "/x/vif-svnic-not",
					       "/x/not-vif-svnic" };
	unsigned int i;

	for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		dom0_xl_attach(w, "net0", scripts[i]);
		assert_string_equal(fake_store_get(BE "/state"), "1");
		dom0_xl_detach(w);
		dom0_xl_remove(w);
	}
	assert_int_equal(fake_store.nr_writes, 0);
}

static void test_detach(void **state)
{
	struct dom0_world *w = *state;

	dom0_connected(w);
	dom0_xl_detach(w);
	assert_string_equal(fake_store_get(BE "/state"), "5");
	fake_store_set(FE "/state", "6");
	dom0_pump(w);
	assert_string_equal(fake_store_get(BE "/state"), "6");
	assert_int_equal(fake_store.nr_granted, 0);
	assert_int_equal(fake_hypervisor.mapped, 0);
	assert_false(w->on_card[1]);
	assert_string_equal(fake_store_get(BE "/svnic-doorbell"), "(none)");
	dom0_xl_remove(w);
	assert_int_equal(w->d.nr_vifs, 0);
	/* Nothing of it comes back by a late write. */
	assert_string_equal(fake_store_get(BE "/state"), "(none)");
}

/* Forced: the frontend goes first, then as above. */
static void test_destroy(void **state)
{
	struct dom0_world *w = *state;

	dom0_connected(w);
	fake_store_set(FE, NULL);
	dom0_xl_detach(w);
	assert_string_equal(fake_store_get(BE "/state"), "6");
	assert_false(w->on_card[1]);
	assert_int_equal(fake_hypervisor.mapped, 0);
	/* libxl may write 5 again over our 6, and wait again. */
	fake_store_set(BE "/state", "5");
	dom0_pump(w);
	assert_string_equal(fake_store_get(BE "/state"), "6");
	dom0_xl_remove(w);
	assert_int_equal(w->d.nr_vifs, 0);
}

static void test_domain_dies(void **state)
{
	struct dom0_world *w = *state;

	dom0_connected(w);
	fake_store.dead_domid = 3;
	fake_store_set("@releaseDomain", "");
	dom0_pump(w);
	assert_false(w->on_card[1]);
	assert_int_equal(fake_hypervisor.mapped, 0);
}

static void test_directories_vanish(void **state)
{
	struct dom0_world *w = *state;

	dom0_connected(w);
	fake_store_set(BE, NULL);
	dom0_pump(w);
	assert_int_equal(w->d.nr_vifs, 0);
	assert_false(w->on_card[1]);
	assert_int_equal(fake_store.nr_granted, 0);
	assert_string_equal(fake_store_get(BE "/state"), "(none)");
}

/* Nothing of the old one is written over the new one. */
static void test_replaced(void **state)
{
	struct dom0_world *w = *state;

	dom0_connected(w);
	fake_store.states[0] = '\0';
	fake_store_set(BE, NULL);
	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store.states, "2");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	assert_string_equal(fake_store_get(BE "/svnic-version"), "65536");
	assert_int_equal(w->d.nr_vifs, 1);
	assert_int_equal(fake_store.nr_granted, 1);
	dom0_guest_connects(w);
	fake_store_set(BE "/hotplug-status", "connected");
	dom0_pump(w);
	assert_string_equal(fake_store.states, "24");
}

/* The vif of another domain, whose script is ours, waits for its guest. */
static void attach_other(unsigned int domid)
{
	static const char *const keys[][2] = {
		{ "frontend-id", "9" },
		{ "online", "1" },
		{ "script", "/etc/xen/scripts/vif-svnic" },
		{ "mac", "00:16:3e:00:00:09" },
		{ "bridge", "net0" },
		{ "hotplug-status", "connected" },
		{ "state", "1" },
	};
	char path[96], frontend[64];
	unsigned int i;

	snprintf(frontend, sizeof(frontend), "/local/domain/%u/device/vif/0",
		 domid);
	snprintf(path, sizeof(path), "%s/state", frontend);
	fake_store_set(path, "1");
	snprintf(path, sizeof(path), "backend/vif/%u/0/frontend", domid);
	fake_store_set(path, frontend);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(path, sizeof(path), "backend/vif/%u/0/%s", domid,
			 keys[i][0]);
		fake_store_set(path, keys[i][1]);
	}
}

static void detach_other(unsigned int domid)
{
	char path[64];

	snprintf(path, sizeof(path), "backend/vif/%u", domid);
	fake_store_set(path, NULL);
}

/* The end of one domain is no reason to look at all the others. */
static void test_many(void **state)
{
	struct dom0_world *w = *state;
	unsigned int i;

	for (i = 10; i < 30; i++) {
		w->want_nr = i - 10;
		attach_other(i);
		dom0_pump(w);
	}
	assert_int_equal(w->d.nr_vifs, 20);
	fake_store.nr_reads = 0;
	detach_other(20);
	dom0_pump(w);
	assert_int_equal(w->d.nr_vifs, 19);
	assert_in_range(fake_store.nr_reads, 1, 10);
	fake_store.nr_asked = 0;
	fake_store.dead_domid = 12;
	fake_store_set("@releaseDomain", "");
	dom0_pump(w);
	assert_in_range(fake_store.nr_asked, 1, 2);
	assert_string_equal(fake_store_get("backend/vif/12/0/state"), "6");
	assert_string_equal(fake_store_get("backend/vif/13/0/state"), "2");
}

static void test_refused(void **state)
{
	struct dom0_world *w = *state;

	dom0_xl_attach(w, "nonet", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	assert_non_null(strstr(fake_store_get(BE "/svnic-reason"), "nonet"));
	assert_string_equal(fake_store_get(BE "/svnic-version"), "(none)");
	assert_false(w->on_card[1]);
	/* The script says so and takes the frontend away. */
	fake_store_set(BE "/hotplug-status", "error");
	fake_store_set(FE, NULL);
	dom0_pump(w);
	assert_string_equal(fake_store_get(BE "/state"), "6");
	/* Another attach takes the place at once. */
	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	assert_true(w->on_card[1]);
	assert_int_equal(w->d.nr_vifs, 1);
}

/* What nobody else removes, we do; but no later attach. */
static void test_clear(void **state)
{
	struct dom0_world *w = *state;
	struct tenant *t;

	dom0_xl_attach(w, "nonet", "/etc/xen/scripts/vif-svnic");
	t = TAILQ_FIRST(&w->p.guests);
	store_clear(t);
	assert_string_equal(fake_store_get(BE "/state"), "2");
	fake_store_set(BE "/hotplug-status", "error");
	store_clear(t);
	assert_string_equal(fake_store_get(BE "/state"), "2");
	fake_store_set(FE, NULL);
	dom0_pump(w);
	store_clear(t);
	assert_string_equal(fake_store_get(BE "/state"), "(none)");
	dom0_pump(w);
	assert_int_equal(w->d.nr_vifs, 0);
}

/* Our state is not written over the toolstack's wish. */
static void test_race_with_detach(void **state)
{
	struct dom0_world *w = *state;

	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	fake_store_set(BE "/hotplug-status", "connected");
	fake_store_set(BE "/online", "0");
	fake_store_set(BE "/state", "5");
	dom0_guest_connects(w);
	assert_string_equal(fake_store_get(BE "/state"), "5");
	fake_store_set(FE "/state", "6");
	dom0_pump(w);
	assert_string_equal(fake_store_get(BE "/state"), "6");
	assert_false(w->on_card[1]);
}

static void test_transactions_clash(void **state)
{
	struct dom0_world *w = *state;

	fake_store.nr_clashes = 3;
	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	assert_int_equal(fake_store.nr_clashes, 0);
}

static void test_hvm(void **state)
{
	struct dom0_world *w = *state;

	fake_store.is_hvm = true;
	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	assert_int_equal(fake_store.nr_mapped, 1);
	assert_false(window_is_free(&w->p, 1, 4));
	dom0_xl_detach(w);
	assert_true(window_is_free(&w->p, 1, 4));
	assert_int_equal(fake_store.nr_mapped, 0);
	assert_int_equal(fake_store.nr_granted, 0);
}

/* A PV guest may still have the page: no other gets it while that lives. */
static void test_page_of_pv(void **state)
{
	struct dom0_world *w = *state;

	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	dom0_xl_detach(w);
	dom0_xl_remove(w);
	assert_int_equal(fake_store.nr_granted, 0);
	assert_true(window_is_free(&w->p, 1, 3));
	assert_false(window_is_free(&w->p, 1, 4));
	assert_true(window_is_free(&w->p, 2, 4));
	fake_store.dead_domid = 3;
	assert_true(window_is_free(&w->p, 1, 4));
}

/* The daemon before goes on while the next one stands by. */
static void give_page_2(struct dom0_world *w)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/pages", w->run);
	f = fopen(path, "a");
	assert_non_null(f);
	fprintf(f, "2 6\n");
	fclose(f);
}

/* ... also when another daemon came meanwhile. */
static void test_page_of_pv_kept(void **state)
{
	struct dom0_world *w = *state;
	char run[] = "/tmp/svnic-store.XXXXXX", path[64];

	assert_non_null(mkdtemp(run));
	w->run = run;
	dom0_daemon_down(w);
	dom0_daemon_up(w);
	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	dom0_xl_detach(w);
	dom0_xl_remove(w);
	dom0_daemon_down(w);
	dom0_daemon_up(w);
	assert_true(window_is_free(&w->p, 1, 3));
	assert_false(window_is_free(&w->p, 1, 4));
	assert_true(window_is_free(&w->p, 2, 4));
	/* Killed before it took a page back: its guest has it. */
	fake_store.is_hvm = true;
	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	dom0_daemon_down(w);
	fake_store_set(BE, NULL);
	w->standby = give_page_2;
	dom0_daemon_up(w);
	assert_false(window_is_free(&w->p, 1, 4));
	assert_false(window_is_free(&w->p, 2, 4));
	assert_true(window_is_free(&w->p, 2, 5));
	w->standby = NULL;
	snprintf(path, sizeof(path), "%s/pages", run);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(run), 0);
	w->run = NULL;
}

#define T(test) cmocka_unit_test_setup_teardown(test, dom0_begin, dom0_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_attach),
		T(test_not_ours),
		T(test_detach),
		T(test_destroy),
		T(test_domain_dies),
		T(test_directories_vanish),
		T(test_replaced),
		T(test_many),
		T(test_refused),
		T(test_clear),
		T(test_race_with_detach),
		T(test_transactions_clash),
		T(test_hvm),
		T(test_page_of_pv),
		T(test_page_of_pv_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
