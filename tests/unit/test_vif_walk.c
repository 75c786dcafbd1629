/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The walks through a VIF's life that libxl and frontends take (xen-contract 3,
 * 4), good ones and others.
 */
#include <errno.h>
#include <string.h>
#include <event2/event.h>

#include "vif_fixture.h"

/* Keys before InitWait; Connected only when both gate and peer are there. */
static void test_attach(void **state)
{
	struct vif_fixture *f = *state;

	assert_true(f->t.offered);
	assert_string_equal(f->t.states, "2");
	vif_peer_state(f->vif, PEER_INITIALISING);
	vif_peer_state(f->vif, PEER_CONNECTED);
	assert_string_equal(f->t.states, "2");
	vif_gate(f->vif, true);
	vif_gate(f->vif, true);
	vif_peer_state(f->vif, PEER_CONNECTED);
	assert_string_equal(f->t.states, "24");
}

/* libxl: online=0, state=5; the guest closes; Closed; the directory goes. */
static void test_detach(void **state)
{
	struct vif_fixture *f = *state;

	vif_drive(f, VIF_CONNECTED);
	vif_offline(f->vif);
	assert_int_equal(f->t.state, PEER_CLOSING);
	assert_true(f->t.connected);
	vif_peer_state(f->vif, PEER_CLOSING);
	vif_peer_state(f->vif, PEER_CLOSED);
	assert_int_equal(f->t.state, PEER_CLOSED);
	assert_false(f->p.vif[0].used);
	vif_destroy(f->vif);
	assert_true(f->t.destroyed);
	assert_int_equal(f->d.nr_vifs, 0);
}

static bool no_memory;

static void *take(size_t size)
{
	return no_memory ? NULL : malloc(size);
}

/* Without memory for a timer nobody can be waited for. */
static void test_detach_at_once(void **state)
{
	struct vif_fixture *f = *state;

	vif_drive(f, VIF_CONNECTED);
	no_memory = true;
	vif_offline(f->vif);
	no_memory = false;
	assert_int_equal(f->t.state, PEER_CLOSED);
	assert_int_equal(f->vif->state, VIF_DETACHED);
	assert_false(f->p.vif[0].used);
}

/* A guest that does not close is not waited for longer than libxl does. */
static void test_detach_timer(void **state)
{
	struct vif_fixture *f = *state;

	vif_drive(f, VIF_CONNECTED);
	vif_peer_state(f->vif, PEER_CLOSED + 100);
	assert_int_equal(f->t.state, PEER_CLOSED);
	vif_fixture_fini(f);

	vif_fixture_init(f);
	vif_drive(f, VIF_CONNECTED);
	vif_offline(f->vif);
	event_base_loop(f->d.base, EVLOOP_ONCE);
	assert_int_equal(f->t.state, PEER_CLOSED);
}

/* Crash kernels find a stale frontend and walk it (xen-contract 3.2). */
static void test_fresh_frontend(void **state)
{
	struct vif_fixture *f = *state;

	vif_drive(f, VIF_CONNECTED);
	vif_peer_state(f->vif, PEER_CLOSING);
	vif_peer_state(f->vif, PEER_CLOSED);
	vif_peer_state(f->vif, PEER_INITIALISING);
	assert_string_equal(f->t.states, "24562");
	vif_peer_state(f->vif, PEER_CONNECTED);
	vif_peer_state(f->vif, PEER_INITIALISING);
	assert_string_equal(f->t.states, "245624562");
	assert_false(f->t.connected);
}

static void test_unknown_state(void **state)
{
	struct vif_fixture *f = *state;

	vif_drive(f, VIF_CONNECTED);
	f->vif->queues = 0;
	vif_peer_state(f->vif, 9);
	assert_int_equal(f->vif->state, VIF_CLOSED);
	assert_string_equal(f->t.states, "2456");
	assert_string_not_equal(f->t.reason, "");
	/* It may begin again, and the reason goes. */
	vif_peer_state(f->vif, PEER_INITIALISING);
	assert_int_equal(f->vif->state, VIF_INIT_WAIT);
	assert_string_equal(f->t.reason, "");
}

/* Neither netif nor a control ring. */
static void test_useless_frontend(void **state)
{
	struct vif_fixture *f = *state;

	f->p.connect_result = -EOPNOTSUPP;
	vif_peer_state(f->vif, PEER_CONNECTED);
	assert_string_equal(f->t.states, "2");
	vif_gate(f->vif, true);
	assert_string_equal(f->t.states, "256");
	assert_string_equal(f->t.reason, "no driver");
}

/* Pages and queues are given back before Closed is told. */
static void test_gives_back(void **state)
{
	struct vif_fixture *f = *state;

	vif_drive(f, VIF_CONNECTED);
	f->p.vif[0].queues = f->vif->queues = 5;
	f->p.vif[0].nr_pages = 100;
	f->vif->pages_end = 100;
	vif_peer_state(f->vif, PEER_CLOSED);
	assert_int_equal(f->p.vif[0].queues, 0);
	assert_int_equal(f->p.vif[0].nr_pages, 0);
	assert_true(f->p.vif[0].used);
}

static void test_refusals(void **state)
{
	struct vif_fixture *f = *state;
	static const struct {
		const char *mac, *network, *mtu, *rate, *sentence;
	} bad[] = {
		{ "01:16:3e:00:00:01", NULL, NULL, NULL, "group address" },
		{ "00:00:00:00:00:00", NULL, NULL, NULL, "is zero" },
		{ "00:16:3e:00:00", NULL, NULL, NULL, "not of the form" },
		{ NULL, NULL, NULL, NULL, "not of the form" },
		{ "00:16:3e:00:00:01", "blue", NULL, NULL, "net0" },
		{ "00:16:3e:00:00:01", "net0.0", NULL, NULL, "1 to 4094" },
		{ "00:16:3e:00:00:01", "net0.4095", NULL, NULL, "1 to 4094" },
		{ "00:16:3e:00:00:01", "net0.1x", NULL, NULL, "1 to 4094" },
		{ "00:16:3e:00:00:01", "", NULL, NULL, "not known" },
		{ "00:16:3e:00:00:01", NULL, "67", NULL, "68 to 9216" },
		{ "00:16:3e:00:00:01", NULL, "9217", NULL, "68 to 9216" },
		{ "00:16:3e:00:00:01", NULL, "1e3", NULL, "68 to 9216" },
		{ "00:16:3e:00:00:01", NULL, NULL, "0,0", "rate" },
		{ "00:16:3e:00:00:01", NULL, NULL, "1,", "rate" },
	};
	struct platform_request r = { .name = "3.1", .cookie = 4 };
	struct vif *vif;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&f->other, 0, sizeof(f->other));
		r.state = PEER_INITIALISING;
		r.mac = bad[i].mac;
		r.network = bad[i].network;
		r.mtu = bad[i].mtu;
		r.rate = bad[i].rate;
		vif = vif_create(&f->d, &f->other, &r);
		assert_int_equal(vif->state, VIF_REFUSED);
		assert_string_equal(f->other.states, "2");
		assert_non_null(strstr(f->other.reason, bad[i].sentence));
		assert_false(f->p.vif[1].used);
		vif_destroy(vif);
	}
}

static void test_limits_by_name(void **state)
{
	struct vif_fixture *f = *state;
	struct vif *vif;

	f->p.create_result = SVNIC_ST_NO_VIFS;
	vif = fake_vif(&f->d, &f->other, 1);
	assert_int_equal(vif->state, VIF_REFUSED);
	assert_non_null(strstr(f->other.reason, "all 8 VIFs"));
	vif_destroy(vif);

	f->p.create_result = SVNIC_ST_MAC_IN_USE;
	vif = fake_vif(&f->d, &f->other, 256); /* the address of 3.0 */
	assert_non_null(strstr(f->other.reason, "by vif 3.0"));
	vif_destroy(vif);

	f->p.create_result = 0;
	f->d.has_card = false;
	vif = fake_vif(&f->d, &f->other, 2);
	assert_int_equal(vif->state, VIF_REFUSED);
	assert_string_equal(f->other.reason, "no card");
}

/* No doorbell page: netif alone, with a note. */
static void test_no_doorbell(void **state)
{
	struct vif_fixture *f = *state;
	struct vif *vif;

	f->p.offer_result = -EPERM;
	vif = fake_vif(&f->d, &f->other, 1);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_true(f->other.keyed);
	assert_false(f->other.offered);
	assert_non_null(strstr(vif->note, "doorbell"));
}

static void test_bad_rings(void **state)
{
	struct vif_fixture *f = *state;

	fake_netif.create_result = -EINVAL;
	vif_gate(f->vif, true);
	vif_peer_state(f->vif, PEER_CONNECTED);
	assert_string_equal(f->t.states, "256");
	assert_string_equal(f->t.reason, "no such ring");
	vif_check_held(f);
	/* The next driver may be better. */
	fake_netif.create_result = 0;
	vif_peer_state(f->vif, PEER_INITIALISING);
	vif_peer_state(f->vif, PEER_CONNECTED);
	assert_int_equal(f->vif->state, VIF_CONNECTED);
	vif_check_held(f);
}

/* A card that will not start the slow queue costs the carrier only. */
static void test_slow_fails(void **state)
{
	struct vif_fixture *f = *state;

	fake_netif.start_result = SVNIC_ST_NO_PAGES;
	vif_drive(f, VIF_CONNECTED);
	assert_int_equal(f->t.carrier, '0');
	assert_non_null(strstr(f->t.reason, "netif path"));
	/* Nobody but we would try again. */
	assert_non_null(f->vif->timer);
	vif_event(f->vif, EV_LATE);
	assert_int_equal(f->t.carrier, '0');
	assert_true(evtimer_pending(f->vif->timer, NULL));
	fake_netif.start_result = 0;
	vif_event(f->vif, EV_LATE);
	assert_int_equal(f->t.carrier, '1');
	assert_string_equal(f->t.reason, "");
}

/* A stock driver has no control ring; one of another ABI has netif. */
static void test_no_ctrl_ring(void **state)
{
	static const int results[] = { -ENOENT, -EPROTO };
	static struct vif_fixture f;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		vif_fixture_init_netif(&f);
		f.p.connect_result = results[i];
		vif_gate(f.vif, true);
		vif_peer_state(f.vif, PEER_CONNECTED);
		assert_string_equal(f.t.states, "24");
		assert_true(f.vif->netif->started);
		vif_fixture_fini(&f);
	}
}

#define T(test, up) cmocka_unit_test_setup_teardown(test, up, vif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_attach, vif_begin),
		T(test_detach, vif_begin),
		T(test_detach_at_once, vif_begin),
		T(test_detach_timer, vif_begin),
		T(test_fresh_frontend, vif_begin),
		T(test_unknown_state, vif_begin),
		T(test_useless_frontend, vif_begin),
		T(test_gives_back, vif_begin),
		T(test_refusals, vif_begin),
		T(test_limits_by_name, vif_begin),
		T(test_no_doorbell, vif_begin),
		T(test_bad_rings, vif_begin_netif),
		T(test_slow_fails, vif_begin_netif),
		cmocka_unit_test(test_no_ctrl_ring),
	};

	/* Before the first event. */
	event_set_mem_functions(take, realloc, free);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
