// SPDX-License-Identifier: GPL-2.0-only
/*
 * Getting the workers of a card out of each other's way; see worker.h.  While
 * a halt is on nobody begins anything, parcels that are under way go home, and
 * who has none out says so.  Then worker 0 has the card to itself, as if it
 * were the only one, and commands need no locks (rule R52).  A worker that
 * sleeps holds nothing either and need not be woken.
 * tests/model/halt.pml is this protocol, told.pml that of worker_tell().
 */
#include "arena.h"
#include "core.h"
#include "event.h"
#include "hal.h"
#include "mem.h"
#include "vif_rx.h"
#include "worker.h"

static bool is_alone(const struct core *core)
{
	return core->config.nr_workers == 1;
}

void worker_init(struct core *core)
{
	svnic_poke32(&core->state, WORKER_RUNS);
	memset(core->told, 0, sizeof(core->told));
	core->heard = 0;
	if (core->worker == 0)
		svnic_poke32(&arena_board(core)->halt, 0);
}

void worker_call(const struct core *core, unsigned int n)
{
	/* Pairs with core_may_sleep() of worker @n (ordering.md O11). */
	svnic_fence();
	if (svnic_peek32(&arena_head(core, n)->state) == WORKER_SLEEPS)
		hal_wake(n);
}

void worker_tell(struct core *core, unsigned int n)
{
	uint32_t told = svnic_peek32(&core->told[n]);

	/* Pairs with nr_told() of worker @n (ordering.md O13). */
	svnic_publish32(&core->told[n], told + 1);
	worker_call(core, n);
}

/* How often the others told this worker, all together. */
static uint32_t nr_told(const struct core *core)
{
	const struct core *head = arena_head(core, 0);
	uint32_t sum = 0;
	unsigned int i;

	for (i = 0; i < core->config.nr_workers; i++) {
		/* Pairs with worker_tell() (ordering.md O13). */
		sum += svnic_observe32(&head[i].told[core->worker]);
	}
	return sum;
}

void worker_hear(struct core *core)
{
	if (!is_alone(core))
		core->heard = nr_told(core);
}

unsigned int worker_choose(const struct core *core)
{
	const uint16_t *nr_on = arena_board(core)->nr_on;
	unsigned int best = 0;
	unsigned int i;

	for (i = 1; i < core->config.nr_workers; i++) {
		if (nr_on[i] < nr_on[best])
			best = i;
	}
	return best;
}

/* It is about to touch what is the workers'. */
static void run(struct core *core)
{
	svnic_poke32(&core->state, WORKER_RUNS);
	/* Pairs with core_halt() (ordering.md O10). */
	svnic_fence();
}

static bool is_on(const struct core *core)
{
	/* Pairs with core_go(), core_halt() (ordering.md O10). */
	return svnic_observe32(&arena_board(core)->halt);
}

bool worker_is_halted(struct core *core)
{
	if (is_alone(core))
		return false;
	if (is_on(core))
		return true;
	if (svnic_peek32(&core->state) == WORKER_RUNS)
		return false;
	run(core);
	return is_on(core);
}

unsigned int worker_finish(struct core *core)
{
	unsigned int done = 0;

	if (parcel_is_there(core)) {
		run(core);
		/* It had no round since the last halt, perhaps. */
		link_poll(core);
		done = parcel_poll(core);
		vif_rx_publish(core);
		event_flush(core);
	}
	/* Pairs with core_halt() (ordering.md O10). */
	if (!core->nr_out && svnic_peek32(&core->state) == WORKER_RUNS)
		svnic_publish32(&core->state, WORKER_RESTS);
	/* Who asked for it does not sleep before it has it. */
	return done + core->nr_out + (core->worker == 0);
}

unsigned int core_nr_awaited(const struct core *core)
{
	return core->nr_out +
	       (core->worker == 0 && !is_alone(core) && is_on(core));
}

static bool all_rest(const struct core *core)
{
	const struct core *head = arena_head(core, 0);
	unsigned int i;

	for (i = 1; i < core->config.nr_workers; i++) {
		/* Pairs with worker_finish(), core_may_sleep()
		 * (ordering.md O10). */
		if (svnic_observe32(&head[i].state) == WORKER_RUNS)
			return false;
	}
	return true;
}

bool core_halt(struct core *core)
{
	struct board *board = arena_board(core);
	unsigned int i;

	if (is_alone(core))
		return true;
	if (!svnic_peek32(&board->halt)) {
		core->halt_ns = hal_clock_ns();
		/* Pairs with worker_is_halted() (ordering.md O10). */
		svnic_publish32(&board->halt, 1);
		svnic_fence();
	}
	/*
	 * Twice: who rests may have to run again for another's parcel.  When
	 * all were seen to rest once, none is under way any more, and the last
	 * of those who dealt with one is seen by the second look.
	 */
	if (core->nr_out || !all_rest(core) || !all_rest(core))
		return false;
	for (i = 1; i < core->config.nr_workers; i++) {
		arena_head(core, i)->now_ns = core->now_ns;
		link_forget(arena_head(core, i));
	}
	return true;
}

void core_go(struct core *core)
{
	unsigned int i;

	if (is_alone(core))
		return;
	/* Pairs with worker_is_halted() (ordering.md O10). */
	svnic_publish32(&arena_board(core)->halt, 0);
	/* There may be work for them. */
	for (i = 1; i < core->config.nr_workers; i++)
		worker_call(core, i);
}

bool core_may_sleep(struct core *core)
{
	bool was_held;

	if (is_alone(core))
		return true;
	if (core->nr_out)
		return false;
	/* After a halt that ended just now it was not called. */
	was_held = svnic_peek32(&core->state) != WORKER_RUNS;
	/* Pairs with core_halt() (ordering.md O10). */
	svnic_publish32(&core->state, WORKER_SLEEPS);
	/* Pairs with worker_call() (ordering.md O11). */
	svnic_fence();
	if (!parcel_is_there(core) && nr_told(core) == core->heard &&
	    (!was_held || is_on(core)))
		return true;
	core_woken(core);
	return false;
}

void core_woken(struct core *core)
{
	if (!is_alone(core))
		run(core);
}
