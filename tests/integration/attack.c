// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hostile tenant: everything that a process may do to the socket of its VIF
 * and to its queue pair, one after the other (rules R01, R50, R58).  Whatever
 * it does, the card must name it, stop this queue only, and take it back after
 * a restart.  Usage: attack VIF DIR.  Exit code 0 when all went so.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "../../frontend/libsvnic/private.h"

#define WAIT_STEPS 20000 /* of 100 us */

static struct svnic_params params;
static unsigned int failed;

static void verdict(const char *what, bool good)
{
	printf("%s: %s\n", good ? "ok" : "FAILED", what);
	failed += !good;
}

/* The socket. ------------------------------------------------------------- */

static int dial(void)
{
	const struct timeval patience = { .tv_sec = 2 };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/%s.sock",
		 params.socket_dir, params.name);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)))
		perror("connect");
	return fd;
}

static void send_with(int fd, const void *data, size_t len, const int *fds,
		      size_t nr)
{
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(8 * sizeof(int))];
	} space = { 0 };
	struct cmsghdr *c;

	if (nr) {
		msg.msg_control = &space;
		msg.msg_controllen = CMSG_SPACE(nr * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nr * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nr * sizeof(int));
	}
	if (sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 && errno != EPIPE &&
	    errno != ECONNRESET)
		perror("sendmsg");
}

/* true: it was refused, by an answer that says so or by hanging up. */
static bool is_refused(int fd)
{
	char answer[256] = { 0 };
	struct svnic_ctrl_rsp rsp;
	ssize_t n = recv(fd, answer, sizeof(answer), 0);

	if (n < (ssize_t)sizeof(rsp))
		return n == 0 || (n < 0 && errno == ECONNRESET);
	memcpy(&rsp, answer, sizeof(rsp));
	return rsp.status != SVNIC_CTRL_OK;
}

static void try_attach(const char *what, uint32_t pages, const int *fds,
		       size_t nr)
{
	const struct svnic_ctrl_req req = { .type = SVNIC_CTRL_ATTACH,
					    .data = { pages } };
	int fd = dial();

	send_with(fd, &req, sizeof(req), fds, nr);
	verdict(what, is_refused(fd));
	close(fd);
}

static void attack_attach(void)
{
	int small = memfd_create("small", MFD_ALLOW_SEALING);
	int plain = memfd_create("plain", 0); /* cannot be sealed */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int many[8] = { null, null, null, null, null, null, null, null };

	if (ftruncate(small, SVNIC_PAGE_SIZE) ||
	    ftruncate(plain, 64 * SVNIC_PAGE_SIZE))
		perror("ftruncate");
	try_attach("attach without memory", 16, NULL, 0);
	try_attach("attach with no pages", 0, &small, 1);
	try_attach("attach with more pages than the file has", 2, &small, 1);
	try_attach("attach with 2^32 - 1 pages", UINT32_MAX, &small, 1);
	try_attach("attach with too many pages", SVNIC_MAX_PAGES + 1, &small,
		   1);
	try_attach("attach with memory that may shrink", 64, &plain, 1);
	try_attach("attach with a device", 1, &null, 1);
	try_attach("attach with eight descriptors", 1, many, 8);
	close(small);
	close(plain);
	close(null);
}

static void attack_messages(void)
{
	static const char large[4096];
	struct svnic_ctrl_req req = { .type = SVNIC_CTRL_QUEUE_START };
	size_t len;
	int fd;

	fd = dial();
	send_with(fd, &req, sizeof(req), NULL, 0);
	verdict("a queue before memory", is_refused(fd));
	close(fd);
	for (len = 0; len <= sizeof(large); len = len * 2 + 1) {
		fd = dial();
		send_with(fd, large, len, NULL, 0);
		verdict("a message of no known length", is_refused(fd));
		close(fd);
	}
}

/* Control messages of an attached tenant. */
static void attack_control(struct svnic *v)
{
	static const struct svnic_ctrl_req bad[] = {
		{ .type = SVNIC_CTRL_ATTACH, .data = { 1 } },
		{ .type = SVNIC_CTRL_HELLO, .data = { 2 << 16 } },
		{ .type = SVNIC_CTRL_ADD_PAGES, .data = { 0, 1, 1 } },
		{ .type = SVNIC_CTRL_QUEUE_START, .data = { 0xffffffff } },
		{ .type = SVNIC_CTRL_QUEUE_START,
		  .data = { 1 | 12 << 8 | 12 << 16, 16383 } },
		{ .type = SVNIC_CTRL_QUEUE_STOP, .data = { 0xffffffff } },
		{ .type = 0x5399 },
		{ .type = 1 },
	};
	unsigned int i;

	for (i = 1; i < sizeof(bad) / sizeof(bad[0]); i++) {
		send_with(v->control, &bad[i], sizeof(bad[i]), NULL, 0);
		verdict("a bad control message is refused",
			is_refused(v->control));
	}
	/* A second one ends the connection, so it comes last. */
	send_with(v->control, &bad[0], sizeof(bad[0]), NULL, 0);
	verdict("a second attach is refused", is_refused(v->control));
}

/* The queue pair. ----------------------------------------------------------- */

static void wait_fault(struct svnic *v, const char *what,
		       enum svnic_verdict expected)
{
	const struct timespec step = { .tv_nsec = 100000 };
	int left = WAIT_STEPS;

	while (!svnic_fault(v) && left-- > 0)
		nanosleep(&step, NULL);
	if (svnic_fault(v) != expected)
		printf("stopped for %u, expected %u\n", svnic_fault(v),
		       expected);
	verdict(what, svnic_fault(v) == expected);
	verdict("the queue is restarted", svnic_restart(v) == 0);
}

static void ring(struct svnic *v)
{
	/* Pairs with look() in device-firmware/core/bell.c (ordering.md O1). */
	svnic_publish32(&v->doorbell->kick, ++v->kick);
}

static void send_desc(struct svnic *v, const char *what, uint32_t page,
		      unsigned int offset, unsigned int len, unsigned int segs,
		      enum svnic_verdict expected)
{
	struct svnic_tx_desc desc = {
		.seg = { .page = page,
			 .offset = (uint16_t)offset,
			 .len = (uint16_t)len },
		.meta = { .segs = (uint8_t)segs },
	};

	svnic_tx_provide(&v->tx, &desc);
	svnic_tx_publish(&v->tx);
	ring(v);
	wait_fault(v, what, expected);
}

static void attack_tx(struct svnic *v)
{
	uint32_t page = v->tx_page;

	send_desc(v, "tx: a page that was never registered",
		  SVNIC_MAX_PAGES - 1, 0, 60, 1, SVNIC_V_BAD_PAGE);
	send_desc(v, "tx: page 2^32 - 1", UINT32_MAX, 0, 60, 1,
		  SVNIC_V_BAD_PAGE);
	send_desc(v, "tx: empty", page, 0, 0, 1, SVNIC_V_BAD_LENGTH);
	send_desc(v, "tx: over the end of the page", page, 4090, 60, 1,
		  SVNIC_V_BAD_LENGTH);
	send_desc(v, "tx: offset of 65535", page, 65535, 1, 1,
		  SVNIC_V_BAD_LENGTH);
	send_desc(v, "tx: a frame of no entries", page, 0, 60, 0,
		  SVNIC_V_BAD_CHAIN);
	send_desc(v, "tx: a frame of 255 entries", page, 0, 60, 255,
		  SVNIC_V_BAD_CHAIN);
}

static void attack_indices(struct svnic *v)
{
	static const uint32_t jumps[] = { 0x7fffffff, 0x80000000, 0xffffffff };
	unsigned int i;

	for (i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		svnic_poke32(&v->tx.ctrl->tx_prod, jumps[i]);
		ring(v);
		wait_fault(v, "an impossible tx index", SVNIC_V_BAD_INDEX);
	}
}

/* Nothing of this is a fault; it must only be survived. */
static void attack_storm(struct svnic *v)
{
	unsigned int i;

	for (i = 0; i < 1000000; i++) {
		ring(v);
		v->doorbell[1 + i % 15].kick++;
		v->doorbell[1 + i % 15].reset++;
	}
	memset(v->doorbell + 1, 0xff, SVNIC_PAGE_SIZE - sizeof(*v->doorbell));
	verdict("the queue runs after a storm of doorbells",
		svnic_fault(v) == 0 && svnic_restart(v) == 0);
}

/* Of more pages than one command takes, some are gone when it detaches. */
static struct svnic *attack_withdraw(struct svnic *v)
{
	const struct svnic_ctrl_req req = { .type = SVNIC_CTRL_DEL_PAGES,
					    .data = { v->tx_page, 0, 64 } };
	struct timespec step = { .tv_nsec = 1000000 };
	struct svnic_ctrl_rsp rsp = { 0 };
	struct svnic *again = NULL;
	unsigned int i;

	verdict("it has pages for two commands",
		v->size / SVNIC_PAGE_SIZE > SVNIC_PAGES_BATCH);
	for (i = 0; i < 2; i++) {
		send_with(v->control, &req, sizeof(req), NULL, 0);
		if (recv(v->control, &rsp, sizeof(rsp), 0) != sizeof(rsp))
			perror("recv");
		verdict("pages are withdrawn once",
			rsp.status == SVNIC_CTRL_OK &&
				rsp.data == (i ? 0 : 64));
	}
	svnic_close(v);
	for (i = 0; i < 2000 && svnic_open(&params, &again); i++)
		nanosleep(&step, NULL);
	verdict("after that it can attach again", again != NULL);
	return again;
}

int main(int argc, char **argv)
{
	struct svnic *v;
	int rc;

	if (argc != 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	params.name = argv[1];
	params.socket_dir = argv[2];
	attack_attach();
	attack_messages();
	rc = svnic_open(&params, &v);
	verdict("after all this it can attach", rc == 0);
	if (rc)
		return 1;
	attack_tx(v);
	attack_indices(v);
	attack_storm(v);
	v = attack_withdraw(v);
	if (!v)
		return 1;
	attack_control(v);
	svnic_close(v);
	return failed != 0;
}
