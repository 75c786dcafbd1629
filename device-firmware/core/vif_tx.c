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
#include "region.h"
#include "sched.h"
#include "stats.h"
#include "switch.h"

#define WAIT_NS	   2000000u /* how long a frame waits for its receiver */
#define MIN_CHARGE 64	    /* a frame costs its VIF at least this */

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

static bool is_plain(const struct svnic_tx_desc *d)
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

/* Take the frame whose first descriptor is number @at; a ring's verdict. */
static enum svnic_verdict gather(struct core *core, struct queue *q,
				 uint32_t at, uint32_t avail, struct frame *f)
{
	const struct vif *vif = arena_vif(core, q->vif);
	const struct svnic_tx_desc *slot;
	struct svnic_tx_desc d;
	enum svnic_verdict v;
	unsigned int i;
	void *ptr;

	f->len = 0;
	f->nr_iov = 1;
	for (i = 0; i < f->nr_iov; i++) {
		slot = queue_tx_desc(core, q, at + i);
		if (!slot)
			return SVNIC_V_BAD_RING;
		svnic_copy_in(&d, slot, sizeof(d));
		if (i == 0 ? !is_head(&d, avail) : !is_plain(&d))
			return SVNIC_V_BAD_CHAIN;
		if (i == 0) {
			f->meta = d.meta;
			f->meta.segs = 0;
			f->nr_iov = d.meta.segs;
		}
		v = region_seg(core, vif, d.seg, false, &ptr);
		if (v != SVNIC_V_DELIVERED)
			return v;
		f->iov[i + 1].data = ptr;
		f->iov[i + 1].len = d.seg.len;
		f->len += d.seg.len;
	}
	__builtin_prefetch(f->iov[1].data);
	f->end = at + i;
	return SVNIC_V_DELIVERED;
}

/* Take up to a burst of frames; @fault is what came after the last of them. */
static unsigned int gather_burst(struct core *core, struct queue *q,
				 uint32_t avail, enum svnic_verdict *fault)
{
	/* A frame that waits is tried again alone. */
	unsigned int max = q->wait_until ? 1 : ARENA_BURST;
	uint32_t at = q->tx_next;
	uint32_t end = at + avail;
	unsigned int nr;

	for (nr = 0; nr < max && at != end; nr++) {
		*fault = gather(core, q, at, end - at, &core->frame[nr]);
		if (*fault != SVNIC_V_DELIVERED)
			break;
		at = core->frame[nr].end;
	}
	return nr;
}

static void set_patience(const struct core *core, const struct queue *q,
			 struct frame *f)
{
	if (q->wait_until && core->now_ns >= q->wait_until)
		f->patience = FRAME_EXPIRED;
	else
		f->patience = FRAME_WAIT;
}

/* False when the frame has to wait: it stays the first of the ring. */
static bool send_frame(struct core *core, struct vif *vif, struct queue *q,
		       struct frame *f)
{
	int v = (int)guard_check(core, vif, f, f->nr_iov);
	int charge;

	if (v == SVNIC_V_DELIVERED) {
		f->sender = q->vif;
		f->queue = q->id;
		set_patience(core, q, f);
		v = switch_tx(core, vif, f);
	}
	if (v == -EAGAIN) {
		if (!q->wait_until) {
			q->wait_until = core->now_ns + WAIT_NS;
			vif->stats.tx_waited++;
		}
		return false;
	}
	q->wait_until = 0;
	q->tx_next = f->end;
	stats_tx(vif, (enum svnic_verdict)v, f->len);
	sched_sent(vif, f->len);
	charge = (int)f->len;
	vif->deficit -= charge < MIN_CHARGE ? MIN_CHARGE : charge;
	return true;
}

/* VIF_TX_EMPTY when all @nr were sent or dropped. */
static enum vif_tx_more send_burst(struct core *core, struct vif *vif,
				   struct queue *q, unsigned int nr,
				   unsigned int *done)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (vif->deficit <= 0)
			return VIF_TX_MORE;
		if (!sched_may_send(core, vif))
			return VIF_TX_THROTTLED;
		if (!send_frame(core, vif, q, &core->frame[i]))
			return VIF_TX_WAIT;
		++*done;
	}
	return VIF_TX_EMPTY;
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
	enum svnic_verdict fault = SVNIC_V_DELIVERED;
	int avail = tx_provide(core, q);
	uint32_t end;
	enum vif_tx_more more;
	unsigned int nr;

	if (avail < 0)
		return stop(core, vif, q,
			    avail == -EPROTO ? SVNIC_V_BAD_INDEX
					     : SVNIC_V_BAD_RING);
	end = q->tx_next + (uint32_t)avail;
	nr = gather_burst(core, q, (uint32_t)avail, &fault);
	more = send_burst(core, vif, q, nr, done);
	tx_return(core, q);
	if (more != VIF_TX_EMPTY)
		return more;
	if (fault != SVNIC_V_DELIVERED)
		return stop(core, vif, q, fault);
	return q->tx_next == end ? VIF_TX_EMPTY : VIF_TX_MORE;
}
