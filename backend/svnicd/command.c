/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each command of the control socket does.  A request is an object of
 * unknown shape until it was checked here.
 */
#include "command_priv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <svnic/order.h>

#include "capture.h"
#include "daemon.h"
#include "report.h"
#include "vif.h"

#define SNAPLEN_MIN 14
#define SNAPLEN_MAX 262144

#define AS_CODE(name, text) const char code_##name[] = text;
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

json_t *command_fail(const char *code, const char *hint, const char *fmt, ...)
{
	char message[PLATFORM_REASON + 128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	/* What it quotes may be cut within a character. */
	text_clean(message);
	return command_error(code, message, hint);
}

json_t *command_success(json_t *result)
{
	json_t *o;

	if (!result)
		return command_fail(code_internal, NULL, "no memory");
	o = json_object();
	json_object_set_new(o, "result", result);
	return o;
}

json_t *command_no_card(const struct daemon *d)
{
	return command_fail(code_no_card, "svnicd takes it as soon as it comes",
			    "%s", d->no_card);
}

/* A card function's result. */
json_t *command_refused(const struct command *c, const char *what, int err)
{
	const char *code = code_internal;

	if (err == -ENODEV && !c->d->has_card)
		return command_no_card(c->d);
	if (err == SVNIC_ST_NO_VIFS || err == SVNIC_ST_NO_PAGES ||
	    err == SVNIC_ST_NO_QUEUES || err == -ENOSPC || err == -ENOMEM)
		code = code_no_space;
	else if (err == SVNIC_ST_BAD_FIELD || err == -EINVAL)
		code = code_bad_argument;
	return command_fail(code, NULL, "%s: %s", what, text_result(err));
}

/* Arguments ------------------------------------------------------------ */

const char *command_text(const struct command *c, const char *name)
{
	return json_string_value(json_object_get(c->args, name));
}

const char *command_number(struct command *c, const char *name)
{
	json_t *v = json_object_get(c->args, name);
	char *text;

	if (!json_is_integer(v))
		return json_string_value(v);
	text = c->text[c->nr_texts++ % COMMAND_TEXTS];
	snprintf(text, sizeof(c->text[0]), "%" JSON_INTEGER_FORMAT,
		 json_integer_value(v));
	return text;
}

struct vif *command_vif(const struct command *c, json_t **error)
{
	const char *name = command_text(c, "vif");
	struct vif *vif = name ? daemon_find(c->d, name) : NULL;

	if (!name)
		*error = command_fail(code_bad_request, NULL,
				      "the argument \"vif\" is missing");
	else if (!vif)
		*error = command_fail(code_not_found,
				      "svnic-admin list shows all",
				      "no vif \"%.64s\"", name);
	return vif;
}

/* Commands ------------------------------------------------------------- */

json_t *run_device(struct command *c)
{
	struct daemon *d = c->d;
	struct platform_card card;
	int err;

	if (!d->has_card)
		return command_no_card(d);
	err = d->ops->card_info(d->platform, &card);
	if (err)
		return command_refused(c, "the card does not answer", err);
	d->card = card;
	return command_success(report_card(d));
}

json_t *run_list(struct command *c)
{
	json_t *a = json_array();
	struct vif *vif;

	/* A detached one is gone for all but the toolstack's directory. */
	TAILQ_FOREACH(vif, &c->d->vifs, link)
	{
		if (vif->state != VIF_DETACHED)
			json_array_append_new(a, report_vif(vif, false));
	}
	return command_success(a);
}

json_t *run_show(struct command *c)
{
	json_t *error;
	struct vif *vif = command_vif(c, &error);

	return vif ? command_success(report_vif(vif, true)) : error;
}

json_t *run_stats(struct command *c)
{
	struct svnic_vif_info info;
	json_t *error;
	json_t *o;
	struct vif *vif = command_vif(c, &error);
	int err;

	if (!vif)
		return error;
	if (vif->nr == SVNIC_VIF_NONE)
		return command_fail(code_no_card, NULL,
				    "vif %s is not on the card: %s", vif->name,
				    vif->reason[0]
					    ? vif->reason
					    : vif_state_text(vif->state));
	err = c->d->ops->vif_query(c->d->platform, vif->nr, &info);
	if (err)
		return command_refused(c, "its counters were not read", err);
	o = report_stats(&info.stats);
	if (vif->netif)
		report_netif_stats(vif, o);
	return command_success(o);
}

json_t *run_capture(struct command *c)
{
	json_int_t snaplen = SNAPLEN_MAX;
	json_t *given = json_object_get(c->args, "snaplen");
	json_t *error;
	json_t *o;
	struct vif *vif = command_vif(c, &error);
	int err;

	if (!vif)
		return error;
	if (given)
		snaplen = json_integer_value(given);
	if (snaplen < SNAPLEN_MIN || snaplen > SNAPLEN_MAX)
		return command_fail(code_bad_argument, NULL,
				    "snaplen %" JSON_INTEGER_FORMAT
				    " is not from %d to %d",
				    snaplen, SNAPLEN_MIN, SNAPLEN_MAX);
	if (!c->d->has_card || vif->nr == SVNIC_VIF_NONE)
		return command_fail(code_no_card, NULL,
				    "vif %s is not on the card", vif->name);
	err = capture_create(c->d, vif, (uint32_t)snaplen, c->client,
			     c->capture);
	if (err)
		return command_refused(c, "no monitor was started", err);
	o = json_object();
	json_object_set_new(o, "vif", json_string(vif->name));
	json_object_set_new(o, "snaplen", json_integer(snaplen));
	json_object_set_new(o, "monitor",
			    json_integer(capture_nr(*c->capture)));
	return command_success(o);
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
	{ "path", true, false, false },	   { "rx_rate", true, true, false },
	{ "min_rate", true, true, false }, { "storm", true, true, false },
	{ "class", true, false, false },   { "ip", true, false, false },
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
		return command_fail(code_bad_request, NULL,
				    "\"arguments\" is not an object");
	json_object_foreach(args, name, v)
	{
		if (!has_word(e->args, name))
			return command_fail(
				code_bad_request, NULL,
				"%s has no argument \"%.64s\"; it has: %s",
				e->name, name, *e->args ? e->args : "none");
		if (!is_typed(name, v))
			return command_fail(
				code_bad_request, NULL,
				"the argument \"%s\" has the wrong type", name);
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
		return command_fail(
			code_bad_request, NULL,
			"the request is no object with a \"command\"");
	if (!e)
		return command_fail(code_bad_request,
				    "svnic-admin --help lists the commands",
				    "no command \"%.64s\"", name);
	error = check_args(e, c.args);
	return error ? error : e->run(&c);
}
