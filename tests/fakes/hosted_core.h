/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In place of the firmware core, for tests of the hosted HAL: registers are
 * plain words, calls are counted, and an arena is taken over.
 */
#ifndef FAKES_HOSTED_CORE_H
#define FAKES_HOSTED_CORE_H

#include <svnic/abi.h>

#include "../../device-firmware/core/core.h"

struct core {
	uint32_t reg[SVNIC_REG_MSIX_TABLE / 4];
	unsigned int resets[SVNIC_MAX_LINKS];
	bool is_used; /* this arena had a core before */
};

#endif /* FAKES_HOSTED_CORE_H */
