// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rings themselves and what lies around them: impossible indices, slots
 * that change after they were published, events for nothing, ports that close,
 * states that toggle (rules R01, R02, R13, R14, R20, R22).
 */
#include <linux/err.h>
#include <linux/random.h>
#include <linux/sched/task.h>
#include "net.h"

#define STORM	  20000u
#define TOGGLE_MS 2500
#define CHANGE_MS 3000
#define SETTLE_MS 1500

static bool reconnect(struct rudenet *n)
{
	return net_reset(n) &&
	       net_is(n, "error of connecting anew", 0,
		      (u32)net_connect(n, NULL)) &&
	       net_works(n);
}

static void jump(struct rudenet *n, const char *ring, u32 by)
{
	char name[64];

	snprintf(name, sizeof(name), "%s ring: the index jumps by %d", ring,
		 (int)by);
	/* Pairs with sring_avail() in backend/svnicd/netif/sring.c. */
	virt_wmb();
	if (ring[0] == 't')
		WRITE_ONCE(n->tx.sring->req_prod, n->tx.req_prod_pvt + by);
	else if (ring[0] == 'r')
		WRITE_ONCE(n->rx.sring->req_prod, n->rx.req_prod_pvt + by);
	else
		WRITE_ONCE(n->ctrl.sring->req_prod, n->ctrl.req_prod_pvt + by);
	net_notify(n, ring[0] == 'c' ? 2 : 0);
	net_score(n, name, net_is_closed(n) && reconnect(n));
}

static void jumps(struct rudenet *n)
{
	static const u32 by[] = { 257, (u32)-1, 1u << 31, 0x12345678 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(by); i++) {
		jump(n, "tx", by[i]);
		jump(n, "rx", by[i]);
		jump(n, "control", by[i]);
	}
}

/* Rewrites slots of the tx ring for as long as it is let (rule R02). */
static int change(void *arg)
{
	static const u16 sizes[] = { 0, 13, 60, 4096, 65535, 1 };
	struct rudenet *n = arg;
	struct xen_netif_tx_sring *s = n->tx.sring;
	unsigned int i = 0;

	while (!kthread_should_stop()) {
		struct xen_netif_tx_request *r =
			&s->ring[i % RING_SIZE(&n->tx)].req;
		u16 flip = (u16)(i / RING_SIZE(&n->tx));

		WRITE_ONCE(r->size, sizes[flip % ARRAY_SIZE(sizes)]);
		WRITE_ONCE(r->offset, flip & 1 ? 0 : 4090);
		WRITE_ONCE(r->gref, flip & 2 ? n->ref[NET_PAGE] : NET_NOWHERE);
		WRITE_ONCE(r->flags, flip & 0xf);
		if (++i % 4096 == 0)
			usleep_range(50, 100);
	}
	return 0;
}

/* Honest frames meanwhile; whether they get through is not known. */
static bool changing_slots(struct rudenet *n)
{
	struct xen_netif_tx_request req = net_frame(n, NET_FRAME);
	struct task_struct *other = kthread_run(change, n, "rude/change");
	unsigned long end = jiffies + msecs_to_jiffies(CHANGE_MS);
	struct xen_netif_tx_response rsp;

	if (IS_ERR(other))
		return net_is(n, "error of a thread", 0, (u32)PTR_ERR(other));
	while (time_before(jiffies, end) && !kthread_should_stop()) {
		while (!RING_FULL(&n->tx))
			net_tx_put(n, &req);
		net_tx_push(n);
		if (net_peer(n) >= XenbusStateClosing) {
			kthread_stop(other);
			if (!reconnect(n))
				return false;
			req = net_frame(n, NET_FRAME);
			other = kthread_run(change, n, "rude/change");
			if (IS_ERR(other))
				return false;
		}
		while (READ_ONCE(n->tx.sring->rsp_prod) != n->tx.rsp_cons &&
		       net_tx_take(n, &rsp))
			;
		cond_resched();
	}
	kthread_stop(other);
	return reconnect(n);
}

static bool storm(struct rudenet *n, unsigned int port)
{
	unsigned int i;

	for (i = 0; i < STORM && !kthread_should_stop(); i++) {
		net_notify(n, port);
		cond_resched();
	}
	return net_works(n);
}

/* The port goes while it rings. */
static bool closing_port(struct rudenet *n)
{
	unsigned int i;

	for (i = 0; i < 200; i++)
		net_notify(n, 0);
	xenbus_free_evtchn(n->dev, n->port[0]);
	n->port[0] = 0;
	msleep(200);
	return reconnect(n);
}

/* As fast as xenstored takes it (rule R13). */
static bool toggling(struct rudenet *n, const enum xenbus_state *states,
		     unsigned int nr)
{
	unsigned long end = jiffies + msecs_to_jiffies(TOGGLE_MS);
	unsigned int i = 0;

	while (time_before(jiffies, end) && !kthread_should_stop())
		xenbus_printf(XBT_NIL, n->dev->nodename, "state", "%d",
			      states[i++ % nr]);
	/* The backend works off what was written; its last word counts. */
	msleep(SETTLE_MS);
	/* What was toggled is not what the bus believes. */
	n->dev->state = XenbusStateConnected;
	return reconnect(n);
}

static bool toggling_both(struct rudenet *n)
{
	static const enum xenbus_state open_close[] = { XenbusStateConnected,
							XenbusStateClosed };
	static const enum xenbus_state all[] = {
		XenbusStateClosing,	 XenbusStateClosed,
		XenbusStateInitialising, XenbusStateConnected,
		XenbusStateInitWait,	 XenbusStateReconfiguring,
		XenbusStateReconfigured, XenbusStateConnected,
	};

	return toggling(n, open_close, ARRAY_SIZE(open_close)) &&
	       toggling(n, all, ARRAY_SIZE(all));
}

/* The same value again and again: watches fire for nothing (rule R22). */
static bool watch_storm(struct rudenet *n)
{
	static const enum xenbus_state same[] = { XenbusStateConnected };

	return toggling(n, same, 1);
}

void net_attack_ring(struct rudenet *n)
{
	jumps(n);
	net_score(n, "slots that change after publishing", changing_slots(n));
	net_score(n, "20,000 events on the data port", storm(n, 0));
	net_score(n, "20,000 events on the control port", storm(n, 2));
	net_score(n, "a port that closes while it rings", closing_port(n));
	net_score(n, "states that toggle", toggling_both(n));
	net_score(n, "a state written again and again", watch_storm(n));
}
