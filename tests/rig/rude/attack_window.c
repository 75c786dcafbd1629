// SPDX-License-Identifier: GPL-2.0-only
/*
 * The doorbell page: storms, words that mean nothing, and the pages beside it,
 * which are other guests' (rules R25, R47, R49).
 */
#include <linux/io.h>
#include <linux/uaccess.h>
#include "rude.h"

#define STORM_S 2

/* Change a word of the doorbell as fast as it goes; the last value. */
static u32 storm(u32 __iomem *word, u32 value)
{
	unsigned long end = jiffies + STORM_S * HZ;
	unsigned int i;

	while (time_before(jiffies, end) && !kthread_should_stop()) {
		for (i = 0; i < 1000; i++)
			writel(++value, word);
		cond_resched();
	}
	return value;
}

static bool kicks(struct rude *r)
{
	r->kick = storm(&r->bell[0].kick, r->kick);
	return rude_is(r, "state", SVNIC_QUEUE_RUNNING,
		       svnic_peek32(&rude_ctrl(r)->state));
}

static bool resets(struct rude *r)
{
	const struct svnic_queue_ctrl *c = rude_ctrl(r);

	rude_reset(r);
	r->reset = storm(&r->bell[0].reset, r->reset);
	/* Pairs with rewind() in device-firmware/core/queue.c (O2, O4). */
	rude_wait(svnic_observe32(&c->reset) == r->reset);
	return rude_is(r, "last reset", r->reset, svnic_peek32(&c->reset)) &&
	       rude_is(r, "state", SVNIC_QUEUE_RUNNING,
		       svnic_peek32(&c->state));
}

/* Every word of the page, those of queues that do not run too. */
static bool scribble(struct rude *r)
{
	u32 __iomem *word = (u32 __iomem *)r->bell;
	u32 i;

	for (i = 2; i < SVNIC_PAGE_SIZE / sizeof(*word); i++)
		writel(0x5a5a5a5a ^ i, word + i);
	return true;
}

/* Its mapping seems to work; an access must not. */
static bool is_closed(struct rude *r, unsigned long frame)
{
	void __iomem *page =
		ioremap((phys_addr_t)frame << PAGE_SHIFT, SVNIC_PAGE_SIZE);
	u32 word;
	bool is;

	if (!page)
		return true;
	is = copy_from_kernel_nofault(&word, (__force void *)page,
				      sizeof(word));
	iounmap(page);
	return rude_is(r, "the page cannot be read", 1, is);
}

static bool neighbours(struct rude *r)
{
	bool is = is_closed(r, r->frame - 1);

	return is_closed(r, r->frame + 1) && is;
}

static const struct {
	const char *name;
	bool (*run)(struct rude *r);
} attacks[] = {
	{ "doorbell: two seconds of kicks", kicks },
	{ "doorbell: two seconds of resets", resets },
	{ "doorbell: every word of the page", scribble },
	{ "doorbell: the pages of others", neighbours },
};

void rude_attack_window(struct rude *r)
{
	unsigned int i;
	bool is;

	for (i = 0; i < ARRAY_SIZE(attacks); i++) {
		is = attacks[i].run(r);
		rude_score(r, attacks[i].name, rude_is_well(r) && is);
	}
}
