// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two well-behaved VIFs that send each other numbered frames as fast as they
 * come back, and look at each octet of what arrives.  Usage: neighbours DIR VIF
 * VIF SECONDS.  Prints what came of it as one line of JSON; exit code 1 when
 * an octet was wrong, a frame came twice or late, or a queue was stopped.
 * A frame may be lost: somebody else's may have taken the last buffer.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../../frontend/libsvnic/libsvnic.h"

#define WINDOW	   128u
#define HEADER	   22u /* Ethernet, and the frame's number */
#define LONGEST	   1500u
#define QUIET_NS   1000000000ull /* then what is under way is lost */
#define STEP_NS	   1000000000ull
#define MAX_PIECES SVNIC_FRAME_PIECES

struct side {
	struct svnic *vif;
	const char *name;
	uint8_t mac[6];
	uint64_t sent;
	uint64_t next;	/* number of the peer's frame that comes next */
	uint64_t given; /* if not 0: from here to there they may come late */
};

static struct side side[2];
static uint64_t frames, octets, lost, foreign, wrong;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

static uint32_t length_of(uint64_t n)
{
	return HEADER + 38 +
	       (uint32_t)(n * 0x9e3779b97f4a7c15ull >> 40) %
		       (LONGEST - HEADER - 38);
}

static uint8_t octet_of(uint64_t n, uint32_t at)
{
	return (uint8_t)(n * 131 + at * 7 + at / 256);
}

static void send_some(struct side *from, const struct side *to, uint64_t max)
{
	static const struct svnic_meta none;
	struct iovec iov;
	uint8_t *p;
	uint32_t len;
	uint32_t i;

	for (; max && svnic_tx_frame(from->vif, &iov, 1) == 1; max--) {
		p = iov.iov_base;
		len = length_of(from->sent);
		memcpy(p, to->mac, 6);
		memcpy(p + 6, from->mac, 6);
		memcpy(p + 12, "\x88\xb5", 2);
		memcpy(p + 14, &from->sent, 8);
		for (i = HEADER; i < len; i++)
			p[i] = octet_of(from->sent, i);
		svnic_tx_send(from->vif, len, &none);
		from->sent++;
	}
	svnic_kick(from->vif);
}

static void bad(const struct side *to, uint64_t n, const char *what)
{
	if (wrong++ < 10)
		fprintf(stderr, "VIF %s, frame %" PRIu64 ": %s\n", to->name, n,
			what);
}

static void check(struct side *to, const struct side *from, const uint8_t *p,
		  uint32_t len)
{
	uint64_t n;
	uint32_t i;

	if (len < HEADER || memcmp(p + 6, from->mac, 6) != 0) {
		foreign++;
		return;
	}
	memcpy(&n, p + 14, 8);
	if (to->given && n >= to->given && n < to->next)
		return;
	if (memcmp(p, to->mac, 6) != 0 || n < to->next || n >= from->sent) {
		bad(to, n, "not expected");
		return;
	}
	lost += n - to->next;
	to->next = n + 1;
	to->given = 0;
	for (i = HEADER; i < len && p[i] == octet_of(n, i); i++)
		;
	if (len != length_of(n) || i != len)
		bad(to, n, "altered");
	frames++;
	octets += len;
}

static unsigned int receive_all(struct side *to, const struct side *from)
{
	struct iovec iov[MAX_PIECES];
	struct svnic_meta meta;
	unsigned int nr = 0;
	int rc;

	while ((rc = svnic_rx_frame(to->vif, iov, MAX_PIECES, &meta)) > 0) {
		if (rc == 1)
			check(to, from, iov[0].iov_base,
			      (uint32_t)iov[0].iov_len);
		else
			foreign++;
		nr++;
	}
	if (rc < 0)
		bad(to, 0, "the ring is broken");
	if (nr) {
		svnic_rx_release(to->vif);
		svnic_kick(to->vif);
	}
	return nr;
}

/* One direction, and whether anything happened. */
static bool go_on(struct side *from, struct side *to, bool is_quiet)
{
	uint64_t before = to->next;

	if (is_quiet) {
		lost += from->sent - to->next;
		/* After another silence those of the first may still come. */
		if (to->given == 0)
			to->given = to->next;
		to->next = from->sent;
	}
	if (from->sent - to->next <= WINDOW / 2)
		send_some(from, to, WINDOW - (from->sent - to->next));
	receive_all(to, from);
	return to->next != before;
}

static void attach(struct side *s, const char *dir, const char *name)
{
	struct svnic_params params = { .name = name, .socket_dir = dir };
	int rc = svnic_open(&params, &s->vif);

	if (rc) {
		fprintf(stderr, "neighbours: VIF %s: %s\n", name,
			strerror(-rc));
		exit(2);
	}
	s->name = name;
	memcpy(s->mac, svnic_info(s->vif)->mac, 6);
}

int main(int argc, char **argv)
{
	uint64_t begin, end, busy, step, before = 0, worst = UINT64_MAX;
	bool any;

	if (argc != 5) {
		fprintf(stderr, "usage: neighbours DIR VIF VIF SECONDS\n");
		return 2;
	}
	attach(&side[0], argv[1], argv[2]);
	attach(&side[1], argv[1], argv[3]);
	begin = busy = step = now_ns();
	end = begin + (uint64_t)(atof(argv[4]) * 1e9);
	while (now_ns() < end) {
		bool is_quiet = now_ns() - busy > QUIET_NS;

		any = go_on(&side[0], &side[1], is_quiet);
		any |= go_on(&side[1], &side[0], is_quiet);
		if (any || is_quiet) {
			busy = now_ns();
		} else if (svnic_wait(side[0].vif, 1) == -ENOTCONN) {
			bad(&side[0], 0, "the VIF is gone");
			break;
		}
		if (busy - step > STEP_NS) {
			worst = frames - before < worst ? frames - before
							: worst;
			before = frames;
			step = busy;
		}
	}
	if (svnic_fault(side[0].vif) || svnic_fault(side[1].vif))
		bad(&side[0], 0, "a queue was stopped");
	printf("{\"seconds\": %.1f, \"frames\": %" PRIu64
	       ", \"octets\": %" PRIu64 ", \"lost\": %" PRIu64
	       ", \"foreign\": %" PRIu64 ", \"wrong\": %" PRIu64
	       ", \"worst_second\": %" PRIu64 "}\n",
	       (double)(now_ns() - begin) / 1e9, frames, octets, lost, foreign,
	       wrong, worst == UINT64_MAX ? frames : worst);
	svnic_close(side[0].vif);
	svnic_close(side[1].vif);
	return wrong || !frames;
}
