// SPDX-License-Identifier: GPL-2.0-only
/*
 * svnic-admin as a whole, its stdout and stderr in files, against a svnicd
 * that this test plays; and the lines that it makes of hostile frames.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../tools/svnic-admin/admin.h"
#include "../../tools/svnic-admin/output.h"
#include "../../tools/svnic-admin/summary.h"

#define MAX_ARGS  16
#define MAX_TEXT  16384
#define ACCEPT_MS 2000

static char folder[] = "/tmp/svnic-unit.XXXXXX";
static char sock_path[64];

/* The played svnicd stores one line and sends one answer. */
static int listener;
static char asked[MAX_TEXT];
static const char *answer;

static char out[MAX_TEXT], err[MAX_TEXT];

static void *svnicd(void *arg)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	size_t have = 0;
	ssize_t n;
	int fd;

	(void)arg;
	asked[0] = '\0';
	if (poll(&p, 1, ACCEPT_MS) <= 0)
		return NULL;
	fd = accept(listener, NULL, NULL);
	while (have < sizeof(asked) - 1 && !memchr(asked, '\n', have)) {
		n = read(fd, asked + have, sizeof(asked) - 1 - have);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	asked[have] = '\0';
	if (*answer && send(fd, answer, strlen(answer), MSG_NOSIGNAL) < 0)
		perror("send");
	close(fd);
	return NULL;
}

static void take_file(char *text, int file)
{
	ssize_t n = pread(file, text, MAX_TEXT - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	close(file);
}

/* Run the words of @line: its exit code; out and err hold what it said. */
static int admin(const char *line)
{
	char name[] = "svnic-admin";
	char *argv[MAX_ARGS] = { name };
	int saved[2] = { dup(1), dup(2) };
	int file[2] = { memfd_create("out", 0), memfd_create("err", 0) };
	char *words = strdup(line), *save = NULL, *w;
	int argc = 1, rc;

	for (w = strtok_r(words, " ", &save); w && argc < MAX_ARGS - 1;
	     w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	fflush(NULL);
	dup2(file[0], 1);
	dup2(file[1], 2);
	rc = admin_run(argc, argv);
	fflush(NULL);
	dup2(saved[0], 1);
	dup2(saved[1], 2);
	close(saved[0]);
	close(saved[1]);
	take_file(out, file[0]);
	take_file(err, file[1]);
	free(words);
	return rc;
}

static int admin_with(const char *line, const char *reply)
{
	char whole[512];
	pthread_t thread;
	int rc;

	answer = reply;
	snprintf(whole, sizeof(whole), "--socket %s %s", sock_path, line);
	pthread_create(&thread, NULL, svnicd, NULL);
	rc = admin(whole);
	pthread_join(thread, NULL);
	return rc;
}

static int group_setup(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(sock_path, sizeof(sock_path), "%s/s", folder);
	strcpy(addr.sun_path, sock_path);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (void *)&addr, sizeof(addr)))
		return -1;
	return listen(listener, 1);
}

static int group_teardown(void **state)
{
	(void)state;
	close(listener);
	unlink(sock_path);
	return rmdir(folder);
}

static void refused(const char *line, const char *text)
{
	assert_int_equal(admin(line), ADMIN_USAGE);
	if (!strstr(err, text))
		fail_msg("\"%s\" said: %s", line, err);
	assert_string_equal(out, "");
}

static void test_usage(void **state)
{
	(void)state;
	refused("", "a command is missing");
	refused("crate", "no command \"crate\"; expected device, list");
	refused("--frob", "no option --frob");
	refused("list -Q", "no option -Q");
	refused("list more", "\"more\" is one argument too many");
	refused("show", "VIF is missing");
	refused("create a --mac", "--mac needs a value");
	refused("create a -m", "-m needs a value");
	refused("set a --enable=1", "--enable=1 takes no value");
	refused("set a", "nothing to change");
	refused("set a -e -d", "exclude each other");
	refused("stats a --watch=0", "from 1 to 86400");
	refused("capture a -c 1x", "expected a number");
	refused("capture a -c 0", "expected a number");
	refused("capture a -c -1", "expected a number");
}

static void test_filter(void **state)
{
	(void)state;
	refused("capture a tcp prot 80", "  tcp prot 80\n      ^");
	refused("capture a tcp and prot 80", "  tcp and prot 80\n          ^");
	refused("capture a prot", "  prot\n  ^");
	refused("capture a tcp and", "  tcp and\n      ^");
}

static void test_help(void **state)
{
	unsigned int i;
	char line[64];

	(void)state;
	assert_int_equal(admin("--help"), ADMIN_OK);
	for (i = 0; i < admin_nr_commands; i++)
		assert_non_null(strstr(out, admin_commands[i].text));
	assert_int_equal(admin("completion"), ADMIN_OK);
	for (i = 0; i < admin_nr_commands; i++)
		assert_non_null(strstr(out, admin_commands[i].name));
	for (i = 0; i < admin_nr_commands; i++) {
		snprintf(line, sizeof(line), "%s --help",
			 admin_commands[i].name);
		assert_int_equal(admin(line), ADMIN_OK);
		assert_non_null(strstr(out, admin_commands[i].name));
	}
	assert_int_equal(admin("--version"), ADMIN_OK);
}

static void test_request(void **state)
{
	(void)state;
	assert_int_equal(admin_with("create v -n net0 --mac=m -M 9000 -r 1Gb/s",
				    "{\"result\":{\"vif\":\"v\"}}\n"),
			 ADMIN_OK);
	assert_string_equal(
		asked,
		"{\"command\":\"create\",\"arguments\":{\"name\":\"v\",\"network\":\"net0\",\"mac\":\"m\",\"mtu\":\"9000\",\"rate\":\"1Gb/s\"}}\n");
	assert_string_equal(out, "v: created\n");
	/* A limit that cannot be told is not left out. */
	admin_with("set v --rate \xff", "{\"result\":{}}\n");
	assert_non_null(strstr(asked, "\"rate\":\"?\""));
	admin_with("set v -x 1Gb/s --min-rate=default -t 0 -c gold",
		   "{\"result\":{}}\n");
	assert_string_equal(
		asked,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"v\",\"rx_rate\":\"1Gb/s\",\"min_rate\":\"default\",\"storm\":\"0\",\"class\":\"gold\"}}\n");
	assert_int_equal(admin_with("set v --disable", "{\"result\":{}}\n"),
			 ADMIN_OK);
	assert_string_equal(
		asked,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"v\",\"enabled\":false}}\n");
	assert_int_equal(admin_with("list", "{\"result\":[]}\n"), ADMIN_OK);
	assert_string_equal(asked, "{\"command\":\"list\"}\n");
}

static void test_errors(void **state)
{
	static const char *const broken[] = { "", "{\"result\":", "x\n", "[]\n",
					      "{}\n" };
	unsigned int i;

	(void)state;
	assert_int_equal(
		admin_with(
			"show v",
			"{\"error\":{\"code\":\"not-found\",\"message\":\"no vif v\",\"hint\":\"see list\"}}\n"),
		ADMIN_FAILED);
	assert_string_equal(err, "svnic-admin show: no vif v\nsee list\n");
	assert_int_equal(
		admin_with(
			"create v --mtu 9",
			"{\"error\":{\"code\":\"bad-argument\",\"message\":\"mtu 9\"}}\n"),
		ADMIN_USAGE);
	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		assert_int_equal(admin_with("list", broken[i]), ADMIN_FAILED);
	assert_int_equal(admin("--socket /nonexistent/s list"), ADMIN_FAILED);
	assert_non_null(strstr(err, "Is svnicd running"));
}

static void test_table(void **state)
{
	(void)state;
	assert_int_equal(
		admin_with(
			"list",
			"{\"result\":[{\"vif\":\"3.0\",\"state\":\"connected\",\"direct\":true,\"path\":\"direct\",\"network\":\"net0\",\"mac\":\"m\",\"mtu\":1500,\"rate\":1250000,\"class\":\"gold\",\"tx_octets\":1234567,\"rx_octets\":5,\"domain\":\"web\",\"reason\":\"\"}]}\n"),
		ADMIN_OK);
	assert_string_equal(
		out,
		"VIF  STATE      PATH    NETWORK  MAC   MTU     RATE  CLASS     SENT  RECEIVED  DOMAIN  REASON\n"
		"3.0  connected  direct  net0     m    1500  10 Mb/s  gold   1.23 MB         5  web     -\n");
	admin_with(
		"list",
		"{\"result\":[{\"vif\":\"3.0\",\"enabled\":false,\"path\":\"direct\"}]}\n");
	assert_non_null(strstr(out, "off "));
	assert_null(strstr(out, "direct"));
	admin_with("--json list", "{\"result\":[{\"rate\":1250000}]}\n");
	assert_non_null(strstr(out, "\"rate\": 1250000"));
}

static void test_nested(void **state)
{
	(void)state;
	admin_with(
		"device",
		"{\"result\":{\"card\":\"c\",\"features\":[\"csum\",\"gso\"],\"networks\":[{\"name\":\"net0\",\"speed\":0,\"vlan\":0}],\"ports\":[{\"name\":\"wire0\",\"port\":0,\"up\":true,\"verdicts\":{\"no_destination_at_all\":10,\"x\":1}},{\"port\":1,\"verdicts\":{}}],\"use\":{\"vifs\":2}}}\n");
	assert_string_equal(out, "card              c\n"
				 "features          csum, gso\n"
				 "use\n"
				 "  vifs            2\n"
				 "network net0\n"
				 "  speed           not known\n"
				 "  vlan            0\n"
				 "port 0\n"
				 "  name            wire0\n"
				 "  up              yes\n"
				 "  verdicts\n"
				 "    no destination at all  10\n"
				 "    x                      1\n"
				 "port 1\n"
				 "  verdicts        -\n");
	admin_with(
		"show v",
		"{\"result\":{\"limits\":{\"min_rate\":0,\"rate\":0,\"rx_rate\":125000,\"storm\":5}}}\n");
	assert_string_equal(out, "limits\n"
				 "  min rate        none\n"
				 "  rate            unlimited\n"
				 "  rx rate         1 Mb/s\n"
				 "  storm           5/s\n");
	admin_with("show v", "{\"result\":{\"queues\":[]}}\n");
	assert_string_equal(out, "queues            -\n");
}

/* What a guest called itself does not reach the terminal as it is. */
static void test_terminal(void **state)
{
	(void)state;
	admin_with("list", "{\"result\":[{\"vif\":\"a\\u001b[2Jb\"}]}\n");
	assert_null(strchr(out, '\x1b'));
	assert_non_null(strstr(out, "a?[2Jb"));
}

static void test_scaled(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0, "0 B" },	     { 999, "999 B" },	  { 1000, "1 kB" },
		{ 1234, "1.23 kB" }, { 1.5e9, "1.5 GB" }, { 1e18, "1 EB" },
	};
	char text[OUTPUT_CELL];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		output_scaled(cases[i].value, "B", text);
		assert_string_equal(text, cases[i].text);
	}
}

static void test_summary(void **state)
{
	/* clang-format off */
	static const uint8_t ping[] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0,
		192, 0, 2, 1, 192, 0, 2, 2,
		8, 0, 0, 0, 0x12, 0x67, 0, 9,
	};
	/* clang-format on */
	char text[SUMMARY_SIZE];

	(void)state;
	summary_print(ping, sizeof(ping), sizeof(ping), text);
	assert_string_equal(
		text,
		"02:00:00:00:00:01 > 02:00:00:00:00:02, ip 192.0.2.1 > 192.0.2.2 icmp echo request id 4711 seq 9, length 42");
	summary_print(ping, 13, 13, text);
	assert_non_null(strstr(text, "less than"));
}

static void hostile_frame(unsigned int type, uint8_t protocol, unsigned int len)
{
	char text[SUMMARY_SIZE];
	/* Its end is the end of the allocation, for the sanitizers. */
	uint8_t *frame = malloc(len);

	assert_non_null(frame);
	memset(frame, 0xff, len);
	if (len > 23) {
		frame[12] = (uint8_t)(type >> 8);
		frame[13] = (uint8_t)type;
		frame[14] = (uint8_t)(len & 0xf);
		frame[20] = protocol; /* IPv6; of IPv4 the fragment */
		frame[21] = 0;
		frame[23] = protocol;
		if (type == 0x0800)
			frame[20] = 0;
	}
	summary_print(frame, len, len, text);
	assert_true(strlen(text) < SUMMARY_SIZE);
	free(frame);
}

static void test_summary_hostile(void **state)
{
	static const unsigned int types[] = { 0x0800, 0x86dd, 0x0806, 0x8100,
					      9 };
	static const uint8_t protocols[] = { 1, 6, 17, 58, 99 };
	unsigned int t, p, len;

	(void)state;
	for (t = 0; t < 5; t++) {
		for (p = 0; p < 5; p++) {
			for (len = 1; len < 96; len++)
				hostile_frame(types[t], protocols[p], len);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_scaled),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_summary_hostile),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
