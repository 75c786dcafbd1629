// SPDX-License-Identifier: GPL-2.0-only
/*
 * How parcels travel; see parcel.h.  There is a ring from each worker to each
 * other, written by one and read by one, with room for all parcels that exist;
 * so nothing is ever refused and nobody waits for anybody.  Called by vif_tx.c
 * and wire.c to send, by poll.c and sched.c to receive.
 */
#include "arena.h"
#include "mem.h"
#include "parcel.h"
#include "switch.h"
#include "vif_tx.h"
#include "wire.h"
#include "worker.h"

static struct parcel *parcel_at(const struct core *core, unsigned int number)
{
	return (struct parcel *)arena_part(core, ARENA_PARCELS) + number;
}

static uint16_t number_of(const struct core *core, const struct parcel *p)
{
	return (uint16_t)(p - parcel_at(core, 0));
}

static struct parcel_ring *ring(const struct core *core, unsigned int from,
				unsigned int to)
{
	return (struct parcel_ring *)arena_part(core, ARENA_RINGS) +
	       from * core->config.nr_workers + to;
}

void parcel_init(struct core *core)
{
	unsigned int i;

	for (i = 0; i < PARCELS; i++)
		core->parcel[i] = (uint16_t)(core->worker * PARCELS + i);
	core->nr_parcels = PARCELS;
	core->nr_out = 0;
	core->wire_burst = (struct wire_burst) { 0 };
	for (i = 0; i < core->config.nr_workers; i++)
		memset(ring(core, i, core->worker), 0,
		       sizeof(struct parcel_ring));
}

struct parcel *parcel_open(const struct core *core)
{
	return parcel_at(core, core->parcel[core->nr_parcels - 1]);
}

unsigned int parcel_nr_free(const struct core *core)
{
	return core->nr_parcels - 1;
}

/* To the next that has to see it, or home. */
static void pass_on(struct core *core, struct parcel *p)
{
	unsigned int to = p->todo ? mem_lowest(p->todo) : p->home;
	struct parcel_ring *r = ring(core, core->worker, to);
	uint32_t prod = svnic_peek32(&r->prod);

	r->slot[prod % PARCEL_RING] = number_of(core, p);
	/* Pairs with parcel_poll() of worker @to (ordering.md O9). */
	svnic_publish32(&r->prod, prod + 1);
	worker_call(core, to);
}

struct parcel *parcel_take(struct core *core)
{
	return parcel_at(core, core->parcel[--core->nr_parcels]);
}

void parcel_send(struct core *core, struct parcel *p)
{
	p->home = (uint8_t)core->worker;
	core->nr_out++;
	pass_on(core, p);
}

static void come_home(struct core *core, struct parcel *p)
{
	core->nr_out--;
	if (p->queue == LIST_NONE)
		wire_home(core, p);
	else
		vif_tx_home(core, p);
	core->parcel[core->nr_parcels++] = number_of(core, p);
}

static void receive(struct core *core, struct parcel *p)
{
	uint8_t mine = (uint8_t)(1u << core->worker);

	if (!p->todo) {
		come_home(core, p);
		return;
	}
	switch_share(core, p);
	p->todo &= (uint8_t)~mine;
	pass_on(core, p);
}

/* How many have come by a ring and are not dealt with. */
static uint32_t nr_in(const struct parcel_ring *r)
{
	/* Pairs with pass_on() of the worker that sent (ordering.md O9). */
	return svnic_observe32(&r->prod) - r->cons;
}

bool parcel_is_there(const struct core *core)
{
	unsigned int i;

	for (i = 0; i < core->config.nr_workers; i++) {
		if (i != core->worker && nr_in(ring(core, i, core->worker)))
			return true;
	}
	return false;
}

unsigned int parcel_poll(struct core *core)
{
	struct parcel_ring *r;
	unsigned int done = 0;
	unsigned int i;
	uint32_t left;

	for (i = 0; i < core->config.nr_workers; i++) {
		if (i == core->worker)
			continue;
		r = ring(core, i, core->worker);
		for (left = nr_in(r); left; left--) {
			struct parcel *p = parcel_at(
				core, r->slot[r->cons++ % PARCEL_RING]);

			done += p->nr;
			receive(core, p);
		}
	}
	return done;
}
