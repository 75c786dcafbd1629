/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xen platform's view of XenStore, with the real life cycle above it and
 * fakes of XenStore, hypervisor and card below; and what libxl and guests do
 * there to vif 3.0.
 */
#ifndef FAKES_SVNICD_DOM0_H
#define FAKES_SVNICD_DOM0_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ctrl.h"
#include "daemon.h"
#include "fakes/svnicd_hypervisor.h"
#include "fakes/svnicd_netif.h"
#include "fakes/svnicd_xenstore.h"
#include "hold.h"
#include "vif.h"
#include "xen/dom0.h"

#define FE "/local/domain/3/device/vif/0"
#define BE "backend/vif/3/0"

struct dom0_world {
	struct daemon d;
	struct platform p;
	bool on_card[32];     /* VIFs */
	unsigned int want_nr; /* the next VIF's number */
	const char *run;      /* folder, or NULL: there is none */
	void (*standby)(struct dom0_world *w); /* while one does */
	unsigned int left_nr; /* what a new daemon finds; 0: nothing */
};

/* A daemon that runs, and nothing in the store.  cmocka's setup, teardown. */
int dom0_begin(void **state);
int dom0_end(void **state);
/* svnicd starts: with what is in the store and on the card. */
void dom0_daemon_up(struct dom0_world *w);
/* ... and is killed: what it holds of the store and the card stays. */
void dom0_daemon_down(struct dom0_world *w);
/* Until svnicd has seen all that was written. */
void dom0_pump(struct dom0_world *w);

/* libxl's transactions, xen-contract 4. */
void dom0_xl_attach(struct dom0_world *w, const char *bridge,
		    const char *script);
void dom0_xl_detach(struct dom0_world *w);
void dom0_xl_remove(struct dom0_world *w);
/* Our driver, and one that knows netif only. */
void dom0_guest_connects(struct dom0_world *w);
void dom0_stock_connects(struct dom0_world *w);
/* Attached, and our driver connected. */
void dom0_connected(struct dom0_world *w);

#endif /* FAKES_SVNICD_DOM0_H */
