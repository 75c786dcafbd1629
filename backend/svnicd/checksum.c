/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See checksum.h; the sum itself is svnic/checksum.h's.
 */
#include "checksum.h"

#include <svnic/checksum.h>

void checksum_complete(unsigned char *frame, size_t len, size_t start,
		       size_t offset)
{
	if (start > len || offset > len - start || len - start - offset < 2)
		return;
	svnic_sum_store(frame + start + offset,
			svnic_sum(frame + start, len - start));
}
