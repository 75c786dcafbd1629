// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VIFs of a link: their creation, their queues, and the one way in which
 * everything that they hold is given back.  A VIF lives until svnicd, the end
 * of the card or the end of the driver destroys it, not until a file closes.
 */
#include <linux/slab.h>
#include <xen/xen.h>
#include <xen/events.h>

#include "pages.h"
#include "svnic_pf.h"
#include "vif.h"

static void vif_free(struct kref *ref)
{
	struct pf_vif *vif = container_of(ref, struct pf_vif, ref);
	unsigned int i;

	for (i = 0; i < PF_CHUNKS; i++)
		kvfree(vif->chunk[i]);
	xa_destroy(&vif->grefs);
	svnic_pf_put(vif->card);
	kfree(vif);
}

void svnic_pf_vif_put(struct pf_vif *vif)
{
	kref_put(&vif->ref, vif_free);
}

struct pf_vif *svnic_pf_vif_find(struct pf_card *card, u32 nr)
{
	struct pf_vif *vif;

	if (nr >= SVNIC_MAX_VIFS)
		return NULL;
	spin_lock_irq(&card->event_lock);
	vif = card->vifs[nr];
	if (vif)
		kref_get(&vif->ref);
	spin_unlock_irq(&card->event_lock);
	return vif;
}

struct pf_vif *svnic_pf_guest_vif(struct pf_card *card, u32 nr)
{
	struct pf_vif *vif = svnic_pf_vif_find(card, nr);

	if (!vif)
		return ERR_PTR(-ENOENT);
	if (vif->is_own) {
		svnic_pf_vif_put(vif);
		return ERR_PTR(-EPERM);
	}
	return vif;
}

static struct pf_vif *vif_alloc(struct pf_card *card)
{
	struct pf_vif *vif = kzalloc(sizeof(*vif), GFP_KERNEL);

	if (!vif)
		return NULL;
	kref_init(&vif->ref);
	mutex_init(&vif->lock);
	xa_init(&vif->grefs);
	vif->domid = SVNIC_PF_DOMID_SELF;
	vif->card = card;
	svnic_pf_get(card);
	return vif;
}

/* The table has a reference of its own. */
static int table_add(struct pf_vif *vif)
{
	struct pf_card *card = vif->card;
	int err = -EPROTO;

	spin_lock_irq(&card->event_lock);
	/* A larger one has no doorbell page: that is not the card's. */
	if (vif->nr < card->id.max_vifs && !card->vifs[vif->nr]) {
		kref_get(&vif->ref);
		card->vifs[vif->nr] = vif;
		err = 0;
	}
	spin_unlock_irq(&card->event_lock);
	return err;
}

static void table_del(struct pf_vif *vif)
{
	struct pf_card *card = vif->card;

	spin_lock_irq(&card->event_lock);
	card->vifs[vif->nr] = NULL;
	__clear_bit(vif->nr, card->events.pending);
	spin_unlock_irq(&card->event_lock);
	svnic_pf_vif_put(vif);
}

struct pf_vif *svnic_pf_vif_create(struct pf_card *card,
				   struct svnic_pf_create *create)
{
	struct pf_command c = {};
	struct pf_vif *vif;
	int err;

	if (create->vif >= card->id.max_vifs && create->vif != SVNIC_VIF_NONE)
		return ERR_PTR(-EINVAL);
	vif = vif_alloc(card);
	if (!vif)
		return ERR_PTR(-ENOMEM);
	c.cmd.opcode = svnic_le16(SVNIC_OP_VIF_CREATE);
	c.cmd.vif = svnic_le16((u16)create->vif);
	c.cmd.arg.vif_config = create->config;
	err = svnic_pf_command(card, &c);
	create->status = c.status;
	if (err)
		goto err_put;
	vif->nr = c.result;
	vif->cookie = create->cookie;
	err = table_add(vif);
	if (err) {
		svnic_pf_lost(card, "it gave a VIF an impossible number");
		goto err_put;
	}
	create->vif = vif->nr;
	return vif;

err_put:
	svnic_pf_vif_put(vif);
	return ERR_PTR(err);
}

void svnic_pf_channel_close(u32 port)
{
	struct evtchn_close close = { .port = port };

	if (HYPERVISOR_event_channel_op(EVTCHNOP_close, &close))
		pr_warn_ratelimited(PF_NAME ": cannot close event channel %u\n",
				    port);
}

int svnic_pf_channel_bind(u32 domid, u32 remote, u32 *port)
{
	struct evtchn_bind_interdomain bind = {
		.remote_dom = (domid_t)domid,
		.remote_port = remote,
	};
	int err;

	if (!xen_domain())
		return -EOPNOTSUPP;
	err = HYPERVISOR_event_channel_op(EVTCHNOP_bind_interdomain, &bind);
	if (err)
		return err;
	*port = bind.local_port;
	return 0;
}

/* Nobody is told of the queue any more.  vif->lock held. */
static void target_drop(struct pf_vif *vif, u32 queue)
{
	enum pf_target target = vif->queue[queue].target;
	u32 port = vif->queue[queue].port;

	svnic_pf_event_target(vif, queue, PF_TO_NONE, 0);
	if (target == PF_TO_GUEST) {
		svnic_pf_channel_close(port);
		svnic_pf_vif_unclaim(vif, 1);
	}
}

int svnic_pf_vif_claim(struct pf_vif *vif, u32 domid, u32 count)
{
	if (domid >= SVNIC_PF_DOMID_SELF)
		return -EINVAL;
	if (vif->nr_guest && vif->domid != domid)
		return -EBUSY;
	vif->domid = domid;
	vif->nr_guest += count;
	return 0;
}

void svnic_pf_vif_unclaim(struct pf_vif *vif, u32 count)
{
	vif->nr_guest -= count;
	if (!vif->nr_guest)
		vif->domid = SVNIC_PF_DOMID_SELF;
}

static int target_set(struct pf_vif *vif, const struct pf_start *start)
{
	u32 port = 0;
	int err;

	if (start->target == PF_TO_GUEST) {
		err = svnic_pf_vif_claim(vif, start->domid, 1);
		if (err)
			return err;
		err = svnic_pf_channel_bind(start->domid, start->port, &port);
		if (err) {
			svnic_pf_vif_unclaim(vif, 1);
			return err;
		}
	}
	svnic_pf_event_target(vif, start->queue, start->target, port);
	return 0;
}

static int start_locked(struct pf_vif *vif, const struct pf_start *start,
			u32 *status)
{
	struct pf_command c = {};
	int err;

	if (vif->dead)
		return -ENOENT;
	if (vif->queues & BIT(start->queue))
		return -EBUSY;
	err = target_set(vif, start);
	if (err)
		return err;
	c.cmd.opcode = svnic_le16(SVNIC_OP_QUEUE_START);
	c.cmd.vif = svnic_le16((u16)vif->nr);
	c.cmd.queue = svnic_le16((u16)start->queue);
	c.cmd.arg.queue_config = start->config;
	err = svnic_pf_command(vif->card, &c);
	*status = c.status;
	if (err)
		target_drop(vif, start->queue);
	else
		vif->queues |= BIT(start->queue);
	return err;
}

int svnic_pf_queue_start(struct pf_vif *vif, const struct pf_start *start,
			 u32 *status)
{
	int err;

	/* Interrupts of a link belong to the local platform. */
	if (start->queue >= SVNIC_MAX_QUEUES || start->config.notify)
		return -EINVAL;
	mutex_lock(&vif->lock);
	err = start_locked(vif, start, status);
	mutex_unlock(&vif->lock);
	return err;
}

static int stop_locked(struct pf_vif *vif, u32 queue, u32 *status)
{
	struct pf_command c = {};
	int err;

	if (vif->dead || !(vif->queues & BIT(queue)))
		return 0;
	c.cmd.opcode = svnic_le16(SVNIC_OP_QUEUE_STOP);
	c.cmd.vif = svnic_le16((u16)vif->nr);
	c.cmd.queue = svnic_le16((u16)queue);
	err = svnic_pf_command(vif->card, &c);
	*status = c.status;
	/* What the card says does not run is stopped. */
	if (err == -EIO && c.status == SVNIC_ST_NO_QUEUE)
		err = 0;
	if (err && !svnic_pf_is_lost(vif->card))
		return err;
	vif->queues &= ~BIT(queue);
	target_drop(vif, queue);
	return err;
}

int svnic_pf_queue_stop(struct pf_vif *vif, u32 queue, u32 *status)
{
	int err;

	if (queue >= SVNIC_MAX_QUEUES)
		return -EINVAL;
	mutex_lock(&vif->lock);
	err = stop_locked(vif, queue, status);
	mutex_unlock(&vif->lock);
	return err;
}

/*
 * After this the card knows the VIF no more and uses none of its pages: it
 * waits for what is in flight before it answers, and a card that refuses or
 * does not answer has its link reset.
 */
static void card_forget(struct pf_vif *vif)
{
	struct pf_card *card = vif->card;
	struct pf_command c = {};
	int err;

	c.cmd.opcode = svnic_le16(SVNIC_OP_VIF_DESTROY);
	c.cmd.vif = svnic_le16((u16)vif->nr);
	err = svnic_pf_command(card, &c);
	if (!err || (err == -EIO && c.status == SVNIC_ST_NO_VIF))
		return;
	if (err == -EIO)
		dev_err(card->dev, "vif %u: the card does not destroy it: %s\n",
			vif->nr, svnic_pf_status_text(c.status));
	svnic_pf_lost(card, "it did not destroy a VIF");
	svnic_pf_quiesce(card);
}

void svnic_pf_vif_destroy(struct pf_vif *vif)
{
	unsigned int i;

	mutex_lock(&vif->lock);
	if (!vif->dead) {
		vif->dead = true;
		card_forget(vif);
		for (i = 0; i < SVNIC_MAX_QUEUES; i++)
			target_drop(vif, i);
		vif->queues = 0;
		svnic_pf_pages_release(vif);
		/* Last: its number may be given again from now on. */
		table_del(vif);
	}
	mutex_unlock(&vif->lock);
}

void svnic_pf_vif_destroy_all(struct pf_card *card)
{
	struct pf_vif *vif;
	u32 nr;

	for (nr = 0; nr < SVNIC_MAX_VIFS; nr++) {
		vif = svnic_pf_vif_find(card, nr);
		if (!vif)
			continue;
		svnic_pf_vif_destroy(vif);
		svnic_pf_vif_put(vif);
	}
}
