/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a guest's flows are spread, for the daemon that comes after this one: the
 * guest says it once and would not say it again.
 */
#ifndef SVNICD_NETIF_HASH_NOTE_H
#define SVNICD_NETIF_HASH_NOTE_H

struct netif;

/* n->hash is as it shall be; nothing is noted without a slow queue. */
void hash_note_write(struct netif *n);
/* n->hash as an earlier daemon noted it, if one did. */
void hash_note_read(struct netif *n);

#endif /* SVNICD_NETIF_HASH_NOTE_H */
