/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small simulated card for the firmware's fuzz targets: one link, one port,
 * guests 1 to 3 of segment 0; the first is the hostile one.
 */
#ifndef TESTS_FUZZ_CORE_CARD_H
#define TESTS_FUZZ_CORE_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "host.h"

#define CARD_GUESTS 4

struct card {
	void *arena;
	struct core *core;
	struct sim_host host;
	struct sim_guest guest[CARD_GUESTS]; /* by VIF number; 0 is not used */
};

/* What is left of a fuzzer's input. */
struct input {
	const uint8_t *data;
	size_t size;
};

/* @flags and @vlan: of VIFs 1 to 3. */
void card_init(struct card *card, const uint32_t *flags, const uint16_t *vlan);
void card_fini(struct card *card);
/* Stop with a message if a rule that no input may break is broken. */
void card_check(bool holds, const char *what);
/* VIFs 2 and 3 still reach each other, whatever VIF 1 did. */
void card_check_neighbours(struct card *card);

/* The next @size octets, zeroes when there are fewer. */
void input_take(struct input *in, void *dst, size_t size);

#endif /* TESTS_FUZZ_CORE_CARD_H */
