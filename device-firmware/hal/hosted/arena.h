/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The card's memory: anonymous, or a file that outlives the process.
 */
#ifndef HOSTED_ARENA_H
#define HOSTED_ARENA_H

#include <stddef.h>

struct arena {
	void *mem;
	size_t size;
	int fd;
};

/*
 * The file behind an arena, locked, of no size yet and not mapped: @path, or
 * memory when it is NULL.  0, or -errno after a message.
 */
int arena_create(struct arena *a, const char *path);
/* Map at least @size octets of @a->fd.  0, or -errno after a message. */
int arena_map(struct arena *a, size_t size);
/* Unmap, if it was mapped, and close. */
void arena_close(struct arena *a);

#endif /* HOSTED_ARENA_H */
