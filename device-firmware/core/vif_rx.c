// SPDX-License-Identifier: GPL-2.0-only
/*
 * Card -> guest: takes buffers in the order in which the guest provided them,
 * fills them from the sender's pages in one copy, and returns completions.  A
 * buffer that offends stops its queue, and only that (rules R01, R02, R21).
 * Called by switch.c for every frame that is for a VIF.
 */
#include <svnic/ring.h>
#include "arena.h"
#include "event.h"
#include "frame.h"
#include "mem.h"
#include "region.h"
#include "stats.h"
#include "vif_rx.h"
#include "worker.h"

#define PACE_NS	     1000000u /* within which ... */
#define PACE_BUFFERS 8u /* ... so many make a sender's waiting worthwhile */

static int stop(struct core *core, struct vif *vif, struct queue *q,
		enum svnic_verdict v)
{
	stats_rx(vif, v, 0);
	queue_fault(core, q, v);
	return -EPROTO;
}

/* How many buffers it provided lately, as far as anybody asked. */
static void keep_pace(const struct core *core, struct queue *q, uint32_t more)
{
	if (core->now_ns - q->pace_ns > PACE_NS) {
		q->pace_ns = core->now_ns;
		q->paced = 0;
	}
	more += q->paced;
	q->paced = (uint16_t)(more < UINT16_MAX ? more : UINT16_MAX);
	if (q->paced >= PACE_BUFFERS)
		q->is_stalled = 0;
}

/* Queues of other workers wait for this one: they may try again. */
static void tell(struct core *core, struct queue *q)
{
	unsigned int who = q->awaited;

	q->awaited = 0;
	for (; who; who &= who - 1)
		worker_tell(core, mem_lowest(who));
}

int vif_rx_look(struct core *core, struct vif *vif, struct queue *q)
{
	const struct svnic_queue_ctrl *ctrl = queue_ctrl(core, q);
	uint32_t unused = q->rx_prod - q->rx_next;
	uint32_t prod;
	int more;

	if (!ctrl)
		return stop(core, vif, q, SVNIC_V_BAD_RING);
	/* Pairs with svnic_rx_publish() in svnic/ring.h (ordering.md O3). */
	prod = svnic_observe32(&ctrl->rx_prod);
	more = svnic_ring_avail(prod, q->rx_prod, q->rx_mask + 1 - unused);
	if (more < 0)
		return stop(core, vif, q, SVNIC_V_BAD_INDEX);
	if (more == 0)
		return 0;
	q->rx_prod = prod;
	keep_pace(core, q, (uint32_t)more);
	if (q->awaited)
		tell(core, q);
	return 1;
}

/*
 * Fill core->buffer for @need octets: the number of buffers; -EAGAIN when the
 * guest has provided too few, -ENOSPC when its ring could never hold so much,
 * -EPROTO when the queue was stopped for a bad one.
 */
static int rx_provide(struct core *core, struct vif *vif, struct queue *q,
		      uint32_t need)
{
	const struct svnic_seg *slot;
	struct svnic_seg seg;
	enum svnic_verdict v;
	void *ptr;
	uint32_t nr;
	int err;

	for (nr = 0; need; nr++) {
		if (nr == ARENA_BUFFERS || nr > q->rx_mask)
			return -ENOSPC;
		if (q->rx_next + nr == q->rx_prod) {
			err = vif_rx_look(core, vif, q);
			if (err <= 0)
				return err ? err : -EAGAIN;
		}
		slot = queue_rx_seg(core, q, q->rx_next + nr);
		if (!slot)
			return stop(core, vif, q, SVNIC_V_BAD_RING);
		svnic_copy_in(&seg, slot, sizeof(seg));
		v = region_seg(core, vif, seg, true, &ptr);
		if (v != SVNIC_V_DELIVERED)
			return stop(core, vif, q, v);
		core->buffer[nr].data = ptr;
		core->buffer[nr].len = seg.len;
		core->buffer[nr].used = need < seg.len ? need : seg.len;
		need -= core->buffer[nr].used;
	}
	return (int)nr;
}

/* The only copy of a frame's octets. */
static void fill(const struct buffer *to, const struct frame *f)
{
	const struct hal_iov *from = frame_iov(f);
	uint32_t filled = 0;
	unsigned int i;
	size_t done;
	size_t n;

	for (i = 0; i < f->nr_iov; i++) {
		for (done = 0; done < from[i].len; done += n) {
			if (filled == to->used) {
				to++;
				filled = 0;
			}
			n = from[i].len - done;
			if (n > to->used - filled)
				n = to->used - filled;
			memcpy(to->data + filled,
			       (const uint8_t *)from[i].data + done, n);
			filled += (uint32_t)n;
		}
	}
}

/* Write the completions of a frame; false when their page is gone. */
static bool complete(struct core *core, struct queue *q, unsigned int nr,
		     const struct svnic_meta *meta)
{
	struct svnic_meta m = *meta;
	struct svnic_meta *slot;
	unsigned int i;

	m.segs = (uint8_t)nr;
	for (i = 0; i < nr; i++) {
		slot = queue_rx_meta(core, q, q->rx_next + i);
		if (!slot)
			return false;
		m.len = svnic_le16((uint16_t)core->buffer[i].used);
		*slot = m;
		m = (struct svnic_meta) { 0 };
	}
	return true;
}

void vif_rx_dirty(struct core *core, struct queue *q)
{
	uint16_t *dirty = arena_part(core, ARENA_DIRTY);

	if (q->is_dirty)
		return;
	q->is_dirty = 1;
	dirty[core->nr_dirty++] = (uint16_t)arena_queue_idx(core, q);
}

/* Put a frame into a queue: 0, or an error of rx_provide(). */
static int put(struct core *core, struct vif *vif, struct queue *q,
	       const struct frame *f, const struct svnic_meta *meta)
{
	int nr = rx_provide(core, vif, q, f->len);

	if (nr < 0)
		return nr;
	fill(core->buffer, f);
	if (!complete(core, q, (unsigned int)nr, meta))
		return stop(core, vif, q, SVNIC_V_BAD_RING);
	q->rx_next += (uint32_t)nr;
	vif_rx_dirty(core, q);
	return 0;
}

struct queue *vif_rx_spread(const struct core *core, const struct vif *vif,
			    const uint8_t *l2, size_t linear,
			    struct rss_hash *hash)
{
	const uint16_t *set = vif->running;
	unsigned int nr = vif->nr_direct;

	if (!nr) {
		set = &vif->running[SVNIC_SLOW_QUEUE];
		nr = vif->nr_slow;
	}
	*hash = rss_hash(core, vif, l2, linear);
	return arena_queue(core, rss_choose(core, vif, set, nr, hash->value));
}

/* The queue for a frame, or NULL when the VIF has none that runs. */
static struct queue *choose(const struct core *core, const struct vif *vif,
			    const struct frame *f, struct rss_hash *hash)
{
	*hash = (struct rss_hash) { 0 };
	if ((!vif->nr_direct && !vif->nr_slow) ||
	    !(core->links_up & 1u << vif->link))
		return NULL;
	if (vif->rx_queue != LIST_NONE)
		return arena_queue(core, vif->rx_queue);
	return vif_rx_spread(core, vif, frame_l2(f), frame_iov(f)->len, hash);
}

/* The metadata as this receiver gets it. */
static struct svnic_meta meta_for(const struct vif *vif, const struct frame *f,
				  bool tagged, const struct rss_hash *hash)
{
	struct svnic_meta m = f->meta;
	unsigned int flags = svnic_cpu16(m.flags);

	if (flags & SVNIC_META_CSUM_BLANK)
		flags |= SVNIC_META_CSUM_GOOD;
	if (tagged && f->vlan != svnic_cpu16(vif->config.vlan)) {
		flags |= SVNIC_META_VLAN;
		m.vlan_tci = svnic_le16((uint16_t)(f->tci | f->vlan));
	}
	if (hash->is_l4) {
		flags |= SVNIC_META_HASH_L4;
		m.hash = svnic_le32(hash->value);
	}
	m.flags = svnic_le16((uint16_t)flags);
	return m;
}

static enum svnic_verdict no_buffer(struct queue *q, const struct frame *f)
{
	if (f->patience == FRAME_EXPIRED)
		q->is_stalled = 1;
	return SVNIC_V_NO_BUFFER;
}

bool vif_rx_is_over(const struct core *core, struct vif *vif)
{
	uint64_t rate = svnic_cpu32(vif->config.rx_rate) * 1000ull;
	uint64_t max = rate / 200; /* 5 ms */

	if (bucket_has(&vif->rx))
		return false;
	bucket_refill(&vif->rx, core->now_ns, rate,
		      max < VIF_RX_RESERVE ? VIF_RX_RESERVE : max);
	return !bucket_has(&vif->rx);
}

/*
 * A sender may wait for a guest that keeps providing buffers, several at a
 * time: for one that does not, or drips them one by one, nobody does.
 */
static bool is_worth_waiting(const struct queue *q, const struct frame *f)
{
	return f->patience == FRAME_WAIT && !q->is_stalled &&
	       q->paced >= PACE_BUFFERS;
}

/* The sender of a frame waits for @q; of this worker it sees for itself. */
static void await(const struct core *core, struct queue *q,
		  const struct frame *f)
{
	unsigned int worker = arena_vif(core, f->sender)->worker;

	if (worker != core->worker)
		q->awaited |= (uint8_t)(1u << worker);
}

/* An enum svnic_verdict or -EAGAIN. */
static int deliver(struct core *core, struct vif *vif, const struct frame *f)
{
	uint32_t flags = svnic_cpu32(vif->config.flags);
	struct svnic_meta meta;
	struct rss_hash hash;
	struct queue *q;
	int err;

	if (flags & SVNIC_VIF_DISABLED)
		return SVNIC_V_DISABLED;
	if (frame_is_oversize(f, svnic_cpu16(vif->config.mtu)))
		return SVNIC_V_OVERSIZE;
	q = choose(core, vif, f, &hash);
	if (!q)
		return SVNIC_V_NOT_RUNNING;
	if (vif->config.rx_rate && vif_rx_is_over(core, vif))
		return SVNIC_V_RX_RATE;
	meta = meta_for(vif, f, flags & SVNIC_VIF_TRUNK, &hash);
	err = put(core, vif, q, f, &meta);
	if (err == 0) {
		if (vif->config.rx_rate)
			bucket_take(&vif->rx, f->len);
		return SVNIC_V_DELIVERED;
	}
	if (err == -EPROTO)
		return SVNIC_V_NOT_RUNNING;
	if (err == -EAGAIN && is_worth_waiting(q, f)) {
		await(core, q, f);
		return -EAGAIN;
	}
	return (int)no_buffer(q, f);
}

int vif_rx(struct core *core, struct vif *vif, const struct frame *f)
{
	int v = deliver(core, vif, f);

	if (v == -EAGAIN)
		return v;
	stats_rx(vif, (enum svnic_verdict)v, f->len);
	if (v == SVNIC_V_DELIVERED && vif->monitors.nr)
		vif_rx_monitors(core, vif, f, 0);
	return v;
}

void vif_rx_monitors(struct core *core, struct vif *vif, const struct frame *f,
		     unsigned int flags)
{
	const struct node *nodes = arena_part(core, ARENA_MONITOR_NODES);
	struct svnic_meta meta;
	struct rss_hash hash;
	struct vif *monitor;
	struct queue *q;
	uint16_t idx;

	for (idx = vif->monitors.head; idx != LIST_NONE;
	     idx = nodes[idx].next) {
		monitor = arena_vif(core, idx);
		if (svnic_cpu32(monitor->config.flags) & SVNIC_VIF_DISABLED)
			continue;
		q = choose(core, monitor, f, &hash);
		meta = meta_for(vif, f,
				svnic_cpu32(vif->config.flags) &
					SVNIC_VIF_TRUNK,
				&hash);
		meta.flags |= svnic_le16((uint16_t)flags);
		if (q && put(core, monitor, q, f, &meta) == 0)
			stats_rx(monitor, SVNIC_V_DELIVERED, f->len);
		else
			stats_rx(monitor, SVNIC_V_MONITOR_LOST, f->len);
	}
}

/* Completions up to the cursor are for the guest. */
static void rx_return(struct core *core, struct queue *q)
{
	struct svnic_queue_ctrl *ctrl = queue_ctrl(core, q);

	q->is_dirty = 0;
	if (q->state != QUEUE_RUNNING || !ctrl)
		return;
	mem_commit();
	q->rx_done = q->rx_next;
	/* Pairs with svnic_rx_return() in svnic/ring.h (ordering.md O4). */
	svnic_publish32(&ctrl->rx_done, q->rx_done);
	event_mark(core, q);
}

void vif_rx_publish(struct core *core)
{
	const uint16_t *dirty = arena_part(core, ARENA_DIRTY);
	uint32_t i;

	for (i = 0; i < core->nr_dirty; i++)
		rx_return(core, arena_queue(core, dirty[i]));
	core->nr_dirty = 0;
}
