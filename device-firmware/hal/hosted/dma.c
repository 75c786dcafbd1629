/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of a link's memory ranges.  It owns the mappings; it never reads
 * or writes the memory itself.  Called by the vfio-user server and hal.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>
#include <svnic/abi.h>

#include "dma.h"

#define DMA_ROOM_FIRST 16u

void dma_init(struct dma_map *map, bool keep)
{
	memset(map, 0, sizeof(*map));
	map->keep = keep;
}

/* Also changed in a signal handler. */
atomic_uint dma_changes = 1;
_Thread_local unsigned int dma_worker;

void dma_use(unsigned int nr)
{
	dma_worker = nr;
}

/* What was looked up before is not found in a cache again. */
static void dma_forget(void)
{
	atomic_fetch_add(&dma_changes, 1);
}

static void dma_unmap(struct dma_range *r)
{
	if (r->base)
		munmap(r->base, r->len);
	if (r->fd >= 0)
		close(r->fd);
}

void dma_clear(struct dma_map *map)
{
	unsigned int i;

	dma_forget();
	for (i = 0; i < map->nr; i++)
		dma_unmap(&map->range[i]);
	map->nr = 0;
}

void dma_fini(struct dma_map *map)
{
	dma_clear(map);
	free(map->range);
	dma_init(map, map->keep);
}

void dma_set_stale(struct dma_map *map)
{
	unsigned int i;

	for (i = 0; i < map->nr; i++)
		map->range[i].stale = true;
}

/* The number of ranges that end at or before @addr. */
static unsigned int dma_search(const struct dma_map *map, uint64_t addr)
{
	unsigned int low = 0, high = map->nr;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;
		const struct dma_window *w = &map->range[mid].window;

		if (w->addr + (w->size - 1) < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void dma_mark_stale(struct dma_map *map, uint64_t addr)
{
	unsigned int at = dma_search(map, addr);

	if (at < map->nr && map->range[at].window.addr == addr)
		map->range[at].stale = true;
}

void *dma_find_slow(struct dma_map *map, uint64_t addr, size_t len,
		    uint32_t need)
{
	struct dma_cache *c = &map->cache[dma_worker];
	unsigned int at = dma_search(map, addr);
	const struct dma_window *w;
	uint64_t offset;

	if (at == map->nr)
		return NULL;
	w = &map->range[at].window;
	offset = addr - w->addr;
	if (offset >= w->size || len > w->size - offset || (need & ~w->flags))
		return NULL;
	if (c->epoch != dma_epoch()) {
		memset(c->window, 0, sizeof(c->window));
		c->epoch = dma_epoch();
	}
	c->window[dma_slot(addr)] = *w;
	return w->host + offset;
}

bool dma_range_of(const struct dma_map *map, uint64_t addr, uint32_t need,
		  struct dma_window *w)
{
	unsigned int at = dma_search(map, addr);

	if (at == map->nr || addr < map->range[at].window.addr ||
	    (need & ~map->range[at].window.flags))
		return false;
	*w = map->range[at].window;
	return true;
}

static void dma_remove(struct dma_map *map, unsigned int at)
{
	dma_forget();
	dma_unmap(&map->range[at]);
	map->nr--;
	memmove(&map->range[at], &map->range[at + 1],
		(map->nr - at) * sizeof(map->range[0]));
}

int dma_del(struct dma_map *map, uint64_t addr, uint64_t size)
{
	unsigned int at = dma_search(map, addr);
	const struct dma_window *w;

	if (at == map->nr)
		return -ENOENT;
	w = &map->range[at].window;
	if (w->addr != addr || w->size != size)
		return -ENOENT;
	dma_remove(map, at);
	return 0;
}

/*
 * The page size that a mapping of @fd must respect; 0: no file for DMA.  Only
 * files of memory know of seals: the others are asked nothing, because behind
 * them may be a file system of the client's own, which never answers, neither
 * us here nor the core when it touches a page.
 */
static uint64_t dma_file_check(int fd, uint64_t offset, uint64_t size)
{
	struct stat st;
	struct statfs fs;

	if (fcntl(fd, F_GET_SEALS) < 0 || fstat(fd, &st) < 0 ||
	    !S_ISREG(st.st_mode) || st.st_size < 0)
		return 0;
	if (size > (uint64_t)st.st_size || offset > (uint64_t)st.st_size - size)
		return 0;
	if (fstatfs(fd, &fs) == 0 && fs.f_type == HUGETLBFS_MAGIC)
		return (uint64_t)fs.f_bsize;
	return SVNIC_PAGE_SIZE;
}

static int dma_mmap(struct dma_range *r, int fd, uint64_t offset, uint64_t page)
{
	uint64_t start, end;
	int prot = PROT_READ;

	if (r->window.flags & DMA_WRITE)
		prot |= PROT_WRITE;
	start = offset & ~(page - 1);
	end = (offset + r->window.size + page - 1) & ~(page - 1);
	r->len = (size_t)(end - start);
	r->base = mmap(NULL, r->len, prot, MAP_SHARED | MAP_NORESERVE, fd,
		       (off_t)start);
	if (r->base == MAP_FAILED) {
		r->base = NULL;
		return -errno;
	}
	r->window.host = (uint8_t *)r->base + (offset - start);
	return 0;
}

/* Map a file, or keep it: 0 or -errno. */
static int dma_take(const struct dma_map *map, struct dma_range *r, int fd,
		    uint64_t offset)
{
	uint64_t page = dma_file_check(fd, offset, r->window.size);

	if (page == 0)
		return -EINVAL;
	if (!map->keep)
		return dma_mmap(r, fd, offset, page);
	r->offset = offset;
	r->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return r->fd < 0 ? -errno : 0;
}

/* Make room for one range more. */
static int dma_grow(struct dma_map *map)
{
	unsigned int room = map->room ? map->room * 2 : DMA_ROOM_FIRST;
	struct dma_range *range;

	if (map->nr >= DMA_RANGES_MAX)
		return -ENOSPC;
	if (map->nr < map->room)
		return 0;
	range = reallocarray(map->range, room, sizeof(*range));
	if (!range)
		return -ENOMEM;
	map->range = range;
	map->room = room;
	return 0;
}

/* Where a range may be put in, after stale ones in its way have gone. */
static int dma_place(struct dma_map *map, uint64_t addr, uint64_t size)
{
	unsigned int at = dma_search(map, addr);
	unsigned int i;

	for (i = at; i < map->nr; i++) {
		if (map->range[i].window.addr > addr + (size - 1))
			break;
		if (!map->range[i].stale)
			return -EEXIST;
	}
	while (i-- > at)
		dma_remove(map, i);
	return (int)at;
}

int dma_add(struct dma_map *map, uint64_t addr, uint64_t size, uint32_t flags,
	    int fd, uint64_t offset)
{
	struct dma_range r = { .window = { .addr = addr, .size = size },
			       .fd = -1 };
	uint64_t all = addr | size | offset;
	int err, at;

	if (size == 0 || all & (SVNIC_PAGE_SIZE - 1) ||
	    addr > UINT64_MAX - (size - 1) || (offset | size) >> 62 ||
	    flags & ~(DMA_READ | DMA_WRITE))
		return -EINVAL;
	err = dma_grow(map);
	if (err)
		return err;
	if (fd >= 0) {
		r.window.flags = flags;
		err = dma_take(map, &r, fd, offset);
		if (err)
			return err;
	}
	at = dma_place(map, addr, size);
	if (at < 0) {
		dma_unmap(&r);
		return at;
	}
	dma_forget();
	memmove(&map->range[at + 1], &map->range[at],
		(map->nr - (unsigned int)at) * sizeof(r));
	map->range[at] = r;
	map->nr++;
	return 0;
}

bool dma_repair(struct dma_map *map, void *where)
{
	const uint8_t *p = where;
	unsigned int i;

	for (i = 0; i < map->nr; i++) {
		struct dma_range *r = &map->range[i];
		const uint8_t *base = r->base;

		if (!base || p < base || p >= base + r->len)
			continue;
		/* However large it is, of no more than what is touched. */
		if (mmap(r->base, r->len, PROT_READ | PROT_WRITE,
			 MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS |
				 MAP_NORESERVE,
			 -1, 0) == MAP_FAILED)
			return false;
		r->window.flags = 0;
		dma_forget();
		return true;
	}
	return false;
}
