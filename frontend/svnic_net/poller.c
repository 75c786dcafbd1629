// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks for completions while the CPU has nothing better to do.  Waking a
 * sleeping guest is the slow part of a packet's way: an interrupt of the host,
 * an event, a virtual CPU that must be scheduled.  So for a while after the
 * last work a thread of the idle class looks at the ring itself, and asks the
 * card to hold its events meanwhile (abi.md 6).  Any other task runs at once;
 * while one does, an event comes after the hold time, which moderates them.
 *
 * The while is at most poll_us.  It begins when several events in succession
 * came so soon after work that looking would have found them, shrinks when it
 * brought nothing, and ends with the first pause.  So a conversation that goes
 * on and on is looked for; requests that come now and then, each with its one
 * answer, leave the processor to those who produce the answer.
 */
#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <uapi/linux/sched/types.h>
#include "net.h"
#include "poller.h"

#define POLL_US	   1000u
#define POLL_MAX   10000u
#define WINDOW_MIN 16u /* the shortest while, as a fraction of poll_us */
#define MISSES_MIN 4u  /* events in succession that begin it */
#define PAUSE	   4u  /* times poll_us without any work, which ends it */

static unsigned int poll_us = POLL_US;
module_param(poll_us, uint, 0644);
MODULE_PARM_DESC(
	poll_us,
	"microseconds that an idle CPU looks for more after the last work; 0: never");

static u64 window_max(void)
{
	return (u64)min(READ_ONCE(poll_us), POLL_MAX) * NSEC_PER_USEC;
}

/* Something that NAPI must see; lazily returned descriptors may wait. */
static bool has_news(const struct svnic_net_queue *q)
{
	const struct svnic_queue_ctrl *c = q->rx.ring.ctrl;

	return svnic_peek32(&c->rx_done) != READ_ONCE(q->rx.ring.done) ||
	       svnic_peek32(&c->state) != SVNIC_QUEUE_RUNNING ||
	       (netif_tx_queue_stopped(svnic_net_txq(q)) &&
		svnic_net_is_direct(q) &&
		svnic_peek32(&c->tx_cons) != READ_ONCE(q->tx.ring.done));
}

static bool is_wanted(const struct svnic_net_queue *q)
{
	return local_clock() < READ_ONCE(q->look_until);
}

void svnic_net_poller_touch(struct svnic_net_queue *q)
{
	u64 max = window_max();
	u64 now;

	/* A stream is moderated instead. */
	if (!max || !q->poller || READ_ONCE(q->hold))
		return;
	now = local_clock();
	if (now - READ_ONCE(q->touched) > PAUSE * max) {
		q->window = 0;
		q->misses = 0;
	}
	WRITE_ONCE(q->touched, now);
	if (!q->window)
		return;
	WRITE_ONCE(q->look_until, now + min(q->window, max));
	if (!READ_ONCE(q->looking))
		wake_up_process(q->poller);
}

void svnic_net_poller_missed(struct svnic_net_queue *q)
{
	u64 max = window_max();

	/* A wake-up takes time that looking would not have taken. */
	if (!READ_ONCE(q->looking) &&
	    local_clock() - READ_ONCE(q->touched) < max + max / 2 &&
	    ++q->misses >= MISSES_MIN)
		q->window = max;
}

/* NAPI runs here and now, when interrupts of the softirq kind go on again. */
static void run_napi(struct svnic_net_queue *q)
{
	local_bh_disable();
	napi_schedule(&q->napi);
	local_bh_enable();
}

static void look(struct svnic_net_queue *q)
{
	struct svnic_queue_ctrl *c = q->rx.ring.ctrl;
	u64 max = window_max();
	bool found = false;

	svnic_poke32(&c->hold, max(NET_HOLD_US, READ_ONCE(q->hold)));
	while (is_wanted(q) && !kthread_should_park()) {
		if (has_news(q)) {
			found = true;
			q->finds++;
			run_napi(q);
		}
		q->spins++;
		cpu_relax();
		cond_resched();
	}
	svnic_poke32(&c->hold, READ_ONCE(q->hold));
	/* Pairs with ask_marked() in device-firmware/core/event.c
	 * (ordering.md O5). */
	svnic_fence();
	if (has_news(q))
		run_napi(q);
	if (found)
		q->window = max;
	else
		q->window = q->window > max / WINDOW_MIN ? q->window / 2 : 0;
}

static int poller(void *arg)
{
	struct svnic_net_queue *q = arg;

	while (!kthread_should_stop()) {
		if (kthread_should_park()) {
			kthread_parkme();
			continue;
		}
		WRITE_ONCE(q->looking, true);
		if (is_wanted(q))
			look(q);
		set_current_state(TASK_INTERRUPTIBLE);
		/* A touch from here on wakes us. */
		smp_store_mb(q->looking, false);
		if (!is_wanted(q) && !kthread_should_park() &&
		    !kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

void svnic_net_poller_start(struct svnic_net_queue *q)
{
	const struct sched_attr attr = { .size = sizeof(attr),
					 .sched_policy = SCHED_IDLE };
	struct task_struct *t;

	if (q->poller) {
		kthread_unpark(q->poller);
		return;
	}
	if (!q->net->config.may_poll)
		return;
	t = kthread_create(poller, q, "svnic/%s-%u", q->net->dev->name,
			   q->index);
	if (IS_ERR(t))
		return; /* events alone do */
	sched_setattr_nocheck(t, &attr);
	q->poller = t;
	wake_up_process(t);
}

void svnic_net_poller_park(struct svnic_net_queue *q)
{
	if (q->poller)
		kthread_park(q->poller);
}

void svnic_net_poller_stop(struct svnic_net_queue *q)
{
	if (q->poller)
		kthread_stop(q->poller);
	q->poller = NULL;
}
