// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tenant's socket: one process at a time, one datagram per message
 * (abi.h 8).  ATTACH is answered here; all other messages are the daemon's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <event2/event.h>
#include <svnic/order.h>
#include "local.h"
#include "log.h"

#define DEAF_US 200000

union fd_space {
	struct cmsghdr align;
	char room[CMSG_SPACE(2 * sizeof(int))];
};

static void on_message(evutil_socket_t fd, short what, void *arg);

static void on_hearing(evutil_socket_t fd, short what, void *arg)
{
	struct tenant *t = arg;

	(void)fd;
	(void)what;
	event_add(t->listener, NULL);
}

static void on_connection(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval later = { .tv_usec = DEAF_US };
	struct tenant *t = arg;
	int client;

	(void)what;
	client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client < 0) {
		/* Without descriptors it would be told of again at once. */
		if (errno != EAGAIN && evtimer_add(t->deaf, &later) == 0)
			event_del(t->listener);
		return;
	}
	/* Who is turned away comes again; svnicd keeps no queue of them. */
	if (!t->offered || t->client_fd >= 0) {
		close(client);
		return;
	}
	t->client = event_new(t->p->base, client, EV_READ | EV_PERSIST,
			      on_message, t);
	if (!t->client) {
		close(client);
		return;
	}
	t->client_fd = client;
	event_add(t->client, NULL);
}

static int socket_address(const struct tenant *t, struct sockaddr_un *addr)
{
	int n;

	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	n = snprintf(addr->sun_path, sizeof(addr->sun_path), "%s/%s.sock",
		     t->p->settings.tenants, t->name);
	return n < 0 || (size_t)n >= sizeof(addr->sun_path) ? -ENAMETOOLONG : 0;
}

int client_listen(struct tenant *t)
{
	struct sockaddr_un addr;
	int fd, rc;

	rc = socket_address(t, &addr);
	if (rc)
		return rc;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* An earlier daemon's. */
	unlink(addr.sun_path);
	if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) ||
	    chmod(addr.sun_path, 0600) || listen(fd, 4)) {
		rc = -errno;
		goto err_close;
	}
	t->listener = event_new(t->p->base, fd, EV_READ | EV_PERSIST,
				on_connection, t);
	t->deaf = evtimer_new(t->p->base, on_hearing, t);
	rc = t->listener && t->deaf ? 0 : -ENOMEM;
	if (rc)
		goto err_free;
	event_add(t->listener, NULL);
	t->listen_fd = fd;
	return 0;

err_free:
	if (t->listener)
		event_free(t->listener);
	if (t->deaf)
		event_free(t->deaf);
	unlink(addr.sun_path);
err_close:
	close(fd);
	return rc;
}

void client_unlisten(struct tenant *t)
{
	struct sockaddr_un addr;

	if (t->listen_fd < 0)
		return;
	event_free(t->listener);
	event_free(t->deaf);
	close(t->listen_fd);
	t->listen_fd = -1;
	if (socket_address(t, &addr) == 0)
		unlink(addr.sun_path);
}

void client_unshare(struct tenant *t)
{
	struct platform *p = t->p;
	unsigned int nr = t->offer.nr, queue;
	uint32_t done;

	if (!t->shared)
		return;
	t->shared = false;
	for (queue = 0; t->queues; queue++) {
		if (t->queues & 1u << queue)
			(void)local_command(p, SVNIC_OP_QUEUE_STOP, nr, queue);
		t->queues &= ~(1u << queue);
	}
	(void)card_guest_irq(&p->card, nr, -1);
	(void)card_pages_unmap(&p->card, nr, 0, t->nr_pages, &done);
	card_unshare(&p->card, t->address,
		     (uint64_t)t->nr_pages * SVNIC_PAGE_SIZE);
}

/* No tenant may make the card's access fault by shrinking its file. */
static int check_memory(int fd, uint32_t pages)
{
	struct stat st;
	int seals;

	(void)fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL);
	seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(fd, &st))
		return -EINVAL;
	if (st.st_size < 0 ||
	    (uint64_t)st.st_size < (uint64_t)pages * SVNIC_PAGE_SIZE)
		return -EINVAL;
	return 0;
}

/* *@event: the descriptor that wakes the client. */
static int share(struct tenant *t, int memfd, uint32_t pages, int *event)
{
	struct card *card = &t->p->card;
	uint64_t size = (uint64_t)pages * SVNIC_PAGE_SIZE;
	int fd, rc;

	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	rc = card_share(card, memfd, size, &t->address);
	if (rc)
		goto err_close;
	rc = card_pages_map(card, t->offer.nr, 0, pages, t->address);
	if (rc)
		goto err_unshare;
	t->nr_pages = pages;
	t->shared = true;
	rc = card_guest_irq(card, t->offer.nr, fd);
	if (rc) {
		client_unshare(t);
		goto err_close;
	}
	*event = fd;
	return 0;

err_unshare:
	card_unshare(card, t->address, size);
err_close:
	close(fd);
	return rc;
}

static int answer(struct tenant *t, const struct iovec *iov, size_t nr_iov,
		  const int fds[2])
{
	struct msghdr msg = { .msg_iov = (struct iovec *)iov,
			      .msg_iovlen = nr_iov };
	union fd_space space = { 0 };
	struct cmsghdr *cmsg;

	if (fds) {
		msg.msg_control = &space;
		msg.msg_controllen = sizeof(space);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(2 * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, 2 * sizeof(int));
	}
	return sendmsg(t->client_fd, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int answer_attach(struct tenant *t, struct svnic_ctrl_rsp *rsp,
			 int event)
{
	const struct platform_offer *o = &t->offer;
	const struct card *card = &t->p->card;
	struct svnic_tenant_info info = {
		.version = svnic_le32(card->version),
		.features = svnic_le32(o->features),
		.doorbell = svnic_le64(card->doorbell_offset +
				       (uint64_t)o->nr * SVNIC_PAGE_SIZE),
		.vif = svnic_le16((uint16_t)o->nr),
		.mtu = svnic_le16(o->mtu),
	};
	const struct iovec iov[2] = { { rsp, sizeof(*rsp) },
				      { &info, sizeof(info) } };
	const int fds[2] = { card->doorbells, event };

	memcpy(info.mac, o->mac, sizeof(info.mac));
	return answer(t, iov, 2, fds);
}

static int attach(struct tenant *t, const struct svnic_ctrl_req *req, int memfd,
		  struct svnic_ctrl_rsp *rsp)
{
	uint32_t pages = svnic_cpu32(req->data[0]);
	int event = -1, rc;

	rsp->status = svnic_le32(SVNIC_CTRL_BAD_PARAMETER);
	if (t->shared || memfd < 0 || pages == 0 || pages > t->offer.max_pages)
		return -EINVAL;
	rc = check_memory(memfd, pages);
	if (rc)
		return rc;
	rc = share(t, memfd, pages, &event);
	if (rc) {
		if (rc == SVNIC_ST_NO_PAGES)
			rsp->status = svnic_le32(SVNIC_CTRL_OVERFLOW);
		return rc;
	}
	t->p->up->peer_state(t->vif, PEER_CONNECTED);
	/* It was the daemon's to say no. */
	if (!t->connected) {
		rc = -EPERM;
	} else {
		rsp->status = svnic_le32(SVNIC_CTRL_OK);
		rc = answer_attach(t, rsp, event);
	}
	close(event);
	return rc;
}

/* false: the client is to go. */
static bool handle(struct tenant *t, const struct svnic_ctrl_req *req,
		   int memfd)
{
	struct svnic_ctrl_rsp rsp = { .id = req->id, .type = req->type };
	const struct iovec iov = { &rsp, sizeof(rsp) };
	int rc;

	if (svnic_cpu16(req->type) == SVNIC_CTRL_ATTACH) {
		rc = attach(t, req, memfd, &rsp);
		if (rc == 0)
			return true;
		log_debug(LOCAL, "vif %s: a process could not attach: %d",
			  t->name, rc);
		if (t->client_fd >= 0)
			(void)answer(t, &iov, 1, NULL);
		return false;
	}
	if (!t->connected)
		return false;
	t->p->up->ctrl(t->vif, req, &rsp);
	return t->client_fd < 0 || answer(t, &iov, 1, NULL) == 0;
}

/* At most one descriptor is wanted; *@memfd: it, or -1. */
static ssize_t receive(int fd, struct svnic_ctrl_req *req, int *memfd)
{
	struct iovec iov = { req, sizeof(*req) };
	union fd_space space = { 0 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &space,
			      .msg_controllen = sizeof(space) };
	struct cmsghdr *cmsg;
	int fds[2] = { -1, -1 };
	size_t len = 0;
	ssize_t n;

	*memfd = -1;
	n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? -EAGAIN : -errno;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_level == SOL_SOCKET &&
	    cmsg->cmsg_type == SCM_RIGHTS)
		len = cmsg->cmsg_len - CMSG_LEN(0);
	if (len > sizeof(fds))
		len = sizeof(fds);
	if (len)
		memcpy(fds, CMSG_DATA(cmsg), len);
	if (fds[1] >= 0)
		close(fds[1]);
	*memfd = fds[0];
	/* A message that was cut is not one of ours. */
	return msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ? -EPROTO : n;
}

static void on_message(evutil_socket_t fd, short what, void *arg)
{
	struct tenant *t = arg;
	struct svnic_ctrl_req req;
	bool stay = false;
	int memfd;
	ssize_t n;

	(void)what;
	n = receive(fd, &req, &memfd);
	if (n == (ssize_t)sizeof(req))
		stay = handle(t, &req, memfd);
	else if (n == -EAGAIN)
		stay = true;
	if (memfd >= 0)
		close(memfd);
	if (!stay) {
		/* First the daemon, which stops what it started. */
		t->p->up->peer_state(t->vif, PEER_CLOSED);
		tenant_drop(t);
	}
}
