// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands in XenStore about a vif: which direct path its backend offers,
 * its address and its mtu.  Nothing read here is believed without a check.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include "svnic_front.h"

#define OFFER_WAIT_MS 5000
#define OFFER_LOOK_MS 10

static bool trusted = true;
module_param(trusted, bool, 0644);
MODULE_PARM_DESC(
	trusted,
	"0: frames are copied out of pages that a backend could still write to");

static u32 read_version(struct xenbus_device *dev)
{
	return xenbus_read_unsigned(dev->otherend, SVNIC_KEY_VERSION, 0);
}

/* Has a backend in this state written all its keys? */
static bool has_offered(enum xenbus_state state)
{
	return state != XenbusStateUnknown &&
	       state != XenbusStateInitialising &&
	       state != XenbusStateClosing && state != XenbusStateClosed;
}

/*
 * With hot-plug the backend may not have written its keys yet.  The watch on
 * its state is set after probe() only, so look again and again.  One that was
 * closed before makes an offer once it sees that we are Initialising.
 */
int svnic_front_offer_wait(struct xenbus_device *dev)
{
	unsigned int waited;
	u32 version;

	for (waited = 0;; waited += OFFER_LOOK_MS) {
		enum xenbus_state state =
			xenbus_read_driver_state(dev->otherend);

		version = read_version(dev);
		if (version || waited >= OFFER_WAIT_MS || has_offered(state))
			break;
		msleep(OFFER_LOOK_MS);
	}
	if (!version) {
		dev_info(
			&dev->dev,
			"no direct path offered; left to xen-netfront (in dom0: script=vif-svnic, svnicd running)\n");
		return -ENODEV;
	}
	if (version >> 16 == SVNIC_ABI_MAJOR)
		return 0;
	dev_err(&dev->dev,
		"the backend's ABI is %u.%u, this driver's %u.%u: install the same release in dom0 and guest; left to xen-netfront\n",
		version >> 16, version & 0xffff, SVNIC_ABI_MAJOR,
		SVNIC_ABI_MINOR);
	return -ENODEV;
}

bool svnic_front_is_offered(struct xenbus_device *dev)
{
	return read_version(dev) >> 16 == SVNIC_ABI_MAJOR;
}

static u32 read_epoch(struct xenbus_device *dev)
{
	return xenbus_read_unsigned(dev->otherend, SVNIC_KEY_EPOCH, 0);
}

bool svnic_front_is_same(struct svnic_front *f)
{
	return svnic_front_is_offered(f->dev) &&
	       read_epoch(f->dev) == READ_ONCE(f->direct.offer.epoch);
}

/* Beyond these ioremap() warns, and a guest may be set to panic then. */
static unsigned int address_bits(void)
{
#ifdef CONFIG_X86
	return boot_cpu_data.x86_phys_bits;
#else
	return 48;
#endif
}

int svnic_front_offer_read(struct svnic_front *f, struct front_offer *o)
{
	const char *dir = f->dev->otherend;
	unsigned long long frame = 0;

	if (xenbus_scanf(XBT_NIL, dir, SVNIC_KEY_DOORBELL, "%llu", &frame) != 1)
		frame = 0;
	o->version = read_version(f->dev);
	o->epoch = read_epoch(f->dev);
	o->features = xenbus_read_unsigned(dir, SVNIC_KEY_FEATURES, 0);
	o->max_pages = xenbus_read_unsigned(dir, SVNIC_KEY_MAX_PAGES, 0);
	o->max_queues = xenbus_read_unsigned(dir, SVNIC_KEY_MAX_QUEUES, 0);
	if (o->version >> 16 != SVNIC_ABI_MAJOR) {
		dev_err(&f->dev->dev, "%s/%s is %#x, not %u.x\n", dir,
			SVNIC_KEY_VERSION, o->version, SVNIC_ABI_MAJOR);
		return -EPROTO;
	}
	if (o->max_pages == 0 || o->max_queues == 0) {
		dev_err(&f->dev->dev, "%s/%s is %u and %s is %u\n", dir,
			SVNIC_KEY_MAX_PAGES, o->max_pages, SVNIC_KEY_MAX_QUEUES,
			o->max_queues);
		return -EPROTO;
	}
	o->max_pages = min(o->max_pages, SVNIC_SLOW_PAGE);
	/* A frame of our own memory as a doorbell would be written over. */
	if (frame == 0 || frame >> (address_bits() - PAGE_SHIFT) ||
	    page_is_ram((unsigned long)frame)) {
		dev_err(&f->dev->dev,
			"%s/%s is %llu, which is no device page\n", dir,
			SVNIC_KEY_DOORBELL, frame);
		return -EPROTO;
	}
	o->doorbell = (unsigned long)frame;
	return 0;
}

bool svnic_front_is_trusted(struct svnic_front *f)
{
	return trusted &&
	       xenbus_read_unsigned(f->dev->nodename, "trusted", 1) != 0;
}

static int read_mac(struct svnic_front *f, u8 *mac)
{
	char *text = xenbus_read(XBT_NIL, f->dev->nodename, "mac", NULL);
	int r = 0;

	if (IS_ERR(text)) {
		dev_err(&f->dev->dev, "%s/mac cannot be read: %pe\n",
			f->dev->nodename, text);
		return PTR_ERR(text);
	}
	if (!mac_pton(text, mac) || !is_valid_ether_addr(mac)) {
		dev_err(&f->dev->dev, "%s/mac is \"%.32s\", no address\n",
			f->dev->nodename, text);
		r = -EINVAL;
	}
	kfree(text);
	return r;
}

/*
 * A card drops what is longer than the VIF's mtu.  netback takes whatever it
 * can carry, and its mtu is a wish only.
 */
u32 svnic_front_mtu_read(struct svnic_front *f, u32 *mtu)
{
	u32 max = XEN_NETIF_MAX_TX_SIZE - VLAN_ETH_HLEN;

	*mtu = xenbus_read_unsigned(f->dev->nodename, "mtu", ETH_DATA_LEN);
	*mtu = clamp_t(u32, *mtu, SVNIC_MTU_MIN, SVNIC_MTU_MAX);
	if (f->direct.offer.max_pages || read_version(f->dev))
		return *mtu;
	if (!(f->netif.features & NETIF_F_SG))
		max = ETH_DATA_LEN;
	*mtu = min(*mtu, max);
	return max;
}

/*
 * One queue pair for each CPU, as far as the card has them, and no more than
 * netif has queues, over which all frames must go at times.
 */
static u32 pairs_of(const struct svnic_front *f)
{
	u32 nr = min(f->netif.max_queues, f->direct.offer.max_queues);

	if (f->netif.nr_queues)
		nr = min(nr, f->netif.nr_queues);
	return clamp(nr, 1u, SVNIC_SLOW_QUEUE);
}

int svnic_front_net_take(struct svnic_front *f)
{
	const struct front_direct *d = &f->direct;
	struct svnic_net_config config = {
		.parent = &f->dev->dev,
		.driver = "svnic_front",
		.ops = &svnic_front_ops,
		.owner = f,
		.doorbell = d->doorbell,
		.features = d->offer.features,
		.max_pages = d->offer.max_pages,
		.nr_queues = pairs_of(f),
		.may_poll = true,
		.group = &svnic_front_rxbuf_group,
		.trusted = svnic_front_is_trusted(f),
		.fixed_mac = svnic_front_is_offered(f->dev),
		.slow = &svnic_front_slow,
		.max_queues = f->netif.max_queues,
		.max_pairs = min(f->netif.max_queues, SVNIC_SLOW_QUEUE),
	};
	struct svnic_net *net;
	int r;

	config.max_mtu = svnic_front_mtu_read(f, &config.mtu);
	f->mtu = config.mtu;
	r = read_mac(f, config.mac);
	if (r)
		return r;
	if (f->net)
		return svnic_net_configure(f->net, &config);
	net = svnic_net_create(&config);
	if (IS_ERR(net))
		return PTR_ERR(net);
	f->net = net;
	return 0;
}
