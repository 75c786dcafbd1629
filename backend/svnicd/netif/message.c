/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netif's own control messages: how flows are spread over the guest's queues,
 * and which of its pages stay mapped.  A page that a message names is copied
 * once, the copy is checked whole, and only then is anything changed; ranges
 * are checked by subtraction, so that nothing can wrap (rules R02, R05).
 */
#include <errno.h>
#include <string.h>

#include <svnic/order.h>

#include "netif/note.h"
#include "netif/priv.h"
#include "platform_turn.h"

struct args {
	uint32_t data[3];
};

struct type {
	uint32_t (*handle)(struct netif *n, const struct args *a,
			   uint32_t *data);
};

/* @len octets of the guest's page @gref, from its beginning. */
static bool copy_page(struct netif *n, uint32_t gref, void *mem, uint32_t len,
		      bool to_guest)
{
	struct platform_copy c = {
		.tenant = n->tenant,
		.page = PLATFORM_ELSEWHERE,
		.mem = mem,
		.gref = gref,
		.len = (uint16_t)len,
		.to_guest = to_guest,
		.failed = true,
	};

	n->ops->turn(n->p,
		     &(struct platform_turn) { .copy = &c, .nr_copies = 1 });
	return !c.failed;
}

/* Hash -------------------------------------------------------------------- */

static uint32_t set_algorithm(struct netif *n, const struct args *a,
			      uint32_t *data)
{
	(void)data;
	if (a->data[0] != WIRE_HASH_NONE && a->data[0] != WIRE_HASH_TOEPLITZ)
		return SVNIC_CTRL_BAD_PARAMETER;
	n->hash.algorithm = a->data[0];
	return SVNIC_CTRL_OK;
}

static uint32_t get_flags(struct netif *n, const struct args *a, uint32_t *data)
{
	(void)a;
	if (n->hash.algorithm == WIRE_HASH_NONE)
		return SVNIC_CTRL_NOT_SUPPORTED;
	*data = WIRE_HASH_ALL;
	return SVNIC_CTRL_OK;
}

static uint32_t set_flags(struct netif *n, const struct args *a, uint32_t *data)
{
	(void)data;
	if (n->hash.algorithm == WIRE_HASH_NONE || a->data[0] & ~WIRE_HASH_ALL)
		return SVNIC_CTRL_BAD_PARAMETER;
	n->hash.types = a->data[0];
	return SVNIC_CTRL_OK;
}

static uint32_t set_key(struct netif *n, const struct args *a, uint32_t *data)
{
	uint8_t key[HASH_KEY] = { 0 };

	(void)data;
	if (a->data[1] > HASH_KEY)
		return SVNIC_CTRL_OVERFLOW;
	if (a->data[1] && !copy_page(n, a->data[0], key, a->data[1], false))
		return SVNIC_CTRL_BAD_PARAMETER;
	memcpy(n->hash.key, key, sizeof(key));
	return SVNIC_CTRL_OK;
}

static uint32_t get_size(struct netif *n, const struct args *a, uint32_t *data)
{
	(void)n;
	(void)a;
	*data = HASH_MAPPING;
	return SVNIC_CTRL_OK;
}

static uint32_t set_size(struct netif *n, const struct args *a, uint32_t *data)
{
	(void)data;
	if (a->data[0] > HASH_MAPPING)
		return SVNIC_CTRL_BAD_PARAMETER;
	n->hash.size = a->data[0];
	memset(n->hash.mapping, 0, sizeof(n->hash.mapping));
	return SVNIC_CTRL_OK;
}

static uint32_t set_mapping(struct netif *n, const struct args *a,
			    uint32_t *data)
{
	uint32_t len = a->data[1];
	uint32_t off = a->data[2];
	__le32 entry[HASH_MAPPING];
	uint32_t i;

	(void)data;
	if (len > HASH_MAPPING)
		return SVNIC_CTRL_OVERFLOW;
	if (len > n->hash.size || off > n->hash.size - len)
		return SVNIC_CTRL_BAD_PARAMETER;
	if (len && !copy_page(n, a->data[0], entry,
			      (uint32_t)(len * sizeof(entry[0])), false))
		return SVNIC_CTRL_BAD_PARAMETER;
	for (i = 0; i < len; i++)
		if (svnic_cpu32(entry[i]) >= n->config.nr_queues)
			return SVNIC_CTRL_BAD_PARAMETER;
	for (i = 0; i < len; i++)
		n->hash.mapping[off + i] = (uint8_t)svnic_cpu32(entry[i]);
	return SVNIC_CTRL_OK;
}

/* Staging grants ---------------------------------------------------------- */

/* One thread, and too large for the stack. */
static struct svnic_gref_entry list[SVNIC_PAGES_BATCH];

static struct netif_queue *list_queue(struct netif *n, const struct args *a)
{
	return a->data[0] < n->config.nr_queues ? &n->queue[a->data[0]] : NULL;
}

/* The list page of a message, or NULL. */
static struct netif_queue *take_list(struct netif *n, const struct args *a)
{
	struct netif_queue *q = list_queue(n, a);

	if (!q || a->data[2] == 0 || a->data[2] > SVNIC_PAGES_BATCH)
		return NULL;
	if (!copy_page(n, a->data[1], list,
		       (uint32_t)(a->data[2] * sizeof(list[0])), false))
		return NULL;
	return q;
}

static uint32_t get_grefs(struct netif *n, const struct args *a, uint32_t *data)
{
	if (!list_queue(n, a))
		return SVNIC_CTRL_BAD_PARAMETER;
	*data = STAGING_MAX;
	return SVNIC_CTRL_OK;
}

static int add_entry(struct netif_queue *q, const struct svnic_gref_entry *e)
{
	struct netif *n = q->n;
	uint16_t flags = svnic_cpu16(e->flags);

	if (flags & ~SVNIC_GREF_READ_ONLY)
		return -EINVAL;
	return staging_add(&q->staging, n->ops, n->p, n->tenant,
			   svnic_cpu32(e->gref), flags & SVNIC_GREF_READ_ONLY);
}

/* All or nothing: what was added goes again, the last one first. */
static uint32_t add_grefs(struct netif *n, const struct args *a, uint32_t *data)
{
	struct netif_queue *q = take_list(n, a);
	uint32_t i;

	(void)data;
	if (!q)
		return SVNIC_CTRL_BAD_PARAMETER;
	for (i = 0; i < a->data[2]; i++)
		if (add_entry(q, &list[i]))
			break;
	if (i == a->data[2])
		return SVNIC_CTRL_OK;
	while (i--)
		staging_del(&q->staging, n->ops, n->p,
			    svnic_cpu32(list[i].gref));
	return SVNIC_CTRL_BAD_PARAMETER;
}

/* No turn is under way, so none of the pages is in use. */
static uint32_t del_grefs(struct netif *n, const struct args *a, uint32_t *data)
{
	struct netif_queue *q = take_list(n, a);
	bool done;
	uint32_t i;

	if (!q)
		return SVNIC_CTRL_BAD_PARAMETER;
	for (i = 0; i < a->data[2]; i++) {
		done = staging_del(&q->staging, n->ops, n->p,
				   svnic_cpu32(list[i].gref));
		*data += done;
		list[i].status = svnic_le16(done ? SVNIC_CTRL_OK
						 : SVNIC_CTRL_BAD_PARAMETER);
	}
	copy_page(n, a->data[1], list, (uint32_t)(a->data[2] * sizeof(list[0])),
		  true);
	return SVNIC_CTRL_OK;
}

static const struct type types[WIRE_CTRL_NR] = {
	[WIRE_CTRL_GET_HASH_FLAGS] = { get_flags },
	[WIRE_CTRL_SET_HASH_FLAGS] = { set_flags },
	[WIRE_CTRL_SET_HASH_KEY] = { set_key },
	[WIRE_CTRL_GET_MAPPING_SIZE] = { get_size },
	[WIRE_CTRL_SET_MAPPING_SIZE] = { set_size },
	[WIRE_CTRL_SET_MAPPING] = { set_mapping },
	[WIRE_CTRL_SET_ALGORITHM] = { set_algorithm },
	[WIRE_CTRL_GET_GREFS] = { get_grefs },
	[WIRE_CTRL_ADD_GREFS] = { add_grefs },
	[WIRE_CTRL_DEL_GREFS] = { del_grefs },
};

bool netif_ctrl(struct netif *n, const struct svnic_ctrl_req *req,
		uint32_t *status, uint32_t *data)
{
	uint16_t type = svnic_cpu16(req->type);
	struct args a;
	unsigned int i;

	if (type >= WIRE_CTRL_NR || !types[type].handle)
		return false;
	for (i = 0; i < 3; i++)
		a.data[i] = svnic_cpu32(req->data[i]);
	*data = 0;
	*status = types[type].handle(n, &a, data);
	note_write(n);
	return true;
}
