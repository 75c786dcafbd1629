/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A burst of frames that several workers have a part in.  It goes from worker
 * to worker, each delivers what is for its own VIFs, and it ends where it
 * began: so whatever it names is touched by one worker at a time.  A queue has
 * at most one under way, which keeps its frames in order; so has a wire for
 * each worker.
 */
#ifndef CORE_PARCEL_H
#define CORE_PARCEL_H

#include <stdbool.h>
#include <stdint.h>
#include "core.h"
#include "frame.h"

#define ARENA_BURST 32u /* frames that are worked on together */
#define PARCELS	    16u /* of a worker */
#define PARCEL_RING (CORE_MAX_WORKERS * PARCELS) /* never full */

struct parcel {
	uint16_t queue;	  /* whose frames these are; LIST_NONE: the wire's */
	uint16_t sender;  /* VIF index, or LIST_NONE */
	uint8_t home;	  /* worker */
	uint8_t nr;	  /* frames */
	uint8_t todo;	  /* workers that are to see it yet: a bitmap */
	uint8_t port;	  /* the wire */
	uint8_t is_away;  /* it was sent */
	uint8_t has_many; /* frames that are for more than one VIF */
	uint8_t promised; /* sent on the VIF's min_rate */
	struct frame frame[ARENA_BURST];
};

/* Parcels on their way from one worker to another, by number. */
struct parcel_ring {
	__le32 prod __attribute__((aligned(64))); /* written by the first */
	uint16_t slot[PARCEL_RING];
	uint32_t cons __attribute__((aligned(64))); /* ... by the other */
};

/* What a wire's last burst became; written by wire.c. */
struct wire_burst {
	uint8_t nr;
	uint8_t nr_out;		      /* parcels of it under way */
	uint8_t is_many[ARENA_BURST]; /* it was for more than one */
	uint16_t nr_got[ARENA_BURST]; /* how many got it */
};

/* All parcels of the worker are at home, all rings to it are empty. */
void parcel_init(struct core *core);
/* What the next burst is put into; it stays where it is until it is sent. */
struct parcel *parcel_open(const struct core *core);
/* So many can be taken. */
unsigned int parcel_nr_free(const struct core *core);
/* The open one is the caller's until he sends it; another is open then. */
struct parcel *parcel_take(struct core *core);
/*
 * Send it round the workers in its @todo, the lowest first.  When all have seen
 * it, vif_tx_home() or wire_home() is called with it.
 */
void parcel_send(struct core *core, struct parcel *p);
/* Have parcels of others arrived? */
bool parcel_is_there(const struct core *core);
/* Deal with those that have; frames in them. */
unsigned int parcel_poll(struct core *core);

#endif /* CORE_PARCEL_H */
