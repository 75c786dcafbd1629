// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys that are no numbers, numbers out of range, rings and ports that are not
 * what they are called, keys that are rewritten later (rules R27, R32, R34,
 * R35).
 */
#include <linux/err.h>
#include <linux/slab.h>
#include "net.h"

#define LONG_VALUE 1800 /* xenstored takes no more than 2048 */

static const char *const numeric_keys[] = {
	"multi-queue-num-queues",
	"tx-ring-ref",
	"event-channel",
	"ctrl-ring-ref",
};

/* No number, whatever is asked for. */
static const char *const no_numbers[] = {
	"",	      "-1",	   "+1",
	" 1",	      "1 ",	   "0x1",
	"4294967296", "1\xff\xfe", "99999999999999999999999",
	"1,2",
};

/* Numbers, but not for these. */
static const struct net_lie lies[] = {
	{ "multi-queue-num-queues", "0" },
	{ "multi-queue-num-queues", "9" },
	{ "multi-queue-num-queues", "4294967295" },
	/* The flat keys are there, those of the queues are not. */
	{ "multi-queue-num-queues", "2" },
	{ "tx-ring-ref", "0" },
	{ "tx-ring-ref", "2147483647" },
	{ "tx-ring-ref", "4294967295" },
	{ "rx-ring-ref", NULL },
	{ "rx-ring-ref", "-1" },
	{ "rx-ring-ref", "2147483647" },
	{ "rx-ring-ref", "4294967295" },
	{ "event-channel", NULL },
	{ "event-channel", "0" },
	{ "event-channel", "1" }, /* XenStore's */
	{ "event-channel", "2" }, /* the console's */
	{ "event-channel", "4095" },
	{ "event-channel", "4096" },
	{ "event-channel", "131071" },
	{ "event-channel", "131072" },
	{ "event-channel", "4294967295" },
	{ "ctrl-ring-ref", "4294967295" },
	{ "event-channel-ctrl", "0" },
	{ "event-channel-ctrl", "1" },
	{ "event-channel-ctrl", "131072" },
	{ "request-rx-copy", NULL },
	{ "request-rx-copy", "0" },
	{ "request-rx-copy", "yes" },
	{ "feature-sg", "x" },
	{ "feature-sg", "" },
	{ "request-multicast-control", "-1" },
	{ "xdp-headroom", "65535" },
	{ "xdp-headroom", "-1" },
};

/* Refused with a reason; afterwards an honest one is served. */
static bool lie_once(struct rudenet *n, const struct net_lie *lie)
{
	net_is(n, "error of announcing", 0, (u32)net_announce(n, lie));
	return net_is_closed(n) && net_reset(n);
}

static void lie(struct rudenet *n, const struct net_lie *lie)
{
	char name[80];

	snprintf(name, sizeof(name), "key %s: \"%.24s\"", lie->key,
		 lie->value ?: "(none)");
	net_score(n, name, lie_once(n, lie));
}

static void long_values(struct rudenet *n)
{
	char *text = kmalloc(LONG_VALUE + 1, GFP_KERNEL);
	unsigned int i;

	if (!text)
		return;
	memset(text, '1', LONG_VALUE);
	text[LONG_VALUE] = '\0';
	for (i = 0; i < ARRAY_SIZE(numeric_keys); i++)
		lie(n, &(struct net_lie) { numeric_keys[i], text });
	kfree(text);
}

/* A ring that the backend may not write. */
static void ring_read_only(struct rudenet *n, const char *key)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);
	bool is_used;
	char ref[16];
	int gref;

	if (!page)
		return;
	gref = gnttab_grant_foreign_access((domid_t)n->dev->otherend_id,
					   virt_to_gfn((void *)page), 1);
	if (gref < 0) {
		free_page(page);
		return;
	}
	snprintf(ref, sizeof(ref), "%d", gref);
	lie(n, &(struct net_lie) { key, ref });
	is_used = !gnttab_try_end_foreign_access((grant_ref_t)gref);
	net_score(n, "its page is free again", net_is(n, "in use", 0, is_used));
	if (!is_used)
		free_page(page);
}

/* A number of ours that grants nothing. */
static void ring_not_granted(struct rudenet *n, const char *key)
{
	grant_ref_t head;
	char ref[16];
	int gref;

	if (gnttab_alloc_grant_references(1, &head))
		return;
	gref = gnttab_claim_grant_reference(&head);
	snprintf(ref, sizeof(ref), "%d", gref);
	lie(n, &(struct net_lie) { key, ref });
	gnttab_release_grant_reference(&head, (grant_ref_t)gref);
	gnttab_free_grant_references(head);
}

static void wrong_rings(struct rudenet *n)
{
	static const char *const keys[] = { "tx-ring-ref", "rx-ring-ref",
					    "ctrl-ring-ref" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		ring_read_only(n, keys[i]);
		ring_not_granted(n, keys[i]);
	}
}

/* The address of a connected vif is not what the guest says later. */
static bool rewrite(struct rudenet *n)
{
	static const struct net_lie later[] = {
		{ "mac", "00:16:3e:77:00:0b" },
		{ "backend", "/local/domain/0/backend/vif/0/0" },
		{ "backend-id", "32751" },
		{ "handle", "77" },
		{ "tx-ring-ref", "1" },
		{ "multi-queue-num-queues", "8" },
	};
	char *old[ARRAY_SIZE(later)];
	unsigned int i;
	bool is;

	for (i = 0; i < ARRAY_SIZE(later); i++) {
		old[i] = xenbus_read(XBT_NIL, n->dev->nodename, later[i].key,
				     NULL);
		xenbus_write(XBT_NIL, n->dev->nodename, later[i].key,
			     later[i].value);
	}
	msleep(500);
	is = net_works(n);
	for (i = 0; i < ARRAY_SIZE(later); i++) {
		if (IS_ERR(old[i]))
			continue;
		xenbus_write(XBT_NIL, n->dev->nodename, later[i].key, old[i]);
		kfree(old[i]);
	}
	return is && net_works(n);
}

void net_attack_keys(struct rudenet *n)
{
	unsigned int i, k;

	net_score(n, "keys rewritten while connected", rewrite(n));
	net_score(n, "close", net_reset(n));
	/* All of them for the first two, every third for the others. */
	for (k = 0; k < ARRAY_SIZE(numeric_keys); k++)
		for (i = 0; i < ARRAY_SIZE(no_numbers); i += k < 2 ? 1 : 3)
			lie(n, &(struct net_lie) { numeric_keys[k],
						   no_numbers[i] });
	for (i = 0; i < ARRAY_SIZE(lies); i++)
		lie(n, &lies[i]);
	long_values(n);
	wrong_rings(n);
}
