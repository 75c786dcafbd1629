/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many questions to XenStore at once, with a xenstored that answers from a
 * table, in pieces, wrongly, or not at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "xen/dom0.h"

#include <xen/io/xs_wire.h>

enum manner {
	GOOD,
	PIECES,
	WRONG_ID,
	LONG,
	WRONG_TYPE,
	ENDS,
	DENIED
};

static char path[64];
static struct platform p;

const char *xs_daemon_socket(void)
{
	return path;
}

static void put(int fd, const void *from, size_t len, bool pieces)
{
	const char *c = from;
	size_t n;

	for (; len; len -= n, c += n) {
		n = pieces ? 1 : len;
		if (send(fd, c, n, MSG_NOSIGNAL) != (ssize_t)n)
			_exit(0);
	}
}

static void get(int fd, void *to, size_t len)
{
	if (recv(fd, to, len, MSG_WAITALL) != (ssize_t)len)
		_exit(0);
}

/* A key's value is its path's last letter; "x" is not there. */
static void answer(int fd, enum manner manner, unsigned int nr)
{
	struct xsd_sockmsg m;
	char name[512];
	char value[8];

	get(fd, &m, sizeof(m));
	if (m.type != XS_READ || m.len > sizeof(name))
		_exit(1);
	get(fd, name, m.len);
	snprintf(value, sizeof(value), "%c", name[m.len - 2]);
	if (*value == 'x')
		strcpy(value, manner == DENIED ? "EACCES" : "ENOENT");
	m.type = *value == 'E' ? XS_ERROR : XS_READ;
	/* An error has its NUL on the wire, a value has not. */
	m.len = (uint32_t)strlen(value) + (m.type == XS_ERROR);
	if (manner == ENDS && nr == 1)
		_exit(0);
	if (manner == WRONG_ID && nr == 1)
		m.req_id++;
	if (manner == LONG && nr == 1)
		m.len = 4097;
	if (manner == WRONG_TYPE && nr == 1)
		m.type = XS_WATCH_EVENT;
	put(fd, &m, sizeof(m), manner == PIECES);
	put(fd, value, m.len < 8 ? m.len : 1, manner == PIECES);
}

static void serve(int listener, enum manner manner)
{
	int fd = accept(listener, NULL, NULL);
	unsigned int i;

	if (fd < 0)
		_exit(1);
	for (i = 0;; i++)
		answer(fd, manner, i);
}

static pid_t begin(enum manner manner)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t pid;

	snprintf(path, sizeof(path), "/tmp/svnic-batch.%d", (int)getpid());
	strcpy(addr.sun_path, path);
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(fd, 1), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		serve(fd, manner);
	close(fd);
	memset(&p, 0, sizeof(p));
	batch_open(&p);
	assert_true(p.batch.fd >= 0);
	return pid;
}

static void end(pid_t pid)
{
	int status;

	batch_close(&p);
	unlink(path);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void ask(void)
{
	static const char *const keys[] = { "a", "b", "x", "d" };

	batch_ask(&p, "dir", keys, 4);
	batch_read(&p);
}

static void expect(const char *name, const char *value)
{
	char *v = NULL;

	assert_true(batch_find(&p, name, &v));
	if (value)
		assert_string_equal(v, value);
	else
		assert_null(v);
	free(v);
}

static void expect_nothing(const char *name)
{
	char *v;

	assert_false(batch_find(&p, name, &v));
}

static void test_good(void **state)
{
	static const char *const more[] = { "f" };
	unsigned int i;
	pid_t pid;

	(void)state;
	for (i = GOOD; i <= PIECES; i++) {
		pid = begin(i);
		expect_nothing("dir/a");
		ask();
		batch_ask(&p, "other", more, 1);
		batch_read(&p);
		expect("dir/a", "a");
		expect("dir/d", "d");
		expect("dir/x", NULL);
		expect("other/f", "f");
		expect_nothing("dir/f");
		batch_drop(&p);
		expect_nothing("dir/a");
		/* Numbers begin again. */
		ask();
		expect("dir/b", "b");
		end(pid);
	}
}

/* Nothing is known then, and it is not asked again. */
static void test_odd(void **state)
{
	unsigned int i;
	pid_t pid;

	(void)state;
	for (i = WRONG_ID; i <= ENDS; i++) {
		pid = begin(i);
		ask();
		expect_nothing("dir/a");
		expect_nothing("dir/d");
		assert_int_equal(p.batch.fd, -1);
		ask();
		expect_nothing("dir/a");
		end(pid);
	}
}

/* What cannot be read is left to the library's own answer. */
static void test_denied(void **state)
{
	pid_t pid = begin(DENIED);

	(void)state;
	ask();
	expect("dir/a", "a");
	expect_nothing("dir/x");
	end(pid);
}

static void test_many(void **state)
{
	static const char *keys[BATCH_KEYS + 1];
	pid_t pid = begin(GOOD);
	unsigned int i;

	(void)state;
	for (i = 0; i <= BATCH_KEYS; i++)
		keys[i] = "k";
	batch_ask(&p, "dir", keys, BATCH_KEYS + 1);
	batch_read(&p);
	expect_nothing("dir/k");
	batch_ask(&p, "dir", keys, BATCH_KEYS);
	batch_read(&p);
	expect("dir/k", "k");
	batch_ask(&p, "dir2", keys, 1);
	batch_read(&p);
	expect_nothing("dir2/k");
	end(pid);
}

/* What was known before, and is asked for again. */
static void test_agrees(void **state)
{
	static const char *const keys[] = { "a", "d" };
	static const char *const more[] = { "a", "x" };
	pid_t pid = begin(GOOD);

	(void)state;
	assert_false(batch_agrees(&p, "dir", keys, 2));
	batch_drop(&p);
	assert_true(batch_put(&p, "dir/a", "a"));
	assert_true(batch_put(&p, "dir/b", NULL));
	assert_true(batch_put(&p, "dir/x", "x"));
	assert_true(batch_put(&p, "dir/d", "d"));
	expect("dir/b", NULL);
	assert_true(batch_agrees(&p, "dir", keys, 2));
	assert_false(batch_agrees(&p, "dir", more, 2));
	batch_drop(&p);
	assert_true(batch_put(&p, "dir/a", "a"));
	assert_true(batch_put(&p, "dir/d", "other"));
	assert_false(batch_agrees(&p, "dir", keys, 2));
	end(pid);
}

static void test_no_socket(void **state)
{
	(void)state;
	strcpy(path, "/nowhere/at/all");
	memset(&p, 0, sizeof(p));
	batch_open(&p);
	assert_int_equal(p.batch.fd, -1);
	ask();
	expect_nothing("dir/a");
	batch_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),   cmocka_unit_test(test_odd),
		cmocka_unit_test(test_denied), cmocka_unit_test(test_agrees),
		cmocka_unit_test(test_many),   cmocka_unit_test(test_no_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
