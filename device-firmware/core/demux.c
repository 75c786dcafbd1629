// SPDX-License-Identifier: GPL-2.0-only
/*
 * The demultiplexer's hash table; see demux.h.  Linear probing in a table that
 * is at most half full; removal closes the gap, so there are no tombstones and
 * a search ends at the first free entry.  Pure: no HAL, no other module.
 * Called by domain.c and address.c to change it, by switch.c for every frame.
 */
#include "demux.h"
#include "errno.h"
#include "mem.h"

static uint32_t nr_entries(uint32_t max)
{
	uint32_t nr = 16;

	while (nr < 2 * max)
		nr *= 2;
	return nr;
}

size_t demux_size(uint32_t max)
{
	return sizeof(struct demux) +
	       (size_t)nr_entries(max) * sizeof(struct demux_entry);
}

void demux_init(struct demux *demux, uint32_t max)
{
	uint32_t nr = nr_entries(max);

	memset(demux->entry, 0, (size_t)nr * sizeof(demux->entry[0]));
	demux->mask = nr - 1;
	demux->nr = 0;
	demux->max = max;
}

/* The key's entry, or the free one where it would go. */
static uint32_t probe(const struct demux *demux, uint64_t key)
{
	uint32_t i = demux_slot(demux, key);

	while (demux->entry[i].used && demux->entry[i].key != key)
		i = (i + 1) & demux->mask;
	return i;
}

uint16_t demux_find(const struct demux *demux, uint64_t key)
{
	return demux_find_at(demux, key, demux_slot(demux, key));
}

int demux_insert(struct demux *demux, uint64_t key, uint16_t value)
{
	struct demux_entry *e = &demux->entry[probe(demux, key)];

	if (e->used)
		return -EEXIST;
	if (demux->nr == demux->max)
		return -ENOSPC;
	e->key = key;
	e->value = value;
	e->used = 1;
	demux->nr++;
	return 0;
}

int demux_remove(struct demux *demux, uint64_t key)
{
	uint32_t gap = probe(demux, key);
	uint32_t i = gap;
	uint32_t home;

	if (!demux->entry[gap].used)
		return -ENOENT;
	for (;;) {
		i = (i + 1) & demux->mask;
		if (!demux->entry[i].used)
			break;
		home = demux_slot(demux, demux->entry[i].key);
		/* An entry may only move to where its search still passes. */
		if (((i - home) & demux->mask) < ((i - gap) & demux->mask))
			continue;
		demux->entry[gap] = demux->entry[i];
		gap = i;
	}
	memset(&demux->entry[gap], 0, sizeof(demux->entry[gap]));
	demux->nr--;
	return 0;
}
