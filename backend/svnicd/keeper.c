/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See keeper.h.  The standby sees the end of the one that serves by itself, by
 * a descriptor of that process, and does not wait for the keeper; the keeper
 * learns of the same end by SIGCHLD, and both come to the same conclusion.
 *
 * Called by main.c, before anything is opened.
 */
#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

#define SHORT_MS    1000 /* a life that is shorter ... */
#define SHORT_LIVES 5	 /* ... so many times in a row: something is wrong */
#define CALM_MS	    1000 /* after a start the processor is needed elsewhere */
#define UNREADY_MAX 6	 /* one that never gets ready: tried once a minute */
#define TRIAL_S	    10 /* what was tried and has not ended by then never will */
#define ARGS_MAX    64
#define INHERITED   "SVNICD_SERVES" /* environment: the process that does */

struct keeper {
	const struct keeper_role *role;
	char **argv;
	pid_t serving;	/* or 0 */
	pid_t standby;	/* or 0 */
	bool upgrading; /* the standby shall take over when it is ready */
	int pipe;	/* says that it is; -1: it was said, or there is none */
	int signals;
	unsigned int nr_short;
	unsigned int nr_unready; /* standbys in a row that were never ready */
	long long start_ms;	 /* of the one that serves */
	long long next_ms;	 /* a standby is made then */
	long long ready_ms; /* whose end of the pipe is silent by then hangs */
	bool trial;	    /* of a program that may become the keeper */
};

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* In a process of its own ---------------------------------------------------- */

/* True: it has ended, and its files are closed. */
static bool await_end(int process)
{
	struct pollfd end = { .fd = process, .events = POLLIN };
	int n;

	while ((n = poll(&end, 1, -1)) < 0 && errno == EINTR)
		;
	close(process);
	return n > 0;
}

static void become(struct keeper *k, pid_t keeper, const char *name)
{
	sigset_t later;

	close(k->signals);
	if (k->pipe >= 0)
		close(k->pipe);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(1);
	prctl(PR_SET_NAME, name);
	signal(SIGPIPE, SIG_IGN);
	/* It would be the end of who does not wait for it yet. */
	sigemptyset(&later);
	sigaddset(&later, SIGHUP);
	sigprocmask(SIG_SETMASK, &later, NULL);
}

/* @before: the process whose end to wait for, or -1. */
static int live(struct keeper *k, int before, int ready)
{
	int err = k->role->prepare(k->role->arg);

	if (err)
		return err == -EINVAL ? 2 : 1;
	if (k->trial)
		return 0;
	if (before < 0)
		return k->role->serve(k->role->arg, false);
	/* The keeper has not waited for this if that one has ended. */
	(void)!write(ready, "", 1);
	close(ready);
	if (!await_end(before))
		return 1;
	prctl(PR_SET_NAME, "svnicd-serving");
	log_info("keeper", "process %d takes over", (int)getpid());
	return k->role->serve(k->role->arg, true);
}

static pid_t start(struct keeper *k, int before, int ready)
{
	const char *name = before < 0 ? "svnicd-serving" : "svnicd-standby";
	pid_t keeper = getpid();
	pid_t pid = fork();

	if (pid == 0) {
		become(k, keeper, k->trial ? "svnicd-trial" : name);
		if (k->trial)
			alarm(TRIAL_S);
		exit(live(k, before, ready));
	}
	if (pid > 0)
		return pid;
	log_warn("keeper", "no process could be made");
	return 0;
}

/* The keeper ---------------------------------------------------------------- */

static void no_pipe(struct keeper *k)
{
	if (k->pipe >= 0)
		close(k->pipe);
	k->pipe = -1;
}

/* After the end of a standby: later each time, where none gets ready. */
static void standby_later(struct keeper *k)
{
	k->next_ms = now_ms() + (CALM_MS << k->nr_unready);
	if (k->nr_unready < UNREADY_MAX)
		k->nr_unready++;
}

static void start_serving(struct keeper *k)
{
	k->serving = start(k, -1, -1);
	k->start_ms = now_ms();
	k->next_ms = k->start_ms + CALM_MS;
}

/* It is not reaped before this, so its number is nobody else's. */
static void start_standby(struct keeper *k)
{
	int process = pidfd_open(k->serving, 0);
	int ends[2];

	k->next_ms = now_ms() + CALM_MS;
	if (process < 0 || pipe2(ends, O_CLOEXEC)) {
		log_warn("keeper", "nobody can stand by");
	} else {
		/* Known before the fork: the child closes it. */
		k->pipe = ends[0];
		k->standby = start(k, process, ends[1]);
		close(ends[1]);
		k->ready_ms = now_ms() + k->role->ready_ms;
	}
	if (process >= 0)
		close(process);
}

/* By force: it has nothing that anybody needs. */
static void end_standby(struct keeper *k)
{
	if (!k->standby)
		return;
	no_pipe(k);
	kill(k->standby, SIGKILL);
	while (waitpid(k->standby, NULL, 0) < 0 && errno == EINTR)
		;
	k->standby = 0;
	k->next_ms = now_ms();
}

static void describe(int status, char *text, size_t len)
{
	if (WIFSIGNALED(status))
		snprintf(text, len, "signal %d", WTERMSIG(status));
	else
		snprintf(text, len, "exit status %d", WEXITSTATUS(status));
}

/* -1: go on; otherwise the exit code. */
static int serving_ended(struct keeper *k, int status)
{
	char why[32];

	describe(status, why, sizeof(why));
	log_warnx("keeper", "process %d ended (%s)", (int)k->serving, why);
	k->nr_short = now_ms() - k->start_ms < SHORT_MS ? k->nr_short + 1 : 0;
	k->serving = 0;
	if (k->nr_short >= SHORT_LIVES ||
	    (WIFEXITED(status) && WEXITSTATUS(status) == 2)) {
		log_err("keeper", "it keeps ending: that is the end of all");
		end_standby(k);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	k->upgrading = false;
	k->serving = k->standby;
	k->start_ms = now_ms();
	k->next_ms = k->start_ms + CALM_MS;
	k->standby = 0;
	if (!k->serving) {
		no_pipe(k);
		start_serving(k);
	}
	return -1;
}

static int reap(struct keeper *k)
{
	int code = -1;
	char why[32];
	int status;
	pid_t pid;

	while (code < 0 && (pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == k->serving) {
			code = serving_ended(k, status);
		} else if (pid == k->standby) {
			describe(status, why, sizeof(why));
			log_warnx("keeper",
				  "the process that stood by ended (%s)", why);
			k->standby = 0;
			k->upgrading = false;
			standby_later(k);
			no_pipe(k);
		}
	}
	return code;
}

static int stop(struct keeper *k, int sig)
{
	int status = 0;

	end_standby(k);
	if (!k->serving)
		return 0;
	kill(k->serving, sig);
	while (waitpid(k->serving, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* What lies where this program does, or did. */
static bool find_program(char *path, size_t size)
{
	static const char deleted[] = " (deleted)";
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	size_t tail = strlen(deleted);

	if (n < 0)
		return false;
	path[n] = '\0';
	if ((size_t)n > tail && strcmp(path + n - tail, deleted) == 0)
		path[(size_t)n - tail] = '\0';
	return true;
}

static bool ends_well(pid_t pid)
{
	int status = -1;

	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/*
 * Who is executed in place of the keeper and ends takes all along.  One that
 * does not know of trials refuses the option, instead of serving.
 */
static bool does_run(const struct keeper *k, char *path)
{
	static char option[] = KEEPER_TRIAL;
	char *argv[ARGS_MAX + 2];
	unsigned int n;
	pid_t pid;

	for (n = 0; k->argv[n] && n < ARGS_MAX; n++)
		argv[n] = k->argv[n];
	argv[n++] = option;
	argv[n] = NULL;
	pid = fork();
	if (pid == 0) {
		alarm(TRIAL_S);
		execv(path, argv);
		_exit(127);
	}
	return ends_well(pid);
}

/* Could another one be made, with the configuration of now? */
static bool can_prepare(struct keeper *k)
{
	bool can;

	k->trial = true;
	can = ends_well(start(k, -1, -1));
	k->trial = false;
	return can;
}

/* Returns only when that fails. */
static void upgrade(struct keeper *k)
{
	static char path[PATH_MAX];
	char number[16];

	if (!find_program(path, sizeof(path)) || !does_run(k, path)) {
		log_warnx(
			"keeper",
			"no upgrade: %s does not come so far as to stand by; put a program there that does, or see its lines above",
			path);
		return;
	}
	end_standby(k);
	snprintf(number, sizeof(number), "%d", (int)k->serving);
	if (setenv(INHERITED, number, 1) == 0) {
		log_info("keeper", "upgrade: %s is executed", path);
		execv(path, k->argv);
	}
	log_warn("keeper", "no upgrade: the program was not executed");
	unsetenv(INHERITED);
}

static void standby_ready(struct keeper *k)
{
	char octet;
	bool ready = read(k->pipe, &octet, 1) == 1;

	no_pipe(k);
	if (ready)
		k->nr_unready = 0;
	if (ready && k->upgrading)
		kill(k->serving, SIGTERM);
}

/* Its end is heard of as any other. */
static void never_ready(struct keeper *k)
{
	pid_t pid = k->standby ? k->standby : k->serving;

	log_warnx("keeper", "process %d is not ready by now: killed", (int)pid);
	no_pipe(k);
	kill(pid, SIGKILL);
}

/* The standby has read the old configuration, which may be the better one. */
static void reload(struct keeper *k)
{
	if (k->serving)
		kill(k->serving, SIGHUP);
	if (!k->standby || can_prepare(k))
		end_standby(k);
	else
		log_warnx(
			"keeper",
			"who stands by keeps the old configuration: with the new one nobody could");
	/* What kept others from getting ready may be mended. */
	k->nr_unready = 0;
	k->next_ms = now_ms();
}

/* -1: go on; otherwise the exit code. */
static int signalled(struct keeper *k)
{
	struct signalfd_siginfo info;

	if (read(k->signals, &info, sizeof(info)) != sizeof(info))
		return -1;
	switch (info.ssi_signo) {
	case SIGCHLD:
		return reap(k);
	case SIGHUP:
		reload(k);
		return -1;
	case SIGUSR2:
		upgrade(k);
		return -1;
	default:
		return stop(k, (int)info.ssi_signo);
	}
}

/* Until when to wait for something; -1: for ever. */
static int patience(const struct keeper *k)
{
	long long until = k->pipe >= 0 ? k->ready_ms : k->next_ms;
	long long left = until - now_ms();

	if (k->pipe < 0 && k->standby)
		return -1;
	return left > 0 ? (int)left : 0;
}

/* One thing that happens; -1: go on, otherwise the exit code. */
static int step(struct keeper *k)
{
	struct pollfd p[] = { { .fd = k->signals, .events = POLLIN },
			      { .fd = k->pipe, .events = POLLIN } };

	if (!k->serving)
		start_serving(k);
	if (poll(p, 2, patience(k)) > 0) {
		/* The end of one comes before what it may have said. */
		if (p[0].revents)
			return signalled(k);
		standby_ready(k);
	} else if (patience(k) == 0) {
		if (k->pipe >= 0)
			never_ready(k);
		else
			start_standby(k);
	}
	return -1;
}

/* After an upgrade the process that serves is there already. */
static void inherit(struct keeper *k)
{
	const char *serves = getenv(INHERITED);
	pid_t pid = serves ? atoi(serves) : 0;

	unsetenv(INHERITED);
	if (pid <= 0 || waitpid(pid, NULL, WNOHANG) != 0)
		return;
	k->serving = pid;
	k->upgrading = true;
}

static int watch_signals(struct keeper *k)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	k->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (k->signals < 0)
		log_warn("keeper", "no signals can be waited for");
	return k->signals < 0 ? -1 : 0;
}

int keeper_run(const struct keeper_role *role, char **argv)
{
	struct keeper k = { .role = role, .argv = argv, .pipe = -1 };
	int code = -1;

	if (watch_signals(&k))
		return 1;
	inherit(&k);
	while (code < 0)
		code = step(&k);
	close(k.signals);
	return code;
}

int keeper_try(const struct keeper_role *role)
{
	struct keeper k = { .role = role, .pipe = -1 };

	if (watch_signals(&k))
		return 1;
	return can_prepare(&k) ? 0 : 1;
}
