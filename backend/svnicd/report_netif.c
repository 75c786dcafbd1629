/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The netif path of a VIF as JSON: what was agreed on, and what became of its
 * frames.
 */
#include <string.h>

#include "netif/netif.h"
#include "report.h"
#include "vif.h"

#define COUNTERS(X)    \
	X(tx_frames)   \
	X(tx_octets)   \
	X(tx_requests) \
	X(tx_batches)  \
	X(rx_frames)   \
	X(rx_octets)   \
	X(rx_requests) \
	X(rx_batches)  \
	X(copies)      \
	X(staged)      \
	X(fixups)      \
	X(events_in) X(events_out) X(spurious) X(rx_waited) X(tx_waited)

static void add_int(json_t *o, const char *key, uint64_t v)
{
	json_object_set_new(o, key, json_integer((json_int_t)v));
}

static json_t *features(const struct netif_info *i)
{
	const struct {
		const char *name;
		bool has;
	} all[] = {
		{ "sg", i->config.sg },
		{ "gso-tcpv4", i->config.gso4 },
		{ "gso-tcpv6", i->config.gso6 },
		{ "csum-ipv4", !i->config.no_csum4 },
		{ "csum-ipv6", i->config.csum6 },
		{ "rx-notify", i->config.rx_notify },
		{ "multicast-control", i->config.multicast },
		{ "split-event-channels", i->split },
	};
	json_t *a = json_array();
	unsigned int n;

	for (n = 0; n < sizeof(all) / sizeof(all[0]); n++)
		if (all[n].has)
			json_array_append_new(a, json_string(all[n].name));
	return a;
}

static void sum(const struct netif_info *i, struct netif_queue_stats *out)
{
	unsigned int q, v;

	memset(out, 0, sizeof(*out));
	for (q = 0; q < i->nr_queues; q++) {
		const struct netif_queue_stats *s = &i->queue[q].stats;

#define ADD(name) out->name += s->name;
		COUNTERS(ADD)
#undef ADD
		for (v = 0; v < NETIF_V_NR; v++)
			out->verdict[v] += s->verdict[v];
	}
}

static json_t *counters(const struct netif_queue_stats *s)
{
	json_t *o = json_object();

#define ADD(name) add_int(o, #name, s->name);
	COUNTERS(ADD)
#undef ADD
	return o;
}

static json_t *verdicts(const struct netif_queue_stats *s, bool all)
{
	json_t *o = json_object();
	unsigned int v;

	for (v = 0; v < NETIF_V_NR; v++)
		if (all || s->verdict[v])
			add_int(o, netif_verdict_name(v), s->verdict[v]);
	return o;
}

static json_t *queue(const struct netif_info *i, unsigned int q)
{
	json_t *o = counters(&i->queue[q].stats);

	add_int(o, "queue", q);
	add_int(o, "tx_pending", i->queue[q].tx_pending);
	add_int(o, "rx_free", i->queue[q].rx_free);
	add_int(o, "rx_held", i->queue[q].rx_held);
	return o;
}

/* One thread, and too large for the stack. */
static struct netif_info info;

json_t *report_netif(const struct vif *vif)
{
	struct netif_queue_stats total;
	json_t *queues = json_array();
	json_t *o = json_object();
	unsigned int q;

	netif_info(vif->netif, &info);
	sum(&info, &total);
	json_object_set_new(o, "running", json_boolean(info.started));
	json_object_set_new(o, "features", features(&info));
	add_int(o, "xdp_headroom", info.config.xdp_headroom);
	add_int(o, "groups", info.nr_groups);
	add_int(o, "staged", info.nr_staged);
	add_int(o, "card_restarts", info.card_restarts);
	json_object_set_new(o, "verdicts", verdicts(&total, false));
	for (q = 0; q < info.nr_queues; q++)
		json_array_append_new(queues, queue(&info, q));
	json_object_set_new(o, "queues", queues);
	return o;
}

static void add_all(json_t *to, json_t *from)
{
	const char *key;
	char name[64];
	json_t *v;

	json_object_foreach(from, key, v)
	{
		snprintf(name, sizeof(name), "netif_%s", key);
		json_object_set(to, name, v);
	}
	json_decref(from);
}

void report_netif_stats(const struct vif *vif, json_t *o)
{
	struct netif_queue_stats total;

	netif_info(vif->netif, &info);
	sum(&info, &total);
	add_all(o, counters(&total));
	add_all(o, verdicts(&total, true));
}
