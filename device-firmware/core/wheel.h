/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VIFs that may not send before a certain time: lists by time, so that those
 * that are throttled cost nothing until they are due.
 */
#ifndef CORE_WHEEL_H
#define CORE_WHEEL_H

#include <stdint.h>
#include "list.h"

struct core;
struct vif;

#define WHEEL_SLOTS 256u

struct wheel {
	uint64_t tick; /* slots up to this one are empty or being waited for */
	uint64_t next_ns;		 /* nobody is due before */
	uint64_t used[WHEEL_SLOTS / 64]; /* slots that are not empty */
	struct list slot[WHEEL_SLOTS];
};

void wheel_init(struct core *core);
/* Wait until vif->due_ns; its node is on no other list. */
void wheel_add(struct core *core, struct vif *vif);
void wheel_remove(struct core *core, struct vif *vif);
/* Hand each VIF that is due to sched_ready(). */
void wheel_turn(struct core *core);

#endif /* CORE_WHEEL_H */
