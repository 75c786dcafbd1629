/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a frontend published of its control ring, checked, and the ring opened.
 * Its netif rings are read by ../netif/keys.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../text.h"
#include "dom0.h"
#include "guest.h"

/* A number that the guest wrote: 0, -ENOENT, or -EINVAL with the sentence. */
static int guest_number(struct tenant *t, const char *key, uint32_t *out,
			char *why)
{
	char *s = guest_get(t, t->frontend, key);
	int err = s ? text_u32(s, UINT32_MAX, out) : -ENOENT;

	if (err == -ENOENT)
		snprintf(why, PLATFORM_REASON, "the guest wrote no %s", key);
	else if (err)
		snprintf(why, PLATFORM_REASON,
			 "the guest's %s is no number: \"%.32s\"", key, s);
	free(s);
	return err;
}

/* Ours follows the ABI; another's control ring speaks netif only. */
static int check_version(struct tenant *t, char *why)
{
	uint32_t version;
	int err = guest_number(t, SVNIC_KEY_DIRECT, &version, why);

	if (err)
		return err == -ENOENT ? 0 : err;
	if (version >> 16 == SVNIC_ABI_MAJOR)
		return 0;
	snprintf(
		why, PLATFORM_REASON,
		"guest's svnic_front follows ABI %u.%u, svnicd %u.%u; install the same release in both",
		version >> 16, version & 0xffff, SVNIC_ABI_MAJOR,
		SVNIC_ABI_MINOR);
	return -EPROTO;
}

int guest_connect(struct platform *p, struct tenant *t, char *why)
{
	uint32_t gref;
	uint32_t port;
	int err;

	(void)p;
	if (t->ring.page)
		return 0;
	err = guest_number(t, SVNIC_KEY_CTRL_RING, &gref, why);
	if (err == -ENOENT)
		snprintf(
			why, PLATFORM_REASON,
			"guest has neither netif rings (tx-ring-ref) nor a control ring (ctrl-ring-ref); load xen-netfront or svnic_front in it");
	if (!err)
		err = guest_number(t, SVNIC_KEY_CTRL_EVENT, &port, why);
	if (err)
		return err;
	err = check_version(t, why);
	return err ? err : ring_open(t, gref, port, why);
}

void guest_disconnect(struct platform *p, struct tenant *t)
{
	(void)p;
	ring_close(t);
}
