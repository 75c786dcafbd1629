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
 * little, as long as that has paid.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

#include "netif/priv.h"

#define TURNS	   16u	/* in a row, before the event loop sees to others */
#define TOGETHER   8u	/* netifs of one turn */
#define HOPE_MAX   500u /* us; about what it costs to sleep and to be woken */
#define HOPE_MIN   15u
#define HOPE_AGAIN 32u	/* times of going to sleep */
#define LOOKS	   256u /* between two looks at the clock, which may be a call */
#define IDLE	   16u	/* turns without work before a netif leaves */
#define PORTS	   (2u * NETIF_MAX_QUEUES * TOGETHER)

struct netif_turns {
	const struct platform_ops *ops;
	struct platform *p;
	struct event *event;
	bool woken;
	struct netif_list ready;
	unsigned int nr_ready;
	struct netif *in_turn[TOGETHER];
	unsigned int nr_in_turn;
	unsigned int hope;  /* us without work before it sleeps */
	unsigned int slept; /* times without hope */
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
	};

	t->ops->turn(t->p, &turn);
	t->nr_ports = 0;
	t->nr_unmask = 0;
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

void turn_ring(struct netif_turns *t, uint32_t port)
{
	unsigned int i;

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

void turn_add(struct netif_turns *t, struct netif *n)
{
	if (!n->ready) {
		TAILQ_INSERT_TAIL(&t->ready, n, link);
		t->nr_ready++;
	}
	n->ready = true;
	n->idle = 0;
	if (t->woken)
		return;
	t->woken = true;
	event_active(t->event, EV_TIMEOUT, 1);
}

void turn_del(struct netif_turns *t, struct netif *n)
{
	unsigned int i;

	if (n->ready) {
		TAILQ_REMOVE(&t->ready, n, link);
		t->nr_ready--;
	}
	n->ready = false;
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
	}
	if (b->nr)
		call(t, b);
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
	if (n->worked) {
		n->idle = 0;
		return false;
	}
	return (++n->idle > IDLE || sleep) && !netif_arm(n);
}

static void settle_one(struct netif_turns *t, struct netif *n, bool sleep)
{
	if (n->started && n->fault) {
		turn_del(t, n);
		netif_report(n); /* it is gone then */
	} else if (!n->started || n->fault || n->restarting) {
		/* The clock will tell; the ports stay masked meanwhile. */
		turn_del(t, n);
	} else if (may_leave(n, sleep)) {
		turn_del(t, n);
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
 * As long as looking on a little has paid, look on a little.  Once it has not,
 * only now and then.
 */
static bool is_worth_hoping(struct netif_turns *t)
{
	uint64_t start;
	unsigned int i;

	if (t->hope < HOPE_MIN && ++t->slept % HOPE_AGAIN == 0)
		t->hope = HOPE_MAX / 4;
	if (t->hope < HOPE_MIN || t->nr_ready > t->nr_in_turn)
		return has_work(t);
	flush(t);
	start = now_us();
	for (i = 1; i % LOOKS || now_us() - start < t->hope; i++) {
		if (!has_work(t))
			continue;
		t->hope = t->hope * 2 < HOPE_MAX ? t->hope * 2 : HOPE_MAX;
		return true;
	}
	t->hope /= 2;
	return false;
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
		settle(t, !done && !is_worth_hoping(t));
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
	t->hope = HOPE_MAX;
	TAILQ_INIT(&t->ready);
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
