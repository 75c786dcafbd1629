/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xen platform: its table, its start and its end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "../log.h"
#include "dom0.h"
#include "channel.h"
#include "grant.h"
#include "guest.h"
#include "pf.h"
#include "start.h"
#include "store.h"

/* A guest can cause what the libraries would say; we say it, and less often. */
static void no_message(struct xentoollog_logger *logger, xentoollog_level level,
		       int err, const char *context, const char *fmt,
		       va_list ap)
{
	(void)logger;
	(void)level;
	(void)err;
	(void)context;
	(void)fmt;
	(void)ap;
}

static void no_destroy(struct xentoollog_logger *logger)
{
	(void)logger;
}

static const struct xentoollog_logger silent = { .vmessage = no_message,
						 .destroy = no_destroy };

static void dom0_close(struct platform *p)
{
	start_end(p);
	store_close(p);
	pf_stop(p);
	channel_close(p);
	if (p->grants)
		xengnttab_close(p->grants);
	if (p->xc)
		xc_interface_close(p->xc);
	free(p);
}

static int dom0_open(struct event_base *base,
		     const struct platform_settings *settings,
		     const struct platform_upcalls *up, void *core,
		     struct platform **platform, char *why)
{
	struct platform *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	p->base = base;
	p->up = up;
	p->core = core;
	p->settings = *settings;
	p->fd = -1;
	TAILQ_INIT(&p->guests);
	TAILQ_INIT(&p->marked);
	err = store_open(p, why);
	if (err)
		goto err_free;
	p->logger = silent;
	p->grants = xengnttab_open(&p->logger, 0);
	if (!p->grants) {
		err = -errno;
		snprintf(
			why, PLATFORM_REASON,
			"/dev/xen/gntdev cannot be opened: %s; load xen-gntdev and xen-evtchn, and run as root",
			strerror(errno));
		goto err_free;
	}
	*platform = p;
	return 0;

err_free:
	dom0_close(p);
	return err;
}

/* Not at the start: a restarted daemon serves its guests without it. */
xc_interface *dom0_xc(struct platform *p)
{
	if (!p->xc)
		p->xc = xc_interface_open(&p->logger, &p->logger, 0);
	if (!p->xc)
		log_warn("xen", "/dev/xen/privcmd was not opened");
	return p->xc;
}

/* The card first: guests that are there already must find it. */
static int dom0_start(struct platform *p)
{
	int err = pf_start(p);

	return err ? err : start_begin(p);
}

static const struct platform_ops ops = {
	.name = "xen",
	.open = dom0_open,
	.start = dom0_start,
	.close = dom0_close,
	.card_info = pf_card_info,
	.port_query = pf_port_query,
	.vif_list = pf_vif_list,
	.vif_create = pf_vif_create,
	.vif_destroy = pf_vif_destroy,
	.vif_set = pf_vif_set,
	.vif_query = pf_vif_query,
	.pages_add = pf_pages_add,
	.pages_del = pf_pages_del,
	.queue_start = pf_queue_start,
	.queue_stop = pf_queue_stop,
	.rss_set = pf_rss_set,
	.source_set = pf_source_set,
	.groups_set = pf_groups_set,
	.pages_alloc = pf_pages_alloc,
	.pages_free = pf_pages_free,
	.pages_map = pf_pages_map,
	.doorbell_map = pf_doorbell_map,
	.doorbell_unmap = pf_doorbell_unmap,
	.tenant_offer = guest_offer,
	.tenant_withdraw = guest_withdraw,
	.tenant_state = guest_state,
	.tenant_reason = guest_reason,
	.tenant_key = guest_key,
	.tenant_keys = guest_keys,
	.tenant_sleeps = guest_sleeps,
	.tenant_connect = guest_connect,
	.tenant_disconnect = guest_disconnect,
	.tenant_copy = ring_copy,
	.tenant_read = guest_read,
	.grant_map = grant_map,
	.grant_unmap = grant_unmap,
	.turn = grant_turn,
	.port_bind = channel_bind,
	.port_unbind = channel_unbind,
	.tenant_name = guest_name,
	.tenant_destroy = guest_destroy,
};

const struct platform_ops *platform_xen(void)
{
	return &ops;
}
