// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which groups the card gives us: those that the stack joined.  The stack says
 * so with a spinlock held and changes its mind in bursts; a worker tells the
 * owner a moment later.  The card begins with all groups, so what is late is a
 * group too many, unless it was just joined: so a list that could not be told
 * is told again until it is.
 */
#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include "groups.h"
#include "net.h"
#include "netdev.h"

#define BURST_MS 20 /* that a burst of changes lasts */
#define WAIT_MAX 60 /* seconds between two attempts */

static bool wants_all(const struct net_device *dev)
{
	return dev->flags & (IFF_PROMISC | IFF_ALLMULTI) ||
	       netdev_mc_count(dev) > SVNIC_GROUPS_MAX;
}

static void collect(struct net_device *dev, struct svnic_groups *list)
{
	struct netdev_hw_addr *ha;
	u16 nr = 0;

	memset(list, 0, sizeof(*list));
	netif_addr_lock_bh(dev);
	if (wants_all(dev)) {
		list->all = 1;
	} else {
		netdev_for_each_mc_addr(ha, dev)
			ether_addr_copy(list->group[nr++].mac, ha->addr);
	}
	netif_addr_unlock_bh(dev);
	list->nr = svnic_le16(nr);
}

/* Has the owner somebody to tell?  Under the lock. */
static bool is_connected(const struct svnic_net *net)
{
	return net->up && (net->attached || net->slow_on);
}

static void tell(struct svnic_net *net)
{
	const struct svnic_net_config *config = &net->config;
	struct svnic_groups list;
	int r;

	collect(net->dev, &list);
	if (net->groups_told && !memcmp(&list, &net->groups, sizeof(list)))
		return;
	r = config->ops->groups_set(config->owner, &list);
	net->groups = list;
	net->groups_told = !r;
	/* It has all of them there, for good. */
	if (!r || r == -EOPNOTSUPP) {
		net->groups_wait = 1;
		return;
	}
	/* Not later than a change that came meanwhile asks for. */
	queue_delayed_work(system_wq, &net->groups_work, net->groups_wait * HZ);
	net->groups_wait = min(net->groups_wait * 2, (u32)WAIT_MAX);
}

static void groups_work(struct work_struct *work)
{
	struct svnic_net *net =
		container_of(work, struct svnic_net, groups_work.work);

	mutex_lock(&net->lock);
	if (is_connected(net))
		tell(net);
	mutex_unlock(&net->lock);
}

void svnic_net_groups_init(struct svnic_net *net)
{
	INIT_DELAYED_WORK(&net->groups_work, groups_work);
	net->groups_wait = 1;
}

void svnic_net_groups_load(struct svnic_net *net)
{
	net->groups_told = false;
	net->groups_wait = 1;
	svnic_net_set_rx_mode(net->dev);
}

void svnic_net_set_rx_mode(struct net_device *dev)
{
	struct svnic_net *net = svnic_net_of(dev);

	if (net->config.ops->groups_set)
		mod_delayed_work(system_wq, &net->groups_work,
				 msecs_to_jiffies(BURST_MS));
}
