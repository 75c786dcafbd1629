/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of a guest's queues a flow belongs to: as its control messages say
 * (Toeplitz, with its key and its table), or a hash of our own.
 */
#ifndef SVNICD_NETIF_HASH_H
#define SVNICD_NETIF_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_KEY     40u
#define HASH_MAPPING 128u

struct hash {
	uint32_t algorithm; /* WIRE_HASH_NONE or _TOEPLITZ */
	uint32_t types;	    /* WIRE_HASH_IPV4 ... */
	uint32_t size;	    /* of the mapping; 0: modulo */
	uint8_t key[HASH_KEY];
	uint8_t mapping[HASH_MAPPING]; /* each below the number of queues */
};

struct hash_result {
	uint32_t value;
	uint8_t type; /* bit number of WIRE_HASH_*, for the guest to know ... */
	bool valid;   /* ... if so */
};

uint32_t hash_toeplitz(const uint8_t key[HASH_KEY], const uint8_t *data,
		       size_t len);
/* The flow of the frame that begins with these @linear octets. */
struct hash_result hash_frame(const struct hash *h, const uint8_t *frame,
			      size_t linear);
unsigned int hash_queue(const struct hash *h, const struct hash_result *r,
			unsigned int nr_queues);

#endif /* SVNICD_NETIF_HASH_H */
