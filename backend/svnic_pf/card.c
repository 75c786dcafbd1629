// SPDX-License-Identifier: GPL-2.0-only
/*
 * A card from when it is found until the last file of it is closed: who holds
 * it, how its loss is noticed, and what happens then.  Once lost it is never
 * talked to again, but for the one reset that ends its DMA.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "netdev.h"
#include "svnic_pf.h"
#include "vif.h"

#define WATCH_MS     1000
#define WATCH_MISSES 3

static void card_free(struct kref *ref)
{
	struct pf_card *card = container_of(ref, struct pf_card, ref);

	kvfree(card->vifs);
	pci_dev_put(card->pdev);
	kfree(card);
}

void svnic_pf_get(struct pf_card *card)
{
	kref_get(&card->ref);
}

void svnic_pf_put(struct pf_card *card)
{
	kref_put(&card->ref, card_free);
}

void svnic_pf_lost(struct pf_card *card, const char *why)
{
	unsigned int i;

	/* A full barrier; pairs with smp_mb() in submit(). */
	if (test_and_set_bit(PF_LOST, &card->state))
		return;
	dev_err(card->dev,
		"the card is lost: %s; all its VIFs are stopped. Bind or load the driver again when svnic-fw runs\n",
		why);
	for (i = 0; i < SVNIC_ADMIN_ENTRIES; i++)
		complete(&card->admin.slot[i].done);
	wake_up_all(&card->admin.free);
	wake_up_interruptible_all(&card->events.readers);
	schedule_work(&card->lost_work);
}

/*
 * A card that still answers has its link reset, which ends all its DMA; one
 * that does not may not be master of the bus any more.
 */
void svnic_pf_quiesce(struct pf_card *card)
{
	mutex_lock(&card->reset_lock);
	if (!test_bit(PF_QUIET, &card->state)) {
		if (svnic_pf_link_reset(card) == -ETIMEDOUT)
			dev_warn(
				card->dev,
				"the link was not reset: its DMA is switched off at the bus\n");
		pci_clear_master(card->pdev);
		set_bit(PF_QUIET, &card->state);
	}
	mutex_unlock(&card->reset_lock);
}

static void lost_work(struct work_struct *work)
{
	struct pf_card *card = container_of(work, struct pf_card, lost_work);

	svnic_pf_quiesce(card);
	svnic_pf_netdev_lost(card);
	svnic_pf_vif_destroy_all(card);
}

/* What is wrong with the card, or NULL. */
static const char *complaint(struct pf_card *card)
{
	u32 status = ioread32(card->regs + SVNIC_REG_STATUS);
	u32 epoch = ioread32(card->regs + SVNIC_REG_EPOCH);

	if (status == U32_MAX)
		return "it does not answer on the bus";
	if (status & SVNIC_STATUS_FAULT)
		return "it stopped its admin queue";
	if (epoch != card->id.epoch)
		return "svnic-fw was restarted without its VIFs";
	if (!(status & SVNIC_STATUS_READY))
		return "its link was reset";
	return NULL;
}

/*
 * A card that nobody talks to is missed too.  An svnic-fw that is restarted on
 * its arena has some time to come back.
 */
static void look(struct work_struct *work)
{
	struct pf_card *card = container_of(work, struct pf_card, watch.work);
	const char *why = complaint(card);

	card->nr_missed = why ? card->nr_missed + 1 : 0;
	if (card->nr_missed == WATCH_MISSES)
		svnic_pf_lost(card, why);
	if (!svnic_pf_is_lost(card))
		svnic_pf_watch(card);
}

void svnic_pf_watch(struct pf_card *card)
{
	schedule_delayed_work(&card->watch, msecs_to_jiffies(WATCH_MS));
}

struct pf_card *svnic_pf_card_alloc(struct pci_dev *pdev)
{
	struct pf_card *card = kzalloc(sizeof(*card), GFP_KERNEL);

	if (!card)
		return NULL;
	card->vifs = kvcalloc(SVNIC_MAX_VIFS, sizeof(*card->vifs), GFP_KERNEL);
	if (!card->vifs) {
		kfree(card);
		return NULL;
	}
	kref_init(&card->ref);
	card->pdev = pci_dev_get(pdev);
	card->dev = &pdev->dev;
	mutex_init(&card->reset_lock);
	mutex_init(&card->net_lock);
	init_rwsem(&card->gone_sem);
	svnic_pf_admin_init(card);
	svnic_pf_events_init(card);
	INIT_WORK(&card->lost_work, lost_work);
	INIT_DELAYED_WORK(&card->watch, look);
	return card;
}
