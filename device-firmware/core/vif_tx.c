// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest -> card: takes frames out of a tx ring, in bursts, and returns their
 * descriptors.  A descriptor is copied once and the copy is checked and used
 * (rules R01, R02, R08, R50, R51).  What offends in a frame costs the frame,
 * what offends in the ring stops the queue.  Called by sched.c.
 */
#include <svnic/ring.h>
#include "arena.h"
#include "event.h"
#include "frame.h"
#include "guard.h"
#include "lane.h"
#include "mem.h"
#include "region_inline.h"
#include "sched.h"
#include "stats.h"
#include "switch.h"

#define WAIT_NS 2000000u /* how long a frame waits for its receiver */

/*
 * How many descriptors the guest has provided, or -EPROTO, or -ENOENT when
 * the control page is gone.
 */
static int tx_provide(struct core *core, struct queue *q)
{
	const struct svnic_queue_ctrl *ctrl = queue_ctrl(core, q);

	if (!ctrl)
		return -ENOENT;
	/* Pairs with svnic_tx_publish() in svnic/ring.h (ordering.md O1). */
	return svnic_ring_avail(svnic_observe32(&ctrl->tx_prod), q->tx_next,
				q->tx_mask + 1);
}

/* Descriptors up to the cursor are the guest's again. */
static void tx_return(struct core *core, struct queue *q)
{
	struct svnic_queue_ctrl *ctrl;

	if (q->tx_cons == q->tx_next)
		return;
	ctrl = queue_ctrl(core, q);
	q->tx_cons = q->tx_next;
	/* Pairs with svnic_tx_return() in svnic/ring.h (ordering.md O2). */
	if (ctrl)
		svnic_publish32(&ctrl->tx_cons, q->tx_cons);
	event_mark(core, q);
}

/* The later descriptors of a frame have nothing but their piece. */
static bool is_bare(const struct svnic_tx_desc *d)
{
	const struct svnic_meta *m = &d->meta;

	return !d->reserved && !m->flags && !m->len && !m->csum_start &&
	       !m->csum_offset && !m->segs && !m->gso_size && !m->vlan_tci &&
	       !m->hash;
}

static bool is_head(const struct svnic_tx_desc *d, uint32_t avail)
{
	return !d->reserved && !d->meta.len &&
	       !(svnic_cpu16(d->meta.flags) & ~SVNIC_META_FLAGS) &&
	       d->meta.segs >= 1 && d->meta.segs <= SVNIC_MAX_SEGS &&
	       d->meta.segs <= avail;
}

/*
 * A frame that may take the fast lane, as far as its descriptor tells: false
 * when it is not or has to be looked at with more care.
 */
static bool gather_plain(struct core *core, struct vif *vif, uint32_t at,
			 const struct svnic_tx_desc *d, struct frame *f)
{
	uint64_t word[4];
	uint8_t *ptr;

	__builtin_memcpy(word, d, sizeof(word));
	if ((word[1] & LANE_META_MASK) != LANE_META_IS || word[3])
		return false;
	ptr = region_ptr(core, vif, word[0], 0);
	if (!ptr)
		return false;
	__builtin_prefetch(ptr);
	f->is_plain = 1;
	f->nr_iov = 1;
	f->end = at + 1;
	f->len = region_seg_len(word[0]);
	__builtin_memcpy(&f->meta, &word[1], sizeof(f->meta));
	f->meta.segs = 0;
	f->iov[1].data = ptr;
	f->iov[1].len = f->len;
	return true;
}

/* Piece @i of the frame is that of a descriptor. */
static enum svnic_verdict add_piece(struct core *core, struct vif *vif,
				    struct frame *f, unsigned int i,
				    const struct svnic_tx_desc *d)
{
	enum svnic_verdict v;
	uint64_t seg;
	void *ptr;

	__builtin_memcpy(&seg, &d->seg, sizeof(seg));
	ptr = region_ptr(core, vif, seg, 0);
	if (!ptr) {
		v = region_seg(core, vif, d->seg, false, &ptr);
		if (v != SVNIC_V_DELIVERED)
			return v;
	}
	__builtin_prefetch(ptr);
	f->iov[i].data = ptr;
	f->iov[i].len = svnic_cpu16(d->seg.len);
	f->len += svnic_cpu16(d->seg.len);
	return SVNIC_V_DELIVERED;
}

/* A ring entry by the queue's cached page, or the long way. */
static const struct svnic_tx_desc *desc_at(struct core *core, struct queue *q,
					   uint32_t idx)
{
	uint32_t at =
		(idx & q->tx_mask) * (uint32_t)sizeof(struct svnic_tx_desc);

	if (q->tx_round == core->round && q->desc_ptr &&
	    q->desc_page == at / SVNIC_PAGE_SIZE)
		return (const void *)(q->desc_ptr + at % SVNIC_PAGE_SIZE);
	return queue_tx_desc(core, q, idx);
}

/* Take the frame whose first descriptor is number @at; a ring's verdict. */
static enum svnic_verdict gather(struct core *core, struct vif *vif,
				 struct queue *q, uint32_t at, uint32_t avail,
				 struct frame *f)
{
	const struct svnic_tx_desc *slot;
	struct svnic_tx_desc d;
	enum svnic_verdict v;
	unsigned int i;

	f->len = 0;
	f->nr_iov = 1;
	f->is_plain = 0;
	for (i = 0; i < f->nr_iov; i++) {
		slot = desc_at(core, q, at + i);
		if (!slot)
			return SVNIC_V_BAD_RING;
		svnic_copy_in(&d, slot, sizeof(d));
		if (i == 0 && gather_plain(core, vif, at, &d, f))
			return SVNIC_V_DELIVERED;
		if (i == 0 ? !is_head(&d, avail) : !is_bare(&d))
			return SVNIC_V_BAD_CHAIN;
		if (i == 0) {
			f->meta = d.meta;
			f->meta.segs = 0;
			f->nr_iov = d.meta.segs;
		}
		v = add_piece(core, vif, f, i + 1, &d);
		if (v != SVNIC_V_DELIVERED)
			return v;
	}
	f->end = at + i;
	return SVNIC_V_DELIVERED;
}

/* What a burst is made of. */
struct burst {
	uint32_t avail;		  /* descriptors that the guest provided */
	int64_t octets;		  /* that the VIF may send; one frame more */
	enum svnic_verdict fault; /* what came after its last frame */
};

/* Take up to a burst of frames: how many. */
static unsigned int gather_burst(struct core *core, struct vif *vif,
				 struct queue *q, struct burst *b)
{
	/* A frame that waits is tried again alone. */
	unsigned int max = q->wait_until || q->sent ? 1 : ARENA_BURST;
	uint32_t at = q->tx_next;
	uint32_t end = at + b->avail;
	struct frame *f = core->frame;
	unsigned int nr;

	for (nr = 0; nr < max && at != end && b->octets > 0; nr++) {
		b->fault = gather(core, vif, q, at, end - at, &f[nr]);
		if (b->fault != SVNIC_V_DELIVERED)
			break;
		at = f[nr].end;
		b->octets -= f[nr].len;
	}
	return nr;
}

/* Does a frame further back have another destination than @f? */
static bool is_other(struct core *core, struct vif *vif,
		     const struct svnic_tx_desc *d, const struct frame *f)
{
	uint64_t seg;
	const uint8_t *to = NULL;

	__builtin_memcpy(&seg, &d->seg, sizeof(seg));
	if (region_seg_len(seg) >= SVNIC_FRAME_MIN)
		to = region_ptr(core, vif, seg, 0);
	/* Only to compare: what is sent is decided when its time comes. */
	return !to || f->tagged ||
	       (svnic_cpu16(d->meta.flags) & SVNIC_META_VLAN) ||
	       memcmp(to, frame_l2(f), 6) != 0;
}

/*
 * Would anybody else's frame wait behind @f?  Each frame of the ring is looked
 * at once, however often @f is tried.  If so, all frames before that one are
 * in a hurry.
 */
static bool is_in_the_way(struct core *core, struct vif *vif, struct queue *q,
			  const struct frame *f)
{
	const struct svnic_tx_desc *slot;
	struct svnic_tx_desc d;
	int avail = tx_provide(core, q);
	uint32_t end;
	uint32_t at;

	if (avail < 0)
		return true;
	end = q->tx_next + (uint32_t)avail;
	at = q->wait_until ? q->scanned : f->end;
	for (; at != end; at += d.meta.segs) {
		slot = desc_at(core, q, at);
		if (!slot)
			break;
		svnic_copy_in(&d, slot, sizeof(d));
		if (!is_head(&d, end - at) || is_other(core, vif, &d, f)) {
			q->hurry = at;
			q->is_hurried = 1;
			return true;
		}
	}
	q->scanned = at;
	return false;
}

static uint8_t patience(const struct core *core, struct queue *q,
			const struct frame *f)
{
	if (q->is_hurried && (int32_t)(q->hurry - f->end) >= 0)
		return FRAME_DROP;
	q->is_hurried = 0;
	if (q->wait_until && core->now_ns >= q->wait_until)
		return FRAME_EXPIRED;
	return FRAME_WAIT;
}

static void charge(struct vif *vif, uint32_t octets, unsigned int frames)
{
	sched_sent(vif, octets, (int32_t)(octets + frames * FRAME_CHARGE));
}

/* Some of its segments may have gone; the others wait no longer than that. */
static void stay(struct core *core, struct vif *vif, struct queue *q,
		 const struct frame *f, int v)
{
	vif->deficit -= (int32_t)f->extra;
	if (f->sent != q->sent)
		q->wait_until = 0;
	q->sent = f->sent;
	if (v == -EAGAIN && !q->wait_until) {
		q->wait_until = core->now_ns + WAIT_NS;
		vif->stats.tx_waited++;
	}
}

/*
 * 0; or -EAGAIN or -EINPROGRESS when the frame stays the first of the ring, see
 * switch_tx().
 */
static int send_frame(struct core *core, struct vif *vif, struct queue *q,
		      struct frame *f)
{
	int v = (int)guard_check(core, vif, f, f->nr_iov);
	uint32_t copies = 0;

	f->sent = q->sent;
	f->extra = 0;
	if (v == SVNIC_V_DELIVERED) {
		f->sender = q->vif;
		f->queue = q->id;
		f->tagged = f->vlan != svnic_cpu16(vif->config.vlan);
		f->patience = patience(core, q, f);
		v = switch_tx(core, vif, f);
		if (v == -EAGAIN && is_in_the_way(core, vif, q, f)) {
			f->patience = FRAME_DROP;
			v = switch_tx(core, vif, f);
		}
		copies = f->copies;
	}
	if (v < 0) {
		stay(core, vif, q, f, v);
		return v;
	}
	q->wait_until = 0;
	q->sent = 0;
	mem_commit();
	q->tx_next = f->end;
	stats_tx(vif, (enum svnic_verdict)v, f->len);
	charge(vif, f->len, 1);
	/* Its copies cost nobody but the sender. */
	vif->deficit -= (int32_t)(copies * (f->len + FRAME_CHARGE) + f->extra);
	return 0;
}

/* Frames of the burst that went by the fast lane, from @f on. */
static unsigned int send_plain(struct core *core, struct vif *vif,
			       struct queue *q, struct frame *f,
			       unsigned int nr)
{
	unsigned int n = lane_run(core, vif, f, nr);
	uint32_t octets = 0;
	unsigned int i;

	if (n == 0)
		return 0;
	for (i = 0; i < n; i++)
		octets += f[i].len;
	q->wait_until = 0;
	q->sent = 0;
	mem_commit();
	q->tx_next = f[n - 1].end;
	vif->tx_frames += n;
	vif->tx_octets += octets;
	charge(vif, octets, n);
	return n;
}

/* 0, or why the first of those left is still there. */
static int send_burst(struct core *core, struct vif *vif, struct queue *q,
		      unsigned int nr, unsigned int *done)
{
	struct frame *f = core->frame;
	unsigned int i = 0;
	unsigned int n;

	lane_check(core, vif, f, nr);
	while (i < nr) {
		n = f[i].is_plain ? send_plain(core, vif, q, &f[i], nr - i) : 0;
		if (n == 0) {
			int err = send_frame(core, vif, q, &f[i]);

			/* A part of a frame is work, too. */
			*done += err == -EINPROGRESS;
			if (err)
				return err;
			n = 1;
		}
		i += n;
		*done += n;
	}
	return 0;
}

static enum vif_tx_more stop(struct core *core, struct vif *vif,
			     struct queue *q, enum svnic_verdict v)
{
	stats_tx(vif, v, 0);
	queue_fault(core, q, v);
	return VIF_TX_EMPTY;
}

enum vif_tx_more vif_tx_burst(struct core *core, struct vif *vif,
			      struct queue *q, unsigned int *done)
{
	struct burst b = { .fault = SVNIC_V_DELIVERED };
	int avail = tx_provide(core, q);
	uint32_t end;
	unsigned int nr;
	int err;

	if (avail < 0)
		return stop(core, vif, q,
			    avail == -EPROTO ? SVNIC_V_BAD_INDEX
					     : SVNIC_V_BAD_RING);
	if (avail == 0)
		return VIF_TX_EMPTY;
	if (!sched_may_send(core, vif))
		return VIF_TX_THROTTLED;
	b.avail = (uint32_t)avail;
	b.octets = sched_octets(vif);
	end = q->tx_next + b.avail;
	nr = gather_burst(core, vif, q, &b);
	err = send_burst(core, vif, q, nr, done);
	tx_return(core, q);
	if (err)
		return err == -EAGAIN ? VIF_TX_WAIT : VIF_TX_MORE;
	if (b.fault != SVNIC_V_DELIVERED)
		return stop(core, vif, q, b.fault);
	return q->tx_next == end ? VIF_TX_EMPTY : VIF_TX_MORE;
}
