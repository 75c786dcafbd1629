// SPDX-License-Identifier: GPL-2.0-only
/*
 * The card and its model, side by side; see switch_card.h.  Frames and what
 * came of them are switch_flush.c's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "switch_card.h"

#define ORDER	    6u /* MODEL_RING entries */
#define QUEUE_PAGES 160u
#define FIRST_PAGE  16u
#define MEMORY                                                       \
	((FIRST_PAGE + MODEL_NUMBERS * MODEL_QUEUES * QUEUE_PAGES) * \
	 SVNIC_PAGE_SIZE)

static struct batch_frame frames[BATCH_FRAMES];

static struct sim_host *host_of(struct switch_card *c, unsigned int vif)
{
	return &c->host[vif / MODEL_NUMBERS];
}

static unsigned int number(unsigned int vif)
{
	return vif % MODEL_NUMBERS;
}

static unsigned int queue_id(unsigned int queue)
{
	return queue + 1 < MODEL_QUEUES ? queue : SVNIC_SLOW_QUEUE;
}

void switch_init(struct switch_card *c)
{
	const struct core_config config = {
		.nr_workers = sim_nr_workers(),
		.nr_links = MODEL_LINKS,
		.nr_ports = 1,
		.max_vifs = MODEL_MAX,
		.nr_queues = MODEL_VIFS * MODEL_QUEUES,
		.nr_chunks = MODEL_VIFS * MODEL_QUEUES,
	};
	bool adopted;
	unsigned int i;

	memset(c, 0, sizeof(*c));
	c->config = config;
	c->frame = frames;
	c->arena_size = (core_arena_size(&config) + 63) / 64 * 64;
	c->arena = aligned_alloc(64, c->arena_size);
	card_check(c->arena != NULL, "memory for the arena");
	memset(c->arena, 0, c->arena_size);
	sim_init(MODEL_LINKS, 1, MEMORY);
	card_check(core_init(c->arena, c->arena_size, &c->config, &c->core,
			     &adopted) == 0,
		   "core started");
	for (i = 0; i < MODEL_LINKS; i++)
		sim_host_init(&c->host[i], c->core, i);
	c->model.wire = SVNIC_V_WIRE;
	switch_sleep(c, 1000);
}

void switch_fini(struct switch_card *c)
{
	sim_fini();
	free(c->arena);
}

static void same(unsigned int card, unsigned int model, const char *what)
{
	if (card == model)
		return;
	fprintf(stderr, "broken: %s: the card answers %u, the model %u\n", what,
		card, model);
	abort();
}

void switch_create(struct switch_card *c, unsigned int vif,
		   const struct svnic_vif_config *config)
{
	same(sim_vif_create(host_of(c, vif), number(vif), config),
	     model_create(&c->model, vif, config), "VIF_CREATE");
}

void switch_set(struct switch_card *c, unsigned int vif,
		const struct svnic_vif_config *config)
{
	same(sim_vif_set(host_of(c, vif), number(vif), config),
	     model_set(&c->model, vif, config), "VIF_SET");
}

void switch_destroy(struct switch_card *c, unsigned int vif)
{
	same(sim_vif_command(host_of(c, vif), SVNIC_OP_VIF_DESTROY,
			     number(vif)),
	     model_destroy(&c->model, vif), "VIF_DESTROY");
}

void switch_filter(struct switch_card *c, unsigned int vif, bool add,
		   const uint8_t *mac)
{
	/* The card has room for more than the model. */
	if (add && c->model.vif[vif].nr_filters == MODEL_FILTERS)
		return;
	same(sim_filter(host_of(c, vif),
			add ? SVNIC_OP_FILTER_ADD : SVNIC_OP_FILTER_DEL,
			number(vif), mac),
	     add ? model_filter_add(&c->model, vif, mac)
		 : model_filter_del(&c->model, vif, mac),
	     add ? "FILTER_ADD" : "FILTER_DEL");
}

void switch_rss(struct switch_card *c, unsigned int vif,
		const struct svnic_rss *rss)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_RSS_SET,
		.vif = svnic_le16((uint16_t)number(vif)),
		.addr = svnic_le64(sim_payload_addr()),
		.len = svnic_le32(sizeof(*rss)),
	};
	struct model_vif *v = &c->model.vif[vif];

	memcpy(sim_payload(host_of(c, vif)), rss, sizeof(*rss));
	same(sim_admin(host_of(c, vif), &cmd),
	     v->is_used ? SVNIC_ST_OK : SVNIC_ST_NO_VIF, "RSS_SET");
	v->rss = *rss;
	v->has_rss = v->is_used;
}

void switch_groups(struct switch_card *c, unsigned int vif,
		   const struct svnic_groups *list)
{
	struct model_vif *v = &c->model.vif[vif];

	same(sim_groups_set(host_of(c, vif), number(vif), list),
	     v->is_used ? SVNIC_ST_OK : SVNIC_ST_NO_VIF, "GROUPS_SET");
	v->groups = *list;
	v->has_groups = !list->all;
}

void switch_source(struct switch_card *c, unsigned int vif,
		   const struct svnic_source *list)
{
	struct model_vif *v = &c->model.vif[vif];

	same(sim_source_set(host_of(c, vif), number(vif), list),
	     v->is_used ? SVNIC_ST_OK : SVNIC_ST_NO_VIF, "SOURCE_SET");
	v->source = *list;
}

/* Queues. ------------------------------------------------------------------- */

static bool is_started(const struct switch_card *c, unsigned int vif,
		       unsigned int queue)
{
	return c->model.vif[vif].is_used &&
	       c->model.vif[vif].queue[queue].is_started;
}

void switch_start(struct switch_card *c, unsigned int vif, unsigned int queue)
{
	struct sim_host *h = host_of(c, vif);

	if (!c->model.vif[vif].is_used || is_started(c, vif, queue))
		return;
	h->next =
		FIRST_PAGE + (number(vif) * MODEL_QUEUES + queue) * QUEUE_PAGES;
	sim_guest_init(&c->guest[vif][queue], h, number(vif), queue_id(queue),
		       ORDER);
	model_start(&c->model, vif, queue);
}

void switch_stop(struct switch_card *c, unsigned int vif, unsigned int queue)
{
	struct sim_guest *g = &c->guest[vif][queue];
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_QUEUE_STOP,
		.vif = svnic_le16((uint16_t)number(vif)),
		.queue = svnic_le16((uint16_t)queue_id(queue)),
	};

	if (!c->model.vif[vif].is_used)
		return;
	same(sim_admin(host_of(c, vif), &cmd),
	     is_started(c, vif, queue) ? SVNIC_ST_OK : SVNIC_ST_NO_QUEUE,
	     "QUEUE_STOP");
	if (!is_started(c, vif, queue))
		return;
	same(sim_pages_unmap(g->host, number(vif), queue_id(queue) * 1024,
			     g->nr_pages),
	     SVNIC_ST_OK, "PAGES_UNMAP");
	model_stop(&c->model, vif, queue);
}

void switch_reset(struct switch_card *c, unsigned int vif, unsigned int queue)
{
	if (!is_started(c, vif, queue))
		return;
	card_check(sim_queue_reset(&c->guest[vif][queue]), "a queue restarts");
	c->model.vif[vif].queue[queue].nr = 0;
}

void switch_provide(struct switch_card *c, unsigned int vif, unsigned int queue,
		    unsigned int nr, uint16_t len)
{
	struct sim_guest *g = &c->guest[vif][queue];

	if (!is_started(c, vif, queue))
		return;
	for (; nr && svnic_rx_space(&g->rx); nr--) {
		sim_provide(g, 1, len);
		model_provide(&c->model, vif, queue, len);
	}
	sim_ring(g);
}

/* The world. ---------------------------------------------------------------- */

void switch_wire(struct switch_card *c, enum svnic_verdict wire)
{
	sim_port(0)->is_broken = wire == SVNIC_V_WIRE_ERROR;
	sim_port(0)->from_card.max =
		wire == SVNIC_V_WIRE_FULL ? 0 : SIM_WIRE_FRAMES;
	c->model.wire = wire;
}

void switch_sleep(struct switch_card *c, uint64_t ns)
{
	sim_sleep(ns);
	c->model.now_ns += ns;
}

void switch_restart(struct switch_card *c)
{
	bool adopted;
	unsigned int i;

	card_check(core_init(c->arena, c->arena_size, &c->config, &c->core,
			     &adopted) == 0 &&
			   adopted,
		   "a new process takes the arena over");
	for (i = 0; i < MODEL_LINKS; i++)
		c->host[i].core = c->core;
	model_restart(&c->model);
	sim_settle(c->core);
}

void switch_link_reset(struct switch_card *c, unsigned int link)
{
	unsigned int i;

	sim_host_init(&c->host[link], c->core, link);
	for (i = 0; i < MODEL_NUMBERS; i++)
		c->model.vif[link * MODEL_NUMBERS + i].is_used = false;
}

struct batch_frame *switch_next_frame(struct switch_card *c)
{
	return c->nr_frames < BATCH_FRAMES ? &c->frame[c->nr_frames++] : NULL;
}
