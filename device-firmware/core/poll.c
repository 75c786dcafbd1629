// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of one round of a worker, run to completion, and nothing else; the
 * quotas are in the modules.  Called by the HAL, over and over.
 */
#include "arena.h"
#include "hal.h"
#include "sched.h"
#include "wire.h"

#define COMMANDS_SHARE 4u	/* commands have at most one part in so many */
#define COMMANDS_LONG  1000000u /* ns; this process had to wait itself */

/*
 * Commands have the card to themselves, but not all the time: a host that
 * gives one after the other holds up the guests of all others.
 */
static unsigned int run_commands(struct core *core)
{
	unsigned int done;
	uint64_t begin;
	uint64_t took;

	if (core->worker != 0 || !admin_is_due(core))
		return 0;
	/* Soon: nobody is to sleep before that. */
	if (core->now_ns < core->commands_ns)
		return 1;
	if (!core_halt(core))
		return 0;
	begin = hal_clock_ns();
	done = admin_poll(core);
	took = hal_clock_ns() - begin;
	if (took > COMMANDS_LONG)
		took = COMMANDS_LONG;
	core->commands_ns = begin + COMMANDS_SHARE * took;
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
	other += sched_sweep(core);
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
