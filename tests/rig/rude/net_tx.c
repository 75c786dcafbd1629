// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that are wrong: sizes, offsets, chains, extras, grants (rules R04,
 * R06 to R10, R26, R27).  Each is either answered with an error, and then an
 * honest frame goes out, or ends the connection with a reason, and then another
 * one can be made.
 */
#include "net.h"

#define PORT_TX 0
#define TYPE	0x88b5 /* for experiments */

#define MORE  XEN_NETTXF_more_data
#define EXTRA XEN_NETTXF_extra_info
#define BLANK (XEN_NETTXF_csum_blank | XEN_NETTXF_data_validated)

/* What becomes of an attack. */
enum outcome {
	IS_SENT,
	IS_REFUSED,  /* the frame alone */
	IS_ANSWERED, /* either of these */
	IS_CLOSED
};

/* Grefs below NET_DATA stand for a data page of ours. */
union slot {
	struct xen_netif_tx_request req;
	struct xen_netif_extra_info extra;
};

struct attack {
	const char *name;
	union slot s[5];
	unsigned int nr; /* slot 1 is repeated to make that many */
	enum outcome outcome;
};

#define SLOT(g, o, f, l)               \
	{                              \
		.req = {.gref = (g),   \
			.offset = (o), \
			.flags = (f),  \
			.size = (l) }  \
	}
#define MORE_EXTRAS XEN_NETIF_EXTRA_FLAG_MORE
#define GSO(l, t, f)                                          \
	{                                                     \
		.extra = {                                    \
			.type = XEN_NETIF_EXTRA_TYPE_GSO,     \
			.flags = (f),                         \
			.u.gso = { .size = (l), .type = (t) } \
		}                                             \
	}
#define KIND(t, f)                                    \
	{                                             \
		.extra = {.type = (t), .flags = (f) } \
	}
#define GROUP(t, f, a)                                            \
	{                                                         \
		.extra = {                                        \
			.type = (t),                              \
			.flags = (f),                             \
			.u.mcast.addr = { (a), 0, 0x5e, 0, 0, 7 } \
		}                                                 \
	}
#define ADD XEN_NETIF_EXTRA_TYPE_MCAST_ADD
#define DEL XEN_NETIF_EXTRA_TYPE_MCAST_DEL

static const struct attack attacks[] = {
	/* Sizes. */
	{ "tx: size 0", { SLOT(0, 0, 0, 0) }, 1, IS_REFUSED },
	{ "tx: size 1", { SLOT(0, 0, 0, 1) }, 1, IS_REFUSED },
	{ "tx: size 13", { SLOT(0, 0, 0, 13) }, 1, IS_REFUSED },
	{ "tx: first of two is empty",
	  { SLOT(0, 0, MORE, 60), SLOT(1, 0, 0, 60) },
	  2,
	  IS_REFUSED },
	{ "tx: second of two is empty",
	  { SLOT(0, 0, MORE, 60), SLOT(1, 0, 0, 0) },
	  2,
	  IS_REFUSED },
	{ "tx: second of three is empty",
	  { SLOT(0, 0, MORE, 90), SLOT(1, 0, MORE, 0), SLOT(2, 0, 0, 30) },
	  3,
	  IS_REFUSED },
	{ "tx: third of three is empty",
	  { SLOT(0, 0, MORE, 90), SLOT(1, 0, MORE, 30), SLOT(2, 0, 0, 0) },
	  3,
	  IS_REFUSED },
	{ "tx: all of 18 are empty",
	  { SLOT(0, 0, MORE, 0), SLOT(1, 0, MORE, 0) },
	  18,
	  IS_CLOSED },
	{ "tx: all but the first of 200 are empty",
	  { SLOT(0, 0, MORE, 60), SLOT(1, 0, MORE, 0) },
	  200,
	  IS_CLOSED },
	{ "tx: slots hold one octet more than the frame",
	  { SLOT(0, 0, MORE, 60), SLOT(1, 0, 0, 61) },
	  2,
	  IS_REFUSED },
	{ "tx: second slot of 4096 in a frame of 60",
	  { SLOT(0, 0, MORE, 60), SLOT(1, 0, 0, 4096) },
	  2,
	  IS_REFUSED },
	{ "tx: size 4097 in one slot", { SLOT(0, 0, 0, 4097) }, 1, IS_CLOSED },
	{ "tx: size 65535 in one slot",
	  { SLOT(0, 0, 0, 65535) },
	  1,
	  IS_CLOSED },
	{ "tx: one octet over the page",
	  { SLOT(0, 4036, 0, 61) },
	  1,
	  IS_CLOSED },
	{ "tx: offset 4096", { SLOT(0, 4096, 0, 60) }, 1, IS_CLOSED },
	{ "tx: offset and size 65535",
	  { SLOT(0, 65535, 0, 65535) },
	  1,
	  IS_CLOSED },
	{ "tx: a later slot over its page",
	  { SLOT(0, 0, MORE, 200), SLOT(1, 4000, 0, 97) },
	  2,
	  IS_CLOSED },
	/* Chains. */
	{ "tx: more, and nothing follows",
	  { SLOT(0, 0, MORE, 60) },
	  1,
	  IS_CLOSED },
	{ "tx: more after the third, and nothing follows",
	  { SLOT(0, 0, MORE, 90), SLOT(1, 0, MORE, 30), SLOT(2, 0, MORE, 30) },
	  3,
	  IS_CLOSED },
	/* Extras. */
	{ "tx: an extra, and nothing follows",
	  { SLOT(0, 0, EXTRA, 60) },
	  1,
	  IS_CLOSED },
	{ "tx: extra of type 0",
	  { SLOT(0, 0, EXTRA, 60), KIND(0, 0) },
	  2,
	  IS_CLOSED },
	{ "tx: extra of type 5",
	  { SLOT(0, 0, EXTRA, 60), KIND(5, 0) },
	  2,
	  IS_CLOSED },
	{ "tx: extra of type 255",
	  { SLOT(0, 0, EXTRA, 60), KIND(255, 0) },
	  2,
	  IS_CLOSED },
	{ "tx: extras without end",
	  { SLOT(0, 0, EXTRA, 60), GSO(1000, 1, MORE_EXTRAS) },
	  2,
	  IS_CLOSED },
	{ "tx: 200 extras",
	  { SLOT(0, 0, EXTRA, 60), GSO(1000, 1, MORE_EXTRAS) },
	  200,
	  IS_CLOSED },
	{ "tx: GSO of size 0",
	  { SLOT(0, 0, EXTRA | BLANK, 60), GSO(0, 1, 0) },
	  2,
	  IS_CLOSED },
	{ "tx: GSO of type 0",
	  { SLOT(0, 0, EXTRA | BLANK, 60), GSO(1000, 0, 0) },
	  2,
	  IS_CLOSED },
	{ "tx: GSO of type 3",
	  { SLOT(0, 0, EXTRA | BLANK, 60), GSO(1000, 3, 0) },
	  2,
	  IS_CLOSED },
	{ "tx: GSO of type 255",
	  { SLOT(0, 0, EXTRA | BLANK, 60), GSO(1000, 255, 0) },
	  2,
	  IS_CLOSED },
	{ "tx: GSO without a blank checksum",
	  { SLOT(0, 0, EXTRA, 60), GSO(1000, 1, 0) },
	  2,
	  IS_ANSWERED },
	{ "tx: GSO of a frame that is no TCP",
	  { SLOT(0, 0, EXTRA | BLANK, 60), GSO(1000, 1, 0) },
	  2,
	  IS_ANSWERED },
	{ "tx: GSO of size 1",
	  { SLOT(0, 0, EXTRA | BLANK, 60), GSO(1, 2, 0) },
	  2,
	  IS_ANSWERED },
	{ "tx: GSO of size 65535",
	  { SLOT(0, 0, EXTRA | BLANK, 60), GSO(65535, 2, 0) },
	  2,
	  IS_ANSWERED },
	{ "tx: a blank checksum in a frame that is no IP",
	  { SLOT(0, 0, BLANK, 60) },
	  1,
	  IS_ANSWERED },
	{ "tx: hash, and nothing of it",
	  { SLOT(0, 0, EXTRA, 60), KIND(4, 0) },
	  2,
	  IS_ANSWERED },
	{ "tx: a group joins",
	  { SLOT(0, 0, EXTRA, 0), GROUP(ADD, 0, 1) },
	  2,
	  IS_ANSWERED },
	{ "tx: a group joins again",
	  { SLOT(0, 0, EXTRA, 0), GROUP(ADD, 0, 1) },
	  2,
	  IS_ANSWERED },
	{ "tx: a group leaves twice",
	  { SLOT(0, 0, EXTRA, 0), GROUP(DEL, 0, 1) },
	  2,
	  IS_ANSWERED },
	{ "tx: what leaves never joined",
	  { SLOT(0, 0, EXTRA, 0), GROUP(DEL, 0, 3) },
	  2,
	  IS_ANSWERED },
	{ "tx: what joins is no group",
	  { SLOT(0, 0, EXTRA, 0), GROUP(ADD, 0, 2) },
	  2,
	  IS_ANSWERED },
	{ "tx: a group joins with a frame behind",
	  { SLOT(0, 0, EXTRA | MORE, 60), GROUP(ADD, 0, 1), SLOT(1, 0, 0, 30) },
	  3,
	  IS_CLOSED },
	/* Grants. */
	{ "tx: a gref beyond the table",
	  { SLOT(NET_NOWHERE, 0, 0, 60) },
	  1,
	  IS_REFUSED },
	{ "tx: gref 2^32 - 1", { SLOT(U32_MAX, 0, 0, 60) }, 1, IS_REFUSED },
	{ "tx: bad gref first of three",
	  { SLOT(U32_MAX, 0, MORE, 90), SLOT(1, 0, MORE, 30),
	    SLOT(2, 0, 0, 30) },
	  3,
	  IS_REFUSED },
	{ "tx: bad gref second of three",
	  { SLOT(0, 0, MORE, 90), SLOT(U32_MAX, 0, MORE, 30),
	    SLOT(2, 0, 0, 30) },
	  3,
	  IS_REFUSED },
	{ "tx: bad gref third of three",
	  { SLOT(0, 0, MORE, 90), SLOT(1, 0, MORE, 30),
	    SLOT(NET_NOWHERE, 0, 0, 30) },
	  3,
	  IS_REFUSED },
};

void net_tx_put(struct rudenet *n, const struct xen_netif_tx_request *req)
{
	*RING_GET_REQUEST(&n->tx, n->tx.req_prod_pvt) = *req;
	n->tx.req_prod_pvt++;
}

void net_tx_push(struct rudenet *n)
{
	/* Pairs with sring_avail() in backend/svnicd/netif/sring.c. */
	virt_wmb();
	WRITE_ONCE(n->tx.sring->req_prod, n->tx.req_prod_pvt);
	net_notify(n, PORT_TX);
}

bool net_tx_take(struct rudenet *n, struct xen_netif_tx_response *rsp)
{
	if (!net_wait(READ_ONCE(n->tx.sring->rsp_prod) != n->tx.rsp_cons ||
		      net_peer(n) >= XenbusStateClosing))
		return false;
	if (READ_ONCE(n->tx.sring->rsp_prod) == n->tx.rsp_cons)
		return false;
	/* Pairs with sring_publish() in backend/svnicd/netif/sring.c. */
	virt_rmb();
	RING_COPY_RESPONSE(&n->tx, n->tx.rsp_cons, rsp);
	n->tx.rsp_cons++;
	return true;
}

struct xen_netif_tx_request net_frame(struct rudenet *n, unsigned int len)
{
	struct xen_netif_tx_request req = { .gref = n->ref[NET_PAGE],
					    .size = (u16)len };
	struct ethhdr *eth = n->page[NET_PAGE];

	eth_broadcast_addr(eth->h_dest);
	ether_addr_copy(eth->h_source, n->mac);
	eth->h_proto = htons(TYPE);
	return req;
}

/*
 * What a response leaves of its slot: the request's, or 0 (rule R04), or what
 * the next svnicd must know of it: one slot, with or without an error.
 */
static bool is_clean(struct rudenet *n, const struct xen_netif_tx_request *req)
{
	static const u8 mark[12] = { [4] = 0xff, 0xff, 1, 0x80 };
	const u8 *ours = (const u8 *)req;
	const u8 *slot =
		(const u8 *)RING_GET_REQUEST(&n->tx, n->tx.rsp_cons - 1);
	unsigned int i;
	bool is = true;

	for (i = sizeof(struct xen_netif_tx_response); i < sizeof(*req); i++)
		is = is &&
		     (slot[i] == ours[i] || !slot[i] || slot[i] == mark[i]);
	return net_is(n, "a response's padding is clean", 1, is);
}

bool net_works(struct rudenet *n)
{
	struct xen_netif_tx_request req = net_frame(n, NET_FRAME);
	struct xen_netif_tx_response rsp = { .status = 77 };

	req.id = 0xbeef;
	net_tx_put(n, &req);
	net_tx_push(n);
	return net_is(n, "an honest frame is answered", 1,
		      net_tx_take(n, &rsp)) &&
	       net_is(n, "id of its answer", 0xbeef, rsp.id) &&
	       net_is(n, "status of an honest frame", 0, (u32)rsp.status);
}

static void attack_put(struct rudenet *n, const struct attack *a)
{
	unsigned int i, last = 0;
	struct xen_netif_tx_request req;

	net_frame(n, NET_FRAME);
	while (last + 1 < ARRAY_SIZE(a->s) && last + 1 < a->nr)
		last++;
	for (i = 0; i < a->nr; i++) {
		req = a->s[a->nr > ARRAY_SIZE(a->s) ? i > 0 : min(i, last)].req;
		if (req.gref < NET_DATA &&
		    !(a->s[0].req.flags & EXTRA && i == 1))
			req.gref = n->ref[NET_PAGE + req.gref];
		net_tx_put(n, &req);
	}
	net_tx_push(n);
}

/* All responses of @nr requests; the status of the first, or 77. */
static int answers(struct rudenet *n, unsigned int nr)
{
	struct xen_netif_tx_response rsp;
	int first = 77;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!net_tx_take(n, &rsp)) {
			net_is(n, "responses", nr, i);
			return 77;
		}
		if (!i)
			first = rsp.status;
	}
	return first;
}

static bool attack_one(struct rudenet *n, const struct attack *a)
{
	int status;

	attack_put(n, a);
	if (a->outcome == IS_CLOSED)
		return net_is_closed(n) && net_reset(n) &&
		       net_is(n, "error of connecting anew", 0,
			      (u32)net_connect(n, NULL)) &&
		       net_works(n);
	status = answers(n, a->nr);
	if (a->outcome == IS_SENT)
		net_is(n, "status", 0, (u32)status);
	if (a->outcome == IS_REFUSED)
		net_is(n, "status below 0", 1, status < 0);
	return net_works(n);
}

/* A frame of @nr slots of one octet, the first with the rest of @len. */
static int send_chopped(struct rudenet *n, unsigned int nr, unsigned int len,
			unsigned int extra)
{
	struct xen_netif_tx_request req = net_frame(n, len);
	union slot gso = GSO(1000, 1, 0);
	unsigned int i;

	req.flags = MORE;
	if (extra)
		req.flags |= EXTRA | BLANK;
	net_tx_put(n, &req);
	if (extra)
		net_tx_put(n, &gso.req);
	for (i = 1; i < nr; i++) {
		req.offset = (u16)(len - nr + i);
		req.flags = i + 1 < nr ? MORE : 0;
		req.size = 1;
		net_tx_put(n, &req);
	}
	net_tx_push(n);
	return answers(n, nr + extra);
}

static void attack_chopped(struct rudenet *n)
{
	unsigned int nr;
	bool is = true;

	net_score(n, "tx: 18 slots of one octet",
		  net_is(n, "status", 0, (u32)send_chopped(n, 18, 18, 0)));
	net_score(n, "tx: 17 slots of one octet, one of 1400",
		  net_is(n, "status", 0, (u32)send_chopped(n, 18, 1417, 0)));
	send_chopped(n, 18, 18, 1);
	net_score(n, "tx: 18 slots of one octet, with GSO", net_works(n));
	/* The header is cut at every octet. */
	for (nr = 2; nr < 18; nr++)
		is = is && !send_chopped(n, nr, NET_FRAME, 0) &&
		     !send_chopped(n, nr, nr + 14, 0);
	net_score(n, "tx: headers cut at every octet",
		  net_is(n, "sent", 1, is) && net_works(n));
	net_score(n, "tx: 19 slots",
		  net_is(n, "status below 0", 1,
			 send_chopped(n, 19, NET_FRAME, 0) < 0) &&
			  net_works(n));
	net_score(n, "tx: 20 slots",
		  net_is(n, "status below 0", 1,
			 send_chopped(n, 20, NET_FRAME, 0) < 0) &&
			  net_works(n));
}

/* One bad gref in a batch of good ones: it alone fails (rule R26). */
static bool batch_with_bad(struct rudenet *n, unsigned int bad)
{
	struct xen_netif_tx_request req = net_frame(n, NET_FRAME);
	struct xen_netif_tx_response rsp;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		req.id = (u16)(0xfff8 + i);
		req.gref = i == bad ? NET_NOWHERE : n->ref[NET_PAGE];
		net_tx_put(n, &req);
	}
	/* The last one is what is_clean() looks at. */
	net_tx_push(n);
	for (i = 0; i < 8; i++)
		if (!net_is(n, "a response of the batch", 1,
			    net_tx_take(n, &rsp)) ||
		    !net_is(n, "id", 0xfff8 + i, rsp.id) ||
		    !net_is(n, "refused", i == bad, rsp.status < 0))
			return false;
	return is_clean(n, &req);
}

/* Ids are ours to choose, even all the same (rule R09). */
static bool same_ids(struct rudenet *n)
{
	struct xen_netif_tx_request req = net_frame(n, NET_FRAME);
	struct xen_netif_tx_response rsp;
	unsigned int i;

	req.id = 0xffff;
	for (i = 0; i < 32; i++)
		net_tx_put(n, &req);
	net_tx_push(n);
	for (i = 0; i < 32; i++)
		if (!net_is(n, "a response", 1, net_tx_take(n, &rsp)) ||
		    !net_is(n, "id", 0xffff, rsp.id) ||
		    !net_is(n, "status", 0, (u32)rsp.status))
			return false;
	return true;
}

/* Groups without end: the list is bounded, and each request is answered. */
static bool many_groups(struct rudenet *n)
{
	union slot u = GROUP(ADD, 0, 1);
	struct xen_netif_tx_request req = { .flags = EXTRA };
	unsigned int i, refused = 0;

	for (i = 0; i < 100; i++) {
		u.extra.u.mcast.addr[4] = 1;
		u.extra.u.mcast.addr[5] = (u8)i;
		net_tx_put(n, &req);
		net_tx_put(n, &u.req);
		net_tx_push(n);
		refused += answers(n, 2) < 0;
	}
	return net_is(n, "some of 100 groups are refused", 1, refused > 0) &&
	       net_works(n);
}

void net_attack_tx(struct rudenet *n)
{
	const struct attack *a;
	unsigned int i;
	bool is = true;

	for (a = attacks; a < attacks + ARRAY_SIZE(attacks); a++)
		net_score(n, a->name, attack_one(n, a));
	attack_chopped(n);
	for (i = 0; i < 8; i++)
		is = is && batch_with_bad(n, i);
	net_score(n, "tx: a bad gref at each place of a batch", is);
	net_score(n, "tx: 32 requests with one id", same_ids(n));
	net_score(n, "tx: 100 groups", many_groups(n));
}
