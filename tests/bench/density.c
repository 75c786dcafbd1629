// SPDX-License-Identifier: GPL-2.0-only
/*
 * How fast VIFs come and go on the local platform.  A sink is attached first;
 * then each VIF is created by svnicd's control socket, attached, and sends one
 * frame, until the sink has it; all stay attached until the end, when they are
 * let go and destroyed.  One thread each, AT-ONCE of them at a time.  One line
 * for each step with its times.
 *
 *   density [-p] CONTROL-SOCKET TENANT-DIR VIFS AT-ONCE
 *
 * -p: wait for a line on the standard input while all VIFs are there.
 */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "libsvnic.h"

#define ORDER	 SVNIC_MIN_ORDER
#define MAX_VIFS 4096u
#define LINE	 1024
#define CONTROLS 32u /* svnicd serves 64 connections at a time */
#define PATIENCE 20.0

enum step {
	CREATE,
	ATTACH,
	FRAME,
	WHOLE,
	DETACH,
	DESTROY,
	STEP_NR
};

struct tenant {
	struct svnic *vif;
	double took[STEP_NR];
	double arrived; /* written by the sink */
};

static const char *const step_name[STEP_NR] = {
	"create", "attach", "first-frame", "whole", "detach", "destroy",
};
static const char *control_path, *tenant_dir;
static struct tenant tenant[MAX_VIFS];
static unsigned int nr_vifs, at_once;
static unsigned int next_vif;
static struct {
	pthread_mutex_t lock;
	FILE *f;
} controls[CONTROLS];
static struct svnic *sink;
static volatile bool is_over;

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *fmt,
								...)
{
	va_list ap;

	fputs("density: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static double clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec * 1e-3;
}

static FILE *control_open(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *f;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", control_path);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&addr, sizeof(addr)))
		die("%s: %s", control_path, strerror(errno));
	f = fdopen(fd, "r+");
	if (!f)
		die("no memory");
	return f;
}

/* @number: chooses a connection; its threads wait for one another. */
static void control(uint32_t number, const char *command, const char *key,
		    const char *name)
{
	FILE *f = controls[number % CONTROLS].f;
	char answer[LINE] = "";
	int c;

	pthread_mutex_lock(&controls[number % CONTROLS].lock);
	fprintf(f, "{\"command\": \"%s\", \"arguments\": {\"%s\": \"%s\"}}\n",
		command, key, name);
	fflush(f);
	if (!fgets(answer, sizeof(answer), f))
		die("%s %s: svnicd has closed the connection", command, name);
	if (!strchr(answer, '\n')) {
		do
			c = fgetc(f);
		while (c != '\n' && c != EOF);
	}
	pthread_mutex_unlock(&controls[number % CONTROLS].lock);
	if (strncmp(answer, "{\"result\"", 9) != 0)
		die("%s %s: %s", command, name, answer);
}

static struct svnic *attach(const char *name)
{
	const struct svnic_params params = { .name = name,
					     .socket_dir = tenant_dir,
					     .tx_order = ORDER,
					     .rx_order = ORDER };
	struct svnic *v;
	int rc = svnic_open(&params, &v);

	if (rc)
		die("attach %s: %s", name, strerror(-rc));
	return v;
}

/* Takes frames, each with the number of its sender. */
static void *serve_sink(void *unused)
{
	struct iovec iov[SVNIC_FRAME_PIECES];
	struct svnic_meta meta;
	uint32_t number;

	(void)unused;
	while (!is_over) {
		int nr = svnic_rx_frame(sink, iov, SVNIC_FRAME_PIECES, &meta);

		if (nr < 0)
			die("the sink: %s", strerror(-nr));
		if (nr == 0) {
			svnic_wait(sink, 100);
			continue;
		}
		memcpy(&number, (char *)iov[0].iov_base + 14, sizeof(number));
		if (iov[0].iov_len >= 18 && number < nr_vifs) {
			double now = clock_us();

			__atomic_store(&tenant[number].arrived, &now,
				       __ATOMIC_RELEASE);
		}
		svnic_rx_release(sink);
		svnic_kick(sink);
	}
	return NULL;
}

static double arrival(const struct tenant *t)
{
	double at;

	__atomic_load(&t->arrived, &at, __ATOMIC_ACQUIRE);
	return at;
}

static void send_first(struct tenant *t, uint32_t number)
{
	static const struct svnic_meta meta;
	struct iovec iov[1];
	unsigned char *frame;

	if (svnic_tx_frame(t->vif, iov, 1) != 1)
		die("VIF v%u has no room for its first frame", number);
	frame = iov[0].iov_base;
	memcpy(frame, svnic_info(sink)->mac, 6);
	memcpy(frame + 6, svnic_info(t->vif)->mac, 6);
	memcpy(frame + 12, "\x88\xb5", 2);
	memcpy(frame + 14, &number, sizeof(number));
	if (svnic_tx_send(t->vif, 60, &meta))
		die("VIF v%u cannot send", number);
	svnic_kick(t->vif);
}

static void live(struct tenant *t, uint32_t number)
{
	const struct timespec nap = { .tv_nsec = 5000 };
	double at[4];
	char name[16];

	snprintf(name, sizeof(name), "v%u", number);
	at[0] = clock_us();
	control(number, "create", "name", name);
	at[1] = clock_us();
	t->vif = attach(name);
	at[2] = clock_us();
	send_first(t, number);
	while (arrival(t) == 0.0) {
		if (clock_us() - at[2] > PATIENCE * 1e6)
			die("the first frame of v%u does not arrive", number);
		nanosleep(&nap, NULL);
	}
	at[3] = arrival(t);
	t->took[CREATE] = at[1] - at[0];
	t->took[ATTACH] = at[2] - at[1];
	t->took[FRAME] = at[3] - at[2];
	t->took[WHOLE] = at[3] - at[0];
}

static void leave(struct tenant *t, uint32_t number)
{
	double at[3];
	char name[16];

	snprintf(name, sizeof(name), "v%u", number);
	at[0] = clock_us();
	svnic_close(t->vif);
	at[1] = clock_us();
	control(number, "destroy", "vif", name);
	at[2] = clock_us();
	t->took[DETACH] = at[1] - at[0];
	t->took[DESTROY] = at[2] - at[1];
}

static void *work(void *step)
{
	uint32_t n;

	while ((n = __atomic_fetch_add(&next_vif, 1, __ATOMIC_RELAXED)) <
	       nr_vifs) {
		if (step)
			leave(&tenant[n], n);
		else
			live(&tenant[n], n);
	}
	return NULL;
}

static double all(bool last)
{
	static pthread_t thread[MAX_VIFS];
	double began = clock_us();
	unsigned int i;

	next_vif = 0;
	for (i = 0; i < at_once; i++) {
		if (pthread_create(&thread[i], NULL, work,
				   last ? &next_vif : NULL))
			die("no thread");
	}
	for (i = 0; i < at_once; i++)
		pthread_join(thread[i], NULL);
	return clock_us() - began;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void show(enum step step)
{
	static double value[MAX_VIFS];
	unsigned int i;

	for (i = 0; i < nr_vifs; i++)
		value[i] = tenant[i].took[step];
	qsort(value, nr_vifs, sizeof(value[0]), compare);
	printf("{\"step\": \"%s\", \"vifs\": %u, \"at_once\": %u, "
	       "\"us_median\": %.1f, \"us_p99\": %.1f, \"us_max\": %.1f}\n",
	       step_name[step], nr_vifs, at_once, value[nr_vifs / 2],
	       value[nr_vifs * 99 / 100], value[nr_vifs - 1]);
}

static void parse(int argc, char **argv)
{
	if (argc != 4)
		die("wants CONTROL-SOCKET TENANT-DIR VIFS AT-ONCE");
	control_path = argv[0];
	tenant_dir = argv[1];
	nr_vifs = (unsigned int)atoi(argv[2]);
	at_once = (unsigned int)atoi(argv[3]);
	if (nr_vifs == 0 || nr_vifs > MAX_VIFS - 1 || at_once == 0 ||
	    at_once > nr_vifs)
		die("1 to %u VIFs, and not more at once", MAX_VIFS - 1);
}

int main(int argc, char **argv)
{
	struct rlimit files;
	bool pause = argc > 1 && strcmp(argv[1], "-p") == 0;
	enum step step;
	pthread_t server;
	double took;
	char line[8];
	unsigned int i;

	parse(argc - 1 - pause, argv + 1 + pause);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		/* Where it does not help, attaching will say so. */
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	for (i = 0; i < CONTROLS; i++) {
		pthread_mutex_init(&controls[i].lock, NULL);
		controls[i].f = control_open();
	}
	control(0, "create", "name", "sink");
	sink = attach("sink");
	if (pthread_create(&server, NULL, serve_sink, NULL))
		die("no thread");
	took = all(false);
	printf("{\"step\": \"all\", \"vifs\": %u, \"at_once\": %u, "
	       "\"ms\": %.1f}\n",
	       nr_vifs, at_once, took / 1000);
	fflush(stdout);
	if (pause && !fgets(line, sizeof(line), stdin))
		fputs("density: nobody waits\n", stderr);
	all(true);
	is_over = true;
	pthread_join(server, NULL);
	svnic_close(sink);
	control(0, "destroy", "vif", "sink");
	for (step = 0; step < STEP_NR; step++)
		show(step);
	return 0;
}
