/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One ones' complement sum, octet pair by octet pair: a capture is not the
 * data path.
 */
#include "checksum.h"

static uint16_t sum(const unsigned char *p, size_t len)
{
	uint64_t s = 0;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		s += (uint64_t)p[i] << 8 | p[i + 1];
	if (len & 1)
		s += (uint64_t)p[len - 1] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)s;
}

void checksum_complete(unsigned char *frame, size_t len, size_t start,
		       size_t offset)
{
	uint16_t s;

	if (start > len || offset > len - start || len - start - offset < 2)
		return;
	s = (uint16_t)~sum(frame + start, len - start);
	/* As UDP has it, where zero would mean that there is no sum. */
	if (s == 0)
		s = 0xffff;
	frame[start + offset] = (unsigned char)(s >> 8);
	frame[start + offset + 1] = (unsigned char)s;
}
