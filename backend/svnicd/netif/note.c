/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See note.h.  The note lies in the control page of the slow queue, which no
 * guest can write, and lives as long as that.  The hash has two places in turn,
 * so that a daemon which is killed while it writes leaves what was there before;
 * the guest's message has no answer then and is taken once more.
 */
#include "netif/note.h"

#include <svnic/order.h>

#include "netif/priv.h"

#define PLACES 2u
#define MAGIC  0x48530000u /* and the place; another layout, another one */

struct note {
	uint32_t current; /* zero: no hash was noted yet */
	struct hash place[PLACES];
	uint32_t staged;
};

_Static_assert(sizeof(struct note) <= OWNQ_ROOM, "it fits");

static struct note *note_of(struct netif *n)
{
	return n->slow.room;
}

static bool is_staged(const struct netif *n)
{
	unsigned int i;

	for (i = 0; i < n->config.nr_queues; i++)
		if (n->queue[i].staging.nr)
			return true;
	return false;
}

void note_write(struct netif *n)
{
	struct note *note = note_of(n);
	uint32_t i;

	if (!note)
		return;
	i = svnic_peek32(&note->current) == MAGIC ? 1 : 0;
	note->place[i] = n->hash;
	svnic_poke32(&note->staged, is_staged(n));
	/* Pairs with note_read() of the next daemon. */
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

bool note_read(struct netif *n)
{
	const struct note *note = note_of(n);
	uint32_t i;

	if (!note)
		return false;
	/* Pairs with note_write() of the daemon before. */
	i = svnic_observe32(&note->current) - MAGIC;
	if (i < PLACES && is_possible(&note->place[i], n->config.nr_queues))
		n->hash = note->place[i];
	return svnic_peek32(&note->staged) != 0;
}
