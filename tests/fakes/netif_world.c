/* SPDX-License-Identifier: GPL-2.0-only */
/* See netif_world.h: how a world begins, goes on, and ends. */
#include "fakes/netif_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "fakes/netif_platform.h"
#include "netif/priv.h"

#define PEER	   2u
#define PEER_ORDER 6u

static struct platform platform;

static void make_card(struct world *w)
{
	const struct core_config config = {
		.nr_workers = 1,
		.nr_links = 1,
		.nr_ports = 0,
		.max_vifs = 4,
		.nr_queues = 8,
		.nr_chunks = 64,
		.mac = { 2, 0, 0, 0, 0, 0xff },
		.epoch = 1,
	};
	struct svnic_vif_config vif = { .mtu = svnic_le16(9000) };
	bool adopted;

	world_check(posix_memalign(&w->arena, 64, core_arena_size(&config)) ==
			    0,
		    "no memory");
	memset(w->arena, 0, core_arena_size(&config));
	sim_init(1, 0, WORLD_MEMORY);
	world_check(core_init(w->arena, core_arena_size(&config), &config,
			      &w->core, &adopted) == 0,
		    "no core");
	sim_host_init(&w->host, w->core, 0);
	memcpy(vif.mac, world_mac, 6);
	world_check(sim_vif_create(&w->host, WORLD_VIF, &vif) == 0,
		    "no WORLD_VIF");
	memcpy(vif.mac, world_peer, 6);
	world_check(sim_vif_create(&w->host, PEER, &vif) == 0, "no WORLD_VIF");
	memcpy(vif.mac, world_other, 6);
	world_check(sim_vif_create(&w->host, WORLD_OTHER, &vif) == 0,
		    "no WORLD_VIF");
	sim_guest_init(&w->peer, &w->host, PEER, 0, PEER_ORDER);
	sim_provide(&w->peer, 64, SVNIC_PAGE_SIZE);
	sim_ring(&w->peer);
	w->next_page = w->host.next;
}

static void make_ring(struct world *w, struct world_ring *r, uint32_t gref,
		      uint32_t port)
{
	r->gref = gref;
	r->port = port;
	r->page = (struct wire_ring *)(void *)w->page[gref];
	r->page->req_event = 1;
	r->page->rsp_event = 1;
}

static void make_turns(struct world *w)
{
	w->daemon.turns = netif_turns_create(w->base, &world_ops, &platform);
	world_check(w->daemon.turns != NULL, "no memory");
}

void world_init(struct world *w, unsigned int nr_queues, bool split)
{
	unsigned int i;

	memset(w, 0, sizeof(*w));
	platform.w = w;
	w->base = event_base_new();
	w->page = calloc(WORLD_PAGES, NETIF_PAGE);
	world_check(w->base && w->page, "no memory");
	w->daemon.base = w->base;
	w->daemon.ops = &world_ops;
	w->daemon.platform = &platform;
	w->daemon.card.features = SVNIC_F_FIND;
	make_turns(w);
	w->vif.d = &w->daemon;
	w->vif.nr = WORLD_VIF;
	strcpy(w->vif.name, "1.0");
	make_card(w);
	w->config = (struct netif_config) {
		.nr_queues = nr_queues,
		.sg = true,
		.gso4 = true,
		.gso6 = true,
		.csum6 = true,
		.rx_notify = true,
	};
	for (i = 0; i < nr_queues; i++) {
		make_ring(w, &w->tx[i], 2 * i + 1, 2 * i + 1);
		make_ring(w, &w->rx[i], 2 * i + 2, 2 * i + 1 + split);
		w->config.queue[i] = (struct netif_queue_config) {
			w->tx[i].gref, w->rx[i].gref, w->tx[i].port,
			w->rx[i].port
		};
	}
}

void world_fini(struct world *w)
{
	unsigned int i;

	netif_destroy(w->netif);
	netif_destroy(w->other);
	for (i = 0; i < WORLD_PORTS; i++)
		world_check(!w->port[i].rang, "a port is still bound");
	world_check(w->nr_mapped == 0, "a page is still mapped");
	for (i = 0; i < WORLD_KEYS; i++)
		free(w->key[i].value);
	netif_turns_free(w->daemon.turns);
	event_base_free(w->base);
	free(w->page);
	sim_fini();
	free(w->arena);
}

int world_connect(struct world *w)
{
	int err = netif_create(&w->vif, &w->config, &w->netif, w->fault);

	return err ? err : netif_start(w->netif);
}

/* A tenant is no more than an address here. */
int world_connect_other(struct world *w)
{
	struct netif_config config = w->config;
	int err;

	config.nr_queues = 1;
	config.queue[0] = config.queue[1];
	w->other_vif.d = &w->daemon;
	w->other_vif.nr = WORLD_OTHER;
	w->other_vif.tenant = (struct tenant *)(void *)&w->other_vif;
	strcpy(w->other_vif.name, "3.0");
	err = netif_create(&w->other_vif, &config, &w->other, w->fault);
	return err ? err : netif_start(w->other);
}

/* What was mapped and bound goes with the process; the card keeps all. */
void world_kill(struct world *w)
{
	unsigned int i;

	/* Its memory goes without a word to the card or the guest. */
	netif_turns_free(w->daemon.turns);
	event_free(w->netif->tick);
	for (i = 0; i < NETIF_MAX_QUEUES; i++)
		staging_fini(&w->netif->queue[i].staging, w->netif->ops,
			     w->netif->p);
	free(w->netif);
	w->netif = NULL;
	w->nr_mapped = 0;
	event_base_free(w->base);
	w->base = event_base_new();
	w->daemon.base = w->base;
	make_turns(w);
	for (i = 0; i < WORLD_PORTS; i++)
		w->port[i].rang = NULL;
}

void world_restart(struct world *w)
{
	world_kill(w);
	world_check(world_connect(w) == 0, "it connects again");
}

void world_turn(struct world *w)
{
	netif_card_event(w->netif, SVNIC_SLOW_QUEUE);
	event_base_loop(w->base, EVLOOP_NONBLOCK);
}

void world_set(struct world *w, const char *key, const char *value)
{
	unsigned int i;
	unsigned int to = WORLD_KEYS;

	for (i = WORLD_KEYS; i-- > 0;) {
		if (!w->key[i].value)
			to = i;
		else if (strcmp(w->key[i].key, key) == 0)
			break;
	}
	if (i < WORLD_KEYS)
		to = i;
	world_check(to < WORLD_KEYS, "too many keys");
	free(w->key[to].value);
	snprintf(w->key[to].key, sizeof(w->key[to].key), "%s", key);
	w->key[to].value = value ? strdup(value) : NULL;
}

static void deliver_port(struct world *w, unsigned int i)
{
	struct world_port *p = &w->port[i];

	if (!p->rang || !p->pending || p->masked)
		return;
	p->pending = false;
	p->masked = true;
	p->rang(p->arg, i);
}

void world_card(struct world *w)
{
	struct svnic_event e;
	struct netif *n;

	sim_settle(w->core);
	while (sim_event_take(&w->host, &e)) {
		n = NULL;
		if (svnic_cpu16(e.vif) == WORLD_VIF)
			n = w->netif;
		else if (svnic_cpu16(e.vif) == WORLD_OTHER)
			n = w->other;
		w->nr_card_events += n && n == w->netif;
		if (n && e.reason == SVNIC_EVENT_FAULT)
			netif_card_fault(n, e.queue, svnic_cpu32(e.arg));
		else if (n)
			netif_card_event(n, e.queue);
	}
}

void world_run(struct world *w)
{
	unsigned int round;
	unsigned int i;

	for (round = 0; round < 64; round++) {
		for (i = 0; i < WORLD_PORTS; i++)
			deliver_port(w, i);
		event_base_loop(w->base, EVLOOP_NONBLOCK);
		sim_settle(w->core);
		sim_sleep(3000000);
		world_card(w);
	}
}
