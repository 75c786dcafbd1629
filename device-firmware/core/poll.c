// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of one round of a worker, run to completion, and nothing else; the
 * quotas are in the modules.  Called by the HAL, over and over.
 */
#include "arena.h"
#include "hal.h"
#include "sched.h"
#include "wire.h"

/* Commands have the card to themselves. */
static unsigned int run_commands(struct core *core)
{
	unsigned int done;

	if (core->worker != 0 || !admin_is_due(core) || !core_halt(core))
		return 0;
	done = admin_poll(core);
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
