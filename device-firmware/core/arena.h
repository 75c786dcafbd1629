/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arena: all state of the card in one block of memory.  It begins with what
 * the workers share, struct board; each worker has a head of its own, struct
 * core, with the offsets of the arrays in which objects are found by index, so
 * the block may be mapped anywhere.  The only pointers in it are as good as
 * their round (a queue's ring pages, a VIF's window) or scratch (the frames
 * being worked on); a new round or a new process never looks at old ones.
 *
 * Who writes what: a VIF, its queues and its place in any list belong to its
 * worker; the board, the tables and everything else to worker 0, and only
 * while the others rest (worker.h).
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdint.h>
#include <svnic/order.h>
#include "core.h"
#include "demux.h"
#include "domain.h"
#include "frame.h"
#include "link.h"
#include "list.h"
#include "parcel.h"
#include "pool.h"
#include "rss.h"
#include "vif.h"
#include "wheel.h"
#include "wire.h"

#define ARENA_PROMISED 8u
#define ARENA_LAYOUT   10u /* raise when anything in the arena moves */
#define ARENA_BUFFERS  64u /* receive buffers of one frame */

enum arena_part {
	ARENA_HEADS, /* a struct core for each worker */
	ARENA_VIFS,
	ARENA_QUEUES,
	ARENA_DEMUX,
	ARENA_DOMAINS,
	ARENA_FILTERS,
	ARENA_CHUNKS,	  /* page tables, VIF_CHUNK_PAGES entries each */
	ARENA_CHUNK_USED, /* entries in use of each chunk */
	ARENA_RSS,	  /* of each VIF */
	ARENA_SOURCES,	  /* of each VIF, SOURCE_LISTS */
	ARENA_GROUPS,	  /* of each VIF, GROUP_LISTS */
	ARENA_LINK_VIFS,  /* per link: VIF number -> index */
	ARENA_VIF_NEXT,	  /* slots of the pools */
	ARENA_QUEUE_NEXT,
	ARENA_DOMAIN_NEXT,
	ARENA_FILTER_NEXT,
	ARENA_CHUNK_NEXT,
	ARENA_ACTIVE_NODES, /* nodes of the lists */
	ARENA_MEMBER_NODES,
	ARENA_UNKNOWN_NODES,
	ARENA_MONITOR_NODES,
	ARENA_PENDING_NODES,
	ARENA_PARCELS, /* PARCELS of each worker */
	ARENA_RINGS,   /* of parcels, from each worker to each */
	/* From here on each worker has its own. */
	ARENA_BELLS,
	ARENA_DIRTY,  /* queues with completions to publish */
	ARENA_MARKED, /* queues whose event indices are to be looked at */
	ARENA_PART_NR,
	ARENA_OWN = ARENA_BELLS
};

/* A receive buffer that a frame is being copied to. */
struct buffer {
	uint8_t *data;
	uint32_t len;
	uint32_t used;
};

/* What the workers share: offset 0 of the arena. */
struct board {
	uint64_t magic; /* written last */
	uint32_t layout;
	uint32_t hash; /* of the configuration */
	uint64_t size;

	/* Written by admin commands. */
	uint16_t nr_on[CORE_MAX_WORKERS]; /* VIFs of each worker */
	struct pool vif_pool;
	struct pool queue_pool;
	struct pool domain_pool;
	struct pool filter_pool;
	struct pool chunk_pool;
	struct link link[SVNIC_MAX_LINKS];
	uint16_t trunk[SVNIC_MAX_SEGMENTS]; /* domain of a segment's trunks */

	/* Written by worker 0 at any time. */
	struct port port[SVNIC_MAX_PORTS] __attribute__((aligned(64)));
	__le32 halt __attribute__((aligned(64))); /* see worker.c */
} __attribute__((aligned(64)));

/* What one worker works with; but for @state and @told nobody else looks. */
struct core {
	struct core_config config;
	uint64_t offset[ARENA_PART_NR]; /* from here, two's complement */
	uint64_t board;
	uint32_t worker; /* its number */

	/* Written every round. */
	uint32_t round; /* changes whenever a pointer may have become stale */
	uint32_t dma_epoch;
	uint32_t nr_dirty;
	uint64_t now_ns;
	uint32_t nr_marked;
	uint32_t nr_bells; /* queues that the sweep watches */
	uint32_t nr_hot;   /* the first of them, which rang lately */
	uint32_t next_hot;
	uint32_t next_cold;
	uint32_t links_up;  /* bitmap: the host's memory is there */
	uint64_t sweep_ns;  /* when cold bells were looked at last */
	uint32_t turn_owed; /* see sched.c */
	uint32_t nr_out;    /* parcels that have not come home */
	struct list active; /* VIFs with work, in turn */
	struct list urgent; /* those whose min_rate is not used up */
	struct wheel wheel; /* those whose rate is */
	/* VIFs with a min_rate that sent lately: their index + 1, or 0. */
	uint16_t promised[ARENA_PROMISED];
	uint32_t nr_promised; /* that were ever put there */
	uint64_t promised_ns; /* when one of them had something to send */
	/* Queues with an event to write. */
	struct list pending[SVNIC_MAX_LINKS];

	/* Parcels that are at home; a burst is put into the last one. */
	uint16_t parcel[PARCELS];
	uint32_t nr_parcels;
	uint32_t next_port; /* the wire that is asked first */
	struct wire_burst wire_burst;

	uint32_t heard; /* the sum of what others told, as looked at last */
	uint64_t commands_ns; /* no commands before then; of worker 0 */
	uint64_t halt_ns;     /* when its halt began; of worker 0 */

	__le32 state __attribute__((aligned(64))); /* enum worker_state */
	/* How often each worker was told that there are buffers (O13). */
	__le32 told[CORE_MAX_WORKERS] __attribute__((aligned(64)));

	/* Scratch: means nothing between two calls into the core. */
	uint8_t payload[SVNIC_PAGE_SIZE] __attribute__((aligned(64)));
	struct rss_default rss;
	struct hal_frame wire[ARENA_BURST];
	struct buffer buffer[ARENA_BUFFERS];
} __attribute__((aligned(64)));

static inline void *arena_part(const struct core *core, enum arena_part part)
{
	return (char *)(uintptr_t)core + (ptrdiff_t)core->offset[part];
}

static inline struct board *arena_board(const struct core *core)
{
	return (void *)((char *)(uintptr_t)core + (ptrdiff_t)core->board);
}

static inline struct link *arena_link(const struct core *core,
				      unsigned int link)
{
	return &arena_board(core)->link[link];
}

/* The head of worker @n. */
static inline struct core *arena_head(const struct core *core, unsigned int n)
{
	return (struct core *)arena_part(core, ARENA_HEADS) + n;
}

static inline struct vif *arena_vif(const struct core *core, unsigned int idx)
{
	return (struct vif *)arena_part(core, ARENA_VIFS) + idx;
}

static inline unsigned int arena_vif_idx(const struct core *core,
					 const struct vif *vif)
{
	return (unsigned int)(vif - arena_vif(core, 0));
}

static inline struct queue *arena_queue(const struct core *core,
					unsigned int idx)
{
	return (struct queue *)arena_part(core, ARENA_QUEUES) + idx;
}

static inline unsigned int arena_queue_idx(const struct core *core,
					   const struct queue *q)
{
	return (unsigned int)(q - arena_queue(core, 0));
}

static inline struct demux *arena_demux(const struct core *core)
{
	return arena_part(core, ARENA_DEMUX);
}

static inline struct domain *arena_domain(const struct core *core,
					  unsigned int idx)
{
	return (struct domain *)arena_part(core, ARENA_DOMAINS) + idx;
}

/* Number -> index of the VIFs of a link; LIST_NONE where there is none. */
static inline uint16_t *arena_link_vifs(const struct core *core,
					unsigned int link)
{
	return (uint16_t *)arena_part(core, ARENA_LINK_VIFS) +
	       link * SVNIC_MAX_VIFS;
}

/* The head of the worker that a VIF belongs to. */
static inline struct core *arena_home(const struct core *core,
				      const struct vif *vif)
{
	return arena_head(core, vif->worker);
}

/* Filters of the card, for a configuration. */
uint32_t arena_nr_filters(const struct core_config *config);

#endif /* CORE_ARENA_H */
