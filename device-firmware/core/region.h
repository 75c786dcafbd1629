/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page table of a VIF: page index -> bus address that the host loaded.  It
 * is the only way from a guest's descriptor to memory.
 */
#ifndef CORE_REGION_H
#define CORE_REGION_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct vif;

#define REGION_VALID 2u /* bit of an entry beside SVNIC_PAGE_READ_ONLY */
#define REGION_ADDR  (~(uint64_t)(SVNIC_PAGE_SIZE - 1)) /* its bus address */

/* The entry of a page: bus address | bits, or 0 when it is not registered. */
uint64_t region_lookup(const struct core *core, const struct vif *vif,
		       uint32_t page);
/* Memory of a whole page, or NULL when it may not be used so. */
void *region_page(const struct core *core, const struct vif *vif, uint32_t page,
		  bool write);
/* Find the window that @addr lies in; false: there is none. */
bool region_window(const struct core *core, struct vif *vif, uint64_t addr);
/*
 * Memory of a segment that was copied in.  SVNIC_V_DELIVERED and @ptr, or
 * BAD_LENGTH, BAD_PAGE, READ_ONLY.
 */
enum svnic_verdict region_seg(const struct core *core, const struct vif *vif,
			      struct svnic_seg seg, bool write, void **ptr);

/*
 * Load @count addresses of @addr: all or nothing.  enum svnic_status; @bad is
 * the first entry that was wrong.
 */
enum svnic_status region_map(struct core *core, struct vif *vif, uint32_t first,
			     const __le64 *addr, uint32_t count, uint32_t *bad);
/* Take out what is there; the number of entries that were. */
uint32_t region_unmap(struct core *core, struct vif *vif, uint32_t first,
		      uint32_t count);
/* Take out everything. */
void region_clear(struct core *core, struct vif *vif);
/* Count entries and free chunks of an arena that was found. */
void region_rebuild(struct core *core);

#endif /* CORE_REGION_H */
