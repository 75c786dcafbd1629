/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to svnic_front.ko: granted pages, and event channels. */
#ifndef SVNIC_FRONT_GRANT_H
#define SVNIC_FRONT_GRANT_H

#include <linux/interrupt.h>
#include <linux/mm_types.h>
#include <xen/grant_table.h>
#include <xen/interface/event_channel.h>

struct svnic_front;

struct front_pages {
	struct page **page;
	grant_ref_t *ref;
	u32 nr;
};

/* An event channel; how often in a row it rang for nothing (rule R36). */
struct front_event {
	evtchn_port_t port;
	int irq; /* 0: not bound */
	u32 idle;
	char name[40];
};

/* grant.c */
/* A zeroed page that the backend may read and write; and the reverse. */
int svnic_front_page_share(struct svnic_front *f, struct page **page,
			   grant_ref_t *ref);
/* The page is freed once the backend has let go of it; idempotent. */
void svnic_front_page_unshare(struct page **page, grant_ref_t ref);
/* All or nothing. */
int svnic_front_pages_share(struct svnic_front *f, struct front_pages *p,
			    u32 count);
void svnic_front_pages_unshare(struct front_pages *p);

/* event.c */
int svnic_front_event_bind(struct svnic_front *f, struct front_event *e,
			   irq_handler_t handler, void *arg);
void svnic_front_event_unbind(struct front_event *e, void *arg);
/* End of a handler. */
void svnic_front_event_done(struct front_event *e, int irq, bool useful);

#endif /* SVNIC_FRONT_GRANT_H */
