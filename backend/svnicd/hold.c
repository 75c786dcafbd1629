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
	TAILQ_FOREACH(other, &d->vifs, link)
	{
		if (other != vif && other->nr != SVNIC_VIF_NONE &&
		    other->config.segment == vif->config.segment &&
		    other->config.vlan == vif->config.vlan &&
		    memcmp(other->config.mac, vif->config.mac, 6) == 0)
			break;
	}
	snprintf(why, PLATFORM_REASON,
		 "mac %s is in use on network \"%s\" by %s%s; choose another",
		 mac, vif->network, other ? "vif " : "the host or the wire",
		 other ? other->name : "");
}

/* Its number from before, with the configuration of now. */
static int take_up(struct vif *vif, const struct platform_vif *left)
{
	struct daemon *d = vif->d;
	struct svnic_vif_info info;
	int err = d->ops->vif_query(d->platform, left->nr, &info);

	if (err)
		return err;
	vif->config.flags = info.config.flags;
	if (memcmp(&vif->config, &info.config, sizeof(vif->config)) != 0)
		err = d->ops->vif_set(d->platform, left->nr, &vif->config);
	if (err)
		return err;
	vif->nr = left->nr;
	vif->queues = left->queues & ((1u << SVNIC_SLOW_QUEUE) - 1);
	vif->pages_end = left->nr_pages ? SVNIC_SLOW_PAGE : 0;
	return 0;
}

static int take_number(struct vif *vif)
{
	struct daemon *d = vif->d;
	const struct platform_vif *left;
	unsigned int nr;
	int err;

	if (vif->nr != SVNIC_VIF_NONE)
		return 0;
	left = daemon_left(d, vif->cookie);
	if (left)
		return take_up(vif, left);
	err = d->ops->vif_create(d->platform, &vif->config, vif->cookie, &nr);
	if (!err)
		vif->nr = nr;
	return err;
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
	vif->nr = SVNIC_VIF_NONE;
	vif->queues = 0;
	vif->pages_end = 0;
}

/* A new VIF is refused; one that had been offered waits for a card. */
static enum vif_event no_offer(struct vif *vif, const char *why)
{
	give_number(vif);
	vif_reason(vif, why);
	return vif->state == VIF_NEW ? EV_REFUSE : EV_CARD_LOST;
}

enum vif_event hold_offer(struct vif *vif)
{
	struct daemon *d = vif->d;
	char why[PLATFORM_REASON];
	struct platform_offer offer = {
		.features = d->card.features,
		.max_pages = d->config.max_pages,
		.max_queues = d->config.max_queues,
		.mtu = svnic_cpu16(vif->config.mtu),
	};
	int err;

	if (!d->has_card)
		return no_offer(vif, d->no_card);
	err = take_number(vif);
	if (err) {
		refusal(vif, err, why);
		return no_offer(vif, why);
	}
	offer.nr = vif->nr;
	memcpy(offer.mac, vif->config.mac, sizeof(offer.mac));
	err = d->ops->tenant_offer(d->platform, vif->tenant, &offer);
	if (err) {
		snprintf(why, sizeof(why),
			 "the doorbell page could not be given: %s",
			 text_result(err));
		return no_offer(vif, why);
	}
	if (vif->reason[0])
		vif_reason(vif, "");
	return EV_NONE;
}

enum vif_event hold_adopt(struct vif *vif)
{
	struct daemon *d = vif->d;
	const struct platform_vif *left;
	char why[PLATFORM_REASON];
	int err;

	if (vif->nr != SVNIC_VIF_NONE)
		return EV_NONE;
	left = daemon_left(d, vif->cookie);
	if (!left) {
		vif_reason(vif, "the card does not know this VIF any longer");
		return EV_CARD_LOST;
	}
	err = take_up(vif, left);
	if (err) {
		snprintf(why, sizeof(why), "VIF %u was not taken up: %s",
			 left->nr, text_result(err));
		vif_reason(vif, why);
		return EV_CARD_LOST;
	}
	log_info("vif", "%s: taken up as VIF %u", vif->name, vif->nr);
	return vif->peer == PEER_CONNECTED ? hold_connect(vif) : EV_NONE;
}

enum vif_event hold_connect(struct vif *vif)
{
	struct daemon *d = vif->d;
	char why[PLATFORM_REASON] = "the guest cannot be served";

	/* After a restart without the card: it may still come. */
	if (vif->nr == SVNIC_VIF_NONE)
		return d->has_card ? EV_CARD_LOST : EV_NONE;
	if (d->ops->tenant_connect(d->platform, vif->tenant, why)) {
		vif_reason(vif, why);
		return EV_PEER_FAULT;
	}
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

enum vif_event hold_disconnect(struct vif *vif)
{
	struct daemon *d = vif->d;

	d->ops->tenant_disconnect(d->platform, vif->tenant);
	if (vif->nr != SVNIC_VIF_NONE) {
		stop_queues(vif);
		give_pages(vif);
	}
	return EV_NONE;
}

enum vif_event hold_release(struct vif *vif)
{
	struct daemon *d = vif->d;

	hold_disconnect(vif);
	d->ops->tenant_withdraw(d->platform, vif->tenant);
	give_number(vif);
	return EV_NONE;
}

enum vif_event hold_forget(struct vif *vif)
{
	struct daemon *d = vif->d;

	vif->nr = SVNIC_VIF_NONE;
	vif->queues = 0;
	vif->pages_end = 0;
	d->ops->tenant_disconnect(d->platform, vif->tenant);
	d->ops->tenant_withdraw(d->platform, vif->tenant);
	return EV_NONE;
}
