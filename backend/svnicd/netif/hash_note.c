/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See hash_note.h.  The note lies in the control page of the slow queue, which
 * no guest can write, and lives as long as that.  It has two places in turn, so
 * that a daemon which is killed while it writes leaves what was there before;
 * the guest's message has no answer then and is taken once more.
 */
#include "netif/hash_note.h"

#include <svnic/order.h>

#include "netif/priv.h"

#define PLACES 2u
#define MAGIC  0x48530000u /* and the place; another layout, another one */

struct hash_note {
	uint32_t current; /* zero: nothing was noted yet */
	struct hash place[PLACES];
};

_Static_assert(sizeof(struct hash_note) <= OWNQ_ROOM, "it fits");

static struct hash_note *note_of(struct netif *n)
{
	return n->slow.room;
}

void hash_note_write(struct netif *n)
{
	struct hash_note *note = note_of(n);
	uint32_t i;

	if (!note)
		return;
	i = svnic_peek32(&note->current) == MAGIC ? 1 : 0;
	note->place[i] = n->hash;
	/* Pairs with hash_note_read() of the next daemon. */
	svnic_publish32(&note->current, MAGIC + i);
}

/* As if a guest had said it: the daemon before may have been another one. */
static bool is_possible(const struct hash *h, unsigned int nr_queues)
{
	unsigned int i;

	if (h->algorithm != WIRE_HASH_NONE &&
	    h->algorithm != WIRE_HASH_TOEPLITZ)
		return false;
	if (h->types & ~WIRE_HASH_ALL || h->size > HASH_MAPPING)
		return false;
	for (i = 0; i < HASH_MAPPING; i++)
		if (h->mapping[i] >= nr_queues)
			return false;
	return true;
}

void hash_note_read(struct netif *n)
{
	const struct hash_note *note = note_of(n);
	uint32_t i;

	if (!note)
		return;
	/* Pairs with hash_note_write() of the daemon before. */
	i = svnic_observe32(&note->current) - MAGIC;
	if (i < PLACES && is_possible(&note->place[i], n->config.nr_queues))
		n->hash = note->place[i];
}
