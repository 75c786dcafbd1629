// SPDX-License-Identifier: GPL-2.0-only
/*
 * Between the switch and the uplinks; see wire.h.  Worker 0 has them all.  What
 * a wire brings stays in the HAL's memory while parcels with it are under way
 * to other workers' VIFs, and so long nothing more is taken.  Called by
 * switch.c to send, by poll.c and parcel.c for what comes.
 */
#include "arena.h"
#include "domain.h"
#include "errno.h"
#include "frame.h"
#include "hal.h"
#include "segment.h"
#include "switch.h"
#include "vif_rx.h"
#include "wire.h"

#define WIRE_BURSTS 4u	 /* of one port in a round */
#define WIRE_COPIES 256u /* of one burst, and it is the last */

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

int wire_tx(struct core *core, struct frame *f)
{
	struct svnic_meta meta = f->meta;
	uint32_t sent = f->sent;
	unsigned int takes;
	struct port *port;
	int v;

	if (f->segment >= core->config.nr_ports)
		return SVNIC_V_NO_DESTINATION;
	port = &arena_board(core)->port[f->segment];
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
	return SVNIC_V_DELIVERED;
}

/* Make a frame of what came, and find whose it is. */
static enum svnic_verdict open_frame(const struct core *core, unsigned int port,
				     const struct hal_frame *w,
				     unsigned int index, struct frame *f)
{
	enum svnic_verdict v = accept(core, port, w, f);

	f->sender = LIST_NONE;
	f->end = index;
	f->copies = 0;
	f->queue = 0;
	f->patience = FRAME_DROP;
	f->is_plain = 0;
	f->wire = SVNIC_V_NO_DESTINATION;
	f->is_wired = 1;
	f->got = 0;
	f->v = FRAME_OPEN;
	if (v == SVNIC_V_DELIVERED)
		switch_find(core, f);
	return v;
}

/* A copy of it for the VIFs of another worker. */
static void add_to(struct core *core, struct parcel **parcel, unsigned int to,
		   unsigned int port, const struct hal_frame *w,
		   unsigned int index)
{
	struct parcel *p = parcel[to];

	if (!p) {
		p = parcel_take(core);
		p->queue = LIST_NONE;
		p->sender = LIST_NONE;
		p->port = (uint8_t)port;
		p->todo = (uint8_t)(1u << to);
		p->is_away = 1;
		p->nr = 0;
		parcel[to] = p;
	}
	open_frame(core, port, w, index, &p->frame[p->nr++]);
}

/* How many VIFs of this worker it was offered to as one of many. */
static unsigned int from_wire(struct core *core, struct parcel **parcel,
			      unsigned int port, const struct hal_frame *w,
			      unsigned int index)
{
	struct svnic_port_info *info = &arena_board(core)->port[port].info;
	struct wire_burst *burst = &core->wire_burst;
	struct frame *f = parcel_open(core)->frame;
	enum svnic_verdict v = open_frame(core, port, w, index, f);
	unsigned int copies = 0;
	unsigned int i;

	info->rx_frames++;
	info->rx_octets += w->len;
	burst->is_many[index] = 0;
	if (v != SVNIC_V_DELIVERED) {
		info->rx_verdict[v]++;
	} else if (f->is_many) {
		burst->is_many[index] = 1;
		switch_fan_out(core, f);
		burst->nr_got[index] = (uint16_t)f->got;
		copies = f->copies;
		for (i = 1; i < core->config.nr_workers; i++)
			add_to(core, parcel, i, port, w, index);
	} else if (arena_vif(core, f->dest)->worker == core->worker) {
		info->rx_verdict[vif_rx(core, arena_vif(core, f->dest), f)]++;
	} else {
		add_to(core, parcel, arena_vif(core, f->dest)->worker, port, w,
		       index);
	}
	return copies;
}

/* All of the burst is where it belongs. */
static void finish(struct core *core, unsigned int port)
{
	__le64 *verdict = arena_board(core)->port[port].info.rx_verdict;
	const struct wire_burst *burst = &core->wire_burst;
	unsigned int i;

	for (i = 0; i < burst->nr; i++) {
		if (burst->is_many[i])
			verdict[switch_settle(SVNIC_V_NO_DESTINATION,
					      burst->nr_got[i], verdict)]++;
	}
	hal_wire_rx_done(port);
}

void wire_home(struct core *core, struct parcel *p)
{
	__le64 *verdict = arena_board(core)->port[p->port].info.rx_verdict;
	struct wire_burst *burst = &core->wire_burst;
	const struct frame *f = p->frame;
	unsigned int i;

	for (i = 0; i < p->nr; i++) {
		if (f[i].is_many)
			burst->nr_got[f[i].end] += (uint16_t)f[i].got;
		else if (f[i].v >= 0)
			verdict[f[i].v]++;
	}
	if (--burst->nr_out == 0)
		finish(core, p->port);
}

/* One burst; true when there is probably more and it may be taken. */
static bool take_burst(struct core *core, unsigned int port, unsigned int *done)
{
	struct parcel *parcel[CORE_MAX_WORKERS] = { NULL };
	struct wire_burst *burst = &core->wire_burst;
	unsigned int copies = 0;
	unsigned int nr;
	unsigned int i;

	nr = hal_wire_rx(port, core->wire, ARENA_BURST);
	if (nr == 0)
		return false;
	burst->nr = (uint8_t)nr;
	for (i = 0; i < nr; i++)
		copies += from_wire(core, parcel, port, &core->wire[i], i);
	for (i = 1; i < core->config.nr_workers; i++) {
		if (parcel[i])
			burst->nr_out++;
	}
	*done += nr;
	if (!burst->nr_out) {
		finish(core, port);
		return nr == ARENA_BURST && copies <= WIRE_COPIES;
	}
	for (i = 1; i < core->config.nr_workers; i++) {
		if (parcel[i])
			parcel_send(core, parcel[i]);
	}
	return false;
}

unsigned int wire_needs(const struct core *core)
{
	/* Each of a burst's parcels comes back to be used for the next. */
	if (core->worker != 0 || !core->config.nr_ports)
		return 0;
	return core->config.nr_workers - core->wire_burst.nr_out;
}

/* Frames of one wire at a time are with other workers. */
static bool may_take(const struct core *core)
{
	return !core->wire_burst.nr_out &&
	       parcel_nr_free(core) >= core->config.nr_workers;
}

unsigned int wire_poll(struct core *core)
{
	unsigned int left = core->config.nr_ports;
	unsigned int done = 0;
	unsigned int burst;
	unsigned int port;

	/* Whoever had frames that went away is the last one next time. */
	for (; left && may_take(core); left--) {
		port = core->next_port;
		core->next_port = (port + 1) % core->config.nr_ports;
		for (burst = 0; burst < WIRE_BURSTS && may_take(core); burst++)
			if (!take_burst(core, port, &done))
				break;
	}
	return done;
}
