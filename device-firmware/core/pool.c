// SPDX-License-Identifier: GPL-2.0-only
/*
 * Free objects as a stack of indices; see pool.h.  Called by vif.c, domain.c,
 * address.c, queue.c and region.c.  After a takeover vif_rebuild.c, address.c
 * and region.c find out again what is free.
 */
#include "pool.h"

void pool_init(struct pool *pool)
{
	pool->head = POOL_NONE;
	pool->nr_free = 0;
}

uint32_t pool_get(struct pool *pool, const uint32_t *next)
{
	uint32_t idx = pool->head;

	if (idx != POOL_NONE) {
		pool->head = next[idx];
		pool->nr_free--;
	}
	return idx;
}

void pool_put(struct pool *pool, uint32_t *next, uint32_t idx)
{
	next[idx] = pool->head;
	pool->head = idx;
	pool->nr_free++;
}
