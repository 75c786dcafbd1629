/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One VIF comes, hears of its guest, the toolstack and the card, and goes.
 * What each of these means for its life cycle stands in vif_table.c.
 */
#include "vif.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <svnic/order.h>

#include "daemon.h"
#include "hold.h"
#include "netif/netif.h"

#define PEER_NEVER UINT32_MAX
#define PATIENCE_S 3 /* libxl waits ten seconds for Closed */

static void timer_fired(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	vif_event(arg, EV_LATE);
}

int vif_expect(struct vif *vif, bool at_once)
{
	static const struct timeval patience = { .tv_sec = PATIENCE_S };
	static const struct timeval none;

	if (!vif->timer)
		vif->timer = evtimer_new(vif->d->base, timer_fired, vif);
	if (!vif->timer)
		return -ENOMEM;
	return evtimer_add(vif->timer, at_once ? &none : &patience);
}

static const enum vif_event peer_events[PEER_NR] = {
	[PEER_GONE] = EV_PEER_GONE,
	[PEER_INITIALISING] = EV_PEER_INITIALISING,
	[PEER_INIT_WAIT] = EV_PEER_WAITING,
	[PEER_INITIALISED] = EV_PEER_WAITING,
	[PEER_CONNECTED] = EV_PEER_CONNECTED,
	[PEER_CLOSING] = EV_PEER_CLOSING,
	[PEER_CLOSED] = EV_PEER_CLOSED,
	[PEER_RECONFIGURING] = EV_PEER_WAITING,
	[PEER_RECONFIGURED] = EV_PEER_WAITING,
};

/* An offer now would be overlooked by a peer that has not closed yet. */
static void try_card(struct vif *vif)
{
	bool busy = vif->peer == PEER_CONNECTED || vif->peer == PEER_CLOSING;

	if (vif->d->has_card && vif->state == VIF_LOST && !busy)
		vif_event(vif, EV_CARD_CAME);
}

void vif_peer_state(struct vif *vif, unsigned int state)
{
	if (state == vif->peer)
		return;
	vif->peer = state;
	if (state >= PEER_NR)
		vif_peer_fault(vif, "the guest wrote an unknown state");
	else if (state != PEER_CONNECTED || vif->gate)
		vif_event(vif, peer_events[state]);
	try_card(vif);
}

void vif_gate(struct vif *vif, bool open)
{
	if (open == vif->gate)
		return;
	vif->gate = open;
	if (open && vif->peer == PEER_CONNECTED)
		vif_event(vif, EV_PEER_CONNECTED);
}

void vif_offline(struct vif *vif)
{
	vif_event(vif, EV_OFFLINE);
}

void vif_peer_fault(struct vif *vif, const char *reason)
{
	vif_reason(vif, reason);
	vif_event(vif, EV_PEER_FAULT);
}

void vif_card_came(struct vif *vif)
{
	if (vif->state == VIF_LOST)
		try_card(vif);
	else
		vif_event(vif, EV_CARD_CAME);
}

void vif_card_lost(struct vif *vif, const char *why)
{
	if (vif->state != VIF_DETACHED && vif->state != VIF_REFUSED)
		vif_reason(vif, why);
	vif_event(vif, EV_CARD_LOST);
}

void vif_card_fault(struct vif *vif, unsigned int queue, unsigned int verdict)
{
	if (queue >= SVNIC_SLOW_QUEUE) {
		if (vif->netif)
			netif_card_fault(vif->netif, queue, verdict);
		return;
	}
	vif->fault = verdict;
	vif->faults++;
	if (log_allowed(&vif->limit, "vif"))
		log_warnx("vif", "%s: the card stopped queue %u: %s", vif->name,
			  queue, text_verdict(verdict));
}

void vif_yield(struct vif *vif, const char *to)
{
	char why[PLATFORM_REASON];

	snprintf(why, sizeof(why),
		 "its guest sleeps, and vif %s needs its address", to);
	vif_card_lost(vif, why);
}

void vif_reason(struct vif *vif, const char *reason)
{
	snprintf(vif->reason, sizeof(vif->reason), "%s", reason);
	text_clean(vif->reason);
	if (*reason && log_allowed(&vif->limit, "vif"))
		log_warnx("vif", "%s: %s%s%s", vif->name, vif->path,
			  vif->path[0] ? ": " : "", vif->reason);
	vif->d->ops->tenant_reason(vif->d->platform, vif->tenant,
				   *reason ? vif->reason : NULL);
}

/* What an earlier daemon published, as far as it can be taken up again. */
static enum vif_state inherited(const struct platform_request *request,
				bool has_card)
{
	if (request->failed)
		return VIF_REFUSED;
	switch (request->state) {
	case PEER_INIT_WAIT:
		return has_card ? VIF_INIT_WAIT : VIF_BARE;
	case PEER_CONNECTED:
		return has_card ? VIF_CONNECTED : VIF_ADRIFT;
	case PEER_CLOSING:
	case PEER_CLOSED:
		return VIF_CLOSED;
	default:
		return VIF_NEW;
	}
}

struct vif *vif_create(struct daemon *d, struct tenant *tenant,
		       const struct platform_request *request)
{
	char why[PLATFORM_REASON];
	struct vif *vif = calloc(1, sizeof(*vif));

	if (!vif)
		return NULL;
	vif->d = d;
	vif->tenant = tenant;
	vif->cookie = request->cookie;
	vif->nr = SVNIC_VIF_NONE;
	vif->peer = PEER_NEVER;
	vif->published = request->state;
	vif->state = inherited(request, d->has_card);
	vif->direct = request->direct;
	vif->epoch = request->epoch;
	vif->netif_only = request->netif_only;
	vif->no_carrier = request->no_carrier;
	snprintf(vif->name, sizeof(vif->name), "%s", request->name);
	snprintf(vif->path, sizeof(vif->path), "%s",
		 request->path ? request->path : "");
	snprintf(vif->network, sizeof(vif->network), "%s",
		 request->network ? request->network
				  : d->config.networks[0].name);
	TAILQ_INSERT_TAIL(&d->vifs, vif, link);
	d->nr_vifs++;
	names_add(&d->names, &vif->called, vif->name, vif);
	if (vif_request(vif, request, why)) {
		vif_reason(vif, why);
		vif_event(vif, EV_REFUSE);
	} else if (d->has_card) {
		vif_event(vif, EV_CARD_CAME);
	} else if (vif->state == VIF_NEW) {
		vif_reason(vif, d->no_card);
		vif_event(vif, EV_REFUSE);
	}
	return vif;
}

void vif_destroy(struct vif *vif)
{
	struct daemon *d = vif->d;

	vif_event(vif, EV_PEER_GONE);
	hold_release(vif);
	names_del(&vif->called);
	TAILQ_REMOVE(&d->vifs, vif, link);
	d->nr_vifs--;
	d->ops->tenant_destroy(d->platform, vif->tenant);
	vif_free(vif);
}

void vif_free(struct vif *vif)
{
	netif_leave(vif->netif);
	daemon_number(vif->d, vif, SVNIC_VIF_NONE);
	names_del(&vif->called);
	if (vif->timer)
		event_free(vif->timer);
	free(vif);
}
