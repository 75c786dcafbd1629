// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How a queue pair comes to be: memory in a memfd, the conversation with
 * svnicd over the tenant's socket (abi.md 8), the doorbell page, and the end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <svnic/control.h>
#include "private.h"

#define TX_ORDER       8
#define RX_ORDER       9
#define ANSWER_SECONDS 5

struct attach_answer {
	struct svnic_ctrl_rsp rsp;
	struct svnic_tenant_info info;
} __attribute__((packed));

union fd_space {
	struct cmsghdr align;
	char room[CMSG_SPACE(2 * sizeof(int))];
};

static int socket_connect(const struct svnic_params *params)
{
	const struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *dir = params->socket_dir;
	int fd, n;

	n = snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/%s.sock",
		     dir ? dir : SVNIC_TENANT_DIR, params->name);
	if (n < 0 || (size_t)n >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		       sizeof(patience)) ||
	    connect(fd, (const struct sockaddr *)&addr, sizeof(addr))) {
		n = -errno;
		close(fd);
		return n;
	}
	return fd;
}

/*
 * The whole area of the queue pair and its buffers, sealed against shrinking
 * so that no party can make another one's access fault.
 */
static int memory_create(struct svnic *v)
{
	struct svnic_area area = svnic_area(v->tx_order, v->rx_order);
	size_t tx_pages = (size_t)1 << v->tx_order;
	size_t rx_pages = (size_t)1 << v->rx_order;

	v->tx_page = area.pages;
	v->rx_page = area.pages + (uint32_t)tx_pages;
	v->size = (area.pages + tx_pages + rx_pages) * SVNIC_PAGE_SIZE;
	v->memfd = memfd_create("svnic-vif", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (v->memfd < 0)
		return -errno;
	if (ftruncate(v->memfd, (off_t)v->size) ||
	    fcntl(v->memfd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW))
		return -errno;
	v->memory = mmap(NULL, v->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 v->memfd, 0);
	if (v->memory == MAP_FAILED) {
		v->memory = NULL;
		return -errno;
	}
	v->tx_memory = (unsigned char *)v->memory +
		       (size_t)v->tx_page * SVNIC_PAGE_SIZE;
	v->rx_memory = (unsigned char *)v->memory +
		       (size_t)v->rx_page * SVNIC_PAGE_SIZE;
	return 0;
}

static int send_request(struct svnic *v, uint16_t type, const uint32_t data[3],
			int fd)
{
	struct svnic_ctrl_req req = { .type = svnic_le16(type) };
	struct iovec iov = { .iov_base = &req, .iov_len = sizeof(req) };
	union fd_space space = { 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;
	int i;

	req.id = svnic_le16(++v->id);
	for (i = 0; i < 3; i++)
		req.data[i] = svnic_le32(data[i]);
	if (fd >= 0) {
		msg.msg_control = &space;
		msg.msg_controllen = CMSG_SPACE(sizeof(fd));
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	}
	return sendmsg(v->control, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* The descriptors of a message, up to two; further ones are closed. */
static int take_fds(struct msghdr *msg, int fds[2])
{
	struct cmsghdr *cmsg;
	int nr = 0, fd;
	size_t i, n;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(fd);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd),
			       sizeof(fd));
			if (nr < 2)
				fds[nr++] = fd;
			else
				close(fd);
		}
	}
	return nr;
}

static int status_error(uint32_t status)
{
	switch (status) {
	case SVNIC_CTRL_OK:
		return 0;
	case SVNIC_CTRL_NOT_SUPPORTED:
		return -EPROTO;
	case SVNIC_CTRL_OVERFLOW:
		return -ENOSPC;
	default:
		return -EPERM;
	}
}

/* @answer: at least a struct svnic_ctrl_rsp of @len octets in all. */
static int receive_answer(struct svnic *v, void *answer, size_t len, int *fds)
{
	struct svnic_ctrl_rsp *rsp = answer;
	struct iovec iov = { .iov_base = answer, .iov_len = len };
	union fd_space space = { 0 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &space,
			      .msg_controllen = sizeof(space) };
	int got[2] = { -1, -1 };
	ssize_t n;
	int rc;

	n = recvmsg(v->control, &msg, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	if (n == 0)
		return -ECONNRESET;
	rc = take_fds(&msg, got);
	if ((size_t)n < sizeof(*rsp) || svnic_cpu16(rsp->id) != v->id)
		rc = -EPROTO;
	else if (rsp->status != SVNIC_CTRL_OK)
		rc = status_error(svnic_cpu32(rsp->status));
	else if ((size_t)n != len || (fds && rc != 2))
		rc = -EPROTO;
	else
		rc = 0;
	if (rc == 0 && fds) {
		fds[0] = got[0];
		fds[1] = got[1];
		return 0;
	}
	if (got[0] >= 0)
		close(got[0]);
	if (got[1] >= 0)
		close(got[1]);
	return rc;
}

static int request(struct svnic *v, uint16_t type, uint32_t d0, uint32_t d1,
		   uint32_t d2)
{
	const uint32_t data[3] = { d0, d1, d2 };
	struct svnic_ctrl_rsp rsp;
	int rc;

	rc = send_request(v, type, data, -1);
	return rc ? rc : receive_answer(v, &rsp, sizeof(rsp), NULL);
}

static int attach(struct svnic *v)
{
	const uint32_t data[3] = { (uint32_t)(v->size / SVNIC_PAGE_SIZE) };
	struct attach_answer answer;
	int fds[2] = { -1, -1 };
	int rc;

	rc = send_request(v, SVNIC_CTRL_ATTACH, data, v->memfd);
	if (rc == 0)
		rc = receive_answer(v, &answer, sizeof(answer), fds);
	if (rc)
		return rc;
	v->event = fds[1];
	v->info = answer.info;
	if (svnic_cpu32(v->info.version) >> 16 != SVNIC_ABI_MAJOR) {
		close(fds[0]);
		return -EPROTO;
	}
	v->doorbell =
		mmap(NULL, SVNIC_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		     fds[0], (off_t)svnic_cpu64(v->info.doorbell));
	rc = v->doorbell == MAP_FAILED ? -errno : 0;
	close(fds[0]);
	if (rc) {
		v->doorbell = NULL;
		return rc;
	}
	v->kick = svnic_peek32(&v->doorbell->kick);
	v->reset = svnic_peek32(&v->doorbell->reset);
	return fcntl(v->event, F_SETFL, O_NONBLOCK) ? -errno : 0;
}

static int queue_start(struct svnic *v)
{
	int rc;

	svnic_queue_setup(v);
	rc = request(v, SVNIC_CTRL_HELLO, SVNIC_ABI_VERSION, 0, 0);
	if (rc == 0)
		rc = request(v, SVNIC_CTRL_QUEUE_START,
			     v->tx_order << 8 | v->rx_order << 16, 0, 0);
	if (rc == 0)
		svnic_queue_fill(v);
	return rc;
}

static unsigned int order_or(unsigned int order, unsigned int otherwise)
{
	return order ? order : otherwise;
}

int svnic_open(const struct svnic_params *params, struct svnic **svnic)
{
	struct svnic *v;
	int rc;

	v = calloc(1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	v->memfd = v->event = -1;
	v->tx_order = order_or(params->tx_order, TX_ORDER);
	v->rx_order = order_or(params->rx_order, RX_ORDER);
	v->control = socket_connect(params);
	rc = v->control < 0 ? v->control : 0;
	if (rc == 0 &&
	    (v->tx_order > SVNIC_MAX_ORDER || v->rx_order > SVNIC_MAX_ORDER ||
	     v->tx_order < SVNIC_MIN_ORDER || v->rx_order < SVNIC_MIN_ORDER))
		rc = -EINVAL;
	if (rc == 0)
		rc = memory_create(v);
	if (rc == 0)
		rc = attach(v);
	if (rc == 0)
		rc = queue_start(v);
	if (rc) {
		svnic_close(v);
		return rc;
	}
	*svnic = v;
	return 0;
}

void svnic_close(struct svnic *v)
{
	if (!v)
		return;
	/* svnicd stops the queue when the connection ends. */
	if (v->control >= 0)
		close(v->control);
	if (v->event >= 0)
		close(v->event);
	if (v->memfd >= 0)
		close(v->memfd);
	if (v->doorbell)
		munmap(v->doorbell, SVNIC_PAGE_SIZE);
	if (v->memory)
		munmap(v->memory, v->size);
	free(v);
}

const struct svnic_tenant_info *svnic_info(const struct svnic *v)
{
	return &v->info;
}

int svnic_event_fd(const struct svnic *v)
{
	return v->event;
}

int svnic_control_fd(const struct svnic *v)
{
	return v->control;
}
