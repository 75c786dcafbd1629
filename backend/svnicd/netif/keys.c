/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The XenStore keys of netif: what we offer, and what a frontend answered.
 * The latter is hostile: a number is digits in range or the frontend is
 * refused, and the number of queues is known before anything is taken
 * (rule R34).
 */
#include "netif/netif.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform.h"
#include "text.h"

#define AS_TEXT(n)   #n
#define NUMBER(n)    AS_TEXT(n)
#define MAX_QUEUES   8
#define MAX_PORT     131071u /* of FIFO event channels, the larger limit */
#define MAX_HEADROOM 256u    /* as Linux asks for at most */

_Static_assert(MAX_QUEUES == NETIF_MAX_QUEUES, "the key says so");

const struct netif_key netif_keys[] = {
	{ "feature-rx-copy", "1" },
	{ "feature-rx-flip", "0" },
	{ "feature-sg", "1" },
	{ "feature-gso-tcpv4", "1" },
	{ "feature-gso-tcpv6", "1" },
	{ "feature-ipv6-csum-offload", "1" },
	{ "feature-multicast-control", "1" },
	{ "feature-split-event-channels", "1" },
	{ "multi-queue-max-queues", NUMBER(MAX_QUEUES) },
	{ "feature-ctrl-ring", "1" },
};
const size_t netif_nr_keys = sizeof(netif_keys) / sizeof(netif_keys[0]);

/* Whose keys are being read. */
struct reader {
	const struct platform_ops *ops;
	struct platform *p;
	struct tenant *tenant;
	char *why;
};

/* 0, -ENOENT without the key, -EINVAL with the sentence. */
static int number(const struct reader *r, const char *key, uint32_t max,
		  uint32_t *out)
{
	char *s = r->ops->tenant_read(r->p, r->tenant, key);
	int err = s ? text_u32(s, max, out) : -ENOENT;

	if (err && s) {
		snprintf(r->why, PLATFORM_REASON,
			 "the guest's %s is no number up to %u: \"%.32s\"", key,
			 max, s);
		err = -EINVAL;
	}
	free(s);
	return err;
}

static int needed(const struct reader *r, const char *key, uint32_t max,
		  uint32_t *out)
{
	int err = number(r, key, max, out);

	if (err == -ENOENT) {
		snprintf(r->why, PLATFORM_REASON, "the guest wrote no %s", key);
		err = -EINVAL;
	}
	return err;
}

/* A missing key means @otherwise. */
static int flag(const struct reader *r, const char *key, bool otherwise,
		bool *out)
{
	uint32_t v = otherwise;
	int err = number(r, key, 1, &v);

	*out = v;
	return err == -ENOENT ? 0 : err;
}

static int read_features(const struct reader *r, struct netif_config *c)
{
	uint32_t headroom = 0;
	bool copy = false;
	int err;

	if ((err = flag(r, "request-rx-copy", false, &copy)) ||
	    (err = flag(r, "feature-sg", false, &c->sg)) ||
	    (err = flag(r, "feature-gso-tcpv4", false, &c->gso4)) ||
	    (err = flag(r, "feature-gso-tcpv6", false, &c->gso6)) ||
	    (err = flag(r, "feature-no-csum-offload", false, &c->no_csum4)) ||
	    (err = flag(r, "feature-ipv6-csum-offload", false, &c->csum6)) ||
	    (err = flag(r, "feature-rx-notify", false, &c->rx_notify)) ||
	    (err = flag(r, "request-multicast-control", false, &c->multicast)))
		return err;
	err = number(r, "xdp-headroom", MAX_HEADROOM, &headroom);
	if (err && err != -ENOENT)
		return err;
	c->xdp_headroom = (uint16_t)headroom;
	if (copy)
		return 0;
	snprintf(
		r->why, PLATFORM_REASON,
		"the guest's driver does not ask for request-rx-copy; it is too old");
	return -EINVAL;
}

static int read_ports(const struct reader *r, const char *dir,
		      struct netif_queue_config *q)
{
	char key[48];
	int err;

	snprintf(key, sizeof(key), "%sevent-channel", dir);
	err = number(r, key, MAX_PORT, &q->tx_port);
	if (err != -ENOENT) {
		q->rx_port = q->tx_port;
		return err;
	}
	snprintf(key, sizeof(key), "%sevent-channel-tx", dir);
	err = needed(r, key, MAX_PORT, &q->tx_port);
	if (err)
		return err;
	snprintf(key, sizeof(key), "%sevent-channel-rx", dir);
	return needed(r, key, MAX_PORT, &q->rx_port);
}

static int read_queue(const struct reader *r, const char *dir,
		      struct netif_queue_config *q)
{
	char key[48];
	int err;

	snprintf(key, sizeof(key), "%stx-ring-ref", dir);
	err = needed(r, key, UINT32_MAX, &q->tx_ref);
	if (err)
		return err;
	snprintf(key, sizeof(key), "%srx-ring-ref", dir);
	err = needed(r, key, UINT32_MAX, &q->rx_ref);
	return err ? err : read_ports(r, dir, q);
}

static int read_queues(const struct reader *r, struct netif_config *c)
{
	uint32_t nr = 1;
	char dir[24] = "";
	unsigned int i;
	int err = number(r, "multi-queue-num-queues", NETIF_MAX_QUEUES, &nr);

	if (err && err != -ENOENT)
		return err;
	if (nr == 0) {
		snprintf(r->why, PLATFORM_REASON,
			 "the guest asks for multi-queue-num-queues = 0");
		return -EINVAL;
	}
	c->nr_queues = nr;
	for (i = 0; i < nr; i++) {
		if (nr > 1)
			snprintf(dir, sizeof(dir), "queue-%u/", i);
		err = read_queue(r, dir, &c->queue[i]);
		if (err)
			return err;
	}
	return 0;
}

/* Does the frontend speak netif at all? */
static bool has_rings(const struct reader *r)
{
	char *flat = r->ops->tenant_read(r->p, r->tenant, "tx-ring-ref");
	char *multi = flat ? NULL
			   : r->ops->tenant_read(r->p, r->tenant,
						 "multi-queue-num-queues");
	bool has = flat || multi;

	free(flat);
	free(multi);
	return has;
}

int netif_read(const struct platform_ops *ops, struct platform *p,
	       struct tenant *tenant, struct netif_config *config, char *why)
{
	const struct reader r = { ops, p, tenant, why };
	struct netif_config c = { .nr_queues = 0 };
	int err;

	if (!ops->tenant_read || !has_rings(&r))
		return -ENOENT;
	err = read_features(&r, &c);
	if (!err)
		err = read_queues(&r, &c);
	if (!err)
		*config = c;
	return err;
}
