/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a cable must carry of a frame, worked out octet by octet and knowing
 * nothing of how the core does it.  For unit tests and fuzzers.
 */
#ifndef TESTS_UNIT_SEGMENT_CHECK_H
#define TESTS_UNIT_SEGMENT_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

struct segment_check {
	const uint8_t *frame; /* as sent, without its tag */
	uint32_t len;
	struct svnic_meta meta;
	bool is_tagged;
	uint16_t tci;
	unsigned int takes; /* as hal_wire_takes() */
	/* What came so far. */
	uint32_t nr;
	uint32_t payload;
};

/* The sum of octets as big-endian words, the first of them at @p. */
uint16_t segment_sum(const uint8_t *p, uint32_t len, uint32_t sum);
/* The next frame of the wire: NULL, or what is wrong with it. */
const char *segment_check_next(struct segment_check *c, const uint8_t *got,
			       uint32_t len, const struct svnic_meta *meta);
/* Was that all of it? */
bool segment_check_is_whole(const struct segment_check *c);

#endif /* TESTS_UNIT_SEGMENT_CHECK_H */
