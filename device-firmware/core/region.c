// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of VIFs; see region.h.  A table is up to VIF_CHUNKS chunks of
 * the card's pool, taken when the first page of a chunk is loaded and given
 * back with its last one, so that an idle VIF holds next to nothing.  Only
 * admin commands write here (rule R50).  An address is checked with the HAL
 * when it is loaded and again at each use, since the host's memory may go.
 */
#include "arena.h"
#include "hal.h"
#include "mem.h"
#include "region.h"

static uint64_t *chunk_entries(const struct core *core, uint32_t chunk)
{
	return (uint64_t *)arena_part(core, ARENA_CHUNKS) +
	       (size_t)chunk * VIF_CHUNK_PAGES;
}

static uint16_t *chunk_used(const struct core *core, uint32_t chunk)
{
	return (uint16_t *)arena_part(core, ARENA_CHUNK_USED) + chunk;
}

uint64_t region_lookup(const struct core *core, const struct vif *vif,
		       uint32_t page)
{
	uint32_t chunk;

	if (page >= SVNIC_MAX_PAGES)
		return 0;
	chunk = vif->chunk[page / VIF_CHUNK_PAGES];
	if (!chunk)
		return 0;
	return chunk_entries(core, chunk - 1)[page % VIF_CHUNK_PAGES];
}

bool region_window(const struct core *core, struct vif *vif, uint64_t addr)
{
	struct vif_window *w = &vif->window;
	struct hal_window found;

	if (!hal_dma_window(vif->link, addr, &found) || !found.host)
		return false;
	/* 16 TiB in one piece: ask for each page. */
	if (found.size > (uint64_t)UINT32_MAX << SVNIC_PAGE_SHIFT)
		return false;
	w->addr = found.addr;
	w->host = found.host;
	w->pages = (uint32_t)(found.size >> SVNIC_PAGE_SHIFT);
	w->round = core->round;
	return true;
}

void *region_page(const struct core *core, const struct vif *vif, uint32_t page,
		  bool write)
{
	uint64_t entry = region_lookup(core, vif, page);

	if (!entry || (write && (entry & SVNIC_PAGE_READ_ONLY)))
		return NULL;
	return hal_dma(vif->link, (entry & REGION_ADDR), SVNIC_PAGE_SIZE,
		       write);
}

enum svnic_verdict region_seg(const struct core *core, const struct vif *vif,
			      struct svnic_seg seg, bool write, void **ptr)
{
	uint64_t entry;
	void *p;

	if (seg.len == 0 || seg.len > SVNIC_PAGE_SIZE ||
	    seg.offset > SVNIC_PAGE_SIZE - seg.len)
		return SVNIC_V_BAD_LENGTH;
	entry = region_lookup(core, vif, seg.page);
	if (!entry)
		return SVNIC_V_BAD_PAGE;
	if (write && (entry & SVNIC_PAGE_READ_ONLY))
		return SVNIC_V_READ_ONLY;
	p = hal_dma(vif->link, (entry & REGION_ADDR) + seg.offset, seg.len,
		    write);
	if (!p)
		return SVNIC_V_BAD_PAGE;
	*ptr = p;
	return SVNIC_V_DELIVERED;
}

static enum svnic_status check_address(const struct vif *vif, uint64_t addr)
{
	bool write = !(addr & SVNIC_PAGE_READ_ONLY);

	if ((addr & (SVNIC_PAGE_SIZE - 1)) & ~(uint64_t)SVNIC_PAGE_READ_ONLY)
		return SVNIC_ST_BAD_ADDRESS;
	if (!hal_dma(vif->link, (addr & REGION_ADDR), SVNIC_PAGE_SIZE, write))
		return SVNIC_ST_BAD_ADDRESS;
	return SVNIC_ST_OK;
}

/* Free the chunks from @first to @last that hold nothing. */
static void put_chunks(struct core *core, struct vif *vif, uint32_t first,
		       uint32_t last)
{
	uint32_t i;

	for (i = first; i <= last; i++) {
		if (!vif->chunk[i] || *chunk_used(core, vif->chunk[i] - 1) != 0)
			continue;
		pool_put(&arena_board(core)->chunk_pool,
			 arena_part(core, ARENA_CHUNK_NEXT), vif->chunk[i] - 1);
		vif->chunk[i] = 0;
	}
}

static enum svnic_status get_chunks(struct core *core, struct vif *vif,
				    uint32_t first, uint32_t last)
{
	const uint32_t *next = arena_part(core, ARENA_CHUNK_NEXT);
	uint32_t i;
	uint32_t chunk;

	for (i = first; i <= last; i++) {
		if (vif->chunk[i])
			continue;
		chunk = pool_get(&arena_board(core)->chunk_pool, next);
		if (chunk == POOL_NONE) {
			put_chunks(core, vif, first, last);
			return SVNIC_ST_NO_PAGES;
		}
		vif->chunk[i] = chunk + 1;
	}
	return SVNIC_ST_OK;
}

enum svnic_status region_map(struct core *core, struct vif *vif, uint32_t first,
			     const __le64 *addr, uint32_t count, uint32_t *bad)
{
	enum svnic_status st;
	uint32_t i;
	uint32_t page;
	uint32_t chunk;

	for (i = 0; i < count; i++) {
		*bad = i;
		if (region_lookup(core, vif, first + i))
			return SVNIC_ST_BUSY;
		st = check_address(vif, svnic_cpu64(addr[i]));
		if (st != SVNIC_ST_OK)
			return st;
	}
	*bad = 0;
	st = get_chunks(core, vif, first / VIF_CHUNK_PAGES,
			(first + count - 1) / VIF_CHUNK_PAGES);
	if (st != SVNIC_ST_OK)
		return st;
	for (i = 0; i < count; i++) {
		page = first + i;
		chunk = vif->chunk[page / VIF_CHUNK_PAGES] - 1;
		/* The count is never less than what is there. */
		++*chunk_used(core, chunk);
		mem_commit();
		chunk_entries(core, chunk)[page % VIF_CHUNK_PAGES] =
			svnic_cpu64(addr[i]) | REGION_VALID;
	}
	vif->nr_pages = (uint16_t)(vif->nr_pages + count);
	/* A page that was missed before may be there now. */
	arena_home(core, vif)->round++;
	return SVNIC_ST_OK;
}

uint32_t region_unmap(struct core *core, struct vif *vif, uint32_t first,
		      uint32_t count)
{
	uint32_t nr = 0;
	uint32_t page;
	uint32_t chunk;

	if (count == 0)
		return 0;
	for (page = first; page < first + count; page++) {
		if (!region_lookup(core, vif, page))
			continue;
		chunk = vif->chunk[page / VIF_CHUNK_PAGES] - 1;
		chunk_entries(core, chunk)[page % VIF_CHUNK_PAGES] = 0;
		mem_commit();
		--*chunk_used(core, chunk);
		nr++;
	}
	put_chunks(core, vif, first / VIF_CHUNK_PAGES,
		   (first + count - 1) / VIF_CHUNK_PAGES);
	vif->nr_pages = (uint16_t)(vif->nr_pages - nr);
	/* Pointers that were looked up before are not used again. */
	arena_home(core, vif)->round++;
	return nr;
}

void region_clear(struct core *core, struct vif *vif)
{
	unsigned int i;

	for (i = 0; i < VIF_CHUNKS; i++) {
		if (vif->chunk[i])
			region_unmap(core, vif, i * VIF_CHUNK_PAGES,
				     VIF_CHUNK_PAGES);
	}
}

static uint16_t recount(struct core *core, uint32_t chunk)
{
	const uint64_t *entry = chunk_entries(core, chunk);
	uint16_t nr = 0;
	unsigned int i;

	for (i = 0; i < VIF_CHUNK_PAGES; i++) {
		if (entry[i])
			nr++;
	}
	*chunk_used(core, chunk) = nr;
	return nr;
}

static void rebuild_vif(struct core *core, struct vif *vif)
{
	unsigned int i;
	unsigned int nr = 0;

	for (i = 0; i < VIF_CHUNKS; i++) {
		if (vif->state == VIF_FREE)
			vif->chunk[i] = 0;
		else if (vif->chunk[i])
			nr += recount(core, vif->chunk[i] - 1);
	}
	/* Those that a command had taken and not filled. */
	put_chunks(core, vif, 0, VIF_CHUNKS - 1);
	vif->nr_pages = (uint16_t)nr;
	vif->window.round = arena_home(core, vif)->round - 1;
}

/*
 * CHUNK_USED serves as the mark of chunks that have an owner: OWNED is more
 * than any count.
 */
#define OWNED 0xffffu

static void mark_owned(struct core *core)
{
	struct vif *vif = arena_vif(core, 0);
	uint16_t *used;
	unsigned int i;
	unsigned int k;

	/* Marks of a rebuild that was cut short: anything may be in there. */
	for (i = 0; i < core->config.nr_chunks; i++) {
		if (*chunk_used(core, i) == OWNED)
			*chunk_used(core, i) = VIF_CHUNK_PAGES;
	}
	for (i = 0; i < core->config.max_vifs; i++) {
		for (k = 0; k < VIF_CHUNKS; k++) {
			if (vif[i].state == VIF_FREE || !vif[i].chunk[k])
				continue;
			used = chunk_used(core, vif[i].chunk[k] - 1);
			/* No page table is shared, whatever happened. */
			if (vif[i].chunk[k] > core->config.nr_chunks ||
			    *used == OWNED)
				vif[i].chunk[k] = 0;
			else
				*used = OWNED;
		}
	}
}

void region_rebuild(struct core *core)
{
	uint32_t *next = arena_part(core, ARENA_CHUNK_NEXT);
	uint64_t *entry;
	uint32_t i;
	unsigned int k;

	pool_init(&arena_board(core)->chunk_pool);
	mark_owned(core);
	for (i = core->config.nr_chunks; i-- > 0;) {
		if (*chunk_used(core, i) == OWNED)
			continue;
		/* Left by a command that was cut short; or zero already. */
		entry = chunk_entries(core, i);
		for (k = 0; k < VIF_CHUNK_PAGES && *chunk_used(core, i); k++)
			entry[k] = 0;
		*chunk_used(core, i) = 0;
		pool_put(&arena_board(core)->chunk_pool, next, i);
	}
	for (i = 0; i < core->config.max_vifs; i++)
		rebuild_vif(core, arena_vif(core, i));
}
