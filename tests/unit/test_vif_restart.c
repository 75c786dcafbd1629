/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VIF that the daemon before this one has left on the card, or has lost.
 */
#include "vif_fixture.h"

/* VIF 2 is on the card with that cookie. */
static void left(struct vif_fixture *f, uint64_t cookie)
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
	f->p.vif[2].nr_pages = 10;
}

/* After a restart: taken up without a word to the guest. */
static void restart(bool rings)
{
	struct platform_request r;
	struct tenant t = { .rings = rings, .offered = true };
	static struct vif_fixture f;
	struct vif *vif;

	vif_fixture_init(&f);
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
	vif_fixture_fini(&f);
}

static void test_restart(void **state)
{
	(void)state;
	restart(false);
	restart(true);
}

/*
 * A guest that was attached anew while nobody looked: what runs there is of the
 * one before, whose memory it was.
 */
static void test_restart_anew(void **state)
{
	struct vif_fixture *f = *state;
	struct platform_request r = fake_request(1);
	struct vif *vif;

	left(f, r.cookie);
	vif = vif_create(&f->d, &f->other, &r);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_int_equal(vif->nr, 2);
	assert_int_equal(f->p.vif[2].queues, 0);
	assert_int_equal(f->p.vif[2].nr_pages, 0);
	assert_int_equal(vif->queues, 0);
	assert_int_equal(vif->pages_end, 0);
}

/* Taken up, gone, and there again: its number may be another's by then. */
static void test_restart_twice(void **state)
{
	static struct tenant more;
	struct vif_fixture *f = *state;
	struct platform_request r = fake_request(1);
	struct vif *vif, *second;

	left(f, r.cookie);
	vif = vif_create(&f->d, &f->other, &r);
	assert_int_equal(vif->nr, 2);
	assert_int_equal(fake_vif(&f->d, &f->third, 3)->nr, 1);
	vif_destroy(vif);
	second = fake_vif(&f->d, &more, 4);
	assert_int_equal(second->nr, 2);
	vif = fake_vif(&f->d, &f->other, 1);
	assert_int_equal(vif->nr, 3);
	assert_ptr_equal(daemon_find_nr(&f->d, 2), second);
	assert_int_equal(f->p.vif[2].config.mac[5], 4);
}

/* ... with a card that has forgotten everything, or is not there yet. */
static void restart_without(bool rings, bool card)
{
	struct platform_request r;
	struct tenant t = { .rings = rings, .offered = true };
	static struct vif_fixture f;
	struct vif *vif;

	vif_fixture_init(&f);
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
	vif_fixture_fini(&f);
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
	struct vif_fixture *f = *state;
	struct platform_request r = fake_request(1);
	struct vif *vif;

	r.state = PEER_INIT_WAIT;
	r.failed = true;
	vif = vif_create(&f->d, &f->other, &r);
	assert_int_equal(vif->state, VIF_REFUSED);
	assert_int_equal(vif->nr, SVNIC_VIF_NONE);
}

/* Taken up as it was: disabled, and with the limits of now. */
static void test_restart_limits(void **state)
{
	struct vif_fixture *f = *state;
	struct platform_request r;
	struct vif *vif;

	f->other.rings = true;
	r = fake_request(1);
	left(f, r.cookie);
	f->p.vif[2].config.flags = svnic_le32(SVNIC_VIF_DISABLED | 0x300);
	r.state = PEER_CONNECTED;
	r.limits = "min_rate=1Mb/s";
	vif = vif_create(&f->d, &f->other, &r);
	assert_int_equal(vif->nr, 2);
	assert_int_equal(svnic_cpu32(f->p.vif[2].config.flags),
			 SVNIC_VIF_DISABLED);
	assert_int_equal(svnic_cpu32(f->p.vif[2].config.min_rate), 125);
	assert_int_equal(svnic_cpu16(f->p.vif[2].config.storm), CONFIG_STORM);
}

/* An earlier daemon's list may be any other. */
static void test_restart_addresses(void **state)
{
	struct vif_fixture *f = *state;
	struct platform_request r;
	struct vif *vif;

	f->other.rings = true;
	r = fake_request(1);
	left(f, r.cookie);
	f->p.vif[2].source.nr = svnic_le16(7);
	r.state = PEER_CONNECTED;
	vif = vif_create(&f->d, &f->other, &r);
	assert_int_equal(vif->nr, 2);
	assert_int_equal(f->p.vif[2].source.nr, 0);
}

#define T(test, up) cmocka_unit_test_setup_teardown(test, up, vif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_restart_without),
		T(test_restart_anew, vif_begin),
		T(test_restart_twice, vif_begin),
		T(test_restart_failed, vif_begin),
		T(test_restart_limits, vif_begin),
		T(test_restart_addresses, vif_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
