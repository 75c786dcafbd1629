/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one loop.  While there is work it polls, and looks at the sockets now
 * and then; after that it sleeps at a pace (pace.h).  Called by main.c.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>

#include "../../core/core.h"
#include "card.h"
#include "log.h"

#define US	      1000ull
#define MS	      1000000ull
#define LOOP_LOOK_NS  (30 * US) /* between looks at the sockets, busy */
#define LOOP_SHORT_NS (3 * US)	/* no sleep is shorter */
#define LOOP_TICK_US  50000
#define LOOP_STUCK_NS (1000 * MS) /* of CPU time in one round */

static volatile sig_atomic_t loop_stop;
static volatile sig_atomic_t loop_rewind;
static struct card *loop_card;
static bool loop_is_watched;

/*
 * Where another core would follow, one of which a worker does not come round is
 * better dead.  Only its own time counts, so that neither a debugger nor a busy
 * machine is taken for an endless loop.
 */
static void loop_tick(void)
{
	threads_interrupt(loop_card);
	if (loop_is_watched && threads_are_stuck(loop_card, LOOP_STUCK_NS))
		abort();
}

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		loop_rewind = 1;
	else if (sig != SIGALRM)
		loop_stop = 1;
	else
		loop_tick();
}

/*
 * The tick does nothing but interrupt: a client that makes its eventfd
 * blocking and fills it would hold up the whole card otherwise (irqs.h).
 */
static void loop_signals(struct card *c)
{
	bool owned = c->channel >= 0;
	static const int signals[] = { SIGTERM, SIGINT, SIGUSR1, SIGALRM };
	struct itimerval tick = { .it_interval = { .tv_usec = LOOP_TICK_US },
				  .it_value = { .tv_usec = LOOP_TICK_US } };
	struct sigaction sa = { .sa_handler = on_signal };
	unsigned int i;

	sigemptyset(&sa.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (owned) {
		/* Meant for the owner, who tells us. */
		signal(SIGTERM, SIG_IGN);
		signal(SIGINT, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
	}
	loop_card = c;
	loop_is_watched = owned;
	setitimer(ITIMER_REAL, &tick, NULL);
}

static uint64_t loop_sleep(struct card *c, uint64_t now)
{
	struct pace *pace = &c->thread[0].pace;
	uint64_t ns, due;

	atomic_store(&c->is_live, links_are_live(&c->links));
	atomic_store(&c->has_client, links_have_client(&c->links));
	ns = card_pace(c, pace, now);
	if (ns == 0)
		return 0;
	due = core_next_due(c->core, now);
	if (due < ns)
		ns = due;
	if (ns < LOOP_SHORT_NS)
		return 0;
	pace_learn(pace, hal_busy_ns());
	return ns;
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

	loop_signals(c);
	/* Sleeps of some microseconds, not of 50 more. */
	if (prctl(PR_SET_TIMERSLACK, 1) < 0)
		log_warn("no fine timers");
	while (!loop_stop && !atomic_load(&c->is_over)) {
		done = core_poll(c->core);
		atomic_fetch_add_explicit(&c->thread[0].rounds, 1,
					  memory_order_relaxed);
		thread_yield(&c->thread[0], done);
		now = hal_clock_ns();
		if (done)
			pace_work(&c->thread[0].pace, now);
		if (done && now < c->next_look_ns)
			continue;
		spare_learn(&c->spare, now);
		card_wait(c, done ? 0 : loop_sleep(c, now));
		c->next_look_ns = now + LOOP_LOOK_NS;
		if (loop_rewind)
			loop_do_rewind(c);
	}
	if (loop_stop)
		log_info("stopped by a signal");
}
