/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a VIF is configured to: from what was said of it to what the card has.
 * A card that is not there is told when it comes (hold.c).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <svnic/order.h>

#include "daemon.h"
#include "policy.h"
#include "request.h"
#include "source.h"
#include "vif.h"

int vif_configure(struct vif *vif, const struct svnic_vif_config *config)
{
	struct daemon *d = vif->d;
	int err = 0;

	if (memcmp(config, &vif->config, sizeof(*config)) == 0)
		return 0;
	if (vif->nr != SVNIC_VIF_NONE)
		err = d->ops->vif_set(d->platform, vif->nr, config);
	if (!err)
		vif->config = *config;
	return err;
}

int vif_source(struct vif *vif, const struct svnic_source *list)
{
	struct daemon *d = vif->d;
	int err = 0;

	if (memcmp(list, &vif->source, sizeof(*list)) == 0)
		return 0;
	if (vif->nr != SVNIC_VIF_NONE)
		err = d->ops->source_set(d->platform, vif->nr, list);
	if (!err)
		vif->source = *list;
	return err;
}

int vif_groups(struct vif *vif, const struct svnic_groups *list)
{
	struct daemon *d = vif->d;
	int err = d->ops->groups_set(d->platform, vif->nr, list);

	if (!err)
		vif->grouped = !list->all;
	return err;
}

void vif_groups_all(struct vif *vif)
{
	static const struct svnic_groups all = { .all = 1 };

	if (vif->grouped && vif->nr != SVNIC_VIF_NONE)
		vif_groups(vif, &all);
}

int vif_load(struct vif *vif, unsigned int nr, bool fresh)
{
	struct daemon *d = vif->d;

	/* What the guest told an earlier daemon holds as long as it stays. */
	vif->grouped = !fresh;
	if (fresh && !vif->source.nr)
		return 0;
	return d->ops->source_set(d->platform, nr, &vif->source);
}

void vif_source_keep(struct vif *vif)
{
	struct daemon *d = vif->d;
	char words[SOURCE_WORDS];

	source_words(&vif->source, words);
	d->ops->tenant_key(d->platform, vif->tenant, SOURCE_KEY,
			   words[0] ? words : NULL);
}

/* One that cannot be kept holds all the same, as far as the card can. */
static void settle(struct vif *vif, const struct limits_own *own,
		   struct svnic_vif_config *config)
{
	struct policy policy;
	char why[PLATFORM_REASON];

	policy_find(vif, own, &policy);
	limit_fill(&policy.limits, config);
	if (policy_check(vif, &policy, why) && log_allowed(&vif->limit, "vif"))
		log_warnx("vif", "%s: %s", vif->name, why);
}

int vif_request(struct vif *vif, const struct platform_request *request,
		char *why)
{
	struct svnic_vif_config config;
	int err = request_parse(&vif->d->config, request, &config, why);

	if (!err)
		err = limit_own_read(request->rate, request->limits, &vif->own,
				     why);
	if (!err)
		err = source_read(request->ip, &vif->source, why);
	if (err)
		return err;
	/* Which limits hold depends on address and network. */
	vif->config = config;
	settle(vif, &vif->own, &vif->config);
	return 0;
}

int vif_limit(struct vif *vif, const struct limits_own *own,
	      struct svnic_vif_config *config)
{
	int err;

	settle(vif, own, config);
	err = vif_configure(vif, config);
	if (!err)
		vif->own = *own;
	return err;
}

static void source_changed(struct vif *vif, const struct svnic_source *list)
{
	bool same = memcmp(list, &vif->source, sizeof(*list)) == 0;
	char words[SOURCE_WORDS];
	int err = vif_source(vif, list);

	source_words(&vif->source, words);
	if (err)
		log_warnx("vif", "%s: its addresses were not changed: %s",
			  vif->name, text_result(err));
	else if (!same)
		log_info("vif", "%s: may send as %s", vif->name,
			 words[0] ? words : "anybody");
}

static void log_change(const struct vif *vif, const struct svnic_vif_config *c)
{
	char rate[32], rx[32], min[32];

	limit_print(LIMIT_RATE, svnic_cpu64(c->rate), rate);
	limit_print(LIMIT_RX_RATE, svnic_cpu32(c->rx_rate) * UINT64_C(1000),
		    rx);
	limit_print(LIMIT_MIN_RATE, svnic_cpu32(c->min_rate) * UINT64_C(1000),
		    min);
	log_info("vif",
		 "%s: mtu %u, rate %s, rx_rate %s, min_rate %s, storm %u/s",
		 vif->name, svnic_cpu16(c->mtu), rate, rx, min,
		 svnic_cpu16(c->storm));
}

static void changed(struct vif *vif, const struct limits_own *own,
		    struct svnic_vif_config *fresh)
{
	struct svnic_vif_config old = vif->config;
	int err = vif_limit(vif, own, fresh);

	if (err)
		log_warnx("vif", "%s: mtu or limits were not changed: %s",
			  vif->name, text_result(err));
	else if (memcmp(&old, fresh, sizeof(old)) != 0)
		log_change(vif, fresh);
}

void vif_change(struct vif *vif, const struct platform_request *request)
{
	struct svnic_vif_config fresh = vif->config;
	struct svnic_source source;
	struct limits_own own;
	char why[PLATFORM_REASON];

	if (request_mtu(&vif->d->config, request->mtu, &fresh, why) ||
	    limit_own_read(request->rate, request->limits, &own, why) ||
	    source_read(request->ip, &source, why)) {
		snprintf(vif->note, sizeof(vif->note), "%s", why);
		if (log_allowed(&vif->limit, "vif"))
			log_warnx("vif", "%s: %s; the last value stays",
				  vif->name, why);
		return;
	}
	vif->note[0] = '\0';
	changed(vif, &own, &fresh);
	source_changed(vif, &source);
}

static bool is_network_known(const struct vif *vif)
{
	char name[sizeof(vif->network)];

	snprintf(name, sizeof(name), "%s", vif->network);
	name[strcspn(name, ".")] = '\0';
	return config_network(&vif->d->config, name) != NULL;
}

void vif_reconfigure(struct vif *vif)
{
	struct svnic_vif_config fresh = vif->config;
	struct limits_own own = vif->own;

	if (vif->state == VIF_REFUSED || vif->state == VIF_DETACHED)
		return;
	if (!is_network_known(vif))
		log_warnx(
			"vif",
			"%s: network \"%s\" is not in the configuration any longer: it will be refused when svnicd or the guest is started again",
			vif->name, vif->network);
	changed(vif, &own, &fresh);
}
