/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a guest's descriptor to memory, for the data path: what region_seg()
 * does, as far as it can be done without a call.
 */
#ifndef CORE_REGION_INLINE_H
#define CORE_REGION_INLINE_H

#include "arena.h"
#include "region.h"

/* A struct svnic_seg that was copied in as one word. */
static inline uint32_t region_seg_page(uint64_t seg)
{
	return (uint32_t)seg;
}

static inline uint32_t region_seg_len(uint64_t seg)
{
	return (uint32_t)(seg >> 48);
}

/* The page table's entry of a segment, to be fetched early; or NULL. */
static inline const uint64_t *region_entry(const struct core *core,
					   const struct vif *vif, uint64_t seg)
{
	uint32_t page = region_seg_page(seg);
	uint32_t chunk;

	if (page >= SVNIC_MAX_PAGES)
		return NULL;
	chunk = vif->chunk[page / VIF_CHUNK_PAGES];
	if (!chunk)
		return NULL;
	return (const uint64_t *)arena_part(core, ARENA_CHUNKS) +
	       (size_t)(chunk - 1) * VIF_CHUNK_PAGES + page % VIF_CHUNK_PAGES;
}

/*
 * The memory of a segment, or NULL when region_seg() has to say whether there
 * is any.  @denied: bits of the entry that forbid the access.
 */
static inline uint8_t *region_ptr(const struct core *core, struct vif *vif,
				  uint64_t seg, uint64_t denied)
{
	const struct vif_window *w = &vif->window;
	uint32_t offset = (uint32_t)(seg >> 32) & 0xffff;
	uint32_t len = region_seg_len(seg);
	const uint64_t *at = region_entry(core, vif, seg);
	uint64_t entry;
	uint64_t page;

	if (!at || len == 0 || offset + len > SVNIC_PAGE_SIZE)
		return NULL;
	entry = *at;
	if ((entry & (REGION_VALID | denied)) != REGION_VALID)
		return NULL;
	page = (entry & REGION_ADDR) - w->addr;
	if (__builtin_expect(w->round != core->round ||
				     page >> SVNIC_PAGE_SHIFT >= w->pages,
			     0)) {
		if (!region_window(core, vif, entry))
			return NULL;
		page = (entry & REGION_ADDR) - w->addr;
	}
	return w->host + page + offset;
}

#endif /* CORE_REGION_INLINE_H */
