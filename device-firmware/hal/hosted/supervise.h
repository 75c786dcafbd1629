/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one core process of an owner: starting it, asking it, noticing that it
 * died, and starting the next.
 */
#ifndef HOSTED_SUPERVISE_H
#define HOSTED_SUPERVISE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "channel.h"
#include "handover.h"

/* Exit status of a core that did not get what it needs; its arena is well. */
#define SUPERVISE_REFUSED 75 /* EX_TEMPFAIL */

struct supervisor {
	struct remote remote; /* ask through this */
	char **argv;	      /* of this process */
	/* The books of now, whoever owns them; free()d here. */
	struct handover *(*books)(void *arg);
	void *arg;
	int epoll_fd; /* tells of @event when the core died */
	uint64_t event;

	pid_t pid;   /* 0: there is none */
	int channel; /* -1: there is none */
	int binary_fd;
	uint32_t seq;
	unsigned int nr_started;
	unsigned int nr_short;	/* lives in a row that were short */
	unsigned int nr_doubts; /* ... for which the arena may be the cause */
	uint64_t started_ns;
	uint64_t ready_ns; /* 0: it did not come to that */
	uint64_t next_ns;  /* no new core before then */
	/* One question was let wait in vain; no other is until a core runs. */
	bool is_given_up;
};

/* 0 or -errno after a message.  @argv, @books, @arg, @epoll_fd are set. */
int supervise_init(struct supervisor *s, uint64_t event);

/* The first core: 0 or -errno after a message. */
int supervise_start(struct supervisor *s);

/* The core's channel tells something: it died, most likely. */
void supervise_notice(struct supervisor *s);

/* Milliseconds until supervise_notice() wants to be called; -1: never. */
int supervise_timeout(const struct supervisor *s);

/* Replace the core by one of the program that lies where ours did. */
void supervise_upgrade(struct supervisor *s);

/* End the core; it has some time to do so by itself. */
void supervise_stop(struct supervisor *s);

/*
 * How long to wait before the next core after @nr_short short lives in a row;
 * and is it time not to believe the arena, which may have ended @nr_doubts?
 */
uint64_t supervise_patience_ns(unsigned int nr_short);
bool supervise_distrusts(unsigned int nr_doubts);

#endif /* HOSTED_SUPERVISE_H */
