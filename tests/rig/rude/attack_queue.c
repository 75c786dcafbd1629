// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rings: descriptors, buffers and indices that no guest may write.  Each
 * stops the queue with the right verdict, and a doorbell reset makes it as
 * good as new (rules R01, R02, R05, R08, R11, R50).
 *
 * What is wrong with a buffer shows when a frame comes for it: somebody must
 * send broadcasts all the time.
 */
#include "rude.h"

#define PAGE(n)	 .seg.page = (n)
#define AT(o, l) .seg.offset = (o), .seg.len = (l)

struct tx_attack {
	const char *name;
	struct svnic_tx_desc d[2]; /* the second is repeated */
	unsigned int nr;
	enum svnic_verdict verdict;
};

#define GOOD PAGE(RUDE_TX), AT(0, 64)

/* The machine is little-endian, as all that Xen runs on. */
static const struct tx_attack tx_attacks[] = {
	{ "tx: a page never registered",
	  { { PAGE(RUDE_UNUSED), AT(0, 64), .meta.segs = 1 } },
	  1,
	  SVNIC_V_BAD_PAGE },
	{ "tx: a page past the table",
	  { { PAGE(SVNIC_MAX_PAGES), AT(0, 64), .meta.segs = 1 } },
	  1,
	  SVNIC_V_BAD_PAGE },
	{ "tx: page 2^32 - 1",
	  { { PAGE(0xffffffff), AT(0, 64), .meta.segs = 1 } },
	  1,
	  SVNIC_V_BAD_PAGE },
	{ "tx: a bad page in the middle",
	  { { GOOD, .meta.segs = 3 }, { PAGE(RUDE_UNUSED), AT(0, 64) } },
	  3,
	  SVNIC_V_BAD_PAGE },
	{ "tx: length 0",
	  { { PAGE(RUDE_TX), AT(0, 0), .meta.segs = 1 } },
	  1,
	  SVNIC_V_BAD_LENGTH },
	{ "tx: length 0 in the middle",
	  { { GOOD, .meta.segs = 3 }, { PAGE(RUDE_TX), AT(64, 0) } },
	  3,
	  SVNIC_V_BAD_LENGTH },
	{ "tx: length 4097",
	  { { PAGE(RUDE_TX), AT(0, 4097), .meta.segs = 1 } },
	  1,
	  SVNIC_V_BAD_LENGTH },
	{ "tx: one octet over the page",
	  { { PAGE(RUDE_TX), AT(4000, 97), .meta.segs = 1 } },
	  1,
	  SVNIC_V_BAD_LENGTH },
	{ "tx: offset 4096",
	  { { PAGE(RUDE_TX), AT(4096, 1), .meta.segs = 1 } },
	  1,
	  SVNIC_V_BAD_LENGTH },
	{ "tx: offset + length is 0",
	  { { PAGE(RUDE_TX), AT(0xffff, 1), .meta.segs = 1 } },
	  1,
	  SVNIC_V_BAD_LENGTH },
	{ "tx: offset and length 65535",
	  { { PAGE(RUDE_TX), AT(0xffff, 0xffff), .meta.segs = 1 } },
	  1,
	  SVNIC_V_BAD_LENGTH },
	{ "tx: chain of 0", { { GOOD } }, 1, SVNIC_V_BAD_CHAIN },
	{ "tx: chain of 21",
	  { { GOOD, .meta.segs = 21 }, { GOOD } },
	  21,
	  SVNIC_V_BAD_CHAIN },
	{ "tx: chain of 255",
	  { { GOOD, .meta.segs = 255 }, { GOOD } },
	  32,
	  SVNIC_V_BAD_CHAIN },
	{ "tx: chain longer than provided",
	  { { GOOD, .meta.segs = 2 } },
	  1,
	  SVNIC_V_BAD_CHAIN },
	{ "tx: reserved",
	  { { GOOD, .meta.segs = 1, .reserved = 1 } },
	  1,
	  SVNIC_V_BAD_CHAIN },
	{ "tx: reserved in the middle",
	  { { GOOD, .meta.segs = 2 }, { GOOD, .reserved = 1ull << 63 } },
	  2,
	  SVNIC_V_BAD_CHAIN },
	{ "tx: rx's length field",
	  { { GOOD, .meta.segs = 1, .meta.len = 64 } },
	  1,
	  SVNIC_V_BAD_CHAIN },
	{ "tx: an unknown flag",
	  { { GOOD, .meta.segs = 1, .meta.flags = 0x8000 } },
	  1,
	  SVNIC_V_BAD_CHAIN },
	{ "tx: a head in the middle",
	  { { GOOD, .meta.segs = 2 }, { GOOD, .meta.segs = 1 } },
	  2,
	  SVNIC_V_BAD_CHAIN },
};

static bool tx_attack(struct rude *r, const struct tx_attack *a)
{
	unsigned int i;

	rude_frame(r, 64);
	for (i = 0; i < a->nr; i++)
		svnic_tx_provide(&r->tx, &a->d[i > 0]);
	rude_send(r, NULL, 0);
	return rude_is_stopped(r, a->verdict);
}

struct rx_attack {
	const char *name;
	struct svnic_seg seg;
	enum svnic_verdict verdict;
};

static const struct rx_attack rx_attacks[] = {
	{ "rx: a page never registered",
	  { .page = RUDE_UNUSED, .len = 4096 },
	  SVNIC_V_BAD_PAGE },
	{ "rx: page 2^32 - 1",
	  { .page = 0xffffffff, .len = 4096 },
	  SVNIC_V_BAD_PAGE },
	{ "rx: a read-only page",
	  { .page = RUDE_READ_ONLY, .len = 4096 },
	  SVNIC_V_READ_ONLY },
	{ "rx: length 0", { .page = RUDE_RX }, SVNIC_V_BAD_LENGTH },
	{ "rx: length 4097",
	  { .page = RUDE_RX, .len = 4097 },
	  SVNIC_V_BAD_LENGTH },
	{ "rx: over the page",
	  { .page = RUDE_RX, .offset = 1, .len = 4096 },
	  SVNIC_V_BAD_LENGTH },
	{ "rx: offset + length is 0",
	  { .page = RUDE_RX, .offset = 0xffff, .len = 1 },
	  SVNIC_V_BAD_LENGTH },
};

static void fill_rx(struct rude *r, const struct svnic_seg *seg)
{
	while (svnic_rx_space(&r->rx))
		svnic_rx_provide(&r->rx, seg);
	svnic_rx_publish(&r->rx);
}

static bool rx_attack(struct rude *r, const struct rx_attack *a)
{
	rude_reset(r);
	fill_rx(r, &a->seg);
	return rude_is_stopped(r, a->verdict);
}

/* By how much an index runs ahead of what is there. */
static const u32 jumps[] = { RUDE_RING + 1, 0x80000000, 0xffffffff };

static bool tx_jump(struct rude *r, u32 by)
{
	r->tx.next += by;
	svnic_tx_publish(&r->tx);
	rude_kick(r);
	return rude_is_stopped(r, SVNIC_V_BAD_INDEX);
}

static bool rx_jump(struct rude *r, u32 by)
{
	rude_reset(r);
	r->rx.next = by;
	svnic_rx_publish(&r->rx);
	return rude_is_stopped(r, SVNIC_V_BAD_INDEX);
}

static bool jump(struct rude *r, bool (*how)(struct rude *r, u32 by))
{
	bool is = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(jumps) && is; i++)
		is = how(r, jumps[i]) && rude_is_well(r);
	return is;
}

/* Withdrawn while a descriptor that names it waits to be looked at. */
static bool withdrawn_tx(struct rude *r)
{
	struct svnic_tx_desc d = rude_frame(r, 64);
	u32 status;

	d.seg.page = svnic_le32(RUDE_VICTIM);
	svnic_tx_provide(&r->tx, &d);
	svnic_tx_publish(&r->tx);
	status = rude_pages_del(r, RUDE_VICTIM, 1);
	rude_kick(r);
	return rude_is(r, "status of DEL_PAGES", SVNIC_CTRL_OK, status) &&
	       rude_is_stopped(r, SVNIC_V_BAD_PAGE);
}

/* Before a frame comes for it, or after some came; never a write to it. */
static bool withdrawn_rx(struct rude *r)
{
	const struct svnic_seg seg = {
		.page = svnic_le32(RUDE_VICTIM),
		.len = svnic_le16(SVNIC_PAGE_SIZE),
	};
	u8 *mem = rude_page(r, RUDE_VICTIM);

	rude_reset(r);
	fill_rx(r, &seg);
	rude_pages_del(r, RUDE_VICTIM, 1);
	memset(mem, 0x5a, PAGE_SIZE);
	return rude_is_stopped(r, SVNIC_V_BAD_PAGE) &&
	       rude_is(r, "the page is untouched", 1,
		       !memchr_inv(mem, 0x5a, PAGE_SIZE));
}

static bool withdrawn(struct rude *r, bool (*how)(struct rude *r))
{
	bool is = how(r);
	u32 status = rude_pages_add(r, RUDE_VICTIM, 1);

	return rude_is(r, "status of ADD_PAGES", SVNIC_CTRL_OK, status) && is;
}

/* A page of the queue itself; of the control page nothing can be seen. */
static bool withdrawn_area(struct rude *r, u32 page)
{
	struct svnic_tx_desc d = rude_frame(r, 64);
	bool is = true;
	u32 status;

	rude_pages_del(r, page, 1);
	rude_send(r, &d, 1);
	if (page != RUDE_AREA)
		is = rude_is_stopped(r, SVNIC_V_BAD_RING);
	else
		msleep(100);
	status = rude_pages_add(r, page, 1);
	return rude_is(r, "status of ADD_PAGES", SVNIC_CTRL_OK, status) && is;
}

/* Changes what was published, again and again, behind the card's back. */
static int rewrite(void *arg)
{
	struct rude *r = arg;
	struct svnic_tx_desc d[] = {
		{ GOOD, .meta.segs = 1 },
		{ PAGE(RUDE_UNUSED), AT(0, 64), .meta.segs = 1 },
		{ PAGE(RUDE_TX), AT(4095, 64), .meta.segs = 1 },
		{ GOOD, .meta.segs = 20 },
		{ GOOD, .meta.segs = 2, .meta.flags = SVNIC_META_CSUM_BLANK },
		{ GOOD, .meta.segs = 0xff },
	};
	u32 n = 0;

	while (!kthread_should_stop()) {
		r->tx.desc[n % RUDE_RING] = d[n % ARRAY_SIZE(d)];
		if (++n % 64 == 0)
			cond_resched();
	}
	return 0;
}

static bool may_stop_for(u32 verdict)
{
	return verdict == SVNIC_V_BAD_PAGE || verdict == SVNIC_V_BAD_LENGTH ||
	       verdict == SVNIC_V_BAD_CHAIN;
}

/* One ring full of them: returned, or stopped for what one may stop for. */
static bool race_round(struct rude *r)
{
	const struct svnic_queue_ctrl *c = rude_ctrl(r);
	u32 next;

	r->tx.next += RUDE_RING;
	next = r->tx.next;
	svnic_tx_publish(&r->tx);
	rude_kick(r);
	rude_wait(svnic_peek32(&c->tx_cons) == next ||
		  svnic_peek32(&c->state) == SVNIC_QUEUE_FAULTED);
	/* Pairs with show_fault() in device-firmware/core/queue.c (O5). */
	if (svnic_observe32(&c->state) != SVNIC_QUEUE_FAULTED)
		return rude_is(r, "tx_cons", next, svnic_peek32(&c->tx_cons));
	return rude_is(r, "verdict is one of a descriptor's", 1,
		       may_stop_for(svnic_peek32(&c->fault))) &&
	       rude_is(r, "reset by the doorbell", 1, rude_reset(r));
}

static bool race(struct rude *r)
{
	struct task_struct *writer = kthread_run(rewrite, r, "rude-rewrite");
	unsigned long end = jiffies + 2 * HZ;
	bool is = true;

	if (IS_ERR(writer))
		return rude_is(r, "error of a thread", 0, (u32)PTR_ERR(writer));
	while (is && time_before(jiffies, end) && !kthread_should_stop())
		is = race_round(r);
	kthread_stop(writer);
	return is;
}

static bool area_tx(struct rude *r)
{
	return withdrawn_area(r, RUDE_AREA + 1);
}

static bool area_ctrl(struct rude *r)
{
	return withdrawn_area(r, RUDE_AREA);
}

static bool area_rx(struct rude *r)
{
	u32 status;
	bool is;

	rude_pages_del(r, RUDE_AREA + 3, 1);
	is = rude_is_stopped(r, SVNIC_V_BAD_RING);
	status = rude_pages_add(r, RUDE_AREA + 3, 1);
	return rude_is(r, "status of ADD_PAGES", SVNIC_CTRL_OK, status) && is;
}

static bool all_tx_jumps(struct rude *r)
{
	return jump(r, tx_jump);
}

static bool all_rx_jumps(struct rude *r)
{
	return jump(r, rx_jump);
}

static bool page_of_tx(struct rude *r)
{
	return withdrawn(r, withdrawn_tx);
}

static bool page_of_rx(struct rude *r)
{
	return withdrawn(r, withdrawn_rx);
}

static const struct {
	const char *name;
	bool (*run)(struct rude *r);
} attacks[] = {
	{ "tx: the index jumps", all_tx_jumps },
	{ "rx: the index jumps", all_rx_jumps },
	{ "tx: a page withdrawn under a descriptor", page_of_tx },
	{ "rx: a page withdrawn under a buffer", page_of_rx },
	{ "the tx ring withdrawn", area_tx },
	{ "the rx completions withdrawn", area_rx },
	{ "the control page withdrawn", area_ctrl },
	{ "descriptors rewritten after they were published", race },
};

static u32 rss_ask(struct rude *r, unsigned int at, u8 value)
{
	u8 *page = (u8 *)r->list;

	memset(page, 0, PAGE_SIZE);
	page[at] = value;
	return rude_ask(r, SVNIC_CTRL_RSS_SET, r->list_ref, 0, 0, NULL);
}

/* Frames of ours for a queue that is not there, or not ours; 0 is ours. */
static bool rss_attack(struct rude *r)
{
	static const u8 wrong[] = { 1, SVNIC_SLOW_QUEUE - 1, SVNIC_SLOW_QUEUE,
				    SVNIC_MAX_QUEUES, 255 };
	unsigned int table = offsetof(struct svnic_rss, table);
	bool is = true;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		is &= rude_is(r, "status of a wrong queue",
			      SVNIC_CTRL_BAD_PARAMETER,
			      rss_ask(r, table, wrong[i]));
		is &= rude_is(r, "status of a wrong last queue",
			      SVNIC_CTRL_BAD_PARAMETER,
			      rss_ask(r, table + SVNIC_RSS_TABLE - 1,
				      wrong[i]));
	}
	is &= rude_is(r, "status of a reserved octet", SVNIC_CTRL_BAD_PARAMETER,
		      rss_ask(r, table - 1, 1));
	return is && rude_is(r, "status of a good table", SVNIC_CTRL_OK,
			     rss_ask(r, 0, 0x6d));
}

void rude_attack_queue(struct rude *r)
{
	unsigned int i;
	bool is;

	rude_score(r, "an honest queue", rude_is_well(r));
	rude_score(r, "tables of queues", rss_attack(r) && rude_is_well(r));
	for (i = 0; i < ARRAY_SIZE(tx_attacks); i++) {
		is = tx_attack(r, &tx_attacks[i]);
		rude_score(r, tx_attacks[i].name, rude_is_well(r) && is);
	}
	for (i = 0; i < ARRAY_SIZE(rx_attacks); i++) {
		is = rx_attack(r, &rx_attacks[i]);
		rude_score(r, rx_attacks[i].name, rude_is_well(r) && is);
	}
	for (i = 0; i < ARRAY_SIZE(attacks); i++) {
		is = attacks[i].run(r);
		rude_score(r, attacks[i].name, rude_is_well(r) && is);
	}
}
