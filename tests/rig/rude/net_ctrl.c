// SPDX-License-Identifier: GPL-2.0-only
/*
 * netif's control messages: every type with every pair of corners in its
 * arguments, a hash configuration and a page registry that work, and what they
 * refuse (rules R03, R05, R24).
 */
#include "net.h"

#define PORT_CTRL 2
#define STATUS_NR 4u /* of XEN_NETIF_CTRL_STATUS_* */
#define TYPES	  12u
#define FLOOD	  1000u

static u16 next_id;

static void ctrl_put(struct rudenet *n, u16 type, u32 a, u32 b, u32 c)
{
	struct xen_netif_ctrl_request *req =
		RING_GET_REQUEST(&n->ctrl, n->ctrl.req_prod_pvt);

	req->id = ++next_id;
	req->type = type;
	req->data[0] = a;
	req->data[1] = b;
	req->data[2] = c;
	n->ctrl.req_prod_pvt++;
	/* Pairs with take() and arm() in backend/svnicd/xen/ring.c. */
	virt_wmb();
	WRITE_ONCE(n->ctrl.sring->req_prod, n->ctrl.req_prod_pvt);
	net_notify(n, PORT_CTRL);
}

/* Its status; @data may be NULL. */
static u32 ctrl_take(struct rudenet *n, u32 *data)
{
	struct xen_netif_ctrl_response rsp;

	if (!net_wait(READ_ONCE(n->ctrl.sring->rsp_prod) != n->ctrl.rsp_cons))
		return (u32)-ETIMEDOUT;
	/* Pairs with answer() in backend/svnicd/xen/ring.c. */
	virt_rmb();
	RING_COPY_RESPONSE(&n->ctrl, n->ctrl.rsp_cons, &rsp);
	n->ctrl.rsp_cons++;
	if (data)
		*data = rsp.data;
	return rsp.id == next_id ? rsp.status : (u32)-EPROTO;
}

static u32 ctrl_ask(struct rudenet *n, u16 type, u32 a, u32 b, u32 c, u32 *data)
{
	ctrl_put(n, type, a, b, c);
	return ctrl_take(n, data);
}

/* Each status is one that exists; nothing ends. */
static bool corners_of(struct rudenet *n, u16 type)
{
	static const u32 corners[] = { 0,   1,	 39,  40,	41,
				       127, 128, 129, 1u << 31, U32_MAX };
	const u32 ref = n->ref[NET_LIST];
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(corners); i++)
		for (k = 0; k < ARRAY_SIZE(corners); k++) {
			u32 with_ref = ctrl_ask(n, type, ref, corners[i],
						corners[k], NULL);
			u32 without = ctrl_ask(n, type, corners[i], corners[k],
					       corners[i], NULL);

			if (with_ref >= STATUS_NR || without >= STATUS_NR)
				return net_is(n, "a status", 0,
					      max(with_ref, without));
		}
	return net_works(n);
}

/* A message that must not succeed. */
struct refusal {
	const char *name;
	u16 type;
	u32 arg[3]; /* REF stands for a page of ours */
};

#define REF  0xfffff0u
#define KEY  XEN_NETIF_CTRL_TYPE_SET_HASH_KEY
#define MAP  XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING
#define SIZE XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING_SIZE
#define ALG  XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM
#define FLAG XEN_NETIF_CTRL_TYPE_SET_HASH_FLAGS
#define GADD 9u /* ADD_GREF_MAPPING: Linux lacks these three */
#define GDEL 10u
#define GGET 8u

static const struct refusal refusals[] = {
	{ "hash: algorithm 2", ALG, { 2 } },
	{ "hash: algorithm 2^32 - 1", ALG, { U32_MAX } },
	{ "hash: unknown flags", FLAG, { 0x10 } },
	{ "hash: all flags", FLAG, { U32_MAX } },
	{ "hash: key from nowhere", KEY, { NET_NOWHERE, 40 } },
	{ "hash: key of 41", KEY, { REF, 41 } },
	{ "hash: key of 2^32 - 1", KEY, { REF, U32_MAX } },
	{ "hash: mapping from nowhere", MAP, { NET_NOWHERE, 1, 0 } },
	{ "hash: mapping over its end", MAP, { REF, 2, 127 } },
	{ "hash: mapping past its end", MAP, { REF, 1, 128 } },
	{ "hash: mapping at 2^32 - 1", MAP, { REF, 1, U32_MAX } },
	{ "hash: mapping of 2^32 - 1 at 1", MAP, { REF, U32_MAX, 1 } },
	{ "hash: mapping of 2^31 at 2^31", MAP, { REF, 1u << 31, 1u << 31 } },
	{ "hash: mapping's size 129", SIZE, { 129 } },
	{ "hash: mapping's size 2^31", SIZE, { 1u << 31 } },
	{ "hash: mapping's size 2^32 - 1", SIZE, { U32_MAX } },
	{ "grefs: size of queue 1", GGET, { 1 } },
	{ "grefs: size of queue 2^32 - 1", GGET, { U32_MAX } },
	{ "grefs: add none", GADD, { 0, REF, 0 } },
	{ "grefs: add 513", GADD, { 0, REF, 513 } },
	{ "grefs: add 2^32 - 1", GADD, { 0, REF, U32_MAX } },
	{ "grefs: add to queue 1", GADD, { 1, REF, 1 } },
	{ "grefs: add to queue 2^31", GADD, { 1u << 31, REF, 1 } },
	{ "grefs: add from nowhere", GADD, { 0, NET_NOWHERE, 1 } },
	{ "grefs: delete 513", GDEL, { 0, REF, 513 } },
	{ "grefs: delete from queue 1", GDEL, { 1, REF, 1 } },
	{ "grefs: delete from nowhere", GDEL, { 0, NET_NOWHERE, 1 } },
	{ "type 0", 0, { 1, 2, 3 } },
	{ "type 11", 11, { 1, 2, 3 } },
	{ "type 65535", 65535, { 1, 2, 3 } },
};

static u32 ref_for(const struct rudenet *n, u32 arg)
{
	return arg == REF ? n->ref[NET_LIST] : arg;
}

static void refuse_all(struct rudenet *n)
{
	const struct refusal *r;

	for (r = refusals; r < refusals + ARRAY_SIZE(refusals); r++) {
		u32 status = ctrl_ask(n, r->type, ref_for(n, r->arg[0]),
				      ref_for(n, r->arg[1]), r->arg[2], NULL);

		net_score(n, r->name,
			  net_is(n, "status 1 to 3", 1,
				 status > 0 && status < STATUS_NR));
	}
}

struct gref_entry { /* netif-staging-grants, in Xen's docs */
	u32 ref;
	u16 flags;
	u16 status;
};

static u32 list(struct rudenet *n, u16 type, const grant_ref_t *refs,
		unsigned int nr, u32 *data)
{
	struct gref_entry *e = n->page[NET_LIST];
	unsigned int i;

	memset(e, 0, PAGE_SIZE);
	for (i = 0; i < nr; i++)
		e[i].ref = refs[i];
	return ctrl_ask(n, type, 0, n->ref[NET_LIST], nr, data);
}

/* Registered pages are used, and given back; a bad list adds nothing. */
static bool registry(struct rudenet *n)
{
	grant_ref_t refs[] = { n->ref[NET_PAGE], n->ref[NET_PAGE + 1],
			       n->ref[NET_PAGE + 2], NET_NOWHERE };
	const grant_ref_t twice[] = { refs[1], refs[1] };
	u32 size = 0, done = 0;

	if (!net_is(n, "GET", 0, ctrl_ask(n, GGET, 0, 0, 0, &size)) ||
	    !net_is(n, "room for 4", 1, size >= 4) ||
	    !net_is(n, "ADD with a bad one succeeds", 0,
		    list(n, GADD, refs, 4, NULL) == 0) ||
	    !net_is(n, "ADD of one twice succeeds", 0,
		    list(n, GADD, twice, 2, NULL) == 0) ||
	    !net_is(n, "ADD", 0, list(n, GADD, refs, 3, NULL)) ||
	    !net_is(n, "ADD again succeeds", 0,
		    list(n, GADD, refs, 1, NULL) == 0) ||
	    !net_works(n))
		return false;
	list(n, GDEL, refs + 1, 2, &done);
	net_is(n, "deleted", 2, done);
	/* The first is still registered: a reset must give it back. */
	return net_works(n);
}

/* A list that changes while it is read (rule R02). */
static bool changing_list(struct rudenet *n)
{
	struct gref_entry *e = n->page[NET_LIST];
	unsigned int i, k;

	for (i = 0; i < 200; i++) {
		memset(e, 0, PAGE_SIZE);
		ctrl_put(n, i & 1 ? GDEL : GADD, 0, n->ref[NET_LIST], 8);
		for (k = 0;
		     READ_ONCE(n->ctrl.sring->rsp_prod) == n->ctrl.rsp_cons &&
		     k < 1000000;
		     k++)
			WRITE_ONCE(e[k % 8].ref,
				   k & 8 ? n->ref[NET_PAGE + k % 8]
					 : NET_NOWHERE);
		if (ctrl_take(n, NULL) >= STATUS_NR)
			return net_is(n, "a status", 0, 77);
	}
	return net_works(n);
}

/* As many at a time as the ring holds. */
static bool flood(struct rudenet *n)
{
	unsigned int i, k;

	for (i = 0; i < FLOOD; i += 100) {
		for (k = 0; k < 100; k++)
			ctrl_put(n, (u16)(k % TYPES), U32_MAX, k, U32_MAX);
		for (k = 0; k < 100; k++)
			if (!net_is(n, "an answer", 0,
				    ctrl_take(n, NULL) == (u32)-ETIMEDOUT))
				return false;
	}
	return net_works(n);
}

void net_attack_ctrl(struct rudenet *n)
{
	unsigned int type;
	char name[40];

	net_score(n, "hash: a mapping of 128",
		  net_is(n, "status", 0, ctrl_ask(n, ALG, 1, 0, 0, NULL)) &&
			  net_is(n, "status", 0,
				 ctrl_ask(n, SIZE, 128, 0, 0, NULL)));
	refuse_all(n);
	for (type = 0; type < TYPES; type++) {
		snprintf(name, sizeof(name), "control: corners of type %u",
			 type);
		net_score(n, name, corners_of(n, (u16)type));
	}
	net_score(n, "control: connect anew",
		  net_reset(n) && !net_connect(n, NULL) && net_works(n));
	net_score(n, "grefs: a registry that is used", registry(n));
	net_score(n, "grefs: a list that changes", changing_list(n));
	net_score(n, "control: 1,000 messages", flood(n));
	net_score(n, "control: nothing stays in use",
		  net_reset(n) && !net_connect(n, NULL) && net_works(n));
}
