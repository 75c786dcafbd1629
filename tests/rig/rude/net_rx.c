// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive slots: none, one at a time, with grants that are no use (rules R21,
 * R26, R27).  Somebody must send broadcasts all the time.
 */
#include "net.h"

#define PORT_RX	    1
#define PATIENCE_MS 8000

static void rx_put(struct rudenet *n, u16 id, grant_ref_t ref)
{
	struct xen_netif_rx_request *req =
		RING_GET_REQUEST(&n->rx, n->rx.req_prod_pvt);

	req->id = id;
	req->pad = 0;
	req->gref = ref;
	n->rx.req_prod_pvt++;
}

static void rx_push(struct rudenet *n)
{
	/* Pairs with sring_avail() in backend/svnicd/netif/sring.c. */
	virt_wmb();
	WRITE_ONCE(n->rx.sring->req_prod, n->rx.req_prod_pvt);
	net_notify(n, n->is_split ? PORT_RX : 0);
}

static bool rx_take(struct rudenet *n, struct xen_netif_rx_response *rsp)
{
	if (!net_poll(READ_ONCE(n->rx.sring->rsp_prod) != n->rx.rsp_cons,
		      PATIENCE_MS))
		return false;
	/* Pairs with sring_publish() in backend/svnicd/netif/sring.c. */
	virt_rmb();
	RING_COPY_RESPONSE(&n->rx, n->rx.rsp_cons, rsp);
	n->rx.rsp_cons++;
	return true;
}

/* One slot at a time, @nr times; each is filled inside its page. */
static bool one_by_one(struct rudenet *n, unsigned int nr)
{
	struct xen_netif_rx_response rsp;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		rx_put(n, (u16)(0xfff0 + i), n->ref[NET_RX_PAGE]);
		rx_push(n);
		if (!net_is(n, "a frame comes", 1, rx_take(n, &rsp)) ||
		    !net_is(n, "id", 0xfff0 + i, rsp.id) ||
		    !net_is(n, "status above 0", 1, rsp.status > 0) ||
		    !net_is(n, "inside the page", 1,
			    rsp.offset + rsp.status <= PAGE_SIZE))
			return false;
	}
	return true;
}

/* A slot that cannot be filled: answered with an error, or not used at all. */
static bool useless(struct rudenet *n, grant_ref_t ref)
{
	struct xen_netif_rx_response rsp;

	rx_put(n, 7, ref);
	rx_put(n, 8, n->ref[NET_RX_PAGE]);
	rx_push(n);
	return net_is(n, "an answer", 1, rx_take(n, &rsp)) &&
	       net_is(n, "id", 7, rsp.id) &&
	       net_is(n, "status below 0", 1, rsp.status < 0) &&
	       net_is(n, "a frame comes", 1, rx_take(n, &rsp)) &&
	       net_is(n, "id", 8, rsp.id) &&
	       net_is(n, "status above 0", 1, rsp.status > 0);
}

/* Bad ones at each place among good ones. */
static bool useless_among_good(struct rudenet *n)
{
	struct xen_netif_rx_response rsp;
	unsigned int i, bad = 0;

	for (i = 0; i < 16; i++)
		rx_put(n, (u16)i,
		       i % 3 ? NET_NOWHERE : n->ref[NET_RX_PAGE + i % NET_RX]);
	rx_push(n);
	for (i = 0; i < 16; i++) {
		if (!net_is(n, "an answer", 1, rx_take(n, &rsp)) ||
		    !net_is(n, "id", i, rsp.id))
			return false;
		bad += rsp.status < 0;
	}
	return net_is(n, "errors of 16", 10, bad);
}

/* Two rings' worth of slots, or as many as fit, and nothing else. */
static bool full_ring(struct rudenet *n)
{
	struct xen_netif_rx_response rsp;
	unsigned int i;

	for (i = 0; i < RING_SIZE(&n->rx); i++)
		rx_put(n, (u16)i, n->ref[NET_RX_PAGE]);
	rx_push(n);
	return net_is(n, "a frame comes", 1, rx_take(n, &rsp)) && net_works(n);
}

static void again(struct rudenet *n, bool is_split)
{
	n->is_split = is_split;
	net_reset(n);
	net_score(n,
		  is_split ? "connect, a port for each ring"
			   : "connect, one port",
		  net_is(n, "error", 0, (u32)net_connect(n, NULL)) &&
			  net_works(n));
}

void net_attack_rx(struct rudenet *n)
{
	/* Broadcasts come meanwhile, and there is nowhere to put them. */
	msleep(2000);
	net_score(n, "rx: no slots", net_works(n));
	net_score(n, "rx: slots one by one", one_by_one(n, 10));
	again(n, true);
	net_score(n, "rx: slots one by one again", one_by_one(n, 3));
	net_score(n, "rx: a gref beyond the table", useless(n, NET_NOWHERE));
	net_score(n, "rx: gref 2^32 - 1", useless(n, U32_MAX));
	net_score(n, "rx: a page that may only be read",
		  useless(n, n->ref[NET_READ_ONLY]));
	net_score(n, "rx: bad grefs among good ones", useless_among_good(n));
	net_score(n, "rx: all slots of the ring, one page", full_ring(n));
	again(n, false);
}
