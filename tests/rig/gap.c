// SPDX-License-Identifier: GPL-2.0-only
/*
 * riggap: how long a path was dead, and what it lost.
 *
 *   riggap echo PORT                       sends each datagram back
 *   riggap probe ADDRESS PORT SECONDS [US] numbered datagrams, one every US
 *                                          (default 5000); at the end, or at
 *                                          SIGTERM, one line of JSON:
 *
 * sent, received, lost, late (overtaken by another), twice; gap_ms, the longest
 * time between two arrivals, that ended at_ms after the start; gap2_ms, the
 * second longest; own_ms, the longest time that this program itself did not
 * run: a gap of that length says nothing about the path.
 *
 * Static, without threads: it runs in a guest, in dom0 and on the host.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WAIT_FOR_LAST 0.5 /* seconds, for replies that are still under way */

struct probe {
	int fd;
	double start;
	double last;   /* arrival */
	double gap[2]; /* the longest first */
	double ended;  /* when the longest did */
	double own;
	uint32_t sent;
	uint32_t received;
	uint32_t late;
	uint32_t twice;
	uint32_t highest; /* number that came, plus one */
	uint8_t *came;	  /* by number */
	uint32_t limit;	  /* of numbers */
};

static volatile sig_atomic_t is_over;

static void on_signal(int sig)
{
	(void)sig;
	is_over = 1;
}

static int fail(const char *what)
{
	fprintf(stderr, "riggap: %s: %s\n", what, strerror(errno));
	return 1;
}

/* Seconds that go on while a guest is suspended. */
static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int echo(const char *port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char data[2048];

	sa.sin_port = htons((uint16_t)atoi(port));
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		return fail("cannot bind the port");
	for (;;) {
		socklen_t size = sizeof(sa);
		ssize_t n = recvfrom(fd, data, sizeof(data), 0,
				     (struct sockaddr *)&sa, &size);

		if (n > 0)
			sendto(fd, data, (size_t)n, 0, (struct sockaddr *)&sa,
			       size);
	}
}

static void gap_note(struct probe *p, double at)
{
	double gap = at - p->last;

	p->last = at;
	if (gap > p->gap[0]) {
		p->gap[1] = p->gap[0];
		p->gap[0] = gap;
		p->ended = at;
	} else if (gap > p->gap[1]) {
		p->gap[1] = gap;
	}
}

static void reply_take(struct probe *p, uint32_t number)
{
	if (number >= p->sent)
		return;
	if (p->came[number]) {
		p->twice++;
		return;
	}
	p->came[number] = 1;
	p->received++;
	if (number < p->highest)
		p->late++;
	else
		p->highest = number + 1;
}

/* All that has come so far. */
static void replies_take(struct probe *p)
{
	uint32_t number[16];

	while (recv(p->fd, number, sizeof(number), MSG_DONTWAIT) ==
	       (ssize_t)sizeof(number)) {
		gap_note(p, now());
		reply_take(p, ntohl(number[0]));
	}
}

static void probe_wait(struct probe *p, double until)
{
	double left;

	while ((left = until - now()) > 0) {
		struct timespec ts = { .tv_sec = (time_t)left };
		struct pollfd fd = { .fd = p->fd, .events = POLLIN };

		ts.tv_nsec = (long)((left - (double)ts.tv_sec) * 1e9);
		if (ppoll(&fd, 1, &ts, NULL) > 0)
			replies_take(p);
	}
}

static void probe_run(struct probe *p, double seconds, double interval)
{
	uint32_t number[16] = { 0 };
	double next = p->start, before = p->start, at;

	while (!is_over && p->sent < p->limit && next < p->start + seconds) {
		at = now();
		if (at - before > p->own)
			p->own = at - before;
		before = at;
		number[0] = htonl(p->sent++);
		/* ENOBUFS, ENETDOWN and their like are part of a gap. */
		(void)!send(p->fd, number, sizeof(number), MSG_DONTWAIT);
		next = next + interval < at ? at : next + interval;
		probe_wait(p, next);
	}
	/* The end of a path that stays dead is a gap too. */
	probe_wait(p, now() + WAIT_FOR_LAST);
	if (now() - p->last > WAIT_FOR_LAST + p->own + interval)
		gap_note(p, now());
}

static void report(const struct probe *p)
{
	printf("{\"sent\": %u, \"received\": %u, \"lost\": %u, \"late\": %u, "
	       "\"twice\": %u, \"gap_ms\": %.1f, \"at_ms\": %.0f, "
	       "\"gap2_ms\": %.1f, \"own_ms\": %.1f}\n",
	       p->sent, p->received, p->sent - p->received, p->late, p->twice,
	       p->gap[0] * 1e3, (p->ended - p->start) * 1e3, p->gap[1] * 1e3,
	       p->own * 1e3);
}

static int probe(char **argv, double interval)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	double seconds = atof(argv[2]);
	struct probe p = { 0 };

	sa.sin_port = htons((uint16_t)atoi(argv[1]));
	if (inet_pton(AF_INET, argv[0], &sa.sin_addr) != 1) {
		errno = EINVAL;
		return fail("no address");
	}
	p.limit = (uint32_t)(seconds / interval) + 1;
	p.came = calloc(p.limit, 1);
	p.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (!p.came || p.fd < 0 ||
	    connect(p.fd, (struct sockaddr *)&sa, sizeof(sa)))
		return fail("cannot reach the address");
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	p.start = p.last = now();
	probe_run(&p, seconds, interval);
	report(&p);
	free(p.came);
	return 0;
}

int main(int argc, char **argv)
{
	const char *role = argc > 1 ? argv[1] : "";
	double interval = argc == 6 ? atof(argv[5]) / 1e6 : 0.005;

	if (!strcmp(role, "echo") && argc == 3)
		return echo(argv[2]);
	if (!strcmp(role, "probe") && (argc == 5 || argc == 6) &&
	    interval >= 1e-4)
		return probe(argv + 2, interval);
	fputs("usage: riggap echo PORT | probe ADDRESS PORT SECONDS [US]\n",
	      stderr);
	return 2;
}
