/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VIF's number on the card; see number.h.  Called by hold.c, as long as there
 * is a card.
 */
#include "number.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <svnic/order.h>

#include "capture.h"
#include "daemon.h"

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

void number_refusal(const struct vif *vif, int err, char *why)
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

/* Its number from before, with the configuration of now. */
static int take_up(struct vif *vif, struct platform_vif *left)
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
	/* It may go, and its number to another, before all is taken up. */
	left->cookie = 0;
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

int number_take(struct vif *vif, bool *fresh)
{
	struct platform_vif *left;
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

void number_drop(struct vif *vif)
{
	daemon_number(vif->d, vif, SVNIC_VIF_NONE);
	vif->queues = 0;
	vif->pages_end = 0;
}

void number_give(struct vif *vif)
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
	number_drop(vif);
	/* Somebody may have waited for it, or for its address. */
	daemon_retry(d);
}
