/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages that a VIF's page table names. */
#ifndef SVNIC_PF_PAGES_H
#define SVNIC_PF_PAGES_H

#include <linux/types.h>
#include <svnic/abi.h>

struct page;
struct pf_command;
struct pf_vif;
struct vm_area_struct;

#define PF_CHUNK  512u /* page-table entries allocated together */
#define PF_CHUNKS (SVNIC_MAX_PAGES / PF_CHUNK)

enum pf_page_kind {
	PF_PAGE_FREE,
	PF_PAGE_GRANT,
	PF_PAGE_OWN,
	PF_PAGE_NETDEV
};

/* One entry of a VIF's page table. */
struct pf_page {
	struct page *page;
	u64 bus;
	u32 handle; /* of a grant */
	u32 gref;
	enum pf_page_kind kind;
};

/* With vif->lock held from svnic_pf_page() on. */

/*
 * Make pages of this host known to the card from page index @first on.  Of
 * PF_PAGE_OWN pages a reference is taken over.
 */
int svnic_pf_pages_add(struct pf_vif *vif, u32 first, u32 count,
		       struct page **pages, enum pf_page_kind kind);
/*
 * Take a range out, whatever is in it; holes are passed over.  @done entries
 * are no longer used by the card when this returns, also with an error.
 */
int svnic_pf_pages_del(struct pf_vif *vif, u32 first, u32 count, u32 *done);
/* New zeroed pages, and their way into the daemon's memory. */
int svnic_pf_pages_alloc(struct pf_vif *vif, u32 first, u32 count);
int svnic_pf_pages_mmap(struct pf_vif *vif, u32 first,
			struct vm_area_struct *vma);
/* Entry @idx, or NULL when it cannot be in use. */
struct pf_page *svnic_pf_page(struct pf_vif *vif, u32 idx);
/* Room for [first, first + count), all free; else -errno and *failed. */
int svnic_pf_pages_reserve(struct pf_vif *vif, u32 first, u32 count,
			   u32 *failed);
/*
 * PAGES_MAP; the bus addresses may carry SVNIC_PAGE_READ_ONLY.  All or nothing;
 * with -EIO, *c tells the status, and as its result the first wrong entry.
 */
int svnic_pf_pages_load(struct pf_vif *vif, u32 first, u32 count, __le64 *bus,
			struct pf_command *c);
/* Give back all pages of a VIF that the card does not use any more. */
void svnic_pf_pages_release(struct pf_vif *vif);

#endif /* SVNIC_PF_PAGES_H */
