/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ones' complement sum does not care for the order of octets, as long as
 * it is stored in the order in which it was read (RFC 1071, 2 B).
 */
#include "checksum.h"

#include <string.h>

static uint16_t sum(const unsigned char *p, size_t len)
{
	uint64_t s = 0;
	uint32_t word;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		s += word;
	}
	word = 0;
	memcpy(&word, p, len);
	s += word;
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
	memcpy(frame + start + offset, &s, sizeof(s));
}
