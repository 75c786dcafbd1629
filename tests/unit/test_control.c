/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket: requests that are garbage, too long, of the wrong type or
 * never read (rule R58).
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "ctl_fixture.h"

static void test_socket_mode(void **state)
{
	struct ctl_fixture *f = *state;
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
	struct ctl_fixture *f = *state;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ctl_check_error(f, bad[i], "bad-request");
	ctl_check_error(
		f, "{\"command\":\"show\",\"arguments\":{\"vif\":\"3.1\"}}",
		"not-found");
	ctl_check_error(f,
			"{\"command\":\"show\",\"arguments\":{\"vif\":\"\"}}",
			"not-found");
}

/* A number that is not there is nobody's name. */
static void test_no_names(void **state)
{
	struct ctl_fixture *f = *state;

	f->p.nr_names = 0;
	assert_null(daemon_find(&f->d, "3.7"));
	assert_null(daemon_find(&f->d, "99999.0"));
	assert_int_equal(f->p.nr_names, 0);
	assert_ptr_equal(daemon_find(&f->d, "3.0"), f->vif);
	f->t.name = "10.0";
	assert_ptr_equal(daemon_find(&f->d, "10.0.0"), f->vif);
	f->t.name = NULL;
}

/* A name that is quoted, and cut within a character. */
static void test_long_name(void **state)
{
	char line[256] = "{\"command\":\"show\",\"arguments\":{\"vif\":\"a";
	struct ctl_fixture *f = *state;
	json_t *answer, *error;
	unsigned int i;

	for (i = 0; i < 40; i++)
		strcat(line, "\xc3\xa9");
	strcat(line, "\"}}");
	answer = ctl_ask(f, line);
	error = json_object_get(answer, "error");
	assert_non_null(strstr(ctl_text_of(error, "message"), "no vif \"a"));
	json_decref(answer);
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
	struct ctl_fixture *f = *state;
	unsigned int i;
	char *line;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *answer = ctl_ask(f, bad[i]);
		json_t *error = json_object_get(answer, "error");

		assert_string_equal(ctl_text_of(error, "code"), "bad-request");
		assert_non_null(
			strstr(ctl_text_of(error, "message"), "column"));
		json_decref(answer);
		f->nr_in = 0;
		assert_int_equal(ctl_read_line(f, &line), -1);
		close(f->fd);
		f->fd = ctl_dial(f);
	}
}

static void test_too_long(void **state)
{
	struct ctl_fixture *f = *state;
	static char block[4096];
	unsigned int i;
	char *line;

	memset(block, ' ', sizeof(block));
	for (i = 0; i < 64; i++) {
		if (write(f->fd, block, sizeof(block)) < 0)
			break;
		ctl_pump(f);
	}
	f->nr_in = 0;
	assert_true(ctl_read_line(f, &line) > 0);
	assert_non_null(strstr(line, "65536"));
	f->nr_in = 0;
	assert_int_equal(ctl_read_line(f, &line), -1);
}

/* A client that asks and never reads is dropped; memory stays bounded. */
static void test_never_reads(void **state)
{
	static const char list[] = "{\"command\": \"list\"}\n";
	struct ctl_fixture *f = *state;
	struct pollfd p = { .fd = f->fd, .events = POLLIN };
	unsigned int i;

	for (i = 0; i < 200000; i++) {
		if (send(f->fd, list, sizeof(list) - 1, MSG_NOSIGNAL) < 0 &&
		    errno != EAGAIN)
			break;
		if (i % 64 == 0)
			ctl_pump(f);
	}
	assert_true(i < 200000);
	assert_int_equal(poll(&p, 1, 0), 1);
}

/* An answer that is longer than what may wait unread still arrives whole. */
static void test_long_list(void **state)
{
	static const char list[] = "{\"command\": \"list\"}\n";
	static struct tenant tenants[SVNIC_MAX_VIFS];
	struct ctl_fixture *f = *state;
	size_t octets = 0;
	unsigned int i;
	ssize_t n;

	for (i = 1; i < SVNIC_MAX_VIFS; i++)
		assert_non_null(fake_vif(&f->d, &tenants[i], i));
	assert_int_equal(write(f->fd, list, strlen(list)), strlen(list));
	do {
		ctl_pump(f);
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
	struct ctl_fixture *f = *state;
	struct pollfd p = { .events = POLLIN };
	int fd[80];
	unsigned int i;

	for (i = 0; i < 80; i++) {
		fd[i] = ctl_dial(f);
		ctl_pump(f);
	}
	p.fd = fd[79];
	assert_int_equal(poll(&p, 1, 0), 1);
	p.fd = fd[0];
	assert_int_equal(poll(&p, 1, 0), 0);
	for (i = 0; i < 80; i++)
		close(fd[i]);
	ctl_pump(f);
	json_decref(ctl_ask(f, "{\"command\": \"list\"}"));
}

/* No descriptor is left: nobody is let in, and svnicd does not spin. */
static void test_no_descriptors(void **state)
{
	static const struct timeval some = { .tv_usec = 300000 };
	struct ctl_fixture *f = *state;
	struct rlimit before, none;
	int fd = ctl_dial(f);
	clock_t start;
	char octet;

	assert_int_equal(write(fd, "x\n", 2), 2);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	start = clock();
	event_base_loopexit(f->d.base, &some);
	event_base_dispatch(f->d.base);
	assert_true(clock() - start < CLOCKS_PER_SEC / 10);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	event_base_loopexit(f->d.base, &some);
	event_base_dispatch(f->d.base);
	ctl_pump(f);
	assert_int_equal(read(fd, &octet, 1), 1);
	close(fd);
	ctl_pump(f);
}

/* Another one that hangs, and does not even accept, is there all the same. */
static void test_hanging_other(void **state)
{
	struct ctl_fixture *f = *state;
	struct control *second = NULL;
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd[80];
	unsigned int i;

	strcpy(sa.sun_path, f->d.config.socket);
	for (i = 0; i < 80; i++) {
		fd[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(fd[i], (struct sockaddr *)&sa, sizeof(sa));
	}
	alarm(20);
	assert_int_equal(control_create(&f->d, &second), -EADDRINUSE);
	alarm(0);
	for (i = 0; i < 80; i++)
		close(fd[i]);
	ctl_pump(f);
}

#define T(test) cmocka_unit_test_setup_teardown(test, ctl_begin, ctl_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_socket_mode),	  T(test_bad_requests),
		T(test_long_name),	  T(test_no_names),
		T(test_garbage),	  T(test_too_long),
		T(test_never_reads),	  T(test_long_list),
		T(test_many_connections), T(test_no_descriptors),
		T(test_hanging_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
