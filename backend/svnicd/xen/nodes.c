/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which nodes of a guest are asked for at once, before they are read one by
 * one: those that guest.c, connect.c and netif read.  One that is missing here
 * is asked for by itself, which costs an answer to wait for and is no error.
 */
#include "nodes.h"

#include <stdio.h>
#include <stdlib.h>

#include "../netif/netif.h"
#include "../text.h"
#include "dom0.h"

/* What netif_read() and guest_connect() want of a guest with one queue. */
static void ask_frontend(struct platform *p, uint32_t domid, uint32_t devid)
{
	static const char *const keys[] = {
		"state",
		"tx-ring-ref",
		"rx-ring-ref",
		"event-channel",
		"event-channel-tx",
		"event-channel-rx",
		"multi-queue-num-queues",
		"request-rx-copy",
		"request-multicast-control",
		"feature-sg",
		"feature-gso-tcpv4",
		"feature-gso-tcpv6",
		"feature-no-csum-offload",
		"feature-ipv6-csum-offload",
		"feature-rx-notify",
		"xdp-headroom",
		SVNIC_KEY_CTRL_RING,
		SVNIC_KEY_CTRL_EVENT,
		SVNIC_KEY_DIRECT,
	};
	char dir[DOM0_PATH];

	/* Elsewhere each is asked for by itself. */
	snprintf(dir, sizeof(dir), DOM0_FRONTEND, domid, devid);
	batch_ask(p, dir, keys, sizeof(keys) / sizeof(keys[0]));
}

/* ... and of one with several. */
static void ask_queues(struct platform *p, uint32_t domid, uint32_t devid)
{
	static const char *const keys[] = {
		"tx-ring-ref",	    "rx-ring-ref",	"event-channel",
		"event-channel-tx", "event-channel-rx",
	};
	char dir[DOM0_PATH];
	char *value = NULL;
	uint32_t nr, i;

	snprintf(dir, sizeof(dir), DOM0_FRONTEND "/multi-queue-num-queues",
		 domid, devid);
	if (!batch_find(p, dir, &value) || !value ||
	    text_u32(value, NETIF_MAX_QUEUES, &nr))
		nr = 0;
	free(value);
	for (i = 0; nr > 1 && i < nr; i++) {
		snprintf(dir, sizeof(dir), DOM0_FRONTEND "/queue-%u", domid,
			 devid, i);
		batch_ask(p, dir, keys, sizeof(keys) / sizeof(keys[0]));
	}
	batch_read(p);
}

void nodes_ask(struct platform *p, uint32_t domid, uint32_t devid)
{
	static const char *const keys[] = {
		"script",	 "frontend",
		"state",	 "hotplug-status",
		"mac",		 "bridge",
		"mtu",		 "rate",
		PLATFORM_LIMITS, SVNIC_KEY_DOORBELL,
		SVNIC_KEY_EPOCH, "carrier",
		PLATFORM_PATH,	 "online",
		SOURCE_KEY,
	};
	char dir[DOM0_PATH];

	snprintf(dir, sizeof(dir), DOM0_BACKEND, domid, devid);
	batch_ask(p, dir, keys, sizeof(keys) / sizeof(keys[0]));
	ask_frontend(p, domid, devid);
	batch_read(p);
	ask_queues(p, domid, devid);
}

void nodes_ask_again(struct tenant *t)
{
	static const char *const ours[] = {
		"state",	  "mtu",    "rate", PLATFORM_LIMITS, SOURCE_KEY,
		"hotplug-status", "online",
	};
	static const char *const its[] = { "state" };

	batch_ask(t->p, t->backend, ours, sizeof(ours) / sizeof(ours[0]));
	batch_ask(t->p, t->frontend, its, 1);
	batch_read(t->p);
}
