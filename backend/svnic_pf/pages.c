// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page table of a VIF as the host keeps it: what each index names, and
 * how it is given back once the card does not use it any more.  Grants are in
 * grant.c; pages of this host are mapped for DMA here.
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/xen.h>
#include <xen/page.h>

#include "grant.h"
#include "pages.h"
#include "svnic_pf.h"
#include "vif.h"

struct pf_page *svnic_pf_page(struct pf_vif *vif, u32 idx)
{
	struct pf_page *chunk;

	if (idx >= SVNIC_MAX_PAGES)
		return NULL;
	chunk = vif->chunk[idx / PF_CHUNK];
	return chunk ? &chunk[idx % PF_CHUNK] : NULL;
}

static enum pf_page_kind kind_at(struct pf_vif *vif, u32 idx)
{
	struct pf_page *p = svnic_pf_page(vif, idx);

	return p ? p->kind : PF_PAGE_FREE;
}

static bool is_range(u32 first, u32 count)
{
	return count && count <= SVNIC_MAX_PAGES &&
	       first <= SVNIC_MAX_PAGES - count;
}

int svnic_pf_pages_reserve(struct pf_vif *vif, u32 first, u32 count,
			   u32 *failed)
{
	u32 i;

	*failed = 0;
	if (!is_range(first, count) || count > SVNIC_PAGES_BATCH)
		return -EINVAL;
	for (i = first / PF_CHUNK; i <= (first + count - 1) / PF_CHUNK; i++) {
		if (vif->chunk[i])
			continue;
		vif->chunk[i] =
			kvcalloc(PF_CHUNK, sizeof(struct pf_page), GFP_KERNEL);
		if (!vif->chunk[i])
			return -ENOMEM;
	}
	for (i = 0; i < count; i++) {
		if (kind_at(vif, first + i) != PF_PAGE_FREE) {
			*failed = i;
			return -EEXIST;
		}
	}
	return 0;
}

static void range_fill(struct pf_command *c, struct pf_vif *vif,
		       enum svnic_opcode opcode, u32 first, u32 count)
{
	c->cmd.opcode = svnic_le16(opcode);
	c->cmd.vif = svnic_le16((u16)vif->nr);
	c->cmd.arg.pages.first = svnic_le32(first);
	c->cmd.arg.pages.count = svnic_le32(count);
}

int svnic_pf_pages_load(struct pf_vif *vif, u32 first, u32 count, __le64 *bus,
			struct pf_command *c)
{
	int err;

	memset(c, 0, sizeof(*c));
	range_fill(c, vif, SVNIC_OP_PAGES_MAP, first, count);
	c->payload = bus;
	c->payload_len = count * sizeof(*bus);
	err = svnic_pf_command(vif->card, c);
	/* Without an answer it may have taken some: the caller frees them. */
	if (err == -ENODEV)
		svnic_pf_quiesce(vif->card);
	return err;
}

/*
 * The CPU and the card use a page at the same time for as long as it is
 * mapped, so it must be the page itself that the card reaches, not a copy.
 */
static bool is_bounced(struct pf_card *card, struct page *page, dma_addr_t bus)
{
	if (xen_pv_domain())
		return bus != PFN_PHYS(pfn_to_bfn(page_to_pfn(page)));
	return dma_need_sync(card->dev, bus);
}

static int map_one(struct pf_card *card, struct page *page, dma_addr_t *bus)
{
	*bus = dma_map_page(card->dev, page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL);
	if (dma_mapping_error(card->dev, *bus))
		return -ENOMEM;
	if ((*bus & ~PAGE_MASK) || is_bounced(card, page, *bus)) {
		dma_unmap_page(card->dev, *bus, PAGE_SIZE, DMA_BIDIRECTIONAL);
		dev_err_ratelimited(
			card->dev,
			"a page would be copied for DMA: boot without swiotlb=force\n");
		return -EOPNOTSUPP;
	}
	return 0;
}

static void unmap_one(struct pf_card *card, u64 bus)
{
	dma_unmap_page(card->dev, bus, PAGE_SIZE, DMA_BIDIRECTIONAL);
}

static int add_locked(struct pf_vif *vif, u32 first, u32 count,
		      struct page **pages, enum pf_page_kind kind, __le64 *bus)
{
	struct pf_command c;
	struct pf_page *p;
	u32 nr_mapped, i;
	dma_addr_t addr;
	int err;

	if (vif->dead)
		return -ENOENT;
	err = svnic_pf_pages_reserve(vif, first, count, &i);
	if (err)
		return err;
	for (nr_mapped = 0; nr_mapped < count; nr_mapped++) {
		err = map_one(vif->card, pages[nr_mapped], &addr);
		if (err)
			goto err_unmap;
		bus[nr_mapped] = svnic_le64(addr);
	}
	err = svnic_pf_pages_load(vif, first, count, bus, &c);
	if (err == -EIO)
		err = svnic_pf_errno(c.status);
	if (err)
		goto err_unmap;
	for (i = 0; i < count; i++) {
		p = svnic_pf_page(vif, first + i);
		p->page = pages[i];
		p->bus = svnic_cpu64(bus[i]);
		p->kind = kind;
	}
	vif->nr_pages += count;
	return 0;

err_unmap:
	while (nr_mapped--)
		unmap_one(vif->card, svnic_cpu64(bus[nr_mapped]));
	return err;
}

int svnic_pf_pages_add(struct pf_vif *vif, u32 first, u32 count,
		       struct page **pages, enum pf_page_kind kind)
{
	__le64 *bus;
	int err;

	if (!count || count > SVNIC_PAGES_BATCH)
		return -EINVAL;
	bus = kmalloc_array(count, sizeof(*bus), GFP_KERNEL);
	if (!bus)
		return -ENOMEM;
	mutex_lock(&vif->lock);
	err = add_locked(vif, first, count, pages, kind, bus);
	mutex_unlock(&vif->lock);
	kfree(bus);
	return err;
}

static int pages_alloc(struct page **pages, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!pages[i])
			break;
	}
	if (i == count)
		return 0;
	while (i--)
		put_page(pages[i]);
	return -ENOMEM;
}

int svnic_pf_pages_alloc(struct pf_vif *vif, u32 first, u32 count)
{
	struct page **pages;
	int err;
	u32 i;

	if (!count || count > SVNIC_PAGES_BATCH)
		return -EINVAL;
	pages = kmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	err = pages_alloc(pages, count);
	if (err)
		goto out_free;
	err = svnic_pf_pages_add(vif, first, count, pages, PF_PAGE_OWN);
	for (i = 0; err && i < count; i++)
		put_page(pages[i]);
out_free:
	kfree(pages);
	return err;
}

static int insert_locked(struct pf_vif *vif, u32 first,
			 struct vm_area_struct *vma)
{
	unsigned long addr;
	struct pf_page *p;
	int err;

	if (vif->dead)
		return -ENOENT;
	for (addr = vma->vm_start; addr < vma->vm_end; addr += PAGE_SIZE) {
		p = svnic_pf_page(vif, first++);
		if (!p || p->kind != PF_PAGE_OWN)
			return -ENXIO;
		err = vm_insert_page(vma, addr, p->page);
		if (err)
			return err;
	}
	return 0;
}

int svnic_pf_pages_mmap(struct pf_vif *vif, u32 first,
			struct vm_area_struct *vma)
{
	int err;

	mutex_lock(&vif->lock);
	err = insert_locked(vif, first, vma);
	mutex_unlock(&vif->lock);
	return err;
}

/* Entries of one kind that the card does not use any more. */
static void run_release(struct pf_vif *vif, u32 first, u32 count)
{
	enum pf_page_kind kind = kind_at(vif, first);
	struct pf_page *p;
	u32 i;

	if (kind == PF_PAGE_GRANT) {
		svnic_pf_grants_release(vif, first, count);
		return;
	}
	for (i = first; i < first + count; i++) {
		p = svnic_pf_page(vif, i);
		unmap_one(vif->card, p->bus);
		if (kind == PF_PAGE_OWN)
			put_page(p->page);
		memset(p, 0, sizeof(*p));
	}
	vif->nr_pages -= count;
}

/* The length of the run of one kind at @first, at most @max. */
static u32 run_length(struct pf_vif *vif, u32 first, u32 max)
{
	enum pf_page_kind kind = kind_at(vif, first);
	u32 n = 1;

	while (n < max && kind_at(vif, first + n) == kind)
		n++;
	return n;
}

static int card_unmap(struct pf_vif *vif, u32 first, u32 count)
{
	struct pf_command c = {};
	int err;

	range_fill(&c, vif, SVNIC_OP_PAGES_UNMAP, first, count);
	err = svnic_pf_command(vif->card, &c);
	/* Even then it has none of them any more. */
	if (err == -EIO && c.status == SVNIC_ST_NOT_MAPPED)
		return 0;
	if (err == -EIO) {
		dev_err_ratelimited(
			vif->card->dev,
			"vif %u: the card keeps pages %u to %u: %s\n", vif->nr,
			first, first + count - 1,
			svnic_pf_status_text(c.status));
		return svnic_pf_errno(c.status);
	}
	/* A lost card uses no page once its link is reset. */
	if (err == -ENODEV)
		svnic_pf_quiesce(vif->card);
	return 0;
}

static int del_locked(struct pf_vif *vif, u32 first, u32 count, u32 *done)
{
	u32 end = first + count;
	u32 n;
	int err;

	for (; first < end; first += n) {
		n = run_length(vif, first, min(end - first, SVNIC_PAGES_BATCH));
		if (kind_at(vif, first) == PF_PAGE_FREE)
			continue;
		err = card_unmap(vif, first, n);
		if (err)
			return err;
		run_release(vif, first, n);
		*done += n;
	}
	return 0;
}

int svnic_pf_pages_del(struct pf_vif *vif, u32 first, u32 count, u32 *done)
{
	int err = 0;

	*done = 0;
	if (!is_range(first, count))
		return -EINVAL;
	mutex_lock(&vif->lock);
	if (!vif->dead)
		err = del_locked(vif, first, count, done);
	mutex_unlock(&vif->lock);
	return err;
}

void svnic_pf_pages_release(struct pf_vif *vif)
{
	u32 i, n;

	for (i = 0; i < SVNIC_MAX_PAGES && vif->nr_pages; i += n) {
		n = vif->chunk[i / PF_CHUNK]
			    ? run_length(vif, i, PF_CHUNK - i % PF_CHUNK)
			    : PF_CHUNK;
		if (kind_at(vif, i) != PF_PAGE_FREE)
			run_release(vif, i, n);
		cond_resched();
	}
}
