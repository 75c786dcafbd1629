/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: when a guest wants to know, and the ring in the host's memory that
 * tells which guest.
 */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>
#include "list.h"

struct core;
struct queue;

/* A link's event ring; written by event.c. */
struct event_link {
	uint64_t addr; /* bus address; 0 entries: there is none */
	uint32_t entries;
	uint32_t prod;	    /* as published */
	uint32_t announced; /* prod when arm was looked at last */
	uint32_t pen;	    /* a worker is writing; see mem_claim() */
};

/* Who had a link's pen when the last core died has it no more. */
void event_init(struct core *core);
/* Something was published on the queue: look at its event indices later. */
void event_mark(struct core *core, struct queue *q);
/* Tell the guest in any case. */
void event_raise(struct core *core, struct queue *q);
/* The queue was stopped for its guest's fault: tell guest and host. */
void event_fault(struct core *core, struct queue *q);
/* The queue goes away. */
void event_forget(struct core *core, struct queue *q);
/* End of a round: decide for all marked queues, write and raise. */
void event_flush(struct core *core);
/*
 * When the first event that is held is due, or a full ring is to be looked at
 * again; UINT64_MAX: neither.
 */
uint64_t event_next_due(const struct core *core, uint64_t now_ns);
/* Use a ring of @entries at @addr from now on. */
void event_ring_set(struct core *core, unsigned int link, uint64_t addr,
		    uint32_t entries);

#endif /* CORE_EVENT_H */
