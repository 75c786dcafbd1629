// SPDX-License-Identifier: GPL-2.0-only
/* rigexec's role in the guest: it starts commands and sends their output. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame.h"
#include "rigexec.h"

struct job {
	bool used;
	bool exited;
	bool eof; /* close in once inbuf is empty */
	unsigned int id;
	int status;
	pid_t pid;
	int in, out, err;
	struct buf inbuf;
};

static struct job jobs[RIGEXEC_SLOTS];
static struct buf agent_out;

static void job_start(struct job *j, unsigned int id, char *data, size_t size)
{
	int in[2], out[2], err[2], nr = 0;
	char *argv[256], *p;

	memset(j, 0, sizeof(*j));
	for (p = data; p < data + size && nr < 255; p += strlen(p) + 1)
		argv[nr++] = p;
	argv[nr] = NULL;
	if (!nr || pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) ||
	    pipe2(err, O_CLOEXEC)) {
		frame_add(&agent_out, FRAME_EXIT, id, "126", 3);
		return;
	}
	j->pid = fork();
	if (j->pid == 0) {
		setsid();
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		signal(SIGPIPE, SIG_DFL);
		execvp(argv[0], argv);
		dprintf(2, "%s: %s\n", argv[0], strerror(errno));
		_exit(errno == ENOENT ? 127 : 126);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	j->used = true;
	j->id = id;
	j->in = in[1];
	j->out = out[0];
	j->err = err[0];
}

static struct job *job_find(unsigned int id)
{
	int i;

	for (i = 0; i < RIGEXEC_SLOTS; i++)
		if (jobs[i].used && jobs[i].id == id)
			return &jobs[i];
	return NULL;
}

static void agent_frame(void *ctx, char type, unsigned int id, char *data,
			size_t size)
{
	struct job *j = job_find(id);
	int i;

	(void)ctx;
	if (type == FRAME_HELLO)
		frame_add(&agent_out, FRAME_HELLO, 0, "", 0);
	if (type == FRAME_RUN && !j) {
		for (i = 0; i < RIGEXEC_SLOTS && jobs[i].used; i++)
			;
		if (i < RIGEXEC_SLOTS)
			job_start(&jobs[i], id, data, size);
		else
			frame_add(&agent_out, FRAME_EXIT, id, "126", 3);
	}
	if (!j)
		return;
	if (type == FRAME_IN)
		buf_add(&j->inbuf, data, size);
	if (type == FRAME_EOF)
		j->eof = true;
	if (type == FRAME_KILL)
		kill(-j->pid, SIGKILL);
}

/* One output pipe: pass on a chunk, or close it at its end. */
static void job_output(struct job *j, int *fd, char type)
{
	char tmp[RIGEXEC_CHUNK];
	ssize_t n = read(*fd, tmp, sizeof(tmp));

	if (n > 0) {
		frame_add(&agent_out, type, j->id, tmp, (size_t)n);
	} else if (n == 0 || errno != EINTR) {
		close(*fd);
		*fd = -1;
	}
}

static void job_input(struct job *j)
{
	if (j->in < 0)
		return;
	if (!buf_flush(&j->inbuf, j->in) || (j->eof && !j->inbuf.size)) {
		close(j->in);
		j->in = -1;
	}
}

static void job_finish(struct job *j)
{
	char text[12];
	int n = snprintf(text, sizeof(text), "%d", j->status);

	frame_add(&agent_out, FRAME_EXIT, j->id, text, (size_t)n);
	if (j->in >= 0)
		close(j->in);
	if (j->out >= 0)
		close(j->out);
	if (j->err >= 0)
		close(j->err);
	buf_free(&j->inbuf);
	j->used = false;
}

static void agent_reap(void)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < RIGEXEC_SLOTS; i++)
			if (jobs[i].used && jobs[i].pid == pid) {
				jobs[i].exited = true;
				jobs[i].status =
					WIFEXITED(status)
						? WEXITSTATUS(status)
						: 128 + WTERMSIG(status);
			}
}

/*
 * A job is over when its process has ended and its pipes have nothing left
 * right now: a daemon that it started may hold them open for ever.
 */
static bool job_idle(const struct job *j)
{
	struct pollfd p[2] = {
		{ .fd = j->out, .events = POLLIN },
		{ .fd = j->err, .events = POLLIN },
	};

	return poll(p, 2, 0) <= 0;
}

static void on_child(int sig)
{
	(void)sig;
}

static void agent_kmsg(int fd)
{
	char rec[8192], *text, *end;
	ssize_t n;

	/* One record per read; records overwritten meanwhile give EPIPE. */
	while ((n = read(fd, rec, sizeof(rec) - 1)) > 0 ||
	       (n < 0 && errno == EPIPE)) {
		if (n <= 0)
			continue;
		rec[n] = 0;
		text = strchr(rec, ';');
		end = text ? strchr(text, '\n') : NULL;
		if (end)
			frame_add(&agent_out, FRAME_LOG, 0, text + 1,
				  (size_t)(end - text));
		if (agent_out.size > 65536)
			return;
	}
}

/* Fill the poll set: tty, kmsg, then three entries per job. */
static void agent_poll_set(struct pollfd *p, int tty, int kmsg)
{
	bool full = agent_out.size > 65536;
	int i;

	p[0] = (struct pollfd) { .fd = tty, .events = POLLIN };
	if (agent_out.size)
		p[0].events |= POLLOUT;
	p[1] = (struct pollfd) { .fd = full ? -1 : kmsg, .events = POLLIN };
	for (i = 0; i < RIGEXEC_SLOTS; i++) {
		struct job *j = &jobs[i];
		bool on = j->used && !full;

		p[2 + i * 3].fd = on ? j->out : -1;
		p[3 + i * 3].fd = on ? j->err : -1;
		p[4 + i * 3].fd = j->used && j->inbuf.size ? j->in : -1;
		p[2 + i * 3].events = POLLIN;
		p[3 + i * 3].events = POLLIN;
		p[4 + i * 3].events = POLLOUT;
	}
}

int agent(const char *path)
{
	struct sigaction sa = { .sa_handler = on_child };
	struct pollfd p[2 + RIGEXEC_SLOTS * 3];
	struct buf in = { 0 };
	sigset_t block, open_mask;
	int tty = tty_open(path), i;
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, &open_mask);
	/* From now on kernel messages come as frames, not in between. */
	klogctl(8, NULL, 1);
	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
	buf_add(&agent_out, "\n", 1);
	frame_add(&agent_out, FRAME_HELLO, 0, "", 0);
	for (;;) {
		agent_poll_set(p, tty, kmsg);
		if (ppoll(p, 2 + RIGEXEC_SLOTS * 3, NULL, &open_mask) < 0)
			for (i = 0; i < 2 + RIGEXEC_SLOTS * 3; i++)
				p[i].revents = 0;
		agent_reap();
		if (p[0].revents & POLLIN && buf_fill(&in, tty))
			frame_parse(&in, agent_frame, NULL, NULL);
		if (p[1].revents)
			agent_kmsg(kmsg);
		for (i = 0; i < RIGEXEC_SLOTS; i++) {
			struct job *j = &jobs[i];

			if (!j->used)
				continue;
			if (p[2 + i * 3].fd == j->out && p[2 + i * 3].revents)
				job_output(j, &j->out, FRAME_OUT);
			if (p[3 + i * 3].fd == j->err && p[3 + i * 3].revents)
				job_output(j, &j->err, FRAME_ERR);
			job_input(j);
			if (j->exited && job_idle(j))
				job_finish(j);
		}
		if (!buf_flush(&agent_out, tty))
			return RIGEXEC_GONE;
	}
}
