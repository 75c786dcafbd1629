// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides where a frame goes and brings it there; see switch.h.  A group frame
 * goes to those of its domain that want it, to the trunks of the segment and to the uplink; a
 * frame for an unknown address to the uplink and to VIFs that asked for such.
 * The wire is tried first: while it is full nothing has been done yet, and the
 * sender may wait.  Called by vif_tx.c and poll.c.
 */
#include "arena.h"
#include "domain.h"
#include "errno.h"
#include "frame.h"
#include "hal.h"
#include "mem.h"
#include "segment.h"
#include "switch.h"

#define WIRE_BURSTS 4u /* of one port in a round */

/* @sent: segments of it that the wire had before. */
static int wire_full(struct port *port, const struct frame *f, uint32_t sent)
{
	if (f->sent != sent)
		port->is_full = 0;
	if (f->patience == FRAME_WAIT && !port->is_full)
		return -EAGAIN;
	/* It took some of them just now, so there is nobody to blame. */
	if (f->patience == FRAME_EXPIRED && f->sent != sent)
		return -EAGAIN;
	if (f->patience == FRAME_EXPIRED)
		port->is_full = 1;
	return SVNIC_V_WIRE_FULL;
}

static enum svnic_verdict send_as_is(unsigned int port, const struct frame *f,
				     const struct svnic_meta *meta,
				     struct svnic_port_info *info)
{
	enum svnic_verdict v;

	v = hal_wire_tx(port, frame_iov(f), f->nr_iov, meta);
	if (v == SVNIC_V_WIRE) {
		info->tx_frames++;
		info->tx_octets += f->len;
	}
	return v;
}

/* An enum svnic_verdict, -EAGAIN or -EINPROGRESS. */
static int to_wire(struct core *core, struct frame *f)
{
	struct svnic_meta meta = f->meta;
	uint32_t sent = f->sent;
	unsigned int takes;
	struct port *port;
	int v;

	if (f->segment >= core->config.nr_ports)
		return SVNIC_V_NO_DESTINATION;
	port = &core->port[f->segment];
	if (f->vlan) {
		meta.flags |= svnic_le16(SVNIC_META_VLAN);
		meta.vlan_tci = svnic_le16((uint16_t)(f->tci | f->vlan));
	}
	takes = hal_wire_takes(f->segment);
	if (svnic_cpu16(meta.flags) & ~takes & SEGMENT_FLAGS)
		v = segment_tx(f->segment, takes, f, &meta, &port->info);
	else
		v = (int)send_as_is(f->segment, f, &meta, &port->info);
	if (v == SVNIC_V_WIRE_FULL)
		return wire_full(port, f, sent);
	port->is_full = 0;
	return v;
}

/* Copies to the members of a list, but not to the sender; how many. */
static unsigned int fan_out(struct core *core, const struct list *list,
			    enum arena_part nodes_of, struct frame *f)
{
	bool is_group = frame_l2(f)[0] & 1;
	uint64_t to = mem_mac(frame_l2(f));
	const struct node *nodes = arena_part(core, nodes_of);
	unsigned int nr = 0;
	uint16_t idx;

	for (idx = list->head; idx != LIST_NONE; idx = nodes[idx].next) {
		if (idx == f->sender)
			continue;
		if (is_group && arena_vif(core, idx)->groups &&
		    !group_wanted(core, arena_vif(core, idx), to))
			continue;
		f->copies++;
		if (vif_rx(core, arena_vif(core, idx), f) == SVNIC_V_DELIVERED)
			nr++;
	}
	return nr;
}

static unsigned int fan_out_domain(struct core *core, uint16_t domain,
				   bool is_group, struct frame *f)
{
	const struct domain *d;

	if (domain == DEMUX_NONE)
		return 0;
	d = arena_domain(core, domain);
	return is_group ? fan_out(core, &d->members, ARENA_MEMBER_NODES, f)
			: fan_out(core, &d->unknown, ARENA_UNKNOWN_NODES, f);
}

/*
 * To everyone whom it may concern; @wire is what became of it at the uplink.
 * The copies after the first are counted apart.
 */
static int to_many(struct core *core, struct frame *f, int wire,
		   __le64 *verdict)
{
	bool is_group = frame_l2(f)[0] & 1;
	unsigned int nr = fan_out_domain(core, f->domain, is_group, f);

	if (core->trunk[f->segment] != f->domain)
		nr += fan_out_domain(core, core->trunk[f->segment], is_group,
				     f);
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

/* Whose it is, or DEMUX_NONE: many's. */
static uint16_t find(const struct core *core, const struct frame *f)
{
	const uint8_t *to = frame_l2(f);

	if (to[0] & 1)
		return DEMUX_NONE;
	return domain_lookup(core, f->segment, f->domain, mem_mac(to));
}

/* Has the VIF sent more group frames than it may? */
static bool is_storm(const struct core *core, struct vif *vif,
		     const struct frame *f)
{
	uint32_t rate = svnic_cpu16(vif->config.storm);

	if (!rate || !(frame_l2(f)[0] & 1))
		return false;
	bucket_refill(&vif->storm, core->now_ns, rate,
		      rate < 10 * VIF_STORM_RESERVE ? VIF_STORM_RESERVE
						    : rate / 10);
	return !bucket_has(&vif->storm);
}

int switch_tx(struct core *core, struct vif *sender, struct frame *f)
{
	uint16_t idx = find(core, f);
	int v;

	f->copies = 0;
	if (idx == f->sender) {
		v = SVNIC_V_NO_DESTINATION;
	} else if (idx == DEMUX_NONE && is_storm(core, sender, f)) {
		v = SVNIC_V_STORM;
	} else if (idx != DEMUX_NONE) {
		v = vif_rx(core, arena_vif(core, idx), f);
	} else {
		v = to_wire(core, f);
		if (v >= 0) {
			f->patience = FRAME_DROP;
			v = to_many(core, f, v, sender->stats.tx_verdict);
			if (sender->config.storm && (frame_l2(f)[0] & 1))
				bucket_take(&sender->storm, 1);
		}
	}
	if (v >= 0 && sender->monitors.nr)
		vif_rx_monitors(core, sender, f, SVNIC_META_MONITOR_TX);
	return v;
}

/* Everything about a frame of the wire that does not depend on a VIF. */
static enum svnic_verdict accept(const struct core *core, unsigned int port,
				 const struct hal_frame *w, struct frame *f)
{
	uint16_t flags;
	uint16_t tci;

	f->len = w->len;
	f->meta = w->meta;
	f->meta.len = 0;
	f->meta.segs = 0;
	if (w->len < SVNIC_FRAME_MIN)
		return SVNIC_V_RUNT;
	if (w->len > SVNIC_FRAME_MAX + FRAME_TAG)
		return SVNIC_V_OVERSIZE;
	f->iov[1].data = w->data;
	f->iov[1].len = w->len;
	frame_header(f, 1);
	if (!frame_untag(f))
		return SVNIC_V_BAD_OFFLOAD;
	if (frame_is_link_local(f))
		return SVNIC_V_LINK_LOCAL;
	if (!frame_check_offload(f))
		return SVNIC_V_BAD_OFFLOAD;
	flags = svnic_cpu16(f->meta.flags);
	tci = flags & SVNIC_META_VLAN ? svnic_cpu16(f->meta.vlan_tci) : 0;
	f->segment = (uint16_t)port;
	f->vlan = tci & 0x0fff;
	f->tci = tci & 0xf000;
	if (f->vlan > SVNIC_VLAN_MAX)
		return SVNIC_V_NO_DESTINATION;
	f->domain = domain_find(core, port, f->vlan);
	f->meta.vlan_tci = 0;
	f->meta.flags = svnic_le16(
		flags & (uint16_t) ~(SVNIC_META_VLAN | SVNIC_META_MONITOR_TX));
	f->sender = LIST_NONE;
	f->copies = 0;
	f->queue = 0;
	f->patience = FRAME_DROP;
	return SVNIC_V_DELIVERED;
}

static void from_wire(struct core *core, unsigned int port,
		      const struct hal_frame *w)
{
	struct svnic_port_info *info = &core->port[port].info;
	struct frame *f = &core->frame[0];
	int v = (int)accept(core, port, w, f);
	uint16_t idx;

	info->rx_frames++;
	info->rx_octets += w->len;
	if (v == SVNIC_V_DELIVERED) {
		idx = find(core, f);
		if (idx != DEMUX_NONE)
			v = vif_rx(core, arena_vif(core, idx), f);
		else
			v = to_many(core, f, SVNIC_V_NO_DESTINATION,
				    info->rx_verdict);
	}
	info->rx_verdict[v]++;
}

static unsigned int switch_wire(struct core *core, unsigned int port)
{
	unsigned int done = 0;
	unsigned int burst;
	unsigned int nr;
	unsigned int i;

	for (burst = 0; burst < WIRE_BURSTS; burst++) {
		nr = hal_wire_rx(port, core->wire, ARENA_BURST);
		for (i = 0; i < nr; i++)
			from_wire(core, port, &core->wire[i]);
		if (nr)
			hal_wire_rx_done(port);
		done += nr;
		if (nr < ARENA_BURST)
			break;
	}
	return done;
}

unsigned int switch_wires(struct core *core)
{
	unsigned int done = 0;
	unsigned int port;

	for (port = 0; port < core->config.nr_ports; port++)
		done += switch_wire(core, port);
	return done;
}
