/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See view.h.
 */
#include "netif/view.h"

#include <string.h>

#include <svnic/order.h>

#include "netif/priv.h"

#define GSO (SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6)

static bool takes_blank(const struct netif *n, unsigned int flags,
			const uint8_t *mem)
{
	if (!n->config.no_csum4 && n->config.csum6)
		return true;
	if (flags & SVNIC_META_GSO_TCPV4 || mem[12] == 0x08)
		return !n->config.no_csum4;
	return n->config.csum6;
}

static bool takes_gso(const struct netif *n, unsigned int flags)
{
	return n->config.sg &&
	       (flags & SVNIC_META_GSO_TCPV4 ? n->config.gso4 : n->config.gso6);
}

bool view_is_taken(const struct netif *n, unsigned int flags,
		   const uint8_t *mem)
{
	if (flags & SVNIC_META_VLAN)
		return false;
	if (flags & GSO && !takes_gso(n, flags))
		return false;
	return !(flags & SVNIC_META_CSUM_BLANK) || takes_blank(n, flags, mem);
}

static struct wire_extra *new_extra(struct view *v, enum wire_extra_type type)
{
	struct wire_extra *e = &v->extra[v->nr_extras];

	if (v->nr_extras)
		v->extra[v->nr_extras - 1].flags = WIRE_EXTRA_MORE;
	v->nr_extras++;
	v->flags |= WIRE_RX_EXTRA;
	memset(e, 0, sizeof(*e));
	e->type = (uint8_t)type;
	return e;
}

static void add_extras(const struct netif *n, const struct netif_buf *b,
		       unsigned int flags, struct view *v)
{
	struct wire_extra *e;

	if (flags & GSO) {
		e = new_extra(v, WIRE_EXTRA_GSO);
		e->u.gso.size = svnic_cpu16(b->meta.gso_size);
		e->u.gso.type = flags & SVNIC_META_GSO_TCPV4 ? WIRE_GSO_TCPV4
							     : WIRE_GSO_TCPV6;
	}
	if (n->config.xdp_headroom) {
		e = new_extra(v, WIRE_EXTRA_XDP);
		e->u.xdp.headroom = n->config.xdp_headroom;
	}
	if (b->hash.valid) {
		e = new_extra(v, WIRE_EXTRA_HASH);
		e->u.hash.type = b->hash.type;
		e->u.hash.algorithm = WIRE_HASH_TOEPLITZ;
		memcpy(e->u.hash.value, &b->hash.value, 4);
	}
}

void view_begin(const struct netif *n, const struct netif_buf *b,
		unsigned int flags, struct view *v)
{
	v->len = 0;
	v->flags = 0;
	v->nr_pieces = 0;
	v->nr_extras = 0;
	if (flags & SVNIC_META_CSUM_BLANK)
		v->flags = WIRE_RX_CSUM_BLANK | WIRE_RX_CSUM_GOOD;
	else if (flags & SVNIC_META_CSUM_GOOD)
		v->flags = WIRE_RX_CSUM_GOOD;
	add_extras(n, b, flags, v);
}

void view_add(struct view *v, uint8_t *mem, uint32_t len)
{
	v->piece[v->nr_pieces].mem = mem;
	v->piece[v->nr_pieces++].len = len;
	v->len += len;
}
