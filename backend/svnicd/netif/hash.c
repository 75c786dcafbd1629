/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See hash.h.
 */
#include "netif/hash.h"

#include <string.h>

#include "netif/headers.h"
#include "netif/wire.h"

#define INPUT_MAX 36u /* two IPv6 addresses and two ports */

enum {
	BIT_IPV4,
	BIT_IPV4_TCP,
	BIT_IPV6,
	BIT_IPV6_TCP
};

/* A bit of the data selects the 32 bits of the key from its place on. */
uint32_t hash_toeplitz(const uint8_t key[HASH_KEY], const uint8_t *data,
		       size_t len)
{
	uint32_t window = headers_be32(key);
	uint32_t hash = 0;
	unsigned int bit;
	size_t next = 4;
	uint8_t more;
	size_t i;

	for (i = 0; i < len; i++, next++) {
		more = next < HASH_KEY ? key[next] : 0;
		for (bit = 8; bit-- > 0;) {
			if (data[i] >> bit & 1)
				hash ^= window;
			window = window << 1 | (more >> bit & 1);
		}
	}
	return hash;
}

/* Addresses, and ports when @ports: the octets that name the flow. */
static size_t collect(const uint8_t *frame, const struct headers *h, bool ports,
		      uint8_t out[INPUT_MAX])
{
	size_t len = h->ip == 4 ? 8 : 32;

	memcpy(out, frame + h->l3 + (h->ip == 4 ? 12 : 8), len);
	if (!ports)
		return len;
	memcpy(out + len, frame + h->l4, 4);
	return len + 4;
}

/* The most telling of the types that are wanted; false: none. */
static bool choose(uint32_t types, const struct headers *h, uint8_t *bit)
{
	uint8_t plain = h->ip == 4 ? BIT_IPV4 : BIT_IPV6;
	bool tcp = h->l4 && h->protocol == SVNIC_IP_TCP;

	*bit = plain;
	if (tcp && types & 2u << plain) {
		*bit = (uint8_t)(plain + 1);
		return true;
	}
	return types & 1u << plain;
}

static uint32_t mix(const uint8_t *data, size_t len)
{
	uint64_t v = 0x9e3779b97f4a7c15ull;
	size_t i;

	for (i = 0; i < len; i += 4)
		v = (v ^ headers_be32(data + i)) * 0xff51afd7ed558ccdull;
	return (uint32_t)(v >> 32);
}

struct hash_result hash_frame(const struct hash *h, const uint8_t *frame,
			      size_t linear)
{
	struct hash_result r = { .valid = false };
	uint8_t data[INPUT_MAX];
	struct headers headers;
	size_t len;

	if (!headers_find(frame, linear, &headers))
		return r;
	if (h->algorithm != WIRE_HASH_TOEPLITZ) {
		len = collect(frame, &headers, headers.l4 != 0, data);
		r.value = mix(data, len);
		return r;
	}
	if (!choose(h->types, &headers, &r.type))
		return r;
	len = collect(frame, &headers, r.type & 1, data);
	r.value = hash_toeplitz(h->key, data, len);
	r.valid = true;
	return r;
}

unsigned int hash_queue(const struct hash *h, const struct hash_result *r,
			unsigned int nr_queues)
{
	if (r->valid && h->size)
		return h->mapping[r->value % h->size];
	return r->value % nr_queues;
}
