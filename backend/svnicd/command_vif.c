/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands that make, change and remove a VIF.  What an administrator sets
 * is checked here once more than what a toolstack wrote: a limit that cannot be
 * kept is refused instead of warned about.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <svnic/order.h>

#include "command_priv.h"
#include "daemon.h"
#include "hold.h"
#include "policy.h"
#include "report.h"
#include "request.h"
#include "source.h"
#include "vif.h"

static bool is_name(const char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return len > 0 && len < VIF_NAME && s[len] == '\0';
}

/* Locally administered, from the name (FNV-1a): the same every time. */
static void make_mac(const char *name, char mac[TEXT_MAC])
{
	uint64_t h = 0xcbf29ce484222325u;
	uint8_t octets[6];
	unsigned int i;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 0x100000001b3u;
	for (i = 0; i < 6; i++)
		octets[i] = (uint8_t)(h >> 8 * i);
	octets[0] = (uint8_t)((octets[0] & 0xfc) | 2);
	text_mac_print(octets, mac);
}

/* How many limits were given, which are added to @own; -EINVAL, and why. */
static int limit_args(struct command *c, struct limits_own *own, char *why)
{
	static const char *const names[] = { "rate", "rx_rate", "min_rate",
					     "storm", "class" };
	const char *text;
	unsigned int i;
	int nr = 0;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		text = command_number(c, names[i]);
		if (!text)
			continue;
		if (limit_own_set(own, names[i], text, why))
			return -EINVAL;
		nr++;
	}
	return nr;
}

/* What vif_came() found wrong is a refusal here, and leaves nothing. */
static json_t *created(struct command *c, const char *name)
{
	struct vif *vif = daemon_find(c->d, name);
	const char *code = code_bad_argument;
	char why[PLATFORM_REASON];
	struct policy policy;
	json_t *error;
	int err = 0;

	if (!vif)
		return command_fail(code_internal, NULL,
				    "vif \"%s\" went at once", name);
	policy_find(vif, &vif->own, &policy);
	if (vif->state != VIF_REFUSED)
		err = policy_check(vif, &policy, why);
	if (vif->state != VIF_REFUSED && !err)
		return command_success(report_vif(vif, true));
	if (!c->d->has_card)
		code = code_no_card;
	else if (err == -ENOSPC)
		code = code_no_space;
	error = command_fail(code, NULL, "%s", err ? why : vif->reason);
	vif_destroy(vif);
	return error;
}

static json_t *create(struct command *c, struct platform_request *r)
{
	struct daemon *d = c->d;
	char why[PLATFORM_REASON] = "";
	struct svnic_vif_config config;
	int err;

	if (request_parse(&d->config, r, &config, why))
		return command_fail(code_bad_argument, NULL, "%s", why);
	err = d->ops->tenant_create(d->platform, r, why);
	if (err)
		return command_fail(code_internal, NULL, "vif \"%s\": %s",
				    r->name, *why ? why : text_result(err));
	return created(c, r->name);
}

static json_t *check_name(const struct daemon *d, const char *name)
{
	if (!name || !is_name(name))
		return command_fail(
			code_bad_argument, NULL,
			"name \"%.64s\" is not 1 to %d letters, digits, '-' and '_'",
			name ? name : "", VIF_NAME - 1);
	if (daemon_find((struct daemon *)d, name))
		return command_fail(code_exists, "choose another name",
				    "vif \"%s\" exists", name);
	return d->has_card ? NULL : command_no_card(d);
}

json_t *run_create(struct command *c)
{
	struct daemon *d = c->d;
	struct limits_own own = { .class = "" };
	struct svnic_source source;
	char words[LIMITS_WORDS], rate[LIMITS_WORDS];
	char why[PLATFORM_REASON] = "";
	char mac[TEXT_MAC];
	struct platform_request r = {
		.name = command_text(c, "name"),
		.mac = command_text(c, "mac"),
		.network = command_text(c, "network"),
		.mtu = command_number(c, "mtu"),
		.ip = command_text(c, SOURCE_KEY),
		.state = PEER_INITIALISING,
	};
	json_t *error;

	if (!d->ops->tenant_create)
		return command_fail(
			code_not_here,
			"use xl network-attach with script=vif-svnic",
			"on this platform VIFs are created by the toolstack");
	error = check_name(d, r.name);
	if (error)
		return error;
	if (limit_args(c, &own, why) < 0 || source_read(r.ip, &source, why))
		return command_fail(code_bad_argument, NULL, "%s", why);
	limit_own_words(&own, words);
	limit_own_rate(&own, rate);
	r.limits = *words ? words : NULL;
	r.rate = *rate ? rate : NULL;
	make_mac(r.name, mac);
	if (!r.mac)
		r.mac = mac;
	r.cookie = daemon_cookie(d);
	return create(c, &r);
}

json_t *run_destroy(struct command *c)
{
	json_t *error;
	json_t *o;
	struct vif *vif = command_vif(c, &error);

	if (!vif)
		return error;
	if (!c->d->ops->tenant_create)
		return command_fail(
			code_not_here, "use xl network-detach",
			"on this platform VIFs are removed by the toolstack");
	o = json_object();
	json_object_set_new(o, "vif", json_string(vif->name));
	vif_destroy(vif);
	return command_success(o);
}

/* So that a restarted daemon finds it; "" takes it away. */
static void keep(struct vif *vif, const char *key, const char *value)
{
	vif->d->ops->tenant_key(vif->d->platform, vif->tenant, key,
				*value ? value : NULL);
}

static void keep_limits(struct vif *vif, const struct limits_own *old)
{
	char text[LIMITS_WORDS];
	char was[LIMITS_WORDS];

	limit_own_words(old, was);
	limit_own_words(&vif->own, text);
	if (strcmp(text, was) != 0)
		keep(vif, PLATFORM_LIMITS, text);
	limit_own_rate(old, was);
	limit_own_rate(&vif->own, text);
	if (strcmp(text, was) != 0)
		keep(vif, "rate", text);
}

/* A guest whose driver has no netif would be cut off. */
static json_t *set_path(struct vif *vif, const char *path)
{
	bool netif = strcmp(path, PLATFORM_NETIF) == 0;

	if (!netif && strcmp(path, "direct") != 0)
		return command_fail(
			code_bad_argument, NULL,
			"path \"%.32s\" is neither direct nor netif", path);
	if (!vif->d->ops->tenant_keys)
		return command_fail(code_not_here, NULL,
				    "on this platform there is no netif path");
	if (netif && vif->state == VIF_CONNECTED && !vif->netif)
		return command_fail(code_bad_argument,
				    "load a newer svnic_front in the guest",
				    "the driver of vif %s has no netif rings",
				    vif->name);
	hold_allow(vif, !netif);
	return NULL;
}

/* What cannot be kept already may be changed, as long as it is not more. */
static bool is_no_worse(const struct vif *vif, const struct limits_own *own,
			const struct policy *policy)
{
	char why[PLATFORM_REASON];
	struct policy now;

	policy_find(vif, &vif->own, &now);
	return policy_check(vif, &now, why) &&
	       strcmp(own->class, vif->own.class) == 0 &&
	       policy->limits.value[LIMIT_MIN_RATE] <=
		       now.limits.value[LIMIT_MIN_RATE];
}

/* What @own would make of it must be possible, or all stays as it is. */
static json_t *check_limits(const struct vif *vif, const struct limits_own *own)
{
	char why[PLATFORM_REASON];
	struct policy policy;
	int err;

	policy_find(vif, own, &policy);
	err = policy_check(vif, &policy, why);
	if (!err || is_no_worse(vif, own, &policy))
		return NULL;
	return command_fail(err == -ENOSPC ? code_no_space : code_bad_argument,
			    NULL, "%s", why);
}

static void set_enabled(json_t *enabled, struct svnic_vif_config *config)
{
	uint32_t flags = svnic_cpu32(config->flags);

	if (json_is_true(enabled))
		flags &= ~SVNIC_VIF_DISABLED;
	else if (enabled)
		flags |= SVNIC_VIF_DISABLED;
	config->flags = svnic_le32(flags);
}

json_t *run_set(struct command *c)
{
	char why[PLATFORM_REASON];
	json_t *error;
	struct vif *vif = command_vif(c, &error);
	const char *mtu = command_number(c, "mtu");
	const char *path = command_text(c, "path");
	const char *ip = command_text(c, SOURCE_KEY);
	struct svnic_vif_config fresh;
	struct svnic_source source;
	struct limits_own own, old;
	int nr_limits;
	int err;

	if (!vif)
		return error;
	fresh = vif->config;
	own = old = vif->own;
	nr_limits = limit_args(c, &own, why);
	if (nr_limits < 0 ||
	    (mtu && request_mtu(&c->d->config, mtu, &fresh, why)) ||
	    (ip && source_read(ip, &source, why)))
		return command_fail(code_bad_argument, NULL, "%s", why);
	error = nr_limits ? check_limits(vif, &own) : NULL;
	if (!error && path)
		error = set_path(vif, path);
	if (error)
		return error;
	set_enabled(json_object_get(c->args, "enabled"), &fresh);
	err = vif_limit(vif, &own, &fresh);
	if (!err && ip)
		err = vif_source(vif, &source);
	if (err)
		return command_refused(c, "the card did not change it", err);
	if (mtu)
		keep(vif, "mtu", mtu);
	if (nr_limits)
		keep_limits(vif, &old);
	if (ip)
		vif_source_keep(vif);
	return command_success(report_vif(vif, true));
}
