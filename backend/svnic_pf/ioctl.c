// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls of /dev/svnicN.  A call is copied in whole, carried out on the
 * copy with gone_sem read-held, and copied out after that, so that no fault
 * on user memory happens under a lock of ours.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "chardev.h"
#include "grant.h"
#include "netdev.h"
#include "pages.h"
#include "svnic_pf.h"
#include "vif.h"

#define ARG_OCTETS 128

/* One ioctl under way. */
struct pf_call {
	union {
		struct svnic_pf_info info;
		struct svnic_pf_admin admin;
		struct svnic_pf_create create;
		struct svnic_pf_vif vif;
		struct svnic_pf_grants grants;
		struct svnic_pf_range range;
		struct svnic_pf_queue queue;
		u32 nr;
		u8 octets[ARG_OCTETS];
	} arg;
	void *payload; /* the kernel's copy of what the argument points to */
	u64 payload_user;
	u32 payload_len;
	bool writer;
};

static int do_info(struct pf_card *card, struct pf_call *call)
{
	struct svnic_pf_info *info = &call->arg.info;

	memset(info, 0, sizeof(*info));
	info->interface = SVNIC_PF_INTERFACE;
	info->version = card->id.version;
	info->features = card->id.features;
	info->link = card->id.link;
	info->ports = card->id.ports;
	info->max_vifs = card->id.max_vifs;
	info->epoch = card->id.epoch;
	info->doorbell = PFN_DOWN(card->doorbells);
	strscpy(info->pci, pci_name(card->pdev), sizeof(info->pci));
	svnic_pf_netdev_info(card, info);
	if (!svnic_pf_is_lost(card))
		info->status = ioread32(card->regs + SVNIC_REG_STATUS);
	if (info->status == U32_MAX)
		info->status = 0;
	return 0;
}

/* The table names running queues of the guest only. */
static int rss_check(struct pf_card *card, const struct pf_call *call)
{
	const struct svnic_pf_admin *a = &call->arg.admin;
	const struct svnic_rss *rss = call->payload;
	struct pf_vif *vif;
	u32 i, queues;

	if (a->payload_len != sizeof(*rss))
		return -EINVAL;
	vif = svnic_pf_guest_vif(card, svnic_cpu16(a->cmd.vif));
	if (IS_ERR(vif))
		return PTR_ERR(vif);
	mutex_lock(&vif->lock);
	queues = vif->queues;
	mutex_unlock(&vif->lock);
	svnic_pf_vif_put(vif);
	for (i = 0; i < SVNIC_RSS_TABLE; i++)
		if (rss->table[i] >= SVNIC_SLOW_QUEUE ||
		    !(queues & BIT(rss->table[i])))
			return -EINVAL;
	return 0;
}

/* A list of a guest's VIF; the card looks at what is in it. */
static int list_check(struct pf_card *card, const struct pf_call *call,
		      size_t len)
{
	const struct svnic_pf_admin *a = &call->arg.admin;
	struct pf_vif *vif;

	if (a->payload_len != len)
		return -EINVAL;
	vif = svnic_pf_guest_vif(card, svnic_cpu16(a->cmd.vif));
	if (IS_ERR(vif))
		return PTR_ERR(vif);
	svnic_pf_vif_put(vif);
	return 0;
}

/* Commands whose payload goes to the card, and what it must be. */
static int sent_check(struct pf_card *card, const struct pf_call *call)
{
	if (!call->writer)
		return -EBADF;
	switch (svnic_cpu16(call->arg.admin.cmd.opcode)) {
	case SVNIC_OP_RSS_SET:
		return rss_check(card, call);
	case SVNIC_OP_SOURCE_SET:
		return list_check(card, call, sizeof(struct svnic_source));
	default:
		return list_check(card, call, sizeof(struct svnic_groups));
	}
}

static int do_admin(struct pf_card *card, struct pf_call *call)
{
	struct svnic_pf_admin *a = &call->arg.admin;
	struct pf_command c = { .cmd = a->cmd };
	int err;

	switch (svnic_cpu16(a->cmd.opcode)) {
	case SVNIC_OP_VIF_SET:
	case SVNIC_OP_FILTER_ADD:
	case SVNIC_OP_FILTER_DEL:
		if (!call->writer)
			return -EBADF;
		if (a->payload_len)
			return -EINVAL;
		break;
	case SVNIC_OP_RSS_SET:
	case SVNIC_OP_SOURCE_SET:
	case SVNIC_OP_GROUPS_SET:
		err = sent_check(card, call);
		if (err)
			return err;
		c.payload = call->payload;
		c.payload_len = a->payload_len;
		break;
	case SVNIC_OP_VIF_QUERY:
	case SVNIC_OP_VIF_LIST:
	case SVNIC_OP_PORT_QUERY:
		if (!a->payload_len)
			return -EINVAL;
		c.payload = call->payload;
		c.payload_len = a->payload_len;
		break;
	default:
		return -EPERM;
	}
	c.cmd.addr = 0;
	c.cmd.len = 0;
	err = svnic_pf_command(card, &c);
	a->status = c.status;
	a->result = c.result;
	return err;
}

static int do_create(struct pf_card *card, struct pf_call *call)
{
	struct pf_vif *vif = svnic_pf_vif_create(card, &call->arg.create);

	if (IS_ERR(vif))
		return PTR_ERR(vif);
	svnic_pf_vif_put(vif);
	return 0;
}

static int do_destroy(struct pf_card *card, struct pf_call *call)
{
	struct pf_vif *vif = svnic_pf_guest_vif(card, call->arg.nr);

	if (IS_ERR(vif)) /* what is gone already has been destroyed */
		return PTR_ERR(vif) == -ENOENT ? 0 : PTR_ERR(vif);
	svnic_pf_vif_destroy(vif);
	svnic_pf_vif_put(vif);
	return 0;
}

static int do_vif_info(struct pf_card *card, struct pf_call *call)
{
	struct svnic_pf_vif *out = &call->arg.vif;
	struct pf_vif *vif = svnic_pf_vif_find(card, out->vif);

	if (!vif)
		return -ENOENT;
	mutex_lock(&vif->lock);
	out->domid = vif->domid;
	out->cookie = vif->cookie;
	out->nr_pages = vif->nr_pages;
	out->queues = vif->queues;
	mutex_unlock(&vif->lock);
	svnic_pf_vif_put(vif);
	return 0;
}

static int do_grants_map(struct pf_card *card, struct pf_call *call)
{
	struct svnic_pf_grants *g = &call->arg.grants;
	struct pf_vif *vif = svnic_pf_guest_vif(card, g->vif);
	int err;

	if (IS_ERR(vif))
		return PTR_ERR(vif);
	err = svnic_pf_grants_map(vif, g, call->payload);
	svnic_pf_vif_put(vif);
	return err;
}

static int do_pages_del(struct pf_card *card, struct pf_call *call)
{
	struct svnic_pf_range *r = &call->arg.range;
	struct pf_vif *vif = svnic_pf_guest_vif(card, r->vif);
	int err;

	if (IS_ERR(vif))
		return PTR_ERR(vif);
	err = svnic_pf_pages_del(vif, r->first, r->count, &r->done);
	svnic_pf_vif_put(vif);
	return err;
}

static int do_pages_alloc(struct pf_card *card, struct pf_call *call)
{
	struct svnic_pf_range *r = &call->arg.range;
	struct pf_vif *vif = svnic_pf_guest_vif(card, r->vif);
	int err;

	if (IS_ERR(vif))
		return PTR_ERR(vif);
	err = svnic_pf_pages_alloc(vif, r->first, r->count);
	r->done = err ? 0 : r->count;
	svnic_pf_vif_put(vif);
	return err;
}

static int do_queue_start(struct pf_card *card, struct pf_call *call)
{
	struct svnic_pf_queue *q = &call->arg.queue;
	bool own = q->domid == SVNIC_PF_DOMID_SELF;
	struct pf_start start = {
		.queue = q->queue,
		.target = own ? PF_TO_DAEMON : PF_TO_GUEST,
		.domid = q->domid,
		.port = q->port,
		.config = q->config,
	};
	struct pf_vif *vif = svnic_pf_guest_vif(card, q->vif);
	int err;

	if (IS_ERR(vif))
		return PTR_ERR(vif);
	q->status = SVNIC_ST_OK;
	err = svnic_pf_queue_start(vif, &start, &q->status);
	svnic_pf_vif_put(vif);
	return err;
}

static int do_queue_stop(struct pf_card *card, struct pf_call *call)
{
	struct svnic_pf_queue *q = &call->arg.queue;
	struct pf_vif *vif = svnic_pf_guest_vif(card, q->vif);
	int err;

	if (IS_ERR(vif))
		return PTR_ERR(vif);
	q->status = SVNIC_ST_OK;
	err = svnic_pf_queue_stop(vif, q->queue, &q->status);
	svnic_pf_vif_put(vif);
	return err;
}

static const struct pf_ioctl {
	unsigned int cmd;
	bool changes; /* needs a file that is open for writing */
	int (*run)(struct pf_card *card, struct pf_call *call);
} ioctls[] = {
	{ SVNIC_PF_INFO, false, do_info },
	{ SVNIC_PF_ADMIN, false, do_admin }, /* looks at the command itself */
	{ SVNIC_PF_VIF_CREATE, true, do_create },
	{ SVNIC_PF_VIF_DESTROY, true, do_destroy },
	{ SVNIC_PF_VIF_INFO, false, do_vif_info },
	{ SVNIC_PF_GRANTS_MAP, true, do_grants_map },
	{ SVNIC_PF_PAGES_DEL, true, do_pages_del },
	{ SVNIC_PF_PAGES_ALLOC, true, do_pages_alloc },
	{ SVNIC_PF_QUEUE_START, true, do_queue_start },
	{ SVNIC_PF_QUEUE_STOP, true, do_queue_stop },
};

static const struct pf_ioctl *find_ioctl(unsigned int cmd)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ioctls); i++)
		if (ioctls[i].cmd == cmd)
			return &ioctls[i];
	return NULL;
}

/* Does the payload go to the card, and not come from it? */
static bool is_sent(unsigned int cmd, const struct pf_call *call)
{
	if (cmd != SVNIC_PF_ADMIN)
		return cmd == SVNIC_PF_GRANTS_MAP;
	switch (svnic_cpu16(call->arg.admin.cmd.opcode)) {
	case SVNIC_OP_RSS_SET:
	case SVNIC_OP_SOURCE_SET:
	case SVNIC_OP_GROUPS_SET:
		return true;
	default:
		return false;
	}
}

/* What the argument points to; zeroed where the card will fill it. */
static int payload_get(unsigned int cmd, struct pf_call *call)
{
	if (cmd == SVNIC_PF_ADMIN) {
		call->payload_user = call->arg.admin.payload;
		call->payload_len = call->arg.admin.payload_len;
		if (call->payload_len > SVNIC_PAGE_SIZE)
			return -EINVAL;
	} else if (cmd == SVNIC_PF_GRANTS_MAP) {
		if (call->arg.grants.count > SVNIC_PAGES_BATCH)
			return -EINVAL;
		call->payload_user = call->arg.grants.entries;
		call->payload_len = call->arg.grants.count *
				    sizeof(struct svnic_gref_entry);
		call->arg.grants.failed = 0;
		call->arg.grants.status = SVNIC_ST_OK;
	}
	if (!call->payload_len)
		return 0;
	call->payload = kzalloc(call->payload_len, GFP_KERNEL);
	if (!call->payload)
		return -ENOMEM;
	if (is_sent(cmd, call) &&
	    copy_from_user(call->payload, u64_to_user_ptr(call->payload_user),
			   call->payload_len))
		return -EFAULT;
	return 0;
}

static int run(struct pf_card *card, const struct pf_ioctl *op,
	       struct pf_call *call)
{
	int err;

	down_read(&card->gone_sem);
	err = svnic_pf_is_removed(card) ? -ENODEV : op->run(card, call);
	up_read(&card->gone_sem);
	return err;
}

long svnic_pf_ioctl(struct pf_card *card, bool writer, unsigned int cmd,
		    void __user *user)
{
	const struct pf_ioctl *op = find_ioctl(cmd);
	struct pf_call call = { .writer = writer };
	int err;

	if (!op)
		return -ENOTTY;
	if (op->changes && !writer)
		return -EBADF;
	if ((_IOC_DIR(cmd) & _IOC_WRITE) &&
	    copy_from_user(&call.arg, user, _IOC_SIZE(cmd)))
		return -EFAULT;
	err = payload_get(cmd, &call);
	if (err)
		goto out_free;
	err = run(card, op, &call);
	if (!err && cmd == SVNIC_PF_ADMIN && call.payload &&
	    !is_sent(cmd, &call) &&
	    copy_to_user(u64_to_user_ptr(call.payload_user), call.payload,
			 call.payload_len))
		err = -EFAULT;
	/* With an error too: it may say which entry, or the card's status. */
	if ((_IOC_DIR(cmd) & _IOC_READ) &&
	    copy_to_user(user, &call.arg, _IOC_SIZE(cmd)))
		err = -EFAULT;
out_free:
	kfree(call.payload);
	return err;
}
