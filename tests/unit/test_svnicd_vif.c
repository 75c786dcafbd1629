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

#include "fakes/svnicd_netif.h"
#include "fakes/svnicd_platform.h"
#include "hold.h"

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

/* ... with a driver that speaks netif, as all but our old one do. */
static void begin_netif(struct fixture *f)
{
	begin(f);
	f->t.rings = true;
}

static void end(struct fixture *f)
{
	fake_daemon_fini(&f->d);
}

/* Columns: INITIALISING WAITING CONNECTED CLOSING CLOSED GONE FAULT REFUSE
 * OFFLINE CARD_LOST CARD_CAME LATE NO_CARD NO_PATH, as in VIF_EVENTS. */
static const char *const expected[VIF_STATE_NR] = {
	[VIF_NEW] = "N N N N N D N R D R W N R R",
	[VIF_REFUSED] = "R R R R R D R R D R R R R R",
	[VIF_INIT_WAIT] = "W W C c x D x R D B W W B L",
	[VIF_BARE] = "B B A c x D x B D B W B B L",
	[VIF_CONNECTED] = "W C C c x D x A d A C C B L",
	[VIF_ADRIFT] = "W A A c x D x A d A C A B L",
	[VIF_CLOSING] = "W c c c x D x c D c c c B L",
	[VIF_CLOSED] = "W x x x x D x x D x x x B L",
	[VIF_LOST] = "W L L L L D L L D L W L B L",
	[VIF_DETACHING] = "D d d d D D D d d D d D d d",
	[VIF_DETACHED] = "D D D D D D D D D D D D D D",
};

static char letter(enum vif_state state)
{
	return "?NRWBCAcxLdD"[state];
}

static void lose_card(struct fixture *f)
{
	f->d.has_card = false;
	memset(f->p.vif, 0, sizeof(f->p.vif));
	vif_event(f->vif, EV_CARD_LOST);
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
	if (state == VIF_BARE)
		lose_card(f);
	if (state == VIF_LOST)
		f->t.rings = false;
	if (state >= VIF_CONNECTED)
		vif_event(vif, EV_PEER_CONNECTED);
	if (state == VIF_ADRIFT)
		lose_card(f);
	if (state == VIF_CLOSING || state == VIF_CLOSED)
		vif_event(vif, EV_PEER_CLOSING);
	if (state == VIF_CLOSED)
		vif_event(vif, EV_PEER_CLOSED);
	if (state == VIF_LOST)
		vif_event(vif, EV_NO_PATH);
	if (state >= VIF_DETACHING)
		vif_event(vif, EV_OFFLINE);
	if (state == VIF_DETACHED)
		vif_event(vif, EV_LATE);
	f->d.has_card = true;
	assert_int_equal(vif->state, state);
}

/* What a state promises about what is held. */
static void check_held(struct fixture *f)
{
	struct vif *vif = f->vif;
	bool has_nr = vif->nr != SVNIC_VIF_NONE;
	bool moves = vif->netif && vif->netif->started;

	switch (vif->state) {
	case VIF_CONNECTED:
		assert_true(moves || !f->t.rings);
		assert_true(f->t.connected && has_nr);
		assert_true(f->t.offered == !vif->netif_only);
		assert_false(vif->no_carrier);
		break;
	case VIF_DETACHING:
		assert_true(f->t.connected);
		break;
	case VIF_INIT_WAIT:
		assert_true(f->t.offered && f->t.keyed && has_nr);
		assert_false(f->t.connected || vif->netif || vif->no_carrier);
		break;
	case VIF_BARE:
		assert_true(f->t.keyed && vif->no_carrier);
		assert_false(has_nr || f->t.offered || f->t.connected);
		break;
	case VIF_ADRIFT:
		assert_true(vif->netif || !f->t.rings);
		assert_true(vif->no_carrier);
		assert_false(has_nr || f->t.offered || moves);
		break;
	case VIF_REFUSED:
	case VIF_DETACHED:
		assert_false(f->t.keyed || vif->netif || f->t.connected);
		assert_false(has_nr || f->t.offered);
		break;
	case VIF_LOST:
		assert_false(has_nr || f->t.offered);
		break;
	default:
		assert_false(f->t.connected || vif->netif);
	}
	assert_int_equal(f->p.vif[0].used, has_nr);
	assert_int_equal(fake_netif.nr, vif->netif ? 1 : 0);
}

/* A cell that an action's failure leads to: what led to it comes first. */
static void prepare(struct fixture *f, enum vif_event event)
{
	if (event == EV_CARD_LOST) {
		f->d.has_card = false;
		memset(f->p.vif, 0, sizeof(f->p.vif));
	}
	if ((event == EV_NO_CARD || event == EV_NO_PATH) && f->vif->netif &&
	    f->vif->state != VIF_DETACHING) {
		netif_destroy(f->vif->netif);
		f->vif->netif = NULL;
		f->t.connected = false;
	}
}

static void test_every_cell(void **state)
{
	static struct fixture f;
	unsigned int s, e;

	(void)state;
	for (s = VIF_NEW; s < VIF_STATE_NR; s++) {
		for (e = EV_NONE + 1; e < EV_NR; e++) {
			begin_netif(&f);
			drive(&f, s);
			prepare(&f, e);
			assert_int_equal(vif_event(f.vif, e), 0);
			if (letter(f.vif->state) != expected[s][2 * (e - 1)])
				fail_msg("%s x %s: %s", vif_state_text(s),
					 vif_event_text(e),
					 vif_state_text(f.vif->state));
			check_held(&f);
			end(&f);
			assert_int_equal(fake_netif.nr, 0);
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

/* Neither netif nor a control ring. */
static void test_useless_frontend(void **state)
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
	f.d.has_card = false;
	vif = fake_vif(&f.d, &t, 2);
	assert_int_equal(vif->state, VIF_REFUSED);
	assert_string_equal(t.reason, "no card");
	end(&f);
}

/* Nothing disconnects a guest that has netif, but the direct path goes. */
static void test_card_comes_back(void **state)
{
	static struct fixture f;
	uint32_t epoch;

	(void)state;
	begin_netif(&f);
	drive(&f, VIF_CONNECTED);
	f.vif->peer = PEER_CONNECTED;
	epoch = f.t.epoch;
	f.d.has_card = false;
	f.p.vif[0].used = false;
	vif_card_lost(f.vif, "link lost");
	assert_int_equal(f.vif->state, VIF_ADRIFT);
	assert_true(f.vif->netif->lost);
	check_held(&f);
	assert_string_equal(f.t.reason, "link lost");
	assert_int_equal(f.t.carrier, '0');
	f.d.has_card = true;
	vif_card_came(f.vif);
	assert_int_equal(f.vif->state, VIF_CONNECTED);
	check_held(&f);
	assert_string_equal(f.t.states, "24");
	assert_string_equal(f.t.reason, "");
	assert_int_equal(f.t.carrier, '1');
	assert_int_not_equal(f.t.epoch, epoch);
	end(&f);
}

/* A fresh driver is served, and waits, without a card too. */
static void test_without_card(void **state)
{
	static struct fixture f;

	(void)state;
	begin_netif(&f);
	drive(&f, VIF_CONNECTED);
	vif_peer_state(f.vif, PEER_CONNECTED);
	f.d.has_card = false;
	f.p.vif[0].used = false;
	vif_card_lost(f.vif, "link lost");
	vif_peer_state(f.vif, PEER_CLOSED);
	vif_peer_state(f.vif, PEER_INITIALISING);
	assert_int_equal(f.vif->state, VIF_BARE);
	vif_peer_state(f.vif, PEER_CONNECTED);
	assert_int_equal(f.vif->state, VIF_ADRIFT);
	assert_string_equal(f.t.states, "24624");
	f.d.has_card = true;
	vif_card_came(f.vif);
	assert_int_equal(f.vif->state, VIF_CONNECTED);
	check_held(&f);
	end(&f);
}

/* Our old driver has no netif: Closed with the reason, then offered again. */
static void test_direct_only(void **state)
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

static void pump(struct fixture *f)
{
	event_base_loop(f->d.base, EVLOOP_NONBLOCK);
}

/* Restored or migrated: the old directories are there for a moment. */
static void test_takes_over(void **state)
{
	struct tenant t;
	static struct fixture f;
	struct vif *vif;

	(void)state;
	begin_netif(&f);
	drive(&f, VIF_CONNECTED);
	vif_peer_state(f.vif, PEER_CONNECTED);
	vif = fake_vif(&f.d, &t, 256); /* the address of 3.0 */
	assert_int_equal(vif->state, VIF_REFUSED);
	vif_destroy(vif);
	f.t.asleep = true;
	vif = fake_vif(&f.d, &t, 256);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_int_equal(f.vif->state, VIF_ADRIFT);
	assert_false(f.vif->netif->lost);
	assert_non_null(strstr(f.t.reason, "needs its address"));
	/* It does not get it back while the new one lives ... */
	pump(&f);
	assert_int_equal(f.vif->state, VIF_ADRIFT);
	f.t.asleep = false;
	/* ... but when that is gone: the migration failed. */
	vif_destroy(vif);
	pump(&f);
	assert_int_equal(f.vif->state, VIF_CONNECTED);
	check_held(&f);
	end(&f);
}

/* Two that sleep do not take it from each other for ever. */
static void test_both_sleep(void **state)
{
	struct tenant t;
	static struct fixture f;
	struct vif *vif;
	unsigned int i;

	(void)state;
	begin_netif(&f);
	drive(&f, VIF_CONNECTED);
	f.t.asleep = true;
	vif = fake_vif(&f.d, &t, 256);
	t.asleep = true;
	for (i = 0; i < 5; i++)
		pump(&f);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_int_equal(f.vif->state, VIF_ADRIFT);
	end(&f);
}

/* The direct path by an administrator's wish. */
static void test_policy(void **state)
{
	static struct fixture f;

	(void)state;
	begin_netif(&f);
	drive(&f, VIF_CONNECTED);
	f.p.vif[0].queues = f.vif->queues = 1;
	f.p.vif[0].nr_pages = f.vif->pages_end = 8;
	hold_allow(f.vif, false);
	assert_false(f.t.offered);
	assert_string_equal(f.t.key, "svnic-path=netif");
	/* It has its time to leave ... */
	assert_int_equal(f.p.vif[0].queues, 1);
	vif_event(f.vif, EV_LATE);
	assert_int_equal(f.p.vif[0].queues, 0);
	assert_int_equal(f.p.vif[0].nr_pages, 0);
	check_held(&f);
	/* ... and nothing of it returns by itself. */
	vif_event(f.vif, EV_PEER_CONNECTED);
	assert_false(f.t.offered);
	hold_allow(f.vif, true);
	assert_true(f.t.offered);
	assert_string_equal(f.t.key, "svnic-path=direct");
	vif_event(f.vif, EV_LATE);
	check_held(&f);
	assert_string_equal(f.t.states, "24");
	end(&f);
}

/* No doorbell page: netif alone, with a note. */
static void test_no_doorbell(void **state)
{
	struct tenant t;
	static struct fixture f;
	struct vif *vif;

	(void)state;
	begin(&f);
	f.p.offer_result = -EPERM;
	vif = fake_vif(&f.d, &t, 1);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_true(t.keyed);
	assert_false(t.offered);
	assert_non_null(strstr(vif->note, "doorbell"));
	end(&f);
}

static void test_bad_rings(void **state)
{
	static struct fixture f;

	(void)state;
	begin_netif(&f);
	fake_netif.create_result = -EINVAL;
	vif_gate(f.vif, true);
	vif_peer_state(f.vif, PEER_CONNECTED);
	assert_string_equal(f.t.states, "256");
	assert_string_equal(f.t.reason, "no such ring");
	check_held(&f);
	/* The next driver may be better. */
	fake_netif.create_result = 0;
	vif_peer_state(f.vif, PEER_INITIALISING);
	vif_peer_state(f.vif, PEER_CONNECTED);
	assert_int_equal(f.vif->state, VIF_CONNECTED);
	check_held(&f);
	end(&f);
}

/* A card that will not start the slow queue costs the carrier only. */
static void test_slow_fails(void **state)
{
	static struct fixture f;

	(void)state;
	begin_netif(&f);
	fake_netif.start_result = SVNIC_ST_NO_PAGES;
	drive(&f, VIF_CONNECTED);
	assert_int_equal(f.t.carrier, '0');
	assert_non_null(strstr(f.t.reason, "netif path"));
	fake_netif.start_result = 0;
	vif_event(f.vif, EV_PEER_CONNECTED);
	assert_int_equal(f.t.carrier, '1');
	assert_string_equal(f.t.reason, "");
	end(&f);
}

/* A stock driver has no control ring; one of another ABI has netif. */
static void test_no_ctrl_ring(void **state)
{
	static const int results[] = { -ENOENT, -EPROTO };
	static struct fixture f;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		begin_netif(&f);
		f.p.connect_result = results[i];
		vif_gate(f.vif, true);
		vif_peer_state(f.vif, PEER_CONNECTED);
		assert_string_equal(f.t.states, "24");
		assert_true(f.vif->netif->started);
		end(&f);
	}
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
static void restart(bool rings)
{
	struct platform_request r;
	struct tenant t = { .rings = rings, .offered = true };
	static struct fixture f;
	struct vif *vif;

	begin(&f);
	r = fake_request(1);
	left(&f, r.cookie);
	r.state = PEER_CONNECTED;
	r.direct = true;
	r.epoch = 7;
	vif = vif_create(&f.d, &t, &r);
	vif_gate(vif, true);
	vif_peer_state(vif, PEER_CONNECTED);
	assert_int_equal(vif->state, VIF_CONNECTED);
	assert_int_equal(vif->nr, 2);
	assert_int_equal(vif->queues, 1);
	assert_true(t.connected && t.offered);
	assert_int_equal(t.epoch, 0); /* not offered again */
	assert_true(!rings || vif->netif->started);
	assert_string_equal(t.states, "");
	/* What is adopted can be given back. */
	vif_peer_state(vif, PEER_GONE);
	assert_false(f.p.vif[2].used);
	assert_false(t.offered);
	end(&f);
}

static void test_restart(void **state)
{
	(void)state;
	restart(false);
	restart(true);
}

/* ... with a card that has forgotten everything, or is not there yet. */
static void restart_without(bool rings, bool card)
{
	struct platform_request r;
	struct tenant t = { .rings = rings, .offered = true };
	static struct fixture f;
	struct vif *vif;

	begin(&f);
	r = fake_request(1);
	r.state = PEER_CONNECTED;
	r.direct = true;
	r.epoch = 7;
	f.d.has_card = card;
	vif = vif_create(&f.d, &t, &r);
	vif_gate(vif, true);
	vif_peer_state(vif, PEER_CONNECTED);
	if (!card) {
		assert_int_equal(vif->state, VIF_ADRIFT);
		assert_string_equal(t.states, "");
		f.d.has_card = true;
		vif_card_came(vif);
	}
	if (rings) {
		assert_int_equal(vif->state, VIF_CONNECTED);
		assert_string_equal(t.states, "");
		assert_true(t.offered && t.epoch != 7);
	} else {
		assert_int_equal(vif->state, VIF_LOST);
		assert_string_equal(t.states, "6");
		vif_peer_state(vif, PEER_CLOSED);
		assert_string_equal(t.states, "62");
	}
	end(&f);
}

static void test_restart_without(void **state)
{
	(void)state;
	restart_without(false, false);
	restart_without(false, true);
	restart_without(true, false);
	restart_without(true, true);
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
	r.limits = "storm=7  class=gold rx_rate=1MB/s";
	vif_change(f.vif, &r);
	assert_int_equal(svnic_cpu16(f.p.vif[0].config.storm), 7);
	assert_int_equal(svnic_cpu32(f.p.vif[0].config.rx_rate), 1000);
	r.limits = "storm=7 weight=8";
	vif_change(f.vif, &r);
	assert_non_null(strstr(f.vif->note, "weight"));
	assert_int_equal(svnic_cpu32(f.p.vif[0].config.rx_rate), 1000);
	end(&f);
}

/* Taken up as it was: disabled, and with the limits of now. */
static void test_restart_limits(void **state)
{
	struct platform_request r;
	struct tenant t = { .rings = true };
	static struct fixture f;
	struct vif *vif;

	(void)state;
	begin(&f);
	r = fake_request(1);
	left(&f, r.cookie);
	f.p.vif[2].config.flags = svnic_le32(SVNIC_VIF_DISABLED | 0x300);
	r.state = PEER_CONNECTED;
	r.limits = "min_rate=1Mb/s";
	vif = vif_create(&f.d, &t, &r);
	assert_int_equal(vif->nr, 2);
	assert_int_equal(svnic_cpu32(f.p.vif[2].config.flags),
			 SVNIC_VIF_DISABLED);
	assert_int_equal(svnic_cpu32(f.p.vif[2].config.min_rate), 125);
	assert_int_equal(svnic_cpu16(f.p.vif[2].config.storm), CONFIG_STORM);
	end(&f);
}

/* On the card before anything runs, and again after a restart. */
static void test_addresses(void **state)
{
	struct platform_request r;
	struct tenant t = { .rings = true }, t2 = { .rings = true };
	static struct fixture f;
	struct vif *vif;

	(void)state;
	begin(&f);
	r = fake_request(1);
	r.ip = "10.0.0.5,fd00::5";
	vif = vif_create(&f.d, &t, &r);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_int_equal(f.p.vif[vif->nr].source.nr, 2);
	r.ip = "10.0.0.6";
	vif_change(vif, &r);
	assert_int_equal(f.p.vif[vif->nr].source.nr, 1);
	assert_int_equal(f.p.vif[vif->nr].source.address[0].addr[3], 6);
	r.ip = "10.0.0";
	vif_change(vif, &r);
	assert_int_equal(f.p.vif[vif->nr].source.nr, 1);
	assert_non_null(strstr(vif->note, "\"10.0.0\" is no IPv4 or IPv6"));
	/* The card comes anew. */
	vif_card_lost(vif, "gone");
	memset(f.p.vif, 0, sizeof(f.p.vif));
	vif_card_came(vif);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_int_equal(f.p.vif[vif->nr].source.nr, 1);
	r.ip = NULL;
	vif_change(vif, &r);
	assert_int_equal(f.p.vif[vif->nr].source.nr, 0);
	/* A card that cannot keep it gives no VIF. */
	f.p.source_result = SVNIC_ST_BAD_OPCODE;
	r = fake_request(2);
	r.ip = "10.0.0.5";
	memcpy((char *)f.vif->config.mac, "\2\2\2\2\2\2", 6);
	vif = vif_create(&f.d, &t2, &r);
	assert_int_equal(vif->state, VIF_REFUSED);
	assert_int_equal(vif->nr, SVNIC_VIF_NONE);
	end(&f);
}

/* An earlier daemon's list may be any other. */
static void test_restart_addresses(void **state)
{
	struct platform_request r;
	struct tenant t = { .rings = true };
	static struct fixture f;
	struct vif *vif;

	(void)state;
	begin(&f);
	r = fake_request(1);
	left(&f, r.cookie);
	f.p.vif[2].source.nr = svnic_le16(7);
	r.state = PEER_CONNECTED;
	vif = vif_create(&f.d, &t, &r);
	assert_int_equal(vif->nr, 2);
	assert_int_equal(f.p.vif[2].source.nr, 0);
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
		cmocka_unit_test(test_useless_frontend),
		cmocka_unit_test(test_gives_back),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits_by_name),
		cmocka_unit_test(test_card_comes_back),
		cmocka_unit_test(test_without_card),
		cmocka_unit_test(test_direct_only),
		cmocka_unit_test(test_takes_over),
		cmocka_unit_test(test_both_sleep),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_no_doorbell),
		cmocka_unit_test(test_bad_rings),
		cmocka_unit_test(test_slow_fails),
		cmocka_unit_test(test_no_ctrl_ring),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_restart_without),
		cmocka_unit_test(test_restart_failed),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_restart_limits),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_restart_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
