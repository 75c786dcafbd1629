/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life cycle of a VIF: every cell of its table, what is held in every
 * state, and the walks that libxl and frontends take (xen-contract 3, 4).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include <svnic/order.h>

#include "fakes/svnicd_platform.h"

struct fixture {
	struct daemon d;
	struct platform p;
	struct tenant t;
	struct vif *vif;
};

static void begin(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	fake_daemon_init(&f->d, &f->p);
	f->vif = fake_vif(&f->d, &f->t, 0);
	assert_non_null(f->vif);
}

static void end(struct fixture *f)
{
	fake_daemon_fini(&f->d);
}

/* Columns: INITIALISING WAITING CONNECTED CLOSING CLOSED GONE FAULT REFUSE
 * OFFLINE CARD_LOST CARD_CAME LATE, as in VIF_EVENTS. */
static const char *const expected[VIF_STATE_NR] = {
	[VIF_NEW] = "N N N N N D N R D R W N",
	[VIF_REFUSED] = "R R R R R D R R D R R R",
	[VIF_INIT_WAIT] = "W W C c x D x R D L W W",
	[VIF_CONNECTED] = "W C C c x D x C d L C C",
	[VIF_CLOSING] = "W c c c x D x c D L c c",
	[VIF_CLOSED] = "W x x x x D x x D L x x",
	[VIF_LOST] = "L L L L L D L L D L W L",
	[VIF_DETACHING] = "D d d d D D D d d D d D",
	[VIF_DETACHED] = "D D D D D D D D D D D D",
};

static char letter(enum vif_state state)
{
	return "?NRWCcxLdD"[state];
}

/* Bring a VIF into @state by events, as it would get there. */
static void drive(struct fixture *f, enum vif_state state)
{
	struct vif *vif = f->vif;

	vif_gate(vif, true);
	if (state == VIF_NEW || state == VIF_REFUSED)
		vif_event(vif, EV_REFUSE);
	if (state == VIF_NEW)
		vif->state = VIF_NEW; /* nobody ever sees it for long */
	if (state >= VIF_CONNECTED)
		vif_event(vif, EV_PEER_CONNECTED);
	if (state == VIF_CLOSING || state == VIF_CLOSED)
		vif_event(vif, EV_PEER_CLOSING);
	if (state == VIF_CLOSED)
		vif_event(vif, EV_PEER_CLOSED);
	if (state == VIF_LOST) {
		vif_event(vif, EV_CARD_LOST);
		f->p.vif[0].used = false;
	}
	if (state >= VIF_DETACHING)
		vif_event(vif, EV_OFFLINE);
	if (state == VIF_DETACHED)
		vif_event(vif, EV_LATE);
	assert_int_equal(vif->state, state);
}

/* What a state promises about what is held. */
static void check_held(struct fixture *f)
{
	struct vif *vif = f->vif;
	bool has_nr = vif->nr != SVNIC_VIF_NONE;

	switch (vif->state) {
	case VIF_CONNECTED:
	case VIF_DETACHING:
		assert_true(f->t.connected);
		assert_true(has_nr);
		break;
	case VIF_INIT_WAIT:
		assert_true(f->t.offered);
		assert_true(has_nr);
		assert_false(f->t.connected);
		break;
	case VIF_REFUSED:
	case VIF_LOST:
	case VIF_DETACHED:
		assert_false(has_nr);
		assert_false(f->t.offered);
		assert_false(f->t.connected);
		break;
	default:
		assert_false(f->t.connected);
	}
	assert_int_equal(f->p.vif[0].used, has_nr);
}

static void test_every_cell(void **state)
{
	static struct fixture f;
	unsigned int s, e;

	(void)state;
	for (s = VIF_NEW; s < VIF_STATE_NR; s++) {
		for (e = EV_NONE + 1; e < EV_NR; e++) {
			begin(&f);
			drive(&f, s);
			/* A lost card takes its VIFs along. */
			if (e == EV_CARD_LOST)
				f.p.vif[0].used = false;
			assert_int_equal(vif_event(f.vif, e), 0);
			if (letter(f.vif->state) != expected[s][2 * (e - 1)])
				fail_msg("%s x %s: %s", vif_state_text(s),
					 vif_event_text(e),
					 vif_state_text(f.vif->state));
			check_held(&f);
			end(&f);
		}
	}
}

static void test_no_such_event(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	assert_int_equal(vif_event(f.vif, EV_NONE), -EPROTO);
	assert_int_equal(vif_event(f.vif, EV_NR), -EPROTO);
	end(&f);
}

/* Keys before InitWait; Connected only when both gate and peer are there. */
static void test_attach(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	assert_true(f.t.offered);
	assert_string_equal(f.t.states, "2");
	vif_peer_state(f.vif, PEER_INITIALISING);
	vif_peer_state(f.vif, PEER_CONNECTED);
	assert_string_equal(f.t.states, "2");
	vif_gate(f.vif, true);
	vif_gate(f.vif, true);
	vif_peer_state(f.vif, PEER_CONNECTED);
	assert_string_equal(f.t.states, "24");
	end(&f);
}

/* libxl: online=0, state=5; the guest closes; Closed; the directory goes. */
static void test_detach(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	drive(&f, VIF_CONNECTED);
	vif_offline(f.vif);
	assert_int_equal(f.t.state, PEER_CLOSING);
	assert_true(f.t.connected);
	vif_peer_state(f.vif, PEER_CLOSING);
	vif_peer_state(f.vif, PEER_CLOSED);
	assert_int_equal(f.t.state, PEER_CLOSED);
	assert_false(f.p.vif[0].used);
	vif_destroy(f.vif);
	assert_true(f.t.destroyed);
	assert_int_equal(f.d.nr_vifs, 0);
	end(&f);
}

/* A guest that does not close is not waited for longer than libxl does. */
static void test_detach_timer(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	drive(&f, VIF_CONNECTED);
	vif_peer_state(f.vif, PEER_CLOSED + 100);
	assert_int_equal(f.t.state, PEER_CLOSED);
	end(&f);

	begin(&f);
	drive(&f, VIF_CONNECTED);
	vif_offline(f.vif);
	event_base_loop(f.d.base, EVLOOP_ONCE);
	assert_int_equal(f.t.state, PEER_CLOSED);
	end(&f);
}

/* Crash kernels find a stale frontend and walk it (xen-contract 3.2). */
static void test_fresh_frontend(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	drive(&f, VIF_CONNECTED);
	vif_peer_state(f.vif, PEER_CLOSING);
	vif_peer_state(f.vif, PEER_CLOSED);
	vif_peer_state(f.vif, PEER_INITIALISING);
	assert_string_equal(f.t.states, "24562");
	vif_peer_state(f.vif, PEER_CONNECTED);
	vif_peer_state(f.vif, PEER_INITIALISING);
	assert_string_equal(f.t.states, "245624562");
	assert_false(f.t.connected);
	end(&f);
}

static void test_unknown_state(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	drive(&f, VIF_CONNECTED);
	f.vif->queues = 0;
	vif_peer_state(f.vif, 9);
	assert_int_equal(f.vif->state, VIF_CLOSED);
	assert_string_equal(f.t.states, "2456");
	assert_string_not_equal(f.t.reason, "");
	/* It may begin again, and the reason goes. */
	vif_peer_state(f.vif, PEER_INITIALISING);
	assert_int_equal(f.vif->state, VIF_INIT_WAIT);
	assert_string_equal(f.t.reason, "");
	end(&f);
}

static void test_stock_frontend(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	f.p.connect_result = -EOPNOTSUPP;
	vif_peer_state(f.vif, PEER_CONNECTED);
	assert_string_equal(f.t.states, "2");
	vif_gate(f.vif, true);
	assert_string_equal(f.t.states, "256");
	assert_string_equal(f.t.reason, "no driver");
	end(&f);
}

/* Pages and queues are given back before Closed is told. */
static void test_gives_back(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	drive(&f, VIF_CONNECTED);
	f.p.vif[0].queues = f.vif->queues = 5;
	f.p.vif[0].nr_pages = 100;
	f.vif->pages_end = 100;
	vif_peer_state(f.vif, PEER_CLOSED);
	assert_int_equal(f.p.vif[0].queues, 0);
	assert_int_equal(f.p.vif[0].nr_pages, 0);
	assert_true(f.p.vif[0].used);
	end(&f);
}

static void test_refusals(void **state)
{
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
	struct tenant t;
	static struct fixture f;
	struct vif *vif;
	unsigned int i;

	(void)state;
	begin(&f);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&t, 0, sizeof(t));
		r.state = PEER_INITIALISING;
		r.mac = bad[i].mac;
		r.network = bad[i].network;
		r.mtu = bad[i].mtu;
		r.rate = bad[i].rate;
		vif = vif_create(&f.d, &t, &r);
		assert_int_equal(vif->state, VIF_REFUSED);
		assert_string_equal(t.states, "2");
		assert_non_null(strstr(t.reason, bad[i].sentence));
		assert_false(f.p.vif[1].used);
		vif_destroy(vif);
	}
	end(&f);
}

static void test_limits_by_name(void **state)
{
	struct tenant t;
	static struct fixture f;
	struct vif *vif;

	(void)state;
	begin(&f);
	f.p.create_result = SVNIC_ST_NO_VIFS;
	vif = fake_vif(&f.d, &t, 1);
	assert_int_equal(vif->state, VIF_REFUSED);
	assert_non_null(strstr(t.reason, "all 8 VIFs"));
	vif_destroy(vif);

	f.p.create_result = SVNIC_ST_MAC_IN_USE;
	vif = fake_vif(&f.d, &t, 256); /* the address of 3.0 */
	assert_non_null(strstr(t.reason, "by vif 3.0"));
	vif_destroy(vif);

	f.p.create_result = 0;
	f.p.offer_result = -EPERM;
	vif = fake_vif(&f.d, &t, 1);
	assert_int_equal(vif->state, VIF_REFUSED);
	assert_false(f.p.vif[1].used);

	f.d.has_card = false;
	f.p.offer_result = 0;
	vif = fake_vif(&f.d, &t, 2);
	assert_int_equal(vif->state, VIF_REFUSED);
	assert_string_equal(t.reason, "no card");
	end(&f);
}

/* A lost card: Closed with the reason; offered again when a card comes. */
static void test_card_comes_back(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	drive(&f, VIF_CONNECTED);
	f.vif->peer = PEER_CONNECTED;
	f.d.has_card = false;
	f.p.vif[0].used = false;
	vif_card_lost(f.vif, "link lost");
	assert_int_equal(f.vif->state, VIF_LOST);
	assert_int_equal(f.t.state, PEER_CLOSED);
	assert_string_equal(f.t.reason, "link lost");
	f.d.has_card = true;
	vif_card_came(f.vif);
	assert_int_equal(f.vif->state, VIF_LOST); /* it would not look */
	vif_peer_state(f.vif, PEER_CLOSED);
	assert_int_equal(f.vif->state, VIF_INIT_WAIT);
	assert_string_equal(f.t.reason, "");
	end(&f);
}

static void left(struct fixture *f, uint64_t cookie)
{
	f->d.left = calloc(1, sizeof(*f->d.left));
	assert_non_null(f->d.left);
	f->d.nr_left = 1;
	f->d.left->nr = 2;
	f->d.left->cookie = cookie;
	f->d.left->queues = 1;
	f->d.left->nr_pages = 10;
	f->p.vif[2].used = true;
	f->p.vif[2].queues = 1;
}

/* After a restart: taken up without a word to the guest. */
static void test_restart(void **state)
{
	struct platform_request r = fake_request(1);
	struct tenant t = { .state = 0 };
	static struct fixture f;
	struct vif *vif;

	(void)state;
	begin(&f);
	left(&f, r.cookie);
	r.state = PEER_CONNECTED;
	vif = vif_create(&f.d, &t, &r);
	vif_gate(vif, true);
	vif_peer_state(vif, PEER_CONNECTED);
	assert_int_equal(vif->state, VIF_CONNECTED);
	assert_int_equal(vif->nr, 2);
	assert_int_equal(vif->queues, 1);
	assert_true(t.connected);
	assert_string_equal(t.states, "");
	/* What is adopted can be given back. */
	vif_peer_state(vif, PEER_GONE);
	assert_false(f.p.vif[2].used);
	end(&f);
}

/* ... with a card that has forgotten everything, or is not there yet. */
static void test_restart_without(void **state)
{
	struct platform_request r = fake_request(1);
	struct tenant t = { .state = 0 };
	static struct fixture f;
	struct vif *vif;

	(void)state;
	begin(&f);
	r.state = PEER_CONNECTED;
	f.d.has_card = false;
	vif = vif_create(&f.d, &t, &r);
	vif_gate(vif, true);
	vif_peer_state(vif, PEER_CONNECTED);
	assert_int_equal(vif->state, VIF_CONNECTED);
	assert_string_equal(t.states, "");
	f.d.has_card = true;
	vif_card_came(vif);
	assert_int_equal(vif->state, VIF_LOST);
	assert_string_equal(t.states, "6");
	vif_peer_state(vif, PEER_CLOSED);
	assert_string_equal(t.states, "62");
	end(&f);
}

static void test_restart_failed(void **state)
{
	struct platform_request r = fake_request(1);
	struct tenant t = { .state = 0 };
	static struct fixture f;
	struct vif *vif;

	(void)state;
	begin(&f);
	r.state = PEER_INIT_WAIT;
	r.failed = true;
	vif = vif_create(&f.d, &t, &r);
	assert_int_equal(vif->state, VIF_REFUSED);
	assert_int_equal(vif->nr, SVNIC_VIF_NONE);
	end(&f);
}

static void test_change(void **state)
{
	struct platform_request r = { .mtu = "1400", .rate = "62500,50000" };
	static struct fixture f;

	(void)state;
	begin(&f);
	vif_change(f.vif, &r);
	assert_int_equal(svnic_cpu16(f.p.vif[0].config.mtu), 1400);
	assert_int_equal(svnic_cpu64(f.p.vif[0].config.rate), 1250000);
	r.rate = "62500";
	vif_change(f.vif, &r);
	assert_int_equal(svnic_cpu64(f.p.vif[0].config.rate), 1250000);
	assert_non_null(strstr(f.vif->note, "62500"));
	r.rate = NULL;
	vif_change(f.vif, &r);
	assert_int_equal(svnic_cpu64(f.p.vif[0].config.rate), 0);
	assert_string_equal(f.vif->note, "");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cell),
		cmocka_unit_test(test_no_such_event),
		cmocka_unit_test(test_attach),
		cmocka_unit_test(test_detach),
		cmocka_unit_test(test_detach_timer),
		cmocka_unit_test(test_fresh_frontend),
		cmocka_unit_test(test_unknown_state),
		cmocka_unit_test(test_stock_frontend),
		cmocka_unit_test(test_gives_back),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits_by_name),
		cmocka_unit_test(test_card_comes_back),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_restart_without),
		cmocka_unit_test(test_restart_failed),
		cmocka_unit_test(test_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
