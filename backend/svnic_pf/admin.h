/* SPDX-License-Identifier: GPL-2.0-only */
/* The registers and the admin queue of a link. */
#ifndef SVNIC_PF_ADMIN_H
#define SVNIC_PF_ADMIN_H

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <svnic/abi.h>

struct pf_card;

/* A place in the submission queue, from its filling to its answer's use. */
struct pf_slot {
	struct completion done;
	__le64 *payload; /* one page that the card may reach */
	dma_addr_t payload_bus;
	bool busy; /* set under admin.lock, cleared by the command's owner */
	/* reap_lock: */
	bool waiting;
	u16 id;
	u16 status;
	u32 result;
};

struct pf_admin {
	struct mutex lock;
	u32 tail; /* lock */
	spinlock_t reap_lock;
	u32 next; /* reap_lock: completions taken */
	struct svnic_admin_cmd *sq;
	struct svnic_admin_cpl *cq;
	dma_addr_t bus;
	wait_queue_head_t free;
	struct pf_slot slot[SVNIC_ADMIN_ENTRIES];
};

/* A command and its answer. */
struct pf_command {
	struct svnic_admin_cmd cmd; /* addr and len may be left zero */
	void *payload;		    /* copied to or from the card's page */
	u32 payload_len;
	u32 status; /* enum svnic_status, when the card answered */
	u32 result;
};

void svnic_pf_admin_init(struct pf_card *card);
int svnic_pf_admin_alloc(struct pf_card *card);
/* The link is reset by then. */
void svnic_pf_admin_free(struct pf_card *card);
/*
 * Reset the link and take the queues into use; disabled by a reset, with an
 * error too: the card may have taken them.
 */
int svnic_pf_admin_enable(struct pf_card *card);
/* Wait until the link is reset: 0, -ETIMEDOUT, or -ENODEV: nobody there. */
int svnic_pf_link_reset(struct pf_card *card);
irqreturn_t svnic_pf_admin_irq(int irq, void *data);
/*
 * Carry out one command: 0, -EIO when the card refused (see status), -ENODEV
 * when the card is lost, which it is too after five seconds without an answer.
 * Process context; several may be under way.
 */
int svnic_pf_command(struct pf_card *card, struct pf_command *c);
/* The errno and the words for a status of the card. */
int svnic_pf_errno(u32 status);
const char *svnic_pf_status_text(u32 status);

#endif /* SVNIC_PF_ADMIN_H */
