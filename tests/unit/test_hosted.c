/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the hosted card listens, keeps its arena, sleeps, and reads its command
 * line.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../device-firmware/hal/hosted/card.h"
#include "../fakes/hosted_core.h"

static void knock_without_fds(struct link *l)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct rlimit limit, none;

	memcpy(sun.sun_path, l->config.path, sizeof(sun.sun_path));
	assert_int_equal(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = (rlim_t)dup(fd);
	close((int)none.rlim_cur);
	setrlimit(RLIMIT_NOFILE, &none);
	link_accept(l);
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_false(link_is_connected(l));
	assert_int_equal(recv(fd, &sun, 1, 0), 0);
	close(fd);
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
	/* Nor does one knock for ever when there is no descriptor for it. */
	link_serve(&a);
	assert_false(link_is_connected(&a));
	knock_without_fds(&a);
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
	assert_true(arena_create(&a, "/dev/null/arena") < 0);
}

static uint64_t sleep_ns(struct pace *p, uint64_t idle_ns, unsigned int idle_us,
			 bool live, bool client)
{
	const struct pace_need need = { live, client, idle_us, SPARE_PLENTY };

	return pace_sleep_ns(p, idle_ns, &need);
}

static void test_sleep(void **state)
{
	struct pace p = { 0 };

	(void)state;
	assert_int_equal(sleep_ns(&p, 0, 0, true, true), 0);
	assert_int_equal(sleep_ns(&p, 29999, 0, true, true), 0);
	assert_in_range(sleep_ns(&p, 50000, 0, true, true), 20000, 21000);
	assert_in_range(sleep_ns(&p, 10000000, 0, true, true), 20000, 50000);
	assert_int_equal(sleep_ns(&p, 100000000, 0, true, true), 250000);
	assert_int_equal(sleep_ns(&p, 100000000, 60, true, true), 60000);
	assert_int_equal(sleep_ns(&p, 1900000000, 0, true, true), 250000);
	assert_int_equal(sleep_ns(&p, 3000000000, 0, true, true), 1000000);
	assert_int_equal(sleep_ns(&p, 3000000000, 0, false, true), 1000000);
	assert_int_equal(sleep_ns(&p, 3000000000, 100, false, true), 100000);
	assert_true(sleep_ns(&p, 3000000000, 0, false, false) > 1000000);
}

/* Where a look in vain costs much, there are fewer of them. */
static void test_pace(void **state)
{
	struct pace p = { 0 };
	uint64_t busy = 1000;
	unsigned int i;

	(void)state;
	for (i = 0; i < 200; i++)
		pace_learn(&p, busy += 15000);
	assert_in_range(p.look_ns, 14900, 15000);
	assert_in_range(sleep_ns(&p, 50000, 0, true, true), 74000, 76000);
	assert_int_equal(sleep_ns(&p, 50000, 60, true, true), 60000);
	/* What it did for somebody is no look in vain. */
	pace_work(&p, 77);
	assert_int_equal(p.work_ns, 77);
	pace_learn(&p, busy += 1000000);
	assert_in_range(p.look_ns, 14900, 15000);
	for (i = 0; i < 200; i++)
		pace_learn(&p, busy += 1000);
	assert_in_range(sleep_ns(&p, 50000, 0, true, true), 20000, 21000);
	/* However slow the machine is, guests are not forgotten. */
	for (i = 0; i < 200; i++)
		pace_learn(&p, busy += 1000000);
	assert_int_equal(sleep_ns(&p, 50000, 0, true, true), 250000);
}

static uint64_t spare_sleep_ns(struct pace *p, uint64_t idle_ns,
			       unsigned int spare)
{
	const struct pace_need need = { true, true, 0, spare };

	return pace_sleep_ns(p, idle_ns, &need);
}

/* Where no processor is idle, looks in vain take time from others. */
static void test_scarce(void **state)
{
	struct pace p = { .look_ns = 10000, .gap_ns = 100000 };
	uint64_t last;
	unsigned int i;

	(void)state;
	assert_int_equal(spare_sleep_ns(&p, 4999, 0), 0);
	assert_in_range(spare_sleep_ns(&p, 5000, 0), 160000, 161000);
	assert_in_range(spare_sleep_ns(&p, 5000, 25), 160000, 161000);
	assert_int_equal(spare_sleep_ns(&p, 5000, 26), 0);
	assert_int_equal(spare_sleep_ns(&p, 29999, 40), 0);
	assert_in_range(spare_sleep_ns(&p, 30000, 40), 50000, 51000);
	assert_in_range(spare_sleep_ns(&p, 30000, 100), 50000, 51000);
	/* The more there is, the shorter, and no step is large. */
	last = spare_sleep_ns(&p, 30000, 20);
	for (i = 20; i <= 50; i++) {
		uint64_t ns = spare_sleep_ns(&p, 30000, i);

		assert_true(ns <= last && last - ns <= 10000);
		last = ns;
	}
	/* Guests are not forgotten, and dense work is stayed for. */
	p.look_ns = 1000000;
	assert_int_equal(spare_sleep_ns(&p, 30000, 0), 250000);
	p.gap_ns = 10000;
	assert_int_equal(spare_sleep_ns(&p, 150000, 0), 0);
	/* ... as it is for what would be dense without a sleep. */
	p = (struct pace) { .look_ns = 10000, .gap_ns = 40000 };
	assert_int_equal(spare_sleep_ns(&p, 29999, 0), 0);
	assert_in_range(spare_sleep_ns(&p, 30000, 0), 50000, 51000);
}

static void uptime_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* The second number is idle time, of all processors, in seconds. */
static void test_spare(void **state)
{
	const char *path = "test_hosted.uptime";
	const uint64_t ms = 1000000;
	struct spare s;

	(void)state;
	uptime_write(path, "1000.25 5000.10\n");
	assert_int_equal(spare_open(&s, path), 0);
	assert_int_equal(spare_percent(&s), SPARE_PLENTY);
	spare_learn(&s, 1000 * ms);
	assert_int_equal(spare_percent(&s), SPARE_PLENTY);
	uptime_write(path, "1000.65 5000.20\n");
	spare_learn(&s, 1200 * ms);
	assert_int_equal(spare_percent(&s), SPARE_PLENTY);
	spare_learn(&s, 1400 * ms);
	assert_int_equal(spare_percent(&s), 25);
	uptime_write(path, "1001.65 5000.20\n");
	spare_learn(&s, 2400 * ms);
	assert_int_equal(spare_percent(&s), 0);
	uptime_write(path, "1002.65 5004.20\n");
	spare_learn(&s, 3400 * ms);
	assert_int_equal(spare_percent(&s), SPARE_PLENTY);
	/* A processor less, or nonsense: nobody is to wait for that. */
	uptime_write(path, "1003.65 5004.20\n");
	spare_learn(&s, 4400 * ms);
	assert_int_equal(spare_percent(&s), 0);
	uptime_write(path, "1004.65 4004.20\n");
	spare_learn(&s, 5400 * ms);
	assert_int_equal(spare_percent(&s), SPARE_PLENTY);
	uptime_write(path, "1005.65 4004.20\n");
	spare_learn(&s, 6400 * ms);
	assert_int_equal(spare_percent(&s), 0);
	uptime_write(path, "what\n");
	spare_learn(&s, 7400 * ms);
	assert_int_equal(spare_percent(&s), SPARE_PLENTY);
	assert_int_equal(s.fd, -1);
	spare_learn(&s, 8400 * ms);
	spare_close(&s);
	unlink(path);
	assert_true(spare_open(&s, path) < 0);
	assert_int_equal(spare_percent(&s), SPARE_PLENTY);
	/* The real one. */
	assert_int_equal(spare_open(&s, SPARE_UPTIME), 0);
	spare_learn(&s, 1000 * ms);
	assert_true(s.idle_ns > 0);
	spare_close(&s);
}

/* Work every @gap_ns, with a look in vain in between or none. */
static void work(struct pace *p, uint64_t gap_ns, bool idle)
{
	unsigned int i;

	for (i = 0; i < 400; i++) {
		if (idle)
			sleep_ns(p, gap_ns / 2, 0, true, true);
		pace_work(p, p->work_ns + gap_ns);
	}
}

/* How long it stays awake after work. */
static uint64_t stays_ns(struct pace *p)
{
	uint64_t ns = 0;

	while (sleep_ns(p, ns, 0, true, true) == 0)
		ns += 1000;
	return ns;
}

/* Of frames that come one by one, but often, none waits for a sleep's end. */
static void test_dense(void **state)
{
	struct pace p = { 0 };

	(void)state;
	work(&p, 500, false);
	assert_int_equal(stays_ns(&p), 30000);
	work(&p, 10000, true);
	assert_in_range(stays_ns(&p), 155000, 160000);
	/* Rounds of work that goes on tell nothing of when the next comes. */
	work(&p, 500, false);
	assert_in_range(stays_ns(&p), 150000, 160000);
	/* One pause, however long, is no change. */
	sleep_ns(&p, 1000000, 0, true, true);
	pace_work(&p, p.work_ns + 5000000000u);
	assert_int_equal(sleep_ns(&p, 100000, 0, true, true), 0);
	/* Between work that comes seldom there is time to sleep. */
	work(&p, 20000, true);
	assert_int_equal(stays_ns(&p), 30000);
	work(&p, 500000, true);
	work(&p, 3000, false);
	assert_int_equal(stays_ns(&p), 30000);
	work(&p, 5000, true);
	assert_in_range(stays_ns(&p), 79000, 81000);
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
		cmocka_unit_test(test_listen), cmocka_unit_test(test_arena),
		cmocka_unit_test(test_sleep),  cmocka_unit_test(test_pace),
		cmocka_unit_test(test_scarce), cmocka_unit_test(test_spare),
		cmocka_unit_test(test_dense),  cmocka_unit_test(test_options),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
