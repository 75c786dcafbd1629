/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host link: its admin queue, its event ring, its VIFs, and whether the
 * host's memory is there at all.  After a restart of the firmware it comes back
 * later than the arena does; until then the link's queues rest, unharmed.
 */
#ifndef CORE_LINK_H
#define CORE_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include "admin.h"
#include "event.h"
#include "journal.h"

struct core;

struct link {
	struct admin_queue admin;
	struct event_link event;
	uint32_t epoch;
	uint32_t nr_vifs;
	struct journal journal;
};

/*
 * Memory of hosts may have come or gone: pointers into what was there are not
 * used again.
 */
void link_forget(struct core *core);
/*
 * The same, and see which links' memory is there; wake the queues of those that
 * came.
 */
void link_poll(struct core *core);

#endif /* CORE_LINK_H */
