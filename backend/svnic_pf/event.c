// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event ring of a link, from the card's interrupt to whoever waits: a
 * guest's event channel, the host's own netdev, or svnicd's read().  No user
 * space is in the path to a guest.
 *
 * What read() reports is kept as flags in each queue, not as a list: nothing
 * is lost when nobody reads, and nothing grows.
 */
#include <linux/dma-mapping.h>
#include <svnic/ring.h>
#include <svnic_net.h>
#include <xen/xen.h>
#include <xen/events.h>

#include "svnic_pf.h"
#include "vif.h"

/* Events of one jiffy that are delivered in interrupt context. */
#define BUDGET_IRQ 1024u
/* Events that the work item delivers before it lets others run. */
#define BUDGET_WORK 256u

static void deliver_fault(struct pf_events *e, struct pf_queue *q, u32 vif,
			  u32 arg)
{
	q->faulted = true;
	q->fault = arg;
	__set_bit(vif, e->pending);
}

/* True when read() has something to report. */
static bool deliver(struct pf_card *card, const struct svnic_event *event)
{
	struct pf_events *e = &card->events;
	u32 nr = svnic_cpu16(event->vif);
	struct pf_vif *vif;
	struct pf_queue *q;

	vif = nr < SVNIC_MAX_VIFS ? card->vifs[nr] : NULL;
	if (!vif || event->queue >= SVNIC_MAX_QUEUES) {
		e->stray++;
		return false;
	}
	q = &vif->queue[event->queue];
	if (event->reason == SVNIC_EVENT_FAULT)
		deliver_fault(e, q, nr, svnic_cpu32(event->arg));
	/* The owner of a stopped queue is woken too: it finds the state. */
	switch (q->target) {
	case PF_TO_GUEST:
		notify_remote_via_evtchn(q->port);
		break;
	case PF_TO_NETDEV:
		svnic_net_event(vif->net, event->queue);
		break;
	case PF_TO_DAEMON:
		q->event = true;
		__set_bit(nr, e->pending);
		return true;
	case PF_TO_NONE:
		e->stray++;
		break;
	}
	return event->reason == SVNIC_EVENT_FAULT;
}

/*
 * Deliver up to @budget events: the number that the card had ready beyond
 * them, or -EPROTO.  With 0, the ring is armed.
 */
static int drain(struct pf_card *card, unsigned int budget, bool *wake)
{
	struct pf_events *e = &card->events;
	struct svnic_event event;
	int avail;

	for (;;) {
		/* Pairs with write_pending() in device-firmware/core/event.c
		 * (ordering.md O6). */
		avail = svnic_ring_avail(svnic_observe32(&e->ring->prod),
					 e->next, PF_EVENT_ENTRIES);
		if (avail < 0)
			return avail;
		for (; avail && budget; avail--, budget--) {
			svnic_copy_in(&event,
				      &e->entry[e->next % PF_EVENT_ENTRIES],
				      sizeof(event));
			e->next++;
			*wake |= deliver(card, &event);
		}
		/* Pairs with room() in device-firmware/core/event.c
		 * (ordering.md O6). */
		svnic_publish32(&e->ring->cons, e->next);
		if (avail)
			return avail;
		svnic_poke32(&e->ring->arm, e->next);
		/* Pairs with flush_link() in device-firmware/core/event.c
		 * (ordering.md O7). */
		svnic_fence();
		if (svnic_peek32(&e->ring->prod) == e->next)
			return 0;
		if (!budget)
			return 1;
	}
}

static void finish(struct pf_card *card, int rest, bool wake)
{
	if (wake)
		wake_up_interruptible(&card->events.readers);
	if (rest > 0)
		schedule_work(&card->events.work);
	else if (rest < 0)
		svnic_pf_lost(card, "its event index is impossible");
}

/*
 * The budget is one for each jiffy, not for each interrupt, so that neither
 * many events nor many interrupts can keep this CPU here.
 */
irqreturn_t svnic_pf_event_irq(int irq, void *data)
{
	struct pf_card *card = data;
	struct pf_events *e = &card->events;
	bool wake = false;
	unsigned long flags;
	u32 before;
	int rest;

	spin_lock_irqsave(&card->event_lock, flags);
	if (e->window != jiffies) {
		e->window = jiffies;
		e->left = BUDGET_IRQ;
	}
	before = e->next;
	rest = e->left ? drain(card, e->left, &wake) : 1;
	e->left -= min(e->left, e->next - before);
	spin_unlock_irqrestore(&card->event_lock, flags);
	finish(card, rest, wake);
	return IRQ_HANDLED;
}

static void event_work(struct work_struct *work)
{
	struct pf_card *card = container_of(work, struct pf_card, events.work);
	bool wake = false;
	int rest;

	if (svnic_pf_is_lost(card))
		return;
	spin_lock_irq(&card->event_lock);
	rest = drain(card, BUDGET_WORK, &wake);
	spin_unlock_irq(&card->event_lock);
	finish(card, rest, wake);
}

void svnic_pf_events_init(struct pf_card *card)
{
	struct pf_events *e = &card->events;

	spin_lock_init(&card->event_lock);
	init_waitqueue_head(&e->readers);
	INIT_WORK(&e->work, event_work);
}

int svnic_pf_events_alloc(struct pf_card *card)
{
	struct pf_events *e = &card->events;

	e->ring = dma_alloc_coherent(card->dev, PF_EVENT_OCTETS, &e->bus,
				     GFP_KERNEL);
	if (!e->ring)
		return -ENOMEM;
	e->entry = (void *)e->ring + SVNIC_PAGE_SIZE;
	return 0;
}

void svnic_pf_events_free(struct pf_card *card)
{
	struct pf_events *e = &card->events;

	cancel_work_sync(&e->work);
	dma_free_coherent(card->dev, PF_EVENT_OCTETS, e->ring, e->bus);
}

int svnic_pf_events_enable(struct pf_card *card)
{
	struct pf_events *e = &card->events;
	struct pf_command c = {};
	int err;

	c.cmd.opcode = svnic_le16(SVNIC_OP_EVENT_RING);
	c.cmd.addr = svnic_le64(e->bus);
	c.cmd.len = svnic_le32(PF_EVENT_OCTETS);
	err = svnic_pf_command(card, &c);
	if (err == -EIO) {
		dev_err(card->dev, "the card refused the event ring: %s\n",
			svnic_pf_status_text(c.status));
		err = svnic_pf_errno(c.status);
	}
	return err;
}

void svnic_pf_event_target(struct pf_vif *vif, u32 queue, enum pf_target target,
			   u32 port)
{
	struct pf_queue *q = &vif->queue[queue];

	/* Under the lock of the handler: once the old target is replaced, the
	 * handler is not in it and will not be again (rule R14). */
	spin_lock_irq(&vif->card->event_lock);
	q->target = target;
	q->port = port;
	q->event = false;
	spin_unlock_irq(&vif->card->event_lock);
}

static bool has_pending(const struct pf_vif *vif)
{
	unsigned int i;

	for (i = 0; i < SVNIC_MAX_QUEUES; i++)
		if (vif->queue[i].faulted || vif->queue[i].event)
			return true;
	return false;
}

/* Round robin, so that one VIF cannot hide another; bits may be stale. */
static struct pf_vif *next_pending(struct pf_card *card)
{
	struct pf_events *e = &card->events;
	unsigned int nr;

	for (;;) {
		nr = find_next_bit(e->pending, SVNIC_MAX_VIFS, e->scan);
		if (nr == SVNIC_MAX_VIFS)
			nr = find_first_bit(e->pending, SVNIC_MAX_VIFS);
		if (nr == SVNIC_MAX_VIFS)
			return NULL;
		if (card->vifs[nr] && has_pending(card->vifs[nr]))
			return card->vifs[nr];
		__clear_bit(nr, e->pending);
	}
}

/* One event of a VIF that has some pending. */
static void take_from(struct pf_vif *vif, struct svnic_event *event)
{
	struct pf_queue *q = vif->queue;

	while (!q->faulted && !q->event)
		q++;
	event->vif = svnic_le16((u16)vif->nr);
	event->queue = (u8)(q - vif->queue);
	event->reason = q->faulted ? SVNIC_EVENT_FAULT : SVNIC_EVENT_QUEUE;
	event->arg = svnic_le32(q->faulted ? q->fault : 0);
	if (q->faulted)
		q->faulted = false;
	else
		q->event = false;
}

bool svnic_pf_event_take(struct pf_card *card, struct svnic_event *event)
{
	struct pf_vif *vif;

	spin_lock_irq(&card->event_lock);
	vif = next_pending(card);
	if (vif) {
		take_from(vif, event);
		card->events.scan = vif->nr + 1;
	}
	spin_unlock_irq(&card->event_lock);
	return vif;
}

void svnic_pf_event_return(struct pf_card *card,
			   const struct svnic_event *event)
{
	u32 nr = svnic_cpu16(event->vif);
	struct pf_queue *q;

	spin_lock_irq(&card->event_lock);
	if (card->vifs[nr]) {
		q = &card->vifs[nr]->queue[event->queue];
		if (event->reason != SVNIC_EVENT_FAULT)
			q->event = true;
		else if (!q->faulted)
			deliver_fault(&card->events, q, nr,
				      svnic_cpu32(event->arg));
		__set_bit(nr, card->events.pending);
	}
	spin_unlock_irq(&card->event_lock);
}

bool svnic_pf_event_waits(struct pf_card *card)
{
	bool waits;

	spin_lock_irq(&card->event_lock);
	waits = next_pending(card);
	spin_unlock_irq(&card->event_lock);
	return waits;
}
