/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xen platform's own state, and that of a guest.  pf.c speaks to svnic_pf,
 * store.c watches XenStore, guest.c is one frontend and backend directory,
 * nodes.c asks for what stands there, ring.c is its control ring, grant.c and
 * channel.c are its pages and ports, window.c gives it its doorbell page.
 */
#ifndef SVNICD_XEN_DOM0_H
#define SVNICD_XEN_DOM0_H

#include <sys/queue.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>
#include <xentoollog.h>

#include <svnic/pf.h>

#include "../limit.h"
#include "../names.h"
#include "../platform.h"
#include "../source.h"
#include "account.h"
#include "batch.h"
#include "ring.h"

struct event;

#define DOM0_PATH     128    /* of a XenStore directory */
#define DOM0_LAST     0x7fef /* number of a domain */
#define DOM0_SCRIPT   "/vif-svnic"
#define DOM0_BACKEND  "backend/vif/%u/%u"
#define DOM0_FRONTEND "/local/domain/%u/device/vif/%u" /* where libxl has it */

TAILQ_HEAD(guest_list, tenant);
LIST_HEAD(memo_list, memo_entry);

struct tenant {
	TAILQ_ENTRY(tenant) link;
	TAILQ_ENTRY(tenant) mark; /* while it is dirty */
	struct platform *p;
	struct vif *vif;
	uint32_t domid;
	uint32_t devid;
	char backend[DOM0_PATH];
	struct name called; /* by that, among the platform's */
	char frontend[DOM0_PATH];
	char domain[64];    /* its name as read last */
	unsigned int state; /* ours, as written or found last */
	char mtu[32], rate[64], limits[LIMITS_WORDS],
		ip[SOURCE_WORDS]; /* as read last */
	bool offline;		  /* online was 0 when read last */
	bool watched;		  /* its frontend's state is */
	bool dirty;		  /* to be looked at: see look_mark() */
	bool seen;		  /* by the running scan */
	bool gone;		  /* its directory, or it is another's */
	uint64_t window;	  /* frame of its doorbell page, or 0 */
	struct event *clear;	  /* after a failed attach */
	struct memo_list memo;	  /* what was read and written of it */
	bool memo_due;		  /* it is to be written */
	bool memo_filed;	  /* it is in the file */
	struct account account;	  /* of what it asked for */
	struct ring ring;
};

struct platform {
	struct event_base *base;
	const struct platform_upcalls *up;
	void *core;
	struct platform_settings settings;
	/* XenStore */
	struct xs_handle *store;   /* for all but watches: it has no thread */
	struct xs_handle *watches; /* in between, so it answers sooner */
	struct event *store_event;
	struct event *look_timer;
	struct guest_list guests;
	struct guest_list marked; /* to be looked at */
	struct names names;	  /* of them, by backend directory */
	struct batch batch;
	char memo_dir[DOM0_PATH];
	struct event *memo_timer;
	struct start *start; /* or NULL: it is over, or */
	bool started;	     /* ... has not begun */
	bool rescan;
	bool again; /* an entry was replaced: more is to be looked at */
	bool died;  /* some domain did */
	bool rival; /* xen-netback was there */
	/* Xen */
	struct xentoollog_logger logger; /* of the libraries; says nothing */
	xc_interface *xc;		 /* or NULL, see dom0_xc() */
	xengnttab_handle *grants;
	xenevtchn_handle *channel; /* of all guests, or NULL; see channel.c */
	struct event *channel_event;
	struct channel *channels; /* by place */
	uint32_t nr_channels;
	uint32_t *places; /* by port of dom0 */
	uint32_t nr_places;
	uint32_t page_of[SVNIC_MAX_VIFS]; /* domid + 1; see window.c */
	/* svnic_pf */
	int fd;	   /* or -1 */
	bool told; /* why there is no card */
	char device[108];
	struct svnic_pf_info info;
	struct event *pf_event;
	struct event *pf_timer;
};

/* Opened when it is needed first; NULL, and errno, when it cannot be. */
xc_interface *dom0_xc(struct platform *p);

#endif /* SVNICD_XEN_DOM0_H */
