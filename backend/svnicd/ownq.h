/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue pair of a VIF in the daemon's own memory: its area, its buffers, its
 * line of the doorbell page.  Captures and the netif path each have one.
 *
 * A guest can write the whole doorbell page of its VIF, and with it restart a
 * queue of ours at any moment: what the card then shows is -EPROTO here, not
 * an error of the card's.
 */
#ifndef SVNICD_OWNQ_H
#define SVNICD_OWNQ_H

#include <stdbool.h>
#include <stdint.h>

#include <svnic/ring.h>

struct platform;
struct platform_ops;
struct platform_post;

struct ownq_shape {
	unsigned int queue;
	unsigned int tx_order, rx_order;
	uint32_t area;	     /* first page index of the area */
	uint32_t buffers;    /* ... of the buffers */
	uint32_t nr_buffers; /* at most SVNIC_PAGES_BATCH */
};

/*
 * What a daemon leaves for the one after it, in the control page, of which the
 * card knows the beginning only.
 */
struct ownq_note {
	uint32_t layout; /* who goes on must have the same shape */
	uint32_t taken;	 /* completions whose frames were passed on */
};

#define OWNQ_ROOM 1024u

struct ownq {
	const struct platform_ops *ops;
	struct platform *p;
	unsigned int nr; /* of the VIF */
	struct ownq_shape shape;
	void *area;
	char *buffers;			 /* page n at n * SVNIC_PAGE_SIZE */
	struct svnic_doorbell *doorbell; /* this queue's line */
	struct svnic_doorbell *page;
	struct ownq_note *note;
	void *room; /* OWNQ_ROOM octets, zero at first, for the next owner */
	uint32_t behind; /* completions taken whose frames wait here */
	bool running;
	uint32_t kicks;
	uint32_t resets;
	struct svnic_txq tx;
	struct svnic_rxq rx;
};

/*
 * Take the memory and start the queue, with nothing provided yet.  0, -errno or
 * enum svnic_status; nothing is held on failure.
 */
int ownq_init(struct ownq *q, const struct platform_ops *ops,
	      struct platform *p, unsigned int nr,
	      const struct ownq_shape *shape);
/*
 * The queue that an earlier daemon left, as it stands: what was sent and has
 * not come back is between tx.done and tx.next, buffers of the card, filled
 * ones first, between rx.done and rx.next.  0, or -errno: it must be started
 * anew, and nothing of it is left if it was there.
 */
int ownq_adopt(struct ownq *q, const struct platform_ops *ops,
	       struct platform *p, unsigned int nr,
	       const struct ownq_shape *shape);
/* For ownq_adopt() of the next daemon; our mappings end with the process. */
void ownq_leave(struct ownq *q);
/* Stop it and give everything back; a zeroed structure is nothing. */
void ownq_fini(struct ownq *q);

/* Offer page @n of the buffers, whole.  There is svnic_rx_space(). */
void ownq_provide(struct ownq *q, uint32_t n);
/* Publish what was provided and have the card look. */
void ownq_kick(struct ownq *q);
/*
 * The same for others to store, as OWNQ_POSTS posts, of what was provided to tx
 * since tx.next was @from; and whether that was done, or nothing was provided.
 */
#define OWNQ_POSTS 2u
void ownq_post(const struct ownq *q, struct platform_post *post);
void ownq_posted(struct ownq *q, bool posted, svnic_index from);
/*
 * About to sleep: an event shall come for a completion (@rx), and when half of
 * what was sent has come back (@tx).  True when that is so already.
 */
bool ownq_arm(struct ownq *q, bool tx, bool rx);

/* Awake: no event need come. */
void ownq_disarm(struct ownq *q);

/* Would ownq_arm() say so?  Nothing is armed. */
bool ownq_has_work(const struct ownq *q, bool tx);
/* The page index of @mem, or PLATFORM_ELSEWHERE when that is no buffer. */
uint32_t ownq_page(const struct ownq *q, const void *mem);

/* Restart a queue that makes no sense (abi.md 7): ask, then see. */
void ownq_restart(struct ownq *q);
bool ownq_is_restarted(const struct ownq *q);

#endif /* SVNICD_OWNQ_H */
