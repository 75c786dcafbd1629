/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Builds the answers of device, list, show and stats.
 */
#include "report.h"

#include <string.h>

#include <svnic/order.h>

#include "capture.h"
#include "daemon.h"
#include "netif/netif.h"
#include "source.h"
#include "vif.h"

static void add(json_t *o, const char *key, json_t *value)
{
	json_object_set_new(o, key, value);
}

static void add_int(json_t *o, const char *key, uint64_t v)
{
	/* JSON's integers are signed here; no counter gets that far. */
	add(o, key, json_integer((json_int_t)v));
}

/* What a peer wrote may not be UTF-8; "?" then. */
static void add_text(json_t *o, const char *key, const char *text)
{
	json_t *s = json_string(text);

	add(o, key, s ? s : json_string("?"));
}

/* By name, those that are not zero. */
static json_t *verdicts(const __le64 *count)
{
	json_t *o = json_object();
	char name[TEXT_VERDICT];
	unsigned int i;

	for (i = 0; i < SVNIC_V_NR; i++) {
		if (count[i] == 0)
			continue;
		text_verdict_name(i, name);
		add_int(o, name, svnic_cpu64(count[i]));
	}
	return o;
}

/* The card --------------------------------------------------------------- */

static json_t *features(uint32_t bits)
{
	static const char *const names[] = { "csum", "gso",	"vlan",
					     "hash", "monitor", "find" };
	json_t *a = json_array();
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bits & 1u << i)
			json_array_append_new(a, json_string(names[i]));
	return a;
}

static json_t *port(struct daemon *d, unsigned int nr)
{
	struct svnic_port_info i;
	json_t *o = json_object();

	memset(&i, 0, sizeof(i));
	d->ops->port_query(d->platform, nr, &i);
	i.name[sizeof(i.name) - 1] = '\0';
	add_int(o, "port", nr);
	add_text(o, "name", i.name);
	add(o, "up", json_boolean(i.up != 0));
	add_int(o, "mtu", svnic_cpu32(i.mtu));
	add_int(o, "tx_frames", svnic_cpu64(i.tx_frames));
	add_int(o, "tx_octets", svnic_cpu64(i.tx_octets));
	add_int(o, "rx_frames", svnic_cpu64(i.rx_frames));
	add_int(o, "rx_octets", svnic_cpu64(i.rx_octets));
	add(o, "verdicts", verdicts(i.rx_verdict));
	return o;
}

static json_t *ports(struct daemon *d)
{
	json_t *a = json_array();
	unsigned int i;

	for (i = 0; i < d->card.ports && i < SVNIC_MAX_PORTS; i++)
		json_array_append_new(a, port(d, i));
	return a;
}

static json_t *networks(const struct daemon *d)
{
	const struct network *n = d->config.networks;
	json_t *a = json_array();
	unsigned int i;
	json_t *o;

	for (i = 0; i < d->config.nr_networks; i++, n++) {
		o = json_object();
		add_text(o, "name", n->name);
		add_int(o, "segment", n->segment);
		add_int(o, "vlan", n->vlan);
		add_int(o, "speed", config_speed(&d->config, n->segment));
		add_text(o, "class", n->class);
		add(o, "uplink", json_boolean(n->segment < d->card.ports));
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *use(const struct daemon *d)
{
	json_t *o = json_object();
	const struct vif *vif;
	unsigned int vifs = 0;

	TAILQ_FOREACH(vif, &d->vifs, link)
	{
		vifs += vif->nr != SVNIC_VIF_NONE;
	}
	add_int(o, "vifs", vifs);
	add_int(o, "captures", capture_count(d));
	return o;
}

static json_t *limits(const struct daemon *d)
{
	json_t *o = json_object();

	add_int(o, "vifs", d->card.max_vifs);
	add_int(o, "pages", d->config.max_pages);
	add_int(o, "queues", d->config.max_queues);
	return o;
}

json_t *report_card(struct daemon *d)
{
	json_t *o = json_object();
	const struct platform_card *c = &d->card;

	add_text(o, "platform", d->ops->name);
	add_text(o, "card", c->name);
	add_text(o, "netdev", c->netdev);
	add(o, "version",
	    json_sprintf("%u.%u", c->version >> 16, c->version & 0xffff));
	add(o, "features", features(c->features));
	add(o, "ready", json_boolean(c->status & SVNIC_STATUS_READY));
	add_int(o, "link", c->link);
	add_int(o, "epoch", c->epoch);
	add(o, "ports", ports(d));
	add(o, "networks", networks(d));
	add(o, "limits", limits(d));
	add(o, "use", use(d));
	return o;
}

/* A VIF ---------------------------------------------------------------- */

static const char *const queue_states[] = {
	[SVNIC_QUEUE_STOPPED] = "stopped",
	[SVNIC_QUEUE_RUNNING] = "running",
	[SVNIC_QUEUE_FAULTED] = "faulted",
};

static const char *queue_state(unsigned int state)
{
	return state <= SVNIC_QUEUE_FAULTED ? queue_states[state] : "unknown";
}

static json_t *queue(unsigned int nr, const struct svnic_queue_info *q)
{
	bool faulted = q->state == SVNIC_QUEUE_FAULTED;
	json_t *o = json_object();

	add_int(o, "queue", nr);
	add_text(o, "state", queue_state(q->state));
	add_text(o, "fault", faulted ? text_verdict(q->fault) : "");
	add_int(o, "tx_order", q->tx_order);
	add_int(o, "rx_order", q->rx_order);
	add_int(o, "tx_pending", svnic_cpu32(q->tx_pending));
	add_int(o, "rx_buffers", svnic_cpu32(q->rx_buffers));
	return o;
}

static json_t *queues(const struct vif *vif, const struct svnic_vif_info *info)
{
	json_t *a = json_array();
	unsigned int i;

	for (i = 0; i < SVNIC_MAX_QUEUES; i++)
		if (vif->queues & 1u << i ||
		    info->queue[i].state != SVNIC_QUEUE_STOPPED)
			json_array_append_new(a, queue(i, &info->queue[i]));
	return a;
}

static bool is_direct(const struct vif *vif, const struct svnic_vif_info *info)
{
	unsigned int i;

	if (vif->state != VIF_CONNECTED)
		return false;
	for (i = 0; i < SVNIC_SLOW_QUEUE; i++)
		if (info->queue[i].state == SVNIC_QUEUE_RUNNING)
			return true;
	return false;
}

/* Where its frames go now. */
static const char *path(const struct vif *vif,
			const struct svnic_vif_info *info)
{
	if (is_direct(vif, info))
		return "direct";
	return vif->netif && netif_is_started(vif->netif) ? "netif" : "none";
}

static const char *peer_text(unsigned int peer)
{
	static const char *const texts[PEER_NR] = {
		"gone",	       "initialising",	"init-wait",
		"initialised", "connected",	"closing",
		"closed",      "reconfiguring", "reconfigured",
	};

	return peer < PEER_NR ? texts[peer] : "unknown";
}

static void add_totals(json_t *o, const struct svnic_vif_stats *s)
{
	add_int(o, "tx_frames", svnic_cpu64(s->tx_frames));
	add_int(o, "tx_octets", svnic_cpu64(s->tx_octets));
	add_int(o, "rx_frames", svnic_cpu64(s->rx_frames));
	add_int(o, "rx_octets", svnic_cpu64(s->rx_octets));
}

static void add_rare(json_t *o, const struct svnic_vif_stats *s)
{
	add_int(o, "events", svnic_cpu64(s->events));
	add_int(o, "faults", svnic_cpu64(s->faults));
	add_int(o, "tx_throttled", svnic_cpu64(s->tx_throttled));
	add_int(o, "tx_waited", svnic_cpu64(s->tx_waited));
}

static void add_line(json_t *o, const struct vif *vif,
		     const struct svnic_vif_info *info)
{
	const struct daemon *d = vif->d;
	const struct svnic_vif_config *c = &vif->config;
	char mac[TEXT_MAC];

	text_mac_print(c->mac, mac);
	add_text(o, "vif", vif->name);
	add(o, "number",
	    vif->nr == SVNIC_VIF_NONE ? json_null() : json_integer(vif->nr));
	add_text(o, "domain", d->ops->tenant_name(d->platform, vif->tenant));
	add_text(o, "network", vif->network);
	add_text(o, "mac", mac);
	add_int(o, "mtu", svnic_cpu16(c->mtu));
	add_int(o, "rate", svnic_cpu64(c->rate));
	add_text(o, "state", vif_state_text(vif->state));
	add(o, "direct", json_boolean(is_direct(vif, info)));
	add_text(o, "path", path(vif, info));
	add(o, "enabled",
	    json_boolean(!(svnic_cpu32(c->flags) & SVNIC_VIF_DISABLED)));
	add_text(o, "reason", vif->reason);
	report_limits(vif, &info->stats, o);
	add_totals(o, &info->stats);
}

/* Whose packets it may send; empty: anybody's. */
static json_t *addresses(const struct svnic_source *list)
{
	json_t *a = json_array();
	char one[SOURCE_ONE];
	unsigned int i;

	for (i = 0; i < svnic_cpu16(list->nr); i++) {
		source_print(list, i, one);
		json_array_append_new(a, json_string(one));
	}
	return a;
}

static void add_full(json_t *o, const struct vif *vif,
		     const struct svnic_vif_info *info)
{
	add_int(o, "burst", svnic_cpu32(vif->config.burst));
	add_int(o, "segment", svnic_cpu16(vif->config.segment));
	add_int(o, "vlan", svnic_cpu16(vif->config.vlan));
	add(o, SOURCE_KEY, addresses(&vif->source));
	add_text(o, "peer", peer_text(vif->peer));
	add_int(o, "pages", svnic_cpu32(info->nr_pages));
	add(o, "queues", queues(vif, info));
	add_text(o, "wanted", vif->netif_only ? PLATFORM_NETIF : "direct");
	add(o, "offered", json_boolean(vif->direct));
	if (vif->netif)
		add(o, "netif", report_netif(vif));
	add_text(o, "note", vif->note);
	add_text(o, "fault", vif->faults ? text_verdict(vif->fault) : "");
	add_rare(o, &info->stats);
	add(o, "tx_verdicts", verdicts(info->stats.tx_verdict));
	add(o, "rx_verdicts", verdicts(info->stats.rx_verdict));
}

json_t *report_vif(struct vif *vif, bool full)
{
	struct daemon *d = vif->d;
	struct svnic_vif_info info;
	json_t *o = json_object();

	memset(&info, 0, sizeof(info));
	if (vif->nr != SVNIC_VIF_NONE)
		d->ops->vif_query(d->platform, vif->nr, &info);
	add_line(o, vif, &info);
	if (full)
		add_full(o, vif, &info);
	return o;
}

static void add_verdicts(json_t *o, const char *prefix, const __le64 *count)
{
	char key[TEXT_VERDICT + 4];
	unsigned int i;

	for (i = 0; i < SVNIC_V_NR; i++) {
		memcpy(key, prefix, 3);
		text_verdict_name(i, key + 3);
		add_int(o, key, svnic_cpu64(count[i]));
	}
}

json_t *report_stats(const struct svnic_vif_stats *stats)
{
	json_t *o = json_object();

	add_totals(o, stats);
	add_rare(o, stats);
	add_verdicts(o, "tx_", stats->tx_verdict);
	add_verdicts(o, "rx_", stats->rx_verdict);
	return o;
}
