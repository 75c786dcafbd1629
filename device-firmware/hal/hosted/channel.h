/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owner and core, two processes of svnic-fw, talk in messages of one size over
 * a socket pair that keeps their borders: the owner asks, the core answers,
 * one at a time.  A message may carry one descriptor.
 */
#ifndef HOSTED_CHANNEL_H
#define HOSTED_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

/* Raise when a message or the hand-over changes its meaning. */
#define CHANNEL_VERSION 2u

enum channel_op {
	CHANNEL_READY = 1, /* core to owner, once; arg: taken over? */
	CHANNEL_CONNECT,   /* a client is there */
	CHANNEL_GONE,	   /* it is gone; arg: persist; new doorbells' fd */
	CHANNEL_MAP,	   /* arg: address, size, flags, offset; fd or none */
	CHANNEL_UNMAP,	   /* arg: address, size */
	CHANNEL_UNMAP_ALL,
	CHANNEL_ASSIGN,	 /* arg: index, first line, lines; fd or none */
	CHANNEL_MASK,	 /* arg: index, line, masked? */
	CHANNEL_RAISE,	 /* arg: index, line */
	CHANNEL_PENDING, /* arg: index; answer: the first 32 lines */
	CHANNEL_READ,	 /* arg: register; answer: its value */
	CHANNEL_WRITE,	 /* arg: register, value */
	CHANNEL_RESET,	 /* of the link by its host */
	CHANNEL_OP_NR
};

struct channel_msg {
	uint32_t op;
	uint32_t link;
	uint32_t seq;
	int32_t error; /* of an answer: 0 or -errno */
	uint64_t arg[4];
};

/*
 * Ask the core: 0 or -errno; @msg becomes the answer.  @fd stays the
 * caller's; -1: none goes along.  -EHOSTDOWN: there is no core now.
 */
struct remote {
	int (*call)(struct remote *r, struct channel_msg *msg, int fd);
};

/*
 * May the question be put again to the next core when one died over it?  All
 * others tell what the owner has in its own books by then, and so does the
 * hand-over that the next core starts from.
 */
bool channel_is_asked_again(uint32_t op);

/* A pair of sockets: 0 or -errno. */
int channel_pair(int fd[2]);

/* 0 or -errno. */
int channel_send(int channel, const struct channel_msg *msg, int fd);

/*
 * 1: a message, and in @fd its descriptor or -1, which is the caller's; 0: not
 * yet; -ECONNRESET: the other end is gone, or -errno.  @wait_ms: 0: not at
 * all.
 */
int channel_receive(int channel, struct channel_msg *msg, int *fd, int wait_ms);

#endif /* HOSTED_CHANNEL_H */
