/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See netif_world.h.  The platform's functions that the netif path calls, on
 * arrays; vif_peer_fault(), which ends the netif as the life cycle does.
 */
#include "fakes/netif_world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "netif/headers.h"
#include "netif/priv.h"

#define MEMORY	   (4096u * SVNIC_PAGE_SIZE)
#define VIF	   1u
#define PEER	   2u
#define RX_PAGES   256u /* grants of the rx slots of a queue */
#define RX_FIRST   600u /* of queue 0; the others share them */
#define PEER_ORDER 6u

struct platform {
	struct world *w;
};

const uint8_t world_mac[6] = { 2, 0, 0, 0, 0, 1 };
const uint8_t world_peer[6] = { 2, 0, 0, 0, 0, 2 };

static struct platform platform;
static uint32_t next_page; /* of the card's host */

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "netif_world: %s\n", what);
	abort();
}

/* The platform ------------------------------------------------------------ */

static char *tenant_read(struct platform *p, struct tenant *t, const char *key)
{
	unsigned int i;

	(void)t;
	for (i = 0; i < WORLD_KEYS; i++)
		if (p->w->key[i].value && strcmp(p->w->key[i].key, key) == 0)
			return strdup(p->w->key[i].value);
	return NULL;
}

static bool is_granted(const struct world *w, uint32_t gref)
{
	return gref > 0 && gref < WORLD_PAGES && !w->revoked[gref];
}

static int grant_map(struct platform *p, struct tenant *t, uint32_t gref,
		     bool writable, void **page)
{
	(void)t;
	(void)writable;
	if (p->w->map_fails && --p->w->map_fails == 0)
		return -ENOMEM;
	if (!is_granted(p->w, gref))
		return -EINVAL;
	p->w->nr_mapped++;
	*page = p->w->page[gref];
	return 0;
}

static void grant_unmap(struct platform *p, void *page)
{
	check(page != NULL, "nothing is unmapped");
	p->w->nr_mapped--;
}

/* Does a piece begin in the page that it names? */
static bool is_in_page(struct world *w, const struct platform_copy *c)
{
	struct ownq *q = &w->netif->slow;
	char *page = q->buffers +
		     (size_t)(c->page - q->shape.buffers) * SVNIC_PAGE_SIZE;

	check(c->nr == VIF && q->nr == VIF, "a piece of another VIF");
	check(c->page >= q->shape.buffers &&
		      c->page - q->shape.buffers < q->shape.nr_buffers,
	      "a piece outside of the buffers");
	return (char *)c->mem >= page &&
	       (char *)c->mem < page + SVNIC_PAGE_SIZE;
}

static void copy_one(struct world *w, struct platform_copy *c)
{
	uint8_t *its;

	check(c->len > 0 && c->offset + c->len <= NETIF_PAGE,
	      "a piece leaves its page");
	check(c->tenant == w->vif.tenant, "a piece of another guest");
	if (c->page != PLATFORM_ELSEWHERE)
		check(is_in_page(w, c), "a piece is not in its page");
	c->failed = !is_granted(w, c->gref);
	if (c->failed)
		return;
	its = w->page[c->gref] + c->offset;
	if (c->to_guest)
		memcpy(its, c->mem, c->len);
	else
		memcpy(c->mem, its, c->len);
}

static void turn(struct platform *p, const struct platform_turn *t)
{
	struct world *w = p->w;
	struct world_port *o;
	unsigned int i;

	for (i = 0; i < t->nr_ring; i++) {
		o = &w->port[t->ring[i]];
		check(o->rang != NULL, "no such port is rung");
		o->notified++;
	}
	for (i = 0; i < t->nr_unmask; i++) {
		o = &w->port[t->unmask[i]];
		check(o->rang && o->masked,
		      "a port is unmasked that did not ring");
		o->masked = false;
		o->unmasked++;
	}
	if (!t->nr_copies)
		return;
	w->nr_calls++;
	w->nr_copies += t->nr_copies;
	for (i = 0; i < t->nr_copies; i++)
		copy_one(w, &t->copy[i]);
	if (w->while_copying)
		w->while_copying(w);
}

static int port_bind(struct platform *p, struct tenant *t, uint32_t remote,
		     platform_rang_fn rang, void *arg, uint32_t *port)
{
	struct world *w = p->w;

	(void)t;
	if (w->bind_fails && --w->bind_fails == 0)
		return -EINVAL;
	if (remote >= WORLD_PORTS || w->port[remote].rang)
		return -EINVAL;
	w->port[remote].rang = rang;
	w->port[remote].arg = arg;
	w->port[remote].masked = false;
	*port = remote;
	return 0;
}

static void port_unbind(struct platform *p, uint32_t port)
{
	check(p->w->port[port].rang != NULL, "a port is unbound twice");
	p->w->port[port].rang = NULL;
}

static int queue_command(struct world *w, unsigned int opcode, unsigned int nr,
			 unsigned int queue,
			 const struct svnic_queue_config *config)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)opcode),
		.vif = svnic_le16((uint16_t)nr),
		.queue = svnic_le16((uint16_t)queue),
	};

	if (config)
		cmd.arg.queue_config = *config;
	return (int)sim_admin(&w->host, &cmd);
}

static int queue_start(struct platform *p, unsigned int nr, unsigned int queue,
		       struct tenant *t, uint32_t port,
		       const struct svnic_queue_config *config)
{
	check(!t && !port, "the queue is the daemon's own");
	return queue_command(p->w, SVNIC_OP_QUEUE_START, nr, queue, config);
}

static int queue_stop(struct platform *p, unsigned int nr, unsigned int queue)
{
	return queue_command(p->w, SVNIC_OP_QUEUE_STOP, nr, queue, NULL);
}

static int groups_set(struct platform *p, unsigned int nr,
		      const struct svnic_groups *list)
{
	return (int)sim_groups_set(&p->w->host, nr, list);
}

static int pages_alloc(struct platform *p, unsigned int nr, uint32_t first,
		       uint32_t count, void **mem)
{
	struct world *w = p->w;
	uint32_t page = next_page;
	int err = (int)sim_pages_map(&w->host, nr, first, page, count);

	if (err)
		return err;
	next_page += count;
	check(next_page * (size_t)SVNIC_PAGE_SIZE <= MEMORY, "memory is left");
	*mem = sim_page(&w->host, page);
	memset(*mem, 0, (size_t)count * SVNIC_PAGE_SIZE);
	return 0;
}

static void pages_free(struct platform *p, unsigned int nr, uint32_t first,
		       uint32_t count, void *mem)
{
	(void)mem;
	sim_pages_unmap(&p->w->host, nr, first, count);
}

static int pages_del(struct platform *p, unsigned int nr, uint32_t first,
		     uint32_t count)
{
	uint32_t n;

	for (; count; first += n, count -= n) {
		n = count < SVNIC_PAGES_BATCH ? count : SVNIC_PAGES_BATCH;
		sim_pages_unmap(&p->w->host, nr, first, n);
	}
	return 0;
}

static int doorbell_map(struct platform *p, unsigned int nr,
			struct svnic_doorbell **doorbell)
{
	(void)p;
	*doorbell = &sim_link(0)->doorbell[nr * SIM_BELLS];
	return 0;
}

static void doorbell_unmap(struct platform *p, struct svnic_doorbell *doorbell)
{
	(void)p;
	(void)doorbell;
}

static const struct platform_ops ops = {
	.name = "world",
	.queue_start = queue_start,
	.queue_stop = queue_stop,
	.groups_set = groups_set,
	.pages_alloc = pages_alloc,
	.pages_free = pages_free,
	.pages_del = pages_del,
	.doorbell_map = doorbell_map,
	.doorbell_unmap = doorbell_unmap,
	.tenant_read = tenant_read,
	.grant_map = grant_map,
	.grant_unmap = grant_unmap,
	.turn = turn,
	.port_bind = port_bind,
	.port_unbind = port_unbind,
};

/* In place of vif.c: what the life cycle does. */
void vif_peer_fault(struct vif *vif, const char *reason)
{
	struct world *w = vif->d->platform->w;

	snprintf(w->fault, sizeof(w->fault), "%s", reason);
	w->nr_faults++;
	netif_destroy(w->netif);
	w->netif = NULL;
}

/* The world ------------------------------------------------------------------ */

static void make_card(struct world *w)
{
	const struct core_config config = {
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

	check(posix_memalign(&w->arena, 64, core_arena_size(&config)) == 0,
	      "no memory");
	memset(w->arena, 0, core_arena_size(&config));
	sim_init(1, 0, MEMORY);
	check(core_init(w->arena, core_arena_size(&config), &config, &w->core,
			&adopted) == 0,
	      "no core");
	sim_host_init(&w->host, w->core, 0);
	memcpy(vif.mac, world_mac, 6);
	check(sim_vif_create(&w->host, VIF, &vif) == 0, "no VIF");
	memcpy(vif.mac, world_peer, 6);
	check(sim_vif_create(&w->host, PEER, &vif) == 0, "no VIF");
	sim_guest_init(&w->peer, &w->host, PEER, 0, PEER_ORDER);
	sim_provide(&w->peer, 64, SVNIC_PAGE_SIZE);
	sim_ring(&w->peer);
	next_page = w->host.next;
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
	w->daemon.turns = netif_turns_create(w->base, &ops, &platform);
	check(w->daemon.turns != NULL, "no memory");
}

void world_init(struct world *w, unsigned int nr_queues, bool split)
{
	unsigned int i;

	memset(w, 0, sizeof(*w));
	platform.w = w;
	w->base = event_base_new();
	w->page = calloc(WORLD_PAGES, NETIF_PAGE);
	check(w->base && w->page, "no memory");
	w->daemon.base = w->base;
	w->daemon.ops = &ops;
	w->daemon.platform = &platform;
	make_turns(w);
	w->vif.d = &w->daemon;
	w->vif.nr = VIF;
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
	for (i = 0; i < WORLD_PORTS; i++)
		check(!w->port[i].rang, "a port is still bound");
	check(w->nr_mapped == 0, "a page is still mapped");
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

/* What was mapped and bound goes with the process; the card keeps all. */
void world_restart(struct world *w)
{
	unsigned int i;

	/* Its memory goes without a word to the card or the guest. */
	netif_turns_free(w->daemon.turns);
	event_free(w->netif->tick);
	free(w->netif);
	w->netif = NULL;
	w->nr_mapped = 0;
	event_base_free(w->base);
	w->base = event_base_new();
	w->daemon.base = w->base;
	make_turns(w);
	for (i = 0; i < WORLD_PORTS; i++)
		w->port[i].rang = NULL;
	check(world_connect(w) == 0, "it connects again");
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
	check(to < WORLD_KEYS, "too many keys");
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

static void deliver_card(struct world *w)
{
	struct svnic_event e;

	while (sim_event_take(&w->host, &e)) {
		if (!w->netif || svnic_cpu16(e.vif) != VIF)
			continue;
		if (e.reason == SVNIC_EVENT_FAULT)
			netif_card_fault(w->netif, e.queue, svnic_cpu32(e.arg));
		else
			netif_card_event(w->netif, e.queue);
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
		sim_settle(w->core);
		deliver_card(w);
	}
}

/* The guest -------------------------------------------------------------------- */

uint8_t *world_page(struct world *w, uint32_t gref)
{
	return w->page[gref];
}

void world_ring(struct world *w, uint32_t port)
{
	w->port[port].pending = true;
}

static char *slot(struct world_ring *r, uint32_t idx, uint32_t size)
{
	return (char *)r->page + NETIF_RING_START + idx % NETIF_RING * size;
}

void world_tx(struct world *w, unsigned int q, const struct wire_tx_req *req)
{
	struct world_ring *r = &w->tx[q];

	memcpy(slot(r, r->prod++, sizeof(*req)), req, sizeof(*req));
}

void world_tx_extra(struct world *w, unsigned int q,
		    const struct wire_extra *extra)
{
	struct wire_tx_req req = { .gref = 0 };

	memcpy(&req, extra, sizeof(*extra));
	world_tx(w, q, &req);
}

static void push(struct world *w, struct world_ring *r)
{
	uint32_t old = r->page->req_prod;

	r->page->req_prod = r->prod;
	if (r->prod - r->page->req_event < r->prod - old)
		world_ring(w, r->port);
}

void world_tx_push(struct world *w, unsigned int q)
{
	push(w, &w->tx[q]);
}

bool world_tx_answer(struct world *w, unsigned int q, struct wire_tx_rsp *rsp)
{
	struct world_ring *r = &w->tx[q];

	if (r->cons == r->page->rsp_prod)
		return false;
	memcpy(rsp, slot(r, r->cons++, sizeof(struct wire_tx_req)),
	       sizeof(*rsp));
	r->page->rsp_event = r->cons + 1;
	return true;
}

void world_send(struct world *w, unsigned int q, uint32_t gref,
		const uint8_t *frame, uint32_t len, uint32_t piece,
		uint16_t flags)
{
	struct wire_tx_req req = { .flags = flags };
	uint32_t at, n;

	for (at = 0; at < len; at += n, gref++) {
		n = len - at < piece ? len - at : piece;
		memcpy(w->page[gref] + NETIF_PAGE - n, frame + at, n);
		req.gref = gref;
		req.offset = (uint16_t)(NETIF_PAGE - n);
		req.size = (uint16_t)(at ? n : len);
		req.id = (uint16_t)(w->tx[q].prod % NETIF_RING);
		req.flags = at ? 0 : flags;
		if (at + n < len)
			req.flags |= WIRE_TX_MORE;
		world_tx(w, q, &req);
	}
}

uint32_t world_rx_gref(unsigned int q, uint32_t idx)
{
	return RX_FIRST + (q * 64 + idx) % RX_PAGES;
}

void world_post(struct world *w, unsigned int q, unsigned int nr)
{
	struct world_ring *r = &w->rx[q];
	struct wire_rx_req req = { .pad = 0 };

	for (; nr; nr--) {
		req.id = (uint16_t)(r->prod % NETIF_RING);
		req.gref = world_rx_gref(q, r->prod);
		memcpy(slot(r, r->prod++, sizeof(req)), &req, sizeof(req));
	}
	push(w, r);
}

bool world_rx_answer(struct world *w, unsigned int q, struct wire_rx_rsp *rsp)
{
	struct world_ring *r = &w->rx[q];

	if (r->cons == r->page->rsp_prod)
		return false;
	memcpy(rsp, slot(r, r->cons++, sizeof(*rsp)), sizeof(*rsp));
	r->page->rsp_event = r->cons + 1;
	return true;
}

static void take_extras(struct world *w, unsigned int q,
			struct wire_extra *extra)
{
	struct wire_rx_rsp rsp;
	struct wire_extra e;

	do {
		check(world_rx_answer(w, q, &rsp), "an extra slot is missing");
		memcpy(&e, &rsp, sizeof(e));
		check(e.type < WIRE_EXTRA_NR, "an extra slot is unknown");
		if (extra)
			extra[e.type] = e;
	} while (e.flags & WIRE_EXTRA_MORE);
}

uint32_t world_receive(struct world *w, unsigned int q, uint8_t *frame,
		       uint16_t *flags, struct wire_extra *extra)
{
	struct wire_rx_rsp rsp;
	uint32_t len = 0;
	uint32_t idx = w->rx[q].cons;

	if (!world_rx_answer(w, q, &rsp))
		return 0;
	*flags = rsp.flags;
	for (;;) {
		check(rsp.id == idx % NETIF_RING, "a slot has another's id");
		check(rsp.status > 0, "a slot has an error");
		memcpy(frame + len, w->page[world_rx_gref(q, idx)] + rsp.offset,
		       (size_t)rsp.status);
		len += (uint16_t)rsp.status;
		if (rsp.flags & WIRE_RX_EXTRA)
			take_extras(w, q, extra);
		if (!(rsp.flags & WIRE_RX_MORE))
			return len;
		idx = w->rx[q].cons;
		check(world_rx_answer(w, q, &rsp), "a slot is missing");
	}
}

/* Frames ------------------------------------------------------------------------ */

static void addresses(uint8_t *frame, bool to_guest)
{
	memcpy(frame, to_guest ? world_mac : world_peer, 6);
	memcpy(frame + 6, to_guest ? world_peer : world_mac, 6);
}

void world_frame(uint8_t *frame, uint32_t len, bool to_guest)
{
	uint32_t i;

	addresses(frame, to_guest);
	frame[12] = 0x88;
	frame[13] = 0xb5;
	for (i = 14; i < len; i++)
		frame[i] = (uint8_t)(i * 7 + (i >> 8) + len);
}

uint32_t world_tcp(uint8_t *frame, unsigned int ip, uint32_t payload,
		   bool to_guest)
{
	uint32_t l4 = ip == 4 ? 34 : 54;
	uint32_t len = l4 + 20 + payload;
	struct headers h;
	uint32_t i;

	memset(frame, 0, l4 + 20);
	addresses(frame, to_guest);
	headers_put16(frame + 12, ip == 4 ? 0x0800 : 0x86dd);
	if (ip == 4) {
		frame[14] = 0x45;
		headers_put16(frame + 16, (uint16_t)(len - 14));
		frame[22] = 64;
		frame[23] = HEADERS_TCP;
		memcpy(frame + 26, "\x0a\x00\x00\x01\x0a\x00\x00\x02", 8);
	} else {
		frame[14] = 0x60;
		headers_put16(frame + 18, (uint16_t)(len - 54));
		frame[20] = HEADERS_TCP;
		frame[21] = 64;
		frame[22] = 0xfd;
		frame[38] = 0xfd;
		frame[53] = 9;
	}
	headers_put16(frame + l4, 1000);
	headers_put16(frame + l4 + 2, 5201);
	headers_put32(frame + l4 + 4, 0x11223344);
	frame[l4 + 12] = 0x50;
	frame[l4 + 13] = 0x19; /* ACK, PSH, FIN */
	for (i = l4 + 20; i < len; i++)
		frame[i] = (uint8_t)(i * 5 + (i >> 8));
	check(headers_find(frame, len, &h) && h.end == l4 + 20, "the headers");
	headers_pseudo(frame, &h, len - l4);
	return len;
}

uint32_t world_peer_receive(struct world *w, uint8_t *frame,
			    struct svnic_meta *meta)
{
	uint32_t len = sim_receive(&w->peer, frame, SVNIC_FRAME_MAX, meta);

	sim_provide(&w->peer, 64, SVNIC_PAGE_SIZE);
	sim_ring(&w->peer);
	return len;
}

void world_peer_send(struct world *w, const uint8_t *frame, uint32_t len,
		     const struct svnic_meta *meta)
{
	svnic_tx_return(&w->peer.tx);
	sim_send(&w->peer, frame, len, SVNIC_PAGE_SIZE, meta);
	sim_ring(&w->peer);
	sim_settle(w->core);
}
