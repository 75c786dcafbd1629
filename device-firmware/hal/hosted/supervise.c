/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Life and death of the core process.  A core is executed anew each time, from
 * the owner's books, so that a restart and an upgrade are the same.  Whoever
 * asks the core waits here, also while it is replaced.  Called by owner.c and,
 * as the remote of its devices, by remote.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "supervise.h"

#define MS	   1000000ull
#define SHORT_LIFE (200 * MS)
#define FREE_LIVES 4u /* short ones that are followed at once by the next */
#define DISTRUST   6u /* ... and so many that the arena must be the cause */
#define DELAY_MIN  (100 * MS)
#define DELAY_MAX  (5000 * MS)
/* QEMU waits 5 s for an answer. */
#define ANSWER_MS  3000
#define OUTAGE_MAX (1500 * MS)
#define READY_MS   10000
#define STOP_MS	   2000

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

uint64_t supervise_patience_ns(unsigned int nr_short)
{
	uint64_t ns = DELAY_MIN;

	if (nr_short <= FREE_LIVES)
		return 0;
	for (nr_short -= FREE_LIVES + 1; nr_short && ns < DELAY_MAX; nr_short--)
		ns *= 2;
	return ns < DELAY_MAX ? ns : DELAY_MAX;
}

bool supervise_distrusts(unsigned int nr_doubts)
{
	return nr_doubts != 0 && nr_doubts % DISTRUST == 0;
}

/* The program that lies where this process's does, or did. */
static int open_program(void)
{
	static const char deleted[] = " (deleted)";
	static char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	size_t tail = strlen(deleted);
	int fd;

	if (n < 0)
		return -errno;
	path[n] = '\0';
	if ((size_t)n > tail && strcmp(path + n - tail, deleted) == 0)
		path[(size_t)n - tail] = '\0';
	fd = open(path, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* In the child: become the core.  Returns only when that fails. */
static void become_core(struct supervisor *s, const struct handover *h, int fd,
			pid_t owner)
{
	unsigned int argc = 0, i;
	char number[16];
	sigset_t none;
	char **argv;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != owner)
		return;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	while (s->argv[argc])
		argc++;
	argv = calloc(argc + 3, sizeof(*argv));
	if (!argv)
		return;
	for (i = 0; i < argc; i++)
		argv[i] = s->argv[i];
	snprintf(number, sizeof(number), "%d", fd);
	argv[argc] = (char *)(uintptr_t) "--core";
	argv[argc + 1] = number;
	handover_inherit(h);
	fexecve(s->binary_fd, argv, environ);
	log_warn("cannot execute svnic-fw's core");
}

static int spawn(struct supervisor *s, const struct handover *h)
{
	int fd = handover_write(h);
	pid_t owner = getpid();
	int err = 0;

	if (fd < 0)
		return log_lack("hand-over to a core", fd);
	s->pid = fork();
	if (s->pid == 0) {
		become_core(s, h, fd, owner);
		_exit(127);
	}
	if (s->pid < 0) {
		err = -errno;
		s->pid = 0;
		log_err("no process for a core: %s; allow more (ulimit -u, TasksMax=)",
			strerror(-err));
	}
	close(fd);
	return err;
}

/* Reap the core, by force if need be: its wait status. */
static int bury(struct supervisor *s)
{
	int status = 0;

	if (s->channel >= 0)
		close(s->channel);
	s->channel = -1;
	if (s->pid <= 0)
		return 0;
	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	s->pid = 0;
	return status;
}

static void describe(int status, char *text, size_t len)
{
	if (WIFSIGNALED(status))
		snprintf(text, len, "signal %d, %s", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(text, len, "exit status %d", WEXITSTATUS(status));
}

/* Start a core and wait until it runs: 0 or -errno. */
static int start(struct supervisor *s, bool fresh)
{
	struct epoll_event ev = { .events = EPOLLIN,
				  .data = { .u64 = s->event } };
	struct handover *h = s->books(s->arg);
	struct channel_msg m;
	int pair[2], err, fd;

	s->started_ns = now_ns();
	s->ready_ns = 0;
	err = h ? channel_pair(pair) : -ENOMEM;
	if (err) {
		log_lack("channel to a core", err);
		goto out;
	}
	s->channel = pair[0];
	h->channel = pair[1];
	h->is_first = s->nr_started == 0;
	h->is_fresh = fresh;
	err = spawn(s, h);
	close(pair[1]);
	if (!err)
		err = channel_receive(s->channel, &m, &fd, READY_MS);
	if (err == 1)
		err = m.op == CHANNEL_READY ? 0 : -EPROTO;
	else if (err == 0)
		err = -ETIMEDOUT;
	if (!err && epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->channel, &ev) < 0)
		err = -errno;
	if (err)
		goto out;
	s->nr_started++;
	s->is_given_up = false;
	s->ready_ns = now_ns();
	log_info("core %d %s after %.1f ms", (int)s->pid,
		 m.arg[0] ? "has taken over" : "runs",
		 (double)(s->ready_ns - s->started_ns) / 1e6);
out:
	free(h);
	return err;
}

static bool was_refused(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == SUPERVISE_REFUSED;
}

/* The core is dead or as good as that: when may the next one start? */
static void mourn(struct supervisor *s, const char *why)
{
	uint64_t now = now_ns(), wait;
	uint64_t lived = s->ready_ns ? now - s->ready_ns : 0;
	bool was_there = s->pid > 0;
	int status = bury(s);
	char text[64];

	describe(status, text, sizeof(text));
	s->nr_short = lived < SHORT_LIFE ? s->nr_short + 1 : 0;
	if (!s->nr_short)
		s->nr_doubts = 0;
	else if (was_there && !was_refused(status))
		s->nr_doubts++;
	wait = supervise_patience_ns(s->nr_short);
	s->next_ns = now + wait;
	log_err("the core %s (%s) after %.3f s; %s", why, text,
		(double)lived / 1e9,
		wait ? "it keeps dying: the next one starts later"
		     : "the next one starts now");
}

/* Start the next core if it is time to; true when there is one. */
static bool revive(struct supervisor *s)
{
	bool fresh = supervise_distrusts(s->nr_doubts);

	while (s->pid == 0 && now_ns() >= s->next_ns) {
		if (fresh)
			log_err("the card starts anew, without its VIFs");
		if (start(s, fresh) == 0)
			break;
		mourn(s, "did not start");
		fresh = supervise_distrusts(s->nr_doubts);
	}
	return s->pid != 0;
}

/* A core, even if that takes a while. */
static bool await_core(struct supervisor *s, uint64_t until)
{
	while (!revive(s)) {
		uint64_t now = now_ns();
		uint64_t ns = s->next_ns > now ? s->next_ns - now : 0;
		struct timespec ts = { .tv_nsec = 0 };

		if (now >= until)
			return false;
		if (ns > until - now)
			ns = until - now;
		ts.tv_sec = (time_t)(ns / 1000000000);
		ts.tv_nsec = (long)(ns % 1000000000);
		nanosleep(&ts, NULL);
	}
	return true;
}

/* One question to the core that is there: 0 or -errno. */
static int ask(struct supervisor *s, const struct channel_msg *msg, int fd,
	       struct channel_msg *answer)
{
	uint64_t until = now_ns() + ANSWER_MS * MS;
	int err, none;

	err = channel_send(s->channel, msg, fd);
	while (err == 0 && now_ns() < until) {
		err = channel_receive(s->channel, answer, &none, ANSWER_MS);
		if (none >= 0)
			close(none);
	}
	if (err == 0)
		return -ETIMEDOUT;
	if (err < 0)
		return err;
	return answer->seq == msg->seq && answer->op == msg->op ? 0 : -EPROTO;
}

static int supervise_call(struct remote *r, struct channel_msg *msg, int fd)
{
	struct supervisor *s = (struct supervisor *)r;
	uint64_t now = now_ns(), until = now + OUTAGE_MAX;
	struct channel_msg answer;
	int err;

	do {
		if (!await_core(s, s->is_given_up ? now : until)) {
			s->is_given_up = true;
			return -EHOSTDOWN;
		}
		msg->seq = s->seq++;
		err = ask(s, msg, fd, &answer);
		if (err == 0) {
			*msg = answer;
			return 0;
		}
		mourn(s, err == -ETIMEDOUT ? "does not answer" : "died");
	} while (channel_is_asked_again(msg->op) &&
		 now_ns() < until + ANSWER_MS * MS);
	revive(s);
	/* Maybe the question itself is what ends them: others want to ask. */
	if (channel_is_asked_again(msg->op))
		return -EHOSTDOWN;
	/* It is in the books that the next one starts from. */
	msg->error = 0;
	return 0;
}

int supervise_init(struct supervisor *s, uint64_t event)
{
	s->remote.call = supervise_call;
	s->event = event;
	s->pid = 0;
	s->channel = -1;
	s->binary_fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	if (s->binary_fd >= 0)
		return 0;
	log_warn(
		"cannot open /proc/self/exe; is /proc there? --no-supervise does without");
	return -errno;
}

int supervise_start(struct supervisor *s)
{
	int err = start(s, false);

	/* The core has said why. */
	if (err)
		bury(s);
	return err;
}

void supervise_notice(struct supervisor *s)
{
	struct channel_msg m;
	int fd, ret = 0;

	if (s->pid) {
		/* Nothing was asked: anything but silence is an end. */
		ret = channel_receive(s->channel, &m, &fd, 0);
		if (fd >= 0)
			close(fd);
		if (ret)
			mourn(s, "died");
	}
	revive(s);
}

int supervise_timeout(const struct supervisor *s)
{
	uint64_t now = now_ns();

	if (s->pid)
		return -1;
	return s->next_ns > now ? (int)((s->next_ns - now) / MS) + 1 : 0;
}

/* Let the core end by itself, then see to it that it has. */
static void end_core(struct supervisor *s)
{
	uint64_t until = now_ns() + STOP_MS * MS;
	struct timespec ts = { .tv_nsec = 200000 };

	if (s->pid <= 0)
		return;
	close(s->channel);
	s->channel = -1;
	while (now_ns() < until) {
		pid_t pid = waitpid(s->pid, NULL, WNOHANG);

		if (pid != 0) {
			s->pid = 0;
			return;
		}
		nanosleep(&ts, NULL);
	}
	bury(s);
}

void supervise_upgrade(struct supervisor *s)
{
	int fd = open_program(), old = s->binary_fd;

	if (fd < 0) {
		errno = -fd;
		log_warn("no upgrade: cannot open the program");
		return;
	}
	log_info("upgrade: the core is replaced");
	end_core(s);
	s->next_ns = 0;
	s->nr_short = 0;
	s->nr_doubts = 0;
	s->binary_fd = fd;
	if (start(s, false) == 0) {
		close(old);
		return;
	}
	log_err("the new program does not run on this card: back to the old one");
	bury(s);
	s->binary_fd = old;
	close(fd);
	revive(s);
}

void supervise_stop(struct supervisor *s)
{
	end_core(s);
	close(s->binary_fd);
	s->binary_fd = -1;
}
