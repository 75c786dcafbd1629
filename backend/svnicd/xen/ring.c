/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control ring of a guest, in the layout of netif's (xen/io/netif.h).
 * Requests are taken in order, each copied out once, each answered before the
 * next is taken: so the index of the next response is that of the request,
 * and after a restart rsp_prod says where to go on.
 *
 * The event channel stays masked until the work is done; a guest that rings
 * without work waits longer each time (rule R20), and one whose work takes long
 * leaves the others most of the time: a message may name 512 pages.
 */
#include "ring.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <event2/event.h>

#include <svnic/order.h>
#include <svnic/ring.h>

#include "../log.h"
#include "dom0.h"

#include <xen/io/netif.h> /* needs what dom0.h includes */

#define RING_ENTRIES 128u /* one page of 16-octet entries after 64 octets */
#define RING_QUOTA   32u  /* requests at a time, for the others' sake ... */
#define IDLE_FREE    2u	  /* rings without work in a row ... */
#define IDLE_MAX     12u  /* ... and from then on 2 to 2^10 ms */

_Static_assert(sizeof(struct xen_netif_ctrl_request) ==
		       sizeof(struct svnic_ctrl_req),
	       "request");
_Static_assert(sizeof(struct xen_netif_ctrl_response) ==
		       sizeof(struct svnic_ctrl_rsp),
	       "response");

static struct xen_netif_ctrl_sring *sring(struct tenant *t)
{
	return t->ring.page;
}

static union xen_netif_ctrl_sring_entry *entry(struct tenant *t)
{
	char *first = (char *)t->ring.page +
		      offsetof(struct xen_netif_ctrl_sring, ring);

	return (union xen_netif_ctrl_sring_entry *)first +
	       (t->ring.next & (RING_ENTRIES - 1));
}

static void answer(struct tenant *t, const struct svnic_ctrl_req *req)
{
	union xen_netif_ctrl_sring_entry *e = entry(t);
	struct xen_netif_ctrl_sring *s = sring(t);
	struct svnic_ctrl_rsp rsp;
	struct ring *r = &t->ring;

	t->p->up->ctrl(t->vif, req, &rsp);
	memset(e, 0, sizeof(*e));
	memcpy(&e->rsp, &rsp, sizeof(rsp));
	r->next++;
	/* Pairs with ctrl_take() in frontend/svnic_front/ctrl.c. */
	svnic_publish32(&s->rsp_prod, r->next);
	svnic_fence();
	/* Xen's rsp_event names the index to reach, ours the one to pass. */
	if (svnic_ring_passes(svnic_peek32(&s->rsp_event) - 1, r->next,
			      r->next - 1))
		xenevtchn_notify(r->chan, r->port);
}

/* How many were taken; -EPROTO when the guest's index is impossible. */
static int take(struct tenant *t, uint64_t start)
{
	struct svnic_ctrl_req req;
	int avail;
	int n;

	for (n = 0; n < (int)RING_QUOTA; n++) {
		/* Pairs with ctrl_send() in frontend/svnic_front/ctrl.c. */
		avail = svnic_ring_avail(svnic_observe32(&sring(t)->req_prod),
					 t->ring.next, RING_ENTRIES);
		if (avail < 0)
			return avail;
		if (avail == 0 || account_now() - start > ACCOUNT_LEAST_US)
			break;
		svnic_copy_in(&req, &entry(t)->req, sizeof(req));
		answer(t, &req);
	}
	return n;
}

/* true: there is more already. */
static bool arm(struct tenant *t)
{
	struct xen_netif_ctrl_sring *s = sring(t);

	svnic_poke32(&s->req_event, t->ring.next + 1);
	/* Pairs with ctrl_send() in frontend/svnic_front/ctrl.c. */
	svnic_fence();
	return svnic_peek32(&s->req_prod) != t->ring.next;
}

static void wait_ms(struct tenant *t, unsigned int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
			      .tv_usec = (ms % 1000) * 1000 };

	evtimer_add(t->ring.timer, &tv);
}

static void unmask(struct tenant *t)
{
	struct ring *r = &t->ring;

	r->rung = false;
	r->rest = false;
	r->worked = 0;
	xenevtchn_unmask(r->chan, r->port);
}

/* The guest rang for nothing; once or twice is no sin. */
static void rest(struct tenant *t)
{
	struct ring *r = &t->ring;

	if (++r->idle <= IDLE_FREE) {
		unmask(t);
		return;
	}
	if (r->idle > IDLE_MAX)
		r->idle = IDLE_MAX;
	r->rest = true;
	wait_ms(t, 1u << (r->idle - IDLE_FREE));
}

static void serve(struct tenant *t)
{
	struct ring *r = &t->ring;
	uint64_t start = account_now();
	int n = take(t, start);
	unsigned int wait;

	if (n < 0) {
		/* This closes the ring: nothing of it may be touched after. */
		t->p->up->peer_fault(
			t->vif,
			"the guest's control ring holds an impossible index");
		return;
	}
	r->worked += (unsigned int)n;
	account_charge(&t->account, start);
	wait = account_wait(&t->account);
	if (arm(t)) {
		wait_ms(t, wait);
		return;
	}
	if (!r->rung)
		return;
	if (r->worked == 0) {
		rest(t);
		return;
	}
	r->idle = 0;
	if (!wait) {
		unmask(t);
		return;
	}
	r->rest = true;
	wait_ms(t, wait);
}

static void timer(evutil_socket_t fd, short what, void *arg)
{
	struct tenant *t = arg;

	(void)fd;
	(void)what;
	if (t->ring.rest)
		unmask(t);
	else
		serve(t);
}

static void rung(evutil_socket_t fd, short what, void *arg)
{
	struct tenant *t = arg;
	struct ring *r = &t->ring;
	xenevtchn_port_or_error_t port = xenevtchn_pending(r->chan);

	(void)fd;
	(void)what;
	if (port < 0 || (evtchn_port_t)port != r->port)
		return;
	r->rung = true;
	serve(t);
}

/* Opening and closing ------------------------------------------------------ */

static int bind_channel(struct tenant *t, uint32_t remote)
{
	struct ring *r = &t->ring;
	xenevtchn_port_or_error_t port;

	r->chan = xenevtchn_open(&t->p->logger, 0);
	if (!r->chan)
		return -errno;
	port = xenevtchn_bind_interdomain(r->chan, t->domid, remote);
	if (port < 0)
		return -errno;
	r->port = (evtchn_port_t)port;
	r->event = event_new(t->p->base, xenevtchn_fd(r->chan),
			     EV_READ | EV_PERSIST, rung, t);
	r->timer = evtimer_new(t->p->base, timer, t);
	if (!r->event || !r->timer || event_add(r->event, NULL))
		return -ENOMEM;
	return 0;
}

int ring_open(struct tenant *t, uint32_t gref, uint32_t remote, char *why)
{
	struct ring *r = &t->ring;
	int err;

	r->page = xengnttab_map_grant_ref(t->p->grants, t->domid, gref,
					  PROT_READ | PROT_WRITE);
	if (!r->page) {
		err = -errno;
		snprintf(
			why, PLATFORM_REASON,
			"the guest's control ring (grant %u) was not mapped: %s",
			gref, strerror(-err));
		return err;
	}
	err = bind_channel(t, remote);
	if (err) {
		snprintf(why, PLATFORM_REASON,
			 "the guest's event channel %u was not bound: %s",
			 remote, strerror(-err));
		ring_close(t);
		return err;
	}
	r->next = svnic_peek32(&sring(t)->rsp_prod);
	/* What came before we listened rings no more: look once. */
	wait_ms(t, 0);
	return 0;
}

void ring_close(struct tenant *t)
{
	struct ring *r = &t->ring;

	if (r->event)
		event_free(r->event);
	if (r->timer)
		event_free(r->timer);
	if (r->chan)
		xenevtchn_close(r->chan);
	if (r->page)
		xengnttab_unmap(t->p->grants, r->page, 1);
	memset(r, 0, sizeof(*r));
}

int ring_copy(struct platform *p, struct tenant *t, uint32_t gref, void *mem,
	      uint32_t len)
{
	xengnttab_grant_copy_segment_t seg = {
		.source.foreign = { .ref = gref, .domid = (domid_t)t->domid },
		.dest.virt = mem,
		.len = (uint16_t)len,
		.flags = GNTCOPY_source_gref,
	};

	if (xengnttab_grant_copy(p->grants, 1, &seg))
		return -errno;
	return seg.status == GNTST_okay ? 0 : -EFAULT;
}
