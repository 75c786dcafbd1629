// SPDX-License-Identifier: GPL-2.0-only
/*
 * The timing wheel; see wheel.h.  A slot is 16 us wide and the wheel 4 ms
 * around; who is due later waits in the last slot and is put in again when its
 * time comes.  A due time is kept to the nanosecond: within a slot the VIFs
 * are looked at one by one.  Called by sched.c.
 */
#include "arena.h"
#include "sched.h"
#include "wheel.h"

#define SLOT_SHIFT 14u

static struct node *nodes(const struct core *core)
{
	return arena_part(core, ARENA_ACTIVE_NODES);
}

void wheel_init(struct core *core)
{
	struct wheel *w = &core->wheel;
	unsigned int i;

	for (i = 0; i < WHEEL_SLOTS; i++)
		list_init(&w->slot[i]);
	for (i = 0; i < WHEEL_SLOTS / 64; i++)
		w->used[i] = 0;
	w->tick = core->now_ns >> SLOT_SHIFT;
	w->next_ns = UINT64_MAX;
}

void wheel_add(struct core *core, struct vif *vif)
{
	struct wheel *w = &core->wheel;
	uint64_t tick = vif->due_ns >> SLOT_SHIFT;
	uint64_t due = vif->due_ns;
	unsigned int slot;

	if (w->next_ns == UINT64_MAX)
		w->tick = core->now_ns >> SLOT_SHIFT;
	if (tick < w->tick)
		tick = w->tick;
	if (tick >= w->tick + WHEEL_SLOTS) {
		tick = w->tick + WHEEL_SLOTS - 1;
		due = tick << SLOT_SHIFT;
	}
	slot = (unsigned int)(tick % WHEEL_SLOTS);
	vif->slot = (uint8_t)slot;
	list_push(&w->slot[slot], nodes(core),
		  (uint16_t)arena_vif_idx(core, vif));
	w->used[slot / 64] |= 1ull << slot % 64;
	if (due < w->next_ns)
		w->next_ns = due;
}

void wheel_remove(struct core *core, struct vif *vif)
{
	struct list *list = &core->wheel.slot[vif->slot];

	list_remove(list, nodes(core), (uint16_t)arena_vif_idx(core, vif));
	if (list->nr == 0)
		core->wheel.used[vif->slot / 64] &= ~(1ull << vif->slot % 64);
}

/* The first slot from the present one on that is used, as a tick; or none. */
static uint64_t first_used(const struct wheel *w)
{
	unsigned int i;

	for (i = 0; i < WHEEL_SLOTS; i++) {
		unsigned int slot = (unsigned int)((w->tick + i) % WHEEL_SLOTS);

		if (slot % 64 == 0 && w->used[slot / 64] == 0) {
			i += 63;
			continue;
		}
		if (w->used[slot / 64] & 1ull << slot % 64)
			return w->tick + i;
	}
	return UINT64_MAX;
}

/* When to look again. */
static uint64_t find_next(const struct core *core)
{
	const struct wheel *w = &core->wheel;
	uint64_t tick = first_used(w);
	uint64_t next = UINT64_MAX;
	uint16_t idx;

	if (tick == UINT64_MAX)
		return UINT64_MAX;
	idx = w->slot[tick % WHEEL_SLOTS].head;
	for (; idx != LIST_NONE; idx = nodes(core)[idx].next) {
		if (arena_vif(core, idx)->due_ns < next)
			next = arena_vif(core, idx)->due_ns;
	}
	/* Of those that wait for a later turn, the slot's end is enough. */
	if (next >= (tick + 1) << SLOT_SHIFT)
		next = (tick + 1) << SLOT_SHIFT;
	return next;
}

static void turn_slot(struct core *core, unsigned int slot)
{
	struct wheel *w = &core->wheel;
	struct list list = w->slot[slot];
	struct vif *vif;
	uint16_t idx;

	list_init(&w->slot[slot]);
	w->used[slot / 64] &= ~(1ull << slot % 64);
	while ((idx = list_pop(&list, nodes(core))) != LIST_NONE) {
		vif = arena_vif(core, idx);
		if (vif->due_ns <= core->now_ns)
			sched_ready(core, vif);
		else
			wheel_add(core, vif);
	}
}

void wheel_turn(struct core *core)
{
	struct wheel *w = &core->wheel;
	uint64_t now = core->now_ns >> SLOT_SHIFT;
	uint64_t tick;

	if (core->now_ns < w->next_ns)
		return;
	/* A slot that is turned puts the late ones ahead of the present one. */
	tick = w->tick;
	if (now >= tick + WHEEL_SLOTS)
		tick = now - WHEEL_SLOTS + 1;
	if (now > w->tick)
		w->tick = now;
	for (; tick <= now; tick++) {
		if (w->used[tick % WHEEL_SLOTS / 64] & 1ull << tick % 64)
			turn_slot(core, (unsigned int)(tick % WHEEL_SLOTS));
	}
	w->next_ns = find_next(core);
}
