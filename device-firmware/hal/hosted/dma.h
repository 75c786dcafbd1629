/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of one link's host, as the client announced it: a sorted table
 * of ranges, each mapped exactly as far as announced.  dma_find() is called
 * for every descriptor and every page, hence the inline cache in front.
 *
 * Pointers from dma_find() are good until the next call of any other function
 * here.  All workers of the core call it; the others are called while nobody
 * does.
 */
#ifndef HOSTED_DMA_H
#define HOSTED_DMA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../core/core.h"

#define DMA_READ  1u
#define DMA_WRITE 2u
/* So that all links together stay below the kernel's 65530 mappings. */
#define DMA_RANGES_MAX 8000u
#define DMA_WINDOWS    64u

/* What a lookup needs of a range.  @flags is 0 when there is no memory. */
struct dma_window {
	uint64_t addr;
	uint64_t size;
	uint8_t *host;
	uint32_t flags; /* DMA_READ, DMA_WRITE */
};

struct dma_range {
	struct dma_window window;
	void *base; /* of the mapping, which may begin before the range */
	size_t len;
	bool stale; /* announced by a client that is gone */
	/* Of a map that keeps its files; else -1 and 0. */
	int fd;
	uint64_t offset;
};

/* What one thread found lately, while nothing changed. */
struct dma_cache {
	uint32_t epoch;
	struct dma_window window[DMA_WINDOWS];
};

struct dma_map {
	struct dma_cache cache[CORE_MAX_WORKERS];
	struct dma_range *range; /* sorted by address */
	unsigned int nr;
	unsigned int room;
	/* Keep the files instead of mapping them: the books of an owner. */
	bool keep;
};

void dma_init(struct dma_map *map, bool keep);
/* Unmap everything and free the table. */
void dma_fini(struct dma_map *map);

/*
 * Announce a range.  @fd is a file of memory (memfd, tmpfs, hugetlbfs) that
 * stays the caller's, or -1: the range is then remembered but never accessible.
 * A stale range that is in the way goes; any other gives -EEXIST.  -EINVAL for
 * what cannot be.
 */
int dma_add(struct dma_map *map, uint64_t addr, uint64_t size, uint32_t flags,
	    int fd, uint64_t offset);

/* Withdraw exactly one range; -ENOENT when there is none just so. */
int dma_del(struct dma_map *map, uint64_t addr, uint64_t size);

/* Withdraw all. */
void dma_clear(struct dma_map *map);

/* The client is gone; keep its ranges until a new one announces them. */
void dma_set_stale(struct dma_map *map);
/* Only the range at @addr. */
void dma_mark_stale(struct dma_map *map, uint64_t addr);

/*
 * In a SIGBUS handler: when @where lies in memory that its owner took away,
 * put zeros in its place, make the range inaccessible and return true.
 */
bool dma_repair(struct dma_map *map, void *where);

/* The search behind dma_find(). */
void *dma_find_slow(struct dma_map *map, uint64_t addr, size_t len,
		    uint32_t need);

/*
 * The whole range around @addr, when it allows @need: bus address, size and
 * memory.  False when there is none.
 */
bool dma_range_of(const struct dma_map *map, uint64_t addr, uint32_t need,
		  struct dma_window *w);

/* Another number whenever a pointer that was handed out may be stale. */
extern atomic_uint dma_changes;

static inline uint32_t dma_epoch(void)
{
	return atomic_load_explicit(&dma_changes, memory_order_relaxed);
}

/* The caller is worker @nr; who says nothing is worker 0. */
void dma_use(unsigned int nr);
extern _Thread_local unsigned int dma_worker;

/* One slot for any 2 MiB; far apart ranges of many tenants spread. */
static inline unsigned int dma_slot(uint64_t addr)
{
	return (unsigned int)(addr >> 21 ^ addr >> 28 ^ addr >> 34) &
	       (DMA_WINDOWS - 1);
}

/*
 * The memory at bus address @addr, all of @len octets within one range that
 * allows @need, or NULL.
 */
static inline void *dma_find(struct dma_map *map, uint64_t addr, size_t len,
			     uint32_t need)
{
	const struct dma_cache *c = &map->cache[dma_worker];
	const struct dma_window *w = &c->window[dma_slot(addr)];
	uint64_t offset = addr - w->addr;

	if (__builtin_expect(c->epoch == dma_epoch() && offset < w->size &&
				     len <= w->size - offset &&
				     (need & ~w->flags) == 0,
			     1))
		return w->host + offset;
	return dma_find_slow(map, addr, len, need);
}

#endif /* HOSTED_DMA_H */
