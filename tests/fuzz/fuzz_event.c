// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events under fuzzing: the input is a row of steps of guests that arm, hold
 * and sleep, of queues that fault and come back, and of a host that counts
 * wrongly, is late, or moves its event ring.  Nobody who armed is left asleep,
 * nobody who did not is woken, a fault is told once, and a full ring or one
 * that is away loses nothing (abi.md 5 and 6).
 */
#include <string.h>
#include "core_card.h"
#include "fuzz.h"

#define MAX_STEPS  60u
#define RING_PAGE  2u /* as hal/sim/host.c has it */
#define NEW_RING   500u
#define HOLD_NS	   (SVNIC_HOLD_MAX * 1000ull)
#define MAX_EVENTS 1000u

enum step {
	STEP_ARM,
	STEP_DISARM,
	STEP_SEND,
	STEP_SETTLE,
	STEP_CONS,
	STEP_ARM_HOST,
	STEP_HOLD,
	STEP_SLEEP,
	STEP_FAULT,
	STEP_RESET,
	STEP_RING,
	STEP_AWAY,
	STEP_NR
};

enum attention {
	UNKNOWN,  /* its words are zero, or it does as it likes */
	ARMED,	  /* wants an event for what it has not seen */
	DISARMED, /* wants none */
};

struct sleeper {
	enum attention attention;
	unsigned int events; /* since it armed or disarmed */
	unsigned int faults; /* that it was not told of */
};

static struct card card;
static struct sleeper sleeper[CARD_GUESTS];
static uint32_t ring_page;
static bool is_away;	   /* the ring's memory, or the host counts wrongly */
static uint32_t seen_prod; /* when the host armed, and interrupts by then */
static unsigned int seen_irqs;
static bool is_host_armed;
static bool is_frozen; /* the host counts impossibly: the card must wait */
static uint32_t frozen_prod;

static uint8_t octet(struct input *in)
{
	uint8_t v;

	input_take(in, &v, 1);
	return v;
}

static struct svnic_event_ring *ring(void)
{
	return sim_page(&card.host, ring_page);
}

static void note(const struct svnic_event *e)
{
	unsigned int vif = svnic_cpu16(e->vif);
	struct sleeper *s;

	card_check(vif >= 1 && vif < CARD_GUESTS && e->queue == 0,
		   "an event of a queue that there is");
	s = &sleeper[vif];
	if (e->reason == SVNIC_EVENT_FAULT) {
		card_check(s->faults > 0, "a fault is told once");
		card_check(svnic_cpu32(e->arg) == SVNIC_V_BAD_INDEX,
			   "which fault it is");
		s->faults = 0;
		return;
	}
	card_check(e->reason == SVNIC_EVENT_QUEUE && !e->arg, "a reason");
	s->events++;
}

/* Everything that the ring has, and will have once there is room. */
static void take_events(void)
{
	const struct svnic_event *slot = sim_page(&card.host, ring_page + 1);
	unsigned int i;

	for (i = 0; i < MAX_EVENTS; i++) {
		struct svnic_event e;

		/* Pairs with write_pending() in core/event.c (ordering.md O6). */
		if (svnic_observe32(&ring()->prod) == card.host.taken)
			break;
		svnic_copy_in(&e, &slot[card.host.taken++ % SIM_EVENTS],
			      sizeof(e));
		note(&e);
		/* Pairs with room() in core/event.c (ordering.md O6). */
		svnic_publish32(&ring()->cons, card.host.taken);
		sim_settle(card.core);
	}
	card_check(i < MAX_EVENTS, "events end");
}

static bool wants(const struct sim_guest *g)
{
	const struct svnic_queue_ctrl *c = g->tx.ctrl;

	return c->rx_done != c->rx_event || c->tx_cons != c->tx_event;
}

static void check_sleepers(void)
{
	unsigned int i;

	for (i = 1; i < CARD_GUESTS; i++) {
		const struct sim_guest *g = &card.guest[i];
		uint32_t fault;

		card_check(sleeper[i].faults == 0, "a fault is told");
		if (sim_queue_state(g, &fault) != SVNIC_QUEUE_RUNNING)
			continue;
		if (sleeper[i].attention == ARMED && wants(g))
			card_check(sleeper[i].events > 0, "nobody sleeps on");
		if (sleeper[i].attention == DISARMED)
			card_check(sleeper[i].events == 0, "nobody is woken");
	}
}

/* Grows with all that the card does. */
static uint32_t progress(void)
{
	uint32_t sum = 0;
	unsigned int i;

	for (i = 1; i < CARD_GUESTS; i++)
		sum += card.guest[i].tx.ctrl->tx_cons +
		       card.guest[i].rx.ctrl->rx_done;
	return sum;
}

/* Does a frame wait for its receiver? */
static bool is_waiting(void)
{
	uint32_t fault;
	unsigned int i;

	for (i = 1; i < CARD_GUESTS; i++) {
		const struct sim_guest *g = &card.guest[i];

		if (sim_queue_state(g, &fault) == SVNIC_QUEUE_RUNNING &&
		    g->tx.ctrl->tx_cons != g->tx.ctrl->tx_prod)
			return true;
	}
	return false;
}

static void settle(void)
{
	uint32_t was;

	sim_settle(card.core);
	if (is_away)
		return;
	if (is_host_armed && ring()->prod != seen_prod) {
		card_check(sim_link(0)->irqs[SVNIC_VECTOR_EVENT] ==
				   seen_irqs + 1,
			   "the host is interrupted, once");
		is_host_armed = false;
	}
	take_events();
	/* Whoever holds its events has its time, from the last frame on. */
	do {
		was = progress();
		sim_sleep(HOLD_NS);
		sim_settle(card.core);
		take_events();
	} while (progress() != was || is_waiting());
	check_sleepers();
}

static void back(void)
{
	card_check(!is_frozen || ring()->prod == frozen_prod,
		   "no entry while the host counts impossibly");
	is_frozen = false;
	sim_link(0)->gone_len = 0;
	svnic_poke32(&ring()->cons, card.host.taken);
	is_away = false;
}

static void take_all(struct sim_guest *g)
{
	uint8_t frame[60];
	struct svnic_meta meta;

	svnic_tx_return(&g->tx);
	while (sim_receive(g, frame, sizeof(frame), &meta))
		;
	sim_provide(g, 16, 2048);
	sim_ring(g);
	settle();
}

static void step_guest(enum step what, struct sim_guest *g, struct sleeper *s,
		       struct input *in)
{
	uint8_t frame[60] = { 2,    0,	 0, 0, 0, octet(in) & 3,
			      2,    0,	 0, 0, 0, (uint8_t)g->vif,
			      0x88, 0xb5 };
	uint32_t fault;
	unsigned int i;

	if (what == STEP_SEND) {
		svnic_tx_return(&g->tx);
		for (i = 1 + octet(in) % 8; i && svnic_tx_space(&g->tx); i--)
			sim_send(g, frame, sizeof(frame), 4096, NULL);
		sim_ring(g);
		return;
	}
	settle();
	if (is_away)
		return;
	take_all(g);
	if (what == STEP_ARM) {
		s->attention = UNKNOWN;
		s->events = 0;
		/* Buffers that it gave back may have been used already. */
		for (i = 0; svnic_arm(&g->tx, &g->rx, 0); i++) {
			card_check(i < MAX_EVENTS, "frames end");
			take_all(g);
			s->events = 0;
		}
		s->attention = ARMED;
	} else if (what == STEP_DISARM) {
		s->attention = DISARMED;
		s->events = 0;
		svnic_disarm(&g->tx, &g->rx);
	} else if (what == STEP_HOLD) {
		svnic_poke32(&g->tx.ctrl->hold, octet(in) * 10000u);
	} else if (what == STEP_RESET) {
		s->attention = UNKNOWN;
		card_check(sim_queue_reset(g), "the queue restarts");
		sim_provide(g, 16, 2048);
		sim_ring(g);
	} else if (sim_queue_state(g, &fault) == SVNIC_QUEUE_RUNNING) {
		s->attention = UNKNOWN;
		s->faults = 1;
		svnic_poke32(&g->tx.ctrl->tx_prod, g->tx.next + 1000);
		/* Pairs with look() in core/bell.c (ordering.md O1, O3). */
		svnic_publish32(&sim_guest_bell(g)->kick, ++g->kick);
		sim_settle(card.core);
	}
}

/* The same number of entries elsewhere, from zero. */
static void move_ring(void)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_EVENT_RING,
		.len = svnic_le32(SVNIC_PAGE_SIZE + SIM_EVENTS * 8),
	};

	settle();
	ring_page = ring_page == RING_PAGE ? NEW_RING : RING_PAGE;
	memset(ring(), 0, SVNIC_PAGE_SIZE);
	cmd.addr = svnic_le64(sim_addr(ring_page));
	card.host.taken = 0;
	is_host_armed = false;
	card_check(sim_admin(&card.host, &cmd) == SVNIC_ST_OK,
		   "another event ring");
}

static void step_host(enum step what, struct input *in)
{
	uint32_t value = octet(in) * 0x01010101u;

	if (what == STEP_CONS) {
		back();
		is_away = true;
		frozen_prod = ring()->prod;
		is_frozen = frozen_prod - value > SIM_EVENTS;
		svnic_poke32(&ring()->cons, value);
	} else if (what == STEP_AWAY) {
		is_away = true;
		sim_link(0)->gone = sim_addr(ring_page + value % 2);
		sim_link(0)->gone_len = SVNIC_PAGE_SIZE;
	} else if (what == STEP_SLEEP) {
		sim_sleep(1ull << value % 32);
	} else if (is_away) {
		back();
	} else if (what == STEP_RING) {
		move_ring();
	} else if (what == STEP_ARM_HOST) {
		settle();
		seen_prod = card.host.taken;
		seen_irqs = sim_link(0)->irqs[SVNIC_VECTOR_EVENT];
		svnic_poke32(&ring()->arm, seen_prod);
		is_host_armed = true;
	} else {
		settle();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t flags[] = { 0, 0, 0 };
	static const uint16_t vlan[] = { 0, 0, 0 };
	struct input in = { data, size };
	unsigned int i;

	card_init(&card, flags, vlan);
	memset(sleeper, 0, sizeof(sleeper));
	ring_page = RING_PAGE;
	is_away = is_host_armed = is_frozen = false;
	for (i = 0; i < MAX_STEPS && in.size; i++) {
		uint8_t first = octet(&in);
		enum step what = (first & 15) % STEP_NR;
		unsigned int n = 1 + (first >> 4) % 3;

		if (what <= STEP_SEND || what == STEP_HOLD ||
		    what == STEP_FAULT || what == STEP_RESET)
			step_guest(what, &card.guest[n], &sleeper[n], &in);
		else
			step_host(what, &in);
	}
	back();
	settle();
	card_fini(&card);
	return 0;
}
