/* SPDX-License-Identifier: GPL-2.0-only */
/* A VIF that this host created: its pages, its queues, whose it is. */
#ifndef SVNIC_PF_VIF_H
#define SVNIC_PF_VIF_H

#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/xarray.h>
#include <svnic/pf.h>
#include "event.h"
#include "pages.h"

struct pf_card;
struct svnic_net;

struct pf_queue {
	enum pf_target target;
	u32 port;     /* PF_TO_GUEST: ours, bound to the guest's */
	bool event;   /* read() has to report it */
	bool faulted; /* read() has to report this too */
	u32 fault;
};

struct pf_vif {
	struct kref ref;
	struct pf_card *card;
	u32 nr;
	u64 cookie;
	/* The host's own VIF; both are set before anybody else can find it. */
	bool is_own;
	struct svnic_net *net;

	struct mutex lock;
	bool dead;			  /* lock: gone from the card */
	u32 domid;			  /* lock */
	u32 nr_guest;			  /* lock: grants and queues of domid */
	u32 nr_pages;			  /* lock */
	u32 queues;			  /* lock: bitmap of the started ones */
	struct xarray grefs;		  /* lock: of the mapped grants */
	struct pf_page *chunk[PF_CHUNKS]; /* lock */

	struct pf_queue queue[SVNIC_MAX_QUEUES]; /* event_lock */
};

struct pf_start {
	u32 queue;
	enum pf_target target;
	u32 domid; /* PF_TO_GUEST */
	u32 port;  /* PF_TO_GUEST: the guest's unbound port */
	struct svnic_queue_config config;
};

/* A new VIF with one reference for the caller; in/out: @create. */
struct pf_vif *svnic_pf_vif_create(struct pf_card *card,
				   struct svnic_pf_create *create);
/* Stop, unmap and give back everything; again is harmless. */
void svnic_pf_vif_destroy(struct pf_vif *vif);
void svnic_pf_vif_destroy_all(struct pf_card *card);
struct pf_vif *svnic_pf_vif_find(struct pf_card *card, u32 nr);
/* One that svnicd may change, not the host's own; else ERR_PTR. */
struct pf_vif *svnic_pf_guest_vif(struct pf_card *card, u32 nr);
void svnic_pf_vif_put(struct pf_vif *vif);
/* An event channel between @domid's unbound port and a new one of ours. */
int svnic_pf_channel_bind(u32 domid, u32 remote, u32 *port);
void svnic_pf_channel_close(u32 port);
/* The VIF's grants and guest queues are of one domain only; vif->lock held. */
int svnic_pf_vif_claim(struct pf_vif *vif, u32 domid, u32 count);
void svnic_pf_vif_unclaim(struct pf_vif *vif, u32 count);
int svnic_pf_queue_start(struct pf_vif *vif, const struct pf_start *start,
			 u32 *status);
int svnic_pf_queue_stop(struct pf_vif *vif, u32 queue, u32 *status);

#endif /* SVNIC_PF_VIF_H */
