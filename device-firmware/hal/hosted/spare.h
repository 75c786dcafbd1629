/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much processor time this machine has to spare: idle time of all its
 * processors, measured over a quarter of a second, from the second number of
 * /proc/uptime (proc(5)).  Where there is some, a worker that looks in vain
 * takes it from nobody (pace.h).  One thread looks, all may read.
 */
#ifndef HOSTED_SPARE_H
#define HOSTED_SPARE_H

#include <stdatomic.h>
#include <stdint.h>

#define SPARE_PLENTY 100u

struct spare {
	int fd; /* of the file; -1: there is plenty, always */
	uint64_t then_ns;
	uint64_t idle_ns;    /* all processors' since they started, then */
	atomic_uint percent; /* of one processor; SPARE_PLENTY at most */
};

/* Measure by @path, for which there is SPARE_UPTIME.  0, or -errno. */
#define SPARE_UPTIME "/proc/uptime"
int spare_open(struct spare *s, const char *path);
void spare_close(struct spare *s);

/* Measure, if it is time to, at @now_ns. */
void spare_learn(struct spare *s, uint64_t now_ns);

/* Idle time at present, in percent of one processor; SPARE_PLENTY at most. */
unsigned int spare_percent(const struct spare *s);

#endif /* HOSTED_SPARE_H */
