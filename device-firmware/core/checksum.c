// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums over a frame in pieces; see checksum.h.  A piece may begin at an odd
 * place: its octets then count the other way round (RFC 1071, 2 B).  Pure.
 * Called by segment.c.
 */
#include "checksum.h"

uint64_t checksum_pieces(const struct hal_iov *piece, unsigned int nr)
{
	uint64_t sum = 0;
	size_t at = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		uint64_t s = svnic_sum(piece[i].data, piece[i].len);

		sum = svnic_sum_add(sum, at & 1 ? svnic_sum_odd(s) : s);
		at += piece[i].len;
	}
	return sum;
}
