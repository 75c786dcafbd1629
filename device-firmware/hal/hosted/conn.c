/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Framing of vfio-user messages.  A message is read in two pieces, header and
 * rest, so that descriptors, which come with the first octet, never belong to
 * the message after it.  Called by link.c, server.c and command.c.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"

void conn_init(struct conn *c)
{
	c->fd = -1;
	c->in_len = 0;
	c->out_len = 0;
	c->out_done = 0;
	c->out_fd = -1;
	c->nr_fds = 0;
}

void conn_open(struct conn *c, int fd)
{
	conn_init(c);
	c->fd = fd;
}

void conn_next(struct conn *c)
{
	unsigned int i;

	for (i = 0; i < c->nr_fds; i++) {
		if (c->fds[i] >= 0)
			close(c->fds[i]);
	}
	c->nr_fds = 0;
	c->in_len = 0;
}

void conn_close(struct conn *c)
{
	conn_next(c);
	if (c->fd >= 0)
		close(c->fd);
	conn_init(c);
}

int conn_take_fd(struct conn *c, unsigned int i)
{
	int fd;

	if (i >= c->nr_fds)
		return -1;
	fd = c->fds[i];
	c->fds[i] = -1;
	return fd;
}

/* Keep the descriptors of one control message; close what is too many. */
static bool conn_keep_fds(struct conn *c, struct cmsghdr *cmsg)
{
	size_t nr = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	bool fit = true;
	size_t i;

	for (i = 0; i < nr; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd), sizeof(fd));
		if (c->nr_fds < CONN_FDS_MAX) {
			c->fds[c->nr_fds++] = fd;
		} else {
			close(fd);
			fit = false;
		}
	}
	return fit;
}

/* Read up to @want octets: how many, or -errno. */
static ssize_t conn_read(struct conn *c, size_t want)
{
	union {
		struct cmsghdr align;
		uint8_t space[CMSG_SPACE(CONN_FDS_MAX * sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = c->in + c->in_len, .iov_len = want };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;
	bool fit = true;
	ssize_t n;

	msg.msg_control = control.space;
	msg.msg_controllen = sizeof(control.space);
	n = recvmsg(c->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return -errno;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		if (cmsg->cmsg_level == SOL_SOCKET &&
		    cmsg->cmsg_type == SCM_RIGHTS)
			fit = conn_keep_fds(c, cmsg) && fit;
	}
	if (!fit || msg.msg_flags & MSG_CTRUNC)
		return -EMFILE;
	return n ? n : -ECONNRESET;
}

/* Octets until the message is whole, 0 when it is, or -EPROTO. */
static ssize_t conn_missing(const struct conn *c)
{
	struct vfu_header h;

	if (c->in_len < sizeof(h))
		return (ssize_t)(sizeof(h) - c->in_len);
	memcpy(&h, c->in, sizeof(h));
	if (h.size < sizeof(h) || h.size > CONN_MSG_MAX)
		return -EPROTO;
	return (ssize_t)(h.size - c->in_len);
}

int conn_receive(struct conn *c)
{
	for (;;) {
		ssize_t n = conn_missing(c);

		if (n == 0)
			return 1;
		if (n > 0)
			n = conn_read(c, (size_t)n);
		if (n == -EAGAIN || n == -EINTR)
			return 0;
		if (n < 0)
			return (int)n;
		c->in_len += (size_t)n;
	}
}

int conn_flush(struct conn *c)
{
	union {
		struct cmsghdr align;
		uint8_t space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = c->out + c->out_done,
			     .iov_len = c->out_len - c->out_done };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (c->out_len == 0)
		return 1;
	if (c->out_fd >= 0 && c->out_done == 0) {
		memset(&control, 0, sizeof(control));
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.align), &c->out_fd, sizeof(int));
		msg.msg_control = control.space;
		msg.msg_controllen = sizeof(control.space);
	}
	n = sendmsg(c->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	c->out_done += (size_t)n;
	if (c->out_done < c->out_len)
		return 0;
	c->out_len = 0;
	c->out_done = 0;
	c->out_fd = -1;
	return 1;
}
