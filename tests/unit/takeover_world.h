/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A card whose arena, memory and doorbells are shared, so that its core can run
 * in a process of its own and be killed; with VIFs 1 and 2.
 */
#ifndef TESTS_UNIT_TAKEOVER_WORLD_H
#define TESTS_UNIT_TAKEOVER_WORLD_H

#include "core_fixture.h"

#define TAKEOVER_FRAME 600u

/* What the owner of the card would pass on. */
struct takeover_mailbox {
	volatile uint32_t tail;
	volatile uint32_t irqs; /* of link 0's event ring */
};

struct takeover_world {
	struct fixture f;
	struct takeover_mailbox *box;
	/* What the host writes to registers; a submit may set another. */
	void (*ask)(struct takeover_world *w);
	/* All of it as it was before a command. */
	uint8_t *saved;
};

/* cmocka's setup and teardown. */
int takeover_setup(void **state);
int takeover_teardown(void **state);

uint64_t takeover_now_ns(void);
/* The next core, in this process. */
void take_over(struct fixture *f);
/* Arena and memory, to and from @w->saved. */
void takeover_save(struct takeover_world *w);
size_t takeover_saved_size(const struct takeover_world *w);
void takeover_restore(struct takeover_world *w);
/* A frame still goes from VIF 1 to VIF 2, and VIF 2 is told. */
void takeover_assert_traffic(struct fixture *f);

#endif /* TESTS_UNIT_TAKEOVER_WORLD_H */
