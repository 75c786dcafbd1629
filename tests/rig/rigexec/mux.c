// SPDX-License-Identifier: GPL-2.0-only
/*
 * rigexec's role between a guest's console and those who want something of its
 * agent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "frame.h"
#include "rigexec.h"

struct client {
	int fd; /* -1: free */
	unsigned int id;
	struct buf in, out;
};

static struct client clients[RIGEXEC_SLOTS];
static struct buf mux_tty;
static FILE *mux_log;
static bool mux_hello;

static void mux_text(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (text[i] != '\r')
			fputc(text[i], mux_log);
	fflush(mux_log);
}

/* From the guest: to the client that the id names. */
static void mux_from_guest(void *ctx, char type, unsigned int id, char *data,
			   size_t size)
{
	int i;

	(void)ctx;
	if (type == FRAME_LOG)
		mux_text(data, size);
	if (type == FRAME_HELLO)
		mux_hello = true;
	for (i = 0; i < RIGEXEC_SLOTS; i++) {
		struct client *c = &clients[i];

		if (c->fd >= 0 && (c->id == id || type == FRAME_HELLO))
			frame_add(&c->out, type, c->id, data, size);
	}
}

/* From a client: to the guest, under the id that the mux chose. */
static void mux_from_client(void *ctx, char type, unsigned int id, char *data,
			    size_t size)
{
	struct client *c = ctx;

	(void)id;
	if (type != FRAME_HELLO)
		frame_add(&mux_tty, type, c->id, data, size);
	else if (mux_hello)
		frame_add(&c->out, FRAME_HELLO, c->id, "", 0);
}

static void mux_accept(int listener)
{
	static unsigned int next_id;
	int i, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	for (i = 0; fd >= 0 && i < RIGEXEC_SLOTS; i++)
		if (clients[i].fd < 0) {
			clients[i].fd = fd;
			clients[i].id = ++next_id;
			return;
		}
	if (fd >= 0)
		close(fd);
}

static void mux_close(struct client *c)
{
	/* A client that leaves early takes its command with it. */
	frame_add(&mux_tty, FRAME_KILL, c->id, "", 0);
	close(c->fd);
	buf_free(&c->in);
	buf_free(&c->out);
	c->fd = -1;
}

static int mux_listen(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    listen(fd, 16))
		fail("cannot listen on %s: %s", path, strerror(errno));
	return fd;
}

int mux(const char *path, const char *sock, const char *log)
{
	struct pollfd p[2 + RIGEXEC_SLOTS];
	struct buf in = { 0 };
	int tty, listener, i;

	signal(SIGPIPE, SIG_IGN);
	tty = tty_open(path);
	listener = mux_listen(sock);
	mux_log = fopen(log, "a");
	if (!mux_log)
		fail("cannot write %s: %s", log, strerror(errno));
	for (i = 0; i < RIGEXEC_SLOTS; i++)
		clients[i].fd = -1;
	if (daemon(0, 0))
		fail("daemon: %s", strerror(errno));
	/* An agent that was there before this mux answers at once. */
	frame_add(&mux_tty, FRAME_HELLO, 0, "", 0);
	for (;;) {
		p[0] = (struct pollfd) { .fd = tty, .events = POLLIN };
		if (mux_tty.size)
			p[0].events |= POLLOUT;
		p[1] = (struct pollfd) { .fd = listener, .events = POLLIN };
		for (i = 0; i < RIGEXEC_SLOTS; i++) {
			p[2 + i].fd = clients[i].fd;
			p[2 + i].events = POLLIN;
			if (clients[i].out.size)
				p[2 + i].events |= POLLOUT;
		}
		poll(p, 2 + RIGEXEC_SLOTS, -1);
		for (i = 0; i < RIGEXEC_SLOTS; i++) {
			struct client *c = &clients[i];

			if (c->fd < 0 || p[2 + i].fd < 0 || !p[2 + i].revents)
				continue;
			if (p[2 + i].revents & (POLLIN | POLLHUP) &&
			    !buf_fill(&c->in, c->fd)) {
				mux_close(c);
				continue;
			}
			frame_parse(&c->in, mux_from_client, c, NULL);
		}
		if (p[0].revents & (POLLIN | POLLHUP | POLLERR) &&
		    !buf_fill(&in, tty))
			break;
		frame_parse(&in, mux_from_guest, NULL, mux_text);
		if (p[1].revents)
			mux_accept(listener);
		buf_flush(&mux_tty, tty);
		for (i = 0; i < RIGEXEC_SLOTS; i++)
			if (clients[i].fd >= 0 &&
			    !buf_flush(&clients[i].out, clients[i].fd))
				mux_close(&clients[i]);
	}
	unlink(sock);
	return 0;
}
