// SPDX-License-Identifier: GPL-2.0-only
/*
 * rigexec: run commands inside a guest over its Xen console.
 *
 * Three roles in one static program:
 *   agent TTY        in the guest: starts commands, sends their output
 *   mux TTY SOCKET LOG   in dom0: owns the console, many clients at a time
 *   run [-t S] SOCKET CMD...   in dom0: one command; passes on its exit status
 *   wait [-t S] SOCKET         in dom0: until the agent has said hello
 *
 * A console carries kernel messages too, so each frame is a line of its own:
 * SOH, type, id, space, base64, newline. What is not a frame goes to LOG.
 * It must never depend on the guest's network or on modules of ours.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SOH		1
#define CHUNK		3072 /* octets of payload in one frame */
#define LINE_MAX_OCTETS (1 << 20)
#define NR_SLOTS	64
#define EXIT_TIMEOUT	124
#define EXIT_GONE	125

/* A growing byte queue. */
struct buf {
	char *data;
	size_t size;
	size_t room;
};

static void fail(const char *fmt, ...)
{
	va_list ap;

	fputs("rigexec: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(EXIT_GONE);
}

static void buf_add(struct buf *b, const void *p, size_t size)
{
	if (b->size + size > b->room) {
		b->room = (b->size + size) * 2;
		b->data = realloc(b->data, b->room);
		if (!b->data)
			fail("out of memory (%zu octets)", b->room);
	}
	memcpy(b->data + b->size, p, size);
	b->size += size;
}

static void buf_drop(struct buf *b, size_t size)
{
	memmove(b->data, b->data + size, b->size - size);
	b->size -= size;
}

static void buf_free(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

/* Write what the descriptor takes now. False: the peer is gone. */
static bool buf_flush(struct buf *b, int fd)
{
	while (b->size) {
		ssize_t n = write(fd, b->data, b->size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		buf_drop(b, (size_t)n);
	}
	return true;
}

static const char b64[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void frame_add(struct buf *b, char type, unsigned int id,
		      const void *data, size_t size)
{
	const unsigned char *p = data;
	char head[24];
	size_t i;

	buf_add(b, head,
		(size_t)snprintf(head, sizeof(head), "%c%c%u ", SOH, type, id));
	for (i = 0; i < size; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;
		char out[4];

		if (i + 1 < size)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < size)
			v |= p[i + 2];
		out[0] = b64[v >> 18];
		out[1] = b64[(v >> 12) & 63];
		out[2] = i + 1 < size ? b64[(v >> 6) & 63] : '=';
		out[3] = i + 2 < size ? b64[v & 63] : '=';
		buf_add(b, out, 4);
	}
	buf_add(b, "\n", 1);
}

/* Decodes in place; returns the size. */
static size_t b64_decode(char *s, size_t size)
{
	uint32_t v = 0;
	size_t out = 0, i;
	int bits = 0;

	for (i = 0; i < size; i++) {
		const char *at = s[i] ? strchr(b64, s[i]) : NULL;

		if (!at)
			continue;
		v = v << 6 | (uint32_t)(at - b64);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			s[out++] = (char)(v >> bits & 0xff);
		}
	}
	return out;
}

typedef void (*frame_fn)(void *ctx, char type, unsigned int id, char *data,
			 size_t size);
typedef void (*text_fn)(const char *text, size_t size);

/* Take whole lines out of b: frames to fn, all else to text (if any). */
static void buf_parse(struct buf *b, frame_fn fn, void *ctx, text_fn text)
{
	size_t start = 0;
	char *nl;

	while (b->size > start &&
	       (nl = memchr(b->data + start, '\n', b->size - start))) {
		char *line = b->data + start, *soh, *end;
		size_t len = (size_t)(nl - line);
		unsigned long id;

		*nl = 0;
		start += len + 1;
		soh = memrchr(line, SOH, len);
		if (text && (!soh || soh > line)) {
			size_t n = soh ? (size_t)(soh - line) : len;

			text(line, n);
			text("\n", 1);
		}
		if (!soh || soh + 2 > nl)
			continue;
		id = strtoul(soh + 2, &end, 10);
		if (*end != ' ')
			continue;
		end++;
		fn(ctx, soh[1], (unsigned int)id, end,
		   b64_decode(end, (size_t)(nl - end)));
	}
	buf_drop(b, start);
	if (b->size > LINE_MAX_OCTETS)
		b->size = 0;
}

/* Read once into b. False: end of file or error. */
static bool buf_fill(struct buf *b, int fd)
{
	char tmp[16384];
	ssize_t n = read(fd, tmp, sizeof(tmp));

	if (n > 0)
		buf_add(b, tmp, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static int tty_open(const char *path)
{
	struct termios t;
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		fail("cannot open %s: %s", path, strerror(errno));
	if (!tcgetattr(fd, &t)) {
		cfmakeraw(&t);
		tcsetattr(fd, TCSANOW, &t);
	}
	return fd;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- agent: in the guest ------------------------------------------- */

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

static struct job jobs[NR_SLOTS];
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
		frame_add(&agent_out, 'X', id, "126", 3);
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

	for (i = 0; i < NR_SLOTS; i++)
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
	if (type == 'H')
		frame_add(&agent_out, 'H', 0, "", 0);
	if (type == 'R' && !j) {
		for (i = 0; i < NR_SLOTS && jobs[i].used; i++)
			;
		if (i < NR_SLOTS)
			job_start(&jobs[i], id, data, size);
		else
			frame_add(&agent_out, 'X', id, "126", 3);
	}
	if (!j)
		return;
	if (type == 'I')
		buf_add(&j->inbuf, data, size);
	if (type == 'F')
		j->eof = true;
	if (type == 'K')
		kill(-j->pid, SIGKILL);
}

/* One output pipe: pass on a chunk, or close it at its end. */
static void job_output(struct job *j, int *fd, char type)
{
	char tmp[CHUNK];
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

	frame_add(&agent_out, 'X', j->id, text, (size_t)n);
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
		for (i = 0; i < NR_SLOTS; i++)
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
			frame_add(&agent_out, 'L', 0, text + 1,
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
	for (i = 0; i < NR_SLOTS; i++) {
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

static int agent(const char *path)
{
	struct sigaction sa = { .sa_handler = on_child };
	struct pollfd p[2 + NR_SLOTS * 3];
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
	frame_add(&agent_out, 'H', 0, "", 0);
	for (;;) {
		agent_poll_set(p, tty, kmsg);
		if (ppoll(p, 2 + NR_SLOTS * 3, NULL, &open_mask) < 0)
			for (i = 0; i < 2 + NR_SLOTS * 3; i++)
				p[i].revents = 0;
		agent_reap();
		if (p[0].revents & POLLIN && buf_fill(&in, tty))
			buf_parse(&in, agent_frame, NULL, NULL);
		if (p[1].revents)
			agent_kmsg(kmsg);
		for (i = 0; i < NR_SLOTS; i++) {
			struct job *j = &jobs[i];

			if (!j->used)
				continue;
			if (p[2 + i * 3].fd == j->out && p[2 + i * 3].revents)
				job_output(j, &j->out, 'O');
			if (p[3 + i * 3].fd == j->err && p[3 + i * 3].revents)
				job_output(j, &j->err, 'E');
			job_input(j);
			if (j->exited && job_idle(j))
				job_finish(j);
		}
		if (!buf_flush(&agent_out, tty))
			return EXIT_GONE;
	}
}

/* ---- mux: in dom0 -------------------------------------------------- */

struct client {
	int fd; /* -1: free */
	unsigned int id;
	struct buf in, out;
};

static struct client clients[NR_SLOTS];
static struct buf mux_tty;
static FILE *mux_log;
static bool mux_hello;

static void mux_text(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (text[i] != '\r')
			fputc(text[i], mux_log);
	fflush(mux_log);
}

/* From the guest: to the client that the id names. */
static void mux_from_guest(void *ctx, char type, unsigned int id, char *data,
			   size_t size)
{
	int i;

	(void)ctx;
	if (type == 'L')
		mux_text(data, size);
	if (type == 'H')
		mux_hello = true;
	for (i = 0; i < NR_SLOTS; i++) {
		struct client *c = &clients[i];

		if (c->fd >= 0 && (c->id == id || type == 'H'))
			frame_add(&c->out, type, c->id, data, size);
	}
}

/* From a client: to the guest, under the id that the mux chose. */
static void mux_from_client(void *ctx, char type, unsigned int id, char *data,
			    size_t size)
{
	struct client *c = ctx;

	(void)id;
	if (type != 'H')
		frame_add(&mux_tty, type, c->id, data, size);
	else if (mux_hello)
		frame_add(&c->out, 'H', c->id, "", 0);
}

static void mux_accept(int listener)
{
	static unsigned int next_id;
	int i, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	for (i = 0; fd >= 0 && i < NR_SLOTS; i++)
		if (clients[i].fd < 0) {
			clients[i].fd = fd;
			clients[i].id = ++next_id;
			return;
		}
	if (fd >= 0)
		close(fd);
}

static void mux_close(struct client *c)
{
	/* A client that leaves early takes its command with it. */
	frame_add(&mux_tty, 'K', c->id, "", 0);
	close(c->fd);
	buf_free(&c->in);
	buf_free(&c->out);
	c->fd = -1;
}

static int mux_listen(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    listen(fd, 16))
		fail("cannot listen on %s: %s", path, strerror(errno));
	return fd;
}

static int mux(const char *path, const char *sock, const char *log)
{
	struct pollfd p[2 + NR_SLOTS];
	struct buf in = { 0 };
	int tty, listener, i;

	signal(SIGPIPE, SIG_IGN);
	tty = tty_open(path);
	listener = mux_listen(sock);
	mux_log = fopen(log, "a");
	if (!mux_log)
		fail("cannot write %s: %s", log, strerror(errno));
	for (i = 0; i < NR_SLOTS; i++)
		clients[i].fd = -1;
	if (daemon(0, 0))
		fail("daemon: %s", strerror(errno));
	/* An agent that was there before this mux answers at once. */
	frame_add(&mux_tty, 'H', 0, "", 0);
	for (;;) {
		p[0] = (struct pollfd) { .fd = tty, .events = POLLIN };
		if (mux_tty.size)
			p[0].events |= POLLOUT;
		p[1] = (struct pollfd) { .fd = listener, .events = POLLIN };
		for (i = 0; i < NR_SLOTS; i++) {
			p[2 + i].fd = clients[i].fd;
			p[2 + i].events = POLLIN;
			if (clients[i].out.size)
				p[2 + i].events |= POLLOUT;
		}
		poll(p, 2 + NR_SLOTS, -1);
		for (i = 0; i < NR_SLOTS; i++) {
			struct client *c = &clients[i];

			if (c->fd < 0 || p[2 + i].fd < 0 || !p[2 + i].revents)
				continue;
			if (p[2 + i].revents & (POLLIN | POLLHUP) &&
			    !buf_fill(&c->in, c->fd)) {
				mux_close(c);
				continue;
			}
			buf_parse(&c->in, mux_from_client, c, NULL);
		}
		if (p[0].revents & (POLLIN | POLLHUP | POLLERR) &&
		    !buf_fill(&in, tty))
			break;
		buf_parse(&in, mux_from_guest, NULL, mux_text);
		if (p[1].revents)
			mux_accept(listener);
		buf_flush(&mux_tty, tty);
		for (i = 0; i < NR_SLOTS; i++)
			if (clients[i].fd >= 0 &&
			    !buf_flush(&clients[i].out, clients[i].fd))
				mux_close(&clients[i]);
	}
	unlink(sock);
	return 0;
}

/* ---- run and wait: in dom0 ----------------------------------------- */

static int run_status = -1;

static void run_frame(void *ctx, char type, unsigned int id, char *data,
		      size_t size)
{
	bool *hello = ctx;

	(void)id;
	if (type == 'H')
		*hello = true;
	if (type == 'O' && fwrite(data, 1, size, stdout) != size)
		exit(EXIT_GONE);
	if (type == 'E')
		fwrite(data, 1, size, stderr);
	if (type == 'X') {
		data[size] = 0;
		run_status = atoi(data);
	}
}

static int run_connect(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		fail("cannot reach the guest by %s: %s", path, strerror(errno));
	return fd;
}

static void run_request(struct buf *out, char **argv)
{
	struct buf args = { 0 };

	for (; *argv; argv++)
		buf_add(&args, *argv, strlen(*argv) + 1);
	frame_add(out, 'R', 0, args.data, args.size);
	buf_free(&args);
}

/* With argv NULL it only waits for the agent. */
static int run(const char *path, char **argv, double seconds)
{
	int fd = run_connect(path), in_fd = argv ? 0 : -1;
	double end = now() + seconds;
	struct buf in = { 0 }, out = { 0 };
	bool hello = false;

	signal(SIGPIPE, SIG_IGN);
	frame_add(&out, 'H', 0, "", 0);
	while (run_status < 0) {
		struct pollfd p[2] = {
			{ .fd = fd, .events = POLLIN },
			{ .fd = hello ? in_fd : -1, .events = POLLIN },
		};
		double left = end - now();

		if (!buf_flush(&out, fd))
			fail("the guest went away");
		if (seconds > 0 && left <= 0) {
			fflush(stdout);
			fprintf(stderr, "rigexec: no %s after %g s\n",
				hello ? "end" : "answer from the guest's agent",
				seconds);
			return EXIT_TIMEOUT;
		}
		poll(p, 2, seconds > 0 ? (int)(left * 1000) + 1 : -1);
		if (p[0].revents) {
			bool had = hello;

			if (!buf_fill(&in, fd))
				fail("the guest went away");
			buf_parse(&in, run_frame, &hello, NULL);
			if (hello && !argv)
				return 0;
			if (hello && !had)
				run_request(&out, argv);
		}
		if (p[1].revents) {
			char tmp[CHUNK];
			ssize_t n = read(in_fd, tmp, sizeof(tmp));

			if (n > 0) {
				frame_add(&out, 'I', 0, tmp, (size_t)n);
			} else {
				frame_add(&out, 'F', 0, "", 0);
				in_fd = -1;
			}
		}
	}
	fflush(stdout);
	return run_status;
}

static int usage(void)
{
	fputs("usage: rigexec agent TTY | mux TTY SOCKET LOG |\n"
	      "       run [-t S] SOCKET CMD... | wait [-t S] SOCKET\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	double seconds = 0;
	const char *role = argc > 1 ? argv[1] : "";

	if (!strcmp(role, "agent") && argc == 3)
		return agent(argv[2]);
	if (!strcmp(role, "mux") && argc == 5)
		return mux(argv[2], argv[3], argv[4]);
	argv += 2;
	if (argc > 4 && !strcmp(argv[0], "-t")) {
		seconds = atof(argv[1]);
		argv += 2;
	}
	if (!strcmp(role, "run") && argc > 3 && argv[0] && argv[1])
		return run(argv[0], argv + 1, seconds);
	if (!strcmp(role, "wait") && argc > 2 && argv[0])
		return run(argv[0], NULL, seconds);
	return usage();
}
