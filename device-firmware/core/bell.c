// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sweep: which doorbells rang; see bell.h.  A doorbell is a word that
 * nobody signals, so all of them must be looked at, but not all alike: those
 * that rang lately (hot) in every round, the others (cold) at a pace that goes
 * through all of them twice in a millisecond, whatever else there is to do.
 * The list is kept so that the hot ones come first.  Called by poll.c, out of
 * turn by sched.c, and by queue.c when queues come and go; a doorbell tells
 * nothing but "look" (rule R25).
 */
#include "arena.h"
#include "bell.h"
#include "hal.h"
#include "sched.h"
#include "vif_rx.h"

#define HOT_ROUND   256u /* hot doorbells of a round */
#define HOT_CROWDED 64u	 /* ... while so many VIFs have work anyway */
#define COLD_MIN    32u	 /* cold ones of a round, at least */
#define COLD_MAX    1024u
#define COLD_NS	    500000u /* once around the cold ones */
#define RANG_SHIFT  16u
#define RANG_HOT    64u /* 4 ms */
#define AHEAD	    8u	/* doorbells fetched together */

static struct bell *bells(const struct core *core)
{
	return arena_part(core, ARENA_BELLS);
}

static uint32_t now_rang(const struct core *core)
{
	return (uint32_t)(core->now_ns >> RANG_SHIFT);
}

/* Two doorbells of the list change places. */
static void swap(struct core *core, uint32_t a, uint32_t b)
{
	struct bell *list = bells(core);
	struct bell was = list[a];

	if (a == b)
		return;
	list[a] = list[b];
	list[b] = was;
	arena_queue(core, list[a].queue)->bell = (uint16_t)a;
	arena_queue(core, list[b].queue)->bell = (uint16_t)b;
}

void bell_watch(struct core *core, struct queue *q)
{
	struct bell *b = &bells(core)[core->nr_bells];

	q->bell = (uint16_t)core->nr_bells++;
	b->queue = (uint16_t)arena_queue_idx(core, q);
	b->vif_id = q->vif_id;
	b->link = q->link;
	b->id = q->id;
	b->vif = q->vif;
	b->kick = 0;
	b->reset = q->reset;
	b->rang = now_rang(core);
	/* Its guest is about to begin. */
	swap(core, q->bell, core->nr_hot++);
}

void bell_unwatch(struct core *core, struct queue *q)
{
	if (q->bell < core->nr_hot)
		swap(core, q->bell, --core->nr_hot);
	swap(core, q->bell, --core->nr_bells);
}

static const struct svnic_doorbell *doorbell(const struct bell *b)
{
	return &hal_doorbell(b->link, b->vif_id)[b->id];
}

void bell_catch_up(struct core *core, struct queue *q)
{
	struct bell *b = &bells(core)[q->bell];

	b->kick = svnic_peek32(&doorbell(b)->kick);
	b->reset = q->reset;
}

void bell_resume(struct core *core, struct queue *q)
{
	struct bell *b = &bells(core)[q->bell];

	b->reset = svnic_peek32(&doorbell(b)->reset) ? q->reset : 0;
}

/* 1 when the guest changed a word, whether it matters or not. */
static unsigned int look(struct core *core, struct bell *b,
			 const struct svnic_doorbell *bell)
{
	struct queue *q = arena_queue(core, b->queue);
	uint32_t kick;
	uint32_t reset;

	/* Pairs with sim_ring() in hal/sim/host.c, as with any guest's write of
	 * its doorbell after its index (ordering.md O1, O3). */
	kick = svnic_observe32(&bell->kick);
	reset = svnic_observe32(&bell->reset);
	if (kick == b->kick && reset == b->reset)
		return 0;
	/* A reset waits until nobody holds anything of the queue. */
	if (q->is_away && reset != b->reset)
		return 0;
	/* Rings of a link without memory are looked at when it is back. */
	if (!(core->links_up & 1u << b->link))
		return 0;
	b->kick = kick;
	b->rang = now_rang(core);
	if (reset != b->reset) {
		b->reset = reset;
		queue_reset(core, q, reset);
	} else if (q->state == QUEUE_RUNNING) {
		sched_wake(core, q);
		/* Local senders look by themselves. */
		if (q->awaited)
			vif_rx_look(core, arena_vif(core, q->vif), q);
	}
	return 1;
}

static void peek(struct core *core, const uint16_t *queues, unsigned int nr)
{
	struct bell *b;

	while (nr--) {
		b = &bells(core)[arena_queue(core, *queues++)->bell];
		look(core, b, doorbell(b));
	}
}

void bell_peek(struct core *core, const struct vif *vif)
{
	peek(core, vif->running, vif->nr_direct);
	peek(core, &vif->running[SVNIC_SLOW_QUEUE], vif->nr_slow);
}

/* Look at doorbells @from to @from + @nr, which lie before the list's end. */
static unsigned int look_at(struct core *core, uint32_t from, uint32_t nr)
{
	const struct svnic_doorbell *bell[AHEAD];
	struct bell *b = &bells(core)[from];
	unsigned int rung = 0;
	uint32_t n;
	uint32_t i;

	for (; nr; nr -= n, b += n) {
		n = nr < AHEAD ? nr : AHEAD;
		for (i = 0; i < n; i++) {
			bell[i] = doorbell(&b[i]);
			__builtin_prefetch(bell[i]);
		}
		for (i = 0; i < n; i++)
			rung += look(core, &b[i], bell[i]);
	}
	return rung;
}

/* Those that were quiet for some time are cold from now on. */
static void cool(struct core *core, uint32_t from, uint32_t nr)
{
	uint32_t now = now_rang(core);
	uint32_t i;

	for (i = from + nr; i-- > from;) {
		if (now - bells(core)[i].rang > RANG_HOT)
			swap(core, i, --core->nr_hot);
	}
}

static unsigned int sweep_hot(struct core *core)
{
	uint32_t left = core->active.nr > HOT_CROWDED ? HOT_CROWDED : HOT_ROUND;
	unsigned int rung = 0;
	uint32_t nr;

	if (left > core->nr_hot)
		left = core->nr_hot;
	while (left && core->nr_hot) {
		if (core->next_hot >= core->nr_hot)
			core->next_hot = 0;
		nr = core->nr_hot - core->next_hot;
		nr = nr < left ? nr : left;
		rung += look_at(core, core->next_hot, nr);
		/* Whoever comes in place of a cool one is looked at later. */
		cool(core, core->next_hot, nr);
		core->next_hot += nr;
		left -= nr;
	}
	return rung;
}

/* How many cold ones are due, by the time since the last look. */
static uint32_t cold_share(struct core *core)
{
	uint32_t nr = core->nr_bells - core->nr_hot;
	uint64_t elapsed = core->now_ns - core->sweep_ns;
	uint64_t share;

	core->sweep_ns = core->now_ns;
	if (elapsed > COLD_NS)
		elapsed = COLD_NS;
	share = elapsed * nr / COLD_NS;
	if (share < COLD_MIN)
		share = COLD_MIN;
	if (share > COLD_MAX)
		share = COLD_MAX;
	return share < nr ? (uint32_t)share : nr;
}

static unsigned int sweep_cold(struct core *core)
{
	uint32_t left = cold_share(core);
	unsigned int rung = 0;
	uint32_t at;
	uint32_t end;
	uint32_t nr;

	while (left) {
		if (core->next_cold < core->nr_hot ||
		    core->next_cold >= core->nr_bells)
			core->next_cold = core->nr_hot;
		at = core->next_cold;
		nr = core->nr_bells - at;
		nr = nr < left ? nr : left;
		rung += look_at(core, at, nr);
		for (end = at + nr; at < end; at++) {
			if (bells(core)[at].rang == now_rang(core))
				swap(core, at, core->nr_hot++);
		}
		core->next_cold = end;
		left -= nr;
	}
	return rung;
}

unsigned int bell_sweep(struct core *core)
{
	unsigned int rung = sweep_hot(core);

	return core->nr_bells > core->nr_hot ? rung + sweep_cold(core) : rung;
}
