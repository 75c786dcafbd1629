/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A token bucket: credit grows with time up to a limit, and what was sent is
 * taken from it.  It may go below zero by what was sent last; that is paid back
 * first.  A unit is a billionth of an octet or frame, so that each nanosecond
 * adds exactly the rate.
 */
#ifndef CORE_BUCKET_H
#define CORE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#define BUCKET_UNIT 1000000000ull
#define BUCKET_MAX  4000000000ull /* whole units that fit */

struct bucket {
	int64_t credit;
	uint64_t at_ns; /* when credit was right */
};

static inline void bucket_fill(struct bucket *b, uint64_t now_ns, uint64_t max)
{
	b->at_ns = now_ns;
	b->credit =
		(int64_t)((max < BUCKET_MAX ? max : BUCKET_MAX) * BUCKET_UNIT);
}

/* @rate: units a second, not zero; @max: units, up to BUCKET_MAX. */
static inline void bucket_refill(struct bucket *b, uint64_t now_ns,
				 uint64_t rate, uint64_t max)
{
	int64_t full =
		(int64_t)((max < BUCKET_MAX ? max : BUCKET_MAX) * BUCKET_UNIT);
	uint64_t elapsed = now_ns > b->at_ns ? now_ns - b->at_ns : 0;

	b->at_ns = now_ns;
	if (b->credit > full)
		b->credit = full;
	if (elapsed > (uint64_t)(full - b->credit) / rate)
		b->credit = full;
	else
		b->credit += (int64_t)(elapsed * rate);
}

static inline bool bucket_has(const struct bucket *b)
{
	return b->credit > 0;
}

static inline void bucket_take(struct bucket *b, uint64_t units)
{
	b->credit -= (int64_t)(units * BUCKET_UNIT);
}

/* The same, but for no more than @max units below zero. */
static inline void bucket_owe(struct bucket *b, uint64_t units, uint64_t max)
{
	int64_t least =
		-(int64_t)((max < BUCKET_MAX ? max : BUCKET_MAX) * BUCKET_UNIT);

	bucket_take(b, units);
	if (b->credit < least)
		b->credit = least;
}

/* Units that may be taken, the last of them by a part; what begins may end. */
static inline int64_t bucket_units(const struct bucket *b)
{
	int64_t unit = (int64_t)BUCKET_UNIT;

	return b->credit > 0 ? (b->credit + unit - 1) / unit : 0;
}

/* When an empty one has credit again. */
static inline uint64_t bucket_due(const struct bucket *b, uint64_t rate)
{
	return b->at_ns + (uint64_t)-b->credit / rate + 1;
}

#endif /* CORE_BUCKET_H */
