// SPDX-License-Identifier: GPL-2.0-only
/*
 * A victim beside flooders, on the local platform.  VIF "victim" sends frames
 * of 64 octets to VIF "peer" at a steady rate; seven others flood, or do not,
 * in turns of a tenth of a second, so that whatever else the machine does falls
 * on both alike.  One thread does all of it and serves the victim in each
 * round, one flooder in each.  One JSON line: what the victim lost and how long
 * its frames were under way, alone and beside the flood.
 *
 *   fair [-f small | broadcast | stuck | all] [-r frames-a-second]
 *        [-t seconds] DIR
 *
 * small: to VIF "sink", which takes all it gets; broadcast: to everybody;
 * stuck: to VIF "stuck", which provides no buffer after the first ones.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include "frame.h"
#include "libsvnic.h"

#define FLOODERS    7u
#define BURST	    32u
#define MAX_SAMPLES (1u << 20)
#define SLICE	    0.1	  /* seconds */
#define SETTLE	    0.005 /* of them, in which nothing is measured */
#define STEP	    0.001 /* between looks at what is under way */
#define PATIENCE    0.2	  /* after which that is lost */
#define WARM_UP	    0.1	  /* every page of every ring was used by then */
#define FIRST_WAIT  10.0
#define TOUCHED	    64u /* flood frames of which one is written */

enum kind {
	SMALL,
	BROADCAST,
	STUCK,
	ALL,
	KIND_NR
};

static const char *const kind_names[KIND_NR] = { "small", "broadcast", "stuck",
						 "all" };

struct flooder {
	struct svnic *vif;
	struct flow flow;
};

/* What the victim met with, alone or not. */
struct side {
	uint64_t sent;
	uint64_t received;
	uint64_t flooded;
	double seconds;
	unsigned int nr_samples;
	uint64_t sample[MAX_SAMPLES];
};

struct bench {
	enum kind kind;
	double rate;
	double seconds;
	struct svnic *victim, *peer, *sink, *stuck;
	struct flooder flooder[FLOODERS];
	unsigned int next;
	struct flow flow;
	uint64_t under_way; /* of the victim's frames */
	struct side *side;  /* where samples go; NULL: nowhere */
};

static struct side sides[2];

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *fmt,
								...)
{
	va_list ap;

	fputs("fair: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static struct svnic *attach(const char *dir, const char *name)
{
	struct svnic_params params = { .name = name, .socket_dir = dir };
	struct svnic *vif;
	int rc = svnic_open(&params, &vif);

	if (rc)
		die("VIF %s: %s", name, strerror(-rc));
	return vif;
}

static void flow_init(struct flow *f, struct svnic *from, const uint8_t dst[6])
{
	static const uint8_t headers[] = {
		0x08, 0x00, 0x45, 0,	0,    0,    0, 0, 0x40, 0,
		64,   17,   0,	  0,	10,   0,    0, 1, 10,	0,
		0,    2,    0x1f, 0x90, 0x1f, 0x90, 0, 0, 0,	0,
	};

	memset(f, 0, sizeof(*f));
	f->size = 64;
	f->every = TOUCHED;
	memcpy(f->model.dst, dst, 6);
	memcpy(f->model.src, svnic_info(from)->mac, 6);
	memcpy(f->model.type, headers, sizeof(headers));
}

static const uint8_t *target(const struct bench *b, unsigned int flooder)
{
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };
	enum kind kind = b->kind == ALL ? flooder % ALL : b->kind;

	if (kind == BROADCAST)
		return all;
	return svnic_info(kind == STUCK ? b->stuck : b->sink)->mac;
}

static void bench_open(struct bench *b, const char *dir)
{
	const uint32_t magic = FRAME_MAGIC;
	char name[16];
	unsigned int i;

	b->victim = attach(dir, "victim");
	b->peer = attach(dir, "peer");
	b->sink = attach(dir, "sink");
	b->stuck = attach(dir, "stuck");
	flow_init(&b->flow, b->victim, svnic_info(b->peer)->mac);
	b->flow.every = 1;
	memcpy(b->flow.model.magic, &magic, sizeof(magic));
	for (i = 0; i < FLOODERS; i++) {
		snprintf(name, sizeof(name), "flood%u", i);
		b->flooder[i].vif = attach(dir, name);
		flow_init(&b->flooder[i].flow, b->flooder[i].vif, target(b, i));
	}
}

static void bench_close(struct bench *b)
{
	unsigned int i;

	for (i = 0; i < FLOODERS; i++)
		svnic_close(b->flooder[i].vif);
	svnic_close(b->stuck);
	svnic_close(b->sink);
	svnic_close(b->peer);
	svnic_close(b->victim);
}

/* A frame of @f into the next slot of @vif; false when there is none. */
static bool send_frame(struct svnic *vif, struct flow *f)
{
	static const struct svnic_meta meta;
	struct iovec iov;
	uint64_t stamp;

	if (svnic_tx_frame(vif, &iov, 1) <= 0)
		return false;
	frame_write(f, iov.iov_base, true);
	if (f->every == 1) {
		stamp = frame_stamp();
		memcpy((char *)iov.iov_base + offsetof(struct frame, stamp),
		       &stamp, sizeof(stamp));
	}
	if (svnic_tx_send(vif, FRAME_MIN, &meta))
		die("a frame was refused");
	return true;
}

/* One that came to the peer: the victim's, or a broadcast. */
static void look_at(struct bench *b, const void *octets, uint64_t now)
{
	struct frame frame;
	uint32_t magic;
	uint64_t stamp;

	memcpy(&frame, octets, sizeof(frame));
	memcpy(&magic, frame.magic, sizeof(magic));
	if (magic != FRAME_MAGIC)
		return;
	if (b->under_way)
		b->under_way--;
	if (!b->side)
		return;
	memcpy(&stamp, frame.stamp, sizeof(stamp));
	b->side->received++;
	if (b->side->nr_samples < MAX_SAMPLES)
		b->side->sample[b->side->nr_samples++] = now - stamp;
}

/* Frames that came to @vif, up to a burst. */
static unsigned int take(struct bench *b, struct svnic *vif)
{
	struct iovec iov[SVNIC_FRAME_PIECES];
	struct svnic_meta meta;
	unsigned int n;
	int nr;

	for (n = 0; n < BURST; n++) {
		nr = svnic_rx_frame(vif, iov, SVNIC_FRAME_PIECES, &meta);
		if (nr < 0)
			die("a received frame: %s", strerror(-nr));
		if (nr == 0)
			break;
		if (vif == b->peer && iov[0].iov_len >= sizeof(struct frame))
			look_at(b, iov[0].iov_base, frame_stamp());
	}
	if (n) {
		svnic_rx_release(vif);
		svnic_kick(vif);
	}
	return n;
}

/* The next flooder's ring is filled up, and what it got given back. */
static void flood(struct bench *b)
{
	struct flooder *f = &b->flooder[b->next++ % FLOODERS];
	unsigned int n = 0;

	while (n < BURST && send_frame(f->vif, &f->flow))
		n++;
	if (n)
		svnic_kick(f->vif);
	if (b->side)
		b->side->flooded += n;
	take(b, f->vif);
}

/* Until @until; the victim sends its share of the time since @began. */
static void run(struct bench *b, double until, bool sends, bool floods)
{
	double began = clock_s();
	double now = began;
	uint64_t due;
	uint64_t sent = 0;

	for (; now < until; now = clock_s()) {
		take(b, b->peer);
		due = sends ? (uint64_t)((now - began) * b->rate) : 0;
		while (sent < due && send_frame(b->victim, &b->flow)) {
			sent++;
			b->under_way++;
			if (b->side)
				b->side->sent++;
		}
		svnic_kick(b->victim);
		take(b, b->peer);
		if (floods)
			flood(b);
		take(b, b->sink);
	}
}

/* All that is under way arrives, or is lost. */
static void drain(struct bench *b, bool floods)
{
	double end = clock_s() + PATIENCE;

	while (b->under_way && clock_s() < end)
		run(b, clock_s() + STEP, false, floods);
	b->under_way = 0;
}

static void slice(struct bench *b, bool floods)
{
	double began;

	b->side = NULL;
	run(b, clock_s() + SETTLE, true, floods);
	drain(b, floods);
	b->side = &sides[floods];
	began = clock_s();
	run(b, began + SLICE, true, floods);
	b->side->seconds += clock_s() - began;
	drain(b, floods);
	b->side = NULL;
}

/* The VIFs need a moment until the card has seen all of them. */
static void start(struct bench *b)
{
	double end = clock_s() + FIRST_WAIT;

	b->side = &sides[0];
	while (sides[0].received < 10) {
		if (clock_s() > end)
			die("no frame arrived at the peer");
		run(b, clock_s() + SETTLE, true, false);
	}
	b->side = NULL;
	run(b, clock_s() + WARM_UP, true, true);
	drain(b, true);
	memset(&sides[0], 0, sizeof(sides[0]));
}

static void show(const char *name, struct side *s, double per_us)
{
	unsigned int n = s->nr_samples;

	if (!n)
		die("the victim got no frame through");
	qsort(s->sample, n, sizeof(*s->sample), frame_stamp_compare);
	printf("\"%s\": {\"sent\": %llu, \"received\": %llu, "
	       "\"loss_percent\": %.4f, \"flood_mpps\": %.3f, "
	       "\"us_median\": %.3f, \"us_p90\": %.3f, \"us_p99\": %.3f, "
	       "\"us_p999\": %.3f}",
	       name, (unsigned long long)s->sent,
	       (unsigned long long)s->received,
	       100.0 * (1.0 - (double)s->received / (double)s->sent),
	       (double)s->flooded / s->seconds * 1e-6,
	       (double)s->sample[n / 2] / per_us,
	       (double)s->sample[(uint64_t)n * 9 / 10] / per_us,
	       (double)s->sample[(uint64_t)n * 99 / 100] / per_us,
	       (double)s->sample[(uint64_t)n * 999 / 1000] / per_us);
}

static int parse(struct bench *b, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+f:r:t:")) != -1) {
		switch (c) {
		case 'f':
			for (b->kind = 0; b->kind < KIND_NR; b->kind++)
				if (!strcmp(optarg, kind_names[b->kind]))
					break;
			break;
		case 'r':
			b->rate = atof(optarg);
			break;
		case 't':
			b->seconds = atof(optarg);
			break;
		default:
			b->kind = KIND_NR;
		}
	}
	if (b->kind == KIND_NR || b->rate <= 0 || optind + 1 != argc)
		die("usage: [-f small | broadcast | stuck | all] "
		    "[-r frames/s] [-t seconds] DIR");
	return optind;
}

int main(int argc, char **argv)
{
	static struct bench b = { .kind = ALL, .rate = 100000, .seconds = 0.4 };
	int first = parse(&b, argc, argv);
	double per_us = frame_stamps_per_us();
	double left;

	bench_open(&b, argv[first]);
	start(&b);
	for (left = b.seconds; left > 0; left -= 2 * SLICE) {
		slice(&b, false);
		slice(&b, true);
	}
	bench_close(&b);
	printf("{\"flood\": \"%s\", ", kind_names[b.kind]);
	show("alone", &sides[0], per_us);
	printf(", ");
	show("flooded", &sides[1], per_us);
	printf("}\n");
	return 0;
}
