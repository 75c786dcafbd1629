/* SPDX-License-Identifier: GPL-2.0-only */
/* See vif_fixture.h. */
#include "vif_fixture.h"

#include <string.h>

void vif_fixture_init(struct vif_fixture *f)
{
	memset(f, 0, sizeof(*f));
	fake_daemon_init(&f->d, &f->p);
	f->vif = fake_vif(&f->d, &f->t, 0);
	assert_non_null(f->vif);
}

void vif_fixture_init_netif(struct vif_fixture *f)
{
	vif_fixture_init(f);
	f->t.rings = true;
}

void vif_fixture_fini(struct vif_fixture *f)
{
	fake_daemon_fini(&f->d);
}

static struct vif_fixture the;

int vif_begin(void **state)
{
	vif_fixture_init(&the);
	*state = &the;
	return 0;
}

int vif_begin_netif(void **state)
{
	vif_fixture_init_netif(&the);
	*state = &the;
	return 0;
}

int vif_end(void **state)
{
	vif_fixture_fini(*state);
	return 0;
}

void vif_lose_card(struct vif_fixture *f)
{
	f->d.has_card = false;
	memset(f->p.vif, 0, sizeof(f->p.vif));
	vif_event(f->vif, EV_CARD_LOST);
}

void vif_drive(struct vif_fixture *f, enum vif_state state)
{
	struct vif *vif = f->vif;

	vif_gate(vif, true);
	if (state == VIF_NEW || state == VIF_REFUSED)
		vif_event(vif, EV_REFUSE);
	if (state == VIF_NEW)
		vif->state = VIF_NEW; /* nobody ever sees it for long */
	if (state == VIF_BARE)
		vif_lose_card(f);
	if (state == VIF_LOST)
		f->t.rings = false;
	if (state >= VIF_CONNECTED)
		vif_event(vif, EV_PEER_CONNECTED);
	if (state == VIF_ADRIFT)
		vif_lose_card(f);
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

void vif_check_held(struct vif_fixture *f)
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
