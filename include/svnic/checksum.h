/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The Internet checksum (RFC 1071), for the firmware and the daemon.  A sum
 * is a number of 64 bits that ends as one of 16; octets are taken in the order
 * in which they lie in memory, and the result is stored in that order, so that
 * nobody swaps anything.  Freestanding, without state.
 */
#ifndef SVNIC_CHECKSUM_H
#define SVNIC_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* With the carry out of the top back in at the bottom. */
static inline uint64_t svnic_sum_add(uint64_t a, uint64_t b)
{
	a += b;
	return a + (a < b);
}

static inline uint64_t svnic_sum_load(const uint8_t *p)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

/* The sum of less than eight octets. */
static inline uint64_t svnic_sum_few(const uint8_t *p, size_t len)
{
	uint16_t half[2] = { 0 };
	uint32_t word = 0;

	if (len & 4) {
		__builtin_memcpy(&word, p, sizeof(word));
		p += sizeof(word);
	}
	if (len & 2) {
		__builtin_memcpy(&half[0], p, sizeof(half[0]));
		p += sizeof(half[0]);
	}
	/* What is missing at the end counts as zero. */
	if (len & 1)
		__builtin_memcpy(&half[1], p, 1);
	return (uint64_t)word + half[0] + half[1];
}

/* Four sums at a time, for a processor that adds more than one in a cycle. */
static inline uint64_t svnic_sum_portable(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t s[4] = { 0 };

	for (; len >= 32; len -= 32, p += 32) {
		s[0] = svnic_sum_add(s[0], svnic_sum_load(p));
		s[1] = svnic_sum_add(s[1], svnic_sum_load(p + 8));
		s[2] = svnic_sum_add(s[2], svnic_sum_load(p + 16));
		s[3] = svnic_sum_add(s[3], svnic_sum_load(p + 24));
	}
	for (; len >= 8; len -= 8, p += 8)
		s[0] = svnic_sum_add(s[0], svnic_sum_load(p));
	s[0] = svnic_sum_add(s[0], s[1]);
	s[2] = svnic_sum_add(s[2], s[3]);
	s[0] = svnic_sum_add(s[0], svnic_sum_few(p, len));
	return svnic_sum_add(s[0], s[2]);
}

#define SVNIC_SUM_WIDTH 32u
typedef uint64_t svnic_sum_lanes __attribute__((vector_size(SVNIC_SUM_WIDTH)));

/*
 * The same in vectors: lanes have no carry, so each 64 bits are added in
 * halves.  A lane overflows after 16 GiB.
 */
static inline uint64_t svnic_sum_vector(const void *data, size_t len)
{
	const size_t step = 2 * SVNIC_SUM_WIDTH;
	const uint8_t *p = data;
	svnic_sum_lanes low[2] = { { 0 }, { 0 } };
	svnic_sum_lanes high[2] = { { 0 }, { 0 } };
	uint64_t sum;
	unsigned int i;

	for (; len >= step; len -= step, p += step) {
		svnic_sum_lanes a, b;

		__builtin_memcpy(&a, p, sizeof(a));
		__builtin_memcpy(&b, p + SVNIC_SUM_WIDTH, sizeof(b));
		low[0] += a & 0xffffffff;
		high[0] += a >> 32;
		low[1] += b & 0xffffffff;
		high[1] += b >> 32;
	}
	low[0] += low[1] + high[0] + high[1];
	sum = svnic_sum_portable(p, len);
	for (i = 0; i < SVNIC_SUM_WIDTH / 8; i++)
		sum = svnic_sum_add(sum, low[0][i]);
	return sum;
}

/*
 * The sum of @len octets that begin at an even place of what is summed.  Which
 * way is faster was measured (docs/performance.md): vectors of 16 octets are
 * not faster than 64-bit sums, vectors of 32 are.
 */
static inline uint64_t svnic_sum(const void *data, size_t len)
{
#ifdef __AVX2__
	if (len >= 256)
		return svnic_sum_vector(data, len);
#endif
	return svnic_sum_portable(data, len);
}

static inline uint16_t svnic_sum_fold(uint64_t s)
{
	s = (s & 0xffffffff) + (s >> 32);
	s = (s & 0xffff) + (s >> 16);
	s = (s & 0xffff) + (s >> 16);
	return (uint16_t)((s & 0xffff) + (s >> 16));
}

/* The sum of octets that begin at an odd place instead. */
static inline uint64_t svnic_sum_odd(uint64_t s)
{
	uint16_t v = svnic_sum_fold(s);

	return (uint16_t)(v << 8 | v >> 8);
}

/*
 * Store what makes the sum whole.  Never zero, which means in UDP that there
 * is none; all ones say the same.
 */
static inline void svnic_sum_store(uint8_t *to, uint64_t s)
{
	uint16_t v = (uint16_t)~svnic_sum_fold(s);

	if (v == 0)
		v = 0xffff;
	__builtin_memcpy(to, &v, sizeof(v));
}

#endif /* SVNIC_CHECKSUM_H */
