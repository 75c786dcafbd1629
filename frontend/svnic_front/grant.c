// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that the backend may read and write.  They are zeroed before they are
 * granted (rule R30); one whose grant cannot be ended is kept by the
 * grant-table core until the backend has let go of it (rules R29, R31).
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/page.h>
#include "svnic_front.h"

int svnic_front_page_share(struct svnic_front *f, struct page **page,
			   grant_ref_t *ref)
{
	struct page *p = alloc_page(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	int r;

	if (!p)
		return -ENOMEM;
	r = gnttab_grant_foreign_access((domid_t)f->dev->otherend_id,
					xen_page_to_gfn(p), 0);
	if (r < 0) {
		__free_page(p);
		return r;
	}
	*page = p;
	*ref = (grant_ref_t)r;
	return 0;
}

void svnic_front_page_unshare(struct page **page, grant_ref_t ref)
{
	if (*page)
		gnttab_end_foreign_access(ref, *page);
	*page = NULL;
}

int svnic_front_pages_share(struct svnic_front *f, struct front_pages *p,
			    u32 count)
{
	int r = -ENOMEM;

	p->nr = 0;
	p->page = kvcalloc(count, sizeof(*p->page), GFP_KERNEL);
	p->ref = kvcalloc(count, sizeof(*p->ref), GFP_KERNEL);
	if (!p->page || !p->ref)
		goto err_unshare;
	for (; p->nr < count; p->nr++) {
		r = svnic_front_page_share(f, &p->page[p->nr], &p->ref[p->nr]);
		if (r)
			goto err_unshare;
	}
	return 0;

err_unshare:
	svnic_front_pages_unshare(p);
	return r;
}

void svnic_front_pages_unshare(struct front_pages *p)
{
	while (p->nr) {
		p->nr--;
		svnic_front_page_unshare(&p->page[p->nr], p->ref[p->nr]);
	}
	kvfree(p->ref);
	kvfree(p->page);
	p->ref = NULL;
	p->page = NULL;
}
