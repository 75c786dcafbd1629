// SPDX-License-Identifier: GPL-2.0-only
/*
 * Staging grants (xen/include/public/io/netif.h, control messages 8 to 10): the
 * pages of netif's queues are granted once anyway, so the backend may as well
 * map them once, and copy frames without asking Xen each time.
 *
 * That takes dom0's address space, so it is done only where netif has been all
 * there is for some seconds, and undone when the direct path comes.  A list
 * names few pages: the backend serves nobody else while it maps them.  Pages
 * that it does not know are copied by their grants, so nothing here is an error.
 */
#include <linux/mm.h>
#include <svnic/order.h>
#include "svnic_front.h"

/* Not in Linux's copy of the header. */
enum {
	CTRL_GET_GREF_MAPPING_SIZE = 8, /* data: queue; answer: pages */
	CTRL_ADD_GREF_MAPPING = 9, /* data: queue, gref of a list, entries */
	CTRL_DEL_GREF_MAPPING = 10,
};

#define LIST_MAX 64u
#define LASTING	 (2 * HZ)

struct list {
	struct page *page; /* of struct svnic_gref_entry */
	grant_ref_t ref;
};

static int pages_tell(struct svnic_front *f, const struct list *l, u32 queue,
		      u16 type, const struct front_pages *p, u16 flags)
{
	struct svnic_gref_entry *entry = page_address(l->page);
	u32 at, n, i;
	int r = 0;

	for (at = 0; !r && at < p->nr; at += n) {
		u32 arg[3] = { queue, l->ref };

		n = min(p->nr - at, LIST_MAX);
		for (i = 0; i < n; i++)
			entry[i] = (struct svnic_gref_entry) {
				.gref = svnic_le32(p->ref[at + i]),
				.flags = svnic_le16(flags),
			};
		arg[2] = n;
		r = svnic_front_ctrl(f, type, arg, NULL);
	}
	return r;
}

/* Both directions of a queue: 0, or why the rest is copied. */
static int queue_tell(struct svnic_front *f, const struct list *l,
		      const struct netif_queue *q, u16 type)
{
	int r = pages_tell(f, l, q->index, type, &q->tx.pages,
			   SVNIC_GREF_READ_ONLY);

	return r ? r : pages_tell(f, l, q->index, type, &q->rx.pages, 0);
}

static void queues_tell(struct svnic_front *f, u16 type)
{
	struct list l = {};
	int r = svnic_front_page_share(f, &l.page, &l.ref);
	u32 i;

	for (i = 0; !r && i < f->netif.nr_queues; i++)
		r = queue_tell(f, &l, &f->netif.queue[i], type);
	if (r)
		dev_dbg(&f->dev->dev, "staging grants end at queue %u: %pe\n",
			i ? i - 1 : 0, ERR_PTR(r));
	svnic_front_page_unshare(&l.page, l.ref);
}

static bool is_known(struct svnic_front *f)
{
	const u32 arg[3] = { 0 };
	u32 max = 0;

	return !svnic_front_ctrl(f, CTRL_GET_GREF_MAPPING_SIZE, arg, &max) &&
	       max > 0;
}

/* An offer that only changes, or a card that only restarts, is back sooner. */
static bool is_lasting(struct svnic_front *f)
{
	struct front_netif *n = &f->netif;
	unsigned long due;

	if (!n->bare)
		n->bare_since = jiffies;
	n->bare = true;
	due = n->bare_since + LASTING;
	if (!time_before(jiffies, due))
		return true;
	mod_delayed_work(system_freezable_wq, &f->work, due - jiffies);
	return false;
}

/* Offered: the direct path is about to come, or to be tried again. */
static bool is_passing(struct svnic_front *f)
{
	return svnic_front_is_offered(f->dev) ||
	       !xenbus_read_unsigned(f->dev->otherend, "carrier", 1);
}

/* A backend that was restarted has none of our pages, and says so. */
static bool is_forgotten(struct svnic_front *f)
{
	u32 was = f->netif.staging;

	f->netif.staging =
		xenbus_read_unsigned(f->dev->otherend, SVNIC_KEY_STAGING, 0);
	return f->netif.staging != was;
}

void svnic_front_staging_look(struct svnic_front *f)
{
	struct front_netif *n = &f->netif;
	bool want = n->on && f->ctrl.open && !f->direct.on;
	bool leave = want && is_passing(f);

	if (is_forgotten(f))
		n->staged = false;
	if (!want || leave)
		n->bare = false;
	if (leave || want == n->staged || (want && !is_lasting(f)))
		return;
	n->bare = false;
	n->staged = want;
	if (!want)
		queues_tell(f, CTRL_DEL_GREF_MAPPING);
	else if (is_known(f))
		queues_tell(f, CTRL_ADD_GREF_MAPPING);
}
