/* SPDX-License-Identifier: GPL-2.0-only */
/* What of a card can be mapped by /dev/svnicN. */
#ifndef SVNIC_PF_MAPPING_H
#define SVNIC_PF_MAPPING_H

struct pf_card;
struct vm_area_struct;

/* Of the module: 0 or -ENOMEM. */
int svnic_pf_mapping_init(void);
void svnic_pf_mapping_fini(void);
/*
 * Map what the offset says (SVNIC_PF_MMAP_* in svnic/pf.h) for the writer, who
 * holds gone_sem: 0 or -errno.
 */
int svnic_pf_mmap(struct pf_card *card, struct vm_area_struct *vma);
/* The card is PF_REMOVED: none of its BAR is mapped when this returns. */
void svnic_pf_unmap_doorbells(struct pf_card *card);

#endif /* SVNIC_PF_MAPPING_H */
