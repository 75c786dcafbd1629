/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue pair of a VIF: its cursors, its life cycle, and the pages of its
 * rings.  The rings themselves are worked by vif_tx.c and vif_rx.c.
 */
#ifndef CORE_QUEUE_H
#define CORE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct vif;

/* A state's number on the wire is one less. */
enum queue_state {
	QUEUE_STOPPED = 1,
	QUEUE_RUNNING,
	QUEUE_FAULTED,
	QUEUE_STATE_NR
};

enum queue_event {
	QUEUE_EV_START,
	QUEUE_EV_STOP,
	QUEUE_EV_FAULT,
	QUEUE_EV_RESET,
	QUEUE_EV_NR
};

#define QUEUE_EVENT_GUEST (1u << 0) /* an event of the queue is to be written */
#define QUEUE_EVENT_FAULT (1u << 1) /* and one that says why it stopped */

/*
 * The pointers are those of the control page and of the ring page that was
 * used last; they are as good as their round.
 */
struct queue {
	/* Line 0: written when the queue starts, stops or faults. */
	uint16_t vif;
	uint16_t vif_id;
	uint8_t link;
	uint8_t id;
	uint8_t state;
	uint8_t fault;
	uint8_t tx_order;
	uint8_t rx_order;
	uint16_t bell; /* place in the list of doorbells */
	uint32_t base;
	uint32_t desc; /* first page of each ring */
	uint32_t seg;
	uint32_t meta;
	uint32_t notify;
	uint32_t reset; /* the doorbell's reset word carried out last */
	/* tx: from the frame that waits up to here, all are for one receiver */
	uint32_t scanned;
	uint32_t hurry; /* tx: no frame before this one waits, if is_hurried */
	uint8_t is_hurried;
	uint8_t is_away; /* tx: frames of it are in a parcel */
	uint8_t is_far; /* tx: the first frame waits for another worker's VIF */
	uint8_t awaited;   /* rx: workers of which a queue waits: a bitmap */
	uint32_t sent;	   /* tx: segments of the first frame, gone already */
	uint32_t heard;	   /* tx: core->heard when the last parcel was sent */
	uint64_t retry_ns; /* tx: the first frame was away; not before */

	/* Line 1: written by vif_tx.c while it serves the queue. */
	uint32_t tx_next; /* descriptors used */
	uint32_t tx_cons; /* descriptors returned, as published */
	uint32_t tx_mask;
	uint32_t tx_round;
	struct svnic_queue_ctrl *tx_ctrl;
	uint8_t *desc_ptr;
	uint32_t desc_page;
	/* Written by event.c. */
	uint32_t tx_seen;  /* tx_cons when event_due() looked last */
	uint8_t is_marked; /* on the list of the round's events */
	uint8_t pending;   /* QUEUE_EVENT_*: on the link's list if not zero */
	uint8_t reserved1[2];
	uint32_t paid; /* tx: octets of the first frame, charged already */
	uint64_t hold_until; /* the guest's event waits until then; 0: not */
	uint64_t wait_until; /* the first frame waits until then; 0: not */

	/* Line 2: written by vif_rx.c for whoever sends. */
	uint32_t rx_next; /* buffers taken */
	uint32_t rx_done; /* completions published */
	uint32_t rx_prod; /* buffers provided, as seen last */
	uint32_t rx_seen; /* rx_done when event_due() looked last */
	uint32_t rx_mask;
	uint32_t rx_round;
	struct svnic_queue_ctrl *rx_ctrl;
	uint8_t *seg_ptr;
	uint8_t *meta_ptr;
	uint16_t seg_page; /* of the ring, from 0 */
	uint16_t meta_page;
	uint8_t is_stalled; /* nobody waits for it any more */
	uint8_t is_dirty;   /* on the list of queues to publish */
	uint16_t paced;	    /* buffers provided since pace_ns */
	uint64_t pace_ns;
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct queue) == 192, "three lines");
_Static_assert(offsetof(struct queue, tx_next) == 64, "line 1");
_Static_assert(offsetof(struct queue, rx_next) == 128, "line 2");

/* The state after an event, or 0 where the table has no such cell. */
enum queue_state queue_next_state(enum queue_state state, enum queue_event ev);

/* Start queue @id of a VIF.  enum svnic_status. */
enum svnic_status queue_start(struct core *core, struct vif *vif,
			      unsigned int id,
			      const struct svnic_queue_config *config);
/*
 * Stop and free a queue.  The other workers are halted, so nothing of the queue
 * is in use any more when this returns.
 */
void queue_stop(struct core *core, struct queue *q);
/* A guest broke the rules of its ring: stop this queue, count and tell it. */
void queue_fault(struct core *core, struct queue *q, enum svnic_verdict v);
/* The doorbell's reset word changed to @word (abi.md 7). */
void queue_reset(struct core *core, struct queue *q, uint32_t word);
/* A queue of an arena that was found: list it again; touches no host memory. */
void queue_rebuild(struct core *core, struct queue *q);
/* The host's memory is there (again): show what was done, look for work. */
void queue_resume(struct core *core, struct queue *q);

/* The control page, or NULL when it is no longer there. */
struct svnic_queue_ctrl *queue_ctrl(struct core *core, struct queue *q);
/* Ring entries of the card's pages; NULL when the page is not there. */
const struct svnic_tx_desc *queue_tx_desc(struct core *core, struct queue *q,
					  uint32_t idx);
const struct svnic_seg *queue_rx_seg(struct core *core, struct queue *q,
				     uint32_t idx);
struct svnic_meta *queue_rx_meta(struct core *core, struct queue *q,
				 uint32_t idx);

#endif /* CORE_QUEUE_H */
