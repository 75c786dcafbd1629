/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest says once, for the daemon that comes after this one: how its
 * flows are spread, and that it registered pages.
 */
#ifndef SVNICD_NETIF_NOTE_H
#define SVNICD_NETIF_NOTE_H

#include <stdbool.h>

struct netif;

/* n->hash and the staging of all queues are as they shall be; nothing is noted
 * without a slow queue. */
void note_write(struct netif *n);
/* n->hash as an earlier daemon noted it, if one did; and whether pages were
 * registered with that, of which this one knows none. */
bool note_read(struct netif *n);

#endif /* SVNICD_NETIF_NOTE_H */
