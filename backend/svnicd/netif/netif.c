/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The netif path of a VIF as a whole: what it maps and binds, when it is to
 * have a turn (turn.c), and what that ends with.
 */
#include "netif/netif.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <event2/event.h>

#include "daemon.h"
#include "netif/filter.h"
#include "netif/note.h"
#include "netif/port.h"
#include "netif/priv.h"
#include "netif/rx.h"
#include "netif/slow.h"
#include "netif/turn.h"
#include "netif/txrsp.h"
#include "vif.h"

uint64_t netif_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Turns ------------------------------------------------------------------- */

void netif_fault(struct netif *n, enum netif_verdict v)
{
	if (!n->fault)
		n->fault = v;
}

void netif_wake(struct netif *n)
{
	turn_add(n->turns, n);
}

void netif_later(struct netif *n, unsigned int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
			      .tv_usec = (ms % 1000) * 1000 };
	uint64_t due = netif_now_ms() + ms;

	if (n->tick_ms && n->tick_ms <= due)
		return;
	n->tick_ms = due;
	evtimer_add(n->tick, &tv);
}

void netif_report(struct netif *n)
{
	char why[PLATFORM_REASON];

	snprintf(why, sizeof(why),
		 "the guest's network rings broke a rule: %s (%s)",
		 netif_verdict_text(n->fault), netif_verdict_name(n->fault));
	vif_peer_fault(n->vif, why);
}

void netif_publish(struct netif *n)
{
	struct netif_queue *q;

	for (q = n->queue; q < n->queue + n->config.nr_queues; q++) {
		if (sring_publish(&q->rx))
			port_notify_rx(q);
		if (sring_publish(&q->tx))
			port_notify_tx(q);
	}
}

bool netif_arm(struct netif *n)
{
	struct netif_queue *q;
	bool more = false;

	for (q = n->queue; q < n->queue + n->config.nr_queues; q++) {
		if (!n->tx_blocked)
			more |= sring_arm(&q->tx, 1);
		if (q->need)
			more |= sring_arm(&q->rx, q->need);
		else
			more |= q->head != NETIF_NONE;
	}
	more |= ownq_arm(&n->slow, n->tx_blocked, true);
	return more;
}

void netif_disarm(struct netif *n)
{
	struct netif_queue *q;

	if (!n->started)
		return;
	for (q = n->queue; q < n->queue + n->config.nr_queues; q++) {
		sring_disarm(&q->tx);
		sring_disarm(&q->rx);
	}
	ownq_disarm(&n->slow);
}

bool netif_has_work(const struct netif *n)
{
	const struct netif_queue *q;

	if (!n->started || n->fault || n->restarting)
		return false;
	for (q = n->queue; q < n->queue + n->config.nr_queues; q++) {
		if (!n->tx_blocked && sring_pending(&q->tx))
			return true;
		if (q->head != NETIF_NONE && sring_pending(&q->rx) >= q->need)
			return true;
	}
	return ownq_has_work(&n->slow, n->tx_blocked);
}

void netif_release(struct netif *n)
{
	unsigned int i;

	for (i = 0; i < n->config.nr_queues; i++)
		port_release(&n->queue[i]);
}

static void tick(evutil_socket_t fd, short what, void *arg)
{
	struct netif *n = arg;
	unsigned int i;

	(void)fd;
	(void)what;
	n->tick_ms = 0;
	for (i = 0; i < n->config.nr_queues; i++)
		port_wake(&n->queue[i]);
	netif_wake(n);
}

/* Opening and closing ------------------------------------------------------ */

static int map_ring(struct netif_queue *q, uint32_t gref, uint32_t slot_size,
		    struct sring *r)
{
	struct netif *n = q->n;
	void *page;
	int err = n->ops->grant_map(n->p, n->tenant, gref, true, &page);

	if (!err)
		sring_init(r, page, slot_size);
	return err;
}

static int open_queue(struct netif *n, unsigned int i, char *why)
{
	const struct netif_queue_config *c = &n->config.queue[i];
	struct netif_queue *q = &n->queue[i];
	const char *what = "tx-ring-ref";
	uint32_t value = c->tx_ref;
	int err;

	err = map_ring(q, c->tx_ref, sizeof(struct wire_tx_req), &q->tx);
	if (!err) {
		txrsp_end(&q->tx);
		what = "rx-ring-ref";
		value = c->rx_ref;
		err = map_ring(q, c->rx_ref, sizeof(struct wire_rx_req),
			       &q->rx);
	}
	if (!err) {
		what = "event-channel";
		value = c->tx_port;
		err = port_bind_queue(q, c);
	}
	if (err)
		snprintf(why, PLATFORM_REASON,
			 "the guest's %s of queue %u, %u, cannot be used: %s",
			 what, i, value, strerror(-err));
	return err;
}

static void close_queue(struct netif_queue *q)
{
	struct netif *n = q->n;

	port_unbind_queue(q);
	staging_fini(&q->staging, n->ops, n->p);
	if (q->rx.page)
		n->ops->grant_unmap(n->p, q->rx.page);
	if (q->tx.page)
		n->ops->grant_unmap(n->p, q->tx.page);
}

static struct netif *alloc(struct vif *vif, const struct netif_config *config)
{
	struct netif *n = calloc(1, sizeof(*n));
	unsigned int i;

	if (!n)
		return NULL;
	n->vif = vif;
	n->ops = vif->d->ops;
	n->p = vif->d->platform;
	n->tenant = vif->tenant;
	n->config = *config;
	/* Which groups it asked a daemon before us for is not known. */
	n->inherits = vif->published == PEER_CONNECTED;
	n->groups.all = n->inherits;
	n->turns = vif->d->turns;
	for (i = 0; i < NETIF_MAX_QUEUES; i++) {
		n->queue[i].n = n;
		n->queue[i].head = NETIF_NONE;
	}
	n->tick = evtimer_new(vif->d->base, tick, n);
	return n;
}

int netif_create(struct vif *vif, const struct netif_config *config,
		 struct netif **netif, char *why)
{
	struct netif *n = alloc(vif, config);
	unsigned int i;
	int err = 0;

	if (!n || !n->tick) {
		snprintf(why, PLATFORM_REASON, "no memory is left");
		err = -ENOMEM;
	}
	for (i = 0; !err && i < config->nr_queues; i++)
		err = open_queue(n, i, why);
	if (err) {
		netif_destroy(n);
		return err;
	}
	*netif = n;
	return 0;
}

static void release(struct netif *n)
{
	unsigned int i;

	turn_del(n->turns, n);
	for (i = 0; i < n->config.nr_queues; i++)
		close_queue(&n->queue[i]);
	if (n->tick)
		event_free(n->tick);
	free(n);
}

void netif_destroy(struct netif *n)
{
	if (!n)
		return;
	netif_stop(n, false);
	release(n);
}

void netif_leave(struct netif *n)
{
	if (!n)
		return;
	if (n->started)
		ownq_leave(&n->slow);
	release(n);
}

/* Who was here before may have been killed before it rang. */
static void ring_all(struct netif *n)
{
	struct netif_queue *q;

	for (q = n->queue; q < n->queue + n->config.nr_queues; q++) {
		if (q->tx.told)
			port_notify_tx(q);
		if (q->rx.told)
			port_notify_rx(q);
	}
}

/* The pages that it registered were mapped by the daemon before us. */
static void ask_staging(struct netif *n)
{
	char value[16];
	const struct netif_key key = { SVNIC_KEY_STAGING, value };
	uint32_t other;

	if (!n->ops->tenant_keys ||
	    getrandom(&other, sizeof(other), GRND_NONBLOCK) != sizeof(other))
		return;
	snprintf(value, sizeof(value), "%u", other);
	n->ops->tenant_keys(n->p, n->tenant, &key, 1);
}

int netif_start(struct netif *n)
{
	int err;

	if (n->started)
		return 0;
	err = slow_start(n);
	if (err)
		return err;
	n->started = true;
	n->card_finds = n->vif->d->card.features & SVNIC_F_FIND;
	if (n->inherits && note_read(n))
		ask_staging(n);
	n->inherits = false;
	note_write(n);
	filter_start(n);
	ring_all(n);
	netif_wake(n);
	return 0;
}

void netif_stop(struct netif *n, bool lost)
{
	if (!n->started)
		return;
	n->restarting = true; /* nothing is offered again */
	filter_stop(n, lost);
	rx_drop_all(n);
	slow_stop(n, lost);
	n->started = false;
}

bool netif_is_started(const struct netif *n)
{
	return n->started;
}

void netif_card_event(struct netif *n, unsigned int queue)
{
	if (queue == SVNIC_SLOW_QUEUE && n->started)
		netif_wake(n);
}

void netif_card_fault(struct netif *n, unsigned int queue, unsigned int verdict)
{
	(void)verdict;
	if (queue == SVNIC_SLOW_QUEUE && n->started)
		slow_fail(n);
}

void netif_info(const struct netif *n, struct netif_info *info)
{
	const struct netif_queue *q;
	unsigned int i;

	memset(info, 0, sizeof(*info));
	info->nr_queues = n->config.nr_queues;
	info->started = n->started;
	info->split = n->queue[0].nr_ports > 1;
	info->card_restarts = n->restarts;
	info->nr_groups = n->groups.nr;
	info->config = n->config;
	for (i = 0; i < n->config.nr_queues; i++) {
		q = &n->queue[i];
		info->nr_staged += q->staging.nr;
		info->queue[i].stats = q->stats;
		info->queue[i].tx_pending = sring_pending(&q->tx);
		info->queue[i].rx_free = sring_pending(&q->rx);
		info->queue[i].rx_held = q->held;
	}
}
