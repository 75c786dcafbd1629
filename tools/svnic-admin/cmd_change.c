// SPDX-License-Identifier: GPL-2.0-only
/* create, destroy and set: what is asked goes to svnicd as it was typed. */
#include <stdio.h>
#include <jansson.h>
#include "admin.h"
#include "conn.h"
#include "output.h"

/* Put the value of option @name under the same key, if it was given. */
static void add_option(const struct admin *a, json_t *arguments,
		       const char *name)
{
	const char *value = admin_value(a, name);
	char key[32];
	json_t *text;
	size_t i;

	if (!value)
		return;
	for (i = 0; name[i] && i + 1 < sizeof(key); i++)
		key[i] = name[i] == '-' ? '_' : name[i];
	key[i] = '\0';
	/* What is no UTF-8 svnicd is to refuse, not to miss. */
	text = json_string(value);
	json_object_set_new(arguments, key, text ? text : json_string("?"));
}

static void add_limits(const struct admin *a, json_t *arguments)
{
	static const char *const names[] = { "rate", "rx-rate", "min-rate",
					     "storm", "class" };
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_option(a, arguments, names[i]);
}

/* Ask, then say @done (with the name of the VIF) or print the result. */
static int change(struct admin *a, json_t *arguments, const char *done)
{
	json_t *result;
	int rc = conn_ask(a, arguments, &result);

	if (rc)
		return rc;
	if (a->json)
		output_json(result);
	else
		printf("%s: %s\n", a->operand[0], done);
	json_decref(result);
	return ADMIN_OK;
}

int cmd_create(struct admin *a)
{
	json_t *arguments;

	arguments = json_pack("{s:s}", "name", a->operand[0]);
	if (!arguments)
		return admin_usage(a, "the name is not UTF-8");
	add_option(a, arguments, "network");
	add_option(a, arguments, "mac");
	add_option(a, arguments, "mtu");
	add_limits(a, arguments);
	add_option(a, arguments, "ip");
	return change(a, arguments, "created");
}

int cmd_destroy(struct admin *a)
{
	json_t *arguments = json_pack("{s:s}", "vif", a->operand[0]);

	if (!arguments)
		return admin_usage(a, "the name is not UTF-8");
	return change(a, arguments, "destroyed");
}

int cmd_set(struct admin *a)
{
	bool enable = admin_value(a, "enable");
	bool disable = admin_value(a, "disable");
	json_t *arguments;

	if (enable && disable)
		return admin_usage(a,
				   "--enable and --disable exclude each other");
	arguments = json_pack("{s:s}", "vif", a->operand[0]);
	if (!arguments)
		return admin_usage(a, "the name is not UTF-8");
	add_option(a, arguments, "mtu");
	add_limits(a, arguments);
	add_option(a, arguments, "ip");
	add_option(a, arguments, "path");
	if (enable || disable)
		json_object_set_new(arguments, "enabled", json_boolean(enable));
	if (json_object_size(arguments) == 1) {
		json_decref(arguments);
		return admin_usage(
			a,
			"nothing to change; expected --mtu, --rate, --rx-rate, --min-rate, --storm, --class, --ip, --path, --enable or --disable");
	}
	return change(a, arguments, "changed");
}
