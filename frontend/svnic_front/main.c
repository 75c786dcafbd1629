// SPDX-License-Identifier: GPL-2.0-only
/*
 * svnic_front.ko: the xenbus driver of `vif` devices, in place of xen-netfront,
 * whose backends it serves as well.
 *
 * Our state and the backend's, read afresh, select a cell of one table; watches
 * only say that it is time to look (xen-contract 3.3).
 *
 *            InitWait              Connected
 *   IDLE ---------------> OFFERED -----------> RUNNING
 *    ^                       |  Closing, Closed,  |
 *    |   InitWait, or we     |  gone              |
 *    |   invite it           v                    |
 *    +-------------------- CLOSED <---------------+
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <xen/xen.h>
#include "svnic_front.h"

#define PATIENCE_MIN 1 /* seconds between two attempts */
#define PATIENCE_MAX 60

#define FAREWELL_MS	 2000 /* that a backend may take to let go */
#define FAREWELL_LOOK_MS 10

enum front_state {
	FRONT_NONE,
	FRONT_IDLE,    /* Initialising: nothing was told */
	FRONT_OFFERED, /* Connected: our keys are written */
	FRONT_RUNNING, /* Connected: the netdev is attached */
	FRONT_CLOSED,  /* Closed: nothing is shared */
	FRONT_STATE_NR
};

#define PEER_STATE_NR (XenbusStateReconfigured + 1)

/* An action returns 0 when the cell's state is reached. */
struct cell {
	enum front_state next;
	int (*action)(struct svnic_front *f);
};

static bool direct_only;
module_param(direct_only, bool, 0644);
MODULE_PARM_DESC(
	direct_only,
	"leave interfaces to xen-netfront whose backend offers no direct path");

static int attach(struct svnic_front *f)
{
	int r = svnic_front_attach(f);

	if (r)
		return r;
	f->patience = PATIENCE_MIN;
	f->failed = false;
	return 0;
}

/* What svnicd wrote about why, if it did. */
static void reason_log(struct svnic_front *f)
{
	char *text =
		xenbus_read(XBT_NIL, f->dev->otherend, SVNIC_KEY_REASON, NULL);

	if (IS_ERR(text))
		return;
	if (*text)
		dev_warn(&f->dev->dev, "the backend says: %.200s\n", text);
	kfree(text);
}

/* A backend that lets go of our pages first spares us to wait for them. */
static void farewell(struct svnic_front *f)
{
	unsigned int waited;

	svnic_front_quiet(f);
	svnic_front_unpublish(f);
	for (waited = 0; waited < FAREWELL_MS; waited += FAREWELL_LOOK_MS) {
		enum xenbus_state peer =
			xenbus_read_driver_state(f->dev->otherend);

		if (peer != XenbusStateConnected && peer != XenbusStateClosing)
			break;
		msleep(FAREWELL_LOOK_MS);
	}
	WRITE_ONCE(f->gone, true);
	svnic_front_withdraw(f);
}

static int close_down(struct svnic_front *f)
{
	reason_log(f);
	farewell(f);
	f->closed = jiffies;
	return 0;
}

/* The backend has begun anew, so nothing of ours is known to it. */
static int begin(struct svnic_front *f)
{
	WRITE_ONCE(f->gone, true);
	svnic_front_withdraw(f);
	return xenbus_switch_state(f->dev, XenbusStateInitialising);
}

/* Not before its time, which comes later and later. */
static int begin_later(struct svnic_front *f)
{
	unsigned long due = f->closed + f->patience * HZ;

	if (time_before(jiffies, due)) {
		mod_delayed_work(system_freezable_wq, &f->work, due - jiffies);
		return -EAGAIN;
	}
	f->patience = min(f->patience * 2u, (unsigned int)PATIENCE_MAX);
	return begin(f);
}

/* The backend is there again; what has just failed would fail again. */
static int begin_again(struct svnic_front *f)
{
	return f->failed ? begin_later(f) : begin(f);
}

/* A backend that is still wanted may wait for us. */
static int invite(struct svnic_front *f)
{
	if (!xenbus_read_unsigned(f->dev->otherend, "online", 0))
		return -EAGAIN;
	/* Whatever is started next, by kexec say, finds the device closed. */
	if (system_state >= SYSTEM_HALT && system_state <= SYSTEM_RESTART)
		return -EAGAIN;
	return begin_later(f);
}

/* No cell: there is nothing to do. */
static const struct cell table[FRONT_STATE_NR][PEER_STATE_NR] = {
	[FRONT_IDLE] = {
		[XenbusStateInitWait] = { FRONT_OFFERED, svnic_front_publish },
	},
	[FRONT_OFFERED] = {
		[XenbusStateUnknown] = { FRONT_CLOSED, close_down },
		[XenbusStateInitialising] = { FRONT_IDLE, begin },
		[XenbusStateConnected] = { FRONT_RUNNING, attach },
		[XenbusStateClosing] = { FRONT_CLOSED, close_down },
		[XenbusStateClosed] = { FRONT_CLOSED, close_down },
	},
	[FRONT_RUNNING] = {
		[XenbusStateUnknown] = { FRONT_CLOSED, close_down },
		[XenbusStateInitialising] = { FRONT_IDLE, begin },
		[XenbusStateInitWait] = { FRONT_IDLE, begin },
		[XenbusStateInitialised] = { FRONT_IDLE, begin },
		[XenbusStateClosing] = { FRONT_CLOSED, close_down },
		[XenbusStateClosed] = { FRONT_CLOSED, close_down },
	},
	[FRONT_CLOSED] = {
		[XenbusStateInitialising] = { FRONT_IDLE, begin_again },
		[XenbusStateInitWait] = { FRONT_IDLE, begin_again },
		[XenbusStateClosed] = { FRONT_IDLE, invite },
	},
};

static const char *const state_text[FRONT_STATE_NR] = {
	[FRONT_IDLE] = "idle",
	[FRONT_OFFERED] = "offered",
	[FRONT_RUNNING] = "running",
	[FRONT_CLOSED] = "closed",
};

static void fail(struct svnic_front *f, enum xenbus_state peer, int r)
{
	xenbus_dev_error(f->dev, r, "cannot be set up (%s, the backend %s)",
			 state_text[f->state], xenbus_strstate(peer));
	close_down(f);
	f->failed = true;
	f->state = FRONT_CLOSED;
}

/* Rings that are not to be used any more; true: all was given back. */
static bool give_up(struct svnic_front *f)
{
	bool broken = READ_ONCE(f->netif.broken) || READ_ONCE(f->ctrl.broken);

	if (!xchg(&f->anew, false) && !broken)
		return false;
	if (f->state != FRONT_OFFERED && f->state != FRONT_RUNNING)
		return false;
	close_down(f);
	f->failed = broken;
	f->state = FRONT_CLOSED;
	return true;
}

static void look(struct work_struct *work)
{
	struct svnic_front *f =
		container_of(work, struct svnic_front, work.work);
	enum xenbus_state peer = xenbus_read_driver_state(f->dev->otherend);
	const struct cell *cell;
	int r;

	if (READ_ONCE(f->leaving))
		return;
	if (peer >= PEER_STATE_NR)
		peer = XenbusStateUnknown;
	if (peer == XenbusStateUnknown || peer == XenbusStateClosed)
		WRITE_ONCE(f->gone, true);
	if (give_up(f)) {
		mod_delayed_work(system_freezable_wq, &f->work, 0);
		return;
	}
	cell = &table[f->state][peer];
	if (!cell->action) {
		if (f->state == FRONT_RUNNING)
			svnic_front_follow(f);
		return;
	}
	r = cell->action(f);
	if (r == -EAGAIN || (r && f->state == FRONT_CLOSED))
		return;
	if (r) {
		fail(f, peer, r);
	} else {
		dev_dbg(&f->dev->dev, "%s -> %s (backend %s)\n",
			state_text[f->state], state_text[cell->next],
			xenbus_strstate(peer));
		f->state = cell->next;
	}
	/* The backend may have gone on in the meantime. */
	mod_delayed_work(system_freezable_wq, &f->work, 0);
}

void svnic_front_reconnect(struct svnic_front *f)
{
	WRITE_ONCE(f->anew, true);
	mod_delayed_work(system_freezable_wq, &f->work, 0);
}

static void otherend_changed(struct xenbus_device *dev, enum xenbus_state peer)
{
	struct svnic_front *f = dev_get_drvdata(&dev->dev);

	if (peer == XenbusStateUnknown || peer == XenbusStateClosed) {
		WRITE_ONCE(f->gone, true);
		svnic_front_ctrl_wake(f);
	}
	mod_delayed_work(system_freezable_wq, &f->work, 0);
}

static int probe(struct xenbus_device *dev, const struct xenbus_device_id *id)
{
	struct svnic_front *f;
	int r = xenbus_switch_state(dev, XenbusStateInitialising);

	if (!r && direct_only)
		r = svnic_front_offer_wait(dev);
	if (r)
		return r;
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	f->dev = dev;
	f->state = FRONT_IDLE;
	f->patience = PATIENCE_MIN;
	svnic_front_queues_init(f);
	r = svnic_front_netif_init(f);
	if (r) {
		kfree(f);
		return r;
	}
	mutex_init(&f->ctrl.lock);
	init_waitqueue_head(&f->ctrl.wait);
	INIT_DELAYED_WORK(&f->work, look);
	dev_set_drvdata(&dev->dev, f);
	return 0;
}

static void remove(struct xenbus_device *dev)
{
	struct svnic_front *f = dev_get_drvdata(&dev->dev);

	/* Until all is down its own watches, svnic_net, and NAPI ask for it. */
	WRITE_ONCE(f->leaving, true);
	cancel_delayed_work_sync(&f->work);
	if (xenbus_read_driver_state(dev->otherend) != XenbusStateConnected)
		WRITE_ONCE(f->gone, true);
	farewell(f);
	if (f->net)
		svnic_net_destroy(f->net);
	/* Nobody can ask for it any more. */
	cancel_delayed_work_sync(&f->work);
	svnic_front_netif_fini(f);
	kvfree(f->direct.gref);
	mutex_destroy(&f->ctrl.lock);
	dev_set_drvdata(&dev->dev, NULL);
	kfree(f);
}

/*
 * Nothing of the card may be mapped in the image that is saved; netif stays,
 * and if the guest does as well, all is as before.  The work runs again after
 * the thaw.
 */
static int suspend(struct xenbus_device *dev)
{
	struct svnic_front *f = dev_get_drvdata(&dev->dev);

	cancel_delayed_work_sync(&f->work);
	svnic_front_direct_leave(f);
	mod_delayed_work(system_freezable_wq, &f->work, 0);
	return 0;
}

/* A new domain, a new backend; xenbus has made the device Initialising. */
static int resume(struct xenbus_device *dev)
{
	struct svnic_front *f = dev_get_drvdata(&dev->dev);

	cancel_delayed_work_sync(&f->work);
	WRITE_ONCE(f->gone, true);
	svnic_front_withdraw(f);
	f->state = FRONT_IDLE;
	mod_delayed_work(system_freezable_wq, &f->work, 0);
	return 0;
}

static const struct xenbus_device_id ids[] = { { "vif" }, { "" } };

static struct xenbus_driver driver = {
	.name = "svnic_front", /* "vif" is xen-netfront's */
	.ids = ids,
	.probe = probe,
	.remove = remove,
	.suspend = suspend,
	.resume = resume,
	.otherend_changed = otherend_changed,
};

static int __init front_init(void)
{
	if (!xen_domain())
		return -ENODEV;
	return xenbus_register_frontend(&driver);
}
module_init(front_init);

static void __exit front_exit(void)
{
	xenbus_unregister_driver(&driver);
}
module_exit(front_exit);

MODULE_DESCRIPTION(
	"Xen network interface, with the direct path of svnic cards");
MODULE_LICENSE("GPL");
MODULE_ALIAS("xen:vif");
