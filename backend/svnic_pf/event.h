/* SPDX-License-Identifier: GPL-2.0-only */
/* The event ring of a link, and who is told what it says. */
#ifndef SVNIC_PF_EVENT_H
#define SVNIC_PF_EVENT_H

#include <linux/interrupt.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <svnic/abi.h>

struct pf_card;
struct pf_vif;

#define PF_EVENT_ENTRIES 8192u
#define PF_EVENT_OCTETS	 (SVNIC_PAGE_SIZE + 8 * PF_EVENT_ENTRIES)

struct pf_events {
	struct svnic_event_ring *ring;
	const struct svnic_event *entry;
	dma_addr_t bus;
	/* event_lock: */
	u32 next;
	unsigned long window; /* jiffies that @left is for */
	unsigned int left;
	unsigned int scan; /* where read() goes on */
	u64 stray;	   /* for nobody */
	DECLARE_BITMAP(pending, SVNIC_MAX_VIFS);

	struct work_struct work; /* goes on when the interrupt must not */
	wait_queue_head_t readers;
};

enum pf_target {
	PF_TO_NONE,
	PF_TO_GUEST,
	PF_TO_DAEMON,
	PF_TO_NETDEV
};

void svnic_pf_events_init(struct pf_card *card);
int svnic_pf_events_alloc(struct pf_card *card);
/* The link is reset and its interrupts are freed by then. */
void svnic_pf_events_free(struct pf_card *card);
/* Give the ring to the card; disabled by a reset. */
int svnic_pf_events_enable(struct pf_card *card);
irqreturn_t svnic_pf_event_irq(int irq, void *data);
/* From the return on, events of the queue go to @target, and nowhere else. */
void svnic_pf_event_target(struct pf_vif *vif, u32 queue, enum pf_target target,
			   u32 port);
/* Take an event that read() has to report, or give it back unread. */
bool svnic_pf_event_take(struct pf_card *card, struct svnic_event *event);
void svnic_pf_event_return(struct pf_card *card,
			   const struct svnic_event *event);
bool svnic_pf_event_waits(struct pf_card *card);

#endif /* SVNIC_PF_EVENT_H */
