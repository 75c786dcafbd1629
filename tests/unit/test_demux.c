// SPDX-License-Identifier: GPL-2.0-only
/*
 * The demultiplexer against a model that is too simple to be wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "demux.h"

#define KEYS 300u
#define MAX  200u

static uint32_t random_state = 1;

static uint32_t next_random(uint32_t below)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (random_state >> 8) % below;
}

static void agrees_with_a_model(void **state)
{
	struct demux *d = calloc(1, demux_size(MAX));
	uint16_t model[KEYS];
	unsigned int nr = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < KEYS; i++)
		model[i] = DEMUX_NONE;
	demux_init(d, MAX);
	for (i = 0; i < 200000; i++) {
		uint32_t k = next_random(KEYS);
		uint64_t key = demux_key((uint16_t)(k % 3), k * 0x10001ull);
		int err = 0;

		assert_int_equal(demux_find(d, key), model[k]);
		if (next_random(2)) {
			if (model[k] != DEMUX_NONE)
				err = -17;
			else if (nr == MAX)
				err = -28;
			assert_int_equal(
				demux_insert(d, key, (uint16_t)i % 999), err);
			if (!err)
				model[k] = (uint16_t)i % 999, nr++;
		} else {
			err = model[k] == DEMUX_NONE ? -2 : 0;
			assert_int_equal(demux_remove(d, key), err);
			if (!err)
				model[k] = DEMUX_NONE, nr--;
		}
		assert_int_equal(d->nr, nr);
	}
	for (i = 0; i < KEYS; i++)
		assert_int_equal(demux_find(d, demux_key((uint16_t)(i % 3),
							 i * 0x10001ull)),
				 model[i]);
	free(d);
}

/* Addresses as they come, in order: no long searches. */
static void searches_stay_short(void **state)
{
	const uint32_t max = 4096;
	struct demux *d = calloc(1, demux_size(max));
	unsigned int run = 0;
	unsigned int longest = 0;
	unsigned int i;

	(void)state;
	demux_init(d, max);
	for (i = 0; i < max; i++)
		assert_int_equal(
			demux_insert(d,
				     demux_key(0, 0x2ull | (uint64_t)i << 32),
				     (uint16_t)i),
			0);
	for (i = 0; i <= d->mask; i++) {
		run = d->entry[i].used ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	print_message("  longest run of %u entries: %u\n", max, longest);
	assert_true(longest < 40);
	free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_a_model),
		cmocka_unit_test(searches_stay_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
