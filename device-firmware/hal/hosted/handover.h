/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a new core process starts from: the owner's books as one file of plain
 * records, which name descriptors by the numbers that the core inherits.
 */
#ifndef HOSTED_HANDOVER_H
#define HOSTED_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <svnic/abi.h>

#include "channel.h"

struct link;

#define HANDOVER_MAGIC 0x53564e4948414e44ull

struct handover_link {
	int32_t doorbell_fd;
	uint32_t connected;
	uint32_t is_reset_due; /* its host was told that it is done */
};

struct handover_dma {
	uint64_t addr;
	uint64_t size;
	uint64_t offset;
	uint32_t flags;
	uint32_t link;
	int32_t fd; /* -1: nothing to map */
	uint32_t stale;
};

struct handover_line {
	uint32_t link;
	uint32_t index;
	uint32_t line;
	uint32_t masked;
	int32_t fd; /* -1: none */
};

struct handover {
	uint64_t magic;
	uint32_t version;
	uint32_t size; /* of it all */
	uint32_t nr_links;
	uint32_t nr_ports;
	uint32_t nr_dma;
	uint32_t nr_lines;
	uint32_t is_first; /* no core ran before under this owner */
	uint32_t is_fresh; /* do not believe the arena */
	int32_t arena_fd;
	int32_t channel;
	struct handover_link link[SVNIC_MAX_LINKS];
	int32_t wire_fd[SVNIC_MAX_PORTS]; /* -1: the core opens it */
};

/*
 * The books of @nr links; the caller fills in what is not of a link, and
 * free()s it.  NULL: no memory.
 */
struct handover *handover_new(struct link *link, unsigned int nr);

/* Let a process that is executed now inherit all that is named. */
void handover_inherit(const struct handover *h);

/* As a file: its descriptor, to be inherited, or -errno. */
int handover_write(const struct handover *h);

/*
 * What such a file says, checked as far as its own numbers go; NULL after a
 * message.  The descriptors are the caller's, and not inherited any more.
 */
struct handover *handover_read(int fd);

/*
 * handover_new() the other way round: @nr new links, as many as there were,
 * become as those.  0, or -errno after a message.  The descriptors of links
 * that @h names are theirs then, or closed.
 */
int handover_give(const struct handover *h, struct link *link, unsigned int nr);

const struct handover_dma *handover_dma(const struct handover *h);
const struct handover_line *handover_lines(const struct handover *h);

#endif /* HOSTED_HANDOVER_H */
