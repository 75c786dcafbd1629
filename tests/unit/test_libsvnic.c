// SPDX-License-Identifier: GPL-2.0-only
/*
 * libsvnic against a svnicd and a card that this test plays: what it sends
 * lands in the descriptors, what the card writes comes out as frames, and a
 * card that breaks the ABI is an error and never more.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>
#include <svnic/ring.h>
#include "../../frontend/libsvnic/libsvnic.h"

#define TX_ORDER 5
#define RX_ORDER 6

/* What the played svnicd does, and what it was given. */
struct host {
	char dir[64];
	char path[96];
	int listener;
	int client;
	pthread_t thread;
	int refuse;	  /* type to refuse, or 0 */
	uint32_t version; /* that it says it has */
	int doorbell_fd;
	int event;
	struct svnic_doorbell *doorbell;
	uint32_t pages;
	unsigned char *memory;
	uint32_t started; /* data[0] of QUEUE_START */
};

static int take_fd(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void host_answer(struct host *h, const struct svnic_ctrl_req *req)
{
	struct {
		struct svnic_ctrl_rsp rsp;
		struct svnic_tenant_info info;
	} __attribute__((packed))
	a = { .rsp = { .id = req->id, .type = req->type } };
	struct iovec iov = { &a, sizeof(a.rsp) };
	char room[CMSG_SPACE(2 * sizeof(int))] = { 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (req->type == h->refuse) {
		a.rsp.status = SVNIC_CTRL_BAD_PARAMETER;
	} else if (req->type == SVNIC_CTRL_ATTACH) {
		a.info.version = h->version;
		a.info.mtu = 1500;
		a.info.vif = 7;
		iov.iov_len = sizeof(a);
		msg.msg_control = room;
		msg.msg_controllen = sizeof(room);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(2 * sizeof(int));
		memcpy(CMSG_DATA(c), (int[]) { h->doorbell_fd, h->event },
		       2 * sizeof(int));
	}
	if (sendmsg(h->client, &msg, MSG_NOSIGNAL) < 0)
		perror("sendmsg");
}

static void host_take(struct host *h, const struct svnic_ctrl_req *req, int fd)
{
	if (req->type == SVNIC_CTRL_ATTACH && fd >= 0) {
		h->pages = req->data[0];
		h->memory = mmap(NULL, h->pages * SVNIC_PAGE_SIZE,
				 PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	if (req->type == SVNIC_CTRL_QUEUE_START)
		h->started = req->data[0];
	if (fd >= 0)
		close(fd);
}

static void *host_thread(void *arg)
{
	struct host *h = arg;
	struct svnic_ctrl_req req;
	struct iovec iov = { &req, sizeof(req) };
	char room[CMSG_SPACE(sizeof(int))];

	h->client = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC);
	for (;;) {
		struct msghdr msg = { .msg_iov = &iov,
				      .msg_iovlen = 1,
				      .msg_control = room,
				      .msg_controllen = sizeof(room) };

		if (recvmsg(h->client, &msg, 0) != (ssize_t)sizeof(req))
			return NULL;
		host_take(h, &req, take_fd(&msg));
		host_answer(h, &req);
	}
}

static int setup(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct host *h = calloc(1, sizeof(*h));

	strcpy(h->dir, "/tmp/svnic-unit.XXXXXX");
	assert_non_null(mkdtemp(h->dir));
	snprintf(h->path, sizeof(h->path), "%s/x.sock", h->dir);
	strcpy(addr.sun_path, h->path);
	h->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(h->listener, (void *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(h->listener, 1), 0);
	h->client = -1;
	h->version = SVNIC_ABI_VERSION;
	h->event = eventfd(0, EFD_CLOEXEC);
	h->doorbell_fd = memfd_create("doorbell", MFD_CLOEXEC);
	assert_int_equal(ftruncate(h->doorbell_fd, SVNIC_PAGE_SIZE), 0);
	h->doorbell = mmap(NULL, SVNIC_PAGE_SIZE, PROT_READ | PROT_WRITE,
			   MAP_SHARED, h->doorbell_fd, 0);
	pthread_create(&h->thread, NULL, host_thread, h);
	*state = h;
	return 0;
}

/* The thread has ended with the connection, unless a check failed before. */
static int teardown(void **state)
{
	struct host *h = *state;

	shutdown(h->listener, SHUT_RDWR);
	shutdown(h->client, SHUT_RDWR);
	pthread_join(h->thread, NULL);
	if (h->memory)
		munmap(h->memory, h->pages * SVNIC_PAGE_SIZE);
	munmap(h->doorbell, SVNIC_PAGE_SIZE);
	close(h->doorbell_fd);
	close(h->event);
	close(h->client);
	close(h->listener);
	unlink(h->path);
	rmdir(h->dir);
	free(h);
	return 0;
}

static int open_vif(struct host *h, struct svnic **v)
{
	const struct svnic_params params = { .name = "x",
					     .socket_dir = h->dir,
					     .tx_order = TX_ORDER,
					     .rx_order = RX_ORDER };

	return svnic_open(&params, v);
}

static struct svnic_queue_ctrl *ctrl_of(struct host *h)
{
	return (struct svnic_queue_ctrl *)h->memory;
}

static struct svnic_area area_of(void)
{
	return svnic_area(TX_ORDER, RX_ORDER);
}

static void test_open(void **state)
{
	struct host *h = *state;
	struct svnic *v;

	assert_int_equal(open_vif(h, &v), 0);
	assert_int_equal(svnic_info(v)->vif, 7);
	assert_int_equal(h->started, TX_ORDER << 8 | RX_ORDER << 16);
	assert_int_equal(h->pages, area_of().pages + 32 + 64);
	/* All buffers are offered at once, each in a page of its own. */
	assert_int_equal(ctrl_of(h)->rx_prod, 64);
	assert_int_not_equal(h->doorbell->kick, 0);
	svnic_close(v);
}

static void test_refused(void **state)
{
	struct host *h = *state;
	struct svnic *v = NULL;

	h->refuse = SVNIC_CTRL_QUEUE_START;
	assert_int_equal(open_vif(h, &v), -EPERM);
	assert_null(v);
}

static void test_other_abi(void **state)
{
	struct host *h = *state;
	struct svnic *v = NULL;

	h->version = 2 << 16;
	assert_int_equal(open_vif(h, &v), -EPROTO);
}

static void test_nobody(void **state)
{
	const struct svnic_params params = { .name = "x",
					     .socket_dir = "/nonexistent" };
	struct svnic *v;

	(void)state;
	assert_int_equal(svnic_open(&params, &v), -ENOENT);
}

static void test_tx(void **state)
{
	struct host *h = *state;
	struct svnic_meta meta = { .flags = SVNIC_META_CSUM_BLANK,
				   .csum_start = 34 };
	struct iovec iov[SVNIC_FRAME_PIECES];
	struct svnic_tx_desc *desc;
	struct svnic *v;
	uint32_t kick;

	assert_int_equal(open_vif(h, &v), 0);
	kick = h->doorbell->kick;
	desc = (void *)(h->memory + area_of().tx_desc * SVNIC_PAGE_SIZE);
	assert_int_equal(svnic_tx_frame(v, iov, SVNIC_FRAME_PIECES), 17);
	memset(iov[0].iov_base, 0xaa, SVNIC_PAGE_SIZE);
	memset(iov[1].iov_base, 0xbb, 904);
	assert_int_equal(svnic_tx_send(v, 5000, &meta), 0);
	assert_int_equal(ctrl_of(h)->tx_prod, 0);
	svnic_kick(v);
	assert_int_equal(ctrl_of(h)->tx_prod, 2);
	assert_int_not_equal(h->doorbell->kick, kick);
	assert_int_equal(desc[0].meta.segs, 2);
	assert_int_equal(desc[0].meta.csum_start, 34);
	assert_int_equal(desc[0].seg.len, 4096);
	assert_int_equal(desc[1].seg.len, 904);
	assert_int_equal(desc[1].meta.segs, 0);
	assert_int_equal(h->memory[desc[1].seg.page * SVNIC_PAGE_SIZE], 0xbb);
	assert_int_equal(svnic_tx_send(v, 0, &meta), -EMSGSIZE);
	assert_int_equal(svnic_tx_send(v, 65551, &meta), -EMSGSIZE);
	svnic_close(v);
}

/* 32 descriptors: a frame of 17 pieces fits once, then no other does. */
static void test_tx_full(void **state)
{
	struct host *h = *state;
	struct svnic_meta meta = { 0 };
	struct iovec iov[SVNIC_FRAME_PIECES];
	struct svnic *v;

	assert_int_equal(open_vif(h, &v), 0);
	assert_int_equal(svnic_tx_send(v, 65550, &meta), 0);
	assert_int_equal(svnic_tx_frame(v, iov, SVNIC_FRAME_PIECES), 0);
	svnic_kick(v);
	assert_false(svnic_event_arm(v));
	assert_int_equal(ctrl_of(h)->tx_event, 8);
	ctrl_of(h)->tx_cons = 17;
	assert_true(svnic_event_arm(v));
	assert_int_equal(svnic_tx_frame(v, iov, SVNIC_FRAME_PIECES), 17);
	ctrl_of(h)->tx_cons = 18;
	assert_int_equal(svnic_tx_frame(v, iov, SVNIC_FRAME_PIECES), -EPROTO);
	svnic_close(v);
}

/* Put a frame of two buffers into the ring, as the card does. */
static void card_frame(struct host *h)
{
	const struct svnic_area a = area_of();
	struct svnic_seg *seg =
		(void *)(h->memory + a.rx_seg * SVNIC_PAGE_SIZE);
	struct svnic_meta *meta =
		(void *)(h->memory + a.rx_meta * SVNIC_PAGE_SIZE);
	uint32_t at = ctrl_of(h)->rx_done;
	unsigned int i = at & 63, j = (at + 1) & 63;

	memset(h->memory + seg[i].page * SVNIC_PAGE_SIZE, 0xcc, 4096);
	memset(h->memory + seg[j].page * SVNIC_PAGE_SIZE, 0xdd, 100);
	meta[i] = (struct svnic_meta) { .len = 4096, .segs = 2 };
	meta[j] = (struct svnic_meta) { .len = 100 };
	ctrl_of(h)->rx_done = at + 2;
}

static void test_rx(void **state)
{
	struct host *h = *state;
	struct iovec iov[SVNIC_FRAME_PIECES];
	struct svnic_meta meta;
	struct svnic *v;
	int i;

	assert_int_equal(open_vif(h, &v), 0);
	assert_int_equal(svnic_rx_frame(v, iov, 17, &meta), 0);
	assert_int_equal(svnic_wait(v, 0), 0);
	for (i = 0; i < 100; i++) {
		card_frame(h);
		assert_int_equal(svnic_wait(v, 1000), 1);
		assert_int_equal(svnic_rx_frame(v, iov, 17, &meta), 2);
		assert_int_equal(iov[0].iov_len, 4096);
		assert_int_equal(iov[1].iov_len, 100);
		assert_int_equal(*(unsigned char *)iov[0].iov_base, 0xcc);
		assert_int_equal(*(unsigned char *)iov[1].iov_base, 0xdd);
		svnic_rx_release(v);
		svnic_kick(v);
		assert_int_equal(ctrl_of(h)->rx_prod, 64 + 2 * (i + 1));
	}
	svnic_close(v);
}

static void hostile(struct host *h, const struct svnic_meta *m, uint32_t done)
{
	struct iovec iov[SVNIC_FRAME_PIECES];
	struct svnic_meta *meta, copy;
	struct svnic *v;

	assert_int_equal(open_vif(h, &v), 0);
	meta = (void *)(h->memory + area_of().rx_meta * SVNIC_PAGE_SIZE);
	meta[0] = *m;
	ctrl_of(h)->rx_done = done;
	assert_int_equal(svnic_rx_frame(v, iov, 17, &copy), -EPROTO);
	svnic_close(v);
}

static void test_rx_too_long(void **state)
{
	hostile(*state, &(struct svnic_meta) { .len = 4097, .segs = 1 }, 1);
}

static void test_rx_no_segs(void **state)
{
	hostile(*state, &(struct svnic_meta) { .len = 60 }, 1);
}

static void test_rx_many_segs(void **state)
{
	hostile(*state, &(struct svnic_meta) { .len = 60, .segs = 18 }, 18);
}

static void test_rx_half_frame(void **state)
{
	hostile(*state, &(struct svnic_meta) { .len = 60, .segs = 3 }, 2);
}

static void test_rx_index(void **state)
{
	hostile(*state, &(struct svnic_meta) { .len = 60, .segs = 1 }, 65);
}

static void *card_resets(void *arg)
{
	struct host *h = arg;
	uint32_t old = 0;

	/* Pairs with svnic_restart() in frontend/libsvnic/queue.c. */
	while (svnic_observe32(&h->doorbell->reset) == old)
		usleep(100);
	ctrl_of(h)->tx_cons = 0;
	ctrl_of(h)->rx_done = 0;
	ctrl_of(h)->fault = 0;
	ctrl_of(h)->state = SVNIC_QUEUE_RUNNING;
	/* Pairs with svnic_restart() in frontend/libsvnic/queue.c. */
	svnic_publish32(&ctrl_of(h)->reset, h->doorbell->reset);
	return NULL;
}

static void test_restart(void **state)
{
	struct host *h = *state;
	struct svnic_meta meta = { 0 };
	struct svnic *v;
	pthread_t card;

	assert_int_equal(open_vif(h, &v), 0);
	assert_int_equal(svnic_tx_send(v, 60, &meta), 0);
	svnic_kick(v);
	ctrl_of(h)->fault = SVNIC_V_BAD_PAGE;
	ctrl_of(h)->state = SVNIC_QUEUE_FAULTED;
	assert_int_equal(svnic_fault(v), SVNIC_V_BAD_PAGE);
	pthread_create(&card, NULL, card_resets, h);
	assert_int_equal(svnic_restart(v), 0);
	pthread_join(card, NULL);
	assert_int_equal(svnic_fault(v), 0);
	assert_int_equal(ctrl_of(h)->tx_prod, 0);
	assert_int_equal(ctrl_of(h)->rx_prod, 64);
	svnic_close(v);
}

static void test_dead_card(void **state)
{
	struct host *h = *state;
	struct svnic *v;

	assert_int_equal(open_vif(h, &v), 0);
	assert_int_equal(svnic_restart(v), -ETIMEDOUT);
	svnic_close(v);
}

static void test_lost(void **state)
{
	struct host *h = *state;
	struct svnic *v;

	assert_int_equal(open_vif(h, &v), 0);
	shutdown(h->client, SHUT_RDWR);
	assert_int_equal(svnic_wait(v, 1000), -ENOTCONN);
	svnic_close(v);
}

#define WITH_HOST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody),
		WITH_HOST(test_open),
		WITH_HOST(test_refused),
		WITH_HOST(test_other_abi),
		WITH_HOST(test_tx),
		WITH_HOST(test_tx_full),
		WITH_HOST(test_rx),
		WITH_HOST(test_rx_too_long),
		WITH_HOST(test_rx_no_segs),
		WITH_HOST(test_rx_many_segs),
		WITH_HOST(test_rx_half_frame),
		WITH_HOST(test_rx_index),
		WITH_HOST(test_restart),
		WITH_HOST(test_dead_card),
		WITH_HOST(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
