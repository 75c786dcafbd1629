// SPDX-License-Identifier: GPL-2.0-only
/*
 * The admin queue of a link: commands in, completions out, and what their
 * statuses mean.  It believes nothing that the card answers: identities are
 * matched against commands that wait, everything else makes the card lost.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/iopoll.h>

#include "svnic_pf.h"

#define ANSWER_MS 5000
#define RESET_US  2000000
#define POLL_US	  1000
#define SQ_OCTETS (SVNIC_ADMIN_ENTRIES * sizeof(struct svnic_admin_cmd))
#define CQ_OCTETS (SVNIC_ADMIN_ENTRIES * sizeof(struct svnic_admin_cpl))

static const int errno_of[SVNIC_ST_NR] = {
	[SVNIC_ST_BAD_OPCODE] = -EOPNOTSUPP, [SVNIC_ST_BAD_FIELD] = -EINVAL,
	[SVNIC_ST_BAD_ADDRESS] = -EFAULT,    [SVNIC_ST_NO_VIF] = -ENOENT,
	[SVNIC_ST_NO_QUEUE] = -ENOENT,	     [SVNIC_ST_BUSY] = -EBUSY,
	[SVNIC_ST_MAC_IN_USE] = -EADDRINUSE, [SVNIC_ST_NO_VIFS] = -ENOSPC,
	[SVNIC_ST_NO_PAGES] = -ENOSPC,	     [SVNIC_ST_NO_QUEUES] = -ENOSPC,
	[SVNIC_ST_NO_FILTERS] = -ENOSPC,     [SVNIC_ST_NOT_MAPPED] = -ENOENT,
	[SVNIC_ST_BAD_MAC] = -EADDRNOTAVAIL,
};

#define AS_TEXT(nr, name, text) [nr] = (text),
static const char *const text_of[SVNIC_ST_NR] = { SVNIC_ADMIN_STATUSES(
	AS_TEXT) };

int svnic_pf_errno(u32 status)
{
	return status < SVNIC_ST_NR ? errno_of[status] : -EPROTO;
}

const char *svnic_pf_status_text(u32 status)
{
	return status < SVNIC_ST_NR ? text_of[status] : "unknown status";
}

static void write_bus(struct pf_card *card, u32 reg, dma_addr_t bus)
{
	iowrite32(lower_32_bits(bus), card->regs + reg);
	iowrite32(upper_32_bits((u64)bus), card->regs + reg + 4);
}

/* 0, -ETIMEDOUT, or -ENODEV when nothing answers on the bus any more. */
static int wait_ready(struct pf_card *card, u32 wanted)
{
	int err;
	u32 v;

	err = read_poll_timeout(
		ioread32, v, v == U32_MAX || (v & SVNIC_STATUS_READY) == wanted,
		POLL_US, RESET_US, false, card->regs + SVNIC_REG_STATUS);
	return v == U32_MAX ? -ENODEV : err;
}

int svnic_pf_link_reset(struct pf_card *card)
{
	iowrite32(SVNIC_CONTROL_RESET, card->regs + SVNIC_REG_CONTROL);
	return wait_ready(card, 0);
}

void svnic_pf_admin_init(struct pf_card *card)
{
	struct pf_admin *a = &card->admin;
	unsigned int i;

	mutex_init(&a->lock);
	spin_lock_init(&a->reap_lock);
	init_waitqueue_head(&a->free);
	for (i = 0; i < SVNIC_ADMIN_ENTRIES; i++)
		init_completion(&a->slot[i].done);
}

void svnic_pf_admin_free(struct pf_card *card)
{
	struct pf_admin *a = &card->admin;
	unsigned int i;

	for (i = 0; i < SVNIC_ADMIN_ENTRIES; i++)
		if (a->slot[i].payload)
			dma_free_coherent(card->dev, SVNIC_PAGE_SIZE,
					  a->slot[i].payload,
					  a->slot[i].payload_bus);
	dma_free_coherent(card->dev, SQ_OCTETS + CQ_OCTETS, a->sq, a->bus);
}

/*
 * Payload pages belong to their slots until the end, so that a command that
 * was given up leaves the card no page that somebody else uses by then.
 */
int svnic_pf_admin_alloc(struct pf_card *card)
{
	struct pf_admin *a = &card->admin;
	unsigned int i;

	a->sq = dma_alloc_coherent(card->dev, SQ_OCTETS + CQ_OCTETS, &a->bus,
				   GFP_KERNEL);
	if (!a->sq)
		return -ENOMEM;
	a->cq = (void *)a->sq + SQ_OCTETS;
	for (i = 0; i < SVNIC_ADMIN_ENTRIES; i++) {
		struct pf_slot *slot = &a->slot[i];

		slot->payload =
			dma_alloc_coherent(card->dev, SVNIC_PAGE_SIZE,
					   &slot->payload_bus, GFP_KERNEL);
		if (!slot->payload) {
			svnic_pf_admin_free(card);
			return -ENOMEM;
		}
	}
	return 0;
}

int svnic_pf_admin_enable(struct pf_card *card)
{
	dma_addr_t bus = card->admin.bus;
	int err;

	err = svnic_pf_link_reset(card);
	if (err) {
		dev_err(card->dev,
			"the card does not reset its link (status %08x): restart svnic-fw\n",
			ioread32(card->regs + SVNIC_REG_STATUS));
		return err;
	}
	write_bus(card, SVNIC_REG_SQ_LO, bus);
	write_bus(card, SVNIC_REG_CQ_LO, bus + SQ_OCTETS);
	iowrite32(SVNIC_CONTROL_ENABLE, card->regs + SVNIC_REG_CONTROL);
	err = wait_ready(card, SVNIC_STATUS_READY);
	if (err)
		dev_err(card->dev,
			"the card does not serve its admin queue (status %08x): restart svnic-fw\n",
			ioread32(card->regs + SVNIC_REG_STATUS));
	return err;
}

/* One completion: 1 taken, 0 none, -EPROTO when it answers no command. */
static int reap_one(struct pf_admin *a)
{
	const struct svnic_admin_cpl *at;
	struct svnic_admin_cpl cpl;
	struct pf_slot *slot;
	u16 id;

	at = &a->cq[a->next % SVNIC_ADMIN_ENTRIES];
	/* Pairs with answer() in device-firmware/core/admin.c (ordering.md
	 * O8). */
	if (svnic_observe32(&at->seq) != a->next + 1)
		return 0;
	svnic_copy_in(&cpl, at, sizeof(cpl));
	id = svnic_cpu16(cpl.id);
	slot = &a->slot[id % SVNIC_ADMIN_ENTRIES];
	if (!slot->waiting || slot->id != id)
		return -EPROTO;
	slot->status = svnic_cpu16(cpl.status);
	slot->result = svnic_cpu32(cpl.result);
	slot->waiting = false;
	a->next++;
	complete(&slot->done);
	return 1;
}

static void reap(struct pf_card *card)
{
	struct pf_admin *a = &card->admin;
	unsigned int budget = SVNIC_ADMIN_ENTRIES;
	unsigned long flags;
	int got;

	spin_lock_irqsave(&a->reap_lock, flags);
	do {
		got = reap_one(a);
	} while (got > 0 && --budget);
	spin_unlock_irqrestore(&a->reap_lock, flags);
	if (got < 0)
		svnic_pf_lost(card, "it answered a command that nobody gave");
}

irqreturn_t svnic_pf_admin_irq(int irq, void *data)
{
	reap(data);
	return IRQ_HANDLED;
}

/* Which way a command's payload goes. */
static bool is_query(const struct svnic_admin_cmd *cmd)
{
	switch (svnic_cpu16(cmd->opcode)) {
	case SVNIC_OP_VIF_QUERY:
	case SVNIC_OP_VIF_LIST:
	case SVNIC_OP_PORT_QUERY:
		return true;
	default:
		return false;
	}
}

static void fill(struct pf_admin *a, struct pf_slot *slot,
		 const struct pf_command *c)
{
	struct svnic_admin_cmd *cmd = &a->sq[a->tail % SVNIC_ADMIN_ENTRIES];
	unsigned long flags;

	*cmd = c->cmd;
	cmd->id = svnic_le16((u16)a->tail);
	cmd->reserved = 0;
	if (c->payload) {
		cmd->addr = svnic_le64(slot->payload_bus);
		cmd->len = svnic_le32(c->payload_len);
		if (is_query(cmd))
			memset(slot->payload, 0, SVNIC_PAGE_SIZE);
		else
			memcpy(slot->payload, c->payload, c->payload_len);
	}
	reinit_completion(&slot->done);
	spin_lock_irqsave(&a->reap_lock, flags);
	slot->id = (u16)a->tail;
	slot->waiting = true;
	spin_unlock_irqrestore(&a->reap_lock, flags);
}

/* The slot that a command was put into, or NULL when the card is lost. */
static struct pf_slot *submit(struct pf_card *card, const struct pf_command *c)
{
	struct pf_admin *a = &card->admin;
	struct pf_slot *slot;

	mutex_lock(&a->lock);
	slot = &a->slot[a->tail % SVNIC_ADMIN_ENTRIES];
	/* Every owner frees its slot within the time-out of its command. */
	wait_event(a->free, !READ_ONCE(slot->busy) || svnic_pf_is_lost(card));
	if (svnic_pf_is_lost(card))
		goto err_unlock;
	slot->busy = true;
	fill(a, slot, c);
	/* svnic_pf_lost() sets its bit first and completes all slots then:
	 * either we see the bit, or it wakes us. */
	smp_mb();
	if (svnic_pf_is_lost(card)) {
		slot->busy = false;
		goto err_unlock;
	}
	a->tail++;
	/* Orders the stores to the queue before itself, as writel() does. */
	iowrite32(a->tail, card->regs + SVNIC_REG_SQ_TAIL);
	mutex_unlock(&a->lock);
	return slot;

err_unlock:
	mutex_unlock(&a->lock);
	return NULL;
}

/* The answer of a slot, if it has come: 0, or -ENODEV. */
static int answer(struct pf_card *card, struct pf_slot *slot,
		  struct pf_command *c)
{
	struct pf_admin *a = &card->admin;
	int err = -ENODEV;

	spin_lock_irq(&a->reap_lock);
	if (!slot->waiting) {
		c->status = slot->status;
		c->result = slot->result;
		err = 0;
	}
	spin_unlock_irq(&a->reap_lock);
	if (!err && c->payload && is_query(&c->cmd))
		memcpy(c->payload, slot->payload, c->payload_len);
	return err;
}

int svnic_pf_command(struct pf_card *card, struct pf_command *c)
{
	struct pf_slot *slot;
	int err;

	c->status = SVNIC_ST_OK;
	if (WARN_ON_ONCE(c->payload && c->payload_len > SVNIC_PAGE_SIZE))
		return -EINVAL;
	slot = submit(card, c);
	if (!slot)
		return -ENODEV;
	if (!wait_for_completion_timeout(&slot->done,
					 msecs_to_jiffies(ANSWER_MS)))
		reap(card); /* the answer may be there without its interrupt */
	err = answer(card, slot, c);
	if (err && !svnic_pf_is_lost(card)) {
		dev_err(card->dev, "no answer to command %u for VIF %u\n",
			svnic_cpu16(c->cmd.opcode), svnic_cpu16(c->cmd.vif));
		svnic_pf_lost(card, "it did not answer a command");
	}
	/* Pairs with the READ_ONCE() in submit(). */
	smp_store_release(&slot->busy, false);
	wake_up(&card->admin.free);
	if (err)
		return err;
	return c->status == SVNIC_ST_OK ? 0 : -EIO;
}
