/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keeper and its two processes, which are this program again: who serves
 * when one of them ends, however it does.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "keeper.h"
#include "log.h"

#define PATIENCE 1000 /* times 10 ms */
#define READY_MS 700

static const char *program;
static const char *executed = "/proc/self/exe";
static char diary[64];
static pid_t keeper;

/* As a kept process ------------------------------------------------------- */

static const char *file, *manner;
static volatile sig_atomic_t over, again;

static void write_number(const char *what, int number)
{
	int fd = open(file, O_WRONLY | O_APPEND | O_CREAT, 0600);

	dprintf(fd, "%s %d\n", what, number);
	close(fd);
}

static void write_down(const char *what)
{
	write_number(what, (int)getpid());
}

static int count_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int nr = 0;

	while (dir && readdir(dir))
		nr++;
	if (dir)
		closedir(dir);
	return nr;
}

static void on_signal(int sig)
{
	if (sig == SIGTERM)
		over = 1;
	else
		again = 1;
}

/* What follows @what in the @nr-th such line, a process mostly; or 0. */
static pid_t who(const char *what, unsigned int nr)
{
	FILE *f = fopen(file ? file : diary, "r");
	char line[64], word[16];
	int pid, found = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%15s %d", word, &pid) == 2 &&
		    strcmp(word, what) == 0 && --nr == 0) {
			found = pid;
			break;
		}
	if (f)
		fclose(f);
	return found;
}

static int prepare(void *arg)
{
	(void)arg;
	write_down("prepare");
	if (strcmp(manner, "alone") == 0 && who("prepare", 2))
		return -ENOMEM;
	if (strcmp(manner, "hang") == 0 && who("prepare", 2) == getpid())
		for (;;)
			pause();
	if (strcmp(manner, "spoilt") == 0 && who("prepare", 3))
		return -EINVAL;
	return strcmp(manner, "invalid") == 0 ? -EINVAL : 0;
}

static int serve(void *arg, bool late)
{
	sigset_t none, both;

	(void)arg;
	sigemptyset(&none);
	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGHUP);
	sigprocmask(SIG_BLOCK, &both, NULL);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_signal);
	write_number("files", count_files());
	write_down(late ? "late" : "serve");
	if (strcmp(manner, "short") == 0)
		return 1;
	while (!over) {
		sigsuspend(&none);
		if (again)
			write_down("again");
		again = 0;
	}
	write_down("over");
	return 0;
}

static int be_keeper(char **argv)
{
	const struct keeper_role role = { prepare, serve, NULL, READY_MS };

	file = argv[2];
	manner = argv[3];
	log_init(LOG_LEVEL_ERR);
	return argv[4] ? keeper_try(&role) : keeper_run(&role, argv);
}

/* As the test ---------------------------------------------------------------- */

static pid_t await(const char *what, unsigned int nr)
{
	pid_t pid = 0;
	unsigned int i;

	for (i = 0; i < PATIENCE && !(pid = who(what, nr)); i++)
		usleep(10000);
	if (!pid)
		fail_msg("\"%s\" was not seen %u times", what, nr);
	return pid;
}

static void await_gone(pid_t pid)
{
	unsigned int i;

	for (i = 0; i < PATIENCE && kill(pid, 0) == 0; i++)
		usleep(10000);
	assert_int_equal(kill(pid, 0), -1);
}

static void keep(const char *how)
{
	snprintf(diary, sizeof(diary), "/tmp/svnic-keeper.%d", (int)getpid());
	unlink(diary);
	keeper = fork();
	if (keeper == 0) {
		/* A test that failed leaves nobody behind. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(executed, program, "--keeper", diary, how, (char *)NULL);
		_exit(99);
	}
	assert_true(keeper > 0);
}

static int end_code(void)
{
	int status;

	assert_int_equal(waitpid(keeper, &status, 0), keeper);
	unlink(diary);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Killed again and again: who stood by serves, and is not alone for long. */
static void test_kill(void **state)
{
	pid_t standby, serving;
	unsigned int i;

	(void)state;
	keep("good");
	serving = await("serve", 1);
	for (i = 1; i < 4; i++) {
		standby = await("prepare", i + 1);
		kill(serving, SIGKILL);
		serving = await("late", i);
		assert_int_equal(serving, standby);
		/* It has what the first one has, and no more. */
		assert_int_equal(who("files", i + 1), who("files", 1));
	}
	/* Nobody stands by yet: one is made that serves. */
	kill(serving, SIGKILL);
	serving = await("serve", 2);
	standby = await("prepare", 6);
	/* The one that stood by is replaced. */
	kill(standby, SIGKILL);
	assert_int_not_equal(await("prepare", 7), standby);
	kill(keeper, SIGTERM);
	assert_int_equal(end_code(), 0);
	await_gone(serving);
}

static void test_stop(void **state)
{
	pid_t serving, standby;

	(void)state;
	keep("good");
	serving = await("serve", 1);
	standby = await("prepare", 2);
	kill(keeper, SIGHUP);
	assert_int_equal(await("again", 1), serving);
	await_gone(standby);
	standby = await("prepare", 3);
	kill(keeper, SIGTERM);
	assert_int_equal(await("over", 1), serving);
	await_gone(standby);
	assert_int_equal(end_code(), 0);
}

/* All that it keeps ends with it. */
static void test_keeper_killed(void **state)
{
	pid_t serving, standby;

	(void)state;
	keep("good");
	serving = await("serve", 1);
	standby = await("prepare", 2);
	kill(keeper, SIGKILL);
	assert_int_equal(end_code(), -SIGKILL);
	await_gone(serving);
	await_gone(standby);
}

/* The keeper is another program then; one stops, then the other serves. */
static void test_upgrade(void **state)
{
	pid_t serving, standby;
	unsigned int i;

	(void)state;
	keep("good");
	serving = await("serve", 1);
	for (i = 1; i < 4; i++) {
		kill(keeper, SIGUSR2);
		assert_int_equal(await("over", i), serving);
		standby = await("late", i);
		assert_int_not_equal(standby, serving);
		serving = standby;
	}
	kill(keeper, SIGTERM);
	assert_int_equal(await("over", i), serving);
	assert_int_equal(end_code(), 0);
}

static void put_file(const char *path, int from)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0700);
	static char part[4096];
	ssize_t n;

	while ((n = read(from, part, sizeof(part))) > 0)
		assert_int_equal(write(fd, part, (size_t)n), n);
	close(fd);
	close(from);
}

static void put_text(const char *path, const char *text)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
	close(ends[1]);
	unlink(path);
	put_file(path, ends[0]);
}

/* A new program that is worse does not take the place of what serves. */
static void bad_upgrade(const char *text, unsigned int seconds)
{
	char path[64];
	pid_t serving;

	snprintf(path, sizeof(path), "/tmp/svnic-kept.%d", (int)getpid());
	put_file(path, open("/proc/self/exe", O_RDONLY));
	executed = path;
	keep("good");
	serving = await("serve", 1);
	await("prepare", 2);
	put_text(path, text);
	kill(keeper, SIGUSR2);
	usleep(300000 + seconds * 1000000);
	kill(serving, SIGKILL);
	await("late", 1);
	kill(keeper, SIGTERM);
	assert_int_equal(end_code(), 0);
	unlink(path);
	executed = "/proc/self/exe";
}

static void test_bad_upgrade(void **state)
{
	(void)state;
	/* It cannot be executed. */
	bad_upgrade("#!/bin/false\n", 0);
	/* It runs, but is no keeper, as one without that option. */
	bad_upgrade("#!/bin/sh\n[ \"$1\" = --version ]\n", 0);
	/* It hangs. */
	bad_upgrade("#!/bin/sh\nexec sleep 60\n", 10);
}

/* Who stands by, or has to serve at once, and never gets ready. */
static void test_hang(void **state)
{
	pid_t standby;

	(void)state;
	keep("hang");
	await("serve", 1);
	standby = await("prepare", 2);
	await("prepare", 3);
	await_gone(standby);
	kill(keeper, SIGTERM);
	assert_int_equal(end_code(), 0);
	keep("hang");
	await("prepare", 2);
	kill(who("serve", 1), SIGKILL);
	await("serve", 2);
	kill(keeper, SIGTERM);
	assert_int_equal(end_code(), 0);
}

/* Nobody can start with the new configuration; who has the old one can. */
static void test_spoilt(void **state)
{
	pid_t serving, standby;

	(void)state;
	keep("spoilt");
	serving = await("serve", 1);
	standby = await("prepare", 2);
	kill(keeper, SIGHUP);
	assert_int_equal(await("again", 1), serving);
	await("prepare", 3);
	usleep(300000);
	kill(serving, SIGKILL);
	assert_int_equal(await("late", 1), standby);
	kill(keeper, SIGTERM);
	assert_int_equal(end_code(), 0);
}

/* Nobody can stand by: that is tried less and less often. */
static void test_alone(void **state)
{
	(void)state;
	keep("alone");
	await("prepare", 3);
	sleep(4);
	assert_int_equal(who("prepare", 5), 0);
	kill(keeper, SIGHUP);
	await("prepare", 5);
	kill(keeper, SIGTERM);
	assert_int_equal(end_code(), 0);
}

static void test_useless(void **state)
{
	(void)state;
	keep("invalid");
	assert_int_equal(end_code(), 2);
	keep("short");
	await("serve", 5);
	assert_int_equal(end_code(), 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_keeper_killed),
		cmocka_unit_test(test_upgrade),
		cmocka_unit_test(test_bad_upgrade),
		cmocka_unit_test(test_hang),
		cmocka_unit_test(test_spoilt),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_useless),
	};

	program = argv[0];
	if (argc >= 4 && strcmp(argv[1], "--keeper") == 0)
		return be_keeper(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
