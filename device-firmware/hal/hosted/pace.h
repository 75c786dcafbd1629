/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often a worker that has nothing to do looks at doorbells, which are
 * memory that nobody signals.  A sleep and a look in vain cost some
 * microseconds of a processor, some twenty where the machine is itself a
 * guest; emulated processors beside it may need those.  So the cost is measured,
 * and looking has a share of the time at most, a smaller one where no processor
 * of the machine is idle.  Where work comes so often that a sleep would make
 * several frames late, there is none in between.
 */
#ifndef HOSTED_PACE_H
#define HOSTED_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
	uint64_t work_ns; /* when there was something to do, last */
	uint64_t gap_ns;  /* from one to the next, if idle between; average */
	bool was_idle;	  /* there was a look in vain since then */
	uint64_t look_ns; /* what a sleep and a look cost; an average */
	uint64_t busy_ns; /* the thread's, at the last sleep; 0: work */
};

/* What the time of sleeps depends on. */
struct pace_need {
	bool is_live;	      /* a VIF of a host that is there has a queue */
	bool has_client;      /* there is a host */
	unsigned int idle_us; /* longest sleep; 0: chosen here */
	unsigned int spare;   /* spare_percent() */
};

/* There was something to do at @now_ns. */
void pace_work(struct pace *p, uint64_t now_ns);

/* How long to sleep, @idle_ns after the last work; 0: look again at once. */
uint64_t pace_sleep_ns(struct pace *p, uint64_t idle_ns,
		       const struct pace_need *need);

/* About to sleep once more, with @busy_ns of its thread's time used so far. */
void pace_learn(struct pace *p, uint64_t busy_ns);

#endif /* HOSTED_PACE_H */
