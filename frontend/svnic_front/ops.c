// SPDX-License-Identifier: GPL-2.0-only
/*
 * What svnic_net asks for: pages become grants that the backend registers in
 * batches, queues get an event channel.
 *
 * A page whose grant cannot be ended is kept by the grant-table core, with a
 * reference of its own, until the backend lets go; so it is never used again
 * by anyone before that (rule R29), and svnic_net may drop its reference.
 */
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/page.h>
#include <svnic/order.h>
#include "svnic_front.h"

int svnic_front_gref_init(struct svnic_front *f)
{
	u32 i;

	kvfree(f->direct.gref);
	f->direct.gref = kvcalloc(f->direct.offer.max_pages,
				  sizeof(*f->direct.gref), GFP_KERNEL);
	if (!f->direct.gref)
		return -ENOMEM;
	for (i = 0; i < f->direct.offer.max_pages; i++)
		f->direct.gref[i] = INVALID_GRANT_REF;
	return 0;
}

/* End the grants of a range; how many the backend still uses. */
static u32 grants_end(struct svnic_front *f, u32 first, u32 count)
{
	u32 i, used = 0;

	for (i = first; i < first + count; i++) {
		grant_ref_t ref = f->direct.gref[i];

		f->direct.gref[i] = INVALID_GRANT_REF;
		if (ref == INVALID_GRANT_REF ||
		    gnttab_try_end_foreign_access(ref))
			continue;
		gnttab_end_foreign_access(ref, NULL);
		used++;
	}
	return used;
}

static int grants_make(struct svnic_front *f, u32 first, struct page **pages,
		       u32 count)
{
	struct svnic_gref_entry *list = page_address(f->ctrl.list);
	u32 i;
	int r;

	memset(list, 0, SVNIC_PAGE_SIZE);
	for (i = 0; i < count; i++) {
		r = gnttab_grant_foreign_access((domid_t)f->dev->otherend_id,
						xen_page_to_gfn(pages[i]), 0);
		if (r < 0) {
			grants_end(f, first, i);
			dev_err(&f->dev->dev,
				"no grant for page %u: %pe; raise max_grant_frames in the domain's configuration\n",
				first + i, ERR_PTR(r));
			return r;
		}
		f->direct.gref[first + i] = (grant_ref_t)r;
		list[i].gref = svnic_le32((u32)r);
	}
	return 0;
}

static bool is_range(const struct svnic_front *f, u32 first, u32 count)
{
	return count > 0 && count <= SVNIC_PAGES_BATCH &&
	       count <= f->direct.offer.max_pages &&
	       first <= f->direct.offer.max_pages - count;
}

static int pages_add(void *owner, u32 first, struct page **pages, u32 count)
{
	struct svnic_front *f = owner;
	const u32 arg[3] = { first, f->ctrl.list_ref, count };
	u32 failed = 0;
	int r;

	if (!is_range(f, first, count) || !f->ctrl.list)
		return -EINVAL;
	if (f->ctrl.doubtful)
		svnic_front_ctrl(f, SVNIC_CTRL_DEL_PAGES, arg, NULL);
	r = grants_make(f, first, pages, count);
	if (r)
		return r;
	r = svnic_front_ctrl(f, SVNIC_CTRL_ADD_PAGES, arg, &failed);
	if (!r)
		return 0;
	grants_end(f, first, count);
	if (r != -ENOTCONN)
		dev_err(&f->dev->dev,
			"svnicd did not register pages %u to %u: %pe (entry %u); see its log\n",
			first, first + count - 1, ERR_PTR(r), failed);
	return r;
}

static int pages_del(void *owner, u32 first, struct page **pages, u32 count)
{
	struct svnic_front *f = owner;
	const u32 arg[3] = { first, 0, count };
	u32 used;

	if (!is_range(f, first, count))
		return -EINVAL;
	if (!READ_ONCE(f->gone))
		svnic_front_ctrl(f, SVNIC_CTRL_DEL_PAGES, arg, NULL);
	used = grants_end(f, first, count);
	if (used && !READ_ONCE(f->gone))
		dev_warn(
			&f->dev->dev,
			"%u pages are still mapped by the backend and kept until it lets go of them\n",
			used);
	return 0;
}

static irqreturn_t rung(int irq, void *arg)
{
	struct front_queue *q = arg;

	svnic_front_event_done(&q->event, irq,
			       svnic_net_event(q->front->net, q->index));
	return IRQ_HANDLED;
}

static int queue_start(void *owner, u32 queue,
		       const struct svnic_queue_config *config)
{
	struct svnic_front *f = owner;
	struct front_queue *q;
	u32 arg[3] = {
		queue | (u32)config->tx_order << 8 |
			(u32)config->rx_order << 16,
		svnic_cpu32(config->base),
	};
	int r;

	if (queue >= ARRAY_SIZE(f->direct.queue))
		return -EINVAL;
	q = &f->direct.queue[queue];
	if (f->ctrl.doubtful) {
		const u32 stop[3] = { queue };

		svnic_front_ctrl(f, SVNIC_CTRL_QUEUE_STOP, stop, NULL);
	}
	svnic_front_event_unbind(&q->event, q);
	snprintf(q->event.name, sizeof(q->event.name), "%s-q%u",
		 dev_name(&f->dev->dev), queue);
	r = svnic_front_event_bind(f, &q->event, rung, q);
	if (r)
		return r;
	arg[2] = q->event.port;
	r = svnic_front_ctrl(f, SVNIC_CTRL_QUEUE_START, arg, NULL);
	if (r)
		svnic_front_event_unbind(&q->event, q);
	return r;
}

static int queue_stop(void *owner, u32 queue)
{
	struct svnic_front *f = owner;
	const u32 arg[3] = { queue };
	struct front_queue *q;
	int r;

	if (queue >= ARRAY_SIZE(f->direct.queue))
		return -EINVAL;
	q = &f->direct.queue[queue];
	r = svnic_front_ctrl(f, SVNIC_CTRL_QUEUE_STOP, arg, NULL);
	/* Until it is stopped it rings. */
	if (!r)
		svnic_front_event_unbind(&q->event, q);
	return r;
}

void svnic_front_queues_init(struct svnic_front *f)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(f->direct.queue); i++) {
		f->direct.queue[i].front = f;
		f->direct.queue[i].index = i;
	}
}

void svnic_front_queues_unbind(struct svnic_front *f)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(f->direct.queue); i++)
		svnic_front_event_unbind(&f->direct.queue[i].event,
					 &f->direct.queue[i]);
}

/* By the list page, which nobody else uses at the same time. */
static int list_send(struct svnic_front *f, u16 type, const void *list,
		     size_t size)
{
	const u32 arg[3] = { f->ctrl.list_ref };

	memcpy(page_address(f->ctrl.list), list, size);
	return svnic_front_ctrl(f, type, arg, NULL);
}

static int rss_set(void *owner, const struct svnic_rss *rss)
{
	struct svnic_front *f = owner;

	BUILD_BUG_ON(sizeof(*rss) > SVNIC_PAGE_SIZE);
	if (!f->ctrl.list)
		return -EINVAL;
	return list_send(f, SVNIC_CTRL_RSS_SET, rss, sizeof(*rss));
}

static int groups_set(void *owner, const struct svnic_groups *list)
{
	struct svnic_front *f = owner;

	BUILD_BUG_ON(sizeof(*list) > SVNIC_PAGE_SIZE);
	/* Another backend than svnicd. */
	if (!f->ctrl.list)
		return -EOPNOTSUPP;
	return list_send(f, SVNIC_CTRL_GROUPS_SET, list, sizeof(*list));
}

/* The whole direct path is to be had anew, in time (direct.c). */
static void failed(void *owner)
{
	struct svnic_front *f = owner;

	WRITE_ONCE(f->direct.failed, true);
	mod_delayed_work(system_freezable_wq, &f->work, 0);
}

const struct svnic_net_ops svnic_front_ops = {
	.pages_add = pages_add,
	.pages_del = pages_del,
	.queue_start = queue_start,
	.queue_stop = queue_stop,
	.rss_set = rss_set,
	.groups_set = groups_set,
	.failed = failed,
};
