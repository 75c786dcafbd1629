/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is an arena consistent?
 */
#ifndef TESTS_UNIT_ARENA_CHECK_H
#define TESTS_UNIT_ARENA_CHECK_H

#include "core_fixture.h"
#include "arena.h"

/*
 * Assert that what follows from other state does: numbers and addresses find
 * their VIFs, every object is either owned once or free, nothing free holds
 * anything, and counters count right.
 */
void arena_check(struct core *core);

#endif /* TESTS_UNIT_ARENA_CHECK_H */
