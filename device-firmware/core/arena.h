/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arena: all state of the card in one block of memory.  Objects are found
 * by index in arrays that begin at offsets kept in the head, struct core, so
 * the block may be mapped anywhere.  The only pointers in it are as good as
 * their round (a queue's ring pages, a VIF's window) or scratch (the frames
 * being worked on); a new round or a new process never looks at old ones.
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdint.h>
#include <svnic/order.h>
#include "core.h"
#include "admin.h"
#include "demux.h"
#include "domain.h"
#include "event.h"
#include "frame.h"
#include "group.h"
#include "link.h"
#include "list.h"
#include "pool.h"
#include "rss.h"
#include "source.h"
#include "switch.h"
#include "vif.h"
#include "wheel.h"

#define ARENA_PROMISED 8u
#define ARENA_LAYOUT   8u  /* raise when anything in the arena moves */
#define ARENA_BURST    32u /* frames that are worked on together */
#define ARENA_BUFFERS  64u /* receive buffers of one frame */

enum arena_part {
	ARENA_VIFS,
	ARENA_QUEUES,
	ARENA_BELLS,
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
	ARENA_DIRTY,  /* queues with completions to publish */
	ARENA_MARKED, /* queues whose event indices are to be looked at */
	ARENA_PART_NR
};

/* A receive buffer that a frame is being copied to. */
struct buffer {
	uint8_t *data;
	uint32_t len;
	uint32_t used;
};

struct core {
	uint64_t magic; /* written last */
	uint32_t layout;
	uint32_t hash; /* of the configuration */
	uint64_t size;
	struct core_config config;
	uint64_t offset[ARENA_PART_NR];

	/* Written every round. */
	uint32_t round; /* changes whenever a pointer may have become stale */
	uint32_t dma_epoch;
	uint64_t now_ns;
	uint32_t nr_dirty;
	uint32_t nr_marked;
	uint32_t nr_bells; /* queues that the sweep watches */
	uint32_t nr_hot;   /* the first of them, which rang lately */
	uint32_t next_hot;
	uint32_t next_cold;
	uint32_t links_up;  /* bitmap: the host's memory is there */
	uint32_t turn_owed; /* see turn.c */
	uint64_t sweep_ns;  /* when cold bells were looked at last */
	struct list active; /* VIFs with work, in turn */
	struct list urgent; /* those whose min_rate is not used up */
	struct wheel wheel; /* those whose rate is */
	/* VIFs with a min_rate that sent lately: their index + 1, or 0. */
	uint16_t promised[ARENA_PROMISED];
	uint32_t nr_promised; /* that were ever put there */

	/* Written by admin commands. */
	struct pool vif_pool;
	struct pool queue_pool;
	struct pool domain_pool;
	struct pool filter_pool;
	struct pool chunk_pool;
	struct link link[SVNIC_MAX_LINKS];
	uint16_t trunk[SVNIC_MAX_SEGMENTS]; /* domain of a segment's trunks */
	struct port port[SVNIC_MAX_PORTS];

	/* Scratch: means nothing between two calls into the core. */
	uint8_t payload[SVNIC_PAGE_SIZE] __attribute__((aligned(64)));
	struct rss_default rss;
	struct hal_frame wire[ARENA_BURST];
	struct buffer buffer[ARENA_BUFFERS];
	struct frame frame[ARENA_BURST];
} __attribute__((aligned(64)));

static inline void *arena_part(const struct core *core, enum arena_part part)
{
	return (char *)(uintptr_t)core + core->offset[part];
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

/* Filters of the card, for a configuration. */
uint32_t arena_nr_filters(const struct core_config *config);

#endif /* CORE_ARENA_H */
