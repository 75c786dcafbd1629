/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sums over a frame in pieces.
 */
#ifndef CORE_CHECKSUM_H
#define CORE_CHECKSUM_H

#include <stdint.h>
#include <svnic/checksum.h>
#include "hal.h"

/* The sum of all octets of @nr pieces, as if they lay behind each other. */
uint64_t checksum_pieces(const struct hal_iov *piece, unsigned int nr);

#endif /* CORE_CHECKSUM_H */
