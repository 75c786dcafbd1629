// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of one round of a worker, run to completion, and when the next one
 * is due; the quotas are in the modules.  Called by the HAL, over and over.
 */
#include "admin.h"
#include "arena.h"
#include "bell.h"
#include "event.h"
#include "hal.h"
#include "sched.h"
#include "vif_rx.h"
#include "wire.h"
#include "worker.h"

#define COMMANDS_SHARE 4u	/* commands have at most one part in so many */
#define HALT_MAX       5000000u /* what is more is not the commands' fault */

/*
 * How long guests were held up by commands that began at @busy_ns of this
 * processor's time.  The other workers rest from when they were asked to, and
 * it takes until the last of them has a processor to hear it.
 */
static uint64_t held_ns(const struct core *core, uint64_t busy_ns)
{
	uint64_t held;

	if (core->config.nr_workers == 1)
		return hal_busy_ns() - busy_ns;
	held = hal_clock_ns() - core->halt_ns;
	return held < HALT_MAX ? held : HALT_MAX;
}

/*
 * Commands have the card to themselves, but not all the time: a host that
 * gives one after the other holds up the guests of all others.
 */
static unsigned int run_commands(struct core *core)
{
	unsigned int done;
	uint64_t begin;

	if (core->worker != 0 || !admin_is_due(core))
		return 0;
	if (core->now_ns < core->commands_ns || !core_halt(core))
		return 0;
	begin = hal_busy_ns();
	done = admin_poll(core);
	core->commands_ns =
		hal_clock_ns() + (COMMANDS_SHARE - 1) * held_ns(core, begin);
	core_go(core);
	return done;
}

static void begin(struct core *core)
{
	core->now_ns = hal_clock_ns();
	worker_hear(core);
	link_poll(core);
}

unsigned int core_poll(struct core *core)
{
	unsigned int frames = 0;
	unsigned int other;

	if (!worker_is_halted(core))
		begin(core);
	other = run_commands(core);
	if (worker_is_halted(core))
		return other + worker_finish(core);
	other += bell_sweep(core);
	if (core->config.nr_workers > 1)
		frames += parcel_poll(core);
	if (core->worker == 0)
		frames += wire_poll(core);
	vif_rx_publish(core);
	frames += sched_run(core);
	event_flush(core);
	/* What is away comes back soon. */
	return frames + other + core->nr_out;
}

static uint64_t commands_next_due(const struct core *core, uint64_t now_ns)
{
	return core->commands_ns > now_ns && admin_is_due(core)
		       ? core->commands_ns
		       : UINT64_MAX;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t core_next_due(const struct core *core, uint64_t now_ns)
{
	uint64_t due;

	/* Its lists are worker 0's for the moment, who wakes it. */
	if (svnic_peek32(&core->state) != WORKER_RUNS)
		return UINT64_MAX;
	due = sched_next_due(core);
	due = earlier(due, event_next_due(core, now_ns));
	due = earlier(due, commands_next_due(core, now_ns));
	if (due == UINT64_MAX)
		return due;
	return due > now_ns ? due - now_ns : 0;
}
