/* SPDX-License-Identifier: GPL-2.0-only */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vfu_client.h"

#define CLIENT_ID 0x4711

void client_connect(struct vfu_client *c)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       pair) < 0)
		abort();
	c->fd = pair[0];
	link_connect(&c->link, pair[1]);
}

void client_prepare_owner(struct vfu_client *c, bool persist,
			  struct remote *remote)
{
	struct link_config config = { .persist = persist };

	memset(c, 0, sizeof(*c));
	c->reply_fd = -1;
	c->fd = -1;
	if (link_init(&c->link, 0, &c->core, remote, &config) < 0)
		abort();
}

void client_init(struct vfu_client *c, bool persist)
{
	client_prepare_owner(c, persist, NULL);
	client_connect(c);
}

static void client_drop_fd(struct vfu_client *c)
{
	if (c->reply_fd >= 0)
		close(c->reply_fd);
	c->reply_fd = -1;
}

void client_fini(struct vfu_client *c)
{
	client_drop_fd(c);
	if (c->fd >= 0)
		close(c->fd);
	link_fini(&c->link);
}

void client_send(struct vfu_client *c, const void *data, size_t len,
		 const int *fds, unsigned int nr_fds)
{
	union {
		struct cmsghdr align;
		uint8_t space[CMSG_SPACE(CONN_FDS_MAX * sizeof(int))];
	} control;
	struct iovec iov = { (void *)(uintptr_t)data, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (nr_fds > 0) {
		memset(&control, 0, sizeof(control));
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(nr_fds * sizeof(int));
		memcpy(CMSG_DATA(&control.align), fds, nr_fds * sizeof(int));
		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(nr_fds * sizeof(int));
	}
	while (iov.iov_len > 0) {
		ssize_t n = sendmsg(c->fd, &msg, MSG_NOSIGNAL);

		if (n < 0)
			break; /* The link has closed it, or reads no more. */
		iov.iov_base = (uint8_t *)iov.iov_base + n;
		iov.iov_len -= (size_t)n;
		msg.msg_control = NULL;
		msg.msg_controllen = 0;
		link_serve(&c->link);
	}
	link_serve(&c->link);
}

static ssize_t client_recv(struct vfu_client *c, void *data, size_t len)
{
	union {
		struct cmsghdr align;
		uint8_t space[CMSG_SPACE(4 * sizeof(int))];
	} control;
	struct iovec iov = { data, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;
	ssize_t n;

	msg.msg_control = control.space;
	msg.msg_controllen = sizeof(control.space);
	n = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC);
	if (n <= 0)
		return n;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_type == SCM_RIGHTS)
		memcpy(&c->reply_fd, CMSG_DATA(cmsg), sizeof(c->reply_fd));
	return n;
}

int client_receive(struct vfu_client *c)
{
	size_t want, got = 0;
	ssize_t n;

	client_drop_fd(c);
	n = client_recv(c, &c->header, sizeof(c->header));
	if (n <= 0)
		return n < 0 ? 0 : -1;
	if (n != sizeof(c->header) || c->header.size < sizeof(c->header) ||
	    c->header.size > CONN_MSG_MAX)
		abort();
	want = c->header.size - sizeof(c->header);
	while (got < want) {
		n = client_recv(c, c->data + got, want - got);
		if (n == 0)
			return -1;
		if (n < 0)
			link_serve(&c->link);
		else
			got += (size_t)n;
	}
	c->len = want;
	return 1;
}

int client_call(struct vfu_client *c, uint16_t command, const void *data,
		size_t len, const int *fds, unsigned int nr_fds)
{
	static uint8_t out[CONN_MSG_MAX];
	struct vfu_header h = {
		.id = CLIENT_ID,
		.command = command,
		.size = (uint32_t)(sizeof(h) + len),
	};

	memcpy(out, &h, sizeof(h));
	if (len)
		memcpy(out + sizeof(h), data, len);
	client_send(c, out, h.size, fds, nr_fds);
	if (client_receive(c) != 1)
		return -1;
	if (c->header.id != CLIENT_ID || c->header.command != command ||
	    (c->header.flags & 0xf) != VFU_TYPE_REPLY)
		abort();
	return c->header.flags & VFU_ERROR ? (int)c->header.error : 0;
}

int client_version(struct vfu_client *c)
{
	static const char text[] =
		"\0\0\0\0{\"capabilities\":{\"max_msg_fds\":8}}";

	return client_call(c, VFU_VERSION, text, sizeof(text), NULL, 0);
}

int client_map(struct vfu_client *c, uint64_t addr, uint64_t size, int fd,
	       uint64_t offset)
{
	struct vfu_dma_map m = {
		.argsz = sizeof(m),
		.flags = DMA_READ | DMA_WRITE,
		.offset = offset,
		.addr = addr,
		.size = size,
	};

	return client_call(c, VFU_DMA_MAP, &m, sizeof(m), &fd, fd >= 0);
}

int client_set_irqs(struct vfu_client *c, uint32_t index, uint32_t flags,
		    uint32_t start, uint32_t count, const int *fds,
		    unsigned int nr_fds)
{
	struct vfu_irq_set m = { sizeof(m), flags, index, start, count };

	return client_call(c, VFU_DEVICE_SET_IRQS, &m, sizeof(m), fds, nr_fds);
}

int client_read(struct vfu_client *c, uint32_t region, uint64_t offset,
		uint32_t count)
{
	struct vfu_region_access a = { offset, region, count };

	return client_call(c, VFU_REGION_READ, &a, sizeof(a), NULL, 0);
}

int client_write(struct vfu_client *c, uint32_t region, uint64_t offset,
		 uint32_t count, const void *data)
{
	struct vfu_region_access a = { offset, region, count };
	uint8_t m[sizeof(a) + 64];

	memcpy(m, &a, sizeof(a));
	memcpy(m + sizeof(a), data, count);
	return client_call(c, VFU_REGION_WRITE, m, sizeof(a) + count, NULL, 0);
}

unsigned int count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}
