/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From an address to whom it belongs: one open-addressing hash table in the
 * arena.  A key is a domain (a VLAN of a segment, see domain.h) and an
 * Ethernet address; the same table finds the domains themselves.
 */
#ifndef CORE_DEMUX_H
#define CORE_DEMUX_H

#include <stddef.h>
#include <stdint.h>

#define DEMUX_NONE    0xffffu /* no value, and no domain */
#define DEMUX_DOMAINS 0xffffu /* keys of this domain name domains */

/* Written by admin commands only; read for every frame. */
struct demux_entry {
	uint64_t key;
	uint16_t value;
	uint16_t used;
	uint32_t reserved;
};

struct demux {
	uint32_t mask;
	uint32_t nr;
	uint32_t max; /* entries that may be used; at most half of all */
	uint32_t reserved[13];
	struct demux_entry entry[];
};

/* @mac is mem_mac() of the octets. */
static inline uint64_t demux_key(uint16_t domain, uint64_t mac)
{
	return (uint64_t)domain << 48 | mac;
}

/* Where the search for a key begins. */
static inline uint32_t demux_slot(const struct demux *demux, uint64_t key)
{
	/* Addresses differ in few bits, often the last octet's: mix twice. */
	key ^= key >> 32;
	key *= 0x9e3779b97f4a7c15ull;
	key ^= key >> 29;
	key *= 0xbf58476d1ce4e5b9ull;
	return (uint32_t)(key >> 32) & demux->mask;
}

/* The value of a key whose search begins at @i, or DEMUX_NONE. */
static inline uint16_t demux_find_at(const struct demux *demux, uint64_t key,
				     uint32_t i)
{
	while (demux->entry[i].used && demux->entry[i].key != key)
		i = (i + 1) & demux->mask;
	return demux->entry[i].used ? demux->entry[i].value : DEMUX_NONE;
}

/* Octets of a table that takes @max entries. */
size_t demux_size(uint32_t max);
void demux_init(struct demux *demux, uint32_t max);
/* The value of a key, or DEMUX_NONE. */
uint16_t demux_find(const struct demux *demux, uint64_t key);
/* 0, -EEXIST or -ENOSPC. */
int demux_insert(struct demux *demux, uint64_t key, uint16_t value);
/* 0 or -ENOENT. */
int demux_remove(struct demux *demux, uint64_t key);

#endif /* CORE_DEMUX_H */
