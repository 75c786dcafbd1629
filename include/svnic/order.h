/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The five ordering functions, each named for its meaning, for words that two
 * parties share in coherent memory.  Nothing else in svnic orders memory
 * between parties; docs/ordering.md draws every pair.  A word that is handed
 * out is in the CPU's order, a word in shared memory is little-endian.
 */
#ifndef SVNIC_ORDER_H
#define SVNIC_ORDER_H

#include <svnic/abi.h>

/* A word that may overlay any ABI structure, whatever its field types. */
typedef __le32 svnic_word __attribute__((may_alias));

#ifdef __KERNEL__

#include <asm/barrier.h>
#include <asm/byteorder.h>

static inline __u16 svnic_cpu16(__le16 v)
{
	return le16_to_cpu(v);
}

static inline __u32 svnic_cpu32(__le32 v)
{
	return le32_to_cpu(v);
}

static inline __u64 svnic_cpu64(__le64 v)
{
	return le64_to_cpu(v);
}

static inline __le16 svnic_le16(__u16 v)
{
	return cpu_to_le16(v);
}

static inline __le32 svnic_le32(__u32 v)
{
	return cpu_to_le32(v);
}

static inline __le64 svnic_le64(__u64 v)
{
	return cpu_to_le64(v);
}

/* The value only; orders nothing. */
static inline __u32 svnic_peek32(const __le32 *p)
{
	return le32_to_cpu(READ_ONCE(*p));
}

/* See all that the peer stored before it published the value read. */
static inline __u32 svnic_observe32(const __le32 *p)
{
	return le32_to_cpu(virt_load_acquire(p));
}

/* A store for the peer that orders nothing. */
static inline void svnic_poke32(__le32 *p, __u32 v)
{
	WRITE_ONCE(*p, cpu_to_le32(v));
}

/* The peer that observes @v sees all my earlier stores. */
static inline void svnic_publish32(__le32 *p, __u32 v)
{
	virt_store_release(p, cpu_to_le32(v));
}

/* My earlier stores come before my later loads; only in the sleep protocol. */
static inline void svnic_fence(void)
{
	virt_mb();
}

static inline __le32 svnic_fetch_word(const svnic_word *p)
{
	return READ_ONCE(*p);
}

#else /* !__KERNEL__ */

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "svnic's user space and firmware run on little-endian machines"
#endif

static inline uint16_t svnic_cpu16(__le16 v)
{
	return v;
}

static inline uint32_t svnic_cpu32(__le32 v)
{
	return v;
}

static inline uint64_t svnic_cpu64(__le64 v)
{
	return v;
}

static inline __le16 svnic_le16(uint16_t v)
{
	return v;
}

static inline __le32 svnic_le32(uint32_t v)
{
	return v;
}

static inline __le64 svnic_le64(uint64_t v)
{
	return v;
}

/* The value only; orders nothing. */
static inline uint32_t svnic_peek32(const __le32 *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* See all that the peer stored before it published the value read. */
static inline uint32_t svnic_observe32(const __le32 *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

/* A store for the peer that orders nothing. */
static inline void svnic_poke32(__le32 *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

/* The peer that observes @v sees all my earlier stores. */
static inline void svnic_publish32(__le32 *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

/* My earlier stores come before my later loads; only in the sleep protocol. */
static inline void svnic_fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline __le32 svnic_fetch_word(const svnic_word *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* The same for eight octets, aligned, or any eight of a frame. */
typedef __le64 svnic_long __attribute__((may_alias));
typedef __le64 svnic_octets __attribute__((may_alias, aligned(1)));

static inline uint64_t svnic_fetch64(const void *p)
{
	return __atomic_load_n((const svnic_long *)p, __ATOMIC_RELAXED);
}

static inline uint64_t svnic_fetch_octets(const void *p)
{
	return *(const volatile svnic_octets *)p;
}

#endif /* __KERNEL__ */

/*
 * Fetch each word of @src exactly once; @n is a multiple of four.  By longer
 * words where that is possible: whoever loads eight octets of what was stored
 * as two times four waits for both.
 */
static inline void svnic_copy_in(void *dst, const void *src, size_t n)
{
	const svnic_word *from = (const svnic_word *)src;
	svnic_word *to = (svnic_word *)dst;
	size_t i;

#ifndef __KERNEL__
	if (n % 8 == 0 && (uintptr_t)src % 8 == 0) {
		for (i = 0; i < n; i += 8)
			*(svnic_octets *)((char *)dst + i) =
				svnic_fetch64((const char *)src + i);
		return;
	}
#endif
	for (i = 0; i < n / sizeof(*to); i++)
		to[i] = svnic_fetch_word(&from[i]);
}

#endif /* SVNIC_ORDER_H */
