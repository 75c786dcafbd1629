/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns: all netifs that have something to do take one together.  A turn
 * gathers from all their rings and from the card as much as fits, copies all of
 * it in one call, and passes it on.  While turns find work nothing rings:
 * neither the guests' ports, which stay masked, nor the card.
 *
 * A call of the system costs more than most frames.  So what is copied is sent,
 * answered and rung for by the call that copies (stage.h), or if it is too much,
 * guests are rung by the next turn's call, those who only get their slots back by
 * one that does not copy; turns follow each other without asking the event loop
 * in between; before it sleeps the thread looks on for a little, as long as that
 * has paid; and it sleeps in a call that rings, and comes back with what rang.
 * What one guest sends comes back from the card as another's, so all that worked
 * lately have turns with the one that rang.
 */
#include "netif/turn.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "netif/batch.h"
#include "netif/call.h"
#include "netif/filter.h"
#include "netif/priv.h"
#include "netif/rx.h"
#include "netif/slow.h"
#include "netif/tx.h"

#define TURNS	   16u	 /* in a row, before the event loop sees to others */
#define TOGETHER   8u	 /* netifs of one turn */
#define HOPE_MAX   1024u /* looks before it sleeps, while that pays */
#define HOPE_MIN   32u
#define HOPE_AGAIN 8u  /* times of going to sleep */
#define WAIT_MS	   4u  /* asleep, before the event loop sees to others */
#define IDLE	   16u /* turns without work before a netif leaves */

struct netif_turns {
	struct event *event;
	bool woken;
	struct netif_list ready;
	unsigned int nr_ready;
	struct netif_list known; /* who worked last is the first */
	struct netif *in_turn[TOGETHER];
	unsigned int nr_in_turn;
	unsigned int hope;  /* looks without work before it sleeps */
	unsigned int slept; /* times without hope */
	struct call call;
	struct batch batch;
};

void turn_ring(struct netif_turns *t, uint32_t port, bool soon)
{
	call_ring(&t->call, port, soon);
}

void turn_unmask(struct netif_turns *t, uint32_t port)
{
	call_unmask(&t->call, port);
}

void turn_forget(struct netif_turns *t, uint32_t port)
{
	call_forget(&t->call, port);
}

/* Who has turns ------------------------------------------------------------- */

static void join(struct netif_turns *t, struct netif *n)
{
	n->idle = 0;
	if (n->ready)
		return;
	TAILQ_INSERT_TAIL(&t->ready, n, link);
	t->nr_ready++;
	n->ready = true;
	netif_disarm(n);
}

static void leave(struct netif_turns *t, struct netif *n)
{
	if (!n->ready)
		return;
	TAILQ_REMOVE(&t->ready, n, link);
	t->nr_ready--;
	n->ready = false;
}

/* It may soon hear from those that worked last. */
static void invite(struct netif_turns *t)
{
	struct netif *n;

	TAILQ_FOREACH(n, &t->known, age)
	{
		if (t->nr_ready == TOGETHER)
			break;
		if (n->started && !n->fault && !n->restarting)
			join(t, n);
	}
}

static void note_work(struct netif_turns *t, struct netif *n)
{
	if (n == TAILQ_FIRST(&t->known))
		return;
	if (n->known)
		TAILQ_REMOVE(&t->known, n, age);
	TAILQ_INSERT_HEAD(&t->known, n, age);
	n->known = true;
}

void turn_add(struct netif_turns *t, struct netif *n)
{
	bool alone = TAILQ_EMPTY(&t->ready);

	join(t, n);
	if (alone)
		invite(t);
	if (t->woken)
		return;
	t->woken = true;
	event_active(t->event, EV_TIMEOUT, 1);
}

void turn_del(struct netif_turns *t, struct netif *n)
{
	unsigned int i;

	leave(t, n);
	if (n->known)
		TAILQ_REMOVE(&t->known, n, age);
	n->known = false;
	for (i = 0; i < t->nr_in_turn; i++)
		if (t->in_turn[i] == n)
			t->in_turn[i] = NULL;
}

/* One turn ------------------------------------------------------------------ */

static struct netif_queue *queue_in_turn(struct netif *n, unsigned int i)
{
	return &n->queue[(n->first + i) % n->config.nr_queues];
}

/* How much was found; @left netifs, with this one, share what is free. */
static unsigned int gather(struct netif *n, struct batch *b, unsigned int left)
{
	unsigned int done;
	unsigned int i;

	if (!n->started || n->fault || !slow_reclaim(n))
		return 0;
	done = rx_pull(n);
	if (n->restarting)
		return 0;
	tx_share(b, left);
	for (i = 0; i < n->config.nr_queues && !n->fault; i++)
		done += tx_gather(queue_in_turn(n, i), b);
	rx_share(b, left);
	for (i = 0; i < n->config.nr_queues && !n->fault; i++)
		done += rx_gather(queue_in_turn(n, i), b);
	n->first = (n->first + 1) % n->config.nr_queues;
	return done;
}

static void choose(struct netif_turns *t)
{
	struct netif *n;

	t->nr_in_turn = 0;
	TAILQ_FOREACH(n, &t->ready, link)
	{
		if (t->nr_in_turn == TOGETHER)
			break;
		t->in_turn[t->nr_in_turn++] = n;
	}
	/* Another one is the first of the next turn. */
	n = TAILQ_FIRST(&t->ready);
	TAILQ_REMOVE(&t->ready, n, link);
	TAILQ_INSERT_TAIL(&t->ready, n, link);
}

/* Does it pay to look on?  If it has not lately, that is tried now and then. */
static bool has_hope(struct netif_turns *t)
{
	if (t->hope < HOPE_MIN && ++t->slept % HOPE_AGAIN == 0)
		t->hope = HOPE_MAX / 2;
	return t->hope >= HOPE_MIN;
}

static bool can_sleep(struct netif *n)
{
	return n->started && !n->fault && !n->restarting && !netif_arm(n);
}

/*
 * Is what was gathered the last for now, with nothing to do for it when it is
 * copied?  Then the call that copies may wait, too.  Its netifs have left, and
 * are armed, as with settle().
 */
static bool may_sleep_at_once(struct netif_turns *t)
{
	unsigned int i;

	if (!t->call.stage.nr_posts || !tx_is_staged() || !rx_is_staged() ||
	    t->nr_ready > t->nr_in_turn || has_hope(t))
		return false;
	for (i = 0; i < t->nr_in_turn && can_sleep(t->in_turn[i]); i++)
		;
	if (i < t->nr_in_turn) {
		do
			netif_disarm(t->in_turn[i]);
		while (i--);
		return false;
	}
	while (i--) {
		leave(t, t->in_turn[i]);
		netif_release(t->in_turn[i]);
	}
	return true;
}

/* All that fits, of all in turn. */
static unsigned int gather_all(struct netif_turns *t)
{
	struct batch *b = &t->batch;
	unsigned int done = 0;
	struct netif *n;
	unsigned int i;

	b->nr = 0;
	tx_begin();
	rx_begin();
	for (i = 0; i < t->nr_in_turn; i++) {
		n = t->in_turn[i];
		n->worked = gather(n, b, t->nr_in_turn - i);
		done += n->worked;
		if (n->worked)
			note_work(t, n);
	}
	return done;
}

/* It is copied, and what was staged is all done, or not. */
static void pass_on(void *arg, bool posted)
{
	struct netif_turns *t = arg;
	unsigned int i;

	stage_end(&t->call.stage, posted);
	tx_send(&t->batch, posted);
	rx_finish(&t->batch, posted);
	/* Buffers go back when their guest has the frames; of what it sent,
	 * only what the card has is answered. */
	for (i = 0; i < t->nr_in_turn; i++) {
		netif_publish(t->in_turn[i]);
		slow_kick(t->in_turn[i]);
	}
	tx_respond();
	for (i = 0; i < t->nr_in_turn; i++) {
		netif_publish(t->in_turn[i]);
		filter_turn(t->in_turn[i]);
	}
}

static unsigned int turn(struct netif_turns *t)
{
	struct batch *b = &t->batch;
	unsigned int done;
	bool sleep;

	choose(t);
	done = gather_all(t);
	stage_begin(&t->call.stage);
	if (!b->nr) {
		pass_on(t, false);
		return done;
	}
	tx_stage(&t->call.stage);
	rx_stage(&t->call.stage);
	sleep = may_sleep_at_once(t);
	if (sleep)
		call_hurry(&t->call);
	else
		call_is_late(&t->call);
	call_copy(&t->call, b, sleep ? WAIT_MS : 0, pass_on, t);
	return done;
}

/* Sleeping ------------------------------------------------------------------ */

/* Nothing was found for a while, or nobody looks on: it shall ring. */
static bool may_leave(struct netif *n, bool sleep)
{
	n->idle = n->worked ? 0 : n->idle + 1;
	return (n->idle > IDLE || sleep) && !netif_arm(n);
}

static void settle_one(struct netif_turns *t, struct netif *n, bool sleep)
{
	if (!n->ready)
		return;
	if (n->started && n->fault) {
		leave(t, n);
		netif_report(n); /* it is gone then */
	} else if (!n->started || n->fault || n->restarting) {
		/* The clock will tell; the ports stay masked meanwhile. */
		leave(t, n);
	} else if (may_leave(n, sleep)) {
		leave(t, n);
		netif_release(n);
	}
}

static void settle(struct netif_turns *t, bool sleep)
{
	unsigned int i;

	/* A report may end another one too: see turn_del(). */
	for (i = 0; i < t->nr_in_turn; i++)
		if (t->in_turn[i])
			settle_one(t, t->in_turn[i], sleep);
	t->nr_in_turn = 0;
}

static bool has_work(const struct netif_turns *t)
{
	unsigned int i;

	for (i = 0; i < t->nr_in_turn; i++)
		if (netif_has_work(t->in_turn[i]))
			return true;
	return false;
}

/*
 * Looking on is for streams: what the card was given comes back, and its answer,
 * sooner than this thread would be awake again.  As long as it has paid, and
 * once it has not, only now and then.  It is counted in looks, since a clock is
 * a call of the system in such a dom0; a machine that looks slowly sleeps and
 * wakes slowly, too.
 */
static bool is_worth_hoping(struct netif_turns *t)
{
	unsigned int i;

	if (t->nr_ready > t->nr_in_turn || !has_hope(t))
		return has_work(t);
	call_flush(&t->call);
	for (i = 0; i < t->hope; i++) {
		if (!has_work(t))
			continue;
		t->hope = t->hope * 2 < HOPE_MAX ? t->hope * 2 : HOPE_MAX;
		return true;
	}
	t->hope /= 2;
	return false;
}

/* Sleep, but not for long: the event loop has others, too. */
static bool is_woken(struct netif_turns *t)
{
	call_wait(&t->call, WAIT_MS);
	return !TAILQ_EMPTY(&t->ready);
}

static void take_turns(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval now;
	struct netif_turns *t = arg;
	unsigned int done;
	unsigned int i;

	(void)fd;
	(void)what;
	for (i = 0; i < TURNS; i++) {
		if (TAILQ_EMPTY(&t->ready) && !is_woken(t))
			break;
		done = turn(t);
		settle(t, !done && !is_worth_hoping(t));
	}
	call_flush(&t->call);
	t->woken = !TAILQ_EMPTY(&t->ready);
	if (t->woken)
		evtimer_add(t->event, &now);
}

struct netif_turns *netif_turns_create(struct event_base *base,
				       const struct platform_ops *ops,
				       struct platform *p)
{
	struct netif_turns *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->call.ops = ops;
	t->call.p = p;
	TAILQ_INIT(&t->ready);
	TAILQ_INIT(&t->known);
	t->hope = HOPE_MAX;
	t->event = evtimer_new(base, take_turns, t);
	if (!t->event) {
		free(t);
		return NULL;
	}
	return t;
}

void netif_turns_free(struct netif_turns *t)
{
	if (!t)
		return;
	event_free(t->event);
	free(t);
}
