/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See look.h.
 */
#include "look.h"

#include <string.h>

#include "dom0.h"
#include "guest.h"
#include "nodes.h"

_Static_assert(ACCOUNT_WAIT_MS < 1000, "for a timeval's microseconds");

/* Behind the others, or two busy guests would hide them. */
void look_mark(struct tenant *t)
{
	if (!t->dirty)
		TAILQ_INSERT_TAIL(&t->p->marked, t, mark);
	t->dirty = true;
}

void look_unmark(struct tenant *t)
{
	if (t->dirty)
		TAILQ_REMOVE(&t->p->marked, t, mark);
	t->dirty = false;
}

static void look_at(struct platform *p, struct tenant *t)
{
	uint64_t start = account_now();
	char dir[DOM0_PATH];

	strcpy(dir, t->backend);
	nodes_ask_again(t);
	guest_look(t); /* @t may be gone after this */
	batch_drop(p);
	t = names_find(&p->names, dir);
	if (t)
		account_charge(&t->account, start);
}

unsigned int look_dirty(struct platform *p, unsigned int quota)
{
	unsigned int soonest = LOOK_NEVER;
	struct tenant *next;
	struct tenant *t;
	unsigned int ms;

	for (t = TAILQ_FIRST(&p->marked); t; t = next) {
		next = TAILQ_NEXT(t, mark);
		ms = account_wait(&t->account);
		if (ms) {
			soonest = ms < soonest ? ms : soonest;
			continue;
		}
		if (quota-- == 0)
			return 0;
		look_at(p, t);
	}
	return soonest;
}
