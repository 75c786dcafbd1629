// SPDX-License-Identifier: GPL-2.0-only
/* See buf.h. */
#include "buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rigexec.h"

void buf_add(struct buf *b, const void *p, size_t size)
{
	if (b->size + size > b->room) {
		b->room = (b->size + size) * 2;
		b->data = realloc(b->data, b->room);
		if (!b->data)
			fail("out of memory (%zu octets)", b->room);
	}
	memcpy(b->data + b->size, p, size);
	b->size += size;
}

void buf_drop(struct buf *b, size_t size)
{
	memmove(b->data, b->data + size, b->size - size);
	b->size -= size;
}

void buf_free(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

bool buf_fill(struct buf *b, int fd)
{
	char tmp[16384];
	ssize_t n = read(fd, tmp, sizeof(tmp));

	if (n > 0)
		buf_add(b, tmp, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

bool buf_flush(struct buf *b, int fd)
{
	while (b->size) {
		ssize_t n = write(fd, b->data, b->size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		buf_drop(b, (size_t)n);
	}
	return true;
}
