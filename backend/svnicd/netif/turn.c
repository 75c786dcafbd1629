/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns: all netifs that have something to do take one together.  A turn
 * gathers from all their rings and from the card as much as fits, copies all of
 * it in one call, and passes it on.  While turns find work nothing rings:
 * neither the guests' ports, which stay masked, nor the card.
 *
 * A call of the system costs more than most frames.  So guests are rung by the
 * next turn's call, which copies too; turns follow each other without asking
 * the event loop in between; and before it sleeps the thread looks on for a
 * little, as long as that has paid.  What one guest sends comes back from the
 * card as another's, so it looks for all that worked lately, and one wake-up
 * does for a frame and its answer.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

#include "netif/priv.h"

#define TURNS	   16u	/* in a row, before the event loop sees to others */
#define TOGETHER   8u	/* netifs of one turn */
#define HOPE_US	   500u /* about what it costs to sleep and to be woken */
#define TRUST_MAX  8u
#define STREAM	   4u	/* slots and frames of a turn, on the average */
#define HOPE_AGAIN 32u	/* times of going to sleep */
#define LOOKS	   128u /* without a look at the clock, which may be a call */
#define IDLE	   16u	/* turns without work before a netif leaves */
#define PORTS	   (2u * NETIF_MAX_QUEUES * TOGETHER)

struct netif_turns {
	const struct platform_ops *ops;
	struct platform *p;
	struct event *event;
	bool woken;
	struct netif_list ready;
	unsigned int nr_ready;
	struct netif_list known; /* who worked last is the first */
	struct netif *in_turn[TOGETHER];
	unsigned int nr_in_turn;
	unsigned int flow;  /* what the last turns found; 8 times a turn's */
	unsigned int trust; /* that looking on pays */
	unsigned int slept; /* times without */
	bool hurry;	    /* somebody waits for what it is rung for */
	unsigned int nr_ports, nr_unmask;
	uint32_t ports[PORTS];	/* to ring with the next call */
	uint32_t unmask[PORTS]; /* before it sleeps */
	struct batch batch;
};

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* What the next call shall do ---------------------------------------------- */

/* All that waits for a call, and @b's pieces, which may be NULL. */
static void call(struct netif_turns *t, struct batch *b)
{
	const struct platform_turn turn = {
		.ring = t->ports,
		.nr_ring = t->nr_ports,
		.unmask = t->unmask,
		.nr_unmask = t->nr_unmask,
		.copy = b ? b->copy : NULL,
		.nr_copies = b ? b->nr : 0,
		.tell = b ? b->tell : NULL,
		.nr_tells = b ? b->nr_tells : 0,
	};

	t->ops->turn(t->p, &turn);
	t->nr_ports = 0;
	t->nr_unmask = 0;
	t->hurry = false;
}

static void flush(struct netif_turns *t)
{
	if (t->nr_ports || t->nr_unmask)
		call(t, NULL);
}

static void add(struct netif_turns *t, uint32_t *list, unsigned int *nr,
		uint32_t port)
{
	if (*nr == PORTS)
		flush(t);
	list[(*nr)++] = port;
}

static void forget(uint32_t *list, unsigned int *nr, uint32_t port)
{
	unsigned int i;

	for (i = 0; i < *nr;)
		if (list[i] == port)
			list[i] = list[--*nr];
		else
			i++;
}

void turn_ring(struct netif_turns *t, uint32_t port, bool soon)
{
	unsigned int i;

	t->hurry |= soon;
	for (i = 0; i < t->nr_ports; i++)
		if (t->ports[i] == port)
			return;
	add(t, t->ports, &t->nr_ports, port);
}

void turn_unmask(struct netif_turns *t, uint32_t port)
{
	add(t, t->unmask, &t->nr_unmask, port);
}

void turn_forget(struct netif_turns *t, uint32_t port)
{
	forget(t->ports, &t->nr_ports, port);
	forget(t->unmask, &t->nr_unmask, port);
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

/* Who gets frames sees them at once, if all are there. */
static void call_and_tell(struct netif_turns *t, struct batch *b)
{
	unsigned int i;

	for (i = 0; i < t->nr_in_turn; i++)
		batch_tell(b, t->in_turn[i]);
	call(t, b);
	batch_told(b);
}

static unsigned int turn(struct netif_turns *t)
{
	struct batch *b = &t->batch;
	unsigned int done = 0;
	struct netif *n;
	unsigned int i;

	choose(t);
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
	rx_respond();
	if (b->nr)
		call_and_tell(t, b);
	tx_send(b);
	rx_finish(b);
	/* Only what the card has is answered. */
	for (i = 0; i < t->nr_in_turn; i++)
		slow_kick(t->in_turn[i]);
	tx_respond();
	for (i = 0; i < t->nr_in_turn; i++) {
		netif_publish(t->in_turn[i]);
		filter_turn(t->in_turn[i]);
	}
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
	if (n->started && n->fault) {
		leave(t, n);
		netif_report(n); /* it is gone then */
	} else if (!n->started || n->fault || n->restarting) {
		/* The clock will tell; the ports stay masked meanwhile. */
		leave(t, n);
		netif_ring(n, NETIF_LEAVING);
	} else if (may_leave(n, sleep)) {
		leave(t, n);
		netif_ring(n, NETIF_LEAVING);
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

/* One of @looks looks, at one netif each, finds something. */
static bool finds_work(const struct netif_turns *t, unsigned int looks)
{
	unsigned int i = 0;

	for (; looks; looks--) {
		if (netif_has_work(t->in_turn[i]))
			return true;
		if (++i == t->nr_in_turn)
			i = 0;
	}
	return false;
}

/*
 * In a conversation, look on before each sleep as long as that finds something
 * every third time, else only now and then.  In a stream what comes meanwhile
 * makes the next turn larger, and the processor is for those who produce it.
 */
static bool is_worth_hoping(struct netif_turns *t)
{
	unsigned int looks = LOOKS;
	uint64_t start;
	unsigned int i;

	if (t->flow > 8 * STREAM)
		return false;
	if (!t->trust && ++t->slept % HOPE_AGAIN)
		return false;
	for (i = 0; i < t->nr_in_turn; i++)
		netif_ring(t->in_turn[i], NETIF_WAITING);
	flush(t);
	start = now_us();
	for (; !finds_work(t, looks); looks *= 2) {
		if (now_us() - start < HOPE_US)
			continue;
		t->trust -= t->trust > 0;
		return false;
	}
	t->trust = t->trust + 2 < TRUST_MAX ? t->trust + 2 : TRUST_MAX;
	return true;
}

/* After a turn; what the card was given is often there already. */
static bool is_worth_going_on(struct netif_turns *t, unsigned int done)
{
	t->flow += done - t->flow / 8;
	if (t->nr_ready > t->nr_in_turn)
		return done || finds_work(t, t->nr_in_turn);
	if (t->hurry)
		flush(t);
	return finds_work(t, LOOKS) || is_worth_hoping(t);
}

static void take_turns(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval now;
	struct netif_turns *t = arg;
	unsigned int done;
	unsigned int i;

	(void)fd;
	(void)what;
	t->woken = false;
	for (i = 0; i < TURNS && !TAILQ_EMPTY(&t->ready); i++) {
		done = turn(t);
		settle(t, !is_worth_going_on(t, done));
	}
	flush(t);
	if (!TAILQ_EMPTY(&t->ready))
		evtimer_add(t->event, &now);
}

struct netif_turns *netif_turns_create(struct event_base *base,
				       const struct platform_ops *ops,
				       struct platform *p)
{
	struct netif_turns *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->ops = ops;
	t->p = p;
	t->trust = TRUST_MAX;
	TAILQ_INIT(&t->ready);
	TAILQ_INIT(&t->known);
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
