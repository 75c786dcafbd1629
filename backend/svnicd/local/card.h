/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One link to svnic-fw: registers, admin queue, event ring, and memory that
 * is shared with the card.  Functions return 0, -errno (-ENODEV: the card is
 * not there), or a positive enum svnic_status where the card refused.  An
 * admin command is waited for, a second at most.
 */
#ifndef SVNICD_LOCAL_CARD_H
#define SVNICD_LOCAL_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <svnic/abi.h>
#include "vfu.h"

/* IRQ index beside those of PCI: interrupts of the guests, by VIF number. */
#define CARD_IRQ_GUESTS 5

struct card {
	struct vfu vfu;
	int memfd;
	unsigned char *memory;	  /* queues and payload, see card.c */
	int admin_event;	  /* eventfd of SVNIC_VECTOR_ADMIN */
	int ring_event;		  /* eventfd of SVNIC_VECTOR_EVENT */
	int doorbells;		  /* file of BAR2 */
	uint64_t doorbell_offset; /* of page 0 in it */
	uint64_t next_address;	  /* for memory that is shared later */
	uint32_t submitted;	  /* commands, as are completed */
	uint32_t completed;
	uint32_t taken;	  /* entries of the event ring */
	uint32_t version; /* registers */
	uint32_t features;
	uint32_t link;
	uint32_t ports;
	uint32_t max_vifs;
	uint32_t epoch;
};

/* Nothing is open; card_open() and card_close() may follow in turn. */
void card_init(struct card *c);
/* What failed goes to @why, of @len octets. */
int card_open(struct card *c, const char *path, char *why, size_t len);
void card_close(struct card *c);
static inline bool card_is_open(const struct card *c)
{
	return vfu_is_up(&c->vfu);
}

/*
 * One command.  @payload of @len octets is sent with it when @to_card, else
 * filled when the card answers OK; at most 4096.  @result is what it answered,
 * whatever the status; it may be NULL.
 */
int card_admin(struct card *c, const struct svnic_admin_cmd *cmd, void *payload,
	       uint32_t len, bool to_card, uint32_t *result);

/*
 * The next entry of the event ring, copied: true; false: none is left, and
 * ring_event will be signalled for the next one.
 */
bool card_event(struct card *c, struct svnic_event *event);

/* The card may use @size octets of @fd; where, in its terms, is *@address. */
int card_share(struct card *c, int fd, uint64_t size, uint64_t *address);
void card_unshare(struct card *c, uint64_t address, uint64_t size);

/* Load pages [@first, @first + @count) of a VIF from @address on; undone on
 * failure.  And take them out again: how many there were is *@done. */
int card_pages_map(struct card *c, unsigned int nr, uint32_t first,
		   uint32_t count, uint64_t address);
int card_pages_unmap(struct card *c, unsigned int nr, uint32_t first,
		     uint32_t count, uint32_t *done);

/* Interrupt @nr of the guests signals @fd, or nothing (-1). */
int card_guest_irq(struct card *c, unsigned int nr, int fd);

#endif /* SVNICD_LOCAL_CARD_H */
