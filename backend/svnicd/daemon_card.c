/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The card as the daemon has it: it comes with VIFs of an earlier daemon, is
 * lost, and says what happens on it.  What it says of a VIF is handed on to
 * vif.c.
 */
#include "daemon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <event2/event.h>

#include "capture.h"
#include "netif/netif.h"
#include "vif.h"

static int read_left(struct daemon *d)
{
	struct platform_vif *list = calloc(SVNIC_MAX_VIFS, sizeof(*list));
	int n;

	if (!list)
		return -ENOMEM;
	n = d->ops->vif_list(d->platform, list, SVNIC_MAX_VIFS);
	if (n < 0) {
		free(list);
		return n;
	}
	free(d->left);
	d->left = list;
	d->nr_left = n < (int)SVNIC_MAX_VIFS ? (unsigned int)n : SVNIC_MAX_VIFS;
	return 0;
}

/* Those whose tenants left while nobody looked, and old monitors. */
static void destroy_left(struct daemon *d)
{
	unsigned int i;
	int err;

	for (i = 0; i < d->nr_left; i++) {
		const struct platform_vif *v = &d->left[i];

		if (v->cookie == 0 || daemon_find_nr(d, v->nr))
			continue;
		err = d->ops->vif_destroy(d->platform, v->nr);
		if (err)
			log_warnx("card",
				  "VIF %u, which nobody uses, stays: %s", v->nr,
				  text_result(err));
		else
			log_info("card", "VIF %u, which nobody uses, destroyed",
				 v->nr);
	}
	free(d->left);
	d->left = NULL;
	d->nr_left = 0;
}

struct platform_vif *daemon_left(struct daemon *d, uint64_t cookie)
{
	unsigned int i;

	for (i = 0; i < d->nr_left; i++)
		if (d->left[i].cookie == cookie)
			return &d->left[i];
	return NULL;
}

void daemon_no_card(struct daemon *d, const char *why)
{
	d->has_card = false;
	snprintf(d->no_card, sizeof(d->no_card), "%s", why);
}

void daemon_check_ports(const struct daemon *d)
{
	const struct network *n;
	unsigned int i;

	for (i = 0; d->has_card && i < d->config.nr_networks; i++) {
		n = &d->config.networks[i];
		if (!n->wants_port || n->segment < d->card.ports)
			continue;
		log_warnx(
			"config",
			"network \"%s\" is on port %u, and the card has %u, counted from 0: its guests reach each other only",
			n->name, n->segment, d->card.ports);
	}
}

void daemon_card_came(void *core)
{
	struct daemon *d = core;
	struct vif *vif;
	int err = d->ops->card_info(d->platform, &d->card);

	if (!err && d->card.version >> 16 != SVNIC_ABI_MAJOR) {
		daemon_no_card(d,
			       "the card follows another version of the ABI");
		log_err("card",
			"%s follows ABI %u.%u, svnicd needs %u.x; install the firmware of this release",
			d->card.name, d->card.version >> 16,
			d->card.version & 0xffff, SVNIC_ABI_MAJOR);
		return;
	}
	if (!err)
		err = read_left(d);
	if (err) {
		daemon_no_card(d, "the card does not answer");
		log_err("card", "it was found but does not answer: %s",
			text_result(err));
		return;
	}
	d->has_card = true;
	log_info("card", "%s: ABI %u.%u, link %u, %u ports, %u VIFs",
		 d->card.name, d->card.version >> 16, d->card.version & 0xffff,
		 d->card.link, d->card.ports, d->card.max_vifs);
	daemon_check_ports(d);
	TAILQ_FOREACH(vif, &d->vifs, link)
	{
		vif_card_came(vif);
	}
	if (d->tenants_known)
		destroy_left(d);
}

void daemon_tenants_known(void *core)
{
	struct daemon *d = core;

	d->tenants_known = true;
	if (d->has_card)
		destroy_left(d);
}

void daemon_card_lost(void *core, const char *why)
{
	struct daemon *d = core;
	struct vif *vif;

	log_err("card", "%s; svnicd goes on and takes it when it comes", why);
	daemon_no_card(d, why);
	free(d->left);
	d->left = NULL;
	d->nr_left = 0;
	capture_end(d, SVNIC_VIF_NONE);
	TAILQ_FOREACH(vif, &d->vifs, link)
	{
		vif_card_lost(vif, why);
	}
}

void daemon_card_fault(void *core, unsigned int nr, unsigned int queue,
		       unsigned int verdict)
{
	struct vif *vif = daemon_find_nr(core, nr);

	if (vif)
		vif_card_fault(vif, queue, verdict);
}

void daemon_card_event(void *core, unsigned int nr, unsigned int queue)
{
	struct vif *vif = daemon_find_nr(core, nr);

	if (!vif)
		capture_event(core, nr);
	else if (vif->netif)
		netif_card_event(vif->netif, queue);
}

static void retry(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	struct vif *vif;

	(void)fd;
	(void)what;
	/* Nobody waits: after each of thousands that are destroyed. */
	if (!d->has_card || d->nr_numbered == d->nr_vifs)
		return;
	TAILQ_FOREACH(vif, &d->vifs, link)
	{
		if (d->has_card && vif->nr == SVNIC_VIF_NONE &&
		    (vif->state == VIF_BARE || vif->state == VIF_ADRIFT ||
		     vif->state == VIF_LOST))
			vif_card_came(vif);
	}
}

void daemon_retry(struct daemon *d)
{
	static const struct timeval now;

	if (!d->retry)
		d->retry = evtimer_new(d->base, retry, d);
	if (d->retry)
		evtimer_add(d->retry, &now);
}
