// SPDX-License-Identifier: GPL-2.0-only
/*
 * rxbuf_min, rxbuf_max and rxbuf_cur of an interface, as old tools expect them
 * of xen-netfront: the size of the rx ring; what is written is checked and
 * ignored.  The ring is changed by ethtool -G.
 */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>
#include "svnic_front.h"

static ssize_t rxbuf_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%d\n", NETIF_RING);
}

static ssize_t rxbuf_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t len)
{
	unsigned long entries;
	int r;

	if (!capable(CAP_NET_ADMIN))
		return -EPERM;
	r = kstrtoul(buf, 0, &entries);
	return r ? r : (ssize_t)len;
}

static DEVICE_ATTR(rxbuf_min, 0644, rxbuf_show, rxbuf_store);
static DEVICE_ATTR(rxbuf_max, 0644, rxbuf_show, rxbuf_store);
static DEVICE_ATTR(rxbuf_cur, 0444, rxbuf_show, NULL);

static struct attribute *attrs[] = {
	&dev_attr_rxbuf_min.attr,
	&dev_attr_rxbuf_max.attr,
	&dev_attr_rxbuf_cur.attr,
	NULL,
};

const struct attribute_group svnic_front_rxbuf_group = { .attrs = attrs };
