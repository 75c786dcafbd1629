// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Frames over one queue pair.  Entry n of a ring always uses page n of its
 * half of the memory, so the ring's own cursors say which pages are free.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "private.h"

#define RESTART_TIMEOUT_MS 1000
#define RESTART_STEP_NS	   50000
#define TX_UNNOTICED	   0x7fffffffu

static unsigned char *tx_buffer(const struct svnic *v, svnic_index n)
{
	return v->tx_memory + (size_t)(n & (v->tx.size - 1)) * SVNIC_PAGE_SIZE;
}

static unsigned char *rx_buffer(const struct svnic *v, svnic_index n)
{
	return v->rx_memory + (size_t)(n & (v->rx.size - 1)) * SVNIC_PAGE_SIZE;
}

void svnic_queue_setup(struct svnic *v)
{
	svnic_queue_init(&v->tx, &v->rx, v->memory, v->tx_order, v->rx_order);
	svnic_event_disarm(v);
}

void svnic_queue_fill(struct svnic *v)
{
	svnic_rx_release(v);
	svnic_kick(v);
}

int svnic_tx_room(struct svnic *v)
{
	int rc = svnic_tx_return(&v->tx);

	return rc < 0 ? rc : (int)svnic_tx_space(&v->tx);
}

int svnic_tx_frame(struct svnic *v, struct iovec *iov, int max)
{
	int room = svnic_tx_room(v);
	int i;

	if (room < 0)
		return room;
	if (max > SVNIC_FRAME_PIECES)
		max = SVNIC_FRAME_PIECES;
	/* Less than a whole frame's room could cut a frame in two. */
	if (room < max)
		return 0;
	for (i = 0; i < max; i++) {
		iov[i].iov_base = tx_buffer(v, v->tx.next + (unsigned int)i);
		iov[i].iov_len = SVNIC_PAGE_SIZE;
	}
	return max;
}

int svnic_tx_send(struct svnic *v, size_t len, const struct svnic_meta *meta)
{
	unsigned int nr =
		(unsigned int)((len + SVNIC_PAGE_SIZE - 1) / SVNIC_PAGE_SIZE);
	struct svnic_tx_desc desc = { 0 };
	unsigned int i;

	if (len == 0 || len > SVNIC_FRAME_MAX || nr > svnic_tx_space(&v->tx))
		return -EMSGSIZE;
	desc.meta = *meta;
	desc.meta.len = 0;
	desc.meta.segs = (uint8_t)nr;
	for (i = 0; i < nr; i++) {
		size_t part = len < SVNIC_PAGE_SIZE ? len : SVNIC_PAGE_SIZE;

		desc.seg.page = svnic_le32(v->tx_page +
					   (v->tx.next & (v->tx.size - 1)));
		desc.seg.len = svnic_le16((uint16_t)part);
		svnic_tx_provide(&v->tx, &desc);
		memset(&desc.meta, 0, sizeof(desc.meta));
		len -= part;
	}
	v->dirty = true;
	return 0;
}

/* One completion as an iovec; its length is the card's word. */
static int rx_piece(struct svnic *v, struct svnic_meta *meta, struct iovec *iov)
{
	svnic_index n = v->rx.done;
	int rc = svnic_rx_return(&v->rx, meta);

	if (rc <= 0)
		return rc;
	if (svnic_cpu16(meta->len) > SVNIC_PAGE_SIZE)
		return -EPROTO;
	iov->iov_base = rx_buffer(v, n);
	iov->iov_len = svnic_cpu16(meta->len);
	return 1;
}

int svnic_rx_frame(struct svnic *v, struct iovec *iov, int max,
		   struct svnic_meta *meta)
{
	struct svnic_meta more;
	int rc, nr;

	rc = rx_piece(v, meta, &iov[0]);
	if (rc <= 0)
		return rc;
	if (meta->segs == 0 || meta->segs > max)
		return -EPROTO;
	for (nr = 1; nr < meta->segs; nr++) {
		rc = rx_piece(v, &more, &iov[nr]);
		/* A frame becomes visible whole. */
		if (rc <= 0)
			return rc < 0 ? rc : -EPROTO;
	}
	return nr;
}

void svnic_rx_release(struct svnic *v)
{
	struct svnic_seg seg = { .len = svnic_le16(SVNIC_PAGE_SIZE) };

	while (svnic_rx_space(&v->rx) > 0) {
		seg.page = svnic_le32(v->rx_page +
				      (v->rx.next & (v->rx.size - 1)));
		svnic_rx_provide(&v->rx, &seg);
		v->dirty = true;
	}
}

void svnic_kick(struct svnic *v)
{
	if (!v->dirty)
		return;
	v->dirty = false;
	svnic_tx_publish(&v->tx);
	svnic_rx_publish(&v->rx);
	/* Pairs with look() in device-firmware/core/bell.c (ordering.md O1). */
	svnic_publish32(&v->doorbell->kick, ++v->kick);
}

bool svnic_event_arm(struct svnic *v)
{
	svnic_index behind = (v->tx.next - v->tx.done) / 2;

	/* With room for a frame, what was sent may come back unnoticed. */
	if (svnic_tx_space(&v->tx) >= SVNIC_FRAME_PIECES)
		behind = TX_UNNOTICED;
	return svnic_arm(&v->tx, &v->rx, behind);
}

void svnic_event_disarm(struct svnic *v)
{
	svnic_disarm(&v->tx, &v->rx);
}

void svnic_event_clear(struct svnic *v)
{
	uint64_t count;

	/* The descriptor does not block; the count itself says nothing. */
	if (read(v->event, &count, sizeof(count)) < 0)
		return;
}

int svnic_wait(struct svnic *v, int timeout_ms)
{
	struct pollfd fds[2] = {
		{ .fd = v->event, .events = POLLIN },
		{ .fd = v->control, .events = POLLIN },
	};
	int rc;

	svnic_kick(v);
	if (svnic_event_arm(v)) {
		svnic_event_disarm(v);
		return 1;
	}
	rc = poll(fds, 2, timeout_ms);
	if (rc < 0)
		rc = errno == EINTR ? 0 : -errno;
	else if (fds[1].revents)
		rc = -ENOTCONN;
	else if (rc > 0)
		rc = 1;
	svnic_event_clear(v);
	svnic_event_disarm(v);
	return rc;
}

unsigned int svnic_fault(const struct svnic *v)
{
	const struct svnic_queue_ctrl *c = v->tx.ctrl;

	if (svnic_peek32(&c->state) != SVNIC_QUEUE_FAULTED)
		return 0;
	return svnic_peek32(&c->fault);
}

int svnic_restart(struct svnic *v)
{
	const struct timespec step = { .tv_nsec = RESTART_STEP_NS };
	struct svnic_queue_ctrl *c = v->tx.ctrl;
	int left = RESTART_TIMEOUT_MS * (1000000 / RESTART_STEP_NS);

	svnic_poke32(&c->tx_prod, 0);
	svnic_poke32(&c->tx_event, 0);
	svnic_poke32(&c->rx_prod, 0);
	svnic_poke32(&c->rx_event, 0);
	/* Pairs with look() in device-firmware/core/bell.c (ordering.md O1). */
	svnic_publish32(&v->doorbell->reset, ++v->reset);
	/* Pairs with rewind() in device-firmware/core/queue.c (O2, O4). */
	while (svnic_observe32(&c->reset) != v->reset) {
		if (left-- == 0)
			return -ETIMEDOUT;
		nanosleep(&step, NULL);
	}
	svnic_queue_setup(v);
	svnic_queue_fill(v);
	return 0;
}
