/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A capture is a monitor VIF with one queue in the daemon's memory.  The pages
 * of its table: the queue's area from index 0, the buffers from BUFFERS on,
 * buffer n always with receive slot n.
 */
#include "capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include <svnic/control.h>

#include "checksum.h"
#include "daemon.h"
#include "ownq.h"
#include "vif.h"

#define RX_ORDER   9u
#define RX_BUFFERS (1u << RX_ORDER)
#define BUFFERS	   512u	      /* first page index of the buffers */
#define QUOTA	   64u	      /* frames at a time, for the others' sake */
#define BACKLOG	   (4u << 20) /* octets that may wait for the client */
#define FRAME_ROOM (SVNIC_FRAME_MAX + 4u + SVNIC_PAGE_SIZE)
#define ASK_NS	   200000000ull

struct capture {
	LIST_ENTRY(capture) link;
	struct daemon *d;
	struct bufferevent *client;
	uint32_t snaplen;
	unsigned int nr;   /* of the monitor */
	unsigned int seen; /* of the VIF */
	struct ownq q;
	struct event *again;
	uint32_t lost;	    /* since the last record */
	uint64_t card_lost; /* as the card counts */
	uint64_t asked_ns;
	unsigned char frame[FRAME_ROOM]; /* being put together */
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Receiving -------------------------------------------------------------- */

/* Copies that the card itself had no buffer for, since this was asked last. */
static uint32_t card_lost(struct capture *c)
{
	uint64_t before = c->card_lost;
	struct svnic_vif_info info;

	if (c->d->ops->vif_query(c->d->platform, c->nr, &info))
		return 0;
	c->card_lost = svnic_cpu64(info.stats.rx_verdict[SVNIC_V_MONITOR_LOST]);
	return (uint32_t)(c->card_lost - before);
}

static void ask_card(struct capture *c)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (now - c->asked_ns < ASK_NS)
		return;
	c->asked_ns = now;
	c->lost += card_lost(c);
}

static void send_frame(struct capture *c, const struct svnic_meta *m,
		       size_t len)
{
	struct evbuffer *out = bufferevent_get_output(c->client);
	uint32_t cut = len < c->snaplen ? (uint32_t)len : c->snaplen;
	struct svnic_capture_record r = {
		.len = svnic_le32(cut),
		.wire_len = svnic_le32((uint32_t)len),
		.time_ns = svnic_le64(clock_ns(CLOCK_REALTIME)),
		.sent = svnic_le32(
			svnic_cpu16(m->flags) & SVNIC_META_MONITOR_TX ? 1 : 0),
		.lost = svnic_le32(c->lost),
	};

	if (evbuffer_get_length(out) + sizeof(r) + cut > BACKLOG) {
		c->lost++;
		return;
	}
	c->lost = 0;
	evbuffer_add(out, &r, sizeof(r));
	evbuffer_add(out, c->frame, cut);
}

/* What the VIF's peer would see on a wire: sums complete, the tag in place. */
static void finish_frame(struct capture *c, const struct svnic_meta *m,
			 size_t len)
{
	uint16_t flags = svnic_cpu16(m->flags);
	uint16_t tci = svnic_cpu16(m->vlan_tci);

	if (flags & SVNIC_META_CSUM_BLANK)
		checksum_complete(c->frame, len, svnic_cpu16(m->csum_start),
				  m->csum_offset);
	if (flags & SVNIC_META_VLAN && len >= SVNIC_FRAME_MIN) {
		memmove(c->frame + 16, c->frame + 12, len - 12);
		c->frame[12] = 0x81;
		c->frame[13] = 0x00;
		c->frame[14] = (unsigned char)(tci >> 8);
		c->frame[15] = (unsigned char)tci;
		len += 4;
	}
	send_frame(c, m, len);
}

/* Append a buffer to the frame and offer it again; false: it does not fit. */
static bool take_buffer(struct capture *c, const struct svnic_meta *m,
			size_t *len)
{
	uint32_t slot = (c->q.rx.done - 1) & (RX_BUFFERS - 1);
	uint16_t n = svnic_cpu16(m->len);
	bool fits = n <= SVNIC_PAGE_SIZE && n <= SVNIC_FRAME_MAX - *len;

	if (fits) {
		memcpy(c->frame + *len, c->q.buffers + slot * SVNIC_PAGE_SIZE,
		       n);
		*len += n;
	}
	ownq_provide(&c->q, slot);
	return fits;
}

/* 1: a frame was taken, 0: there is none, -EPROTO: the card errs. */
static int take_frame(struct capture *c)
{
	struct svnic_meta first;
	struct svnic_meta m;
	size_t len = 0;
	unsigned int i;
	int n = svnic_rx_return(&c->q.rx, &first);

	if (n <= 0)
		return n;
	if (first.segs == 0 || !take_buffer(c, &first, &len))
		return -EPROTO;
	for (i = 1; i < first.segs; i++)
		if (svnic_rx_return(&c->q.rx, &m) != 1 ||
		    !take_buffer(c, &m, &len))
			return -EPROTO;
	finish_frame(c, &first, len);
	return 1;
}

static void drain(struct capture *c)
{
	static const struct timeval now;
	unsigned int i;
	int n = 1;

	ask_card(c);
	for (i = 0; i < QUOTA && n > 0; i++)
		n = take_frame(c);
	if (n < 0) {
		log_err("capture",
			"monitor %u: the card's completions make no sense; stopped",
			c->nr);
		bufferevent_trigger_event(c->client, BEV_EVENT_EOF, 0);
		return;
	}
	ownq_kick(&c->q);
	if (n > 0 || ownq_arm(&c->q, false, true))
		evtimer_add(c->again, &now);
}

static void again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	drain(arg);
}

void capture_event(struct daemon *d, unsigned int nr)
{
	struct capture *c;

	LIST_FOREACH(c, &d->captures, link)
	{
		if (c->nr == nr) {
			drain(c);
			return;
		}
	}
}

/* Starting and stopping ----------------------------------------------------- */

static void provide_all(struct capture *c)
{
	uint32_t i;

	for (i = 0; i < RX_BUFFERS; i++)
		ownq_provide(&c->q, i);
	ownq_kick(&c->q);
	ownq_arm(&c->q, false, true);
}

static int start(struct capture *c)
{
	static const struct ownq_shape shape = {
		.tx_order = SVNIC_MIN_ORDER,
		.rx_order = RX_ORDER,
		.buffers = BUFFERS,
		.nr_buffers = RX_BUFFERS,
	};
	int err;

	c->again = evtimer_new(c->d->base, again, c);
	if (!c->again)
		return -ENOMEM;
	err = ownq_init(&c->q, c->d->ops, c->d->platform, c->nr, &shape);
	if (err)
		return err;
	provide_all(c);
	/* What passed before there were buffers nobody was to see. */
	card_lost(c);
	return 0;
}

int capture_create(struct daemon *d, struct vif *vif, uint32_t snaplen,
		   struct bufferevent *client, struct capture **capture)
{
	struct svnic_vif_config config = vif->config;
	struct capture *c;
	int err;

	if (vif->nr == SVNIC_VIF_NONE)
		return -ENODEV;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->d = d;
	c->client = client;
	c->seen = vif->nr;
	c->snaplen = snaplen;
	config.flags = svnic_le32(SVNIC_VIF_MONITOR);
	config.rate = 0;
	config.burst = 0;
	config.rx_rate = 0;
	config.min_rate = 0;
	config.storm = 0;
	config.monitored = svnic_le16((uint16_t)vif->nr);
	err = d->ops->vif_create(d->platform, &config, daemon_cookie(d),
				 &c->nr);
	if (err) {
		free(c);
		return err;
	}
	LIST_INSERT_HEAD(&d->captures, c, link);
	err = start(c);
	if (err) {
		capture_destroy(c);
		return err;
	}
	*capture = c;
	return 0;
}

void capture_destroy(struct capture *c)
{
	const struct platform_ops *ops = c->d->ops;
	struct platform *p = c->d->platform;

	LIST_REMOVE(c, link);
	ownq_fini(&c->q);
	ops->vif_destroy(p, c->nr);
	if (c->again)
		event_free(c->again);
	free(c);
}

unsigned int capture_count(const struct daemon *d)
{
	const struct capture *c;
	unsigned int n = 0;

	LIST_FOREACH(c, &d->captures, link)
	{
		n++;
	}
	return n;
}

unsigned int capture_nr(const struct capture *c)
{
	return c->nr;
}

/* Their owner hears of an end of file and destroys them one by one. */
void capture_end(struct daemon *d, unsigned int seen)
{
	struct capture *c;

	LIST_FOREACH(c, &d->captures, link)
	{
		if (seen == SVNIC_VIF_NONE || c->seen == seen)
			bufferevent_trigger_event(c->client, BEV_EVENT_EOF, 0);
	}
}
