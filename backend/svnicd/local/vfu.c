// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of vfio-user over a UNIX stream socket.  The server is another
 * process of the administrator, yet every length that it sends is checked.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "vfu.h"

enum {
	CMD_VERSION = 1,
	CMD_DMA_MAP = 2,
	CMD_DMA_UNMAP = 3,
	CMD_REGION_INFO = 5,
	CMD_SET_IRQS = 8,
	CMD_REGION_READ = 9,
	CMD_REGION_WRITE = 10,
};

#define TYPE_MASK    0xfu
#define TYPE_REPLY   0x1u
#define FLAG_ERROR   0x20u
#define DMA_READ     0x1u
#define DMA_WRITE    0x2u
#define VERSION_ROOM 1024
#define ACCESS_MAX   64

struct header {
	uint16_t id;
	uint16_t command;
	uint32_t size;
	uint32_t flags;
	uint32_t error;
};
_Static_assert(sizeof(struct header) == 16, "vfio-user header");

struct version {
	uint16_t major;
	uint16_t minor;
};

struct dma_map {
	uint32_t argsz;
	uint32_t flags;
	uint64_t offset;
	uint64_t address;
	uint64_t size;
};
_Static_assert(sizeof(struct dma_map) == 32, "vfio-user DMA_MAP");

struct dma_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t address;
	uint64_t size;
};
_Static_assert(sizeof(struct dma_unmap) == 24, "vfio-user DMA_UNMAP");

struct region_access {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
};
_Static_assert(sizeof(struct region_access) == 16, "vfio-user REGION");

/* One command: two pieces out, two pieces in, a descriptor each way. */
struct exchange {
	uint16_t command;
	struct iovec out[2];
	struct iovec in[2];
	bool shorter; /* the last piece in may be shorter than its room */
	int fd_out;
	int fd_in;
};

union fd_space {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

/* The kernel fills what aligns the end, too. */
#define FDS_ROOM ((sizeof(union fd_space) - CMSG_LEN(0)) / sizeof(int))

int vfu_break(struct vfu *v)
{
	v->broken = true;
	shutdown(v->fd, SHUT_RDWR);
	return -ENODEV;
}

static int send_command(struct vfu *v, const struct exchange *x)
{
	struct header h = { .id = ++v->id, .command = x->command };
	struct iovec iov[3] = { { &h, sizeof(h) }, x->out[0], x->out[1] };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 3 };
	union fd_space space = { 0 };
	struct cmsghdr *cmsg;

	h.size = (uint32_t)(sizeof(h) + x->out[0].iov_len + x->out[1].iov_len);
	if (x->fd_out >= 0) {
		msg.msg_control = &space;
		msg.msg_controllen = sizeof(space);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &x->fd_out, sizeof(int));
	}
	if (sendmsg(v->fd, &msg, MSG_NOSIGNAL) != (ssize_t)h.size)
		return vfu_break(v);
	return 0;
}

/* The one descriptor of @msg, or -1; what is more, and so is wrong, is closed. */
static int take_fd(struct msghdr *msg)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	int fds[FDS_ROOM];
	size_t nr, i;

	if (!cmsg || cmsg->cmsg_level != SOL_SOCKET ||
	    cmsg->cmsg_type != SCM_RIGHTS)
		return -1;
	nr = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	if (nr > FDS_ROOM)
		nr = FDS_ROOM;
	memcpy(fds, CMSG_DATA(cmsg), nr * sizeof(int));
	for (i = 1; i < nr; i++)
		close(fds[i]);
	return nr ? fds[0] : -1;
}

/* The header comes with the message's descriptor, if it has one. */
static int receive_header(struct vfu *v, struct header *h, int *fd)
{
	struct iovec iov = { h, sizeof(*h) };
	union fd_space space = { 0 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &space,
			      .msg_controllen = sizeof(space) };
	ssize_t n;

	*fd = -1;
	n = recvmsg(v->fd, &msg, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	if (n >= 0)
		*fd = take_fd(&msg);
	return n == (ssize_t)sizeof(*h) ? 0 : vfu_break(v);
}

static int receive_piece(struct vfu *v, const struct iovec *iov)
{
	if (iov->iov_len == 0)
		return 0;
	if (recv(v->fd, iov->iov_base, iov->iov_len, MSG_WAITALL) !=
	    (ssize_t)iov->iov_len)
		return vfu_break(v);
	return 0;
}

static int receive_payload(struct vfu *v, struct exchange *x, size_t size)
{
	size_t room = x->in[0].iov_len + x->in[1].iov_len;

	if (size > room || size < x->in[0].iov_len ||
	    (size < room && !x->shorter))
		return vfu_break(v);
	x->in[1].iov_len = size - x->in[0].iov_len;
	if (receive_piece(v, &x->in[0]))
		return -ENODEV;
	return receive_piece(v, &x->in[1]);
}

static int server_error(uint32_t error)
{
	/* -ENODEV is ours, and a number that is no errno is not passed on. */
	if (error == 0 || error > 4095 || error == ENODEV)
		return -EIO;
	return -(int)error;
}

static int receive_reply(struct vfu *v, struct exchange *x)
{
	struct header h;
	int rc;

	rc = receive_header(v, &h, &x->fd_in);
	if (rc)
		goto out;
	if (h.id != v->id || h.command != x->command ||
	    (h.flags & TYPE_MASK) != TYPE_REPLY || h.size < sizeof(h))
		rc = vfu_break(v);
	else if (h.flags & FLAG_ERROR)
		rc = h.size == sizeof(h) ? server_error(h.error) : vfu_break(v);
	else
		rc = receive_payload(v, x, h.size - sizeof(h));
out:
	if (rc && x->fd_in >= 0) {
		close(x->fd_in);
		x->fd_in = -1;
	}
	return rc;
}

static int run(struct vfu *v, struct exchange *x)
{
	int rc;

	if (!vfu_is_up(v))
		return -ENODEV;
	rc = send_command(v, x);
	return rc ? rc : receive_reply(v, x);
}

/* As run(), for a command whose reply has no use for a descriptor. */
static int run_plain(struct vfu *v, struct exchange *x)
{
	int rc;

	x->fd_in = -1;
	rc = run(v, x);
	if (rc == 0 && x->fd_in >= 0)
		close(x->fd_in);
	return rc;
}

static int agree_version(struct vfu *v)
{
	static char capabilities[] =
		"{\"capabilities\":{\"max_msg_fds\":1,\"pgsizes\":4096,"
		"\"max_dma_maps\":65535}}";
	char answer[VERSION_ROOM];
	struct version mine = { 0, 0 }, its;
	struct exchange x = {
		.command = CMD_VERSION,
		.out = { { &mine, sizeof(mine) },
			 { capabilities, sizeof(capabilities) } },
		.in = { { &its, sizeof(its) }, { answer, sizeof(answer) } },
		.shorter = true,
		.fd_out = -1,
	};
	int rc = run_plain(v, &x);

	if (rc)
		return rc;
	return its.major == mine.major ? 0 : -EPROTONOSUPPORT;
}

int vfu_open(struct vfu *v, const char *path)
{
	const struct timeval patience = { .tv_sec = VFU_TIMEOUT_MS / 1000 };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int rc;

	v->fd = -1;
	v->broken = false;
	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	v->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (v->fd < 0)
		return -errno;
	if (setsockopt(v->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)) ||
	    setsockopt(v->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		       sizeof(patience)) ||
	    connect(v->fd, (const struct sockaddr *)&addr, sizeof(addr))) {
		rc = -errno;
		vfu_close(v);
		return rc;
	}
	rc = agree_version(v);
	if (rc)
		vfu_close(v);
	return rc;
}

void vfu_close(struct vfu *v)
{
	if (v->fd >= 0)
		close(v->fd);
	v->fd = -1;
	v->broken = false;
}

int vfu_region_info(struct vfu *v, uint32_t index,
		    struct vfio_region_info *info, int *fd)
{
	struct vfio_region_info ask = { .argsz = sizeof(ask), .index = index };
	struct vfio_region_info got;
	struct exchange x = {
		.command = CMD_REGION_INFO,
		.out = { { &ask, sizeof(ask) } },
		.in = { { &got, sizeof(got) } },
		.fd_out = -1,
	};
	int rc = run(v, &x);

	if (rc)
		return rc;
	*info = got;
	*fd = x.fd_in;
	return 0;
}

int vfu_read(struct vfu *v, uint32_t region, uint64_t offset, void *data,
	     uint32_t len)
{
	struct region_access ask = { offset, region, len }, got;
	char copy[ACCESS_MAX];
	struct exchange x = {
		.command = CMD_REGION_READ,
		.out = { { &ask, sizeof(ask) } },
		.in = { { &got, sizeof(got) }, { copy, len } },
		.fd_out = -1,
	};
	int rc;

	if (len > sizeof(copy))
		return -EINVAL;
	rc = run_plain(v, &x);
	if (rc == 0)
		memcpy(data, copy, len);
	return rc;
}

int vfu_write(struct vfu *v, uint32_t region, uint64_t offset, const void *data,
	      uint32_t len)
{
	struct region_access ask = { offset, region, len }, got;
	char copy[ACCESS_MAX];
	struct exchange x = {
		.command = CMD_REGION_WRITE,
		.out = { { &ask, sizeof(ask) }, { copy, len } },
		.in = { { &got, sizeof(got) } },
		.fd_out = -1,
	};

	if (len > sizeof(copy))
		return -EINVAL;
	memcpy(copy, data, len);
	return run_plain(v, &x);
}

int vfu_dma_map(struct vfu *v, int fd, uint64_t address, uint64_t size)
{
	struct dma_map map = { .argsz = sizeof(map),
			       .flags = DMA_READ | DMA_WRITE,
			       .address = address,
			       .size = size };
	struct exchange x = {
		.command = CMD_DMA_MAP,
		.out = { { &map, sizeof(map) } },
		.fd_out = fd,
	};

	return run_plain(v, &x);
}

int vfu_dma_unmap(struct vfu *v, uint64_t address, uint64_t size)
{
	struct dma_unmap unmap = { .argsz = sizeof(unmap),
				   .address = address,
				   .size = size };
	struct dma_unmap done;
	struct exchange x = {
		.command = CMD_DMA_UNMAP,
		.out = { { &unmap, sizeof(unmap) } },
		.in = { { &done, sizeof(done) } },
		.fd_out = -1,
	};

	return run_plain(v, &x);
}

int vfu_set_irq(struct vfu *v, uint32_t index, uint32_t start, int fd)
{
	struct vfio_irq_set set = {
		.argsz = sizeof(set),
		.flags =
			VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = index,
		.start = start,
		.count = 1,
	};
	struct exchange x = {
		.command = CMD_SET_IRQS,
		.out = { { &set, sizeof(set) } },
		.fd_out = fd,
	};

	return run_plain(v, &x);
}
