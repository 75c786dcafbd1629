/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes and gives back what a VIF holds.  Giving back never fails: what the
 * card refuses to take is logged, and goes with the VIF's number.
 */
#include "hold.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <svnic/order.h>

#include "daemon.h"
#include "netif/netif.h"
#include "number.h"

#define NETIF_KEYS_MAX 16

/* The guest's part ---------------------------------------------------------- */

static void stop_queues(struct vif *vif)
{
	struct daemon *d = vif->d;
	unsigned int q;
	int err;

	for (q = 0; q < SVNIC_SLOW_QUEUE; q++) {
		if (!(vif->queues & 1u << q))
			continue;
		err = d->ops->queue_stop(d->platform, vif->nr, q);
		if (err)
			log_warnx("vif", "%s: queue %u was not stopped: %s",
				  vif->name, q, text_result(err));
	}
	vif->queues = 0;
}

static void give_pages(struct vif *vif)
{
	struct daemon *d = vif->d;
	int err = 0;

	if (vif->pages_end)
		err = d->ops->pages_del(d->platform, vif->nr, 0,
					vif->pages_end);
	if (err < 0)
		log_warnx("vif", "%s: pages were not taken back: %s", vif->name,
			  text_result(err));
	vif->pages_end = 0;
}

/* Offers ------------------------------------------------------------------- */

static void set_carrier(struct vif *vif, bool up)
{
	struct daemon *d = vif->d;
	const struct netif_key key = { "carrier", up ? "1" : "0" };

	if (!d->ops->tenant_keys || vif->no_carrier == !up)
		return;
	d->ops->tenant_keys(d->platform, vif->tenant, &key, 1);
	vif->no_carrier = !up;
}

/* So that a restarted daemon knows; also, vif-svnic looks for it. */
static struct netif_key path_key(const struct vif *vif)
{
	return (struct netif_key) { PLATFORM_PATH, vif->netif_only
							   ? PLATFORM_NETIF
							   : "direct" };
}

/* Netif, which needs no card; false where there is none. */
static bool offer_netif(struct vif *vif)
{
	struct daemon *d = vif->d;

	struct netif_key keys[NETIF_KEYS_MAX];

	if (!d->ops->tenant_keys)
		return false;
	if (vif->keyed)
		return true;
	memcpy(keys, netif_keys, netif_nr_keys * sizeof(*keys));
	keys[netif_nr_keys] = path_key(vif);
	d->ops->tenant_keys(d->platform, vif->tenant, keys, netif_nr_keys + 1);
	vif->keyed = true;
	return true;
}

static void withdraw_netif(struct vif *vif)
{
	struct daemon *d = vif->d;
	struct netif_key keys[NETIF_KEYS_MAX];
	size_t i;

	if (!vif->keyed)
		return;
	for (i = 0; i < netif_nr_keys; i++)
		keys[i] = (struct netif_key) { netif_keys[i].name, NULL };
	d->ops->tenant_keys(d->platform, vif->tenant, keys, i);
	vif->keyed = false;
}

static int offer_direct(struct vif *vif)
{
	struct daemon *d = vif->d;
	struct platform_offer offer = {
		.nr = vif->nr,
		.features = d->card.features,
		.max_pages = d->config.max_pages,
		.max_queues = d->config.max_queues,
		.mtu = svnic_cpu16(vif->config.mtu),
		.epoch = vif->epoch,
	};
	int err;

	if (vif->direct || vif->netif_only)
		return 0;
	memcpy(offer.mac, vif->config.mac, sizeof(offer.mac));
	err = d->ops->tenant_offer(d->platform, vif->tenant, &offer);
	if (err) {
		snprintf(vif->note, sizeof(vif->note),
			 "no direct path: the doorbell page was not given: %s",
			 text_result(err));
		log_warnx("vif", "%s: %s", vif->name, vif->note);
	}
	vif->direct = !err;
	return err;
}

static void withdraw_direct(struct vif *vif)
{
	struct daemon *d = vif->d;

	d->ops->tenant_withdraw(d->platform, vif->tenant);
	vif->direct = false;
}

/* A new VIF is refused; one that had been offered waits for a card. */
static enum vif_event no_offer(struct vif *vif, const char *why)
{
	number_give(vif);
	vif_reason(vif, why);
	if (vif->state == VIF_NEW)
		return EV_REFUSE;
	if (!offer_netif(vif))
		return EV_NO_PATH;
	set_carrier(vif, false);
	return EV_NO_CARD;
}

enum vif_event hold_offer(struct vif *vif)
{
	struct daemon *d = vif->d;
	char why[PLATFORM_REASON];
	bool fresh;
	int err;

	if (!d->has_card)
		return no_offer(vif, d->no_card);
	err = number_take(vif, &fresh);
	if (err) {
		number_refusal(vif, err, why);
		return no_offer(vif, why);
	}
	if (fresh && vif->direct)
		withdraw_direct(vif);
	/* Of a guest that had it while no daemon was there. */
	stop_queues(vif);
	give_pages(vif);
	vif->fresh = false;
	err = offer_direct(vif);
	if (!offer_netif(vif) && err)
		return no_offer(vif, vif->note);
	set_carrier(vif, true);
	if (vif->reason[0])
		vif_reason(vif, "");
	return EV_NONE;
}

/* Connections -------------------------------------------------------------- */

/* 0 also when it has none; *@why says what is wrong with it otherwise. */
static int connect_netif(struct vif *vif, char *why)
{
	struct daemon *d = vif->d;
	struct netif_config config;
	int err;

	if (vif->netif)
		return 0;
	err = netif_read(d->ops, d->platform, vif->tenant, &config, why);
	if (err)
		return err == -ENOENT ? 0 : err;
	return netif_create(vif, &config, &vif->netif, why);
}

static int connect_ctrl(struct vif *vif, char *why)
{
	struct daemon *d = vif->d;
	int err = d->ops->tenant_connect(d->platform, vif->tenant, why);

	/* It goes over netif alone then. */
	if (!vif->netif || (err != -ENOENT && err != -EPROTO))
		return err;
	if (err == -EPROTO)
		snprintf(vif->note, sizeof(vif->note), "%s", why);
	return 0;
}

/* All that a connected guest can have of a number. */
static void run_paths(struct vif *vif)
{
	char why[PLATFORM_REASON];
	int err = vif->netif ? netif_start(vif->netif) : 0;

	if (err) {
		snprintf(why, sizeof(why), "the netif path does not run: %s",
			 text_result(err));
		if (strcmp(vif->reason, why) != 0)
			vif_reason(vif, why);
		vif_expect(vif, false); /* nobody else would try again */
	}
	offer_direct(vif);
	set_carrier(vif, !err);
	if (!err && vif->reason[0])
		vif_reason(vif, "");
}

enum vif_event hold_connect(struct vif *vif)
{
	char why[PLATFORM_REASON] = "the guest cannot be served";

	if (connect_netif(vif, why))
		goto fault;
	/* After a restart without the card: it may still come. */
	if (!vif->netif && vif->nr == SVNIC_VIF_NONE)
		return vif->d->has_card ? EV_NO_PATH : EV_NONE;
	if (!vif->netif && vif->fresh) {
		vif_reason(vif, "the card did not know this VIF any longer");
		return EV_NO_PATH;
	}
	if (connect_ctrl(vif, why))
		goto fault;
	if (vif->nr != SVNIC_VIF_NONE)
		run_paths(vif);
	return EV_NONE;

fault:
	vif_reason(vif, why);
	return EV_PEER_FAULT;
}

enum vif_event hold_adopt(struct vif *vif)
{
	char why[PLATFORM_REASON];
	bool fresh;
	int err;

	if (vif->nr != SVNIC_VIF_NONE)
		return EV_NONE;
	err = number_take(vif, &fresh);
	if (err) {
		number_refusal(vif, err, why);
		vif_reason(vif, why);
		return EV_REFUSE;
	}
	if (fresh) {
		log_info("vif", "%s: goes on as VIF %u", vif->name, vif->nr);
		vif->fresh = true;
		if (vif->direct)
			withdraw_direct(vif);
	}
	if (vif->netif || (vif->peer == PEER_CONNECTED && vif->gate))
		return hold_connect(vif);
	return EV_NONE;
}

enum vif_event hold_late(struct vif *vif)
{
	if (vif->nr == SVNIC_VIF_NONE)
		return EV_NONE;
	if (vif->netif && !netif_is_started(vif->netif))
		run_paths(vif);
	if (vif->direct)
		return EV_NONE;
	if (vif->queues)
		log_info("vif", "%s: its direct queues are stopped", vif->name);
	stop_queues(vif);
	give_pages(vif);
	return EV_NONE;
}

enum vif_event hold_disconnect(struct vif *vif)
{
	struct daemon *d = vif->d;

	d->ops->tenant_disconnect(d->platform, vif->tenant);
	netif_destroy(vif->netif);
	vif->netif = NULL;
	if (vif->nr != SVNIC_VIF_NONE) {
		stop_queues(vif);
		give_pages(vif);
		vif_groups_all(vif);
	}
	return EV_NONE;
}

enum vif_event hold_release(struct vif *vif)
{
	hold_disconnect(vif);
	withdraw_direct(vif);
	withdraw_netif(vif);
	number_give(vif);
	return EV_NONE;
}

enum vif_event hold_forget(struct vif *vif)
{
	struct daemon *d = vif->d;

	/* The guest first: it may still leave in good order. */
	withdraw_direct(vif);
	if (vif->netif)
		netif_stop(vif->netif, !d->has_card);
	else
		d->ops->tenant_disconnect(d->platform, vif->tenant);
	if (d->has_card)
		number_give(vif);
	else
		number_drop(vif);
	if (vif->keyed || vif->netif)
		set_carrier(vif, false);
	return EV_NONE;
}

enum vif_event hold_vanish(struct vif *vif)
{
	hold_forget(vif);
	return hold_release(vif);
}

void hold_allow(struct vif *vif, bool direct)
{
	struct daemon *d = vif->d;
	struct netif_key key;

	vif->netif_only = !direct;
	key = path_key(vif);
	if (d->ops->tenant_keys)
		d->ops->tenant_keys(d->platform, vif->tenant, &key, 1);
	if (direct && vif->nr != SVNIC_VIF_NONE) {
		vif->note[0] = '\0';
		offer_direct(vif);
	} else if (!direct && vif->direct) {
		withdraw_direct(vif);
		vif_expect(vif, false);
	}
}
