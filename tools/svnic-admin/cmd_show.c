// SPDX-License-Identifier: GPL-2.0-only
/* device, list and show: one question, one answer. */
#include <jansson.h>
#include "admin.h"
#include "conn.h"
#include "output.h"

#define NR_COLUMNS(c) (sizeof(c) / sizeof((c)[0]))

static const struct output_column list_columns[] = {
	{ "VIF", "vif", false },       { "STATE", "state", false },
	{ "PATH", "path", false },     { "NETWORK", "network", false },
	{ "MAC", "mac", false },       { "MTU", "mtu", true },
	{ "RATE", "rate", true },      { "CLASS", "class", false },
	{ "SENT", "tx_octets", true }, { "RECEIVED", "rx_octets", true },
	{ "DOMAIN", "domain", false }, { "REASON", "reason", false },
};

/* What comes first for people; svnicd sorts by name. */
static const char *const device_keys[] = {
	"card",	 "platform", "ready", "version",  "features", "netdev", "link",
	"epoch", "limits",   "use",   "networks", "ports",    NULL,
};

static const char *const show_keys[] = {
	"vif",	     "domain",	  "number",	  "state",	 "path",
	"direct",    "wanted",	  "offered",	  "reason",	 "fault",
	"note",	     "enabled",	  "peer",	  "network",	 "segment",
	"vlan",	     "mac",	  "ip",		  "mtu",	 "rate",
	"burst",     "class",	  "limits",	  "pages",	 "tx_frames",
	"tx_octets", "rx_frames", "rx_octets",	  "tx_verdicts", "rx_verdicts",
	"events",    "faults",	  "tx_throttled", "tx_waited",	 "queues",
	"netif",     NULL,
};

static json_t *vif_argument(const struct admin *a)
{
	return json_pack("{s:s}", "vif", a->operand[0]);
}

static int ask_and_show(struct admin *a, json_t *arguments,
			const char *const *keys)
{
	json_t *result;
	int rc = conn_ask(a, arguments, &result);

	if (rc)
		return rc;
	if (a->json)
		output_json(result);
	else
		output_object(result, keys);
	json_decref(result);
	return ADMIN_OK;
}

int cmd_device(struct admin *a)
{
	return ask_and_show(a, NULL, device_keys);
}

int cmd_show(struct admin *a)
{
	json_t *arguments = vif_argument(a);

	if (!arguments)
		return admin_usage(a, "the name of the VIF is not UTF-8");
	return ask_and_show(a, arguments, show_keys);
}

/* What set --disable did is nowhere else in a line. */
static void show_disabled(json_t *vifs)
{
	json_t *vif;
	size_t i;

	json_array_foreach(vifs, i, vif)
	{
		if (json_is_false(json_object_get(vif, "enabled")))
			json_object_set_new(vif, "path", json_string("off"));
	}
}

int cmd_list(struct admin *a)
{
	json_t *result;
	int rc = conn_ask(a, NULL, &result);

	if (rc)
		return rc;
	if (a->json) {
		output_json(result);
	} else {
		show_disabled(result);
		output_table(result, list_columns, NR_COLUMNS(list_columns));
	}
	json_decref(result);
	return ADMIN_OK;
}
