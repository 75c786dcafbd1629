// SPDX-License-Identifier: GPL-2.0-only
/* rigexec's role beside the mux: one command, or none. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"
#include "rigexec.h"

static int run_status = -1;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run_frame(void *ctx, char type, unsigned int id, char *data,
		      size_t size)
{
	bool *hello = ctx;

	(void)id;
	if (type == FRAME_HELLO)
		*hello = true;
	if (type == FRAME_OUT && fwrite(data, 1, size, stdout) != size)
		exit(RIGEXEC_GONE);
	if (type == FRAME_ERR)
		fwrite(data, 1, size, stderr);
	if (type == FRAME_EXIT) {
		data[size] = 0;
		run_status = atoi(data);
	}
}

static int run_connect(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		fail("cannot reach the guest by %s: %s", path, strerror(errno));
	return fd;
}

static void run_request(struct buf *out, char **argv)
{
	struct buf args = { 0 };

	for (; *argv; argv++)
		buf_add(&args, *argv, strlen(*argv) + 1);
	frame_add(out, FRAME_RUN, 0, args.data, args.size);
	buf_free(&args);
}

int run(const char *path, char **argv, double seconds)
{
	int fd = run_connect(path), in_fd = argv ? 0 : -1;
	double end = now() + seconds;
	struct buf in = { 0 }, out = { 0 };
	bool hello = false;

	signal(SIGPIPE, SIG_IGN);
	frame_add(&out, FRAME_HELLO, 0, "", 0);
	while (run_status < 0) {
		struct pollfd p[2] = {
			{ .fd = fd, .events = POLLIN },
			{ .fd = hello ? in_fd : -1, .events = POLLIN },
		};
		double left = end - now();

		if (!buf_flush(&out, fd))
			fail("the guest went away");
		if (seconds > 0 && left <= 0) {
			fflush(stdout);
			fprintf(stderr, "rigexec: no %s after %g s\n",
				hello ? "end" : "answer from the guest's agent",
				seconds);
			return RIGEXEC_TIMEOUT;
		}
		poll(p, 2, seconds > 0 ? (int)(left * 1000) + 1 : -1);
		if (p[0].revents) {
			bool had = hello;

			if (!buf_fill(&in, fd))
				fail("the guest went away");
			frame_parse(&in, run_frame, &hello, NULL);
			if (hello && !argv)
				return 0;
			if (hello && !had)
				run_request(&out, argv);
		}
		if (p[1].revents) {
			char tmp[RIGEXEC_CHUNK];
			ssize_t n = read(in_fd, tmp, sizeof(tmp));

			if (n > 0) {
				frame_add(&out, FRAME_IN, 0, tmp, (size_t)n);
			} else {
				frame_add(&out, FRAME_EOF, 0, "", 0);
				in_fd = -1;
			}
		}
	}
	fflush(stdout);
	return run_status;
}
