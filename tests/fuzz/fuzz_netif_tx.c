/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A frontend's tx ring and control messages under fuzzing, through the whole
 * netif path and the real core.  Octet 0: how much is forced into the possible,
 * 1: requests published, 2: control messages, 3: rx slots; then 24 requests,
 * the messages, and the beginnings of four pages.  Whatever it is: either the
 * netif goes on and every request has its answer, in order, or it was ended for
 * a rule, and nothing is mapped or bound.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/netif_world.h"
#include "fuzz.h"

#define REQUESTS 24u
#define PAGES	 4u
#define BUFFER	 300u
#define SHAPED	 1u /* slots that exist, chains that end */
#define TCP	 2u /* a TCP frame, not noise */
#define LONG	 4u /* the last request over and over */

struct source {
	const uint8_t *data;
	size_t left;
};

static void take(struct source *in, void *to, size_t size)
{
	size_t n = in->left < size ? in->left : size;

	memset(to, 0, size);
	memcpy(to, in->data, n);
	in->data += n;
	in->left -= n;
}

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_netif_tx: %s\n", what);
	abort();
}

static void shape(struct wire_tx_req *req, bool last)
{
	req->gref = BUFFER + req->gref % PAGES;
	req->size = (uint16_t)(req->size % NETIF_PAGE);
	req->offset = (uint16_t)(req->offset % (NETIF_PAGE - req->size));
	req->flags &= 15;
	if (last)
		req->flags &= (uint16_t) ~(WIRE_TX_MORE | WIRE_TX_EXTRA);
}

static void write_requests(struct world *w, struct source *in,
			   const uint8_t head[4])
{
	unsigned int nr = head[1] % (REQUESTS + 1);
	struct wire_tx_req req;
	unsigned int i;

	for (i = 0; i < REQUESTS; i++) {
		take(in, &req, sizeof(req));
		if (head[0] & SHAPED && req.flags)
			shape(&req, i + 1 == nr);
		if (i < nr)
			world_tx(w, 0, &req);
		if (i + 1 == nr && head[0] & LONG)
			while (w->tx[0].prod < NETIF_RING)
				world_tx(w, 0, &req);
	}
}

static void write_pages(struct world *w, struct source *in, uint8_t how)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		uint8_t *page = world_page(w, BUFFER + i);

		if (how & TCP)
			world_tcp(page, i % 2 ? 6 : 4, 2000, false);
		else
			take(in, page, 100);
		take(in, page + 12, how & TCP ? 0 : 64);
	}
}

static void send_messages(struct world *w, struct source *in, unsigned int nr)
{
	struct svnic_ctrl_req req;
	uint32_t status, data;

	for (; nr && w->netif; nr--) {
		take(in, &req, sizeof(req));
		req.type %= 16;
		req.data[1] %= WORLD_PAGES;
		netif_ctrl(w->netif, &req, &status, &data);
	}
}

/* Each request has an answer, with its own id or that of an extra. */
static void check_answers(struct world *w)
{
	struct wire_tx_rsp rsp;
	unsigned int nr = 0;

	while (world_tx_answer(w, 0, &rsp)) {
		must(rsp.status <= WIRE_RSP_NULL &&
			     rsp.status >= WIRE_RSP_DROPPED,
		     "an answer without sense");
		nr++;
	}
	must(nr == w->tx[0].prod, "a request without an answer");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source in = { data, size };
	static uint8_t frame[SVNIC_FRAME_MAX];
	struct svnic_meta meta;
	static struct world w;
	uint8_t head[4];

	world_init(&w, 2, true);
	must(world_connect(&w) == 0, "it does not connect");
	take(&in, head, sizeof(head));
	write_requests(&w, &in, head);
	write_pages(&w, &in, head[0]);
	send_messages(&w, &in, head[2] % 16);
	world_post(&w, 1, head[3]);
	world_tx_push(&w, 0);
	world_run(&w);
	while (world_peer_receive(&w, frame, &meta))
		;
	world_frame(frame, 200, true);
	world_peer_send(&w, frame, 200, NULL);
	world_run(&w);
	if (w.nr_faults)
		must(!w.netif && w.fault[0], "a fault without a reason");
	else
		check_answers(&w);
	world_fini(&w);
	return 0;
}
