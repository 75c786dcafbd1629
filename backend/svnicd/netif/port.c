/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event channels of a queue.  A port stays masked from its ring until the
 * work is done, and longer each time for a guest that rings without work
 * (rule R20).
 */
#include "netif/port.h"

#include <errno.h>

#include "netif/priv.h"
#include "netif/turn.h"

#define IDLE_FREE 2u  /* rings without work in a row ... */
#define IDLE_MAX  12u /* ... and from then on 2 to 2^10 ms */

static void rang(void *arg, uint32_t port)
{
	struct netif_port *p = arg;

	(void)port;
	p->rung = true;
	p->q->stats.events_in++;
	netif_wake(p->q->n);
}

static int bind_one(struct netif_queue *q, uint32_t remote)
{
	struct netif_port *p = &q->port[q->nr_ports];
	int err;

	p->q = q;
	err = q->n->ops->port_bind(q->n->p, q->n->tenant, remote, rang, p,
				   &p->port);
	if (err)
		return err;
	p->bound = true;
	q->nr_ports++;
	return 0;
}

int port_bind_queue(struct netif_queue *q, const struct netif_queue_config *c)
{
	int err = bind_one(q, c->tx_port);

	if (!err && c->rx_port != c->tx_port)
		err = bind_one(q, c->rx_port);
	if (err)
		port_unbind_queue(q);
	return err;
}

void port_unbind_queue(struct netif_queue *q)
{
	uint32_t port;

	while (q->nr_ports > 0) {
		port = q->port[--q->nr_ports].port;
		turn_forget(q->n->turns, port);
		q->n->ops->port_unbind(q->n->p, port);
	}
}

static struct netif_port *rx_port(struct netif_queue *q)
{
	return &q->port[q->nr_ports - 1];
}

void port_worked_tx(struct netif_queue *q, uint32_t nr)
{
	q->port[0].worked += nr;
}

void port_worked_rx(struct netif_queue *q, uint32_t nr)
{
	rx_port(q)->worked += nr;
}

static void notify(struct netif_queue *q, const struct netif_port *p, bool soon)
{
	q->stats.events_out++;
	turn_ring(q->n->turns, p->port, soon);
}

void port_notify_tx(struct netif_queue *q)
{
	notify(q, &q->port[0], false);
}

void port_notify_rx(struct netif_queue *q)
{
	notify(q, rx_port(q), true);
}

uint32_t port_of_tx(const struct netif_queue *q)
{
	return q->port[0].port;
}

uint32_t port_of_rx(const struct netif_queue *q)
{
	return q->port[q->nr_ports - 1].port;
}

static void unmask(struct netif_port *p)
{
	p->rung = false;
	p->resting = false;
	p->worked = 0;
	turn_unmask(p->q->n->turns, p->port);
}

static void release(struct netif_port *p)
{
	if (!p->rung || p->resting)
		return;
	if (p->worked) {
		p->idle = 0;
		unmask(p);
		return;
	}
	p->q->stats.spurious++;
	if (++p->idle <= IDLE_FREE) {
		unmask(p);
		return;
	}
	if (p->idle > IDLE_MAX)
		p->idle = IDLE_MAX;
	p->resting = true;
	netif_later(p->q->n, 1u << (p->idle - IDLE_FREE));
}

void port_release(struct netif_queue *q)
{
	unsigned int i;

	for (i = 0; i < q->nr_ports; i++)
		release(&q->port[i]);
}

void port_wake(struct netif_queue *q)
{
	unsigned int i;

	for (i = 0; i < q->nr_ports; i++)
		if (q->port[i].resting)
			unmask(&q->port[i]);
}
