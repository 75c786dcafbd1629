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

#include "capture.h"
#include "daemon.h"
#include "netif/netif.h"

#define NETIF_KEYS_MAX 16

/* Who has the address of @vif on its network; NULL: nobody here. */
static struct vif *holder(const struct vif *vif)
{
	struct vif *other;

	TAILQ_FOREACH(other, &vif->d->vifs, link)
	{
		if (other != vif && other->nr != SVNIC_VIF_NONE &&
		    other->config.segment == vif->config.segment &&
		    other->config.vlan == vif->config.vlan &&
		    memcmp(other->config.mac, vif->config.mac, 6) == 0)
			return other;
	}
	return NULL;
}

/* Which limit, in the words of the sentence that xl prints. */
static void refusal(const struct vif *vif, int err, char *why)
{
	const struct daemon *d = vif->d;
	const struct vif *other;
	char mac[TEXT_MAC];

	text_mac_print(vif->config.mac, mac);
	if (err == SVNIC_ST_NO_VIFS) {
		snprintf(why, PLATFORM_REASON,
			 "all %u VIFs of the card are in use; detach one first",
			 d->card.max_vifs);
		return;
	}
	if (err != SVNIC_ST_MAC_IN_USE) {
		snprintf(why, PLATFORM_REASON, "the card gave no VIF: %s",
			 text_result(err));
		return;
	}
	other = holder(vif);
	snprintf(why, PLATFORM_REASON,
		 "mac %s is in use on network \"%s\" by %s%s; choose another",
		 mac, vif->network, other ? "vif " : "the host or the wire",
		 other ? other->name : "");
}

/* A number on the card ----------------------------------------------------- */

/* Its number from before, with the configuration of now. */
static int take_up(struct vif *vif, const struct platform_vif *left)
{
	struct daemon *d = vif->d;
	struct svnic_vif_info info;
	int err = d->ops->vif_query(d->platform, left->nr, &info);

	if (err)
		return err;
	/* Whether it is enabled, only the card remembers. */
	vif->config.flags &= ~svnic_le32(SVNIC_VIF_DISABLED);
	vif->config.flags |= info.config.flags & svnic_le32(SVNIC_VIF_DISABLED);
	if (memcmp(&vif->config, &info.config, sizeof(vif->config)) != 0)
		err = d->ops->vif_set(d->platform, left->nr, &vif->config);
	if (!err)
		err = vif_load(vif, left->nr, false);
	if (err)
		return err;
	daemon_number(d, vif, left->nr);
	if (vif->state != VIF_CONNECTED && vif->state != VIF_ADRIFT)
		vif_groups_all(vif);
	vif->queues = left->queues & ((1u << SVNIC_SLOW_QUEUE) - 1);
	vif->pages_end = left->nr_pages ? SVNIC_SLOW_PAGE : 0;
	log_info("vif", "%s: taken up as VIF %u", vif->name, vif->nr);
	return 0;
}

static bool sleeps(const struct vif *vif)
{
	const struct daemon *d = vif->d;

	return d->ops->tenant_sleeps &&
	       d->ops->tenant_sleeps(d->platform, vif->tenant);
}

/*
 * A guest that is restored or migrated comes with the address of the one that
 * it was, whose directories are still there.
 */
static int create(struct vif *vif, unsigned int *nr)
{
	struct daemon *d = vif->d;
	struct vif *other;
	int err =
		d->ops->vif_create(d->platform, &vif->config, vif->cookie, nr);

	if (err != SVNIC_ST_MAC_IN_USE)
		return err;
	other = holder(vif);
	if (!other || !sleeps(other) || sleeps(vif))
		return err;
	log_info("vif",
		 "%s: takes over the address of vif %s, whose guest sleeps",
		 vif->name, other->name);
	vif_yield(other, vif->name);
	return d->ops->vif_create(d->platform, &vif->config, vif->cookie, nr);
}

/* @fresh: it is a new one, of which the guest knows nothing. */
static int take_number(struct vif *vif, bool *fresh)
{
	const struct platform_vif *left;
	unsigned int nr;
	int err;

	*fresh = false;
	if (vif->nr != SVNIC_VIF_NONE)
		return 0;
	left = daemon_left(vif->d, vif->cookie);
	if (left)
		return take_up(vif, left);
	err = create(vif, &nr);
	if (err)
		return err;
	err = vif_load(vif, nr, true);
	if (err) {
		vif->d->ops->vif_destroy(vif->d->platform, nr);
		return err;
	}
	daemon_number(vif->d, vif, nr);
	vif->epoch = daemon_epoch(vif->d);
	*fresh = true;
	return 0;
}

static void no_number(struct vif *vif)
{
	daemon_number(vif->d, vif, SVNIC_VIF_NONE);
	vif->queues = 0;
	vif->pages_end = 0;
}

static void give_number(struct vif *vif)
{
	struct daemon *d = vif->d;
	int err;

	if (vif->nr == SVNIC_VIF_NONE)
		return;
	capture_end(d, vif->nr);
	err = d->ops->vif_destroy(d->platform, vif->nr);
	if (err)
		log_warnx("vif", "%s: the card kept VIF %u: %s", vif->name,
			  vif->nr, text_result(err));
	no_number(vif);
	/* Somebody may have waited for it, or for its address. */
	daemon_retry(d);
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
	give_number(vif);
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
	err = take_number(vif, &fresh);
	if (err) {
		refusal(vif, err, why);
		return no_offer(vif, why);
	}
	if (fresh && vif->direct)
		withdraw_direct(vif);
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
		vif_reason(vif, why);
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
	err = take_number(vif, &fresh);
	if (err) {
		refusal(vif, err, why);
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

enum vif_event hold_late(struct vif *vif)
{
	if (vif->direct || vif->nr == SVNIC_VIF_NONE)
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
	give_number(vif);
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
		give_number(vif);
	else
		no_number(vif);
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
