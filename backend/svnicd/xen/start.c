/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a daemon that was started comes to the guests that are there.  The card
 * says whom an earlier daemon served, which is known before XenStore has been
 * asked: they are first, and of them those first that have no direct path, as
 * they stand still until then.  Each is one step from the event loop, which
 * moves the frames of those before.  Then come the guests that only XenStore
 * knows, then the watches: a new watch fires once by itself, so what changed
 * in between is found.
 */
#include "start.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "../log.h"
#include "dom0.h"
#include "guest.h"
#include "memo.h"
#include "rival.h"
#include "store.h"
#include "window.h"

#define GROW 64u

struct entry {
	uint32_t domid, devid;
};

struct start {
	struct event *event;
	bool scanned;
	unsigned int nr, next, size;
	unsigned int nr_waiting; /* the first ones */
	struct entry *entry;
};

static struct start *make(struct platform *p)
{
	if (!p->start)
		p->start = calloc(1, sizeof(*p->start));
	return p->start;
}

void start_end(struct platform *p)
{
	if (!p->start)
		return;
	if (p->start->event)
		event_free(p->start->event);
	free(p->start->entry);
	free(p->start);
	p->start = NULL;
}

static bool is_known(const struct start *s, uint32_t domid, uint32_t devid)
{
	unsigned int i;

	for (i = 0; i < s->nr; i++)
		if (s->entry[i].domid == domid && s->entry[i].devid == devid)
			return true;
	return false;
}

/* Without memory: the watches will find it. */
static struct entry *add(struct start *s, uint32_t domid, uint32_t devid)
{
	struct entry *e;

	if (s->nr == s->size) {
		e = realloc(s->entry, (s->size + GROW) * sizeof(*e));
		if (!e)
			return NULL;
		s->entry = e;
		s->size += GROW;
	}
	e = &s->entry[s->nr++];
	e->domid = domid;
	e->devid = devid;
	return e;
}

void start_note(struct platform *p, uint64_t cookie, bool waits)
{
	uint32_t domid = (uint32_t)(cookie >> 32);
	uint32_t devid = (uint32_t)cookie;
	struct start *s = p->started ? NULL : make(p);
	struct entry *first;
	struct entry *e;

	/* Others are monitors and dom0's own. */
	if (!s || !domid || domid > DOM0_LAST || is_known(s, domid, devid))
		return;
	e = add(s, domid, devid);
	if (!e || !waits)
		return;
	first = &s->entry[s->nr_waiting++];
	*e = *first;
	first->domid = domid;
	first->devid = devid;
}

static void found(struct platform *p, uint32_t domid, uint32_t devid)
{
	if (!is_known(p->start, domid, devid))
		add(p->start, domid, devid);
}

/* True: there was one that is watched now. */
static bool watch_next(struct platform *p)
{
	struct tenant *t;

	TAILQ_FOREACH(t, &p->guests, link)
	{
		if (t->watched)
			continue;
		guest_watch(t);
		/* Behind the others, so that the next is the first. */
		TAILQ_REMOVE(&p->guests, t, link);
		TAILQ_INSERT_TAIL(&p->guests, t, link);
		return true;
	}
	return false;
}

static void finish(struct platform *p)
{
	int err = store_watch(p);

	memo_clear(p);
	start_end(p);
	if (!err) {
		rival_look(p);
		p->up->tenants_known(p->core);
		return;
	}
	log_err("xen", "XenStore lets nothing be watched: %s; stopping",
		strerror(-err));
	event_base_loopbreak(p->base);
}

static void step(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval now;
	struct platform *p = arg;
	struct start *s = p->start;
	struct entry e;

	(void)fd;
	(void)what;
	if (s->next < s->nr) {
		e = s->entry[s->next++];
		store_serve(p, e.domid, e.devid);
	} else if (!s->scanned) {
		s->scanned = true;
		store_scan(p, found);
	} else if (!watch_next(p)) {
		finish(p);
		return;
	}
	evtimer_add(s->event, &now);
}

int start_begin(struct platform *p)
{
	static const struct timeval now;
	struct start *s = make(p);

	p->started = true;
	/* Not sooner: who stood by has seen the one before go on. */
	window_load(p);
	if (!s)
		return -ENOMEM;
	s->event = evtimer_new(p->base, step, p);
	if (!s->event || evtimer_add(s->event, &now))
		return -ENOMEM;
	return 0;
}
