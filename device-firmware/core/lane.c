// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fast lane; see lane.h.  What most frames are (one piece, no tag, no
 * segmentation, for one VIF that has one running queue and a buffer that is
 * large enough) is decided by few comparisons and done in passes over a burst,
 * so that what one frame must fetch comes while another is worked on.  All
 * else, and all that offends, is left to guard.c, switch.c and vif_rx.c, which
 * start from the descriptor's copy again; the lane never refuses a frame.
 * lane_check() is called by vif_tx.c, lane_run() by vif_tx.c and switch.c.
 */
#include <svnic/ring.h>
#include "arena.h"
#include "lane.h"
#include "mem.h"
#include "region_inline.h"
#include "source.h"
#include "vif_rx.h"

#define LANE_MIN   16u	   /* what lane_check() copies of a frame */
#define TYPE_VLAN  0x0081u /* as loaded from the wire's octets */
#define TYPE_QINQ  0xa888u
#define TYPE_PAUSE 0x0888u

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* A struct svnic_meta as two numbers, its len and segs set. */
static bool set_out(struct frame *f)
{
	const struct svnic_meta *m = &f->meta;
	uint64_t flags = svnic_cpu16(m->flags);
	uint64_t csum = 0;

	if (flags & SVNIC_META_CSUM_BLANK) {
		uint32_t start = svnic_cpu16(m->csum_start);

		if (start < SVNIC_FRAME_MIN ||
		    start + m->csum_offset + 2 > f->len)
			return false;
		csum = (uint64_t)start << 32 | (uint64_t)m->csum_offset << 48;
		flags |= SVNIC_META_CSUM_GOOD;
	}
	f->out[0] = flags | (uint64_t)f->len << 16 | csum | 1ull << 56;
	f->out[1] = 0;
	return true;
}

/* Nothing that guard_check() would look at twice. */
static bool is_plain(const struct vif *vif, struct frame *f)
{
	const uint8_t *data = f->iov[1].data;
	uint64_t source;
	uint32_t type;

	if (f->len < LANE_MIN ||
	    f->len > svnic_cpu16(vif->config.mtu) + SVNIC_FRAME_MIN)
		return false;
	f->head[0] = svnic_fetch_octets(data);
	f->head[1] = svnic_fetch_octets(data + 8);
	source = f->head[0] >> 48 | (f->head[1] & 0xffffffff) << 16;
	type = (uint32_t)(f->head[1] >> 32) & 0xffff;
	return !(f->head[0] & 1) && source == vif->mac && type != TYPE_VLAN &&
	       type != TYPE_QINQ && type != TYPE_PAUSE && set_out(f);
}

/* Does the VIF's list let it pass?  Of all but packets guard.c knows more. */
static void check_sources(const struct core *core, const struct vif *vif,
			  struct frame *f, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		const uint8_t *data = f[i].iov[1].data;

		if (!f[i].is_plain)
			continue;
		f[i].is_plain = f[i].len >= SOURCE_MIN;
		if (!f[i].is_plain)
			continue;
		memcpy(f[i].hdr, f[i].head, sizeof(f[i].head));
		memcpy(f[i].hdr + sizeof(f[i].head), data + sizeof(f[i].head),
		       SOURCE_LOOK - sizeof(f[i].head));
		f[i].is_plain = source_owns_plain(core, vif, f[i].hdr);
	}
}

static bool find_all(struct core *core, const struct vif *vif, struct frame *f,
		     unsigned int nr)
{
	const struct demux *demux = arena_demux(core);
	uint64_t last = UINT64_MAX; /* no address */
	uint16_t dest = DEMUX_NONE;
	bool all = true;
	unsigned int i;
	uint64_t mac;

	for (i = 0; i < nr; i++) {
		if (!f[i].is_plain) {
			all = false;
			continue;
		}
		mac = f[i].head[0] & LANE_MAC_MASK;
		if (mac != last) {
			uint64_t key = demux_key(vif->domain, mac);

			dest = demux_find_at(demux, key,
					     demux_slot(demux, key));
			last = mac;
			if (dest != DEMUX_NONE) {
				const struct vif *to = arena_vif(core, dest);

				__builtin_prefetch(to);
				__builtin_prefetch(&to->rx_frames, 1);
			} else {
				all = false;
			}
		}
		f[i].dest = dest;
	}
	return all;
}

static void fetch_destination(const struct demux *demux, const struct vif *vif,
			      uint64_t head)
{
	uint64_t key = demux_key(vif->domain, head & LANE_MAC_MASK);

	__builtin_prefetch(&demux->entry[demux_slot(demux, key)]);
}

bool lane_check(struct core *core, const struct vif *vif, struct frame *f,
		unsigned int nr)
{
	const struct demux *demux = arena_demux(core);
	uint64_t last = UINT64_MAX; /* no address */
	unsigned int i;

	if (!(vif->lane & VIF_LANE_TX)) {
		for (i = 0; i < nr; i++)
			f[i].is_plain = 0;
		return false;
	}
	for (i = 0; i < nr; i++) {
		if (!f[i].is_plain)
			continue;
		f[i].is_plain = is_plain(vif, &f[i]);
		if ((f[i].head[0] ^ last) & LANE_MAC_MASK)
			fetch_destination(demux, vif, f[i].head[0]);
		last = f[i].head[0];
	}
	if (vif->lane & VIF_LANE_IP)
		check_sources(core, vif, f, nr);
	return find_all(core, vif, f, nr);
}

/* One of several queues, by the flow. */
static struct queue *spread(const struct core *core, struct frame *f)
{
	struct rss_hash hash;
	struct queue *q;

	q = vif_rx_spread(core, f->to, f->iov[1].data, f->len, &hash);
	if (hash.is_l4) {
		f->out[0] |= SVNIC_META_HASH_L4;
		f->out[1] |= (uint64_t)hash.value << 32;
	}
	return q;
}

/* Does the lane end at this receiver's door? */
static bool is_open(struct core *core, const struct vif *vif, struct vif *to)
{
	return likely(to->worker == core->worker && to->lane & VIF_LANE_RX &&
		      to != vif && core->links_up & 1u << to->link) &&
	       !(to->config.rx_rate && vif_rx_is_over(core, to));
}

/* The receivers, their queues on the way. */
static unsigned int open_all(struct core *core, const struct vif *vif,
			     struct frame *f, unsigned int nr)
{
	struct queue *q = NULL;
	struct vif *to = NULL;
	uint32_t longest = 0;
	unsigned int i;

	for (i = 0; i < nr && f[i].is_plain; i++) {
		/* Nothing of a burst is charged before all of it is open. */
		if (!to || f[i].dest != f[i - 1].dest) {
			to = arena_vif(core, f[i].dest);
			if (!is_open(core, vif, to))
				break;
			longest = svnic_cpu16(to->config.mtu) + SVNIC_FRAME_MIN;
			q = to->rx_queue != LIST_NONE
				    ? arena_queue(core, to->rx_queue)
				    : NULL;
		}
		if (f[i].v != FRAME_OPEN || f[i].len > longest)
			break;
		f[i].to = to;
		f[i].q = q ? q : spread(core, &f[i]);
		__builtin_prefetch(&f[i].q->rx_next, 1);
	}
	return i;
}

/* A ring entry by the queue's cached page, or the long way. */
static const void *seg_at(struct core *core, struct queue *q, uint32_t idx)
{
	uint32_t at = (idx & q->rx_mask) * (uint32_t)sizeof(struct svnic_seg);

	if (likely(q->rx_round == core->round && q->seg_ptr &&
		   q->seg_page == at / SVNIC_PAGE_SIZE))
		return q->seg_ptr + at % SVNIC_PAGE_SIZE;
	return queue_rx_seg(core, q, idx);
}

static void *meta_at(struct core *core, struct queue *q, uint32_t idx)
{
	uint32_t at = (idx & q->rx_mask) * (uint32_t)sizeof(struct svnic_meta);

	if (likely(q->rx_round == core->round && q->meta_ptr &&
		   q->meta_page == at / SVNIC_PAGE_SIZE))
		return q->meta_ptr + at % SVNIC_PAGE_SIZE;
	return queue_rx_meta(core, q, idx);
}

/* Take a buffer for each, in order; *@stopped: a queue that offended. */
static unsigned int take_all(struct core *core, struct frame *f,
			     unsigned int nr, const struct queue **stopped)
{
	unsigned int i;

	*stopped = NULL;
	for (i = 0; i < nr; i++) {
		struct queue *q = f[i].q;
		int more = 1;

		if (q->rx_next == q->rx_prod)
			more = vif_rx_look(core, f[i].to, q);
		if (more < 0)
			*stopped = q;
		if (more <= 0)
			break;
		f[i].buffer = seg_at(core, q, q->rx_next);
		f[i].completion = meta_at(core, q, q->rx_next);
		if (unlikely(!f[i].buffer || !f[i].completion))
			break;
		q->rx_next++;
		__builtin_prefetch(f[i].buffer);
		__builtin_prefetch(f[i].completion, 1);
	}
	return i;
}

/*
 * Where the buffers are, and no longer one of @stopped's; the frames that are
 * left over give theirs back.
 */
static unsigned int map_all(struct core *core, struct frame *f, unsigned int nr,
			    const struct queue *stopped)
{
	unsigned int i;
	unsigned int k;

	for (i = 0; i < nr; i++) {
		uint64_t seg = svnic_fetch64(f[i].buffer);

		if (unlikely(region_seg_len(seg) < f[i].len))
			break;
		f[i].room =
			region_ptr(core, f[i].to, seg, SVNIC_PAGE_READ_ONLY);
		if (unlikely(!f[i].room || f[i].q == stopped))
			break;
		__builtin_prefetch(f[i].room, 1);
	}
	for (k = i; k < nr; k++)
		f[k].q->rx_next--;
	return i;
}

static inline void copy64(uint8_t *to, const uint8_t *from)
{
	__builtin_memcpy(to, from, 64);
}

/* At least 16 octets; the last block may lie over the one before. */
static inline void copy(uint8_t *to, const uint8_t *from, uint32_t len)
{
	uint32_t at;

	if (len > 512) {
		memcpy(to, from, len);
	} else if (len >= 64) {
		for (at = 0; at < len - 64; at += 64)
			copy64(to + at, from + at);
		copy64(to + len - 64, from + len - 64);
	} else if (len >= 32) {
		__builtin_memcpy(to, from, 32);
		__builtin_memcpy(to + len - 32, from + len - 32, 32);
	} else {
		__builtin_memcpy(to, from, 16);
		__builtin_memcpy(to + len - 16, from + len - 16, 16);
	}
}

unsigned int lane_run(struct core *core, const struct vif *vif, struct frame *f,
		      unsigned int nr)
{
	const struct queue *stopped;
	unsigned int i;

	nr = open_all(core, vif, f, nr);
	nr = take_all(core, f, nr, &stopped);
	nr = map_all(core, f, nr, stopped);
	for (i = 0; i < nr; i++) {
		/* What was checked is what arrives. */
		copy(f[i].room, f[i].iov[1].data, f[i].len);
		memcpy(f[i].room, f[i].head, sizeof(f[i].head));
		memcpy(f[i].completion, f[i].out, sizeof(f[i].out));
		f[i].v = SVNIC_V_DELIVERED;
		f[i].to->rx_frames++;
		f[i].to->rx_octets += f[i].len;
		if (f[i].to->config.rx_rate)
			bucket_take(&f[i].to->rx, f[i].len);
		if (!f[i].q->is_dirty)
			vif_rx_dirty(core, f[i].q);
	}
	/* Nobody looks at a buffer before its completion is published. */
	for (i = 0; vif->source && i < nr; i++)
		memcpy(f[i].room, f[i].hdr, SOURCE_LOOK);
	return nr;
}
