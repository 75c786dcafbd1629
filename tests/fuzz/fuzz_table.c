// SPDX-License-Identifier: GPL-2.0-only
/*
 * The demultiplexer's hash table beside a list: insert, find and remove, with
 * so few places that searches run into each other.  The input: pairs of octets,
 * what to do and with which key.
 */
#include <stdlib.h>
#include <string.h>
#include "core_card.h"
#include "demux.h"
#include "errno.h"
#include "fuzz.h"

#define MAX_ENTRIES 8u
#define KEYS	    64u

static uint64_t key_of(unsigned int n)
{
	const uint8_t mac[6] = { 2, 0, 0, 0, (uint8_t)(n >> 4), (uint8_t)n };
	uint64_t number = 0;

	memcpy(&number, mac, sizeof(mac));
	return demux_key((uint16_t)(n & 3), number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct demux *demux = calloc(1, demux_size(MAX_ENTRIES));
	uint16_t value[KEYS];
	unsigned int nr = 0;
	unsigned int i;
	int err;

	card_check(demux != NULL, "memory");
	demux_init(demux, MAX_ENTRIES);
	memset(value, 0xff, sizeof(value));
	for (; size >= 2; data += 2, size -= 2) {
		unsigned int k = data[1] % KEYS;

		if (data[0] & 1) {
			err = demux_remove(demux, key_of(k));
			card_check(err == (value[k] == DEMUX_NONE ? -ENOENT
								  : 0),
				   "removed if it was there");
			nr -= !err;
			value[k] = DEMUX_NONE;
		} else {
			err = demux_insert(demux, key_of(k), data[0]);
			card_check(err == (value[k] != DEMUX_NONE ? -EEXIST
					   : nr == MAX_ENTRIES	  ? -ENOSPC
								  : 0),
				   "inserted if there was room");
			nr += !err;
			if (!err)
				value[k] = data[0];
		}
		for (i = 0; i < KEYS; i++)
			card_check(demux_find(demux, key_of(i)) == value[i],
				   "found as it was inserted");
	}
	free(demux);
	return 0;
}
