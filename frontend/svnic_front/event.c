// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event channels with late end-of-interrupt: one that rings for nothing again
 * and again is held back by the event-channel core, so that a rogue backend
 * cannot keep the guest busy (rule R36).  A few in a row are no sin: NAPI may
 * have taken the work before its event came.
 */
#include <linux/interrupt.h>
#include <xen/events.h>
#include "svnic_front.h"

#define IDLE_FREE 64

int svnic_front_event_bind(struct svnic_front *f, struct front_event *e,
			   irq_handler_t handler, void *arg)
{
	int r = xenbus_alloc_evtchn(f->dev, &e->port);

	if (r)
		return r;
	e->idle = 0;
	r = bind_evtchn_to_irqhandler_lateeoi(e->port, handler, 0, e->name,
					      arg);
	if (r <= 0) {
		xenbus_free_evtchn(f->dev, e->port);
		return r ? r : -EINVAL;
	}
	e->irq = r;
	return 0;
}

void svnic_front_event_unbind(struct front_event *e, void *arg)
{
	if (!e->irq)
		return;
	/* Waits for a running handler and closes the port (rule R14). */
	unbind_from_irqhandler((unsigned int)e->irq, arg);
	e->irq = 0;
	e->port = 0;
}

void svnic_front_event_done(struct front_event *e, int irq, bool useful)
{
	bool spurious = false;

	if (useful)
		e->idle = 0;
	else if (e->idle < IDLE_FREE)
		e->idle++;
	else
		spurious = true;
	xen_irq_lateeoi((unsigned int)irq,
			spurious ? XEN_EOI_FLAG_SPURIOUS : 0);
}
