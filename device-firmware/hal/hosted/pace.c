/* SPDX-License-Identifier: GPL-2.0-only */
/* See pace.h.  Called by loop.c and thread.c. */
#include "pace.h"

#define US	     1000ull
#define MS	     1000000ull
#define POLL	     (30 * US) /* without sleep, after work */
#define POLL_SCARCE  (5 * US)
#define DENSE	     (16 * US) /* work comes so often: stay for the next */
#define RARE	     (48 * US) /* sleeps that are too long cause such gaps, too */
#define PATIENCE     16u       /* ... for so many times that */
#define GAP_MAX	     (100 * US) /* a longer one tells no more */
#define SLEEP_MIN    (20 * US)
#define SLEEP_LIVE   (250 * US)
#define SLEEP_QUIET  (1 * MS) /* nothing for QUIET */
#define SLEEP_ALONE  (100 * MS)
#define QUIET	     (2000 * MS)
#define SHARE	     5u /* looks in vain have one part of the time in so many */
#define SHARE_SCARCE 16u
#define SPARE_NONE   25u /* percent of a processor; looking leaves some */
#define SPARE_ENOUGH 40u
#define EASE	     (SPARE_ENOUGH - SPARE_NONE)
#define AVERAGE	     16u /* what an average is of */

static uint64_t average(uint64_t old, uint64_t fresh)
{
	return (old * (AVERAGE - 1) + fresh) / AVERAGE;
}

void pace_work(struct pace *p, uint64_t now_ns)
{
	uint64_t gap = now_ns - p->work_ns;

	if (p->was_idle)
		p->gap_ns = average(p->gap_ns, gap < GAP_MAX ? gap : GAP_MAX);
	p->was_idle = false;
	p->work_ns = now_ns;
	p->busy_ns = 0;
}

void pace_learn(struct pace *p, uint64_t busy_ns)
{
	if (p->busy_ns)
		p->look_ns = average(p->look_ns, busy_ns - p->busy_ns);
	p->busy_ns = busy_ns;
}

/*
 * How freely time is spent to be early, from 0 to EASE: what comes often is worth
 * it, the rest by what processors have to spare.
 */
static unsigned int ease_of(const struct pace *p, const struct pace_need *need)
{
	if (p->gap_ns <= RARE || need->spare >= SPARE_ENOUGH)
		return EASE;
	return need->spare > SPARE_NONE ? need->spare - SPARE_NONE : 0;
}

static uint64_t between(unsigned int ease, uint64_t scarce, uint64_t enough)
{
	return (scarce * (EASE - ease) + enough * ease) / EASE;
}

static uint64_t shortest(const struct pace *p, unsigned int ease)
{
	uint64_t ns = p->look_ns * between(ease, SHARE_SCARCE, SHARE);

	return ns > SLEEP_MIN ? ns : SLEEP_MIN;
}

/* How long to go on looking after work. */
static uint64_t stay_ns(const struct pace *p, unsigned int ease)
{
	uint64_t poll = between(ease, POLL_SCARCE, POLL);
	uint64_t ns = p->gap_ns * PATIENCE;

	return p->gap_ns <= DENSE && ns > poll ? ns : poll;
}

uint64_t pace_sleep_ns(struct pace *p, uint64_t idle_ns,
		       const struct pace_need *need)
{
	unsigned int ease = ease_of(p, need);
	uint64_t longest = SLEEP_LIVE;
	uint64_t ns;

	p->was_idle = true;
	if (idle_ns < stay_ns(p, ease) && (need->is_live || need->has_client))
		return 0;
	if (idle_ns >= QUIET)
		longest = need->is_live || need->has_client ? SLEEP_QUIET
							    : SLEEP_ALONE;
	if (need->idle_us && longest > need->idle_us * US)
		longest = need->idle_us * US;
	ns = shortest(p, ease) + idle_ns / 400;
	return ns < longest ? ns : longest;
}
