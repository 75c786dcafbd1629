/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages between owner and core, and the hand-over, by themselves: cut,
 * and of what there is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../device-firmware/hal/hosted/agent.h"
#include "../../device-firmware/hal/hosted/card.h"
#include "../fakes/vfu_client.h"

#define MIB 0x100000ull

static int duplicate(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static int memory(uint32_t mark)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_int_equal(ftruncate(fd, 2 * MIB), 0);
	assert_int_equal(pwrite(fd, &mark, 4, MIB), 4);
	return fd;
}

/* A message is whole or nothing, and brings its descriptor or none. */
static void test_channel(void **state)
{
	struct channel_msg m = { .op = CHANNEL_MAP, .arg = { 1, 2, 3, 4 } };
	struct channel_msg got;
	unsigned int before = count_fds();
	int pair[2], fd, mem = memory(1);
	size_t len;

	(void)state;
	assert_int_equal(channel_pair(pair), 0);
	assert_int_equal(channel_receive(pair[0], &got, &fd, 0), 0);
	assert_int_equal(channel_receive(pair[0], &got, &fd, 1), 0);
	assert_int_equal(channel_send(pair[1], &m, mem), 0);
	assert_int_equal(channel_send(pair[1], &m, -1), 0);
	assert_int_equal(channel_receive(pair[0], &got, &fd, 0), 1);
	assert_memory_equal(&got, &m, sizeof(m));
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(channel_receive(pair[0], &got, &fd, 0), 1);
	assert_int_equal(fd, -1);
	for (len = 1; len < sizeof(m); len++) {
		assert_int_equal(send(pair[1], &m, len, 0), len);
		assert_int_equal(channel_receive(pair[0], &got, &fd, 0),
				 -EPROTO);
	}
	/* What was said before the end counts. */
	assert_int_equal(channel_send(pair[1], &m, mem), 0);
	close(pair[1]);
	assert_int_equal(channel_receive(pair[0], &got, &fd, 100), 1);
	close(fd);
	assert_int_equal(channel_receive(pair[0], &got, &fd, 100), -ECONNRESET);
	assert_int_equal(channel_send(pair[0], &m, -1), -EPIPE);
	close(pair[0]);
	close(mem);
	assert_int_equal(count_fds(), before);
}

/* Not a message that the agent knows, or one about nothing. */
static void test_agent_refuses(void **state)
{
	static struct core core;
	static struct device dev;
	struct channel_msg m;
	unsigned int op;

	(void)state;
	assert_int_equal(device_init(&dev, 0, &core, NULL), 0);
	for (op = 0; op < CHANNEL_OP_NR + 2; op++) {
		m = (struct channel_msg) {
			.op = op,
			.arg = { 77, UINT64_MAX, UINT64_MAX, UINT64_MAX },
		};
		agent_do(&dev, &m, memory(1));
		if (op == 0 || op == CHANNEL_READY || op >= CHANNEL_OP_NR)
			assert_int_equal(m.error, -ENOTSUP);
		else if (op == CHANNEL_ASSIGN || op == CHANNEL_MASK ||
			 op == CHANNEL_RAISE || op == CHANNEL_PENDING ||
			 op == CHANNEL_MAP)
			assert_int_equal(m.error, -EINVAL);
	}
	device_fini(&dev);
}

/* Hundreds of complaints are expected: where they go otherwise. */
static int quiet(void)
{
	int old = duplicate(STDERR_FILENO);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(null, STDERR_FILENO);
	close(null);
	return old;
}

static int file_of(const void *data, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_int_equal(write(fd, data, len), (ssize_t)len);
	return fd;
}

static bool is_read(const void *data, size_t len)
{
	int fd = file_of(data, len);
	struct handover *h = handover_read(fd);

	free(h);
	close(fd);
	return h != NULL;
}

static void test_handover_refuses(void **state)
{
	static const size_t fields[] = {
		offsetof(struct handover, magic),
		offsetof(struct handover, version),
		offsetof(struct handover, size),
		offsetof(struct handover, nr_dma),
		offsetof(struct handover, nr_lines),
	};
	static struct link link;
	static const struct link_config config;
	static struct remote remote;
	int fd = memory(1), stderr_fd = quiet();
	struct handover *h;
	size_t i, len;

	(void)state;
	assert_int_equal(link_init(&link, 0, NULL, &remote, &config), 0);
	assert_int_equal(dma_add(&link.server.dev.dma, 0, MIB, 3, fd, 0), 0);
	irqs_keep(&link.server.dev.guest, 4095, fd);
	h = handover_new(&link, 1);
	/* None of these descriptors is to be touched by reading it. */
	h->arena_fd = h->channel = h->link[0].doorbell_fd = -1;
	len = h->size;
	assert_int_equal(h->nr_dma, 1);
	assert_int_equal(h->nr_lines, 1);
	assert_true(is_read(h, len));
	for (i = 0; i < len; i++)
		assert_false(is_read(h, i));
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		((uint8_t *)h)[fields[i]] ^= 0x40;
		assert_false(is_read(h, len));
		((uint8_t *)h)[fields[i]] ^= 0x40;
	}
	h->nr_links = SVNIC_MAX_LINKS + 1;
	assert_false(is_read(h, len));
	h->nr_links = 0;
	assert_false(is_read(h, len));
	free(h);
	link_fini(&link);
	dup2(stderr_fd, STDERR_FILENO);
	close(stderr_fd);
}

/* A core that does not start says why: nobody else knows. */
static void test_handover_complains(void **state)
{
	struct handover h = { .magic = HANDOVER_MAGIC,
			      .version = CHANNEL_VERSION,
			      .nr_lines = 1,
			      .nr_links = 1,
			      .arena_fd = -1 };
	struct handover_line line = { .index = 77 };
	uint8_t both[sizeof(h) + sizeof(line)];
	int said = memfd_create("said", MFD_CLOEXEC), old = quiet();

	(void)state;
	dup2(said, STDERR_FILENO);
	h.size = sizeof(both);
	memcpy(both, &h, sizeof(h));
	memcpy(both + sizeof(h), &line, sizeof(line));
	assert_false(is_read(both, sizeof(both)));
	dup2(old, STDERR_FILENO);
	close(old);
	assert_true(lseek(said, 0, SEEK_END) > 0);
	close(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_channel),
		cmocka_unit_test(test_agent_refuses),
		cmocka_unit_test(test_handover_refuses),
		cmocka_unit_test(test_handover_complains),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
