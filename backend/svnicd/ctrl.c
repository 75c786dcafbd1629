/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control messages: one table of types, every field checked before it is
 * used, ranges by subtraction so that nothing can wrap.
 */
#include "ctrl.h"

#include <errno.h>
#include <string.h>

#include <svnic/order.h>
#include <svnic/ring.h>

#include "daemon.h"
#include "netif/netif.h"
#include "vif.h"

struct args {
	uint32_t data[3];
};

struct type {
	uint16_t type;
	uint32_t (*handle)(struct vif *vif, const struct args *a,
			   uint32_t *data);
};

/* Does [first, first + count) lie below @max, and is it not empty? */
static bool is_range(uint32_t first, uint32_t count, uint32_t max)
{
	return count > 0 && count <= max && first <= max - count;
}

/* The card's or the platform's result in the guest's terms. */
static uint32_t status_of(int err)
{
	switch (err) {
	case 0:
		return SVNIC_CTRL_OK;
	case -ENOSPC:
	case -ENOMEM:
	case SVNIC_ST_NO_PAGES:
	case SVNIC_ST_NO_QUEUES:
		return SVNIC_CTRL_OVERFLOW;
	default:
		return SVNIC_CTRL_BAD_PARAMETER;
	}
}

static void complain(struct vif *vif, const char *what, int err)
{
	if (err && log_allowed(&vif->limit, "ctrl"))
		log_warnx("ctrl", "%s: %s: %s", vif->name, what,
			  text_result(err));
}

static uint32_t hello(struct vif *vif, const struct args *a, uint32_t *data)
{
	*data = SVNIC_ABI_VERSION;
	if (a->data[0] >> 16 == SVNIC_ABI_MAJOR)
		return SVNIC_CTRL_OK;
	if (log_allowed(&vif->limit, "ctrl"))
		log_warnx("ctrl", "%s: the guest follows ABI %u.%u, we %u.%u",
			  vif->name, a->data[0] >> 16, a->data[0] & 0xffff,
			  SVNIC_ABI_MAJOR, SVNIC_ABI_MINOR);
	return SVNIC_CTRL_NOT_SUPPORTED;
}

/* Index of the first entry that cannot be right, or @count. */
static uint32_t check_entries(const struct svnic_gref_entry *e, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (svnic_cpu16(e[i].flags) & ~SVNIC_GREF_READ_ONLY ||
		    e[i].status != 0)
			break;
	return i;
}

static uint32_t add_pages(struct vif *vif, const struct args *a, uint32_t *data)
{
	/* One thread, and too large for the stack. */
	static struct svnic_gref_entry entries[SVNIC_PAGES_BATCH];
	struct daemon *d = vif->d;
	uint32_t first = a->data[0];
	uint32_t count = a->data[2];
	uint32_t failed = 0;
	int err;

	if (!d->ops->tenant_copy)
		return SVNIC_CTRL_NOT_SUPPORTED;
	if (count > SVNIC_PAGES_BATCH ||
	    !is_range(first, count, d->config.max_pages))
		return SVNIC_CTRL_BAD_PARAMETER;
	err = d->ops->tenant_copy(d->platform, vif->tenant, a->data[1], entries,
				  (uint32_t)(count * sizeof(entries[0])));
	if (err) {
		complain(vif, "its list of pages was not read", err);
		return status_of(err);
	}
	*data = check_entries(entries, count);
	if (*data < count)
		return SVNIC_CTRL_BAD_PARAMETER;
	err = d->ops->pages_add(d->platform, vif->nr, vif->tenant, first,
				entries, count, &failed);
	complain(vif, "pages were not registered", err);
	*data = failed;
	if (err)
		return status_of(err);
	*data = 0;
	if (first + count > vif->pages_end)
		vif->pages_end = first + count;
	return SVNIC_CTRL_OK;
}

static uint32_t del_pages(struct vif *vif, const struct args *a, uint32_t *data)
{
	struct daemon *d = vif->d;
	int n;

	if (a->data[2] > SVNIC_PAGES_BATCH ||
	    !is_range(a->data[0], a->data[2], d->config.max_pages))
		return SVNIC_CTRL_BAD_PARAMETER;
	n = d->ops->pages_del(d->platform, vif->nr, a->data[0], a->data[2]);
	if (n < 0) {
		complain(vif, "pages were not withdrawn", n);
		return status_of(n);
	}
	*data = (uint32_t)n;
	return SVNIC_CTRL_OK;
}

static bool is_order(uint32_t order)
{
	return order >= SVNIC_MIN_ORDER && order <= SVNIC_MAX_ORDER;
}

static uint32_t queue_start(struct vif *vif, const struct args *a,
			    uint32_t *data)
{
	struct daemon *d = vif->d;
	uint32_t queue = a->data[0] & 0xff;
	uint32_t tx_order = a->data[0] >> 8 & 0xff;
	uint32_t rx_order = a->data[0] >> 16 & 0xff;
	struct svnic_queue_config config = { .base = svnic_le32(a->data[1]) };
	int err;

	(void)data;
	if (a->data[0] >> 24 || queue >= d->config.max_queues ||
	    !is_order(tx_order) || !is_order(rx_order) ||
	    !is_range(a->data[1], svnic_area(tx_order, rx_order).pages,
		      d->config.max_pages) ||
	    vif->queues & 1u << queue)
		return SVNIC_CTRL_BAD_PARAMETER;
	config.tx_order = (uint8_t)tx_order;
	config.rx_order = (uint8_t)rx_order;
	err = d->ops->queue_start(d->platform, vif->nr, queue, vif->tenant,
				  a->data[2], &config);
	complain(vif, "a queue was not started", err);
	if (!err)
		vif->queues |= 1u << queue;
	return status_of(err);
}

static uint32_t queue_stop(struct vif *vif, const struct args *a,
			   uint32_t *data)
{
	struct daemon *d = vif->d;
	uint32_t queue = a->data[0];
	int err;

	(void)data;
	if (queue >= SVNIC_SLOW_QUEUE || !(vif->queues & 1u << queue))
		return SVNIC_CTRL_BAD_PARAMETER;
	err = d->ops->queue_stop(d->platform, vif->nr, queue);
	complain(vif, "a queue was not stopped", err);
	if (!err)
		vif->queues &= ~(1u << queue);
	return status_of(err);
}

/* Does the table name running queues of the guest only? */
static bool is_spread(const struct vif *vif, const struct svnic_rss *rss)
{
	static const __u8 zero[sizeof(rss->reserved)];
	unsigned int i;

	for (i = 0; i < SVNIC_RSS_TABLE; i++)
		if (rss->table[i] >= SVNIC_SLOW_QUEUE ||
		    !(vif->queues & 1u << rss->table[i]))
			return false;
	return memcmp(rss->reserved, zero, sizeof(zero)) == 0;
}

/* What the guest wrote to a page of its own, whole: a status. */
static uint32_t copy_list(struct vif *vif, const struct args *a, void *list,
			  uint32_t len)
{
	struct daemon *d = vif->d;
	int err;

	if (!d->ops->tenant_copy)
		return SVNIC_CTRL_NOT_SUPPORTED;
	if (a->data[1] || a->data[2])
		return SVNIC_CTRL_BAD_PARAMETER;
	err = d->ops->tenant_copy(d->platform, vif->tenant, a->data[0], list,
				  len);
	complain(vif, "what it wants was not read", err);
	return status_of(err);
}

static uint32_t rss_set(struct vif *vif, const struct args *a, uint32_t *data)
{
	struct daemon *d = vif->d;
	struct svnic_rss rss;
	uint32_t status = copy_list(vif, a, &rss, sizeof(rss));
	int err;

	(void)data;
	if (status != SVNIC_CTRL_OK)
		return status;
	if (!is_spread(vif, &rss))
		return SVNIC_CTRL_BAD_PARAMETER;
	err = d->ops->rss_set(d->platform, vif->nr, &rss);
	complain(vif, "its frames are not spread as it wants", err);
	return status_of(err);
}

/* Group addresses only; the rest is zero. */
static bool is_groups(const struct svnic_groups *g)
{
	static const struct svnic_group none;
	unsigned int nr = svnic_cpu16(g->nr);
	unsigned int i;

	if (nr > SVNIC_GROUPS_MAX || g->all > 1 || (g->all && nr) ||
	    memcmp(g->reserved, none.mac, sizeof(g->reserved)) != 0)
		return false;
	for (i = 0; i < SVNIC_GROUPS_MAX; i++)
		if (i < nr ? !(g->group[i].mac[0] & 1) || g->group[i].reserved
			   : memcmp(&g->group[i], &none, sizeof(none)) != 0)
			return false;
	return true;
}

static uint32_t groups_set(struct vif *vif, const struct args *a,
			   uint32_t *data)
{
	struct svnic_groups groups;
	uint32_t status = copy_list(vif, a, &groups, sizeof(groups));
	int err;

	(void)data;
	if (status != SVNIC_CTRL_OK)
		return status;
	if (!is_groups(&groups))
		return SVNIC_CTRL_BAD_PARAMETER;
	err = vif_groups(vif, &groups);
	complain(vif, "it does not get the groups that it wants", err);
	return status_of(err);
}

/* ATTACH is the local platform's own: it carries descriptors. */
static const struct type types[] = {
	{ SVNIC_CTRL_HELLO, hello },
	{ SVNIC_CTRL_ADD_PAGES, add_pages },
	{ SVNIC_CTRL_DEL_PAGES, del_pages },
	{ SVNIC_CTRL_QUEUE_START, queue_start },
	{ SVNIC_CTRL_QUEUE_STOP, queue_stop },
	{ SVNIC_CTRL_RSS_SET, rss_set },
	{ SVNIC_CTRL_GROUPS_SET, groups_set },
};

static const struct type *find_type(uint16_t type)
{
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return &types[i];
	return NULL;
}

/* While it detaches, a driver still takes its queues and pages down. */
static bool is_served(const struct vif *vif)
{
	return vif->nr != SVNIC_VIF_NONE &&
	       (vif->state == VIF_CONNECTED || vif->state == VIF_DETACHING);
}

/* What is withdrawn can be left, but not entered. */
static bool is_closed(const struct vif *vif, uint16_t type)
{
	return vif->netif_only && type != SVNIC_CTRL_DEL_PAGES &&
	       type != SVNIC_CTRL_QUEUE_STOP && type != SVNIC_CTRL_GROUPS_SET;
}

static uint32_t handle(struct vif *vif, const struct svnic_ctrl_req *req,
		       uint32_t *data)
{
	uint16_t type = svnic_cpu16(req->type);
	const struct type *t = find_type(type);
	uint32_t status;
	struct args a;
	unsigned int i;

	if (!t && vif->netif && netif_ctrl(vif->netif, req, &status, data))
		return status;
	if (!t || is_closed(vif, type))
		return SVNIC_CTRL_NOT_SUPPORTED;
	if (!is_served(vif))
		return SVNIC_CTRL_BAD_PARAMETER;
	for (i = 0; i < 3; i++)
		a.data[i] = svnic_cpu32(req->data[i]);
	return t->handle(vif, &a, data);
}

void ctrl_handle(struct vif *vif, const struct svnic_ctrl_req *req,
		 struct svnic_ctrl_rsp *rsp)
{
	uint32_t data = 0;
	uint32_t status = handle(vif, req, &data);

	memset(rsp, 0, sizeof(*rsp));
	rsp->id = req->id;
	rsp->type = req->type;
	rsp->status = svnic_le32(status);
	rsp->data = svnic_le32(data);
}
