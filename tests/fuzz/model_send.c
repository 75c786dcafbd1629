// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who gets a frame, and what is counted, for the model; see model.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model.h"

#define SECOND 1000000000ll

/* The queue for a frame, or MODEL_QUEUES: none runs. */
static unsigned int choose(const struct model_vif *v,
			   const struct model_look *l, bool *is_l4,
			   uint32_t *hash)
{
	unsigned int queue;

	*is_l4 = false;
	if (v->nr_running == 0)
		return v->queue[MODEL_QUEUES - 1].is_started ? MODEL_QUEUES - 1
							     : MODEL_QUEUES;
	if (v->nr_running == 1)
		return v->order[0];
	*hash = model_hash(v, l, is_l4);
	queue = v->rss.table[*hash % SVNIC_RSS_TABLE];
	if (v->has_rss && queue + 1 < MODEL_QUEUES &&
	    v->queue[queue].is_started)
		return queue;
	return v->order[*hash % SVNIC_RSS_TABLE % v->nr_running];
}

static void note(struct model *m, const struct model_copy *c)
{
	if (m->nr_copies == MODEL_COPIES) {
		fprintf(stderr, "model: too many copies\n");
		abort();
	}
	m->copy[m->nr_copies++] = *c;
}

static bool refill(struct model_bucket *b, uint64_t now_ns, int64_t rate,
		   int64_t units)
{
	int64_t full = units * SECOND;
	int64_t more = (int64_t)(now_ns - b->at_ns);

	b->at_ns = now_ns;
	if (more > (full - b->credit) / rate)
		b->credit = full;
	else
		b->credit += more * rate;
	return b->credit > 0;
}

/* A rate of which 5 ms or 128 KiB may come at once, whichever is more. */
static bool is_rate_over(const struct model *m, struct model_vif *v)
{
	int64_t rate = 1000ll * svnic_cpu32(v->config.rx_rate);

	if (!rate || v->rx.credit > 0)
		return false;
	return !refill(&v->rx, m->now_ns, rate,
		       rate / 200 > 131072 ? rate / 200 : 131072);
}

/* The frame goes into buffers, or the queue has not enough of them. */
static bool put(struct model_queue *q, uint32_t len, struct svnic_meta *meta)
{
	uint32_t room = 0;
	unsigned int nr = 0;

	for (nr = 0; room < len; nr++) {
		if (nr == q->nr)
			return false;
		room += q->len[(q->first + nr) % MODEL_RING];
	}
	room = q->len[q->first];
	meta->segs = (uint8_t)nr;
	meta->len = svnic_le16((uint16_t)(room < len ? room : len));
	q->first = (q->first + nr) % MODEL_RING;
	q->nr -= nr;
	return true;
}

/* As @v would see it, or as whoever monitors @v. */
static struct svnic_meta show(const struct model_vif *v,
			      const struct model_look *l, unsigned int vlan)
{
	struct svnic_meta meta = l->meta;
	unsigned int flags = svnic_cpu16(meta.flags) & ~SVNIC_META_VLAN;

	meta.vlan_tci = 0;
	if (flags & SVNIC_META_CSUM_BLANK)
		flags |= SVNIC_META_CSUM_GOOD;
	if (model_is_trunk(v) && vlan != svnic_cpu16(v->config.vlan)) {
		flags |= SVNIC_META_VLAN;
		meta.vlan_tci =
			svnic_le16((uint16_t)((l->tci & 0xf000) | vlan));
	}
	meta.flags = svnic_le16((uint16_t)flags);
	return meta;
}

/* A copy of @l for @to, the metadata as @as has it. */
static enum svnic_verdict give(struct model *m, unsigned int to,
			       const struct model_look *l,
			       struct model_copy *copy)
{
	struct model_vif *v = &m->vif[to];
	uint32_t hash = 0;
	bool is_l4;
	unsigned int queue = choose(v, l, &is_l4, &hash);

	if (queue == MODEL_QUEUES)
		return SVNIC_V_NOT_RUNNING;
	if (is_rate_over(m, v))
		return SVNIC_V_RX_RATE;
	if (is_l4) {
		copy->meta.flags |= svnic_le16(SVNIC_META_HASH_L4);
		copy->meta.hash = svnic_le32(hash);
	}
	if (!put(&v->queue[queue], l->len, &copy->meta)) {
		m->is_short = true;
		return SVNIC_V_NO_BUFFER;
	}
	copy->to = (uint8_t)to;
	copy->queue = (uint8_t)queue;
	copy->is_cut = l->is_cut;
	copy->len = l->len;
	note(m, copy);
	return SVNIC_V_DELIVERED;
}

static void count_rx(struct model_vif *v, enum svnic_verdict verdict,
		     uint32_t len)
{
	v->stats.rx_verdict[verdict]++;
	if (verdict == SVNIC_V_DELIVERED) {
		v->stats.rx_frames++;
		v->stats.rx_octets += len;
	}
}

static void show_monitors(struct model *m, unsigned int vif,
			  const struct model_look *l, unsigned int vlan,
			  unsigned int frame, unsigned int flag)
{
	struct model_vif *seen = &m->vif[vif];
	unsigned int i;

	for (i = 0; i < MODEL_VIFS; i++) {
		struct model_vif *v = &m->vif[i];
		struct model_copy copy = { .frame = frame };
		enum svnic_verdict verdict;
		uint32_t rate = v->config.rx_rate;

		if (!model_sees(m, v, vif) ||
		    (model_flags(v) & SVNIC_VIF_DISABLED))
			continue;
		copy.meta = show(seen, l, vlan);
		copy.meta.flags |= svnic_le16((uint16_t)flag);
		/* A monitor's rate is not asked for. */
		v->config.rx_rate = 0;
		verdict = give(m, i, l, &copy);
		v->config.rx_rate = rate;
		if (verdict != SVNIC_V_DELIVERED)
			verdict = SVNIC_V_MONITOR_LOST;
		count_rx(v, verdict, l->len);
	}
}

static enum svnic_verdict deliver(struct model *m, unsigned int to,
				  const struct model_look *l, unsigned int vlan,
				  unsigned int frame)
{
	struct model_vif *v = &m->vif[to];
	struct model_copy copy = { .frame = frame, .meta = show(v, l, vlan) };
	enum svnic_verdict verdict;

	if (model_flags(v) & SVNIC_VIF_DISABLED)
		verdict = SVNIC_V_DISABLED;
	else if (model_is_oversize(l, svnic_cpu16(v->config.mtu)))
		verdict = SVNIC_V_OVERSIZE;
	else
		verdict = give(m, to, l, &copy);
	count_rx(v, verdict, l->len);
	if (verdict != SVNIC_V_DELIVERED)
		return verdict;
	if (v->config.rx_rate)
		v->rx.credit -= l->len * SECOND;
	show_monitors(m, to, l, vlan, frame, 0);
	return verdict;
}

static bool hears(const struct model_vif *v, unsigned int segment,
		  unsigned int vlan)
{
	return v->is_used && !model_is_monitor(v) &&
	       svnic_cpu16(v->config.segment) == segment &&
	       (model_is_trunk(v) || svnic_cpu16(v->config.vlan) == vlan);
}

/* Whose address it is: an access VIF's before a trunk's; MODEL_VIFS: none's. */
static unsigned int find(const struct model *m, const uint8_t *mac,
			 unsigned int segment, unsigned int vlan)
{
	unsigned int trunk = MODEL_VIFS;
	unsigned int i;

	for (i = 0; i < MODEL_VIFS && !(mac[0] & 1); i++) {
		if (!hears(&m->vif[i], segment, vlan) ||
		    !model_owns(&m->vif[i], mac))
			continue;
		if (!model_is_trunk(&m->vif[i]))
			return i;
		trunk = i;
	}
	return trunk;
}

static enum svnic_verdict to_wire(struct model *m, const struct model_look *l,
				  unsigned int segment, unsigned int vlan,
				  unsigned int frame)
{
	struct model_copy copy = { .to = MODEL_WIRE,
				   .frame = frame,
				   .is_cut = l->is_cut,
				   .len = l->len,
				   .meta = l->meta };
	unsigned int flags = svnic_cpu16(l->meta.flags) & ~SVNIC_META_VLAN;

	if (segment != 0)
		return SVNIC_V_NO_DESTINATION;
	if (m->wire != SVNIC_V_WIRE) {
		m->is_short = true;
		return m->wire;
	}
	copy.meta.vlan_tci = 0;
	if (vlan) {
		flags |= SVNIC_META_VLAN;
		copy.meta.vlan_tci =
			svnic_le16((uint16_t)((l->tci & 0xf000) | vlan));
	}
	copy.meta.flags = svnic_le16((uint16_t)flags);
	m->port.tx_frames++;
	m->port.tx_octets += l->len;
	note(m, &copy);
	return SVNIC_V_WIRE;
}

/* Has it asked for the group? */
static bool is_wanted(const struct model_vif *v, const uint8_t *to)
{
	unsigned int i;

	for (i = 0; i < svnic_cpu16(v->groups.nr); i++) {
		if (memcmp(v->groups.group[i].mac, to, 6) == 0)
			return true;
	}
	return !v->has_groups || memcmp(to, "\xff\xff\xff\xff\xff\xff", 6) == 0;
}

/* To all of the VLAN and all trunks, or to those that asked for unknown. */
static enum svnic_verdict to_many(struct model *m, unsigned int from,
				  const struct model_look *l,
				  unsigned int segment, unsigned int vlan,
				  unsigned int frame, enum svnic_verdict wire,
				  __le64 *verdict)
{
	unsigned int nr = 0;
	unsigned int i;

	for (i = 0; i < MODEL_VIFS; i++) {
		const struct model_vif *v = &m->vif[i];

		if (i == from || !hears(v, segment, vlan))
			continue;
		if (l->head[0] & 1 ? !is_wanted(v, l->head)
				   : !(model_flags(v) & SVNIC_VIF_UNKNOWN))
			continue;
		nr += deliver(m, i, l, vlan, frame) == SVNIC_V_DELIVERED;
	}
	if (nr && wire != SVNIC_V_WIRE) {
		if (wire != SVNIC_V_NO_DESTINATION)
			verdict[wire]++;
		wire = SVNIC_V_DELIVERED;
		nr--;
	}
	verdict[SVNIC_V_DUPLICATED] += nr;
	return wire;
}

static enum svnic_verdict from_vif(struct model *m, unsigned int from,
				   const struct model_look *l,
				   unsigned int frame)
{
	struct model_vif *v = &m->vif[from];
	unsigned int segment = svnic_cpu16(v->config.segment);
	unsigned int vlan = l->tci & 0xfff;
	int64_t storm = svnic_cpu16(v->config.storm);
	bool is_group = l->head[0] & 1;
	enum svnic_verdict verdict;
	unsigned int to;

	if (!vlan)
		vlan = svnic_cpu16(v->config.vlan);
	to = find(m, l->head, segment, vlan);
	if (to == from) {
		verdict = SVNIC_V_NO_DESTINATION;
	} else if (to != MODEL_VIFS) {
		verdict = deliver(m, to, l, vlan, frame);
	} else if (storm && is_group &&
		   !refill(&v->storm, m->now_ns, storm,
			   storm < 160 ? 16 : storm / 10)) {
		verdict = SVNIC_V_STORM;
	} else {
		verdict = to_wire(m, l, segment, vlan, frame);
		verdict = to_many(m, from, l, segment, vlan, frame, verdict,
				  v->stats.tx_verdict);
		if (storm && is_group)
			v->storm.credit -= SECOND;
	}
	show_monitors(m, from, l, vlan, frame, SVNIC_META_MONITOR_TX);
	return verdict;
}

static void send_wire(struct model *m, const struct model_frame *f,
		      unsigned int frame)
{
	struct model_look l;
	enum svnic_verdict verdict = model_accept(f, &l);
	unsigned int vlan = l.tci & 0xfff;
	unsigned int to;

	m->port.rx_frames++;
	m->port.rx_octets += f->len;
	if (verdict == SVNIC_V_DELIVERED) {
		to = find(m, l.head, 0, vlan);
		if (to != MODEL_VIFS)
			verdict = deliver(m, to, &l, vlan, frame);
		else
			verdict = to_many(m, MODEL_WIRE, &l, 0, vlan, frame,
					  SVNIC_V_NO_DESTINATION,
					  m->port.rx_verdict);
	}
	m->port.rx_verdict[verdict]++;
}

void model_send(struct model *m, unsigned int from, const struct model_frame *f,
		unsigned int frame)
{
	struct model_vif *v = &m->vif[from];
	enum svnic_verdict verdict;
	struct model_look l;

	if (from == MODEL_WIRE) {
		send_wire(m, f, frame);
		return;
	}
	verdict = model_guard(v, f, &l);
	if (verdict == SVNIC_V_DELIVERED)
		verdict = from_vif(m, from, &l, frame);
	v->stats.tx_verdict[verdict]++;
	if (verdict == SVNIC_V_DELIVERED || verdict == SVNIC_V_WIRE) {
		v->stats.tx_frames++;
		v->stats.tx_octets += l.len;
	}
}
