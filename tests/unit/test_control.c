/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket: every command, and requests that are garbage, too long,
 * of the wrong type or never read (rule R58).
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>
#include <jansson.h>

#include <svnic/control.h>
#include <svnic/order.h>

#include "control.h"
#include "fakes/svnicd_platform.h"

struct fixture {
	struct daemon d;
	struct platform p;
	struct tenant t;
	struct vif *vif;
	int fd;
	char folder[32];
	char in[1 << 18];
	size_t nr_in;
};

static int dial(const struct fixture *f)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(sa.sun_path, f->d.config.socket);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

static int begin(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	fake_daemon_init(&f.d, &f.p);
	strcpy(f.folder, "/tmp/svnic-unit.XXXXXX");
	assert_non_null(mkdtemp(f.folder));
	snprintf(f.d.config.socket, sizeof(f.d.config.socket), "%s/s",
		 f.folder);
	f.vif = fake_vif(&f.d, &f.t, 0);
	assert_int_equal(control_create(&f.d, &f.d.control), 0);
	f.fd = dial(&f);
	*state = &f;
	return 0;
}

static int end(void **state)
{
	struct fixture *f = *state;

	close(f->fd);
	event_base_loop(f->d.base, EVLOOP_NONBLOCK);
	control_destroy(f->d.control);
	/* The socket is gone, and nothing else is there. */
	assert_int_equal(rmdir(f->folder), 0);
	fake_daemon_fini(&f->d);
	return 0;
}

static void pump(struct fixture *f)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		event_base_loop(f->d.base, EVLOOP_NONBLOCK);
}

/* Octets until a line is there, or -1 when the connection ends first. */
static int read_line(struct fixture *f, char **line)
{
	unsigned int i;
	char *nl;
	ssize_t n;

	for (i = 0; i < 1000; i++) {
		nl = memchr(f->in, '\n', f->nr_in);
		if (nl) {
			*nl = '\0';
			*line = f->in;
			return (int)(nl - f->in);
		}
		pump(f);
		n = read(f->fd, f->in + f->nr_in, sizeof(f->in) - f->nr_in);
		if (n == 0)
			return -1;
		if (n > 0)
			f->nr_in += (size_t)n;
	}
	fail_msg("no answer");
	return -1;
}

static json_t *ask(struct fixture *f, const char *text)
{
	json_error_t error;
	json_t *answer;
	char *line;

	assert_int_equal(write(f->fd, text, strlen(text)), strlen(text));
	assert_int_equal(write(f->fd, "\n", 1), 1);
	f->nr_in = 0;
	assert_true(read_line(f, &line) > 0);
	answer = json_loads(line, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(answer);
	assert_int_equal(json_object_size(answer), 1);
	return answer;
}

static void check_error(struct fixture *f, const char *text, const char *code)
{
	json_t *answer = ask(f, text);
	json_t *error = json_object_get(answer, "error");
	const char *got = json_string_value(json_object_get(error, "code"));

	if (!got || strcmp(got, code) != 0)
		fail_msg("%s: expected %s, got %s", text, code,
			 got ? got : "a result");
	assert_true(json_is_string(json_object_get(error, "message")));
	json_decref(answer);
}

static const char *text_of(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "(none)";
}

static json_t *result(json_t *answer)
{
	json_t *r = json_object_get(answer, "result");

	assert_non_null(r);
	return r;
}

static void test_socket_mode(void **state)
{
	struct fixture *f = *state;
	struct control *second = NULL;
	struct stat st;

	assert_int_equal(stat(f->d.config.socket, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(control_create(&f->d, &second), -EADDRINUSE);
}

static void test_bad_requests(void **state)
{
	static const char *const bad[] = {
		"[]",
		"{}",
		"{\"command\": 5}",
		"{\"command\": \"\"}",
		"{\"command\": \"nonsense\"}",
		"{\"command\": \"show\"}",
		"{\"command\": \"show\", \"arguments\": []}",
		"{\"command\": \"show\", \"arguments\": {}}",
		"{\"command\": \"show\", \"arguments\": {\"vif\": 5}}",
		"{\"command\": \"show\", \"arguments\": {\"viff\": \"3.0\"}}",
		"{\"command\": \"show\", \"arguments\": {\"\": \"3.0\"}}",
		"{\"command\": \"list\", \"arguments\": {\"vif\": \"3.0\"}}",
		"{\"command\": \"set\", \"arguments\": {\"vif\": \"3.0\", \"enabled\": \"yes\"}}",
		"{\"command\": \"set\", \"arguments\": {\"vif\": \"3.0\", \"mtu\": 1.5}}",
		"{\"command\": \"capture\", \"arguments\": {\"vif\": \"3.0\", \"snaplen\": \"all\"}}",
	};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_error(f, bad[i], "bad-request");
	check_error(f, "{\"command\":\"show\",\"arguments\":{\"vif\":\"3.1\"}}",
		    "not-found");
	check_error(f, "{\"command\":\"show\",\"arguments\":{\"vif\":\"\"}}",
		    "not-found");
}

/* Not JSON: position, then the end. */
static void test_garbage(void **state)
{
	static const char *const bad[] = {
		"{\"command\": }",
		"nonsense",
		"5",
		"\"list\"",
		"{\"command\": \"list\"",
		"{\"command\": \"list\", \"command\": \"list\"}",
		"\xff\xfe",
		"{\"command\": \"\\ud800\"}",
		"{} {}",
	};
	struct fixture *f = *state;
	unsigned int i;
	char *line;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *answer = ask(f, bad[i]);
		json_t *error = json_object_get(answer, "error");

		assert_string_equal(text_of(error, "code"), "bad-request");
		assert_non_null(strstr(text_of(error, "message"), "column"));
		json_decref(answer);
		f->nr_in = 0;
		assert_int_equal(read_line(f, &line), -1);
		close(f->fd);
		f->fd = dial(f);
	}
}

static void test_too_long(void **state)
{
	struct fixture *f = *state;
	static char block[4096];
	unsigned int i;
	char *line;

	memset(block, ' ', sizeof(block));
	for (i = 0; i < 64; i++) {
		if (write(f->fd, block, sizeof(block)) < 0)
			break;
		pump(f);
	}
	f->nr_in = 0;
	assert_true(read_line(f, &line) > 0);
	assert_non_null(strstr(line, "65536"));
	f->nr_in = 0;
	assert_int_equal(read_line(f, &line), -1);
}

/* A client that asks and never reads is dropped; memory stays bounded. */
static void test_never_reads(void **state)
{
	static const char list[] = "{\"command\": \"list\"}\n";
	struct fixture *f = *state;
	struct pollfd p = { .fd = f->fd, .events = POLLIN };
	unsigned int i;

	for (i = 0; i < 200000; i++) {
		if (send(f->fd, list, sizeof(list) - 1, MSG_NOSIGNAL) < 0 &&
		    errno != EAGAIN)
			break;
		if (i % 64 == 0)
			pump(f);
	}
	assert_true(i < 200000);
	assert_int_equal(poll(&p, 1, 0), 1);
}

/* An answer that is longer than what may wait unread still arrives whole. */
static void test_long_list(void **state)
{
	static const char list[] = "{\"command\": \"list\"}\n";
	static struct tenant tenants[SVNIC_MAX_VIFS];
	struct fixture *f = *state;
	size_t octets = 0;
	unsigned int i;
	ssize_t n;

	for (i = 1; i < SVNIC_MAX_VIFS; i++)
		assert_non_null(fake_vif(&f->d, &tenants[i], i));
	assert_int_equal(write(f->fd, list, strlen(list)), strlen(list));
	do {
		pump(f);
		n = read(f->fd, f->in, sizeof(f->in));
		if (n < 0 && errno == EAGAIN)
			continue;
		assert_true(n > 0);
		octets += (size_t)n;
	} while (n < 0 || f->in[n - 1] != '\n');
	assert_true(octets > 1 << 20);
}

static void test_many_connections(void **state)
{
	struct fixture *f = *state;
	struct pollfd p = { .events = POLLIN };
	int fd[80];
	unsigned int i;

	for (i = 0; i < 80; i++) {
		fd[i] = dial(f);
		pump(f);
	}
	p.fd = fd[79];
	assert_int_equal(poll(&p, 1, 0), 1);
	p.fd = fd[0];
	assert_int_equal(poll(&p, 1, 0), 0);
	for (i = 0; i < 80; i++)
		close(fd[i]);
	pump(f);
	json_decref(ask(f, "{\"command\": \"list\"}"));
}

static void test_list_show_stats(void **state)
{
	struct fixture *f = *state;
	json_t *answer;
	json_t *o;

	f->p.stats.tx_frames = svnic_le64(5);
	f->p.stats.rx_verdict[SVNIC_V_NO_BUFFER] = svnic_le64(9);
	answer = ask(f, "{\"command\": \"list\"}");
	o = json_array_get(result(answer), 0);
	assert_string_equal(text_of(o, "vif"), "3.0");
	assert_string_equal(text_of(o, "domain"), "guest");
	assert_string_equal(text_of(o, "state"), "waiting");
	assert_string_equal(text_of(o, "mac"), "00:16:3e:00:00:00");
	assert_int_equal(json_integer_value(json_object_get(o, "tx_frames")),
			 5);
	assert_true(json_is_false(json_object_get(o, "direct")));
	json_decref(answer);

	/* By the name of the domain, too. */
	answer = ask(
		f,
		"{\"command\":\"show\",\"arguments\":{\"vif\":\"guest.0\"}}");
	o = json_object_get(result(answer), "rx_verdicts");
	assert_int_equal(json_integer_value(json_object_get(o, "no_buffer")),
			 9);
	assert_int_equal(json_object_size(o), 1);
	json_decref(answer);

	answer = ask(f,
		     "{\"command\":\"stats\",\"arguments\":{\"vif\":\"3.0\"}}");
	o = result(answer);
	assert_int_equal(json_object_size(o), 8 + 2 * SVNIC_V_NR);
	assert_int_equal(json_integer_value(json_object_get(o, "rx_no_buffer")),
			 9);
	json_decref(answer);
}

static void test_device(void **state)
{
	struct fixture *f = *state;
	json_t *answer = ask(f, "{\"command\": \"device\"}");
	json_t *o = result(answer);

	assert_string_equal(text_of(o, "card"), "fake");
	assert_string_equal(text_of(o, "version"), "1.0");
	assert_int_equal(json_array_size(json_object_get(o, "ports")), 1);
	json_decref(answer);
	f->d.has_card = false;
	check_error(f, "{\"command\": \"device\"}", "no-card");
}

static void test_set(void **state)
{
	struct fixture *f = *state;
	json_t *answer;

	answer = ask(
		f,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"rate\":\"10Mb/s\",\"mtu\":1400,\"enabled\":false}}");
	assert_int_equal(
		json_integer_value(json_object_get(result(answer), "rate")),
		1250000);
	json_decref(answer);
	assert_int_equal(svnic_cpu16(f->p.vif[0].config.mtu), 1400);
	assert_int_equal(svnic_cpu32(f->p.vif[0].config.flags),
			 SVNIC_VIF_DISABLED);
	assert_string_equal(f->t.key, "rate=131072,104857");
	json_decref(ask(
		f,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"rate\":0,\"enabled\":true}}"));
	assert_int_equal(svnic_cpu32(f->p.vif[0].config.flags), 0);
	assert_string_equal(f->t.key, "rate=0");
	check_error(
		f,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"mtu\":-5}}",
		"bad-argument");
	check_error(
		f,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"rate\":\"fast\"}}",
		"bad-argument");
	f->p.set_result = SVNIC_ST_BAD_FIELD;
	check_error(
		f,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"mtu\":1500}}",
		"bad-argument");
	assert_int_equal(svnic_cpu16(f->vif->config.mtu), 1400);
}

static void test_not_here(void **state)
{
	struct fixture *f = *state;

	check_error(f,
		    "{\"command\":\"create\",\"arguments\":{\"name\":\"x\"}}",
		    "not-supported");
	check_error(f,
		    "{\"command\":\"destroy\",\"arguments\":{\"vif\":\"3.0\"}}",
		    "not-supported");
}

static void test_capture(void **state)
{
	struct fixture *f = *state;
	json_t *answer;

	check_error(
		f,
		"{\"command\":\"capture\",\"arguments\":{\"vif\":\"3.0\",\"snaplen\":13}}",
		"bad-argument");
	answer = ask(
		f, "{\"command\":\"capture\",\"arguments\":{\"vif\":\"3.0\"}}");
	assert_string_equal(text_of(result(answer), "vif"), "3.0");
	json_decref(answer);
	assert_true(f->p.vif[1].used);
	assert_int_equal(svnic_cpu32(f->p.vif[1].config.flags),
			 SVNIC_VIF_MONITOR);
	/* The client goes, and the monitor with it. */
	close(f->fd);
	pump(f);
	assert_false(f->p.vif[1].used);
	f->fd = dial(f);

	/* The VIF goes, and the client hears of it. */
	json_decref(ask(
		f,
		"{\"command\":\"capture\",\"arguments\":{\"vif\":\"3.0\"}}"));
	vif_destroy(f->vif);
	pump(f);
	assert_false(f->p.vif[1].used);
}

#define SET_PATH(path)                                                         \
	"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"path\":\"" path \
	"\"}}"

static void test_path(void **state)
{
	struct fixture *f = *state;
	struct platform_ops without = fake_ops;
	json_t *answer;

	check_error(f, SET_PATH("wire"), "bad-argument");
	/* A driver that has nothing else is not cut off. */
	vif_gate(f->vif, true);
	vif_peer_state(f->vif, PEER_CONNECTED);
	assert_int_equal(f->vif->state, VIF_CONNECTED);
	check_error(f, SET_PATH("netif"), "bad-argument");
	assert_true(f->t.offered);
	without.tenant_keys = NULL;
	f->d.ops = &without;
	check_error(f, SET_PATH("netif"), "not-supported");
	f->d.ops = &fake_ops;
	vif_peer_state(f->vif, PEER_CLOSED);
	vif_peer_state(f->vif, PEER_INITIALISING);
	f->t.rings = true;
	vif_peer_state(f->vif, PEER_CONNECTED);
	answer = ask(f, SET_PATH("netif"));
	assert_string_equal(text_of(result(answer), "wanted"), "netif");
	json_decref(answer);
	assert_false(f->t.offered);
	answer = ask(f, SET_PATH("direct"));
	assert_string_equal(text_of(result(answer), "wanted"), "direct");
	json_decref(answer);
	assert_true(f->t.offered);
}

/* With netif rings its counters are there too; without a number none are. */
static void test_netif_stats(void **state)
{
	static const char stats[] =
		"{\"command\":\"stats\",\"arguments\":{\"vif\":\"3.0\"}}";
	struct fixture *f = *state;
	json_t *answer;

	f->t.rings = true;
	vif_gate(f->vif, true);
	vif_peer_state(f->vif, PEER_CONNECTED);
	answer = ask(f, stats);
	assert_true(json_is_integer(
		json_object_get(result(answer), "netif_tx_frames")));
	assert_true(
		json_is_integer(json_object_get(result(answer), "tx_frames")));
	json_decref(answer);
	f->d.has_card = false;
	memset(f->p.vif, 0, sizeof(f->p.vif));
	vif_card_lost(f->vif, "link lost");
	check_error(f, stats, "no-card");
	check_error(f,
		    "{\"command\":\"capture\",\"arguments\":{\"vif\":\"3.0\"}}",
		    "no-card");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_socket_mode),
		TEST(test_bad_requests),
		TEST(test_garbage),
		TEST(test_too_long),
		TEST(test_never_reads),
		TEST(test_long_list),
		TEST(test_many_connections),
		TEST(test_list_show_stats),
		TEST(test_device),
		TEST(test_set),
		TEST(test_path),
		TEST(test_not_here),
		TEST(test_netif_stats),
		TEST(test_capture),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
