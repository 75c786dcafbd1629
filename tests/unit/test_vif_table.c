/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life cycle of a VIF: every cell of its table, and what is held in every
 * state.
 */
#include <errno.h>
#include <string.h>

#include "vif_fixture.h"

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

/* A cell that an action's failure leads to: what led to it comes first. */
static void prepare(struct vif_fixture *f, enum vif_event event)
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
	static struct vif_fixture f;
	unsigned int s, e;

	(void)state;
	for (s = VIF_NEW; s < VIF_STATE_NR; s++) {
		for (e = EV_NONE + 1; e < EV_NR; e++) {
			vif_fixture_init_netif(&f);
			vif_drive(&f, s);
			prepare(&f, e);
			assert_int_equal(vif_event(f.vif, e), 0);
			if (letter(f.vif->state) != expected[s][2 * (e - 1)])
				fail_msg("%s x %s: %s", vif_state_text(s),
					 vif_event_text(e),
					 vif_state_text(f.vif->state));
			vif_check_held(&f);
			vif_fixture_fini(&f);
			assert_int_equal(fake_netif.nr, 0);
		}
	}
}

static void test_no_such_event(void **state)
{
	struct vif_fixture *f = *state;

	assert_int_equal(vif_event(f->vif, EV_NONE), -EPROTO);
	assert_int_equal(vif_event(f->vif, EV_NR), -EPROTO);
}

#define T(test, up) cmocka_unit_test_setup_teardown(test, up, vif_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cell),
		T(test_no_such_event, vif_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
