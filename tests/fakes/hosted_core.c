/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "hosted_core.h"

size_t core_arena_size(const struct core_config *config)
{
	(void)config;
	return sizeof(struct core);
}

int core_init(void *arena, size_t size, const struct core_config *config,
	      struct core **core, bool *adopted)
{
	(void)size;
	(void)config;
	*core = arena;
	*adopted = (*core)->is_used;
	(*core)->is_used = true;
	return 0;
}

void core_arena_forget(void *arena)
{
	memset(arena, 0, sizeof(struct core));
}

struct core *core_worker(struct core *core, unsigned int n)
{
	(void)n;
	return core;
}

unsigned int core_nr_workers(const struct core *core)
{
	(void)core;
	return 1;
}

unsigned int core_nr_awaited(const struct core *core)
{
	(void)core;
	return 0;
}

bool core_may_sleep(struct core *core)
{
	(void)core;
	return true;
}

void core_woken(struct core *core)
{
	(void)core;
}

bool core_halt(struct core *core)
{
	(void)core;
	return true;
}

void core_go(struct core *core)
{
	(void)core;
}

unsigned int core_poll(struct core *core)
{
	(void)core;
	return 0;
}

uint64_t core_next_due(const struct core *core, uint64_t now_ns)
{
	(void)core;
	(void)now_ns;
	return UINT64_MAX;
}

uint32_t core_reg_read(struct core *core, unsigned int link, uint32_t reg)
{
	(void)link;
	return core->reg[reg / 4];
}

void core_reg_write(struct core *core, unsigned int link, uint32_t reg,
		    uint32_t value)
{
	(void)link;
	core->reg[reg / 4] = value;
}

void core_link_reset(struct core *core, unsigned int link)
{
	memset(core->reg, 0, sizeof(core->reg));
	core->resets[link]++;
}
