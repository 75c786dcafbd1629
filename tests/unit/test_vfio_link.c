/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Conversations with the vfio-user server that are hostile (rule R58), and how
 * they end.
 */
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vfu_fixture.h"

/* Every command with every length below and around what it needs. */
static void test_short_payloads(void **state)
{
	struct vfu_client *c = *state;
	uint8_t zero[64] = { 0 };
	uint16_t command;
	size_t len;

	for (command = 0; command < 40; command++) {
		if (command == VFU_DEVICE_RESET)
			continue;
		for (len = 0; len < sizeof(zero); len++) {
			int ret = client_call(c, command, zero, len, NULL, 0);

			assert_true(ret >= 0);
			if (command >= VFU_COMMAND_NR || command == 0)
				assert_int_equal(ret, ENOTSUP);
			if (len < 4 && command != VFU_VERSION)
				assert_int_not_equal(ret, 0);
		}
	}
	assert_true(link_is_connected(&c->link));
}

static void test_surplus_fds(void **state)
{
	struct vfu_client *c = *state;
	int fd = vfu_memory(4096), fds[CONN_FDS_MAX];
	struct vfu_device_info info = { .argsz = sizeof(info) };
	unsigned int i, before = count_fds();

	for (i = 0; i < CONN_FDS_MAX; i++)
		fds[i] = fd;
	assert_int_equal(client_call(c, VFU_DEVICE_GET_INFO, &info,
				     sizeof(info), fds, CONN_FDS_MAX),
			 EINVAL);
	assert_int_equal(client_call(c, VFU_DEVICE_GET_INFO, &info,
				     sizeof(info), fds, 1),
			 EINVAL);
	assert_int_equal(client_call(c, 99, NULL, 0, fds, 3), ENOTSUP);
	assert_int_equal(count_fds(), before);
	close(fd);
}

/* Octets, one at a time, each with descriptors, until it is too much. */
static void test_fds_without_end(void **state)
{
	struct vfu_client *c = *state;
	struct vfu_header h = { .command = VFU_DEVICE_GET_INFO, .size = 64 };
	int fd = vfu_memory(4096), fds[20];
	unsigned int i;

	for (i = 0; i < 20; i++)
		fds[i] = fd;
	client_send(c, &h, sizeof(h), NULL, 0);
	for (i = 0; i < 16 && link_is_connected(&c->link); i++)
		client_send(c, "x", 1, fds, 20);
	assert_false(link_is_connected(&c->link));
	close(fd);
}

static void expect_closed(struct vfu_client *c, const void *data, size_t len)
{
	client_send(c, data, len, NULL, 0);
	assert_int_equal(client_receive(c), -1);
	assert_false(link_is_connected(&c->link));
	close(c->fd);
	client_connect(c);
	assert_int_equal(client_version(c), 0);
}

static void test_lying_headers(void **state)
{
	struct vfu_client *c = *state;
	struct vfu_header h = { .command = VFU_DEVICE_RESET };
	unsigned int resets = c->core.resets[0];

	h.size = 0;
	expect_closed(c, &h, sizeof(h));
	h.size = 15;
	expect_closed(c, &h, sizeof(h));
	h.size = CONN_MSG_MAX + 1;
	expect_closed(c, &h, sizeof(h));
	h.size = UINT32_MAX;
	expect_closed(c, &h, sizeof(h));
	h.size = sizeof(h);
	h.flags = VFU_TYPE_REPLY;
	expect_closed(c, &h, sizeof(h));
	h.flags = 7;
	expect_closed(c, &h, sizeof(h));
	/* Each lost client cost its VIFs, and none of the resets was run. */
	assert_int_equal(c->core.resets[0], resets + 6);

	/* Half a header, then silence, then the end. */
	client_send(c, &h, 7, NULL, 0);
	assert_int_equal(client_receive(c), 0);
	assert_true(link_is_connected(&c->link));
	close(c->fd);
	link_serve(&c->link);
	assert_false(link_is_connected(&c->link));
	client_connect(c);
}

static void test_no_reply(void **state)
{
	struct vfu_client *c = *state;
	struct vfu_header h = { .command = VFU_DEVICE_GET_INFO,
				.size = sizeof(h),
				.flags = VFU_NO_REPLY };

	client_send(c, &h, sizeof(h), NULL, 0);
	assert_int_equal(client_receive(c), 0);
	h.command = VFU_DEVICE_RESET;
	client_send(c, &h, sizeof(h), NULL, 0);
	assert_int_equal(client_receive(c), 0);
	assert_int_equal(c->core.resets[0], 1);
}

/* A client that asks and never reads holds itself up, nobody else. */
static void test_deaf_client(void **state)
{
	struct vfu_client *c = *state;
	struct {
		struct vfu_header h;
		struct vfu_region_access a;
	} m = { { .id = 1, .command = VFU_REGION_READ, .size = sizeof(m) },
		{ .region = 0, .count = CONN_XFER_MAX } };
	unsigned int sent = 0, got = 0;

	while (!c->link.blocked) {
		assert_true(sent < 1000);
		client_send(c, &m, sizeof(m), NULL, 0);
		sent++;
	}
	for (;;) {
		if (client_receive(c) == 1)
			got++;
		else if (got == sent)
			break;
		link_serve(&c->link);
	}
	assert_false(c->link.blocked);
	assert_int_equal(client_version(c), 0);
}

static void test_disconnect(void **state)
{
	struct vfu_client *c = *state;
	int fd = vfu_memory(MIB), e = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	assert_int_equal(client_map(c, MIB, MIB, fd, 0), 0);
	assert_int_equal(client_set_irqs(c, 5, 0x24, 0, 1, &e, 1), 0);
	close(c->fd);
	link_serve(&c->link);
	assert_false(link_is_connected(&c->link));
	assert_int_equal(c->core.resets[0], 1);
	assert_null(dma_find(vfu_dma(c), MIB, 4, DMA_READ));
	irqs_raise(&c->link.server.dev.guest, 0);
	assert_int_equal(vfu_signals(e), 0);
	client_connect(c);
	assert_int_equal(client_version(c), 0);
	close(fd);
	close(e);
}

static void test_persist(void **state)
{
	struct vfu_client *c = *state;
	int fd = vfu_memory(MIB), fd2 = vfu_memory(MIB);
	int e = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	uint8_t *p;

	assert_int_equal(client_map(c, MIB, MIB, fd, 0), 0);
	assert_int_equal(client_map(c, 4 * MIB, MIB, fd, 0), 0);
	assert_int_equal(client_set_irqs(c, 5, 0x24, 0, 1, &e, 1), 0);
	c->link.server.dev.doorbells[4096] = 9;
	close(c->fd);
	link_serve(&c->link);
	assert_int_equal(c->core.resets[0], 0);
	assert_non_null(dma_find(vfu_dma(c), MIB, 4, DMA_READ));
	irqs_raise(&c->link.server.dev.guest, 0);
	assert_int_equal(vfu_signals(e), 1);
	assert_int_equal(c->link.server.dev.doorbells[4096], 9);
	/* The same range again takes the place of the old one, once. */
	client_connect(c);
	assert_int_equal(client_version(c), 0);
	assert_int_equal(pwrite(fd2, "x", 1, 0), 1);
	assert_int_equal(client_map(c, MIB, MIB, fd2, 0), 0);
	p = dma_find(vfu_dma(c), MIB, 4, DMA_READ);
	assert_int_equal(*p, 'x');
	assert_int_equal(client_map(c, MIB, MIB, fd2, 0), EEXIST);
	/* So does one that only overlaps it. */
	assert_int_equal(client_map(c, 4 * MIB + 4096, 4096, fd2, 0), 0);
	assert_int_equal(vfu_dma(c)->nr, 2);
	close(fd);
	close(fd2);
	close(e);
}

static int count_call(struct remote *r, struct channel_msg *m, int fd)
{
	(void)r;
	(void)m;
	(void)fd;
	return 0;
}

/* In an owner, a client that asks much of the core holds up nobody else. */
static void test_many_questions(void **state)
{
	struct remote remote = { .call = count_call };
	struct vfu_client *c = malloc(sizeof(*c));
	struct {
		struct vfu_header h;
		struct vfu_irq_set set;
	} m = { { .command = VFU_DEVICE_SET_IRQS,
		  .size = sizeof(m),
		  .flags = VFU_NO_REPLY },
		{ .argsz = sizeof(m.set),
		  .flags = 0x21,
		  .index = VFU_IRQ_GUEST,
		  .count = 200 } };
	unsigned int before, looks, i;

	(void)state;
	client_prepare_owner(c, false, &remote);
	client_connect(c);
	assert_int_equal(client_version(c), 0);
	for (i = 0; i < 32; i++)
		assert_int_equal(write(c->fd, &m, sizeof(m)), sizeof(m));
	before = c->link.server.dev.nr_asked;
	for (looks = 0; c->link.server.dev.nr_asked - before < 6400; looks++) {
		i = c->link.server.dev.nr_asked;
		link_serve(&c->link);
		assert_in_range(c->link.server.dev.nr_asked - i, 1, 512);
	}
	assert_true(looks > 12);
	/* Nor with one message. */
	assert_int_equal(client_set_irqs(c, 5, 0x21, 0, 4096, NULL, 0), EINVAL);
	assert_int_equal(client_read(c, 0, 0, 0x8000), EINVAL);
	assert_int_equal(client_read(c, 0, 0, 0x200), 0);
	client_fini(c);
	free(c);
}

#define T(name, up) cmocka_unit_test_setup_teardown(name, up, vfu_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_short_payloads, vfu_setup),
		T(test_surplus_fds, vfu_setup),
		T(test_fds_without_end, vfu_setup),
		T(test_lying_headers, vfu_setup),
		T(test_no_reply, vfu_setup),
		T(test_deaf_client, vfu_setup),
		T(test_disconnect, vfu_setup),
		T(test_persist, vfu_setup_persist),
		cmocka_unit_test(test_many_questions),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
