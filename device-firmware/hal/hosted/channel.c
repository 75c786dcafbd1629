/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sending and receiving of channel messages, whole or not at all.  It knows
 * nothing of what they mean.  Called by supervise.c and agent.c.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"

union control {
	struct cmsghdr align;
	uint8_t space[CMSG_SPACE(sizeof(int))];
};

bool channel_is_asked_again(uint32_t op)
{
	switch (op) {
	case CHANNEL_GONE:
	case CHANNEL_RAISE:
	case CHANNEL_PENDING:
	case CHANNEL_READ:
	case CHANNEL_WRITE:
	case CHANNEL_RESET:
		return true;
	default:
		return false;
	}
}

int channel_pair(int fd[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0)
		return -errno;
	return 0;
}

int channel_send(int channel, const struct channel_msg *msg, int fd)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)msg,
			     .iov_len = sizeof(*msg) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;
	ssize_t n;

	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
		m.msg_control = control.space;
		m.msg_controllen = sizeof(control.space);
	}
	do {
		n = sendmsg(channel, &m, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* Wait for something to read: 1, 0 when the time is over, or -errno. */
static int channel_wait(int channel, int wait_ms)
{
	struct pollfd p = { .fd = channel, .events = POLLIN };
	int n = poll(&p, 1, wait_ms);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n;
}

static int take_fd(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	int fd;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

int channel_receive(int channel, struct channel_msg *msg, int *fd, int wait_ms)
{
	struct iovec iov = { .iov_base = msg, .iov_len = sizeof(*msg) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;
	ssize_t n;
	int ret;

	*fd = -1;
	ret = wait_ms ? channel_wait(channel, wait_ms) : 1;
	if (ret <= 0)
		return ret;
	m.msg_control = control.space;
	m.msg_controllen = sizeof(control.space);
	n = recvmsg(channel, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -ECONNRESET;
	*fd = take_fd(&m);
	if (n == sizeof(*msg) && !(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return 1;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return -EPROTO;
}
