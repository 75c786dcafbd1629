// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generator and sink of the packet benchmarks: one thread that sends frames
 * into one port of a switch and takes them from the other, one way or both,
 * and counts what arrived, what was lost and, when asked, how long it took.
 * A window bounds the frames under way, so that a switch that cannot keep up
 * slows the pump down instead of throwing frames away.  One JSON line.
 *
 *   pump-svnic [-b] [-l] [-s octets | imix] [-t seconds] [-u seconds]
 *              [-w frames] [-r frames-a-second] [-n frames] PORTS...
 *
 * -n: write and check only one frame of so many, as a guest that forwards does;
 * the others are counted.
 */
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "port.h"

#define MAX_SAMPLES  (1u << 20)
#define LOOK_ROUNDS  256u /* between looks at the clock */
#define FIRST_WAIT   10.0 /* seconds until the switch must have begun */
#define STALL_WAIT   0.3  /* after which what is under way is lost */
#define LEARN_FRAMES 8u

struct options {
	bool both;
	bool latency;
	unsigned int size;
	double seconds;
	double warm_up;
	unsigned int window;
	unsigned int every; /* frames, of which one is touched */
	double rate; /* frames a second and direction; 0: as many as go */
};

struct direction {
	struct port *from;
	struct port *to;
	struct flow flow;
	uint32_t allowed; /* numbers that the rate allows by now */
	uint64_t at_stall;
	double stalled_since;
};

static volatile sig_atomic_t is_stopped;
static uint64_t idle_stamps; /* in which it waited for the switch */

static void on_signal(int sig)
{
	(void)sig;
	is_stopped = 1;
}

__attribute__((noreturn, format(printf, 1, 2))) void die(const char *fmt, ...)
{
	va_list ap;

	fputs("pump: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void flow_init(struct flow *f, const struct options *o,
		      const struct port *from, const struct port *to)
{
	static const uint8_t headers[] = {
		0x08, 0x00, 0x45, 0,	0,    0,    0, 0, 0x40, 0,
		64,   17,   0,	  0,	10,   0,    0, 1, 10,	0,
		0,    2,    0x1f, 0x90, 0x1f, 0x90, 0, 0, 0,	0,
	};
	const uint32_t magic = FRAME_MAGIC;

	memset(f, 0, sizeof(*f));
	f->size = o->size;
	f->every = o->every;
	port_address(to, f->model.dst);
	port_address(from, f->model.src);
	memcpy(f->model.type, headers, sizeof(headers));
	memcpy(f->model.magic, &magic, sizeof(magic));
	if (!o->latency)
		return;
	f->max_samples = MAX_SAMPLES;
	f->sample = calloc(MAX_SAMPLES, sizeof(*f->sample));
	if (!f->sample)
		die("no memory");
}

/* Frames that may be sent now, inside the window and the rate. */
static unsigned int may_send(const struct direction *d, const struct options *o)
{
	uint32_t under_way = d->flow.next - d->flow.expected;
	uint32_t room = o->window > under_way ? o->window - under_way : 0;
	int32_t due = (int32_t)(d->allowed - d->flow.next);

	if (o->rate > 0.0 && (due <= 0 || room > (uint32_t)due))
		room = due > 0 ? (uint32_t)due : 0;
	return room < PORT_BURST ? room : PORT_BURST;
}

/* What has been under way for so long will not come. */
static void look_for_stall(struct direction *d, double now)
{
	if (d->flow.next == d->flow.expected ||
	    d->flow.received != d->at_stall) {
		d->at_stall = d->flow.received;
		d->stalled_since = now;
		return;
	}
	if (now - d->stalled_since < STALL_WAIT)
		return;
	d->flow.lost += d->flow.next - d->flow.expected;
	d->flow.expected = d->flow.next;
	d->stalled_since = now;
}

/* false: there was nothing to do. */
static bool round_trip(struct direction *d, unsigned int nr,
		       const struct options *o)
{
	unsigned int done = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		unsigned int max = may_send(&d[i], o);

		done += port_receive(d[i].to, &d[i].flow);
		if (max)
			done += port_send(d[i].from, &d[i].flow, max);
	}
	if (!done)
		return false;
	port_kick(d[0].from);
	port_kick(d[0].to);
	return true;
}

/* Adds to the idle time; @at: when the last round ended. */
static uint64_t round_trip_at(struct direction *d, unsigned int nr,
			      const struct options *o, uint64_t at)
{
	bool was_busy = round_trip(d, nr, o);
	uint64_t now = frame_stamp();

	if (!was_busy)
		idle_stamps += now - at;
	return now;
}

/* Pump until @until; false when a signal or a fault ended it. */
static bool pump(struct direction *d, unsigned int nr, const struct options *o,
		 double until)
{
	/* One frame at a time and a paced flow need the clock every round. */
	unsigned int rounds = o->rate > 0.0 ? 1 : LOOK_ROUNDS;
	double began = clock_s(), now = began;
	uint32_t first[2] = { d[0].flow.next, d[1].flow.next };
	uint64_t at = frame_stamp();
	unsigned int i;

	while (now < until && !is_stopped) {
		for (i = 0; i < rounds; i++)
			at = round_trip_at(d, nr, o, at);
		now = clock_s();
		for (i = 0; i < nr; i++) {
			d[i].allowed =
				first[i] + (uint32_t)((now - began) * o->rate);
			look_for_stall(&d[i], now);
		}
	}
	return !is_stopped;
}

/* A switch learns addresses and starts its own threads. */
static void start(struct direction d[2], const struct options *o)
{
	struct options slow = *o;
	double end = clock_s() + FIRST_WAIT;

	slow.window = LEARN_FRAMES;
	slow.rate = 1000;
	do {
		if (clock_s() > end)
			die("no frame arrived from %s",
			    d[0].flow.received ? "the second port"
					       : "the first port");
		if (port_fault(d[0].from) || port_fault(d[0].to))
			die("%s", port_fault(d[0].from) ? port_fault(d[0].from)
							: port_fault(d[0].to));
		if (!pump(d, 2, &slow, clock_s() + 0.02))
			exit(1);
	} while (!d[0].flow.received || !d[1].flow.received);
}

static void show_times(struct flow *f)
{
	double per_us = frame_stamps_per_us();
	unsigned int n = f->nr_samples;

	if (n == 0)
		return;
	qsort(f->sample, n, sizeof(*f->sample), frame_stamp_compare);
	printf(", \"samples\": %u, \"us_min\": %.3f, \"us_median\": %.3f, "
	       "\"us_p99\": %.3f, \"us_p999\": %.3f, \"us_max\": %.3f",
	       n, (double)f->sample[0] / per_us,
	       (double)f->sample[n / 2] / per_us,
	       (double)f->sample[(uint64_t)n * 99 / 100] / per_us,
	       (double)f->sample[(uint64_t)n * 999 / 1000] / per_us,
	       (double)f->sample[n - 1] / per_us);
}

static void show(struct direction *d, unsigned int nr, double seconds)
{
	uint64_t received = 0, octets = 0, lost = 0, wrong = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		received += d[i].flow.received;
		octets += d[i].flow.octets;
		lost += d[i].flow.lost;
		wrong += d[i].flow.wrong;
	}
	printf("{\"mpps\": %.4f, \"gbit\": %.4f, \"seconds\": %.3f, "
	       "\"received\": %llu, \"lost\": %llu, \"wrong\": %llu, "
	       "\"idle\": %.3f",
	       (double)received / seconds * 1e-6,
	       (double)octets / seconds * 8e-9, seconds,
	       (unsigned long long)received, (unsigned long long)lost,
	       (unsigned long long)wrong,
	       (double)idle_stamps / frame_stamps_per_us() * 1e-6 / seconds);
	show_times(&d[0].flow);
	printf("}\n");
}

static void measure(struct direction d[2], const struct options *o)
{
	unsigned int nr = o->both ? 2 : 1;
	unsigned int i;
	double began;

	start(d, o);
	if (!pump(d, nr, o, clock_s() + o->warm_up))
		exit(1);
	for (i = 0; i < 2; i++) {
		d[i].flow.received = d[i].flow.octets = 0;
		d[i].flow.lost = d[i].flow.wrong = 0;
		d[i].flow.nr_samples = 0;
	}
	idle_stamps = 0;
	began = clock_s();
	if (!pump(d, nr, o, began + o->seconds))
		exit(1);
	show(d, nr, clock_s() - began);
}

static int parse(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+bls:t:u:w:r:n:")) != -1) {
		switch (c) {
		case 'b':
			o->both = true;
			break;
		case 'l':
			o->latency = true;
			break;
		case 's':
			o->size = strcmp(optarg, "imix")
					  ? (unsigned int)atoi(optarg)
					  : FRAME_IMIX;
			break;
		case 't':
			o->seconds = atof(optarg);
			break;
		case 'u':
			o->warm_up = atof(optarg);
			break;
		case 'w':
			o->window = (unsigned int)atoi(optarg);
			break;
		case 'n':
			o->every = (unsigned int)atoi(optarg);
			break;
		case 'r':
			o->rate = atof(optarg);
			break;
		default:
			die("usage: [-b] [-l] [-s octets | imix] [-t seconds] "
			    "[-u seconds] [-w frames] [-n frames] [-r frames/s] %s",
			    port_usage());
		}
	}
	if (o->size != FRAME_IMIX && o->size < FRAME_MIN + 4)
		die("no frame is shorter than %u octets", FRAME_MIN + 4);
	if (o->window == 0 || o->every == 0)
		die("-w and -n want at least one frame");
	return optind;
}

int main(int argc, char **argv)
{
	struct options o = { .size = 64,
			     .seconds = 1.0,
			     .warm_up = 0.3,
			     .window = 256,
			     .every = 1 };
	int first = parse(&o, argc, argv);
	struct direction d[2] = { 0 };
	struct port *ports[2];
	unsigned int i;

	port_open(argc - first, argv + first, ports);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	for (i = 0; i < 2; i++) {
		d[i].from = ports[i];
		d[i].to = ports[i ^ 1];
		flow_init(&d[i].flow, &o, d[i].from, d[i].to);
	}
	measure(d, &o);
	port_close(ports);
	return 0;
}
