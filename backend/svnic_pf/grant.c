// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's grants as entries of its VIF's page table: mapped through Xen,
 * which pins the pages and tells their machine addresses, then loaded into the
 * card.  Everything in a request is the guest's word until it is checked here.
 */
#include <linux/slab.h>
#include <xen/xen.h>
#include <xen/grant_table.h>

#include "grant.h"
#include "pages.h"
#include "svnic_pf.h"
#include "vif.h"

#define MAP_FLAGS   (GNTMAP_host_map | GNTMAP_device_map)
#define UNMAP_BATCH 32u /* on the stack: giving back never needs memory */

/* What one GRANTS_MAP needs while it is under way. */
struct batch {
	struct pf_vif *vif;
	struct svnic_pf_grants *g;
	const struct svnic_gref_entry *entry;
	struct page *page[SVNIC_PAGES_BATCH];
	struct gnttab_map_grant_ref map[SVNIC_PAGES_BATCH];
	__le64 bus[SVNIC_PAGES_BATCH];
};

static u32 gref_of(const struct batch *b, u32 i)
{
	return svnic_cpu32(b->entry[i].gref);
}

static bool is_read_only(const struct batch *b, u32 i)
{
	return svnic_cpu16(b->entry[i].flags) & SVNIC_GREF_READ_ONLY;
}

static int check_entries(const struct batch *b)
{
	u32 i;

	for (i = 0; i < b->g->count; i++) {
		if ((svnic_cpu16(b->entry[i].flags) & ~SVNIC_GREF_READ_ONLY) ||
		    b->entry[i].status) {
			b->g->failed = i;
			return -EINVAL;
		}
	}
	return 0;
}

static void forget_grefs(struct batch *b, u32 count)
{
	while (count--)
		xa_erase(&b->vif->grefs, gref_of(b, count));
}

/* Each gref at most once in a table, or revoking it would not be one act. */
static int note_grefs(struct batch *b)
{
	void *index;
	int err;
	u32 i;

	for (i = 0; i < b->g->count; i++) {
		index = xa_mk_value(b->g->first + i);
		err = xa_insert(&b->vif->grefs, gref_of(b, i), index,
				GFP_KERNEL);
		if (err) {
			b->g->failed = i;
			forget_grefs(b, i);
			return err == -EBUSY ? -EEXIST : err;
		}
	}
	return 0;
}

/*
 * Give back up to UNMAP_BATCH mappings.  A page whose mapping Xen does not
 * end is leaked: it still is the guest's (rules R23, R29).
 */
static void unmap_some(struct pf_card *card, struct gnttab_unmap_grant_ref *op,
		       struct page **page, u32 count)
{
	u32 i, good = 0;
	int err;

	err = gnttab_unmap_refs(op, NULL, page, count);
	for (i = 0; i < count; i++) {
		if (!err && op[i].status == GNTST_okay)
			page[good++] = page[i];
		else
			dev_err_ratelimited(
				card->dev,
				"a grant stays mapped (error %d, status %d)\n",
				err, op[i].status);
	}
	if (good)
		gnttab_free_pages((int)good, page);
}

static void unmap_op(struct gnttab_unmap_grant_ref *op, struct page *page,
		     u32 handle, u64 bus)
{
	unsigned long addr = (unsigned long)page_address(page);

	gnttab_set_unmap_op(op, addr, MAP_FLAGS, handle);
	/* Without it Xen ends the host's mapping only. */
	op->dev_bus_addr = bus;
	op->status = 1; /* what no hypercall has looked at is not okay */
}

void svnic_pf_grants_release(struct pf_vif *vif, u32 first, u32 count)
{
	struct gnttab_unmap_grant_ref op[UNMAP_BATCH];
	struct page *page[UNMAP_BATCH];
	struct pf_page *p;
	u32 n, i;

	for (; count; first += n, count -= n) {
		n = min(count, UNMAP_BATCH);
		for (i = 0; i < n; i++) {
			p = svnic_pf_page(vif, first + i);
			page[i] = p->page;
			unmap_op(&op[i], p->page, p->handle, p->bus);
			xa_erase(&vif->grefs, p->gref);
			memset(p, 0, sizeof(*p));
		}
		unmap_some(vif->card, op, page, n);
		vif->nr_pages -= n;
		svnic_pf_vif_unclaim(vif, n);
	}
}

/* Undo what xen_map() did, entry by entry: some may not have worked. */
static void xen_unmap(struct batch *b)
{
	struct gnttab_unmap_grant_ref op[UNMAP_BATCH];
	struct page *page[UNMAP_BATCH];
	u32 i, n = 0;

	for (i = 0; i < b->g->count; i++) {
		if (b->map[i].status != GNTST_okay) {
			gnttab_free_pages(1, &b->page[i]);
			continue;
		}
		page[n] = b->page[i];
		unmap_op(&op[n++], b->page[i], b->map[i].handle,
			 b->map[i].dev_bus_addr);
		if (n == UNMAP_BATCH) {
			unmap_some(b->vif->card, op, page, n);
			n = 0;
		}
	}
	if (n)
		unmap_some(b->vif->card, op, page, n);
}

/* Look at every status and every address (rules R26 to R28). */
static int check_mapped(struct batch *b)
{
	u32 i;

	for (i = 0; i < b->g->count; i++) {
		u64 bus = b->map[i].dev_bus_addr;

		if (b->map[i].status != GNTST_okay || !bus ||
		    (bus & (SVNIC_PAGE_SIZE - 1))) {
			b->g->failed = i;
			return b->map[i].status == GNTST_no_device_space
				       ? -ENOSPC
				       : -EACCES;
		}
		b->bus[i] = svnic_le64(
			bus | (is_read_only(b, i) ? SVNIC_PAGE_READ_ONLY : 0));
	}
	return 0;
}

static int xen_map(struct batch *b)
{
	unsigned long addr;
	int err, first_err;
	u32 i, flags;

	err = gnttab_alloc_pages((int)b->g->count, b->page);
	if (err)
		return err;
	for (i = 0; i < b->g->count; i++) {
		addr = (unsigned long)page_address(b->page[i]);
		flags = MAP_FLAGS | (is_read_only(b, i) ? GNTMAP_readonly : 0);
		gnttab_set_map_op(&b->map[i], addr, flags, gref_of(b, i),
				  (domid_t)b->g->domid);
		/* What no hypercall has looked at is not mapped. */
		b->map[i].status = GNTST_general_error;
	}
	err = gnttab_map_refs(b->map, NULL, b->page, b->g->count);
	first_err = check_mapped(b);
	if (!first_err)
		first_err = err;
	if (first_err)
		xen_unmap(b);
	return first_err;
}

static void record(struct batch *b)
{
	u32 i;

	for (i = 0; i < b->g->count; i++) {
		struct pf_page *p = svnic_pf_page(b->vif, b->g->first + i);

		p->page = b->page[i];
		p->bus = b->map[i].dev_bus_addr;
		p->handle = b->map[i].handle;
		p->gref = gref_of(b, i);
		p->kind = PF_PAGE_GRANT;
	}
	b->vif->nr_pages += b->g->count;
}

static int map_locked(struct batch *b)
{
	struct pf_vif *vif = b->vif;
	struct svnic_pf_grants *g = b->g;
	struct pf_command c;
	int err;

	if (vif->dead)
		return -ENOENT;
	err = svnic_pf_pages_reserve(vif, g->first, g->count, &g->failed);
	if (err)
		return err;
	err = svnic_pf_vif_claim(vif, g->domid, g->count);
	if (err)
		return err;
	err = note_grefs(b);
	if (err)
		goto err_unclaim;
	err = xen_map(b);
	if (err)
		goto err_forget;
	err = svnic_pf_pages_load(vif, g->first, g->count, b->bus, &c);
	if (err)
		goto err_refused;
	record(b);
	return 0;

err_refused:
	g->status = c.status;
	if (c.result < g->count)
		g->failed = c.result;
	xen_unmap(b);
err_forget:
	forget_grefs(b, g->count);
err_unclaim:
	svnic_pf_vif_unclaim(vif, g->count);
	return err;
}

int svnic_pf_grants_map(struct pf_vif *vif, struct svnic_pf_grants *g,
			const struct svnic_gref_entry *entries)
{
	struct batch *b;
	int err;

	if (!xen_domain())
		return -EOPNOTSUPP;
	if (!g->count || g->count > SVNIC_PAGES_BATCH)
		return -EINVAL;
	b = kvzalloc(sizeof(*b), GFP_KERNEL);
	if (!b)
		return -ENOMEM;
	b->vif = vif;
	b->g = g;
	b->entry = entries;
	err = check_entries(b);
	if (!err) {
		mutex_lock(&vif->lock);
		err = map_locked(b);
		mutex_unlock(&vif->lock);
	}
	kvfree(b);
	return err;
}
