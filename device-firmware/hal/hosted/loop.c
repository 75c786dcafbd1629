/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one loop.  While there is work it polls, and looks at the sockets now
 * and then; after that it sleeps in growing slices, because doorbells are
 * memory that nobody signals.  Emulated processors may need the CPU that
 * polling would burn, so polling after work is short.  Called by main.c.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>

#include "../../core/core.h"
#include "card.h"
#include "log.h"

#define US		 1000ull
#define MS		 1000000ull
#define LOOP_LOOK_NS	 (30 * US) /* between looks at the sockets, busy */
#define LOOP_POLL_NS	 (30 * US) /* of polling after work */
#define LOOP_SLEEP_MIN	 (20 * US)
#define LOOP_SLEEP_LIVE	 (250 * US)
#define LOOP_SLEEP_EMPTY (1 * MS)
#define LOOP_SLEEP_ALONE (100 * MS)
#define LOOP_SHORT_NS	 (3 * US) /* no sleep is shorter */
#define LOOP_TICK_US	 50000

static volatile sig_atomic_t loop_stop;
static volatile sig_atomic_t loop_rewind;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		loop_rewind = 1;
	else if (sig != SIGALRM)
		loop_stop = 1;
}

/*
 * The tick does nothing but interrupt: a client that makes its eventfd
 * blocking and fills it would hold up the whole card otherwise (irqs.h).
 */
static void loop_signals(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGUSR1, SIGALRM };
	struct itimerval tick = { .it_interval = { .tv_usec = LOOP_TICK_US },
				  .it_value = { .tv_usec = LOOP_TICK_US } };
	struct sigaction sa = { .sa_handler = on_signal };
	unsigned int i;

	sigemptyset(&sa.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	setitimer(ITIMER_REAL, &tick, NULL);
}

uint64_t loop_sleep_ns(uint64_t idle_ns, unsigned int idle_us, bool live,
		       bool client)
{
	uint64_t longest = LOOP_SLEEP_LIVE;
	uint64_t ns;

	if (idle_ns < LOOP_POLL_NS && (live || client))
		return 0;
	if (!live && idle_ns >= 2000 * MS)
		longest = client ? LOOP_SLEEP_EMPTY : LOOP_SLEEP_ALONE;
	if (idle_us && longest > idle_us * US)
		longest = idle_us * US;
	ns = LOOP_SLEEP_MIN + idle_ns / 400;
	return ns < longest ? ns : longest;
}

static uint64_t loop_sleep(const struct card *c, uint64_t now)
{
	uint64_t ns, due;

	ns = loop_sleep_ns(now - c->last_work_ns, c->idle_us, card_is_live(c),
			   card_has_client(c));
	if (ns == 0)
		return 0;
	due = core_next_due(c->core, now);
	if (due < ns)
		ns = due;
	return ns < LOOP_SHORT_NS ? 0 : ns;
}

static void loop_do_rewind(struct card *c)
{
	unsigned int i;

	loop_rewind = 0;
	for (i = 0; i < c->nr_ports; i++) {
		if (c->wire[i].ops->rewind)
			c->wire[i].ops->rewind(&c->wire[i]);
	}
}

void loop_run(struct card *c)
{
	unsigned int done;
	uint64_t now;

	loop_signals();
	/* Sleeps of some microseconds, not of 50 more. */
	if (prctl(PR_SET_TIMERSLACK, 1) < 0)
		log_warn("no fine timers");
	while (!loop_stop) {
		done = core_poll(c->core);
		now = hal_clock_ns();
		if (done)
			c->last_work_ns = now;
		if (done && now < c->next_look_ns)
			continue;
		card_wait(c, done ? 0 : loop_sleep(c, now));
		c->next_look_ns = now + LOOP_LOOK_NS;
		if (loop_rewind)
			loop_do_rewind(c);
	}
	log_info("stopped by a signal");
}
