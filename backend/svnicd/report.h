/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of things as JSON, field by field as docs/control.md lists it.
 * NULL only for lack of memory.
 */
#ifndef SVNICD_REPORT_H
#define SVNICD_REPORT_H

#include <stdbool.h>

#include <jansson.h>

#include <svnic/abi.h>

struct daemon;
struct vif;

/* The card, which is there. */
json_t *report_card(struct daemon *d);
/* A VIF for list, or with @full for show. */
json_t *report_vif(struct vif *vif, bool full);
/* All counters, flat. */
json_t *report_stats(const struct svnic_vif_stats *stats);

/* Adds its class and its limits, who said each, and what they did. */
void report_limits(const struct vif *vif, const struct svnic_vif_stats *stats,
		   json_t *o);

/* Its netif path, which is there: for show, and added to stats. */
json_t *report_netif(const struct vif *vif);
void report_netif_stats(const struct vif *vif, json_t *o);

#endif /* SVNICD_REPORT_H */
