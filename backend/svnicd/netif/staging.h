/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Staging grants: pages of a guest's queue that it had us map for good, so
 * that a frame in them costs a memory copy and no hypercall (netif's control
 * messages 8 to 10).  Found by their grant reference.
 */
#ifndef SVNICD_NETIF_STAGING_H
#define SVNICD_NETIF_STAGING_H

#include <stdbool.h>
#include <stdint.h>

struct platform;
struct platform_ops;
struct tenant;

#define STAGING_MAX 1024u /* of a queue: two full rings, twice */
/* ... of all: half of what Linux lets a process map, each one by itself. */
#define STAGING_ALL 32768u

struct staging_page {
	uint32_t gref;
	bool read_only;
	void *page; /* NULL: free */
};

struct staging {
	uint32_t nr;
	struct staging_page *table; /* hashed; NULL while none is mapped */
};

/* -EEXIST, -ENOSPC, or what mapping it said. */
int staging_add(struct staging *s, const struct platform_ops *ops,
		struct platform *p, struct tenant *tenant, uint32_t gref,
		bool read_only);
/* Nothing of it is in use between two turns.  False: it is not there. */
bool staging_del(struct staging *s, const struct platform_ops *ops,
		 struct platform *p, uint32_t gref);
void staging_fini(struct staging *s, const struct platform_ops *ops,
		  struct platform *p);
/* The page, or NULL. */
char *staging_find(const struct staging *s, uint32_t gref, bool write);

#endif /* SVNICD_NETIF_STAGING_H */
