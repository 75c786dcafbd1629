/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starting, stopping and waking the core's threads; see thread.h.  A thread
 * polls while there is work and sleeps at a pace (pace.h), as the loop does, but
 * has no sockets to look after.  Called by card.c, loop.c and hal.c.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "card.h"
#include "dma.h"
#include "../hal.h"
#include "log.h"
#include "thread.h"

#define INTERRUPT SIGUSR2

int thread_init(struct thread *w, struct card *card, unsigned int nr)
{
	*w = (struct thread) { .card = card, .nr = nr, .wake_fd = -1 };
	w->core = core_worker(card->core, nr);
	w->clock = CLOCK_THREAD_CPUTIME_ID;
	if (core_nr_workers(card->core) == 1)
		return 0;
	w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return w->wake_fd < 0 ? -errno : 0;
}

void thread_fini(struct thread *w)
{
	if (w->wake_fd >= 0)
		close(w->wake_fd);
}

void thread_wake(const struct thread *w)
{
	const uint64_t one = 1;

	/* A full counter is a call that was not heard yet. */
	if (write(w->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		log_err("worker %u cannot be woken: %s", w->nr,
			strerror(errno));
}

void thread_hear(const struct thread *w)
{
	uint64_t calls;

	if (read(w->wake_fd, &calls, sizeof(calls)) < 0 && errno != EAGAIN)
		log_err("worker %u hears nothing: %s", w->nr, strerror(errno));
}

static uint64_t thread_due(struct thread *w, uint64_t now)
{
	uint64_t ns = card_pace(w->card, &w->pace, now);
	uint64_t due = core_next_due(w->core, now);

	return due < ns ? due : ns;
}

static void thread_sleep(struct thread *w, uint64_t ns)
{
	struct pollfd p = { .fd = w->wake_fd, .events = POLLIN };
	struct timespec ts = { .tv_sec = (time_t)(ns / 1000000000),
			       .tv_nsec = (long)(ns % 1000000000) };

	if (!core_may_sleep(w->core)) {
		sched_yield();
		return;
	}
	pace_learn(&w->pace, hal_busy_ns());
	if (ppoll(&p, 1, &ts, NULL) > 0)
		thread_hear(w);
	core_woken(w->core);
}

void thread_yield(const struct thread *w, unsigned int done)
{
	if (done && done == core_nr_awaited(w->core))
		sched_yield();
}

static void *thread_run(void *arg)
{
	struct thread *w = arg;
	uint64_t now, ns;

	dma_use(w->nr);
	prctl(PR_SET_TIMERSLACK, 1);
	pace_work(&w->pace, hal_clock_ns());
	while (!atomic_load(&w->card->is_over)) {
		unsigned int done = core_poll(w->core);

		atomic_fetch_add_explicit(&w->rounds, 1, memory_order_relaxed);
		if (!done) {
			now = hal_clock_ns();
			ns = thread_due(w, now);
			if (ns)
				thread_sleep(w, ns);
		} else {
			thread_yield(w, done);
			pace_work(&w->pace, hal_clock_ns());
		}
	}
	return NULL;
}

static void on_interrupt(int sig)
{
	(void)sig;
}

static int thread_start(struct thread *w)
{
	int err = pthread_create(&w->thread, NULL, thread_run, w);

	if (!err)
		err = pthread_getcpuclockid(w->thread, &w->clock);
	return -err;
}

/* Only what a worker does itself, and INTERRUPT, is for it. */
static void leave_signals(sigset_t *before)
{
	const int own[] = {
		SIGBUS, SIGSEGV, SIGABRT, SIGFPE, SIGILL, INTERRUPT
	};
	sigset_t set;
	size_t i;

	sigfillset(&set);
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		sigdelset(&set, own[i]);
	pthread_sigmask(SIG_SETMASK, &set, before);
}

int threads_start(struct card *c)
{
	struct sigaction sa = { .sa_handler = on_interrupt };
	sigset_t before;
	int err = 0;

	if (c->nr_workers == 1)
		return 0;
	sigemptyset(&sa.sa_mask);
	sigaction(INTERRUPT, &sa, NULL);
	leave_signals(&before);
	for (c->nr_running = 1; c->nr_running < c->nr_workers;
	     c->nr_running++) {
		err = thread_start(&c->thread[c->nr_running]);
		if (err)
			break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err) {
		log_err("no thread for worker %u: %s; allow more (ulimit -u, TasksMax=) or ask for fewer --workers",
			c->nr_running, strerror(-err));
		threads_stop(c);
	}
	return err;
}

void threads_stop(struct card *c)
{
	atomic_store(&c->is_over, true);
	while (c->nr_running > 1) {
		struct thread *w = &c->thread[--c->nr_running];

		thread_wake(w);
		pthread_join(w->thread, NULL);
	}
}

void threads_interrupt(const struct card *c)
{
	unsigned int i;

	for (i = 1; i < c->nr_running; i++)
		pthread_kill(c->thread[i].thread, INTERRUPT);
}

static uint64_t cpu_ns(const struct thread *w)
{
	struct timespec ts;

	clock_gettime(w->clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static bool thread_is_stuck(struct thread *w, uint64_t stuck_ns)
{
	unsigned int rounds = atomic_load(&w->rounds);

	if (w->seen != rounds || w->since == 0) {
		w->seen = rounds;
		w->since = cpu_ns(w);
		return false;
	}
	return cpu_ns(w) - w->since > stuck_ns;
}

bool threads_are_stuck(struct card *c, uint64_t stuck_ns)
{
	bool stuck = thread_is_stuck(&c->thread[0], stuck_ns);
	unsigned int i;

	for (i = 1; i < c->nr_running; i++)
		stuck |= thread_is_stuck(&c->thread[i], stuck_ns);
	return stuck;
}
