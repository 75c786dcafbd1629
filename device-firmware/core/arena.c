// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lays the arena out, or takes over one that an earlier process left; see
 * arena.h.  What an earlier process may have left half done (lists, pools, the
 * demultiplexer) is never believed but made again from the VIFs, whose state
 * words are written last when they are created and first when they go.
 * Called once, before anything else of the core.
 */
#include "arena.h"
#include "errno.h"
#include "mem.h"
#include "region.h"

#define ARENA_MAGIC 0x53564e4943415246ull
#define ARENA_ALIGN 64u

uint32_t arena_nr_filters(const struct core_config *config)
{
	uint32_t nr = config->max_vifs * 4 + SVNIC_MAX_FILTERS;

	return nr;
}

static uint32_t nr_addresses(const struct core_config *c)
{
	return c->max_vifs + arena_nr_filters(c) + c->max_vifs;
}

/* Fill @offset and return where the last part ends. */
static uint64_t lay_out(const struct core_config *c, uint64_t *offset)
{
	const uint64_t vifs = c->max_vifs;
	const uint64_t filters = arena_nr_filters(c);
	const uint64_t size[ARENA_PART_NR] = {
		[ARENA_VIFS] = vifs * sizeof(struct vif),
		[ARENA_QUEUES] = c->nr_queues * sizeof(struct queue),
		[ARENA_BELLS] = c->nr_queues * sizeof(struct queue_bell),
		[ARENA_DEMUX] = demux_size(nr_addresses(c)),
		[ARENA_DOMAINS] = vifs * sizeof(struct domain),
		[ARENA_FILTERS] = filters * sizeof(struct vif_filter),
		[ARENA_CHUNKS] = (uint64_t)c->nr_chunks * VIF_CHUNK_PAGES *
				 sizeof(uint64_t),
		[ARENA_CHUNK_USED] = c->nr_chunks * sizeof(uint16_t),
		[ARENA_RSS] = vifs * sizeof(struct rss),
		[ARENA_SOURCES] = vifs * SOURCE_LISTS * sizeof(struct source),
		[ARENA_GROUPS] = vifs * GROUP_LISTS * sizeof(struct groups),
		[ARENA_LINK_VIFS] = (uint64_t)c->nr_links * SVNIC_MAX_VIFS *
				    sizeof(uint16_t),
		[ARENA_VIF_NEXT] = vifs * sizeof(uint32_t),
		[ARENA_QUEUE_NEXT] = c->nr_queues * sizeof(uint32_t),
		[ARENA_DOMAIN_NEXT] = vifs * sizeof(uint32_t),
		[ARENA_FILTER_NEXT] = filters * sizeof(uint32_t),
		[ARENA_CHUNK_NEXT] = c->nr_chunks * sizeof(uint32_t),
		[ARENA_ACTIVE_NODES] = vifs * sizeof(struct node),
		[ARENA_MEMBER_NODES] = vifs * sizeof(struct node),
		[ARENA_UNKNOWN_NODES] = vifs * sizeof(struct node),
		[ARENA_MONITOR_NODES] = vifs * sizeof(struct node),
		[ARENA_PENDING_NODES] = c->nr_queues * sizeof(struct node),
		[ARENA_DIRTY] = c->nr_queues * sizeof(uint16_t),
		[ARENA_MARKED] = c->nr_queues * sizeof(uint16_t),
	};
	uint64_t end = sizeof(struct core);
	unsigned int i;

	for (i = 0; i < ARENA_PART_NR; i++) {
		offset[i] = end;
		end += (size[i] + ARENA_ALIGN - 1) & ~(ARENA_ALIGN - 1ull);
	}
	return end;
}

static bool is_valid(const struct core_config *c)
{
	return c->nr_links >= 1 && c->nr_links <= SVNIC_MAX_LINKS &&
	       c->nr_ports <= SVNIC_MAX_PORTS && c->max_vifs >= 2 &&
	       c->max_vifs <= SVNIC_MAX_VIFS && c->nr_queues >= 2 &&
	       c->nr_queues < LIST_NONE && c->nr_chunks >= 1 &&
	       c->nr_chunks <= SVNIC_MAX_VIFS * VIF_CHUNKS;
}

static uint32_t mix(uint32_t hash, uint32_t value)
{
	return (hash ^ value) * 0x01000193u;
}

/* The epoch is not in it: an arena that is taken over keeps its own. */
static uint32_t config_hash(const struct core_config *c)
{
	uint32_t hash = 0x811c9dc5u;
	unsigned int i;

	/* What is laid out otherwise is another arena. */
	hash = mix(hash, sizeof(struct core));
	hash = mix(hash, sizeof(struct vif));
	hash = mix(hash, sizeof(struct queue));
	hash = mix(hash, c->nr_links);
	hash = mix(hash, c->nr_ports);
	hash = mix(hash, c->max_vifs);
	hash = mix(hash, c->nr_queues);
	hash = mix(hash, c->nr_chunks);
	for (i = 0; i < sizeof(c->mac); i++)
		hash = mix(hash, c->mac[i]);
	return hash;
}

size_t core_arena_size(const struct core_config *config)
{
	uint64_t offset[ARENA_PART_NR];

	return (size_t)lay_out(config, offset);
}

static void create(struct core *core, size_t size,
		   const struct core_config *config)
{
	unsigned int i;

	/* Memory that was never used is zero and is better not touched. */
	if (core->layout)
		memset(core, 0, size);
	core->layout = ARENA_LAYOUT;
	core->hash = config_hash(config);
	core->size = size;
	core->config = *config;
	lay_out(config, core->offset);
	for (i = 0; i < config->max_vifs; i++)
		arena_vif(core, i)->state = VIF_FREE;
	for (i = 0; i < config->nr_queues; i++)
		arena_queue(core, i)->state = QUEUE_STOPPED;
	for (i = 0; i < config->nr_links; i++)
		core->link[i].epoch = config->epoch;
}

/* All that follows from other state in the arena. */
static void derive(struct core *core)
{
	unsigned int i;

	journal_repair(core);
	rss_init(&core->rss);
	core->nr_dirty = 0;
	core->nr_marked = 0;
	core->nr_bells = 0;
	core->nr_hot = 0;
	core->next_hot = 0;
	core->next_cold = 0;
	core->sweep_ns = core->now_ns;
	core->links_up = 0;
	core->round++;
	list_init(&core->active);
	list_init(&core->urgent);
	wheel_init(core);
	for (i = 0; i < core->config.nr_links; i++)
		list_init(&core->link[i].event.pending);
	demux_init(arena_demux(core), nr_addresses(&core->config));
	vif_rebuild(core);
	region_rebuild(core);
}

void core_arena_forget(void *arena)
{
	struct core *core = arena;

	core->magic = 0;
}

int core_init(void *arena, size_t size, const struct core_config *config,
	      struct core **out, bool *adopted)
{
	struct core *core = arena;
	size_t need;

	if (!is_valid(config) || (uintptr_t)arena % ARENA_ALIGN)
		return -EINVAL;
	need = core_arena_size(config);
	if (size < need)
		return -ENOSPC;
	*adopted = core->magic == ARENA_MAGIC && core->layout == ARENA_LAYOUT &&
		   core->size == need && core->hash == config_hash(config);
	if (!*adopted)
		create(core, need, config);
	core->now_ns = hal_clock_ns();
	derive(core);
	core->magic = ARENA_MAGIC;
	*out = core;
	return 0;
}
