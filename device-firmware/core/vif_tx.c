// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest -> card: frames of a tx ring, a burst at a time: gathered, each looked
 * at, delivered by all whom it concerns, settled.  If those are other workers,
 * too, the burst travels and the queue rests until it is back.  What offends in
 * a frame costs the frame, what offends in the ring stops the queue.  Called by
 * sched.c; vif_tx_home() by parcel.c, vif_tx_prepare() by switch.c.
 */
#include <svnic/ring.h>
#include "arena.h"
#include "errno.h"
#include "event.h"
#include "frame.h"
#include "gather.h"
#include "guard.h"
#include "lane.h"
#include "mem.h"
#include "sched.h"
#include "share.h"
#include "stats.h"
#include "switch.h"
#include "vif_rx.h"
#include "vif_tx.h"
#include "wire.h"

#define WAIT_NS	 2000000u /* how long a frame waits for its receiver */
#define RETRY_NS 10000u	  /* between two tries, if nobody tells when */
#define COPIES	 256u	  /* of a burst's frames, and then it ends */

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

static uint8_t patience(const struct core *core, const struct queue *q,
			const struct frame *f)
{
	if (q->is_hurried && (int32_t)(q->hurry - f->end) >= 0)
		return FRAME_DROP;
	if (q->wait_until && core->now_ns >= q->wait_until)
		return FRAME_EXPIRED;
	return FRAME_WAIT;
}

void vif_tx_prepare(struct core *core, const struct vif *vif,
		    const struct queue *q, struct frame *f)
{
	enum svnic_verdict v = guard_check(core, vif, f, f->nr_iov);

	f->is_plain = 0;
	f->sent = q->sent;
	f->extra = 0;
	f->copies = 0;
	f->got = 0;
	f->is_many = 0;
	f->is_wired = 0;
	f->is_good = v == SVNIC_V_DELIVERED;
	if (!f->is_good) {
		f->v = (int)v;
		return;
	}
	f->sender = q->vif;
	f->queue = q->id;
	f->tagged = f->vlan != svnic_cpu16(vif->config.vlan);
	f->patience = patience(core, q, f);
	switch_find(core, f);
	if (f->dest == f->sender)
		f->v = SVNIC_V_NO_DESTINATION;
}

/*
 * May a VIF send one group frame more, after @nr in this burst?  An unknown
 * address is no storm.
 */
static bool is_storm(const struct core *core, struct vif *vif, unsigned int nr)
{
	uint32_t rate = svnic_cpu16(vif->config.storm);

	if (!rate)
		return false;
	bucket_refill(&vif->storm, core->now_ns, rate,
		      rate < 10 * VIF_STORM_RESERVE ? VIF_STORM_RESERVE
						    : rate / 10);
	return bucket_units(&vif->storm) <= (int64_t)nr;
}

static bool is_group(const struct frame *f)
{
	return frame_l2(f)[0] & 1;
}

/*
 * Look at all frames of a burst: the other workers that are to see them.  What
 * is behind too many copies is left for another burst.
 */
static unsigned int plan(struct core *core, struct vif *vif, struct queue *q,
			 struct parcel *p)
{
	unsigned int workers = 0;
	unsigned int groups = 0;
	unsigned int copies = 0;
	unsigned int i;

	p->has_many = 0;
	if (lane_check(core, vif, p->frame, p->nr) &&
	    core->config.nr_workers == 1)
		return 0;
	for (i = 0; i < p->nr; i++) {
		struct frame *f = &p->frame[i];

		if (copies > COPIES) {
			p->nr = (uint8_t)i;
			break;
		}
		if (!f->is_plain || f->dest == DEMUX_NONE)
			vif_tx_prepare(core, vif, q, f);
		if (f->v != FRAME_OPEN)
			continue;
		if (f->is_plain || !f->is_many) {
			workers |= 1u << arena_vif(core, f->dest)->worker;
			continue;
		}
		if (is_group(f) && is_storm(core, vif, groups++)) {
			f->v = SVNIC_V_STORM;
			continue;
		}
		copies += switch_nr_copies(core, f);
		p->has_many = 1;
		workers = ~0u;
	}
	return workers & ((1u << core->config.nr_workers) - 1) &
	       ~(1u << core->worker);
}

static void move_to(struct queue *q, uint32_t end)
{
	q->tx_next = end;
	if ((int32_t)(q->hurry - end) <= 0)
		q->is_hurried = 0;
}

/* Each descriptor is work, whatever it has: 20 of them may be one frame. */
static void charge(struct vif *vif, struct queue *q, uint32_t octets,
		   uint32_t end, bool promised)
{
	uint32_t descs = end - q->tx_next;

	octets -= q->paid < octets ? q->paid : octets;
	q->paid = 0;
	share_sent(vif, octets, octets + descs * FRAME_CHARGE, promised);
}

/*
 * Some of its segments may have gone; the others wait no longer than that.
 * They are paid for now: its guest may take the rest back.
 */
static void stay(struct core *core, struct vif *vif, struct queue *q,
		 const struct frame *f, bool promised)
{
	uint32_t octets;

	if (f->sent != q->sent) {
		octets = (f->sent - q->sent) * svnic_cpu16(f->meta.gso_size);
		q->wait_until = 0;
		q->paid += octets;
		share_sent(vif, octets, octets + f->extra, promised);
	}
	q->sent = f->sent;
	if (f->v == -EAGAIN && !q->wait_until) {
		q->wait_until = core->now_ns + WAIT_NS;
		vif->stats.tx_waited++;
	}
}

/* Count a frame that did not go by the lane. */
static void settle_one(struct core *core, struct vif *vif, struct frame *f,
		       bool promised)
{
	uint32_t work = f->copies * (f->len + FRAME_CHARGE) + f->extra;

	stats_tx(vif, (enum svnic_verdict)f->v, f->len);
	/* Its copies cost nobody but the sender. */
	if (work)
		share_owe(vif, work, promised);
	if (f->v != SVNIC_V_STORM && f->is_many && is_group(f) &&
	    vif->config.storm)
		bucket_take(&vif->storm, 1);
	if (f->is_good && vif->monitors.nr)
		vif_rx_monitors(core, vif, f, SVNIC_META_MONITOR_TX);
}

/* The verdict of a frame that all have had, or why it is still there. */
static int verdict_of(struct vif *vif, struct frame *f)
{
	if (f->v == FRAME_OPEN && f->is_many && f->is_wired)
		f->v = switch_settle(f->wire, f->got, vif->stats.tx_verdict);
	return f->v;
}

/*
 * Count what became of a burst, and move the cursor: 0, or why the first of
 * those left is still there.
 */
static int settle(struct core *core, struct vif *vif, struct queue *q,
		  struct parcel *p, unsigned int *done)
{
	struct frame *f = p->frame;
	unsigned int by_lane = 0;
	uint32_t lane_octets = 0;
	uint32_t octets = 0;
	unsigned int i;

	for (i = 0; i < p->nr && verdict_of(vif, &f[i]) >= 0; i++) {
		octets += f[i].len;
		if (f[i].is_plain) {
			by_lane++;
			lane_octets += f[i].len;
		} else {
			settle_one(core, vif, &f[i], p->promised);
		}
	}
	*done += i;
	if (i) {
		q->wait_until = 0;
		q->sent = 0;
		charge(vif, q, octets, f[i - 1].end, p->promised);
		mem_commit();
		move_to(q, f[i - 1].end);
		vif->tx_frames += by_lane;
		vif->tx_octets += lane_octets;
	}
	if (i == p->nr)
		return 0;
	if (f[i].v == -EAGAIN && gather_is_in_the_way(core, vif, q, &f[i]))
		f[i].v = -EINPROGRESS;
	/* A part of a frame is work, too. */
	*done += f[i].v == -EINPROGRESS;
	stay(core, vif, q, &f[i], p->promised);
	return f[i].v;
}

static enum vif_tx_more stop(struct core *core, struct vif *vif,
			     struct queue *q, enum svnic_verdict v)
{
	stats_tx(vif, v, 0);
	queue_fault(core, q, v);
	return VIF_TX_EMPTY;
}

/* All of it went by the lane. */
static void settle_lane(struct vif *vif, struct queue *q,
			const struct parcel *p, uint32_t octets)
{
	q->wait_until = 0;
	q->sent = 0;
	charge(vif, q, octets, p->frame[p->nr - 1].end, p->promised);
	mem_commit();
	move_to(q, p->frame[p->nr - 1].end);
	vif->tx_frames += p->nr;
	vif->tx_octets += octets;
}

/* Deliver a burst that is for this worker alone; see settle(). */
static int send_here(struct core *core, struct vif *vif, struct queue *q,
		     struct parcel *p, uint32_t octets, unsigned int *done)
{
	if (p->nr && lane_run(core, vif, p->frame, p->nr) == p->nr) {
		settle_lane(vif, q, p, octets);
		*done += p->nr;
		return 0;
	}
	switch_share(core, p);
	return settle(core, vif, q, p, done);
}

/* Send a burst round the other workers that have a part in it. */
static enum vif_tx_more send_away(struct core *core, struct queue *q,
				  struct parcel *p, unsigned int workers)
{
	parcel_take(core);
	q->is_away = 1;
	q->heard = core->heard;
	p->todo = (uint8_t)workers;
	p->is_away = 1;
	switch_share(core, p);
	parcel_send(core, p);
	return VIF_TX_AWAY;
}

/* The first frame of a burst that was away waits: when is it tried again? */
static void postpone(const struct core *core, struct queue *q,
		     const struct parcel *p)
{
	const struct frame *f = p->frame;

	while (f->v >= 0)
		f++;
	q->retry_ns = core->now_ns + RETRY_NS;
	q->is_far =
		!f->is_many && arena_vif(core, f->dest)->worker != core->worker;
}

/*
 * A VIF of another worker has that tell when there are buffers.  Before that
 * only a frame for somebody else behind, or the end of patience, matters.
 */
static bool is_due(struct core *core, struct queue *q)
{
	if (core->heard != q->heard)
		return true;
	if (core->now_ns < q->retry_ns)
		return false;
	return !q->is_far || core->now_ns >= q->wait_until ||
	       gather_has_more(core, q);
}

void vif_tx_home(struct core *core, struct parcel *p)
{
	struct queue *q = arena_queue(core, p->queue);
	struct vif *vif = arena_vif(core, q->vif);
	unsigned int done = 0;

	/* The uplink came before this worker's VIFs. */
	if (p->has_many && core->worker != 0)
		switch_share(core, p);
	q->is_away = 0;
	if (settle(core, vif, q, p, &done) == -EAGAIN)
		postpone(core, q, p);
	tx_return(core, q);
	if (q->state == QUEUE_RUNNING)
		sched_return(core, q);
}

/* May a burst begin?  VIF_TX_MORE: of up to @avail descriptors; or why not. */
static enum vif_tx_more look(struct core *core, struct vif *vif,
			     struct queue *q, uint32_t *avail)
{
	int n;

	if (q->is_away)
		return VIF_TX_AWAY;
	/* It may have been stopped as a receiver, in the middle of its turn. */
	if (q->state != QUEUE_RUNNING)
		return VIF_TX_EMPTY;
	if (q->retry_ns && !is_due(core, q))
		return VIF_TX_WAIT;
	q->retry_ns = 0;
	q->is_far = 0;
	n = gather_avail(core, q);
	if (n < 0)
		return stop(core, vif, q,
			    n == -EPROTO ? SVNIC_V_BAD_INDEX
					 : SVNIC_V_BAD_RING);
	if (n == 0)
		return VIF_TX_EMPTY;
	if (!share_may_send(core, vif))
		return VIF_TX_THROTTLED;
	if (core->config.nr_workers > 1 &&
	    parcel_nr_free(core) <= wire_needs(core))
		return VIF_TX_WAIT;
	*avail = (uint32_t)n;
	return VIF_TX_MORE;
}

enum vif_tx_more vif_tx_burst(struct core *core, struct vif *vif,
			      struct queue *q, unsigned int *done)
{
	struct gather g = { .fault = SVNIC_V_DELIVERED };
	struct parcel *p = parcel_open(core);
	enum vif_tx_more more;
	unsigned int others;
	unsigned int nr;
	int64_t octets;
	uint32_t end;
	int err;

	more = look(core, vif, q, &g.avail);
	if (more != VIF_TX_MORE)
		return more;
	octets = g.octets = share_octets(vif);
	end = q->tx_next + g.avail;
	p->queue = (uint16_t)arena_queue_idx(core, q);
	p->sender = q->vif;
	p->promised = vif->place == VIF_AT_HEAD;
	p->is_away = 0;
	nr = gather_burst(core, vif, q, &g, p->frame);
	p->nr = (uint8_t)nr;
	others = plan(core, vif, q, p);
	if (others)
		return send_away(core, q, p, others);
	err = send_here(core, vif, q, p, (uint32_t)(octets - g.octets), done);
	tx_return(core, q);
	if (err)
		return err == -EAGAIN ? VIF_TX_WAIT : VIF_TX_MORE;
	if (g.fault != SVNIC_V_DELIVERED && p->nr == nr)
		return stop(core, vif, q, g.fault);
	return q->tx_next == end ? VIF_TX_EMPTY : VIF_TX_MORE;
}
