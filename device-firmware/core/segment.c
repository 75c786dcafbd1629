// SPDX-License-Identifier: GPL-2.0-only
/*
 * For a wire that takes frames only as they are on it; see segment.h.  Headers
 * are made anew for each segment, from a copy that was taken once; payload is
 * summed where it lies and stays there.  A sender that changes its payload
 * meanwhile sends a wrong checksum, to nobody's harm but its own.  Called by
 * switch.c.
 */
#include <svnic/order.h>
#include <svnic/headers.h>
#include <svnic/segment.h>
#include "checksum.h"
#include "errno.h"
#include "frame.h"
#include "hal.h"
#include "mem.h"
#include "segment.h"

#define MACS	    12u
#define TYPE_VLAN   0x8100u
#define IPV6_HEADER 40u
#define TCP_MIN	    20u
#define TCP_MAX	    60u
/* The fixed part of the TCP header was in what frame_header() copied. */
#define HEADERS_MAX (FRAME_HEADER - TCP_MIN + TCP_MAX)
/* Those of a frame, divided in four places. */
#define PIECES (SVNIC_MAX_SEGS + 5u)

#define META_GSO \
	(SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6 | SVNIC_META_GSO_ECN)

/* A place in a frame. */
struct cursor {
	const struct hal_iov *piece;
	size_t used; /* octets of it */
};

/* A frame as it goes to the wire. */
struct out {
	struct svnic_meta meta;
	unsigned int nr;
	struct hal_iov piece[PIECES];
	uint8_t sum[2];
	uint8_t head[FRAME_TAG + HEADERS_MAX];
};

static void add(struct out *o, const void *data, size_t len)
{
	o->piece[o->nr].data = data;
	o->piece[o->nr].len = len;
	o->nr++;
}

/* Go on by up to @len octets that lie together: where, and *@n how many. */
static const uint8_t *next(struct cursor *c, size_t len, size_t *n)
{
	const uint8_t *data;

	while (c->used == c->piece->len) {
		c->piece++;
		c->used = 0;
	}
	data = (const uint8_t *)c->piece->data + c->used;
	*n = c->piece->len - c->used;
	if (*n > len)
		*n = len;
	c->used += *n;
	return data;
}

/* The next @len octets go as they are; the frame has so many. */
static void pass(struct out *o, struct cursor *c, size_t len)
{
	const uint8_t *data;
	size_t n;

	for (; len; len -= n) {
		data = next(c, len, &n);
		add(o, data, n);
	}
}

static void skip(struct cursor *c, size_t len)
{
	size_t n;

	for (; len; len -= n)
		next(c, len, &n);
}

/* The next @len octets, at @to. */
static void copy(struct cursor *c, size_t len, uint8_t *to)
{
	const uint8_t *data;
	size_t n;

	for (; len; len -= n, to += n) {
		data = next(c, len, &n);
		memcpy(to, data, n);
	}
}

/*
 * Headers of @len octets at o->head + FRAME_TAG become the first piece, with
 * the tag in them if it has to be.
 */
static void put_head(struct out *o, size_t len, bool is_tagged)
{
	uint8_t *head = o->head + FRAME_TAG;
	uint16_t tci = svnic_cpu16(o->meta.vlan_tci);

	if (is_tagged) {
		head = o->head;
		memmove(head, head + FRAME_TAG, MACS);
		svnic_cut_put(head + MACS, 2, TYPE_VLAN);
		svnic_cut_put(head + MACS + 2, 2, tci);
		len += FRAME_TAG;
	}
	o->piece[0].data = head;
	o->piece[0].len = len;
}

/* The flags that go with the frame; its tag is not beside it any more. */
static void set_meta(struct out *o, unsigned int flags, bool is_tagged)
{
	uint16_t start = svnic_cpu16(o->meta.csum_start);

	if (is_tagged) {
		flags &= ~SVNIC_META_VLAN;
		o->meta.vlan_tci = 0;
		start = (uint16_t)(start + FRAME_TAG);
	}
	o->meta.csum_start = svnic_le16(start);
	if (!(flags & SVNIC_META_CSUM_BLANK)) {
		o->meta.csum_start = 0;
		o->meta.csum_offset = 0;
	}
	o->meta.flags = svnic_le16((uint16_t)flags);
}

/* All that is behind the Ethernet header, its checksum completed. */
static void pass_whole(struct out *o, const struct frame *f, struct cursor *c)
{
	uint32_t start = svnic_cpu16(o->meta.csum_start);
	uint32_t at = start + o->meta.csum_offset;
	unsigned int first;

	pass(o, c, start - SVNIC_FRAME_MIN);
	first = o->nr;
	pass(o, c, at - start);
	add(o, o->sum, sizeof(o->sum));
	/* What stands there counts, too: the pseudo-header's sum. */
	copy(c, sizeof(o->sum), o->sum);
	pass(o, c, f->len - at - sizeof(o->sum));
	svnic_sum_store(o->sum,
			checksum_pieces(&o->piece[first], o->nr - first));
}

static enum svnic_verdict send_whole(unsigned int port, unsigned int takes,
				     struct frame *f,
				     const struct svnic_meta *meta,
				     struct svnic_port_info *info)
{
	unsigned int flags = svnic_cpu16(meta->flags);
	bool is_tagged = flags & ~takes & SVNIC_META_VLAN;
	struct cursor c = { frame_iov(f), 0 };
	enum svnic_verdict v;
	struct out o;

	o.meta = *meta;
	o.nr = 1;
	copy(&c, SVNIC_FRAME_MIN, o.head + FRAME_TAG);
	if (flags & ~takes & SVNIC_META_CSUM_BLANK) {
		pass_whole(&o, f, &c);
		flags &= ~SVNIC_META_CSUM_BLANK;
	} else {
		pass(&o, &c, f->len - SVNIC_FRAME_MIN);
	}
	put_head(&o, SVNIC_FRAME_MIN, is_tagged);
	set_meta(&o, flags, is_tagged);
	v = hal_wire_tx(port, o.piece, o.nr, &o.meta);
	if (v == SVNIC_V_WIRE) {
		info->tx_frames++;
		info->tx_octets += f->len;
	}
	return v;
}

/* Octets of the extension header @type at @ext; 0: no segment may have it. */
static size_t extension_len(unsigned int type, const uint8_t *ext)
{
	/* With stops ahead, the sum is not over this destination. */
	if (type == SVNIC_IP_ROUTING && ext[3])
		return 0;
	/* What is sealed as one cannot be cut. */
	if (type == SVNIC_IP_AUTH)
		return 0;
	return svnic_headers_next(type, ext);
}

/* Does the chain of headers lead to TCP's, where the sender says it is? */
static bool leads_to_tcp(const uint8_t *head, unsigned int l4)
{
	unsigned int next = head[SVNIC_FRAME_MIN + 6];
	size_t at = SVNIC_FRAME_MIN + IPV6_HEADER;
	unsigned int i;

	for (i = 0; i < SVNIC_IPV6_CHAIN && at + 8 <= l4; i++) {
		size_t len = extension_len(next, head + at);

		if (!len)
			break;
		next = head[at];
		at += len;
	}
	return at == l4 && next == SVNIC_IP_TCP;
}

/*
 * How the frame is cut, its headers copied to @head.  frame_check_offload()
 * has seen to all but what only matters here.
 */
static bool plan(const struct frame *f, uint8_t *head, struct svnic_cut *cut)
{
	struct cursor c = { frame_iov(f), 0 };
	const uint8_t *l2 = frame_l2(f);
	unsigned int l4 = svnic_cpu16(f->meta.csum_start);
	unsigned int end = l4 + (l2[l4 + 12] >> 4) * 4u;

	if (end > HEADERS_MAX || end > f->len)
		return false;
	copy(&c, end, head);
	*cut = (struct svnic_cut) { .l3 = SVNIC_FRAME_MIN,
				    .l4 = (uint16_t)l4,
				    .end = (uint16_t)end };
	svnic_cut_plan(cut, f->len, svnic_cpu16(f->meta.gso_size));
	cut->ip = 4;
	if (svnic_cpu16(f->meta.flags) & SVNIC_META_GSO_TCPV4)
		return !(svnic_cut_get(head + SVNIC_FRAME_MIN + 6, 2) & 0x3fff);
	cut->ip = 6;
	return leads_to_tcp(head, l4);
}

static int send_segments(unsigned int port, unsigned int takes, struct frame *f,
			 const struct svnic_meta *meta,
			 struct svnic_port_info *info)
{
	unsigned int flags = svnic_cpu16(meta->flags) & ~META_GSO;
	bool is_tagged = flags & ~takes & SVNIC_META_VLAN;
	struct cursor c = { frame_iov(f), 0 };
	uint8_t head[HEADERS_MAX];
	unsigned int left = SEGMENT_BURST;
	struct svnic_cut cut;
	struct out o;

	if (!plan(f, head, &cut))
		return SVNIC_V_NO_SEGMENTS;
	if (f->sent < cut.nr)
		skip(&c, cut.end + (size_t)f->sent * cut.size);
	for (; f->sent < cut.nr; f->sent++) {
		uint32_t octets = svnic_cut_octets(&cut, f->sent);
		enum svnic_verdict v;

		if (left-- == 0)
			return -EINPROGRESS;
		o.meta = *meta;
		o.meta.gso_size = 0;
		o.nr = 1;
		pass(&o, &c, octets);
		svnic_cut_headers(&cut, head, f->sent, o.head + FRAME_TAG);
		if (!(takes & SVNIC_META_CSUM_BLANK))
			svnic_cut_complete(&cut, o.head + FRAME_TAG,
					   checksum_pieces(&o.piece[1],
							   o.nr - 1));
		put_head(&o, cut.end, is_tagged);
		set_meta(&o, flags & (takes | ~SVNIC_META_CSUM_BLANK),
			 is_tagged);
		v = hal_wire_tx(port, o.piece, o.nr, &o.meta);
		if (v != SVNIC_V_WIRE)
			return (int)v;
		info->tx_frames++;
		info->tx_octets += cut.end + octets;
		f->extra += cut.end + FRAME_CHARGE;
	}
	return SVNIC_V_WIRE;
}

int segment_tx(unsigned int port, unsigned int takes, struct frame *f,
	       const struct svnic_meta *meta, struct svnic_port_info *info)
{
	if (svnic_cpu16(meta->flags) & ~takes & META_GSO & SEGMENT_FLAGS)
		return send_segments(port, takes, f, meta, info);
	return (int)send_whole(port, takes, f, meta, info);
}
