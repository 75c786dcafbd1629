// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control ring: one request at a time, with a time limit.  svnicd may be
 * away (it is being restarted, say): then a request fails, nothing else does,
 * and until something is heard again further ones fail at once.  A response is
 * copied once and the copy is checked (rules R02, R43).
 */
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/page.h>
#include "svnic_front.h"

#define ANSWER_TIME (5 * HZ)

static irqreturn_t rung(int irq, void *arg)
{
	struct svnic_front *f = arg;
	const struct front_ctrl *c = &f->ctrl;
	bool useful = READ_ONCE(c->ring.sring->rsp_prod) !=
		      READ_ONCE(c->ring.rsp_cons);

	wake_up(&f->ctrl.wait);
	svnic_front_event_done(&f->ctrl.event, irq, useful);
	return IRQ_HANDLED;
}

void svnic_front_ctrl_wake(struct svnic_front *f)
{
	wake_up(&f->ctrl.wait);
}

static int status_error(u32 status)
{
	switch (status) {
	case SVNIC_CTRL_OK:
		return 0;
	case SVNIC_CTRL_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	case SVNIC_CTRL_BAD_PARAMETER:
		return -EINVAL;
	case SVNIC_CTRL_OVERFLOW:
		return -ENOSPC;
	default:
		return -EPROTO;
	}
}

/* Put a request on the ring; its id, or -EBUSY. */
static int ctrl_send(struct svnic_front *f, u16 type, const u32 arg[3])
{
	struct front_ctrl *c = &f->ctrl;
	struct xen_netif_ctrl_request *req;
	int notify;

	if (RING_FULL(&c->ring))
		return -EBUSY;
	req = RING_GET_REQUEST(&c->ring, c->ring.req_prod_pvt);
	req->id = ++c->next_id;
	req->type = type;
	req->data[0] = arg[0];
	req->data[1] = arg[1];
	req->data[2] = arg[2];
	c->ring.req_prod_pvt++;
	/* Pairs with take() and arm() in backend/svnicd/xen/ring.c. */
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&c->ring, notify);
	if (notify)
		notify_remote_via_irq(c->event.irq);
	return c->next_id;
}

/*
 * Take what is on the ring; 1 when the response to @id was among it, 0 when
 * not, -EPROTO.  Those that come too late are dropped.
 */
static int ctrl_take(struct front_ctrl *c, u16 id,
		     struct xen_netif_ctrl_response *rsp)
{
	struct xen_netif_ctrl_response one;
	int more, found = 0;

	do {
		RING_IDX prod = READ_ONCE(c->ring.sring->rsp_prod);

		/* No more answers than questions, so this loop ends. */
		if (prod - c->ring.rsp_cons >
		    c->ring.req_prod_pvt - c->ring.rsp_cons)
			return -EPROTO;
		/* Pairs with answer() in backend/svnicd/xen/ring.c. */
		virt_rmb();
		while (c->ring.rsp_cons != prod) {
			RING_COPY_RESPONSE(&c->ring, c->ring.rsp_cons, &one);
			WRITE_ONCE(c->ring.rsp_cons, c->ring.rsp_cons + 1);
			c->silent = false;
			if (one.id != id || found)
				continue;
			*rsp = one;
			found = 1;
		}
		RING_FINAL_CHECK_FOR_RESPONSES(&c->ring, more);
	} while (more);
	return found;
}

static bool has_response(struct svnic_front *f)
{
	const struct front_ctrl *c = &f->ctrl;

	return READ_ONCE(f->gone) ||
	       READ_ONCE(c->ring.sring->rsp_prod) != c->ring.rsp_cons;
}

/* Send and wait, under the lock. */
static int exchange(struct svnic_front *f, u16 type, const u32 arg[3],
		    struct xen_netif_ctrl_response *rsp)
{
	struct front_ctrl *c = &f->ctrl;
	long left = ANSWER_TIME;
	int id, r;

	/* Late answers first; they tell that somebody is there again. */
	r = ctrl_take(c, c->next_id + 1, rsp);
	if (r < 0)
		return r;
	if (c->silent)
		return -ETIMEDOUT;
	id = ctrl_send(f, type, arg);
	if (id < 0)
		return id;
	do {
		left = wait_event_timeout(c->wait, has_response(f), left);
		if (READ_ONCE(f->gone))
			return -ENOTCONN;
		r = ctrl_take(c, (u16)id, rsp);
	} while (r == 0 && left > 0);
	if (r == 0) {
		c->silent = true;
		dev_warn(
			&f->dev->dev,
			"svnicd has not answered request %#x for %u s: is it running in dom0?\n",
			type, ANSWER_TIME / HZ);
		return -ETIMEDOUT;
	}
	return r < 0 ? r : 0;
}

int svnic_front_ctrl(struct svnic_front *f, u16 type, const u32 arg[3],
		     u32 *data)
{
	struct xen_netif_ctrl_response rsp = {};
	struct front_ctrl *c = &f->ctrl;
	int r = -ENOTCONN;

	mutex_lock(&c->lock);
	if (c->open && !READ_ONCE(f->gone))
		r = exchange(f, type, arg, &rsp);
	if (!r && rsp.type != type)
		r = -EPROTO;
	if (r == -EPROTO) {
		dev_err(&f->dev->dev,
			"the control ring holds nonsense; connecting anew\n");
		c->open = false;
		/* Nobody stops our queues at the card but a new connection. */
		WRITE_ONCE(c->broken, true);
		mod_delayed_work(system_freezable_wq, &f->work, 0);
	}
	if (r == -ETIMEDOUT)
		c->doubtful = true;
	mutex_unlock(&c->lock);
	if (r)
		return r;
	if (data)
		*data = rsp.data;
	return status_error(rsp.status);
}

int svnic_front_ctrl_open(struct svnic_front *f)
{
	struct front_ctrl *c = &f->ctrl;
	struct xen_netif_ctrl_sring *sring;
	int r;

	r = svnic_front_page_share(f, &c->page, &c->ref);
	if (r)
		return r;
	r = svnic_front_page_share(f, &c->list, &c->list_ref);
	if (r)
		goto err_close;
	sring = page_address(c->page);
	SHARED_RING_INIT(sring);
	FRONT_RING_INIT(&c->ring, sring, XEN_PAGE_SIZE);
	snprintf(c->event.name, sizeof(c->event.name), "%s-ctrl",
		 dev_name(&f->dev->dev));
	r = svnic_front_event_bind(f, &c->event, rung, f);
	if (r)
		goto err_close;
	mutex_lock(&c->lock);
	c->silent = false;
	c->doubtful = false;
	c->open = true;
	mutex_unlock(&c->lock);
	return 0;

err_close:
	svnic_front_ctrl_close(f);
	return r;
}

void svnic_front_ctrl_close(struct svnic_front *f)
{
	struct front_ctrl *c = &f->ctrl;

	mutex_lock(&c->lock);
	c->open = false;
	WRITE_ONCE(c->broken, false);
	mutex_unlock(&c->lock);
	svnic_front_event_unbind(&c->event, f);
	svnic_front_page_unshare(&c->list, c->list_ref);
	svnic_front_page_unshare(&c->page, c->ref);
}
