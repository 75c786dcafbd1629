// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lays the arena out, or takes over one that an earlier process left; see
 * arena.h.  What an earlier process may have left half done (lists, pools, the
 * demultiplexer) is never believed but made again from the VIFs, whose state
 * words are written last when they are created and first when they go.
 * Called once, before anything else of the core.
 */
#include "address.h"
#include "arena.h"
#include "bell.h"
#include "errno.h"
#include "event.h"
#include "group.h"
#include "mem.h"
#include "region.h"
#include "source.h"
#include "worker.h"

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

/* Fill @size with the octets of each part; of one worker, for its own. */
static void measure(const struct core_config *c, uint64_t *size)
{
	const uint64_t vifs = c->max_vifs;
	const uint64_t filters = arena_nr_filters(c);
	const uint64_t need[ARENA_PART_NR] = {
		[ARENA_HEADS] = c->nr_workers * sizeof(struct core),
		[ARENA_VIFS] = vifs * sizeof(struct vif),
		[ARENA_QUEUES] = c->nr_queues * sizeof(struct queue),
		[ARENA_DEMUX] = demux_size(nr_addresses(c)),
		[ARENA_DOMAINS] = vifs * sizeof(struct domain),
		[ARENA_FILTERS] = filters * sizeof(struct address),
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
		[ARENA_PARCELS] = (uint64_t)c->nr_workers * PARCELS *
				  sizeof(struct parcel),
		[ARENA_RINGS] = (uint64_t)c->nr_workers * c->nr_workers *
				sizeof(struct parcel_ring),
		[ARENA_BELLS] = c->nr_queues * sizeof(struct bell),
		[ARENA_DIRTY] = c->nr_queues * sizeof(uint16_t),
		[ARENA_MARKED] = c->nr_queues * sizeof(uint16_t),
	};
	unsigned int i;

	for (i = 0; i < ARENA_PART_NR; i++)
		size[i] = (need[i] + ARENA_ALIGN - 1) & ~(ARENA_ALIGN - 1ull);
}

/* Fill @offset, from the arena's begin; where the last part ends. */
static uint64_t lay_out(const struct core_config *c, uint64_t *offset,
			uint64_t *size)
{
	uint64_t end = sizeof(struct board);
	unsigned int i;

	measure(c, size);
	for (i = 0; i < ARENA_PART_NR; i++) {
		offset[i] = end;
		end += i < ARENA_OWN ? size[i] : size[i] * c->nr_workers;
	}
	return end;
}

static bool is_valid(const struct core_config *c)
{
	return c->nr_links >= 1 && c->nr_links <= SVNIC_MAX_LINKS &&
	       c->nr_ports <= SVNIC_MAX_PORTS && c->nr_workers >= 1 &&
	       c->nr_workers <= CORE_MAX_WORKERS && c->max_vifs >= 2 &&
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
	hash = mix(hash, sizeof(struct board));
	hash = mix(hash, sizeof(struct core));
	hash = mix(hash, sizeof(struct vif));
	hash = mix(hash, sizeof(struct queue));
	hash = mix(hash, c->nr_links);
	hash = mix(hash, c->nr_ports);
	hash = mix(hash, c->nr_workers);
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
	uint64_t size[ARENA_PART_NR];

	return (size_t)lay_out(config, offset, size);
}

/* Where a worker finds everything; the same in each process that maps it. */
static void place_heads(struct board *board, const struct core_config *config)
{
	uint64_t offset[ARENA_PART_NR];
	uint64_t size[ARENA_PART_NR];
	struct core *head;
	unsigned int w;
	unsigned int i;

	lay_out(config, offset, size);
	for (w = 0; w < config->nr_workers; w++) {
		uint64_t at = offset[ARENA_HEADS] + w * sizeof(*head);

		head = (void *)((char *)board + at);
		head->config = *config;
		head->worker = w;
		head->board = 0 - at;
		for (i = 0; i < ARENA_PART_NR; i++) {
			head->offset[i] = offset[i] - at;
			if (i >= ARENA_OWN)
				head->offset[i] += w * size[i];
		}
	}
}

static struct core *first_head(struct board *board,
			       const struct core_config *config)
{
	uint64_t offset[ARENA_PART_NR];
	uint64_t size[ARENA_PART_NR];

	lay_out(config, offset, size);
	return (void *)((char *)board + offset[ARENA_HEADS]);
}

static void create(struct board *board, size_t size,
		   const struct core_config *config)
{
	const size_t kept = offsetof(struct board, hash);
	struct core *core;
	unsigned int i;

	board->magic = 0;
	mem_commit();
	/*
	 * Memory that was never used is zero and is better not touched.  What
	 * says that it was used outlasts a wipe that is cut short.
	 */
	if (board->layout)
		memset((char *)board + kept, 0, size - kept);
	board->layout = ARENA_LAYOUT;
	mem_commit();
	board->hash = config_hash(config);
	board->size = size;
	place_heads(board, config);
	core = first_head(board, config);
	for (i = 0; i < config->max_vifs; i++)
		arena_vif(core, i)->state = VIF_FREE;
	for (i = 0; i < config->nr_queues; i++)
		arena_queue(core, i)->state = QUEUE_STOPPED;
	for (i = 0; i < config->nr_links; i++)
		arena_link(core, i)->epoch = config->epoch;
}

/* What follows from other state in the arena, of one worker. */
static void derive_head(struct core *core, uint64_t now_ns)
{
	unsigned int i;

	rss_init(&core->rss);
	core->now_ns = now_ns;
	core->nr_dirty = 0;
	core->nr_marked = 0;
	core->nr_bells = 0;
	core->nr_hot = 0;
	core->next_hot = 0;
	core->next_cold = 0;
	core->sweep_ns = now_ns;
	core->links_up = 0;
	core->round++;
	core->next_port = 0;
	core->nr_promised = 0;
	core->promised_ns = 0;
	core->commands_ns = 0;
	memset(core->promised, 0, sizeof(core->promised));
	list_init(&core->active);
	list_init(&core->urgent);
	wheel_init(core);
	for (i = 0; i < core->config.nr_links; i++)
		list_init(&core->pending[i]);
	parcel_init(core);
	worker_init(core);
}

/* All of it. */
static void derive(struct core *core)
{
	uint64_t now_ns = hal_clock_ns();
	unsigned int i;

	journal_repair(core);
	event_init(core);
	for (i = 0; i < core->config.nr_workers; i++)
		derive_head(arena_head(core, i), now_ns);
	demux_init(arena_demux(core), nr_addresses(&core->config));
	vif_rebuild(core);
	region_rebuild(core);
}

void core_arena_forget(void *arena)
{
	struct board *board = arena;

	board->magic = 0;
}

struct core *core_worker(struct core *core, unsigned int n)
{
	return arena_head(core, n);
}

unsigned int core_nr_workers(const struct core *core)
{
	return core->config.nr_workers;
}

int core_init(void *arena, size_t size, const struct core_config *config,
	      struct core **out, bool *adopted)
{
	struct board *board = arena;
	struct core *core;
	size_t need;

	if (!is_valid(config) || (uintptr_t)arena % ARENA_ALIGN)
		return -EINVAL;
	need = core_arena_size(config);
	if (size < need)
		return -ENOSPC;
	*adopted = board->magic == ARENA_MAGIC &&
		   board->layout == ARENA_LAYOUT && board->size == need &&
		   board->hash == config_hash(config);
	if (!*adopted)
		create(board, need, config);
	core = first_head(board, config);
	derive(core);
	mem_commit();
	board->magic = ARENA_MAGIC;
	*out = core;
	return 0;
}
