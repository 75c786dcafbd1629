// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event channels of guests that svnicd has bound through its file: they ring
 * where the card's events do, so that one read() tells it of both.  A channel
 * that rang stays masked until svnicd has done its work (rule R20), so each
 * one is on the list once at most.  All go with the file.
 */
#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <xen/events.h>
#include <xen/xen.h>

#include "port.h"
#include "svnic_pf.h"
#include "vif.h"

struct pf_port {
	struct pf_ports *ports;
	u32 port;
	int irq;
	bool masked;	       /* rung_lock: it rang */
	struct list_head link; /* rung_lock: of those that read() reports */
};

struct pf_ports {
	struct pf_card *card;
	struct mutex lock;     /* around the table and what is in it */
	struct xarray table;   /* lock: by port */
	spinlock_t rung_lock;  /* hard interrupt */
	struct list_head rung; /* rung_lock */
};

struct pf_ports *svnic_pf_ports_create(struct pf_card *card)
{
	struct pf_ports *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->card = card;
	mutex_init(&s->lock);
	xa_init(&s->table);
	spin_lock_init(&s->rung_lock);
	INIT_LIST_HEAD(&s->rung);
	return s;
}

static irqreturn_t rang(int irq, void *data)
{
	struct pf_port *p = data;
	struct pf_ports *s = p->ports;
	unsigned long flags;

	spin_lock_irqsave(&s->rung_lock, flags);
	p->masked = true;
	if (list_empty(&p->link))
		list_add_tail(&p->link, &s->rung);
	spin_unlock_irqrestore(&s->rung_lock, flags);
	wake_up_interruptible(&s->card->events.readers);
	return IRQ_HANDLED;
}

static struct pf_port *port_open(struct pf_ports *s, u32 domid, u32 remote)
{
	struct pf_port *p = kzalloc(sizeof(*p), GFP_KERNEL);
	int err;

	if (!p)
		return ERR_PTR(-ENOMEM);
	p->ports = s;
	INIT_LIST_HEAD(&p->link);
	err = svnic_pf_channel_bind(domid, remote, &p->port);
	if (err)
		goto err_free;
	err = bind_evtchn_to_irqhandler_lateeoi(p->port, rang, 0, "svnic-netif",
						p);
	if (err < 0)
		goto err_close;
	p->irq = err;
	return p;

err_close:
	svnic_pf_channel_close(p->port);
err_free:
	kfree(p);
	return ERR_PTR(err);
}

/* Its interrupt is not running and will not any more; the channel is closed. */
static void port_close(struct pf_port *p)
{
	struct pf_ports *s = p->ports;

	unbind_from_irqhandler((unsigned int)p->irq, p);
	spin_lock_irq(&s->rung_lock);
	list_del(&p->link);
	spin_unlock_irq(&s->rung_lock);
	kfree(p);
}

void svnic_pf_ports_free(struct pf_ports *s)
{
	struct pf_port *p;
	unsigned long port;

	if (!s)
		return;
	xa_for_each(&s->table, port, p) port_close(p);
	xa_destroy(&s->table);
	kfree(s);
}

int svnic_pf_port_bind(struct pf_ports *s, struct svnic_pf_port *arg)
{
	struct pf_port *p;
	int err;

	if (!xen_domain())
		return -EOPNOTSUPP;
	if (arg->domid >= SVNIC_PF_DOMID_SELF)
		return -EINVAL;
	p = port_open(s, arg->domid, arg->remote);
	if (IS_ERR(p))
		return PTR_ERR(p);
	mutex_lock(&s->lock);
	err = xa_insert(&s->table, p->port, p, GFP_KERNEL);
	mutex_unlock(&s->lock);
	if (err) {
		port_close(p);
		return err;
	}
	arg->port = p->port;
	return 0;
}

int svnic_pf_port_unbind(struct pf_ports *s, u32 port)
{
	struct pf_port *p;

	mutex_lock(&s->lock);
	p = xa_erase(&s->table, port);
	mutex_unlock(&s->lock);
	if (!p)
		return -ENOENT;
	port_close(p);
	return 0;
}

static void unmask(struct pf_port *p)
{
	struct pf_ports *s = p->ports;
	bool is_done;

	spin_lock_irq(&s->rung_lock);
	/* What read() has not told yet cannot be done. */
	is_done = p->masked && list_empty(&p->link);
	if (is_done)
		p->masked = false;
	spin_unlock_irq(&s->rung_lock);
	if (is_done)
		xen_irq_lateeoi((unsigned int)p->irq, 0);
}

void svnic_pf_ports_act(struct pf_ports *s, const u32 *port, u32 nr_ring,
			u32 nr_unmask)
{
	struct pf_port *p;
	u32 i;

	mutex_lock(&s->lock);
	for (i = 0; i < nr_ring + nr_unmask; i++) {
		p = xa_load(&s->table, port[i]);
		if (p && i < nr_ring)
			notify_remote_via_evtchn(p->port);
		else if (p)
			unmask(p);
	}
	mutex_unlock(&s->lock);
}

bool svnic_pf_port_take(struct pf_ports *s, struct svnic_event *event)
{
	struct pf_port *p;

	spin_lock_irq(&s->rung_lock);
	p = list_first_entry_or_null(&s->rung, struct pf_port, link);
	if (p) {
		list_del_init(&p->link);
		memset(event, 0, sizeof(*event));
		event->reason = SVNIC_PF_EVENT_PORT;
		event->arg = svnic_le32(p->port);
	}
	spin_unlock_irq(&s->rung_lock);
	return p;
}

void svnic_pf_port_return(struct pf_ports *s, u32 port)
{
	struct pf_port *p;

	mutex_lock(&s->lock);
	p = xa_load(&s->table, port);
	spin_lock_irq(&s->rung_lock);
	if (p && p->masked && list_empty(&p->link))
		list_add(&p->link, &s->rung);
	spin_unlock_irq(&s->rung_lock);
	mutex_unlock(&s->lock);
}

bool svnic_pf_port_waits(struct pf_ports *s)
{
	return !list_empty_careful(&s->rung);
}
