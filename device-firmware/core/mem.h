/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Octets in memory.  The four functions are part of the HAL's contract: the
 * compiler may call them even in freestanding code, so whoever links the core
 * provides them (libc in the hosted HAL, the board's own on a card).
 */
#ifndef CORE_MEM_H
#define CORE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* Known lengths become moves: without libc's, the compiler leaves them be. */
#define memcpy(dst, src, n)  __builtin_memcpy(dst, src, n)
#define memmove(dst, src, n) __builtin_memmove(dst, src, n)
#define memset(dst, c, n)    __builtin_memset(dst, c, n)

/*
 * What was stored before this is in memory before what is stored after it, for
 * a process that takes the arena over when this one dies.  One processor's own
 * stores need no more than to be in order.
 */
static inline void mem_commit(void)
{
	__asm__ volatile("" : : : "memory");
}

/*
 * One of the workers gets what a word stands for; the others do not wait.  It
 * sees all that was stored by who had it before (ordering.md O12).
 */
static inline bool mem_claim(uint32_t *word)
{
	return !__atomic_exchange_n(word, 1, __ATOMIC_ACQUIRE);
}

static inline void mem_release(uint32_t *word)
{
	__atomic_store_n(word, 0, __ATOMIC_RELEASE);
}

/* The lowest bit of a number that is not zero; not every CPU counts them. */
static inline unsigned int mem_lowest(uint32_t bits)
{
	static const uint8_t place[32] = { 0,  1,  28, 2,  29, 14, 24, 3,
					   30, 22, 20, 15, 25, 17, 4,  8,
					   31, 27, 13, 23, 21, 19, 16, 7,
					   26, 12, 18, 6,  11, 5,  10, 9 };

	return place[(uint32_t)((bits & -bits) * 0x077cb531u) >> 27];
}

/* A big-endian number of a frame. */
static inline uint16_t mem_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* An Ethernet address as a number; equal if and only if the octets are. */
static inline uint64_t mem_mac(const uint8_t *p)
{
	uint32_t low;
	uint16_t high;

	__builtin_memcpy(&low, p, sizeof(low));
	__builtin_memcpy(&high, p + sizeof(low), sizeof(high));
	return (uint64_t)high << 32 | low;
}

#endif /* CORE_MEM_H */
