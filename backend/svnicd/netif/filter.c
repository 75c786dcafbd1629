/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of the guest's groups the card is told, so that it copies no others
 * into the slow queue.  A guest may change its mind with every request; the
 * card is asked now and then.  rx.c looks at each frame all the same.
 */
#include "netif/filter.h"

#include <string.h>

#include <svnic/order.h>

#include "netif/priv.h"
#include "vif.h"

#define PAUSE_MS 20u /* between two commands */

static void load(struct netif *n, bool all)
{
	struct svnic_groups list = { .all = all };
	unsigned int i;

	for (i = 0; !all && i < n->groups.nr; i++)
		memcpy(list.group[i].mac, n->groups.mac[i],
		       sizeof(list.group[i].mac));
	list.nr = svnic_le16((uint16_t)i);
	/* A card that does not know the command gives all. */
	n->filtered = !n->ops->groups_set(n->p, n->vif->nr, &list) && !list.all;
	n->filter_ms = netif_now_ms();
}

void filter_start(struct netif *n)
{
	n->filter_ms = 0;
	n->refilter = n->config.multicast;
	/* A daemon before us may have told the card of some. */
	n->filtered = n->config.multicast && n->groups.all;
}

void filter_turn(struct netif *n)
{
	uint64_t since = netif_now_ms() - n->filter_ms;

	if (!n->refilter)
		return;
	if (since < PAUSE_MS) {
		netif_later(n, (unsigned int)(PAUSE_MS - since));
		return;
	}
	n->refilter = false;
	if (n->filtered || !n->groups.all)
		load(n, n->groups.all);
}

/* Others may use the number after this netif. */
void filter_stop(struct netif *n, bool lost)
{
	if (n->filtered && !lost)
		load(n, true);
	n->filtered = false;
	n->refilter = false;
}
