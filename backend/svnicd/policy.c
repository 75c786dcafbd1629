/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the limits of a VIF; see policy.h.  Nothing is kept here: a changed
 * configuration or a renamed guest counts as soon as somebody asks again.
 */
#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <svnic/order.h>

#include "daemon.h"
#include "text.h"
#include "vif.h"

#define KILO	 1000u
#define INCOMING "--incoming" /* xl's name of a domain that migrates */

static const char *const from_texts[] = {
	[POLICY_DEFAULTS] = "defaults",
	[POLICY_CLASS] = "class",
	[POLICY_VIF] = "vif",
};

const char *policy_from_text(enum policy_from from)
{
	return from_texts[from];
}

/* By the name of its domain or tenant, or by its address. */
static const struct class *of_guest(const struct vif *vif)
{
	const struct daemon *d = vif->d;
	char name[CONFIG_GUEST];
	char *end;

	/* A name may cost a question to XenStore. */
	if (!d->config.nr_guests)
		return NULL;
	snprintf(name, sizeof(name), "%s",
		 d->ops->tenant_name(d->platform, vif->tenant));
	end = strstr(name, INCOMING);
	if (end && strcmp(end, INCOMING) == 0)
		*end = '\0';
	return config_guest_class(&d->config, name, vif->config.mac);
}

static const struct class *of_network(const struct vif *vif)
{
	const struct config *config = &vif->d->config;
	const struct network *n;
	char name[sizeof(vif->network)];

	snprintf(name, sizeof(name), "%s", vif->network);
	name[strcspn(name, ".")] = '\0';
	n = config_network(config, name);
	return n && n->class[0] ? config_class(config, n->class) : NULL;
}

static void find_class(const struct vif *vif, const struct limits_own *own,
		       struct policy *policy)
{
	const struct config *config = &vif->d->config;

	policy->class_from = "vif";
	policy->class = own->class[0] ? config_class(config, own->class) : NULL;
	policy->unknown = own->class[0] && !policy->class ? own->class : NULL;
	if (policy->class)
		return;
	policy->class_from = "guest";
	policy->class = of_guest(vif);
	if (policy->class)
		return;
	policy->class_from = "network";
	policy->class = of_network(vif);
	if (policy->class)
		return;
	policy->class_from = "";
	if (!config->class[0])
		return;
	policy->class_from = "defaults";
	policy->class = config_class(config, config->class);
}

void policy_find(const struct vif *vif, const struct limits_own *own,
		 struct policy *policy)
{
	const struct limits *from[] = {
		[POLICY_DEFAULTS] = &vif->d->config.limits,
		[POLICY_CLASS] = NULL,
		[POLICY_VIF] = &own->limits,
	};
	unsigned int i;
	enum policy_from f;

	find_class(vif, own, policy);
	if (policy->class)
		from[POLICY_CLASS] = &policy->class->limits;
	for (i = 0; i < LIMIT_NR; i++) {
		for (f = POLICY_VIF; f > POLICY_DEFAULTS; f--)
			if (from[f] && limit_has(from[f], i))
				break;
		policy->from[i] = f;
		policy->limits.value[i] = from[f]->value[i];
		if (i == LIMIT_RATE)
			policy->limits.burst = from[f]->burst;
	}
	policy->limits.given = (1u << LIMIT_NR) - 1;
}

/* Does it have its place on the card, or will it have it again? */
static bool is_to_be_kept(const struct vif *vif)
{
	return vif->nr != SVNIC_VIF_NONE || vif->state == VIF_BARE ||
	       vif->state == VIF_ADRIFT || vif->state == VIF_LOST;
}

/* As while a guest is restored or migrated to this host. */
static bool is_same_guest(const struct vif *a, const struct vif *b)
{
	return a->config.vlan == b->config.vlan &&
	       memcmp(a->config.mac, b->config.mac, 6) == 0;
}

/*
 * Octets a second that others on its port were promised, in whatever networks
 * they are.
 */
static uint64_t promised(const struct vif *vif)
{
	const struct vif *other;
	uint64_t sum = 0;

	TAILQ_FOREACH(other, &vif->d->vifs, link)
	{
		if (other != vif && is_to_be_kept(other) &&
		    other->config.segment == vif->config.segment &&
		    !is_same_guest(other, vif))
			sum += svnic_cpu32(other->config.min_rate);
	}
	return sum * KILO;
}

static int check_speed(const struct vif *vif, uint64_t min_rate, char *why)
{
	const struct daemon *d = vif->d;
	unsigned int segment = svnic_cpu16(vif->config.segment);
	uint64_t speed = config_speed(&d->config, segment);
	uint64_t others = speed && min_rate ? promised(vif) : 0;
	char a[TEXT_SPEED], b[TEXT_SPEED], c[TEXT_SPEED];
	char and_others[TEXT_SPEED + 42] = " is";

	if (!speed || !min_rate || min_rate + others <= speed)
		return 0;
	text_speed_print(min_rate, a);
	text_speed_print(others, b);
	text_speed_print(speed, c);
	if (others)
		snprintf(and_others, sizeof(and_others),
			 " and the %s that others are guaranteed are", b);
	snprintf(
		why, PLATFORM_REASON,
		"min_rate %s%s more than the %s of %s %u, which network \"%s\" is on",
		a, and_others, c, segment < d->card.ports ? "port" : "segment",
		segment, vif->network);
	return -ENOSPC;
}

int policy_check(const struct vif *vif, const struct policy *policy, char *why)
{
	uint64_t rate = policy->limits.value[LIMIT_RATE];
	uint64_t min_rate = policy->limits.value[LIMIT_MIN_RATE];
	char a[TEXT_SPEED], b[TEXT_SPEED];
	char known[PLATFORM_REASON / 2];

	if (policy->unknown) {
		config_class_names(&vif->d->config, known, sizeof(known));
		snprintf(
			why, PLATFORM_REASON,
			"class \"%s\" is not in the configuration, which has: %s",
			policy->unknown, known[0] ? known : "none");
		return -EINVAL;
	}
	if (rate && min_rate > rate) {
		text_speed_print(min_rate, a);
		text_speed_print(rate, b);
		snprintf(why, PLATFORM_REASON,
			 "min_rate %s is more than rate %s", a, b);
		return -EINVAL;
	}
	return check_speed(vif, min_rate, why);
}
