// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides where a frame goes and brings it there; see switch.h.  A group frame
 * goes to those of its domain that want it, to the trunks of the segment and to
 * the uplink; a frame for an unknown address to the uplink and to VIFs that
 * asked for such.  The wire is tried first: while it is full nothing has been
 * done yet, and the sender may wait.  Called by vif_tx.c, wire.c and parcel.c.
 */
#include "arena.h"
#include "domain.h"
#include "errno.h"
#include "frame.h"
#include "group.h"
#include "lane.h"
#include "mem.h"
#include "switch.h"
#include "vif_rx.h"
#include "vif_tx.h"
#include "wire.h"

#define OVERTAKEN_PARTS 4u /* of a large frame that cannot stay, in a row */

void switch_find(const struct core *core, struct frame *f)
{
	const uint8_t *to = frame_l2(f);

	f->dest = DEMUX_NONE;
	if (!(to[0] & 1))
		f->dest =
			domain_lookup(core, f->segment, f->domain, mem_mac(to));
	f->is_many = f->dest == DEMUX_NONE;
}

/* Copies to the members of a list, but not to the sender. */
static void fan_out(struct core *core, const struct list *list,
		    enum arena_part nodes_of, struct frame *f)
{
	bool is_group = frame_l2(f)[0] & 1;
	uint64_t to = mem_mac(frame_l2(f));
	const struct node *nodes = arena_part(core, nodes_of);
	struct vif *vif;
	uint16_t idx;

	for (idx = list->head; idx != LIST_NONE; idx = nodes[idx].next) {
		vif = arena_vif(core, idx);
		if (idx == f->sender || vif->worker != core->worker)
			continue;
		if (is_group && vif->groups && !group_wanted(core, vif, to))
			continue;
		f->copies++;
		f->got += vif_rx(core, vif, f) == SVNIC_V_DELIVERED;
	}
}

static void fan_out_domain(struct core *core, uint16_t domain, struct frame *f)
{
	const struct domain *d;

	if (domain == DEMUX_NONE)
		return;
	d = arena_domain(core, domain);
	if (frame_l2(f)[0] & 1)
		fan_out(core, &d->members, ARENA_MEMBER_NODES, f);
	else
		fan_out(core, &d->unknown, ARENA_UNKNOWN_NODES, f);
}

static unsigned int nr_copies(const struct core *core, uint16_t domain,
			      const struct frame *f)
{
	const struct domain *d;

	if (domain == DEMUX_NONE)
		return 0;
	d = arena_domain(core, domain);
	return frame_l2(f)[0] & 1 ? d->members.nr : d->unknown.nr;
}

unsigned int switch_nr_copies(const struct core *core, const struct frame *f)
{
	uint16_t trunk = arena_board(core)->trunk[f->segment];
	unsigned int nr = nr_copies(core, f->domain, f);

	return trunk == f->domain ? nr : nr + nr_copies(core, trunk, f);
}

void switch_fan_out(struct core *core, struct frame *f)
{
	uint16_t trunk = arena_board(core)->trunk[f->segment];

	fan_out_domain(core, f->domain, f);
	if (trunk != f->domain)
		fan_out_domain(core, trunk, f);
}

int switch_settle(int wire, unsigned int nr, __le64 *verdict)
{
	if (nr && wire != SVNIC_V_WIRE) {
		/* What the uplink did not get has a name of its own. */
		if (wire != SVNIC_V_NO_DESTINATION)
			verdict[wire]++;
		wire = SVNIC_V_DELIVERED;
		nr--;
	}
	verdict[SVNIC_V_DUPLICATED] += nr;
	return wire;
}

static uint64_t mac_to(const struct frame *f)
{
	return f->is_plain ? f->head[0] & LANE_MAC_MASK : mem_mac(frame_l2(f));
}

/* Was it delivered, or did a part of it go to the wire? */
static bool has_begun(const struct frame *f)
{
	return f->v >= 0 || (f->v != FRAME_OPEN && f->extra);
}

/* Has another worker begun one behind frame @i, so that it cannot stay? */
static bool is_overtaken(const struct parcel *p, unsigned int i)
{
	unsigned int k;

	for (k = i + 1; p->is_away && k < p->nr; k++) {
		if (has_begun(&p->frame[k]))
			return true;
	}
	return false;
}

/* Is a frame for somebody else behind frame @i of the parcel? */
static bool is_in_the_way(const struct parcel *p, unsigned int i)
{
	const struct frame *f = &p->frame[i];
	unsigned int k;

	for (k = i + 1; k < p->nr; k++) {
		const struct frame *g = &p->frame[k];

		if (g->v == FRAME_OPEN &&
		    (g->dest != f->dest || mac_to(g) != mac_to(f)))
			return true;
	}
	return is_overtaken(p, i);
}

/* An enum svnic_verdict, or why it waits; nobody else waits with it. */
static int to_one(struct core *core, struct parcel *p, unsigned int i)
{
	struct frame *f = &p->frame[i];
	struct vif *to = arena_vif(core, f->dest);
	int v = vif_rx(core, to, f);

	if (v == -EAGAIN && is_in_the_way(p, i)) {
		f->patience = FRAME_DROP;
		v = vif_rx(core, to, f);
	}
	return v;
}

/* An enum svnic_verdict, or why it waits; see to_one(). */
static int to_wire(struct core *core, struct parcel *p, unsigned int i)
{
	struct frame *f = &p->frame[i];
	unsigned int left = OVERTAKEN_PARTS;
	int v = wire_tx(core, f);

	if (v == -EAGAIN && is_in_the_way(p, i)) {
		f->patience = FRAME_DROP;
		v = wire_tx(core, f);
	}
	while (v == -EINPROGRESS && is_overtaken(p, i)) {
		f->patience = FRAME_DROP;
		v = --left ? wire_tx(core, f) : SVNIC_V_WIRE_FULL;
	}
	return v;
}

/* FRAME_OPEN, or why it waits.  Other workers have had it or will. */
static int to_many(struct core *core, struct parcel *p, unsigned int i)
{
	struct frame *f = &p->frame[i];
	int v;

	if (!f->is_wired) {
		v = to_wire(core, p, i);
		if (v < 0)
			return v;
		f->wire = (uint8_t)v;
		f->is_wired = 1;
	}
	f->patience = FRAME_DROP;
	switch_fan_out(core, f);
	return FRAME_OPEN;
}

/*
 * A frame that the lane did not take, from the beginning.  Its octets may have
 * changed since it was looked at; to another receiver it does not go then.
 */
static void look_again(struct core *core, const struct parcel *p,
		       struct frame *f)
{
	uint16_t dest = f->dest;

	vif_tx_prepare(core, arena_vif(core, p->sender),
		       arena_queue(core, p->queue), f);
	if (f->v == FRAME_OPEN && f->dest != dest)
		f->v = SVNIC_V_NO_DESTINATION;
}

/* Deliver frame @i as far as it is for here. */
static void deliver(struct core *core, struct parcel *p, unsigned int i)
{
	struct frame *f = &p->frame[i];

	if (f->is_many) {
		/* The wire comes first, and it is worker 0's. */
		if (f->is_wired || core->worker == 0)
			f->v = to_many(core, p, i);
	} else if (arena_vif(core, f->dest)->worker == core->worker) {
		if (f->is_plain)
			look_again(core, p, f);
		if (f->v == FRAME_OPEN)
			f->v = to_one(core, p, i);
	}
}

void switch_share(struct core *core, struct parcel *p)
{
	struct frame *f = p->frame;
	uint16_t shut = DEMUX_NONE; /* to whom the lane is closed */
	unsigned int n;
	unsigned int i;

	for (i = 0; i < p->nr; i += n) {
		n = 1;
		if (f[i].v >= 0)
			continue;
		if (f[i].v == FRAME_OPEN && f[i].is_plain &&
		    f[i].dest != shut) {
			n = lane_run(core, arena_vif(core, p->sender), &f[i],
				     p->nr - i);
			if (n)
				continue;
			shut = f[i].dest;
			n = 1;
		}
		if (f[i].v == FRAME_OPEN)
			deliver(core, p, i);
		/* All behind are for the same receiver, and wait, too. */
		if (f[i].v < 0 && f[i].v != FRAME_OPEN)
			break;
	}
}
