/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The card as a Linux process: its memory, links, wires, and the loop that
 * runs the core.  There is one in a process, because hal.h knows no other.
 */
#ifndef HOSTED_CARD_H
#define HOSTED_CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "link.h"
#include "options.h"
#include "wire.h"

struct card {
	struct core *core;
	struct arena arena;
	unsigned int nr_links;
	struct link *link;
	unsigned int nr_ports;
	struct wire wire[SVNIC_MAX_PORTS];
	int epoll_fd;
	unsigned int idle_us;
	uint64_t last_work_ns; /* the core or a client had something to do */
	uint64_t next_look_ns; /* at the sockets while the core is busy */
};

/* 0, or -errno after a message; nothing stays behind then. */
int card_init(struct card *c, const struct options *o);
void card_fini(struct card *c);

/* Begin to listen on all links: 0, or -errno after a message. */
int card_listen(struct card *c);

/* Serve the sockets that have something, after at most @ns. */
void card_wait(struct card *c, uint64_t ns);

/* May any VIF be running?  And has any link a client? */
bool card_is_live(const struct card *c);
bool card_has_client(const struct card *c);

/* hal.c: the card that the core's calls are for; NULL: none. */
void hal_use(struct card *c);

/* loop.c: run until SIGTERM or SIGINT. */
void loop_run(struct card *c);

/*
 * How long to sleep after @idle_ns without work, given the longest sleep that
 * was asked for (0: none), whether a VIF may be running and whether a client
 * is there.  0: poll on.
 */
uint64_t loop_sleep_ns(uint64_t idle_ns, unsigned int idle_us, bool live,
		       bool client);

#endif /* HOSTED_CARD_H */
