/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each command of the control socket does.  A request is an object of
 * unknown shape until it was checked here.
 */
#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <svnic/control.h>
#include <svnic/order.h>

#include "capture.h"
#include "daemon.h"
#include "hold.h"
#include "report.h"
#include "request.h"
#include "vif.h"

#define SNAPLEN_MIN 14
#define SNAPLEN_MAX 262144

struct command {
	struct daemon *d;
	json_t *args;
	struct bufferevent *client;
	struct capture **capture;
	char text[2][24]; /* numbers of the arguments, as text */
};

#define AS_CODE(name, text) static const char code_##name[] = text;
SVNIC_CONTROL_ERRORS(AS_CODE)

json_t *command_error(const char *code, const char *message, const char *hint)
{
	json_t *text = json_string(message);
	json_t *e = json_object();
	json_t *o = json_object();

	json_object_set_new(e, "code", json_string(code));
	json_object_set_new(e, "message", text ? text : json_string("?"));
	if (hint)
		json_object_set_new(e, "hint", json_string(hint));
	json_object_set_new(o, "error", e);
	return o;
}

__attribute__((format(printf, 3, 4))) static json_t *
fail(const char *code, const char *hint, const char *fmt, ...)
{
	char message[PLATFORM_REASON + 128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return command_error(code, message, hint);
}

static json_t *success(json_t *result)
{
	json_t *o;

	if (!result)
		return fail(code_internal, NULL, "no memory");
	o = json_object();
	json_object_set_new(o, "result", result);
	return o;
}

static json_t *no_card(const struct daemon *d)
{
	return fail(code_no_card, "svnicd takes it as soon as it comes", "%s",
		    d->no_card);
}

/* A card function's result. */
static json_t *refused(const struct command *c, const char *what, int err)
{
	const char *code = code_internal;

	if (err == -ENODEV && !c->d->has_card)
		return no_card(c->d);
	if (err == SVNIC_ST_NO_VIFS || err == SVNIC_ST_NO_PAGES ||
	    err == SVNIC_ST_NO_QUEUES || err == -ENOSPC || err == -ENOMEM)
		code = code_no_space;
	else if (err == SVNIC_ST_BAD_FIELD || err == -EINVAL)
		code = code_bad_argument;
	return fail(code, NULL, "%s: %s", what, text_result(err));
}

/* Arguments ------------------------------------------------------------ */

static const char *text_arg(const struct command *c, const char *name)
{
	return json_string_value(json_object_get(c->args, name));
}

/* A string, or an integer as its text in @buffer; NULL when not given. */
static const char *number_arg(struct command *c, const char *name,
			      char buffer[24])
{
	json_t *v = json_object_get(c->args, name);

	if (!json_is_integer(v))
		return json_string_value(v);
	snprintf(buffer, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	return buffer;
}

static struct vif *vif_arg(const struct command *c, json_t **error)
{
	const char *name = text_arg(c, "vif");
	struct vif *vif = name ? daemon_find(c->d, name) : NULL;

	if (!name)
		*error = fail(code_bad_request, NULL,
			      "the argument \"vif\" is missing");
	else if (!vif)
		*error = fail(code_not_found, "svnic-admin list shows all",
			      "no vif \"%.64s\"", name);
	return vif;
}

/* Commands ------------------------------------------------------------- */

static json_t *run_device(struct command *c)
{
	struct daemon *d = c->d;
	struct platform_card card;
	int err;

	if (!d->has_card)
		return no_card(d);
	err = d->ops->card_info(d->platform, &card);
	if (err)
		return refused(c, "the card does not answer", err);
	d->card = card;
	return success(report_card(d));
}

static json_t *run_list(struct command *c)
{
	json_t *a = json_array();
	struct vif *vif;

	/* A detached one is gone for all but the toolstack's directory. */
	TAILQ_FOREACH(vif, &c->d->vifs, link)
	{
		if (vif->state != VIF_DETACHED)
			json_array_append_new(a, report_vif(vif, false));
	}
	return success(a);
}

static json_t *run_show(struct command *c)
{
	json_t *error;
	struct vif *vif = vif_arg(c, &error);

	return vif ? success(report_vif(vif, true)) : error;
}

static json_t *run_stats(struct command *c)
{
	struct svnic_vif_info info;
	json_t *error;
	json_t *o;
	struct vif *vif = vif_arg(c, &error);
	int err;

	if (!vif)
		return error;
	if (vif->nr == SVNIC_VIF_NONE)
		return fail(code_no_card, NULL, "vif %s is not on the card: %s",
			    vif->name,
			    vif->reason[0] ? vif->reason
					   : vif_state_text(vif->state));
	err = c->d->ops->vif_query(c->d->platform, vif->nr, &info);
	if (err)
		return refused(c, "its counters were not read", err);
	o = report_stats(&info.stats);
	if (vif->netif)
		report_netif_stats(vif, o);
	return success(o);
}

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

/* What vif_came() found wrong is a refusal here, and leaves nothing. */
static json_t *created(struct command *c, const char *name)
{
	struct vif *vif = daemon_find(c->d, name);
	json_t *error;

	if (!vif)
		return fail(code_internal, NULL, "vif \"%s\" went at once",
			    name);
	if (vif->state != VIF_REFUSED)
		return success(report_vif(vif, true));
	error = fail(c->d->has_card ? code_bad_argument : code_no_card, NULL,
		     "%s", vif->reason);
	vif_destroy(vif);
	return error;
}

static json_t *run_create(struct command *c)
{
	struct daemon *d = c->d;
	const char *name = text_arg(c, "name");
	char why[PLATFORM_REASON] = "";
	char mac[TEXT_MAC];
	struct svnic_vif_config config;
	struct platform_request r = {
		.cookie = daemon_cookie(d),
		.name = name,
		.mac = text_arg(c, "mac"),
		.network = text_arg(c, "network"),
		.mtu = number_arg(c, "mtu", c->text[0]),
		.rate = number_arg(c, "rate", c->text[1]),
		.state = PEER_INITIALISING,
	};
	int err;

	if (!d->ops->tenant_create)
		return fail(
			code_not_here,
			"use xl network-attach with script=vif-svnic",
			"on this platform VIFs are created by the toolstack");
	if (!name || !is_name(name))
		return fail(
			code_bad_argument, NULL,
			"name \"%.64s\" is not 1 to %d letters, digits, '-' and '_'",
			name ? name : "", VIF_NAME - 1);
	if (daemon_find(d, name))
		return fail(code_exists, "choose another name",
			    "vif \"%s\" exists", name);
	if (!d->has_card)
		return no_card(d);
	make_mac(name, mac);
	if (!r.mac)
		r.mac = mac;
	if (request_parse(&d->config, &r, &config, why))
		return fail(code_bad_argument, NULL, "%s", why);
	err = d->ops->tenant_create(d->platform, &r, why);
	if (err)
		return fail(code_internal, NULL, "vif \"%s\": %s", name,
			    *why ? why : text_result(err));
	return created(c, name);
}

static json_t *run_destroy(struct command *c)
{
	json_t *error;
	json_t *o;
	struct vif *vif = vif_arg(c, &error);

	if (!vif)
		return error;
	if (!c->d->ops->tenant_create)
		return fail(
			code_not_here, "use xl network-detach",
			"on this platform VIFs are removed by the toolstack");
	o = json_object();
	json_object_set_new(o, "vif", json_string(vif->name));
	vif_destroy(vif);
	return success(o);
}

/* So that a restarted daemon finds it. */
static void keep(struct vif *vif, const char *key, const char *value)
{
	if (value)
		vif->d->ops->tenant_key(vif->d->platform, vif->tenant, key,
					value);
}

/* XenStore's form: so much in so long, of which the burst is the first. */
static void keep_rate(struct vif *vif)
{
	uint64_t rate = svnic_cpu64(vif->config.rate);
	uint64_t octets = svnic_cpu32(vif->config.burst);
	uint64_t us = rate ? octets * 1000000u / rate : 0;
	char text[48] = "0";

	/* Octets stay below 2^32, so nothing above has wrapped. */
	if (us > UINT32_MAX) {
		octets = rate;
		us = 1000000;
	}
	if (us)
		snprintf(text, sizeof(text), "%" PRIu64 ",%" PRIu64, octets,
			 us);
	keep(vif, "rate", text);
}

/* A guest whose driver has no netif would be cut off. */
static json_t *set_path(struct vif *vif, const char *path)
{
	bool netif = strcmp(path, PLATFORM_NETIF) == 0;

	if (!netif && strcmp(path, "direct") != 0)
		return fail(code_bad_argument, NULL,
			    "path \"%.32s\" is neither direct nor netif", path);
	if (!vif->d->ops->tenant_keys)
		return fail(code_not_here, NULL,
			    "on this platform there is no netif path");
	if (netif && vif->state == VIF_CONNECTED && !vif->netif)
		return fail(code_bad_argument,
			    "load a newer svnic_front in the guest",
			    "the driver of vif %s has no netif rings",
			    vif->name);
	hold_allow(vif, !netif);
	return NULL;
}

static json_t *run_set(struct command *c)
{
	const struct config *config = &c->d->config;
	char why[PLATFORM_REASON];
	json_t *error;
	struct vif *vif = vif_arg(c, &error);
	const char *mtu = number_arg(c, "mtu", c->text[0]);
	const char *rate = number_arg(c, "rate", c->text[1]);
	json_t *enabled = json_object_get(c->args, "enabled");
	const char *path = text_arg(c, "path");
	struct svnic_vif_config fresh;
	uint32_t flags;
	int err;

	if (!vif)
		return error;
	error = path ? set_path(vif, path) : NULL;
	if (error)
		return error;
	fresh = vif->config;
	if ((mtu && request_mtu(config, mtu, &fresh, why)) ||
	    (rate && request_rate(config, rate, &fresh, why)))
		return fail(code_bad_argument, NULL, "%s", why);
	flags = svnic_cpu32(fresh.flags);
	if (json_is_true(enabled))
		flags &= ~SVNIC_VIF_DISABLED;
	else if (enabled)
		flags |= SVNIC_VIF_DISABLED;
	fresh.flags = svnic_le32(flags);
	err = vif_configure(vif, &fresh);
	if (err)
		return refused(c, "the card did not change it", err);
	keep(vif, "mtu", mtu);
	if (rate)
		keep_rate(vif);
	return success(report_vif(vif, true));
}

static json_t *run_capture(struct command *c)
{
	json_int_t snaplen = SNAPLEN_MAX;
	json_t *given = json_object_get(c->args, "snaplen");
	json_t *error;
	json_t *o;
	struct vif *vif = vif_arg(c, &error);
	int err;

	if (!vif)
		return error;
	if (given)
		snaplen = json_integer_value(given);
	if (snaplen < SNAPLEN_MIN || snaplen > SNAPLEN_MAX)
		return fail(code_bad_argument, NULL,
			    "snaplen %" JSON_INTEGER_FORMAT
			    " is not from %d to %d",
			    snaplen, SNAPLEN_MIN, SNAPLEN_MAX);
	if (!c->d->has_card || vif->nr == SVNIC_VIF_NONE)
		return fail(code_no_card, NULL, "vif %s is not on the card",
			    vif->name);
	err = capture_create(c->d, vif, (uint32_t)snaplen, c->client,
			     c->capture);
	if (err)
		return refused(c, "no monitor was started", err);
	o = json_object();
	json_object_set_new(o, "vif", json_string(vif->name));
	json_object_set_new(o, "snaplen", json_integer(snaplen));
	json_object_set_new(o, "monitor",
			    json_integer(capture_nr(*c->capture)));
	return success(o);
}

/* The table -------------------------------------------------------------- */

struct entry {
	const char *name;
	const char *args;
	json_t *(*run)(struct command *c);
};

#define AS_ENTRY(name, args, text) { #name, args, run_##name },
static const struct entry entries[] = { SVNIC_CONTROL_COMMANDS(AS_ENTRY) };

static const struct {
	const char *name;
	bool text, number, truth; /* the types that it may have */
} arg_types[] = {
	{ "vif", true, false, false },	   { "name", true, false, false },
	{ "network", true, false, false }, { "mac", true, false, false },
	{ "mtu", true, true, false },	   { "rate", true, true, false },
	{ "enabled", false, false, true }, { "snaplen", false, true, false },
	{ "path", true, false, false },
};

static const struct entry *find_entry(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		if (strcmp(entries[i].name, name) == 0)
			return &entries[i];
	return NULL;
}

/* Is @word one of the words of @list? */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *p;

	for (p = list; len && (p = strstr(p, word)); p += len)
		if ((p == list || p[-1] == ' ') &&
		    (p[len] == ' ' || p[len] == '\0'))
			return true;
	return false;
}

static bool is_typed(const char *name, const json_t *v)
{
	unsigned int i;

	for (i = 0; i < sizeof(arg_types) / sizeof(arg_types[0]); i++)
		if (strcmp(arg_types[i].name, name) == 0)
			return (arg_types[i].text && json_is_string(v)) ||
			       (arg_types[i].number && json_is_integer(v)) ||
			       (arg_types[i].truth && json_is_boolean(v));
	return false;
}

static json_t *check_args(const struct entry *e, json_t *args)
{
	const char *name;
	json_t *v;

	if (args && !json_is_object(args))
		return fail(code_bad_request, NULL,
			    "\"arguments\" is not an object");
	json_object_foreach(args, name, v)
	{
		if (!has_word(e->args, name))
			return fail(code_bad_request, NULL,
				    "%s has no argument \"%.64s\"; it has: %s",
				    e->name, name, *e->args ? e->args : "none");
		if (!is_typed(name, v))
			return fail(code_bad_request, NULL,
				    "the argument \"%s\" has the wrong type",
				    name);
	}
	return NULL;
}

json_t *command_run(struct daemon *d, json_t *request,
		    struct bufferevent *client, struct capture **capture)
{
	const char *name =
		json_string_value(json_object_get(request, "command"));
	struct command c = {
		.d = d,
		.args = json_object_get(request, "arguments"),
		.client = client,
		.capture = capture,
	};
	const struct entry *e = name ? find_entry(name) : NULL;
	json_t *error;

	if (!name)
		return fail(code_bad_request, NULL,
			    "the request is no object with a \"command\"");
	if (!e)
		return fail(code_bad_request,
			    "svnic-admin --help lists the commands",
			    "no command \"%.64s\"", name);
	error = check_args(e, c.args);
	return error ? error : e->run(&c);
}
