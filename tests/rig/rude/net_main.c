// SPDX-License-Identifier: GPL-2.0-only
/*
 * svnic_rudenet.ko: loaded in a guest in place of xen-netfront, it attacks the
 * netif path of device 0: every attack once, a line in the kernel log for each,
 * and at the end
 *
 *	rude: N passed, M failed
 *
 * By hand: rig guest r --type=stock --mods=svnic_rudenet; rig exec r dmesg.
 * Receive slots are used when a frame comes: rig wire ping -b -i 0.05
 * 10.77.0.255.
 */
#define pr_fmt(fmt) "rude: " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <xen/xen.h>
#include "net.h"

bool net_is(struct rudenet *n, const char *what, u32 want, u32 got)
{
	if (want == got)
		return true;
	if (!n->came[0])
		snprintf(n->came, sizeof(n->came),
			 "%s: expected %d, came %d (%#x)", what, (int)want,
			 (int)got, got);
	return false;
}

void net_score(struct rudenet *n, const char *name, bool as_expected)
{
	if (kthread_should_stop())
		return;
	if (as_expected && !n->came[0]) {
		n->passed++;
		pr_info("ok %s\n", name);
	} else {
		n->failed++;
		pr_info("FAILED %s: %s\n", name, n->came);
	}
	/* What comes next starts from a connection that is whole. */
	if (!as_expected || n->came[0])
		net_connect(n, NULL);
	n->came[0] = '\0';
}

static void attack(struct rudenet *n)
{
	int err = net_connect(n, NULL);

	net_score(n, "connect",
		  net_is(n, "error", 0, (u32)err) && net_works(n));
	if (err)
		return;
	net_attack_tx(n);
	net_attack_rx(n);
	net_attack_ctrl(n);
	net_attack_ring(n);
	net_attack_keys(n);
	net_score(n, "an honest frontend after all that",
		  net_is(n, "error", 0, (u32)net_connect(n, NULL)) &&
			  net_works(n));
}

/* The last connection stays, so that svnic-admin has something to show. */
static int live(void *arg)
{
	struct rudenet *n = arg;

	attack(n);
	pr_info("%u passed, %u failed\n", n->passed, n->failed);
	while (!kthread_should_stop()) {
		if (net_peer(n) >= XenbusStateClosing &&
		    n->dev->state != XenbusStateClosed)
			xenbus_frontend_closed(n->dev);
		msleep(20);
	}
	return 0;
}

static int probe(struct xenbus_device *dev, const struct xenbus_device_id *id)
{
	struct rudenet *n;
	int err;

	if (strcmp(dev->nodename, "device/vif/0") != 0)
		return -ENODEV;
	n = kzalloc(sizeof(*n), GFP_KERNEL);
	if (!n)
		return -ENOMEM;
	n->dev = dev;
	dev_set_drvdata(&dev->dev, n);
	n->thread = kthread_run(live, n, "rude/net");
	if (!IS_ERR(n->thread))
		return 0;
	err = PTR_ERR(n->thread);
	kfree(n);
	return err;
}

static void remove(struct xenbus_device *dev)
{
	struct rudenet *n = dev_get_drvdata(&dev->dev);

	kthread_stop(n->thread);
	net_forget(n);
	kfree(n);
}

static void otherend_changed(struct xenbus_device *dev, enum xenbus_state peer)
{
	struct rudenet *n = dev_get_drvdata(&dev->dev);

	WRITE_ONCE(n->peer, peer);
}

static const struct xenbus_device_id ids[] = { { "vif" }, { "" } };

static struct xenbus_driver driver = {
	.name = "svnic_rudenet",
	.ids = ids,
	.probe = probe,
	.remove = remove,
	.otherend_changed = otherend_changed,
};

static int __init rudenet_init(void)
{
	if (!xen_domain())
		return -ENODEV;
	return xenbus_register_frontend(&driver);
}
module_init(rudenet_init);

static void __exit rudenet_exit(void)
{
	xenbus_unregister_driver(&driver);
}
module_exit(rudenet_exit);

MODULE_DESCRIPTION("hostile netif frontend, to test svnic with");
MODULE_LICENSE("GPL");
