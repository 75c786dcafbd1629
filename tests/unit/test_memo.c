/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a daemon notes of a guest and the next one believes: when there is a
 * file, when it is taken away, and that a bad one is as good as none.  XenStore
 * is an array here, as far as it is asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

#include "xen/dom0.h"
#include "xen/memo.h"

#define BE "backend/vif/3/0"
#define FE "/local/domain/3/device/vif/0"

static struct platform p;
static struct tenant t;
static char name[DOM0_KEY];
static const char *differs; /* this key's value, when it is asked for */
static unsigned int nr_asked;

/* In place of batch.c ---------------------------------------------------- */

void batch_drop(struct platform *platform)
{
	while (platform->batch.nr)
		free(platform->batch.answer[--platform->batch.nr].value);
}

bool batch_put(struct platform *platform, const char *path, const char *value)
{
	struct batch_answer *a = &platform->batch.answer[platform->batch.nr];

	if (platform->batch.nr == BATCH_KEYS)
		return false;
	snprintf(a->path, sizeof(a->path), "%s", path);
	a->value = value ? strdup(value) : NULL;
	a->missing = !value;
	platform->batch.nr++;
	return true;
}

bool batch_find(struct platform *platform, const char *path, char **value)
{
	unsigned int i;

	for (i = 0; i < platform->batch.nr; i++) {
		if (strcmp(platform->batch.answer[i].path, path) != 0)
			continue;
		*value = platform->batch.answer[i].value
				 ? strdup(platform->batch.answer[i].value)
				 : NULL;
		return true;
	}
	return false;
}

bool batch_agrees(struct platform *platform, const char *dir,
		  const char *const *keys, unsigned int count)
{
	unsigned int i;

	(void)platform;
	assert_string_equal(dir, FE);
	nr_asked = count;
	for (i = 0; i < count; i++)
		if (differs && strcmp(differs, keys[i]) == 0)
			return false;
	return true;
}

/* The test --------------------------------------------------------------- */

static int begin(void **state)
{
	(void)state;
	memset(&p, 0, sizeof(p));
	memset(&t, 0, sizeof(t));
	p.base = event_base_new();
	snprintf(p.memo_dir, sizeof(p.memo_dir), "/tmp/svnic-memo.%d",
		 (int)getpid());
	snprintf(name, sizeof(name), "%s/memo.3.0", p.memo_dir);
	TAILQ_INIT(&p.guests);
	assert_int_equal(memo_open(&p), 0);
	t.p = &p;
	t.domid = 3;
	strcpy(t.backend, BE);
	strcpy(t.frontend, FE);
	TAILQ_INSERT_TAIL(&p.guests, &t, link);
	names_add(&p.names, &t.called, t.backend, &t);
	differs = NULL;
	return 0;
}

static int end(void **state)
{
	(void)state;
	memo_destroy(&t);
	batch_drop(&p);
	memo_close(&p);
	event_base_free(p.base);
	unlink(name);
	return rmdir(p.memo_dir);
}

static bool is_there(void)
{
	return access(name, F_OK) == 0;
}

/* What is to be written is, a moment later. */
static void later(void)
{
	event_base_loop(p.base, 0);
}

static void note_all(void)
{
	memo_note(&t, BE, "state", "4");
	memo_note(&t, BE, "mac", "00:16:3e:00:00:01");
	memo_note(&t, BE, "rate", NULL);
	memo_note(&t, FE, "state", "4");
	memo_note(&t, FE, "tx-ring-ref", "8");
	memo_note(&t, FE, "event-channel-tx", "");
	memo_note(&t, FE, "feature-sg", "1\n=|\xff");
	later();
}

static void expect(const char *path, const char *value)
{
	char *v = NULL;

	assert_true(batch_find(&p, path, &v));
	if (value)
		assert_string_equal(v, value);
	else
		assert_null(v);
	free(v);
}

static void test_remembered(void **state)
{
	struct stat st;

	(void)state;
	note_all();
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* The daemon ends. */
	memo_free(&t);
	assert_true(memo_load(&p, 3, 0));
	assert_int_equal(p.batch.nr, 7);
	assert_int_equal(nr_asked, 3);
	expect(BE "/mac", "00:16:3e:00:00:01");
	expect(BE "/rate", NULL);
	expect(FE "/event-channel-tx", "");
	expect(FE "/feature-sg", "1\n=|\xff");
	assert_false(memo_load(&p, 3, 1));
	assert_false(memo_load(&p, 4, 0));
}

/* Only who is connected is remembered. */
static void test_states(void **state)
{
	(void)state;
	note_all();
	memo_note(&t, FE, "state", "6");
	assert_false(is_there());
	later();
	assert_false(is_there());
	memo_note(&t, FE, "state", "4");
	later();
	assert_true(is_there());
	memo_note(&t, BE, "state", "5");
	later();
	assert_false(is_there());
}

/* It goes before a node is written that differs, and no sooner. */
static void test_changes(void **state)
{
	(void)state;
	note_all();
	memo_note(&t, BE, "rate", NULL);
	memo_change(&t, BE, "rate", NULL);
	memo_change(&t, FE, "tx-ring-ref", "8");
	assert_true(is_there());
	memo_change(&t, BE, "rate", "1,2");
	assert_false(is_there());
	memo_note(&t, BE, "rate", "1,2");
	later();
	assert_true(is_there());
	memo_change(&t, BE, "carrier", "0");
	assert_false(is_there());
	memo_note(&t, BE, "carrier", "0");
	later();
	memo_note(&t, FE, "tx-ring-ref", "9");
	assert_false(is_there());
	later();
	assert_true(memo_load(&p, 3, 0));
	expect(BE "/carrier", "0");
	expect(FE "/tx-ring-ref", "9");
}

/* The next daemon has the file: it goes as it would have for the one before. */
static void test_adopted(void **state)
{
	(void)state;
	note_all();
	memo_free(&t);
	t.memo_filed = false;
	assert_true(memo_load(&p, 3, 0));
	/* Read before it is known whose the file is. */
	memo_note(&t, BE, "mac", "00:16:3e:00:00:01");
	memo_adopt(&t);
	batch_drop(&p);
	memo_note(&t, FE, "tx-ring-ref", "8");
	memo_note(&t, BE, "rate", NULL);
	memo_change(&t, FE, "state", "4");
	later();
	assert_true(is_there());
	memo_change(&t, BE, "carrier", "0");
	assert_false(is_there());
	memo_note(&t, BE, "carrier", "0");
	later();
	memo_free(&t);
	assert_true(memo_load(&p, 3, 0));
	assert_int_equal(p.batch.nr, 8);
	expect(BE "/carrier", "0");
	expect(FE "/feature-sg", "1\n=|\xff");
	/* A guest that is gone leaves none. */
	memo_adopt(&t);
	memo_destroy(&t);
	assert_false(is_there());
}

/* Another connection by now: all is asked for, and it is not tried again. */
static void test_differs(void **state)
{
	(void)state;
	note_all();
	differs = "event-channel-tx";
	assert_false(memo_load(&p, 3, 0));
	assert_int_equal(p.batch.nr, 0);
	assert_false(is_there());
	differs = NULL;
	assert_false(memo_load(&p, 3, 0));
}

static void write_file(const char *text, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static void test_bad_files(void **state)
{
	static const char no_state[] =
		"svnicd memo 1\0" FE "/tx-ring-ref\0=8\0end";
	static char good[4096];
	ssize_t len;
	ssize_t i;
	int fd;

	(void)state;
	note_all();
	fd = open(name, O_RDONLY);
	len = read(fd, good, sizeof(good));
	close(fd);
	assert_true(len > 100);
	/* Cut anywhere, and with another octet anywhere: no crash. */
	for (i = 0; i < len; i++) {
		write_file(good, (size_t)i);
		assert_false(memo_load(&p, 3, 0));
		good[i] ^= 0x55;
		write_file(good, (size_t)len);
		memo_load(&p, 3, 0);
		batch_drop(&p);
		good[i] ^= 0x55;
	}
	/* Only the ring's number: that is no proof. */
	write_file(no_state, sizeof(no_state));
	assert_false(memo_load(&p, 3, 0));
	write_file(good, (size_t)len);
	assert_true(memo_load(&p, 3, 0));
}

/* Too much for a file: there is none. */
static void test_large(void **state)
{
	static char value[4000];
	char key[16];
	unsigned int i;

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	note_all();
	for (i = 0; i < 9; i++) {
		snprintf(key, sizeof(key), "key%u", i);
		memo_note(&t, FE, key, value);
	}
	later();
	assert_false(is_there());
}

/* No room: neither a file nor half of one. */
static void test_full(void **state)
{
	struct rlimit small = { 64, RLIM_INFINITY }, before;
	char fresh[DOM0_KEY + 8];

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	note_all();
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(is_there());
	snprintf(fresh, sizeof(fresh), "%s.new", name);
	assert_int_equal(access(fresh, F_OK), -1);
}

/* Those of guests that are gone. */
static void test_clear(void **state)
{
	char other[DOM0_KEY + 8];

	(void)state;
	note_all();
	strcpy(other, name);
	snprintf(name, sizeof(name), "%s/memo.7.0", p.memo_dir);
	write_file("", 0);
	memo_clear(&p);
	assert_false(is_there());
	strcpy(name, other);
	assert_true(is_there());
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(test_remembered), ONE(test_states),	 ONE(test_changes),
		ONE(test_adopted),    ONE(test_differs), ONE(test_bad_files),
		ONE(test_large),      ONE(test_full),	 ONE(test_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
