/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Internet checksum (RFC 1071), where a guest left it to the card.
 */
#ifndef SVNICD_CHECKSUM_H
#define SVNICD_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Complete the sum over @frame from octet @start on, stored @offset octets
 * after that, where the pseudo-header's sum stands already.  Nothing is done
 * where that lies outside the frame.
 */
void checksum_complete(unsigned char *frame, size_t len, size_t start,
		       size_t offset);

#endif /* SVNICD_CHECKSUM_H */
