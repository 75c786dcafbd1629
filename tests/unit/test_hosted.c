/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts of the hosted HAL by themselves: the DMA table and the interrupt lines
 * against models, metadata conversion, sleeping, and the command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../device-firmware/hal/hosted/card.h"
#include "../fakes/vfu_client.h"

#define PAGE   4096u
#define PAGES  64u
#define ROUNDS 20000u

static unsigned int pick(unsigned int below)
{
	return (unsigned int)rand() % below;
}

/* Which page of the file does a page of bus addresses show?  -1: none. */
static void check_dma(struct dma_map *map, const int *model)
{
	unsigned int i, len;

	for (i = 0; i < PAGES; i++) {
		uint32_t *p = dma_find(map, i * PAGE, 4, DMA_READ);

		assert_int_equal(p ? (int)*p : -1, model[i]);
		len = 1 + pick(PAGE);
		p = dma_find(map, (i + 1) * PAGE - len, len, DMA_WRITE);
		assert_int_equal(p != NULL, model[i] >= 0);
	}
}

static void test_dma_model(void **state)
{
	static int model[PAGES], owner[PAGES];
	int fd = memfd_create("test", MFD_CLOEXEC), next = 1;
	unsigned int before = count_fds();
	static struct dma_map map;
	uint32_t i, n;

	(void)state;
	assert_int_equal(ftruncate(fd, PAGES * PAGE), 0);
	for (i = 0; i < PAGES; i++) {
		assert_int_equal(pwrite(fd, &i, 4, i * PAGE), 4);
		model[i] = -1;
		owner[i] = 0;
	}
	dma_init(&map, false);
	for (n = 0; n < ROUNDS; n++) {
		unsigned int at = pick(PAGES), len = 1 + pick(4), off;
		int ret, expect = 0;

		if (at + len > PAGES)
			continue;
		off = pick(PAGES - len);
		if (pick(2)) {
			bool mem = pick(8) != 0;

			for (i = at; i < at + len; i++)
				expect = owner[i] ? -EEXIST : expect;
			ret = dma_add(&map, at * PAGE, len * PAGE, 3,
				      mem ? fd : -1, off * PAGE);
			assert_int_equal(ret, expect);
			for (i = 0; !ret && i < len; i++) {
				model[at + i] = mem ? (int)(off + i) : -1;
				owner[at + i] = next;
			}
			next++;
		} else {
			bool whole = owner[at] &&
				     (at == 0 || owner[at - 1] != owner[at]) &&
				     (at + len == PAGES ||
				      owner[at + len] != owner[at]);

			for (i = at; i < at + len; i++)
				whole = whole && owner[i] == owner[at];
			ret = dma_del(&map, at * PAGE, len * PAGE);
			assert_int_equal(ret, whole ? 0 : -ENOENT);
			for (i = at; !ret && i < at + len; i++) {
				model[i] = -1;
				owner[i] = 0;
			}
		}
		if (n % 16 == 0)
			check_dma(&map, model);
	}
	dma_fini(&map);
	assert_int_equal(count_fds(), before);
	close(fd);
}

/* The owner of the memory cuts it off: zeros, then refusal, no SIGBUS. */
static void test_dma_taken_away(void **state)
{
	static struct link link;
	static struct card card = { .link = &link, .nr_links = 1 };
	struct dma_map *map = &link.server.dev.dma;
	int fd = memfd_create("test", MFD_CLOEXEC);
	volatile uint8_t *p;

	(void)state;
	hal_use(&card);
	dma_init(map, false);
	assert_int_equal(ftruncate(fd, 4 * PAGE), 0);
	assert_int_equal(dma_add(map, 0, 4 * PAGE, 3, fd, 0), 0);
	p = hal_dma(0, PAGE, 4, true);
	assert_non_null(p);
	assert_int_equal(ftruncate(fd, 0), 0);
	*p = 1;
	assert_null(hal_dma(0, PAGE, 4, true));
	dma_fini(map);
	hal_use(NULL);
	close(fd);
}

/* Random SET_IRQS ranges against "which eventfd has line v now". */
static void test_irqs_model(void **state)
{
	unsigned int before = count_fds(), n, i;
	int model[8], event[16];
	uint64_t count;
	struct irq_set set;

	(void)state;
	assert_int_equal(irqs_init(&set, 8), 0);
	for (i = 0; i < 16; i++)
		event[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	for (i = 0; i < 8; i++)
		model[i] = -1;
	for (n = 0; n < ROUNDS; n++) {
		unsigned int v = pick(8), e = pick(16);

		if (pick(2)) {
			model[v] = pick(4) ? (int)e : -1;
			irqs_assign(&set, v, model[v] < 0 ? -1 : dup(event[e]));
			if (model[v] >= 0)
				(void)!read(event[e], &count, 8);
			set.line[v].pending = false;
			continue;
		}
		irqs_raise(&set, v);
		assert_int_equal(set.line[v].pending, model[v] < 0);
		for (i = 0; i < 16; i++)
			assert_int_equal(read(event[i], &count, 8) == 8,
					 model[v] == (int)i);
	}
	irqs_fini(&set);
	for (i = 0; i < 16; i++)
		close(event[i]);
	assert_int_equal(count_fds(), before);
}

static void test_irqs_full_counter(void **state)
{
	uint64_t most = UINT64_MAX - 1;
	int fd = eventfd(0, EFD_CLOEXEC);
	struct irq_set set;

	(void)state;
	assert_int_equal(irqs_init(&set, 1), 0);
	assert_int_equal(write(fd, &most, 8), 8);
	assert_true(irqs_is_eventfd(fd));
	irqs_assign(&set, 0, fd);
	irqs_raise(&set, 0); /* must not block */
	assert_int_equal(set.line[0].fd, fd);
	irqs_fini(&set);
	assert_false(irqs_is_eventfd(STDIN_FILENO));
}

static void on_tick(int sig)
{
	(void)sig;
}

/* A tenant fills its eventfd and makes it blocking again: one tick, no more. */
static void test_irqs_blocking(void **state)
{
	struct itimerval tick = { { 0, 20000 }, { 0, 20000 } }, off = { 0 };
	struct sigaction sa = { .sa_handler = on_tick };
	uint64_t most = UINT64_MAX - 1;
	int fd = eventfd(0, EFD_CLOEXEC), tenant = dup(fd);
	struct irq_set set;

	(void)state;
	assert_int_equal(irqs_init(&set, 1), 0);
	assert_true(irqs_is_eventfd(fd));
	irqs_assign(&set, 0, fd);
	assert_int_equal(write(tenant, &most, 8), 8);
	assert_int_equal(fcntl(tenant, F_SETFL, 0), 0);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
	irqs_raise(&set, 0);
	setitimer(ITIMER_REAL, &off, NULL);
	assert_int_equal(set.line[0].fd, -1);
	irqs_fini(&set);
	close(tenant);
}

static void test_listen(void **state)
{
	char folder[] = "/tmp/svnic-link-XXXXXX";
	static struct link_config config;
	static struct link a, b;
	static struct core core;
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(config.path, sizeof(config.path), "%s/s", folder);
	memcpy(sun.sun_path, config.path, sizeof(sun.sun_path));
	assert_int_equal(link_init(&a, 0, &core, NULL, &config), 0);
	assert_int_equal(link_init(&b, 1, &core, NULL, &config), 0);
	/* Something else lies there. */
	fd = open(config.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(link_listen(&a), -EEXIST);
	close(fd);
	unlink(config.path);
	/* A socket that nobody serves; then one that somebody does. */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	close(fd);
	assert_int_equal(link_listen(&a), 0);
	assert_int_equal(link_listen(&b), -EADDRINUSE);
	/* One client at a time: that of the probe just now, then ours. */
	link_accept(&a);
	link_serve(&a);
	assert_false(link_is_connected(&a));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	link_accept(&a);
	assert_true(link_is_connected(&a));
	close(fd);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	link_accept(&a);
	assert_int_equal(recv(fd, &sun, 1, 0), 0);
	close(fd);
	link_fini(&b);
	assert_int_equal(access(config.path, F_OK), 0);
	link_fini(&a);
	assert_int_equal(access(config.path, F_OK), -1);
	assert_int_equal(rmdir(folder), 0);
}

static void test_arena(void **state)
{
	char path[] = "/tmp/svnic-arena-XXXXXX";
	int fd = mkstemp(path);
	struct arena a, b;
	struct stat st;

	(void)state;
	close(fd);
	assert_int_equal(arena_create(&a, path), 0);
	assert_int_equal(arena_map(&a, 100000), 0);
	assert_true(arena_create(&b, path) < 0);
	memcpy(a.mem, "kept", 5);
	arena_close(&a);
	assert_int_equal(arena_create(&a, path), 0);
	assert_int_equal(arena_map(&a, 100000), 0);
	assert_string_equal(a.mem, "kept");
	arena_close(&a);
	unlink(path);
	/* Memory is not taken before it is used, and grows. */
	assert_int_equal(arena_create(&a, NULL), 0);
	assert_int_equal(arena_map(&a, 1000000), 0);
	assert_int_equal(fstat(a.fd, &st), 0);
	assert_int_equal(st.st_blocks, 0);
	memcpy(a.mem, "kept", 5);
	b = (struct arena) { .fd = dup(a.fd) };
	assert_int_equal(arena_map(&b, 2000000), 0);
	assert_string_equal(b.mem, "kept");
	arena_close(&b);
	arena_close(&a);
	assert_true(arena_create(&a, "/nowhere/arena") < 0);
}

#define BLANK SVNIC_META_CSUM_BLANK
#define V4    SVNIC_META_GSO_TCPV4
#define V6    SVNIC_META_GSO_TCPV6
#define ECN   SVNIC_META_GSO_ECN
#define VLAN  SVNIC_META_VLAN

/* Metadata that must come back as it was. */
static void test_vnet_round_trip(void **state)
{
	static const struct {
		uint16_t flags, start;
		uint8_t offset;
		uint16_t gso;
		uint8_t type; /* of the virtio header */
	} table[] = {
		{ 0, 0, 0, 0, 0 },
		{ BLANK, 34, 16, 0, 0 },
		{ BLANK, 54, 6, 0, 0 },
		{ BLANK | V4, 34, 16, 1448, 1 },
		{ BLANK | V6, 54, 16, 1428, 4 },
		{ BLANK | V4 | ECN, 34, 16, 1448, 0x81 },
		{ BLANK | VLAN, 34, 16, 0, 0 },
		{ BLANK | V4 | VLAN, 34, 16, 1448, 1 },
		{ VLAN, 0, 0, 0, 0 },
	};
	static uint8_t frame[2048];
	struct hal_iov iov = { frame, sizeof(frame) };
	size_t i;

	(void)state;
	frame[34 + 12] = 8 << 4;
	frame[54 + 12] = 8 << 4;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct svnic_meta m = { .flags = table[i].flags,
					.csum_start = table[i].start,
					.csum_offset = table[i].offset,
					.gso_size = table[i].gso,
					.vlan_tci = 0x2064 },
				  back = { 0 };
		uint16_t shift = m.flags & VLAN ? 4 : 0;
		struct virtio_net_hdr h;

		assert_int_equal(vnet_from_meta(&m, &iov, 1, 2048, &h), 0);
		assert_int_equal(h.gso_type, table[i].type);
		if (m.flags & BLANK)
			assert_int_equal(h.csum_start, m.csum_start + shift);
		if (h.gso_type)
			assert_int_equal(h.hdr_len, m.csum_start + 32 + shift);
		assert_int_equal(vnet_to_meta(&h, 2048 + shift, &back), 0);
		if (m.flags & BLANK)
			back.csum_start = (uint16_t)(back.csum_start - shift);
		back.flags |= m.flags & VLAN;
		back.vlan_tci = m.vlan_tci;
		assert_memory_equal(&back, &m, sizeof(m));
	}
}

static void test_vnet_refuses(void **state)
{
	static const struct virtio_net_hdr from_kernel[] = {
		{ .flags = 1, .csum_start = 34, .csum_offset = 300 },
		{ .flags = 1, .csum_start = 99, .csum_offset = 0 },
		{ .flags = 1, .csum_start = 98, .csum_offset = 1 },
		{ .flags = 1, .csum_start = 65535, .csum_offset = 65535 },
		{ .flags = 1, .csum_start = 2, .csum_offset = 2 },
		{ .gso_type = 1, .gso_size = 100 },
		{ .flags = 1, .csum_start = 34, .gso_type = 1 },
		{ .flags = 1, .csum_start = 34, .gso_type = 3, .gso_size = 9 },
		{ .flags = 1, .csum_start = 34, .gso_type = 5, .gso_size = 9 },
		{ .gso_type = 0x80 },
	};
	static const struct svnic_meta from_core[] = {
		{ .flags = BLANK, .csum_start = 99 },
		{ .flags = BLANK, .csum_start = 65535, .csum_offset = 255 },
		{ .flags = V4, .gso_size = 9 },
		{ .flags = V4 | BLANK, .csum_start = 34 },
		{ .flags = V4 | V6 | BLANK, .csum_start = 34, .gso_size = 9 },
		/* No TCP header of such a length, or no payload behind it. */
		{ .flags = V4 | BLANK, .csum_start = 35, .gso_size = 9 },
		{ .flags = V4 | BLANK, .csum_start = 80, .gso_size = 9 },
	};
	uint8_t frame[100] = { [34 + 12] = 0x80, [80 + 12] = 0x50 };
	struct hal_iov iov = { frame, 100 };
	struct virtio_net_hdr h;
	struct svnic_meta m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(from_kernel) / sizeof(from_kernel[0]); i++) {
		memset(&m, 0, sizeof(m));
		assert_true(vnet_to_meta(&from_kernel[i], 100, &m) < 0);
	}
	for (i = 0; i < sizeof(from_core) / sizeof(from_core[0]); i++)
		assert_int_equal(vnet_from_meta(&from_core[i], &iov, 1, 100,
						&h),
				 -EINVAL);
	m = (struct svnic_meta) { .flags = SVNIC_META_CSUM_GOOD };
	assert_int_equal(vnet_from_meta(&m, &iov, 1, 100, &h), 0);
	assert_int_equal(h.flags, 0);
}

static void test_vnet_tag(void **state)
{
	uint8_t frame[64] = { 1,  2,  3,  4,	5, 6,	 7,    8, 9,
			      10, 11, 12, 0x81, 0, 0x20, 0x64, 8, 0 };
	struct hal_frame f = { frame,
			       64,
			       { .flags = BLANK, .csum_start = 38 } };
	static const uint8_t bare[] = { 1, 2, 3,  4,  5,  6, 7,
					8, 9, 10, 11, 12, 8, 0 };

	(void)state;
	vnet_strip_tag(&f);
	assert_int_equal(f.len, 60);
	assert_int_equal(f.meta.vlan_tci, 0x2064);
	assert_int_equal(f.meta.flags, BLANK | VLAN);
	assert_int_equal(f.meta.csum_start, 34);
	assert_memory_equal(f.data, bare, sizeof(bare));
	vnet_strip_tag(&f);
	assert_int_equal(f.len, 60);
}

static void test_sleep(void **state)
{
	(void)state;
	assert_int_equal(loop_sleep_ns(0, 0, true, true), 0);
	assert_int_equal(loop_sleep_ns(29999, 0, true, true), 0);
	assert_in_range(loop_sleep_ns(50000, 0, true, true), 20000, 21000);
	assert_in_range(loop_sleep_ns(10000000, 0, true, true), 20000, 50000);
	assert_int_equal(loop_sleep_ns(100000000, 0, true, true), 250000);
	assert_int_equal(loop_sleep_ns(100000000, 60, true, true), 60000);
	assert_int_equal(loop_sleep_ns(1900000000, 0, true, true), 250000);
	assert_int_equal(loop_sleep_ns(3000000000, 0, true, true), 1000000);
	assert_int_equal(loop_sleep_ns(3000000000, 0, false, true), 1000000);
	assert_int_equal(loop_sleep_ns(3000000000, 100, false, true), 100000);
	assert_true(loop_sleep_ns(3000000000, 0, false, false) > 1000000);
}

static enum options_result parse(struct options *o, const char *line)
{
	static char copy[512];
	char *argv[24] = { copy };
	int argc = 1;
	char *p;

	strcpy(copy, "svnic-fw");
	strcpy(copy + 16, line);
	for (p = strtok(copy + 16, " "); p; p = strtok(NULL, " "))
		argv[argc++] = p;
	return options_parse(o, argc, argv);
}

static void test_options(void **state)
{
	static const char *const wrong[] = {
		"",
		"--link tcp:1",
		"--link unix:",
		"--link unix:/a,stay",
		"--link unix:/a more",
		"--link unix:/a --wire packet:x",
		"--link unix:/a --wire 0=nothing:x",
		"--link unix:/a --wire 0=packet:",
		"--link unix:/a --wire 8=packet:x",
		"--link unix:/a --wire 1=packet:x",
		"--link unix:/a --wire 0=tap:x --wire 0=tap:y",
		"--link unix:/a --mac 02:00:00:00:00",
		"--link unix:/a --mac 01:00:00:00:00:01",
		"--link unix:/a --mac 00:00:00:00:00:00",
		"--link unix:/a --mac 02:00:00:00:00:0g",
		"--link unix:/a --max-vifs 1",
		"--link unix:/a --max-vifs 4097",
		"--link unix:/a --max-vifs 0x10",
		"--link unix:/a --queues -1",
		"--link unix:/a --chunks 99999999999999999999",
		"--link unix:/a --idle-us 0",
		"--link unix:/a --log loud",
		"--link unix:/a --nonsense",
		"--link unix:/a --queues",
	};
	static struct options o;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(parse(&o, wrong[i]), OPTIONS_WRONG);
	assert_int_equal(parse(&o, "--link unix:/a,persist --link unix:/b "
				   "--wire 1=pcap:in,out --wire 0=packet:eth0 "
				   "--mac 02:00:00:00:00:f0 --max-vifs 64 "
				   "--idle-us 100 --log debug"),
			 OPTIONS_OK);
	assert_int_equal(o.nr_links, 2);
	assert_string_equal(o.link[0].path, "/a");
	assert_true(o.link[0].persist);
	assert_false(o.link[1].persist);
	assert_int_equal(o.nr_ports, 2);
	assert_string_equal(o.wire[1].arg, "in,out");
	assert_string_equal(o.wire[0].arg, "eth0");
	assert_int_equal(o.mac[5], 0xf0);
	assert_int_equal(o.max_vifs, 64);
	assert_int_equal(o.idle_us, 100);
	assert_int_equal(o.level, LOG_LEVEL_DEBUG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dma_model),
		cmocka_unit_test(test_dma_taken_away),
		cmocka_unit_test(test_irqs_model),
		cmocka_unit_test(test_irqs_full_counter),
		cmocka_unit_test(test_irqs_blocking),
		cmocka_unit_test(test_listen),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_vnet_round_trip),
		cmocka_unit_test(test_vnet_refuses),
		cmocka_unit_test(test_vnet_tag),
		cmocka_unit_test(test_sleep),
		cmocka_unit_test(test_options),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
