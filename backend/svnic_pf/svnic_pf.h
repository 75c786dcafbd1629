/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnic_pf.ko drives a card for the host that owns a link: its life and loss
 * (card.c), its registers and admin queue (admin.c), its event ring (event.c),
 * the VIFs that were created (vif.c), the pages that their page tables name
 * (pages.c, grant.c), the host's own network interface (netdev.c) and
 * /dev/svnicN (chardev.c, mapping.c, ioctl.c).
 *
 * Locks, outermost first; each is taken inside those above it only:
 *
 *   misc_mtx         the kernel's, around open()
 *   turn.lock        one turn of a file at a time; around access to user memory
 *   mmap_lock        the kernel's, around mmap()
 *   card->gone_sem   read by every file operation, written once by remove();
 *                    never held across an access to user memory
 *   card->net_lock   creation, loss and end of the host's own netdev
 *   RTNL             the kernel's, then svnic_net's own lock, around its
 *                    calls to netdev.c
 *   vif->lock        page table and queues of one VIF
 *   reset_lock       the one reset of a lost card
 *   admin.lock       submission of commands
 *   reap_lock        admin completions; hard interrupt
 *   ports.lock       event channels of a file; then its rung_lock, which is
 *                    taken in hard interrupt
 *   event_lock       VIF table, event targets, pending events; hard interrupt
 *
 * reap_lock and event_lock are never held together.  svnic_pf_lost() takes no
 * lock and may be called under any.
 */
#ifndef SVNIC_PF_SVNIC_PF_H
#define SVNIC_PF_SVNIC_PF_H

#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <svnic/abi.h>
#include <svnic/order.h>
#include <svnic/pf.h>
#include "admin.h"
#include "event.h"

struct pf_vif;
struct svnic_net;

#define PF_NAME "svnic_pf"

enum pf_state {
	PF_LOST,    /* the card cannot be talked to any more */
	PF_QUIET,   /* ... and its link was reset: no DMA */
	PF_REMOVED, /* the driver has let go of the device */
};

/* What the card says of itself, checked once (rule R48). */
struct pf_identity {
	u32 version;
	u32 features;
	u32 link;
	u32 ports;
	u32 max_vifs;
	u32 epoch;
	u8 mac[6];
};

struct pf_card {
	struct kref ref;
	struct pci_dev *pdev; /* a reference is held */
	struct device *dev;
	void __iomem *regs;
	phys_addr_t doorbells;
	unsigned long state; /* bits enum pf_state */
	struct pf_identity id;
	struct pf_admin admin;
	spinlock_t event_lock;
	struct pf_events events;
	struct pf_vif **vifs; /* event_lock, SVNIC_MAX_VIFS of them */
	struct mutex reset_lock;
	struct work_struct lost_work;
	struct delayed_work watch;
	unsigned int nr_missed; /* watch only */

	struct mutex net_lock;
	struct pf_vif *own;	    /* net_lock: the own VIF, also in vifs[] */
	struct svnic_net *net;	    /* net_lock */
	void __iomem *net_doorbell; /* net_lock */

	struct rw_semaphore gone_sem;
	struct miscdevice misc;
	char name[16];
	int nr;
	atomic_t writer; /* pid of the one that has it open for writing */
	struct address_space *mapping; /* gone_sem: of that one's file */
};

/* card.c */
/* One with a reference for the caller, of which nothing is up; or NULL. */
struct pf_card *svnic_pf_card_alloc(struct pci_dev *pdev);
void svnic_pf_get(struct pf_card *card);
void svnic_pf_put(struct pf_card *card);
/* Look again and again, until it is lost, whether the card is still there. */
void svnic_pf_watch(struct pf_card *card);
/*
 * The card cannot be used any more: all commands fail from now on, all VIFs
 * will be released, and readers of the device file are told.  Any context.
 */
void svnic_pf_lost(struct pf_card *card, const char *why);
/* After this the lost card does no DMA.  May sleep. */
void svnic_pf_quiesce(struct pf_card *card);

static inline bool svnic_pf_is_lost(const struct pf_card *card)
{
	return test_bit(PF_LOST, &card->state);
}

static inline bool svnic_pf_is_removed(const struct pf_card *card)
{
	return test_bit(PF_REMOVED, &card->state);
}

#endif /* SVNIC_PF_SVNIC_PF_H */
