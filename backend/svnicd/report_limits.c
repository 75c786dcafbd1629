/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The limits of a VIF as JSON.  The values are the card's, their origin is what
 * the configuration says now.
 */
#include <stdio.h>

#include <svnic/order.h>

#include "policy.h"
#include "report.h"
#include "vif.h"

#define KILO 1000u

static void add_int(json_t *o, const char *key, uint64_t v)
{
	json_object_set_new(o, key, json_integer((json_int_t)v));
}

static void add_text(json_t *o, const char *key, const char *text)
{
	json_object_set_new(o, key, json_string(text));
}

static uint64_t value_of(const struct svnic_vif_config *c, enum limit which)
{
	switch (which) {
	case LIMIT_RATE:
		return svnic_cpu64(c->rate);
	case LIMIT_RX_RATE:
		return (uint64_t)svnic_cpu32(c->rx_rate) * KILO;
	case LIMIT_MIN_RATE:
		return (uint64_t)svnic_cpu32(c->min_rate) * KILO;
	case LIMIT_STORM:
		return svnic_cpu16(c->storm);
	default:
		return 1u << ((svnic_cpu32(c->flags) & SVNIC_VIF_CLASS) >> 8);
	}
}

void report_limits(const struct vif *vif, const struct svnic_vif_stats *stats,
		   json_t *o)
{
	json_t *l = json_object();
	char why[PLATFORM_REASON];
	char key[24];
	struct policy policy;
	unsigned int i;

	policy_find(vif, &vif->own, &policy);
	add_text(o, "class", policy.class ? policy.class->name : "");
	add_text(l, "class_from", policy.class_from);
	for (i = 0; i < LIMIT_NR; i++) {
		snprintf(key, sizeof(key), "%s_from", limit_key(i));
		add_int(l, limit_key(i), value_of(&vif->config, i));
		add_text(l, key, policy_from_text(policy.from[i]));
	}
	add_int(l, "throttled", svnic_cpu64(stats->tx_throttled));
	add_int(l, "storm_drops",
		svnic_cpu64(stats->tx_verdict[SVNIC_V_STORM]));
	add_int(l, "rx_rate_drops",
		svnic_cpu64(stats->rx_verdict[SVNIC_V_RX_RATE]));
	add_text(l, "note", policy_check(vif, &policy, why) ? why : "");
	json_object_set_new(o, "limits", l);
}
