/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One VIF of a daemon whose platform is a fake, as the tests of its life cycle
 * want it.
 */
#ifndef TESTS_UNIT_VIF_FIXTURE_H
#define TESTS_UNIT_VIF_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <svnic/order.h>

#include "fakes/svnicd_netif.h"
#include "fakes/svnicd_platform.h"
#include "hold.h"

struct vif_fixture {
	struct daemon d;
	struct platform p;
	struct tenant t;
	struct vif *vif;
	/* For VIFs that a test makes itself. */
	struct tenant other, third;
};

void vif_fixture_init(struct vif_fixture *f);
/* ... with a driver that speaks netif, as all but our old one do. */
void vif_fixture_init_netif(struct vif_fixture *f);
void vif_fixture_fini(struct vif_fixture *f);

/* The same as cmocka's setup and teardown. */
int vif_begin(void **state);
int vif_begin_netif(void **state);
int vif_end(void **state);

void vif_lose_card(struct vif_fixture *f);
/* Bring the VIF into @state by events, as it would get there. */
void vif_drive(struct vif_fixture *f, enum vif_state state);
/* What a state promises about what is held. */
void vif_check_held(struct vif_fixture *f);

#endif /* TESTS_UNIT_VIF_FIXTURE_H */
