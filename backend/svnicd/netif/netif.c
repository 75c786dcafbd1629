/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The netif path of a VIF as a whole: its queues, its slow queue on the card,
 * its turns in the event loop.
 */
#include "netif/netif.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "platform.h"

int netif_create(struct vif *vif, const struct netif_config *config,
		 struct netif **netif, char *why)
{
	(void)vif;
	(void)config;
	(void)netif;
	snprintf(why, PLATFORM_REASON, "this svnicd does not serve netif");
	return -EOPNOTSUPP;
}

void netif_destroy(struct netif *n)
{
	(void)n;
}

int netif_start(struct netif *n)
{
	(void)n;
	return -EOPNOTSUPP;
}

void netif_stop(struct netif *n, bool lost)
{
	(void)n;
	(void)lost;
}

bool netif_is_started(const struct netif *n)
{
	(void)n;
	return false;
}

void netif_card_event(struct netif *n, unsigned int queue)
{
	(void)n;
	(void)queue;
}

void netif_card_fault(struct netif *n, unsigned int queue, unsigned int verdict)
{
	(void)n;
	(void)queue;
	(void)verdict;
}

bool netif_ctrl(struct netif *n, const struct svnic_ctrl_req *req,
		uint32_t *status, uint32_t *data)
{
	(void)n;
	(void)req;
	(void)status;
	(void)data;
	return false;
}

int netif_reconfigure(struct netif *n, char *why)
{
	(void)n;
	(void)why;
	return 0;
}

void netif_info(const struct netif *n, struct netif_info *info)
{
	(void)n;
	memset(info, 0, sizeof(*info));
}
