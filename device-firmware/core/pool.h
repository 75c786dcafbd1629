/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of a fixed number of equal objects are free, as a stack of indices.
 */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include <stdint.h>

#define POOL_NONE 0xffffffffu

struct pool {
	uint32_t head;
	uint32_t nr_free;
};

/* None is free; pool_put() each that is, the last one put is first got. */
void pool_init(struct pool *pool);
/* A free index, or POOL_NONE.  @next: an array with a slot for each object. */
uint32_t pool_get(struct pool *pool, const uint32_t *next);
void pool_put(struct pool *pool, uint32_t *next, uint32_t idx);

#endif /* CORE_POOL_H */
