// SPDX-License-Identifier: GPL-2.0-only
/*
 * svnic_rude.ko: loaded in a guest instead of svnic_front, it attacks.  Device
 * 0 runs every attack once, a line in the kernel log for each, and at the end
 *
 *	rude: N passed, M failed
 *
 * Further devices come and go, each with the bad manners of its turn.
 *
 * By hand: rig guest r --mods=svnic_rude; rig exec r dmesg.  Receive buffers
 * are looked at when a frame comes: rig wire ping -b -i 0.05 10.77.0.255.
 */
#define pr_fmt(fmt) "rude: " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <xen/xen.h>
#include "rude.h"

bool rude_is(struct rude *r, const char *what, u32 want, u32 got)
{
	if (want == got)
		return true;
	if (!r->came[0])
		snprintf(r->came, sizeof(r->came),
			 "%s: expected %u, came %u (%#x)", what, want, got,
			 got);
	return false;
}

void rude_score(struct rude *r, const char *name, bool as_expected)
{
	if (kthread_should_stop())
		return;
	if (as_expected && !r->came[0]) {
		r->passed++;
		pr_info("ok %s\n", name);
	} else {
		r->failed++;
		pr_info("FAILED %s: %s\n", name, r->came);
	}
	r->came[0] = '\0';
}

/* Registered pages and a queue that runs. */
static bool settle(struct rude *r)
{
	return rude_is(r, "status of ADD_PAGES", SVNIC_CTRL_OK,
		       rude_pages_add(r, 0, RUDE_PAGES)) &&
	       rude_is(r, "status of QUEUE_START", SVNIC_CTRL_OK,
		       rude_queue_start(r));
}

static bool unsettle(struct rude *r)
{
	return rude_is(r, "status of QUEUE_STOP", SVNIC_CTRL_OK,
		       rude_queue_stop(r)) &&
	       rude_is(r, "status of DEL_PAGES", SVNIC_CTRL_OK,
		       rude_pages_del(r, 0, RUDE_PAGES));
}

static void attack(struct rude *r)
{
	int err = rude_connect(r);

	rude_score(r, "connect", rude_is(r, "error", 0, (u32)err));
	if (err)
		goto out_forget;
	rude_attack_ctrl(r);
	rude_attack_list(r);
	rude_score(r, "register pages",
		   rude_is(r, "status", SVNIC_CTRL_OK,
			   rude_pages_add(r, 0, RUDE_PAGES)));
	rude_attack_start(r);
	rude_score(r, "start a queue",
		   rude_is(r, "status", SVNIC_CTRL_OK, rude_queue_start(r)));
	rude_attack_queue(r);
	rude_attack_window(r);
	rude_attack_frame(r);
	rude_score(r, "stop, withdraw", unsettle(r));
	rude_score(r, "start again", settle(r));
	/* The last one: it ends the vif, with a queue that runs. */
	rude_score(r, "control ring: the index jumps",
		   rude_attack_index(r, 1u << 31));
out_forget:
	rude_score(r, "nothing of ours stays in use",
		   rude_is(r, "grants in use", 0, rude_forget(r)));
	pr_info("%u passed, %u failed\n", r->passed, r->failed);
}

/* Manners ------------------------------------------------------------------- */

/* How a device comes, and how it goes when it is asked to. */
struct manner {
	const char *name;
	bool (*come)(struct rude *r);
	bool (*go)(struct rude *r);
};

static bool properly(struct rude *r)
{
	return rude_is(r, "error", 0, (u32)rude_connect(r)) && settle(r) &&
	       rude_is_well(r);
}

/* Connects, but does not wait for the answer. */
static bool hastily(struct rude *r)
{
	return rude_is(r, "error", 0, (u32)rude_announce(r));
}

static bool silently(struct rude *r)
{
	return true;
}

/* All states, as fast as they can be written (rule R13). */
static bool restlessly(struct rude *r)
{
	static const enum xenbus_state states[] = {
		XenbusStateClosing,   XenbusStateClosed,
		XenbusStateConnected, XenbusStateInitialising,
		XenbusStateConnected, XenbusStateReconfigured,
	};
	bool is = hastily(r);
	unsigned int i;

	for (i = 0; i < 120 && !kthread_should_stop(); i++)
		xenbus_printf(XBT_NIL, r->dev->nodename, "state", "%d",
			      states[i % ARRAY_SIZE(states)]);
	return is;
}

/* With an impossible index, each time another (rule R01). */
static bool wildly(struct rude *r)
{
	static const u32 jumps[] = { 129, 0xffffffff, 0x12345678 };
	static atomic_t turn = ATOMIC_INIT(0);
	u32 n = (u32)atomic_inc_return(&turn) % ARRAY_SIZE(jumps);

	return properly(r) && rude_attack_index(r, jumps[n]);
}

/* Keeps everything for as long as it can. */
static bool never(struct rude *r)
{
	while (!kthread_should_stop())
		msleep(10);
	return true;
}

static const struct manner manners[] = {
	{ "polite", properly, unsettle }, { "messy", properly, NULL },
	{ "mute", silently, NULL },	  { "wild", wildly, NULL },
	{ "hasty", hastily, NULL },	  { "restless", restlessly, NULL },
	{ "stubborn", properly, never },
};

/* Without rude_score(): the device may be on its way out. */
static void behave(struct rude *r)
{
	static atomic_t turn = ATOMIC_INIT(-1);
	u32 n = (u32)atomic_inc_return(&turn);
	const struct manner *m = &manners[n % ARRAY_SIZE(manners)];
	bool is = m->come(r);
	bool is_cut = !is && rude_peer(r) >= XenbusStateClosing;

	/* Whoever waits in dom0 for us to have come may detach us now. */
	xenbus_printf(XBT_NIL, r->dev->nodename, "rude", "%s", m->name);
	while (!kthread_should_stop() && rude_peer(r) < XenbusStateClosing)
		msleep(10);
	if (m->go && !is_cut)
		is = m->go(r) && is;
	if (is_cut)
		pr_info("cut manners %u, %s: %s\n", n, m->name, r->came);
	else if (is && !r->came[0])
		pr_info("ok manners %u, %s\n", n, m->name);
	else
		pr_info("FAILED manners %u, %s: %s\n", n, m->name, r->came);
	rude_forget(r);
}

/* The device ------------------------------------------------------------------ */

static int live(void *arg)
{
	struct rude *r = arg;

	if (strcmp(r->dev->nodename, "device/vif/0") == 0)
		attack(r);
	else
		behave(r);
	while (!kthread_should_stop()) {
		if (rude_peer(r) >= XenbusStateClosing &&
		    r->dev->state != XenbusStateClosed)
			xenbus_frontend_closed(r->dev);
		msleep(10);
	}
	return 0;
}

static int probe(struct xenbus_device *dev, const struct xenbus_device_id *id)
{
	struct rude *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	r->dev = dev;
	dev_set_drvdata(&dev->dev, r);
	r->thread = kthread_create(live, r, "%s", dev_name(&dev->dev));
	if (IS_ERR(r->thread)) {
		int err = PTR_ERR(r->thread);

		kfree(r);
		return err;
	}
	wake_up_process(r->thread);
	return 0;
}

static void remove(struct xenbus_device *dev)
{
	struct rude *r = dev_get_drvdata(&dev->dev);

	kthread_stop(r->thread);
	rude_forget(r);
	kfree(r);
}

static void otherend_changed(struct xenbus_device *dev, enum xenbus_state peer)
{
	struct rude *r = dev_get_drvdata(&dev->dev);

	WRITE_ONCE(r->peer, peer);
}

static const struct xenbus_device_id ids[] = { { "vif" }, { "" } };

static struct xenbus_driver driver = {
	.name = "svnic_rude",
	.ids = ids,
	.probe = probe,
	.remove = remove,
	.otherend_changed = otherend_changed,
};

static int __init rude_init(void)
{
	if (!xen_domain())
		return -ENODEV;
	return xenbus_register_frontend(&driver);
}
module_init(rude_init);

static void __exit rude_exit(void)
{
	xenbus_unregister_driver(&driver);
}
module_exit(rude_exit);

MODULE_DESCRIPTION("hostile frontend, to test svnic with");
MODULE_LICENSE("GPL");
