/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See svnicd_netif.h.
 */
#include "svnicd_netif.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <svnic/order.h>

#include "platform.h"
#include "vif.h"

struct fake_netif fake_netif;

struct netif_turns *netif_turns_create(struct event_base *base,
				       const struct platform_ops *ops,
				       struct platform *p)
{
	(void)base;
	(void)ops;
	(void)p;
	return calloc(1, 1);
}

void netif_turns_free(struct netif_turns *t)
{
	free(t);
}

int netif_create(struct vif *vif, const struct netif_config *config,
		 struct netif **netif, char *why)
{
	struct netif *n;

	if (fake_netif.create_result) {
		snprintf(why, PLATFORM_REASON, "no such ring");
		return fake_netif.create_result;
	}
	usleep(fake_netif.create_us);
	n = calloc(1, sizeof(*n));
	if (!n)
		abort();
	n->vif = vif;
	n->config = *config;
	fake_netif.nr++;
	*netif = n;
	return 0;
}

void netif_destroy(struct netif *n)
{
	if (n)
		fake_netif.nr--;
	free(n);
}

void netif_leave(struct netif *n)
{
	netif_destroy(n);
}

int netif_start(struct netif *n)
{
	if (n->vif->nr == SVNIC_VIF_NONE)
		abort();
	n->started = !fake_netif.start_result;
	return fake_netif.start_result;
}

void netif_stop(struct netif *n, bool lost)
{
	n->started = false;
	n->lost = lost;
}

bool netif_is_started(const struct netif *n)
{
	return n->started;
}

void netif_card_event(struct netif *n, unsigned int queue)
{
	(void)n;
	(void)queue;
	fake_netif.events++;
}

void netif_card_fault(struct netif *n, unsigned int queue, unsigned int verdict)
{
	(void)n;
	(void)queue;
	(void)verdict;
	fake_netif.faults++;
}

bool netif_ctrl(struct netif *n, const struct svnic_ctrl_req *req,
		uint32_t *status, uint32_t *data)
{
	(void)n;
	*status = SVNIC_CTRL_OK;
	*data = 77;
	return svnic_cpu16(req->type) < SVNIC_CTRL_HELLO;
}

void netif_info(const struct netif *n, struct netif_info *info)
{
	memset(info, 0, sizeof(*info));
	info->nr_queues = n->config.nr_queues;
	info->started = n->started;
	info->config = n->config;
}
