// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of one round, run to completion, and nothing else; the quotas are
 * in the modules.  Called by the HAL, over and over.
 */
#include "arena.h"
#include "hal.h"
#include "sched.h"

unsigned int core_poll(struct core *core)
{
	unsigned int frames = 0;
	unsigned int other;

	core->now_ns = hal_clock_ns();
	if (core->dma_epoch != hal_dma_epoch()) {
		core->dma_epoch = hal_dma_epoch();
		core->round++;
	}
	link_poll(core);
	other = admin_poll(core);
	other += sched_sweep(core);
	frames += switch_wires(core);
	vif_rx_publish(core);
	frames += sched_run(core);
	event_flush(core);
	return frames + other;
}
