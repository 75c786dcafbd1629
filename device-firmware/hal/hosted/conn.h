/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One vfio-user connection as a stream of whole messages with their file
 * descriptors.  It knows framing and nothing of commands.  Never blocks.
 */
#ifndef HOSTED_CONN_H
#define HOSTED_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vfio_user.h"

#define CONN_XFER_MAX 65536u /* data octets of a region access */
#define CONN_MSG_MAX  (CONN_XFER_MAX + 64u)
#define CONN_FDS_MAX  253u /* the kernel's own limit for one message */

struct conn {
	int fd; /* -1: no client */
	size_t in_len;
	size_t out_len; /* of a reply that is not sent out yet, else 0 */
	size_t out_done;
	int out_fd; /* to go with the reply's first octet; not owned */
	unsigned int nr_fds;
	int fds[CONN_FDS_MAX]; /* of the message in @in; -1: taken */
	uint8_t in[CONN_MSG_MAX] __attribute__((aligned(16)));
	uint8_t out[CONN_MSG_MAX] __attribute__((aligned(16)));
};

void conn_init(struct conn *c);

/* Take a connected stream socket; it is closed by conn_close(). */
void conn_open(struct conn *c, int fd);
void conn_close(struct conn *c);

/*
 * 1: a whole message is in @in, 0: not yet, or -errno when the connection is
 * of no more use.  conn_next() makes room for the message after it.
 */
int conn_receive(struct conn *c);
void conn_next(struct conn *c);

/* The fd number @i of the message becomes the caller's; -1: there is none. */
int conn_take_fd(struct conn *c, unsigned int i);

/* Send what is in @out: 1: gone, 0: the client must read first, or -errno. */
int conn_flush(struct conn *c);

#endif /* HOSTED_CONN_H */
