/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See staging.h.  Open addressing; what is deleted pulls its followers closer,
 * so that a search ends at the first free place.
 */
#include "netif/staging.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "platform.h"

#define PLACES (2u * STAGING_MAX)

static uint32_t nr_all; /* pages of all queues; one thread */

static uint32_t secret;

/* Once; without one all goes on as well. */
static void choose_secret(void)
{
	if (secret)
		return;
	if (getrandom(&secret, sizeof(secret), 0) != sizeof(secret))
		secret = 0;
	secret |= 1;
}

/*
 * A guest chooses its grants.  If it knew which have one home, each search
 * could go through all of its pages.
 */
static uint32_t home(uint32_t gref)
{
	uint32_t h = gref ^ secret;

	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	return (h ^ h >> 16) % PLACES;
}

/* Its place, or the free one where it would be. */
static uint32_t find(const struct staging *s, uint32_t gref)
{
	uint32_t i = home(gref);

	while (s->table[i].page && s->table[i].gref != gref)
		i = (i + 1) % PLACES;
	return i;
}

char *staging_find(const struct staging *s, uint32_t gref, bool write)
{
	const struct staging_page *e;

	if (!s->nr)
		return NULL;
	e = &s->table[find(s, gref)];
	return write && e->read_only ? NULL : e->page;
}

int staging_add(struct staging *s, const struct platform_ops *ops,
		struct platform *p, struct tenant *tenant, uint32_t gref,
		bool read_only)
{
	struct staging_page *e;
	void *page;
	int err;

	if (s->nr == STAGING_MAX || nr_all == STAGING_ALL)
		return -ENOSPC;
	choose_secret();
	if (!s->table)
		s->table = calloc(PLACES, sizeof(*s->table));
	if (!s->table)
		return -ENOMEM;
	e = &s->table[find(s, gref)];
	if (e->page)
		return -EEXIST;
	err = ops->grant_map(p, tenant, gref, !read_only, &page);
	if (err)
		return err;
	e->gref = gref;
	e->read_only = read_only;
	e->page = page;
	s->nr++;
	nr_all++;
	return 0;
}

/* May the entry at @from move to @hole, which is before it? */
static bool may_move(uint32_t wanted, uint32_t hole, uint32_t from)
{
	return (from - wanted) % PLACES >= (from - hole) % PLACES;
}

static void close_gap(struct staging *s, uint32_t hole)
{
	uint32_t i = hole;

	for (;;) {
		i = (i + 1) % PLACES;
		if (!s->table[i].page)
			break;
		if (!may_move(home(s->table[i].gref), hole, i))
			continue;
		s->table[hole] = s->table[i];
		hole = i;
	}
	s->table[hole].page = NULL;
}

bool staging_del(struct staging *s, const struct platform_ops *ops,
		 struct platform *p, uint32_t gref)
{
	uint32_t i;

	if (!s->nr)
		return false;
	i = find(s, gref);
	if (!s->table[i].page)
		return false;
	ops->grant_unmap(p, s->table[i].page);
	close_gap(s, i);
	s->nr--;
	nr_all--;
	return true;
}

void staging_fini(struct staging *s, const struct platform_ops *ops,
		  struct platform *p)
{
	uint32_t i;

	for (i = 0; s->table && i < PLACES; i++)
		if (s->table[i].page)
			ops->grant_unmap(p, s->table[i].page);
	free(s->table);
	s->table = NULL;
	nr_all -= s->nr;
	s->nr = 0;
}
