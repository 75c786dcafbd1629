/* SPDX-License-Identifier: GPL-2.0-only */
/* Grants of a guest in the page table of its VIF. */
#ifndef SVNIC_PF_GRANT_H
#define SVNIC_PF_GRANT_H

#include <linux/types.h>
#include <svnic/pf.h>

struct pf_vif;

/* SVNIC_PF_GRANTS_MAP with a private copy of its entries; sets its results. */
int svnic_pf_grants_map(struct pf_vif *vif, struct svnic_pf_grants *g,
			const struct svnic_gref_entry *entries);
/* Entries that the card does not use any more and that all are grants. */
void svnic_pf_grants_release(struct pf_vif *vif, u32 first, u32 count);

#endif /* SVNIC_PF_GRANT_H */
