/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See netif_world.h: the guest's side of its rings, the neighbour, and the
 * frames that they send to each other.
 */
#include <string.h>

#include "fakes/netif_platform.h"
#include "netif/headers.h"

#define RX_PAGES 256u /* grants of the rx slots of a queue */
#define RX_FIRST 600u /* of queue 0; the others share them */

const uint8_t world_mac[6] = { 2, 0, 0, 0, 0, 1 };
const uint8_t world_peer[6] = { 2, 0, 0, 0, 0, 2 };
const uint8_t world_other[6] = { 2, 0, 0, 0, 0, 3 };

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
		world_check(world_rx_answer(w, q, &rsp),
			    "an extra slot is missing");
		memcpy(&e, &rsp, sizeof(e));
		world_check(e.type < WIRE_EXTRA_NR, "an extra slot is unknown");
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
		world_check(rsp.id == idx % NETIF_RING,
			    "a slot has another's id");
		world_check(rsp.status > 0, "a slot has an error");
		memcpy(frame + len, w->page[world_rx_gref(q, idx)] + rsp.offset,
		       (size_t)rsp.status);
		len += (uint16_t)rsp.status;
		if (rsp.flags & WIRE_RX_EXTRA)
			take_extras(w, q, extra);
		if (!(rsp.flags & WIRE_RX_MORE))
			return len;
		idx = w->rx[q].cons;
		world_check(world_rx_answer(w, q, &rsp), "a slot is missing");
	}
}

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
		frame[23] = SVNIC_IP_TCP;
		memcpy(frame + 26, "\x0a\x00\x00\x01\x0a\x00\x00\x02", 8);
	} else {
		frame[14] = 0x60;
		headers_put16(frame + 18, (uint16_t)(len - 54));
		frame[20] = SVNIC_IP_TCP;
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
	world_check(headers_find(frame, len, &h) && h.end == l4 + 20,
		    "the headers");
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
