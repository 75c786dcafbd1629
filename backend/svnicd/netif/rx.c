/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Card -> guest.  Frames are sorted to the guest's queues and stay in the
 * card's own buffers until there are rx slots for them; with one queue those
 * buffers are the only bound, with several none may have more than half.  The
 * pieces are copied with those of all other frames of the turn, and answered
 * then (rx_answer.c).
 */
#include "netif/rx.h"

#include <string.h>

#include <svnic/order.h>

#include "checksum.h"
#include "netif/batch.h"
#include "netif/offload.h"
#include "netif/port.h"
#include "netif/priv.h"
#include "netif/rx_turn.h"
#include "netif/slow.h"
#include "netif/view.h"

#define PULL 128u /* frames of a turn */
/* What segments of one frame may need: half a ring, and its cuts. */
#define LEAST_FRAMES (NETIF_RING / 2)
#define LEAST_SLOTS  NETIF_RING
#define LEAST_COPIES (NETIF_RING + 2 * VIEW_PIECES)
#define STALE_MS     10000u
#define POLL_MS	     30u   /* for drivers that do not ring */
#define LOOK_MS	     1000u /* ... and for those that do */
#define GSO	     (SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6)

struct rx_turn rx_turn;

enum answer {
	WAIT,
	EMITTED,
	DROPPED
};

void rx_begin(void)
{
	rx_turn.nr = 0;
	rx_turn.nr_slots = 0;
	rx_turn.scratch_used = 0;
	rx_turn.staged = false;
}

/* The first of a turn gets at least what the largest frame may need. */
static unsigned int share(unsigned int used, unsigned int all,
			  unsigned int left, unsigned int least)
{
	unsigned int n = (all - used) / left;

	if (n < least)
		n = least;
	return n < all - used ? used + n : all;
}

void rx_share(struct batch *b, unsigned int left)
{
	rx_turn.end = share(rx_turn.nr, RX_FRAMES, left, LEAST_FRAMES);
	rx_turn.slots_end =
		share(rx_turn.nr_slots, RX_SLOTS, left, LEAST_SLOTS);
	b->end = share(b->nr, NETIF_COPIES, left, LEAST_COPIES);
}

/* Sorting ----------------------------------------------------------------- */

static void drop(struct netif_queue *q, uint16_t buf, enum netif_verdict v)
{
	q->stats.verdict[v]++;
	slow_return(q->n, buf);
}

static void append(struct netif_queue *q, uint16_t buf)
{
	struct netif *n = q->n;

	n->buf[buf].since_ms = netif_now_ms();
	if (q->head == NETIF_NONE)
		q->head = buf;
	else
		n->buf[q->tail].link = buf;
	q->tail = buf;
	q->held += n->buf[buf].nr;
}

static void sort(struct netif *n, uint16_t buf)
{
	struct netif_buf *b = &n->buf[buf];
	uint8_t *mem = slow_rx_mem(n, buf);
	uint32_t cap = NETIF_RX_PAGES;
	unsigned int i = 0;

	b->hash.valid = false;
	if (n->config.nr_queues > 1 || n->hash.algorithm != WIRE_HASH_NONE)
		b->hash = hash_frame(&n->hash, mem, b->len);
	if (n->config.nr_queues > 1) {
		i = hash_queue(&n->hash, &b->hash, n->config.nr_queues);
		cap /= 2;
	}
	if (n->config.multicast && !groups_pass(&n->groups, mem))
		drop(&n->queue[i], buf, NETIF_V_RX_MULTICAST);
	else if (n->queue[i].held + b->nr > cap)
		drop(&n->queue[i], buf, NETIF_V_RX_FULL);
	else
		append(&n->queue[i], buf);
}

unsigned int rx_pull(struct netif *n)
{
	unsigned int nr;
	uint16_t buf;

	for (nr = 0; nr < PULL; nr++) {
		buf = slow_take(n);
		if (buf == NETIF_NONE)
			break;
		sort(n, buf);
	}
	return nr;
}

static uint16_t unlink_first(struct netif_queue *q)
{
	uint16_t buf = q->head;

	q->head = q->n->buf[buf].link;
	q->held -= q->n->buf[buf].nr;
	q->need = 0; /* was what this one lacked */
	return buf;
}

void rx_drop_all(struct netif *n)
{
	struct netif_queue *q;
	unsigned int i;

	for (i = 0; i < n->config.nr_queues; i++) {
		q = &n->queue[i];
		while (q->head != NETIF_NONE)
			drop(q, unlink_first(q), NETIF_V_RX_CARD);
	}
}

/* Emitting ------------------------------------------------------------------ */

static uint32_t slot_room(const struct netif *n)
{
	return NETIF_PAGE - n->config.xdp_headroom;
}

static uint32_t slots_for(const struct netif *n, uint32_t len)
{
	return (len + slot_room(n) - 1) / slot_room(n);
}

/* Are there @need rx slots?  Else the guest shall ring when there are. */
static bool has_slots(struct netif_queue *q, uint32_t need)
{
	int avail = sring_avail(&q->rx);

	if (avail < 0) {
		q->stats.verdict[NETIF_V_INDEX]++;
		netif_fault(q->n, NETIF_V_INDEX);
		q->need = need;
		return false;
	}
	if ((uint32_t)avail >= need) {
		q->need = 0;
		return true;
	}
	if (!q->need)
		q->stats.rx_waited++;
	q->need = need;
	netif_later(q->n, q->n->config.rx_notify ? LOOK_MS : POLL_MS);
	return false;
}

static struct rx_slot *take_slot(struct netif_queue *q, struct wire_rx_req *req)
{
	struct rx_slot *s = &rx_turn.slot[rx_turn.nr_slots++];

	sring_peek(&q->rx, 0, req);
	q->rx.next++;
	memset(s, 0, sizeof(*s));
	s->id = req->id;
	return s;
}

static void put_extras(struct netif_queue *q, const struct view *v)
{
	struct wire_rx_req req;
	struct rx_slot *s;
	unsigned int i;

	for (i = 0; i < v->nr_extras; i++) {
		s = take_slot(q, &req);
		s->is_extra = true;
		s->extra = v->extra[i];
	}
}

/* Fill one slot from the pieces, of which *@i is the current one. */
static void put_data(struct netif_queue *q, struct batch *b, struct view *v,
		     unsigned int *i)
{
	uint32_t room = slot_room(q->n);
	struct wire_rx_req req;
	struct rx_slot *s = take_slot(q, &req);
	uint32_t len;

	s->first_copy = (uint16_t)b->nr;
	while (room && *i < v->nr_pieces) {
		len = v->piece[*i].len < room ? v->piece[*i].len : room;
		batch_add(b, q, v->piece[*i].mem, req.gref,
			  q->n->config.xdp_headroom + s->len, len, true);
		v->piece[*i].mem += len;
		v->piece[*i].len -= len;
		s->len = (uint16_t)(s->len + len);
		room -= len;
		if (!v->piece[*i].len)
			++*i;
	}
	s->nr_copies = (uint16_t)(b->nr - s->first_copy);
	s->flags = *i < v->nr_pieces ? WIRE_RX_MORE : 0;
}

/* There are enough slots and copies. */
static void put(struct netif_queue *q, struct batch *b, struct view *v,
		uint16_t buf)
{
	struct rx_out *o = &rx_turn.out[rx_turn.nr++];
	uint16_t first = (uint16_t)rx_turn.nr_slots;
	unsigned int i = 0;

	o->q = q;
	o->buf = buf;
	o->first_slot = first;
	put_data(q, b, v, &i);
	rx_turn.slot[first].flags |= v->flags;
	put_extras(q, v);
	while (i < v->nr_pieces)
		put_data(q, b, v, &i);
	o->nr_slots = (uint16_t)(rx_turn.nr_slots - first);
	q->stats.rx_frames++;
	q->stats.rx_octets += v->len;
	q->stats.rx_requests += o->nr_slots;
}

static bool has_room(const struct batch *b, unsigned int frames, uint32_t slots)
{
	/* A piece may be cut once for each slot, and once for each piece. */
	return rx_turn.nr + frames <= rx_turn.end &&
	       rx_turn.nr_slots + slots <= rx_turn.slots_end &&
	       b->nr + slots + frames * VIEW_PIECES <= b->end;
}

/* As the card gave it. */
static enum answer emit_plain(struct netif_queue *q, struct batch *b,
			      uint16_t head)
{
	struct netif *n = q->n;
	const struct netif_buf *first = &n->buf[head];
	struct view v;
	uint32_t need;
	uint16_t buf;

	view_begin(n, first, svnic_cpu16(first->meta.flags), &v);
	need = slots_for(n, first->total);
	if ((need > 1 && !n->config.sg) || first->nr > VIEW_PIECES)
		return DROPPED;
	need += v.nr_extras;
	if (!has_room(b, 1, need) || !has_slots(q, need))
		return WAIT;
	for (buf = head; buf != NETIF_NONE; buf = n->buf[buf].next)
		view_add(&v, slow_rx_mem(n, buf), n->buf[buf].len);
	put(q, b, &v, head);
	return EMITTED;
}

static uint8_t *scratch(uint32_t len)
{
	uint8_t *mem = rx_turn.scratch + rx_turn.scratch_used;

	if (len > RX_SCRATCH - rx_turn.scratch_used)
		return NULL;
	rx_turn.scratch_used += len;
	return mem;
}

/* The frame in one piece, with its tag and all sums; NULL: later. */
static uint8_t *linearize(struct netif *n, uint16_t head, uint32_t *len)
{
	const struct netif_buf *first = &n->buf[head];
	unsigned int flags = svnic_cpu16(first->meta.flags);
	unsigned int start = svnic_cpu16(first->meta.csum_start);
	uint8_t *mem = scratch(first->total + 4);
	uint32_t at = 0;
	uint16_t buf;

	if (!mem)
		return NULL;
	for (buf = head; buf != NETIF_NONE; buf = n->buf[buf].next) {
		memcpy(mem + at, slow_rx_mem(n, buf), n->buf[buf].len);
		at += n->buf[buf].len;
	}
	if (flags & SVNIC_META_CSUM_BLANK && !(flags & GSO))
		checksum_complete(mem, at, start, first->meta.csum_offset);
	if (flags & SVNIC_META_VLAN)
		offload_tag(mem, &at, svnic_cpu16(first->meta.vlan_tci));
	*len = at;
	return mem;
}

static enum answer emit_segments(struct netif_queue *q, struct batch *b,
				 uint16_t head, const uint8_t *mem,
				 uint32_t len)
{
	const struct netif_buf *first = &q->n->buf[head];
	struct svnic_cut cut;
	uint32_t each, size, i;
	uint8_t *out;
	struct view v;

	if (!offload_plan(mem, len, svnic_cpu16(first->meta.gso_size), &cut))
		return DROPPED;
	view_begin(q->n, first, SVNIC_META_CSUM_GOOD, &v);
	each = slots_for(q->n, cut.end + cut.size);
	if ((each > 1 && !q->n->config.sg) ||
	    cut.nr * (each + v.nr_extras) > NETIF_RING / 2)
		return DROPPED;
	each += v.nr_extras;
	out = scratch(cut.payload + cut.nr * cut.end);
	if (!out || !has_room(b, 1, cut.nr * (each + 1)) ||
	    rx_turn.nr + cut.nr > rx_turn.end || !has_slots(q, cut.nr * each))
		return WAIT;
	for (i = 0; i < cut.nr; i++, out += size) {
		size = offload_segment(mem, &cut, i, out);
		view_begin(q->n, first, SVNIC_META_CSUM_GOOD, &v);
		view_add(&v, out, size);
		put(q, b, &v, i + 1 < cut.nr ? NETIF_NONE : head);
	}
	return EMITTED;
}

/* Changed for what the guest cannot do itself. */
static enum answer emit_fixed(struct netif_queue *q, struct batch *b,
			      uint16_t head)
{
	struct netif *n = q->n;
	const struct netif_buf *first = &n->buf[head];
	unsigned int flags = svnic_cpu16(first->meta.flags);
	struct view v;
	uint32_t need;
	uint32_t len;
	uint8_t *mem;

	/* What waits for slots shall not be copied each time. */
	need = slots_for(n, first->total + 4) + 3;
	if (need < q->need)
		need = q->need;
	if (!has_room(b, 1, need) || !has_slots(q, need))
		return WAIT;
	mem = linearize(n, head, &len);
	if (!mem)
		return WAIT;
	q->stats.fixups++;
	if (flags & GSO)
		return emit_segments(q, b, head, mem, len);
	if (slots_for(n, len) > 1 && !n->config.sg)
		return DROPPED;
	/* A sum that linearize() completed is good; another is what it was. */
	view_begin(n, first,
		   flags & (SVNIC_META_CSUM_BLANK | SVNIC_META_CSUM_GOOD)
			   ? SVNIC_META_CSUM_GOOD
			   : 0,
		   &v);
	view_add(&v, mem, len);
	put(q, b, &v, head);
	return EMITTED;
}

static enum answer emit(struct netif_queue *q, struct batch *b, uint16_t head)
{
	struct netif *n = q->n;
	unsigned int flags = svnic_cpu16(n->buf[head].meta.flags);

	if (view_is_taken(n, flags, slow_rx_mem(n, head)))
		return emit_plain(q, b, head);
	return emit_fixed(q, b, head);
}

static void drop_stale(struct netif_queue *q)
{
	uint64_t now;

	if (!q->need || q->head == NETIF_NONE)
		return;
	now = netif_now_ms();
	while (q->head != NETIF_NONE &&
	       now - q->n->buf[q->head].since_ms > STALE_MS)
		drop(q, unlink_first(q), NETIF_V_RX_STALE);
}

unsigned int rx_gather(struct netif_queue *q, struct batch *b)
{
	uint32_t before = q->rx.seen;
	unsigned int done = 0;
	enum answer a = EMITTED;
	uint16_t buf;

	while (q->head != NETIF_NONE && a != WAIT) {
		a = emit(q, b, q->head);
		if (a == WAIT)
			break;
		buf = unlink_first(q);
		done++;
		if (a == DROPPED)
			drop(q, buf, NETIF_V_RX_LARGE);
	}
	drop_stale(q);
	/* It may have rung for slots that nothing needs yet. */
	if (q->port[q->nr_ports - 1].rung)
		has_slots(q, q->need);
	q->stats.rx_batches += done > 0;
	port_worked_rx(q, q->rx.seen - before);
	return done;
}
