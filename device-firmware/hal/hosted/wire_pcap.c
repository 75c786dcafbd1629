/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A wire made of files: frames come from one capture as fast as they are
 * taken, and what is sent goes into another.  It takes nothing over from the
 * card, so that a recording shows what a cable would carry: tags in place,
 * checksums complete, segments.  "pcap:IN,OUT", either may be empty.
 */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <svnic/order.h>

#include "log.h"
#include "wire.h"

#define PCAP_HEADER    24 /* of the file */
#define PCAP_FRAME_MAX (SVNIC_FRAME_MAX + VLAN_TAG_LEN)

struct capture {
	char in_path[WIRE_ARG_MAX];
	pcap_t *in;
	pcap_t *out;
	pcap_dumper_t *dumper;
	bool dirty; /* frames were recorded and not flushed */
	uint8_t frame[PCAP_FRAME_MAX];
};

static int pcap_open_in(struct wire *w, struct capture *c)
{
	char error[PCAP_ERRBUF_SIZE];

	if (c->in_path[0] == '\0')
		return 0;
	c->in = pcap_open_offline(c->in_path, error);
	if (!c->in) {
		log_err("wire %u: cannot replay: %s", w->port, error);
		return -EINVAL;
	}
	if (pcap_datalink(c->in) != DLT_EN10MB) {
		log_err("wire %u: %s: expected Ethernet frames, found link type %d",
			w->port, c->in_path, pcap_datalink(c->in));
		pcap_close(c->in);
		c->in = NULL;
		return -EINVAL;
	}
	w->readable = true;
	return 0;
}

/*
 * A core that was killed may have left a part of a frame, or of the header, at
 * the end, behind which nobody would find another.
 */
static void pcap_mend(const struct wire *w, const char *path)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const uint8_t *data;
	struct stat st;
	long end = 0;
	pcap_t *p;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	p = pcap_open_offline(path, error);
	if (!p && st.st_size >= PCAP_HEADER)
		return;
	if (p) {
		do
			end = ftell(pcap_file(p));
		while (pcap_next_ex(p, &h, &data) == 1);
		pcap_close(p);
	}
	if (end < 0 || truncate(path, end) < 0)
		log_warn("wire %u: cannot mend the recording %s", w->port,
			 path);
}

static int pcap_open_out(struct wire *w, struct capture *c, const char *path)
{
	if (*path == '\0')
		return 0;
	c->out = pcap_open_dead_with_tstamp_precision(
		DLT_EN10MB, PCAP_FRAME_MAX, PCAP_TSTAMP_PRECISION_NANO);
	if (!c->out)
		return -ENOMEM;
	if (w->goes_on)
		pcap_mend(w, path);
	c->dumper = w->goes_on ? pcap_dump_open_append(c->out, path)
			       : pcap_dump_open(c->out, path);
	if (!c->dumper) {
		log_err("wire %u: cannot record: %s", w->port,
			pcap_geterr(c->out));
		return -EINVAL;
	}
	return 0;
}

static void capture_close(struct wire *w)
{
	struct capture *c = w->state;

	if (c->dumper)
		pcap_dump_close(c->dumper);
	if (c->out)
		pcap_close(c->out);
	if (c->in)
		pcap_close(c->in);
	free(c);
}

static int capture_open(struct wire *w, const char *arg)
{
	const char *comma = strchr(arg, ',');
	struct capture *c;
	int err;

	if (!comma || strlen(arg) == 1) {
		log_err("wire %u: pcap:%s: expected pcap:IN,OUT, of which one may be empty",
			w->port, arg);
		return -EINVAL;
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	w->state = c;
	memcpy(c->in_path, arg, (size_t)(comma - arg));
	/* A core that died while it replayed is not repeated. */
	err = w->goes_on ? 0 : pcap_open_in(w, c);
	if (!err)
		err = pcap_open_out(w, c, comma + 1);
	if (err)
		capture_close(w);
	return err;
}

/* 1: a frame, 0: one that was dropped, -1: no more. */
static int capture_read(struct wire *w, struct capture *c, unsigned int i,
			struct hal_frame *f)
{
	const uint8_t *data;
	struct pcap_pkthdr *h;
	int ret = pcap_next_ex(c->in, &h, &data);

	if (ret != 1) {
		if (ret == PCAP_ERROR)
			log_err("wire %u: %s: %s", w->port, c->in_path,
				pcap_geterr(c->in));
		return -1;
	}
	if (h->caplen != h->len || h->len < SVNIC_FRAME_MIN ||
	    h->len > SVNIC_FRAME_MAX) {
		wire_refuse(w, "its length, or cut short in the capture");
		return 0;
	}
	memset(f, 0, sizeof(*f));
	memcpy(wire_buffer(w, i), data, h->len);
	f->data = wire_buffer(w, i);
	f->len = h->len;
	vnet_strip_tag(f);
	return 1;
}

static unsigned int capture_rx(struct wire *w, struct hal_frame *frames,
			       unsigned int max)
{
	struct capture *c = w->state;
	unsigned int i, nr = 0;

	for (i = 0; i < max && c->in; i++) {
		int got = capture_read(w, c, i, &frames[nr]);

		if (got < 0) {
			log_info("wire %u: %s is replayed", w->port,
				 c->in_path);
			pcap_close(c->in);
			c->in = NULL;
			w->readable = false;
			break;
		}
		nr += (unsigned int)got;
	}
	return nr;
}

/* Copy the pieces behind each other: the length, 0 when they do not fit. */
static size_t capture_flatten(struct capture *c, const struct hal_iov *iov,
			      unsigned int nr_iov)
{
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < nr_iov; i++) {
		if (iov[i].len > PCAP_FRAME_MAX - len)
			return 0;
		memcpy(c->frame + len, iov[i].data, iov[i].len);
		len += iov[i].len;
	}
	return len < SVNIC_FRAME_MIN ? 0 : len;
}

/* The core gives it frames as they are on a cable. */
static enum svnic_verdict capture_tx(struct wire *w, const struct hal_iov *iov,
				     unsigned int nr_iov,
				     const struct svnic_meta *meta)
{
	struct capture *c = w->state;
	size_t len = capture_flatten(c, iov, nr_iov);
	struct pcap_pkthdr h = { 0 };
	struct timespec now;

	(void)meta;
	if (len == 0)
		return SVNIC_V_WIRE_ERROR;
	if (!c->dumper)
		return SVNIC_V_WIRE;
	clock_gettime(CLOCK_REALTIME, &now);
	h.ts.tv_sec = now.tv_sec;
	h.ts.tv_usec = now.tv_nsec; /* the file counts nanoseconds */
	h.caplen = h.len = (uint32_t)len;
	pcap_dump((uint8_t *)c->dumper, &h, c->frame);
	c->dirty = true;
	return SVNIC_V_WIRE;
}

static void capture_idle(struct wire *w)
{
	struct capture *c = w->state;

	if (!c->dirty)
		return;
	c->dirty = false;
	if (pcap_dump_flush(c->dumper) < 0)
		log_peer(LOG_LEVEL_WARN,
			 "wire %u: cannot write the recording: %s", w->port,
			 strerror(errno));
}

static void capture_rewind(struct wire *w)
{
	struct capture *c = w->state;

	if (c->in)
		pcap_close(c->in);
	c->in = NULL;
	pcap_open_in(w, c);
}

const struct wire_ops wire_pcap_ops = {
	.kind = "pcap",
	.open = capture_open,
	.close = capture_close,
	.rx = capture_rx,
	.tx = capture_tx,
	.idle = capture_idle,
	.rewind = capture_rewind,
};
