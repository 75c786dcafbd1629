// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends the frames that were collected and compares what came of them with the
 * model: each copy's octets and metadata, the order within a flow, each counter;
 * see switch_card.h.  Senders send all at once where the model does not depend
 * on who is first, else one after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "stats.h"
#include "switch_card.h"

#define PATIENCE_NS 3000000u /* a frame waits for 2 ms at most */

static uint8_t got[FRAME_ROOM];

static void fail(const char *what, unsigned int to, unsigned int queue,
		 uint32_t len)
{
	fprintf(stderr, "broken: %s: VIF %u, queue %u, %u octets\n", what, to,
		queue, len);
	abort();
}

/* Sending. ------------------------------------------------------------------ */

/* false: there is no room, or no such queue. */
static bool send_one(struct switch_card *c, const struct batch_frame *f)
{
	struct sim_guest *g;

	if (f->from == MODEL_WIRE)
		return sim_wire_push(0, f->octet, f->len, &f->meta);
	g = &c->guest[f->from][f->queue];
	svnic_tx_return(&g->tx);
	if (svnic_tx_space(&g->tx) < (f->len + f->piece - 1) / f->piece)
		return false;
	sim_send(g, f->octet, f->len, f->piece, &f->meta);
	return true;
}

static bool is_waiting(struct switch_card *c)
{
	unsigned int i;
	unsigned int q;

	for (i = 0; i < MODEL_VIFS * MODEL_QUEUES; i++) {
		struct sim_guest *g =
			&c->guest[i / MODEL_QUEUES][i % MODEL_QUEUES];

		q = i % MODEL_QUEUES;
		if (!c->model.vif[i / MODEL_QUEUES].is_used ||
		    !c->model.vif[i / MODEL_QUEUES].queue[q].is_started)
			continue;
		svnic_tx_return(&g->tx);
		if (g->tx.done != g->tx.next)
			return true;
	}
	return false;
}

static void ring_all(struct switch_card *c)
{
	unsigned int i;

	for (i = 0; i < MODEL_VIFS * MODEL_QUEUES; i++) {
		unsigned int vif = i / MODEL_QUEUES;
		unsigned int q = i % MODEL_QUEUES;

		if (c->model.vif[vif].is_used &&
		    c->model.vif[vif].queue[q].is_started)
			sim_ring(&c->guest[vif][q]);
	}
}

/* Let the card work until every frame has found its end. */
static void work(struct switch_card *c)
{
	unsigned int i;

	ring_all(c);
	sim_settle(c->core);
	for (i = 0; is_waiting(c); i++) {
		card_check(i < 4 * BATCH_FRAMES, "no frame waits for ever");
		switch_sleep(c, PATIENCE_NS);
		sim_settle(c->core);
	}
}

/* What is expected. --------------------------------------------------------- */

static void expect(struct model *m, const struct batch_frame *f,
		   unsigned int idx)
{
	struct model_frame frame = { f->octet, f->len, f->meta };

	model_send(m, f->from, &frame, idx);
}

static unsigned int source(const struct batch_frame *f)
{
	return f->from * MODEL_QUEUES + f->queue;
}

static bool has_rates(const struct switch_card *c, bool rx_only)
{
	unsigned int i;

	for (i = 0; i < MODEL_VIFS; i++) {
		const struct model_vif *v = &c->model.vif[i];

		if (v->is_used &&
		    (v->config.rx_rate || (!rx_only && v->config.storm)))
			return true;
	}
	return false;
}

/* Would somebody be short of buffers, or the wire take no frame? */
static bool is_short(const struct switch_card *c)
{
	static struct model m;
	unsigned int i;

	m = c->model;
	m.is_short = false;
	for (i = 0; i < c->nr_frames; i++)
		expect(&m, &c->frame[i], i);
	return m.is_short;
}

/* Comparing. ---------------------------------------------------------------- */

static bool is_copy(const struct switch_card *c, const struct model_copy *e,
		    const uint8_t *octet, uint32_t len,
		    const struct svnic_meta *meta)
{
	const uint8_t *was = c->frame[e->frame].octet;
	uint32_t cut = e->is_cut ? 4 : 0;

	return e->len == len && memcmp(&e->meta, meta, sizeof(*meta)) == 0 &&
	       memcmp(octet, was, 12) == 0 &&
	       memcmp(octet + 12, was + 12 + cut, len - 12) == 0;
}

/* It is the next that is expected of its flow. */
static void take(struct switch_card *c, unsigned int to, unsigned int queue,
		 const uint8_t *octet, uint32_t len,
		 const struct svnic_meta *meta)
{
	struct model_copy *e = c->model.copy;
	unsigned int is_late[MODEL_VIFS * MODEL_QUEUES + MODEL_QUEUES] = { 0 };
	unsigned int i;

	for (i = 0; i < c->model.nr_copies; i++, e++) {
		unsigned int from = source(&c->frame[e->frame]);

		if (e->is_taken || e->to != to || e->queue != queue)
			continue;
		if (is_copy(c, e, octet, len, meta)) {
			if (is_late[from])
				fail("out of order", to, queue, len);
			e->is_taken = true;
			return;
		}
		is_late[from] = 1;
	}
	fail("not expected, or altered", to, queue, len);
}

static void take_all(struct switch_card *c)
{
	const struct sim_frame *w;
	struct svnic_meta meta;
	unsigned int i;
	unsigned int q;
	uint32_t len;

	for (i = 0; i < MODEL_VIFS; i++) {
		for (q = 0; q < MODEL_QUEUES && c->model.vif[i].is_used; q++) {
			if (!c->model.vif[i].queue[q].is_started)
				continue;
			while ((len = sim_receive(&c->guest[i][q], got,
						  sizeof(got), &meta)))
				take(c, i, q, got, len, &meta);
		}
	}
	for (; (w = sim_wire_peek(0)); sim_wire_drop(0))
		take(c, MODEL_WIRE, 0, w->data, w->len, &w->meta);
	for (i = 0; i < c->model.nr_copies; i++) {
		const struct model_copy *e = &c->model.copy[i];

		if (!e->is_taken)
			fail("never came", e->to, e->queue, e->len);
	}
	c->model.nr_copies = 0;
}

static void same(uint64_t card, uint64_t model, const char *what,
		 unsigned int vif, unsigned int verdict)
{
	if (card == model)
		return;
	fprintf(stderr,
		"broken: %s of VIF %u, verdict %u: the card has %llu, the model %llu\n",
		what, vif, verdict, (unsigned long long)card,
		(unsigned long long)model);
	abort();
}

static void compare_vif(struct switch_card *c, unsigned int i)
{
	const struct svnic_vif_stats *e = &c->model.vif[i].stats;
	const struct svnic_vif_stats *s;
	struct svnic_vif_info info;
	unsigned int v;

	stats_vif_info(c->core,
		       vif_find(c->core, i / MODEL_NUMBERS, i % MODEL_NUMBERS),
		       &info);
	s = &info.stats;
	same(s->faults, 0, "faults", i, 0);
	same(s->tx_frames, e->tx_frames, "tx_frames", i, 0);
	same(s->tx_octets, e->tx_octets, "tx_octets", i, 0);
	same(s->rx_frames, e->rx_frames, "rx_frames", i, 0);
	same(s->rx_octets, e->rx_octets, "rx_octets", i, 0);
	for (v = 0; v < SVNIC_VERDICT_SLOTS; v++) {
		same(s->tx_verdict[v], e->tx_verdict[v], "tx", i, v);
		same(s->rx_verdict[v], e->rx_verdict[v], "rx", i, v);
	}
}

static void compare(struct switch_card *c)
{
	const struct svnic_port_info *p = &c->model.port;
	struct svnic_port_info info;
	unsigned int i;

	take_all(c);
	for (i = 0; i < MODEL_VIFS; i++) {
		if (c->model.vif[i].is_used)
			compare_vif(c, i);
		else
			card_check(!vif_find(c->core, i / MODEL_NUMBERS,
					     i % MODEL_NUMBERS),
				   "no VIF where the model has none");
	}
	stats_port_info(c->core, 0, &info);
	same(info.tx_frames, p->tx_frames, "tx_frames", MODEL_WIRE, 0);
	same(info.tx_octets, p->tx_octets, "tx_octets", MODEL_WIRE, 0);
	same(info.rx_frames, p->rx_frames, "rx_frames", MODEL_WIRE, 0);
	same(info.rx_octets, p->rx_octets, "rx_octets", MODEL_WIRE, 0);
	for (i = 0; i < SVNIC_VERDICT_SLOTS; i++)
		same(info.rx_verdict[i], p->rx_verdict[i], "rx", MODEL_WIRE, i);
}

/* Ways to send. ------------------------------------------------------------- */

/* All senders at once. */
static void send_together(struct switch_card *c)
{
	unsigned int i;

	for (i = 0; i < c->nr_frames; i++) {
		if (send_one(c, &c->frame[i]))
			expect(&c->model, &c->frame[i], i);
	}
	work(c);
	compare(c);
}

/* One queue of a sender after the other. */
static void send_in_turn(struct switch_card *c)
{
	unsigned int s;
	unsigned int i;

	for (s = 0; s < (MODEL_VIFS + 1) * MODEL_QUEUES; s++) {
		bool any = false;

		for (i = 0; i < c->nr_frames; i++) {
			if (source(&c->frame[i]) != s ||
			    !send_one(c, &c->frame[i]))
				continue;
			expect(&c->model, &c->frame[i], i);
			any = true;
		}
		if (!any)
			continue;
		work(c);
		compare(c);
	}
}

static void send_one_by_one(struct switch_card *c)
{
	unsigned int i;

	for (i = 0; i < c->nr_frames; i++) {
		if (!send_one(c, &c->frame[i]))
			continue;
		expect(&c->model, &c->frame[i], i);
		work(c);
		compare(c);
	}
}

/* Those whose VIF or queue is not there any more are not sent. */
static void forget_gone(struct switch_card *c)
{
	unsigned int nr = 0;
	unsigned int i;

	for (i = 0; i < c->nr_frames; i++) {
		struct batch_frame *f = &c->frame[i];
		const struct model_vif *v = &c->model.vif[f->from % MODEL_VIFS];

		if (f->from != MODEL_WIRE &&
		    (!v->is_used || !v->queue[f->queue].is_started))
			continue;
		if (nr != i)
			memcpy(&c->frame[nr], f,
			       offsetof(struct batch_frame, octet) + f->len);
		nr++;
	}
	c->nr_frames = nr;
}

static void top_up(struct switch_card *c)
{
	unsigned int i;

	switch_wire(c, SVNIC_V_WIRE);
	for (i = 0; i < MODEL_VIFS * MODEL_QUEUES; i++)
		switch_provide(c, i / MODEL_QUEUES, i % MODEL_QUEUES,
			       MODEL_RING, SVNIC_PAGE_SIZE);
}

void switch_flush(struct switch_card *c)
{
	forget_gone(c);
	/* While somebody waits the time goes on, and with it what a rate
	 * allows: no frame waits then. */
	if (has_rates(c, false)) {
		top_up(c);
		if (is_short(c))
			c->nr_frames = 0;
	}
	if (has_rates(c, true))
		send_one_by_one(c);
	else if (has_rates(c, false) || is_short(c))
		send_in_turn(c);
	else
		send_together(c);
	c->nr_frames = 0;
}
