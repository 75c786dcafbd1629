/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A XenStore of a few hundred nodes in memory, in place of libxenstore, and a
 * hypervisor that agrees to everything, in place of libxenctrl.  Transactions
 * are not isolated; the next commits can be made to fail with EAGAIN.
 */
#ifndef FAKES_SVNICD_XENSTORE_H
#define FAKES_SVNICD_XENSTORE_H

#include <stdbool.h>
#include <stdint.h>

struct fake_store {
	unsigned int nr_clashes; /* commits that fail */
	int read_error;		 /* errno of each read; 0: they succeed */
	unsigned int nr_writes;
	unsigned int nr_reads;
	unsigned int nr_asked;	 /* whether a domain is there */
	char states[64];	 /* that were written */
	uint32_t dead_domid;	 /* 0: none */
	bool is_hvm;		 /* every domain */
	unsigned int nr_granted; /* iomem frames, now */
	unsigned int nr_mapped;	 /* ... in physical memories */
};

extern struct fake_store fake_store;

void fake_store_reset(void);
/* As another process would: NULL removes the node and all below it. */
void fake_store_set(const char *path, const char *value);
/* "(none)" where there is no such node. */
const char *fake_store_get(const char *path);

#endif /* FAKES_SVNICD_XENSTORE_H */
