// SPDX-License-Identifier: GPL-2.0-only
/*
 * An honest queue pair, small and without any care for speed: what the attacks
 * start from, and what must work again after each of them.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include "rude.h"

#define RX_BUFFERS 8 /* a page holds four of them */
#define RX_SIZE	   1024
#define FRAME_LEN  60
#define FRAME_TYPE 0x88b5 /* for experiments */

void *rude_page(const struct rude *r, unsigned int page)
{
	return (char *)r->mem + page * PAGE_SIZE;
}

struct svnic_queue_ctrl *rude_ctrl(const struct rude *r)
{
	return rude_page(r, RUDE_AREA);
}

int rude_grant(struct rude *r, unsigned int page, bool read_only)
{
	return gnttab_grant_foreign_access((domid_t)r->dev->otherend_id,
					   virt_to_gfn(rude_page(r, page)),
					   read_only);
}

u32 rude_pages_add(struct rude *r, u32 first, u32 count)
{
	u32 i;
	int ref;

	memset(r->list, 0, PAGE_SIZE);
	for (i = 0; i < count; i++) {
		bool read_only = first + i == RUDE_READ_ONLY;

		ref = rude_grant(r, first + i, read_only);
		if (ref < 0)
			return (u32)ref;
		r->ref[first + i] = (grant_ref_t)ref;
		r->list[i].gref = svnic_le32((u32)ref);
		r->list[i].flags =
			svnic_le16(read_only ? SVNIC_GREF_READ_ONLY : 0);
	}
	return rude_ask(r, SVNIC_CTRL_ADD_PAGES, first, r->list_ref, count,
			NULL);
}

u32 rude_pages_del(struct rude *r, u32 first, u32 count)
{
	u32 done = 0;
	u32 status = rude_ask(r, SVNIC_CTRL_DEL_PAGES, first, 0, count, &done);
	u32 i;

	if (!rude_is(r, "pages withdrawn", count, done))
		return status;
	for (i = first; i < first + count; i++) {
		rude_is(r, "grant ended after DEL_PAGES", 1,
			(u32)gnttab_try_end_foreign_access(r->ref[i]));
		r->ref[i] = 0;
	}
	return status;
}

u32 rude_queue_start(struct rude *r)
{
	int err = 0;
	u32 status;

	if (!r->queue_port)
		err = xenbus_alloc_evtchn(r->dev, &r->queue_port);
	if (err)
		return (u32)err;
	status = rude_ask(r, SVNIC_CTRL_QUEUE_START,
			  RUDE_ORDER << 8 | RUDE_ORDER << 16, RUDE_AREA,
			  r->queue_port, NULL);
	svnic_queue_init(&r->tx, &r->rx, rude_page(r, RUDE_AREA), RUDE_ORDER,
			 RUDE_ORDER);
	return status;
}

u32 rude_queue_stop(struct rude *r)
{
	u32 status = rude_ask(r, SVNIC_CTRL_QUEUE_STOP, 0, 0, 0, NULL);

	if (r->queue_port)
		xenbus_free_evtchn(r->dev, r->queue_port);
	r->queue_port = 0;
	return status;
}

void rude_kick(struct rude *r)
{
	writel(++r->kick, &r->bell[0].kick);
}

bool rude_reset(struct rude *r)
{
	struct svnic_queue_ctrl *c = rude_ctrl(r);

	svnic_poke32(&c->tx_prod, 0);
	svnic_poke32(&c->tx_event, 0);
	svnic_poke32(&c->rx_prod, 0);
	svnic_poke32(&c->rx_event, 0);
	writel(++r->reset, &r->bell[0].reset);
	svnic_queue_init(&r->tx, &r->rx, c, RUDE_ORDER, RUDE_ORDER);
	/* Pairs with rewind() in device-firmware/core/queue.c (O2, O4). */
	return rude_wait(svnic_observe32(&c->reset) == r->reset);
}

void rude_send(struct rude *r, const struct svnic_tx_desc *d, unsigned int nr)
{
	while (nr--)
		svnic_tx_provide(&r->tx, d++);
	svnic_tx_publish(&r->tx);
	rude_kick(r);
}

struct svnic_tx_desc rude_frame(struct rude *r, unsigned int len)
{
	struct ethhdr *eth = rude_page(r, RUDE_TX);
	struct svnic_tx_desc d = {
		.seg.page = svnic_le32(RUDE_TX),
		.seg.len = svnic_le16((u16)len),
		.meta.segs = 1,
	};

	memset(eth, 0, PAGE_SIZE);
	eth_broadcast_addr(eth->h_dest);
	ether_addr_copy(eth->h_source, r->mac);
	eth->h_proto = htons(FRAME_TYPE);
	return d;
}

bool rude_is_sent(struct rude *r)
{
	const struct svnic_queue_ctrl *c = rude_ctrl(r);
	u32 next = r->tx.next;

	rude_wait(svnic_peek32(&c->tx_cons) == next ||
		  svnic_peek32(&c->state) == SVNIC_QUEUE_FAULTED);
	return rude_is(r, "state", SVNIC_QUEUE_RUNNING,
		       svnic_peek32(&c->state)) &&
	       rude_is(r, "tx_cons", next, svnic_peek32(&c->tx_cons));
}

bool rude_is_stopped(struct rude *r, enum svnic_verdict verdict)
{
	const struct svnic_queue_ctrl *c = rude_ctrl(r);

	/* Pairs with show_fault() in device-firmware/core/queue.c (O5). */
	rude_wait(svnic_observe32(&c->state) == SVNIC_QUEUE_FAULTED);
	return rude_is(r, "state", SVNIC_QUEUE_FAULTED,
		       svnic_peek32(&c->state)) &&
	       rude_is(r, "verdict", verdict, svnic_peek32(&c->fault));
}

static void provide_buffers(struct rude *r)
{
	unsigned int i;

	for (i = 0; i < RX_BUFFERS; i++) {
		u32 at = i * RX_SIZE;
		struct svnic_seg seg = {
			.page = svnic_le32((u32)(RUDE_RX + at / PAGE_SIZE)),
			.offset = svnic_le16((u16)(at % PAGE_SIZE)),
			.len = svnic_le16(RX_SIZE),
		};

		svnic_rx_provide(&r->rx, &seg);
	}
	svnic_rx_publish(&r->rx);
}

bool rude_is_well(struct rude *r)
{
	struct svnic_tx_desc d = rude_frame(r, FRAME_LEN);

	if (!rude_is(r, "reset by the doorbell", 1, rude_reset(r)))
		return false;
	provide_buffers(r);
	rude_send(r, &d, 1);
	return rude_is_sent(r);
}
