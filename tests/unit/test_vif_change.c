/* SPDX-License-Identifier: GPL-2.0-only */
/* What an administrator changes of a VIF that is up. */
#include <string.h>

#include "vif_fixture.h"

/* The direct path by an administrator's wish. */
static void test_policy(void **state)
{
	struct vif_fixture *f = *state;

	vif_drive(f, VIF_CONNECTED);
	f->p.vif[0].queues = f->vif->queues = 1;
	f->p.vif[0].nr_pages = f->vif->pages_end = 8;
	hold_allow(f->vif, false);
	assert_false(f->t.offered);
	assert_string_equal(f->t.key, "svnic-path=netif");
	/* It has its time to leave ... */
	assert_int_equal(f->p.vif[0].queues, 1);
	vif_event(f->vif, EV_LATE);
	assert_int_equal(f->p.vif[0].queues, 0);
	assert_int_equal(f->p.vif[0].nr_pages, 0);
	vif_check_held(f);
	/* ... and nothing of it returns by itself. */
	vif_event(f->vif, EV_PEER_CONNECTED);
	assert_false(f->t.offered);
	hold_allow(f->vif, true);
	assert_true(f->t.offered);
	assert_string_equal(f->t.key, "svnic-path=direct");
	vif_event(f->vif, EV_LATE);
	vif_check_held(f);
	assert_string_equal(f->t.states, "24");
}

static void test_change(void **state)
{
	struct vif_fixture *f = *state;
	struct platform_request r = { .mtu = "1400", .rate = "62500,50000" };

	vif_change(f->vif, &r);
	assert_int_equal(svnic_cpu16(f->p.vif[0].config.mtu), 1400);
	assert_int_equal(svnic_cpu64(f->p.vif[0].config.rate), 1250000);
	r.rate = "62500";
	vif_change(f->vif, &r);
	assert_int_equal(svnic_cpu64(f->p.vif[0].config.rate), 1250000);
	assert_non_null(strstr(f->vif->note, "62500"));
	r.rate = NULL;
	vif_change(f->vif, &r);
	assert_int_equal(svnic_cpu64(f->p.vif[0].config.rate), 0);
	assert_string_equal(f->vif->note, "");
	r.limits = "storm=7  class=gold rx_rate=1MB/s";
	vif_change(f->vif, &r);
	assert_int_equal(svnic_cpu16(f->p.vif[0].config.storm), 7);
	assert_int_equal(svnic_cpu32(f->p.vif[0].config.rx_rate), 1000);
	r.limits = "storm=7 weight=8";
	vif_change(f->vif, &r);
	assert_non_null(strstr(f->vif->note, "weight"));
	assert_int_equal(svnic_cpu32(f->p.vif[0].config.rx_rate), 1000);
}

/* On the card before anything runs, and again after a restart. */
static void test_addresses(void **state)
{
	struct vif_fixture *f = *state;
	struct platform_request r;
	struct vif *vif;

	f->other.rings = true;
	f->third.rings = true;
	r = fake_request(1);
	r.ip = "10.0.0.5,fd00::5";
	vif = vif_create(&f->d, &f->other, &r);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_int_equal(f->p.vif[vif->nr].source.nr, 2);
	r.ip = "10.0.0.6";
	vif_change(vif, &r);
	assert_int_equal(f->p.vif[vif->nr].source.nr, 1);
	assert_int_equal(f->p.vif[vif->nr].source.address[0].addr[3], 6);
	r.ip = "10.0.0";
	vif_change(vif, &r);
	assert_int_equal(f->p.vif[vif->nr].source.nr, 1);
	assert_non_null(strstr(vif->note, "\"10.0.0\" is no IPv4 or IPv6"));
	/* The card comes anew. */
	vif_card_lost(vif, "gone");
	memset(f->p.vif, 0, sizeof(f->p.vif));
	vif_card_came(vif);
	assert_int_equal(vif->state, VIF_INIT_WAIT);
	assert_int_equal(f->p.vif[vif->nr].source.nr, 1);
	r.ip = NULL;
	vif_change(vif, &r);
	assert_int_equal(f->p.vif[vif->nr].source.nr, 0);
	/* A card that cannot keep it gives no VIF. */
	f->p.source_result = SVNIC_ST_BAD_OPCODE;
	r = fake_request(2);
	r.ip = "10.0.0.5";
	memcpy((char *)f->vif->config.mac, "\2\2\2\2\2\2", 6);
	vif = vif_create(&f->d, &f->third, &r);
	assert_int_equal(vif->state, VIF_REFUSED);
	assert_int_equal(vif->nr, SVNIC_VIF_NONE);
}

#define T(test, up) cmocka_unit_test_setup_teardown(test, up, vif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_policy, vif_begin_netif),
		T(test_change, vif_begin),
		T(test_addresses, vif_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
