// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a tx ring to frames; see gather.h.  A descriptor is copied once and the
 * copy is checked and used (rules R01, R02, R08, R50, R51).  Called by
 * vif_tx.c.
 */
#include <svnic/ring.h>
#include "arena.h"
#include "frame.h"
#include "gather.h"
#include "lane.h"
#include "mem.h"
#include "region_inline.h"
#include "sched.h"

int gather_avail(struct core *core, struct queue *q)
{
	const struct svnic_queue_ctrl *ctrl = queue_ctrl(core, q);

	if (!ctrl)
		return -ENOENT;
	/* Pairs with svnic_tx_publish() in svnic/ring.h (ordering.md O1). */
	return svnic_ring_avail(svnic_observe32(&ctrl->tx_prod), q->tx_next,
				q->tx_mask + 1);
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
 * when it is not or has to be looked at with more care, from the beginning.
 */
static bool gather_plain(struct core *core, struct vif *vif,
			 const struct svnic_tx_desc *slot, struct frame *f)
{
	const uint64_t seg = svnic_fetch64(&slot->seg);
	/* No flag that is allowed here makes the second half valid. */
	const uint64_t meta[2] = { svnic_fetch64(&slot->meta) ^ LANE_META_IS };
	uint8_t *ptr;

	if (meta[0] & LANE_META_MASK || svnic_fetch64(&slot->reserved))
		return false;
	ptr = region_ptr(core, vif, seg, 0);
	if (!ptr)
		return false;
	__builtin_prefetch(ptr);
	f->is_plain = 1;
	f->nr_iov = 1;
	f->len = region_seg_len(seg);
	__builtin_memcpy(&f->meta, meta, sizeof(meta));
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
__attribute__((noinline)) static enum svnic_verdict
gather(struct core *core, struct vif *vif, struct queue *q, uint32_t at,
       uint32_t avail, struct frame *f)
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

unsigned int gather_burst(struct core *core, struct vif *vif, struct queue *q,
			  struct gather *b, struct frame *f)
{
	/* A frame that waits is tried again alone. */
	unsigned int max =
		q->wait_until || q->sent ? 1 : sched_burst(core, vif);
	uint32_t at = q->tx_next;
	uint32_t end = at + b->avail;
	int64_t octets = b->octets;
	unsigned int nr;

	for (nr = 0; nr < max && at != end && octets > 0; nr++, f++) {
		const struct svnic_tx_desc *slot = desc_at(core, q, at);

		f->v = FRAME_OPEN;
		f->is_many = 0;
		f->end = at + 1;
		if (!slot || !gather_plain(core, vif, slot, f)) {
			b->fault = gather(core, vif, q, at, end - at, f);
			if (b->fault != SVNIC_V_DELIVERED)
				break;
		}
		at = f->end;
		octets -= f->len;
	}
	b->octets = octets;
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

bool gather_is_in_the_way(struct core *core, struct vif *vif, struct queue *q,
			  const struct frame *f)
{
	const struct svnic_tx_desc *slot;
	struct svnic_tx_desc d;
	int avail = gather_avail(core, q);
	uint32_t end;
	uint32_t at;

	if (avail < 0)
		return true;
	end = q->tx_next + (uint32_t)avail;
	/* Those before @scanned are for the same receiver as @f, whose place
	 * was behind a frame for it, too. */
	at = q->scanned - f->end <= end - f->end ? q->scanned : f->end;
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

bool gather_has_more(struct core *core, struct queue *q)
{
	int avail = gather_avail(core, q);

	return avail < 0 || q->tx_next + (uint32_t)avail != q->scanned;
}
