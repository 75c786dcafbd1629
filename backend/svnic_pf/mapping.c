// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of a card can be mapped by /dev/svnicN: doorbell pages, which end with
 * the BAR that they are in, and the pages of memory that the daemon was given,
 * which stay until they are unmapped.  Called by chardev.c.
 */
#include <linux/mm.h>

#include "mapping.h"
#include "pages.h"
#include "svnic_pf.h"
#include "vif.h"

static struct page *dead_doorbell;

/*
 * The doorbell of a card that is gone.  svnicd must be able to ring once more
 * before it reads of that: what it writes ends here.
 */
static vm_fault_t doorbell_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;

	/* Memory, so not with the attributes of the BAR. */
	return vmf_insert_pfn_prot(vma, vmf->address & PAGE_MASK,
				   page_to_pfn(dead_doorbell),
				   vm_get_page_prot(vma->vm_flags));
}

static const struct vm_operations_struct doorbell_ops = {
	.fault = doorbell_fault,
};

/* svnicd may ring for every guest: it has a queue of its own in each VIF. */
static int mmap_doorbell(struct pf_card *card, unsigned long nr,
			 struct vm_area_struct *vma)
{
	struct pf_vif *vif;
	bool dead;

	if (nr >= card->id.max_vifs || vma->vm_end - vma->vm_start != PAGE_SIZE)
		return -EINVAL;
	vif = svnic_pf_guest_vif(card, (u32)nr);
	if (IS_ERR(vif))
		return PTR_ERR(vif);
	mutex_lock(&vif->lock);
	dead = vif->dead;
	mutex_unlock(&vif->lock);
	svnic_pf_vif_put(vif);
	if (dead)
		return -ENOENT;
	vma->vm_ops = &doorbell_ops;
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	return io_remap_pfn_range(vma, vma->vm_start,
				  PFN_DOWN(card->doorbells) + nr, PAGE_SIZE,
				  vma->vm_page_prot);
}

static int mmap_pages(struct pf_card *card, u64 offset,
		      struct vm_area_struct *vma)
{
	struct pf_vif *vif;
	int err;

	vif = svnic_pf_guest_vif(card,
				 (u32)(offset >> 28 & (SVNIC_MAX_VIFS - 1)));
	if (IS_ERR(vif))
		return PTR_ERR(vif);
	err = svnic_pf_pages_mmap(vif, (u32)(offset >> 12 & 0xffff), vma);
	svnic_pf_vif_put(vif);
	return err;
}

int svnic_pf_mmap(struct pf_card *card, struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;

	if (svnic_pf_is_removed(card) || svnic_pf_is_lost(card))
		return -ENODEV;
	if (offset < SVNIC_PF_MMAP_PAGES(0, 0))
		return mmap_doorbell(card, vma->vm_pgoff, vma);
	if (offset < 2 * SVNIC_PF_MMAP_PAGES(0, 0))
		return mmap_pages(card, offset, vma);
	return -EINVAL;
}

void svnic_pf_unmap_doorbells(struct pf_card *card)
{
	/* The writer's mapping cannot go: its release waits for us. */
	down_read(&card->gone_sem);
	if (card->mapping)
		unmap_mapping_range(card->mapping, 0, SVNIC_PF_MMAP_PAGES(0, 0),
				    1);
	up_read(&card->gone_sem);
}

int svnic_pf_mapping_init(void)
{
	dead_doorbell = alloc_page(GFP_KERNEL | __GFP_ZERO);
	return dead_doorbell ? 0 : -ENOMEM;
}

void svnic_pf_mapping_fini(void)
{
	__free_page(dead_doorbell);
}
