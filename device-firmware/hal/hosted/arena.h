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

/* At least @size octets; @path: NULL or a file.  0, or -errno after a message. */
int arena_open(struct arena *a, const char *path, size_t size);
void arena_close(struct arena *a);

#endif /* HOSTED_ARENA_H */
