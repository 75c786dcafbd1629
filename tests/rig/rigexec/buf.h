/* SPDX-License-Identifier: GPL-2.0-only */
/* A growing queue of octets. */
#ifndef RIGEXEC_BUF_H
#define RIGEXEC_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t size;
	size_t room;
};

void buf_add(struct buf *b, const void *p, size_t size);
void buf_drop(struct buf *b, size_t size);
void buf_free(struct buf *b);
/* Read once into @b.  False: end of file or error. */
bool buf_fill(struct buf *b, int fd);
/* Write what the descriptor takes now.  False: the peer is gone. */
bool buf_flush(struct buf *b, int fd);

#endif /* RIGEXEC_BUF_H */
