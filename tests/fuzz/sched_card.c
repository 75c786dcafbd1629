// SPDX-License-Identifier: GPL-2.0-only
/*
 * Senders, their sinks, and what was promised to them; see sched_card.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hal.h"
#include "sched_card.h"

#define MEMORY	   (4096u * SVNIC_PAGE_SIZE)
#define SECOND	   1000000000ll
#define KILO	   1000ull
#define WAIT_NS	   2000000u
#define CHARGE	   64u
#define QUANTUM	   16384u
#define PROMISE	   4096u /* octets a round of min_rate that can be kept */
#define LARGEST	   (SVNIC_PAGE_SIZE + CHARGE)
#define MAX_ROUNDS 100000u

static void fail(const struct sched_card *c, unsigned int n, const char *what,
		 uint64_t is, uint64_t limit)
{
	const struct sched_sender *s = &c->sender[n];

	fprintf(stderr,
		"broken: sender %u: %s: %llu, limit %llu (rate %llu, burst %u, min %u, flags %x)\n",
		n, what, (unsigned long long)is, (unsigned long long)limit,
		(unsigned long long)svnic_cpu64(s->config.rate),
		svnic_cpu32(s->config.burst), svnic_cpu32(s->config.min_rate),
		svnic_cpu32(s->config.flags));
	abort();
}

static struct svnic_vif_config config(unsigned int vif)
{
	struct svnic_vif_config c = {
		.mac = { 2, 0, 0, 0, 0, (uint8_t)vif },
		.mtu = svnic_le16(SVNIC_MTU_MAX),
	};

	return c;
}

static void add_vif(struct sched_card *c, struct sim_guest *g, unsigned int vif,
		    unsigned int order)
{
	struct svnic_vif_config cfg = config(vif);

	card_check(sim_vif_create(&c->host, vif, &cfg) == SVNIC_ST_OK,
		   "VIF created");
	sim_guest_init(g, &c->host, vif, 0, order);
}

/* A page with the beginning of a frame for each destination. */
static void write_frames(struct sched_card *c, unsigned int n)
{
	struct sim_guest *g = &c->sender[n].guest;
	unsigned int d;

	for (d = 0; d < DEST_NR; d++) {
		uint8_t *page = sim_page(g->host, g->first + g->tx_page + d);
		unsigned int to = d == DEST_SINK ? SENDERS + n : 2 * SENDERS;

		memcpy(page, (uint8_t[6]) { 2, 0, 0, 0, 0, (uint8_t)to }, 6);
		memcpy(page + 6, (uint8_t[6]) { 2, 0, 0, 0, 0, (uint8_t)n }, 6);
		memcpy(page + 12, "\x88\xb5", 2);
	}
}

static void drain(struct sched_card *c)
{
	struct svnic_meta m;
	unsigned int i;

	for (i = 0; i < SENDERS; i++) {
		struct sched_sender *s = &c->sender[i];

		while (svnic_rx_return(&s->sink.rx, &m) == 1)
			s->at_sink++;
		/* A doorbell is work for the card. */
		if (!svnic_rx_space(&s->sink.rx))
			continue;
		sim_provide(&s->sink, SENDER_FRAMES, SVNIC_PAGE_SIZE);
		sim_ring(&s->sink);
	}
}

void sched_init(struct sched_card *c)
{
	const struct core_config cfg = {
		.nr_workers = sim_nr_workers(),
		.nr_links = 1,
		.nr_ports = 0,
		.max_vifs = 2 * SENDERS + 1,
		.nr_queues = 2 * SENDERS + 1,
		.nr_chunks = 2 * SENDERS + 1,
	};
	size_t size = (core_arena_size(&cfg) + 63) / 64 * 64;
	bool adopted;
	unsigned int i;

	memset(c, 0, sizeof(*c));
	c->arena = aligned_alloc(64, size);
	card_check(c->arena != NULL, "memory for the arena");
	memset(c->arena, 0, size);
	sim_init(1, 0, MEMORY);
	card_check(core_init(c->arena, size, &cfg, &c->core, &adopted) == 0,
		   "core started");
	sim_host_init(&c->host, c->core, 0);
	for (i = 0; i < SENDERS; i++) {
		add_vif(c, &c->sender[i].guest, i, SENDER_ORDER);
		add_vif(c, &c->sender[i].sink, SENDERS + i, SENDER_ORDER);
		c->sender[i].config = config(i);
		write_frames(c, i);
	}
	add_vif(c, &c->stuck, 2 * SENDERS, SVNIC_MIN_ORDER);
	sched_nudge(c, 32);
	drain(c);
	sim_settle(c->core);
}

void sched_fini(struct sched_card *c)
{
	sim_fini();
	free(c->arena);
}

void sched_nudge(struct sched_card *c, unsigned int nr)
{
	struct svnic_meta m;

	while (svnic_rx_return(&c->stuck.rx, &m) == 1)
		;
	sim_provide(&c->stuck, nr, SVNIC_PAGE_SIZE);
	sim_ring(&c->stuck);
}

/* What came back of a sender's ring was sent, or dropped for its receiver. */
static void look(struct sched_card *c, unsigned int n)
{
	struct sched_sender *s = &c->sender[n];
	uint32_t at = s->guest.tx.done;

	card_check(svnic_tx_return(&s->guest.tx) >= 0, "a possible index");
	for (; at != s->guest.tx.done; at++) {
		uint16_t len = s->len[at % SENDER_FRAMES];

		/* One frame may begin with the last octet of credit. */
		if (s->config.rate && s->credit <= 0)
			fail(c, n, "sent beyond its rate, octets",
			     (uint64_t)(-s->credit / SECOND) + len, 0);
		s->credit -= len * SECOND;
		s->octets += len;
		s->cost += len + CHARGE;
		s->head_ns = c->now_ns;
		if (s->dest[at % SENDER_FRAMES] == DEST_STUCK)
			s->nr_stuck--;
		else
			s->to_sink++;
	}
}

void sched_set(struct sched_card *c, unsigned int n,
	       const struct svnic_vif_config *limits)
{
	struct sched_sender *s = &c->sender[n];

	/* What a flood left behind still goes by the limits of before. */
	sched_settle(c);
	s->config.rate = limits->rate;
	s->config.burst = limits->burst;
	s->config.min_rate = limits->min_rate;
	s->config.flags = limits->flags;
	s->credit = svnic_cpu32(s->config.burst) * SECOND;
	card_check(sim_vif_set(&c->host, n, &s->config) == SVNIC_ST_OK,
		   "limits set");
}

void sched_load(struct sched_card *c, unsigned int n, enum sched_dest dest,
		uint16_t len, unsigned int nr)
{
	struct sched_sender *s = &c->sender[n];
	struct sim_guest *g = &s->guest;
	struct svnic_tx_desc d = {
		.seg = { .page = svnic_le32(g->tx_page + dest),
			 .len = svnic_le16(len) },
		.meta.segs = 1,
	};

	look(c, n);
	if (g->tx.done == g->tx.next)
		s->head_ns = c->now_ns;
	for (; nr && svnic_tx_space(&g->tx); nr--) {
		s->len[g->tx.next % SENDER_FRAMES] = len;
		s->dest[g->tx.next % SENDER_FRAMES] = (uint8_t)dest;
		s->nr_stuck += dest == DEST_STUCK;
		svnic_tx_provide(&g->tx, &d);
	}
	sim_ring(g);
}

/* Time. --------------------------------------------------------------------- */

void sched_sleep(struct sched_card *c, uint64_t ns)
{
	unsigned int i;

	/* What was sent until now counts for the time until now. */
	for (i = 0; i < SENDERS; i++)
		look(c, i);
	sim_sleep(ns);
	c->now_ns += ns;
	for (i = 0; i < SENDERS; i++) {
		struct sched_sender *s = &c->sender[i];
		uint64_t rate = svnic_cpu64(s->config.rate);
		int64_t full = svnic_cpu32(s->config.burst) * SECOND;

		if (!rate)
			continue;
		if (ns > (uint64_t)(full - s->credit) / rate)
			s->credit = full;
		else
			s->credit += (int64_t)(ns * rate);
	}
}

void sched_sleep_due(struct sched_card *c)
{
	uint64_t due = sim_next_due(c->core);

	if (due != UINT64_MAX)
		sched_sleep(c, due);
}

/* All is done that can be done. --------------------------------------------- */

/* How long until the sender may go on; 0: it should not be waiting. */
static uint64_t may_wait(const struct sched_card *c,
			 const struct sched_sender *s)
{
	uint32_t nr = s->guest.tx.next - s->guest.tx.done;
	uint64_t waited = c->now_ns - s->head_ns;

	if (nr == 0)
		return UINT64_MAX;
	if (s->config.rate && s->credit <= 0)
		return (uint64_t)-s->credit / svnic_cpu64(s->config.rate) + 1;
	/* One whose rate was used up was not looked at in the meantime. */
	if (s->nr_stuck == nr && s->config.rate)
		return WAIT_NS;
	if (s->nr_stuck == nr && waited < WAIT_NS)
		return WAIT_NS - waited;
	return 0;
}

static void check_settled(struct sched_card *c)
{
	uint64_t due = sim_next_due(c->core);
	unsigned int i;
	uint64_t wait;

	if (due == 0)
		fail(c, 0, "idle, but no sleep", 0, 1);
	for (i = 0; i < SENDERS; i++) {
		const struct sched_sender *s = &c->sender[i];

		wait = may_wait(c, s);
		if (wait == 0)
			fail(c, i, "frames left behind",
			     s->guest.tx.next - s->guest.tx.done, 0);
		if (due > wait)
			fail(c, i, "sleeps too long, ns", due, wait);
		if (s->to_sink != s->at_sink)
			fail(c, i, "frames at its sink", s->at_sink,
			     s->to_sink);
	}
}

void sched_settle(struct sched_card *c)
{
	unsigned int rounds = 0;
	unsigned int i;

	do {
		if (rounds++ == MAX_ROUNDS)
			fail(c, 0, "rounds without an end", rounds, 0);
		drain(c);
	} while (sim_poll(c->core));
	drain(c);
	for (i = 0; i < SENDERS; i++)
		look(c, i);
	check_settled(c);
}

/* More than can be done. ---------------------------------------------------- */

static void begin_flood(struct sched_card *c, unsigned int mask, uint16_t len)
{
	unsigned int i;

	for (i = 0; i < SENDERS; i++) {
		if (mask & 1u << i)
			sched_load(c, i, DEST_SINK, len, SENDER_FRAMES);
	}
	/* Whoever had a debt or waited pays that first. */
	for (i = 0; i < 8; i++) {
		drain(c);
		sim_poll(c->core);
	}
	drain(c);
	for (i = 0; i < SENDERS; i++) {
		look(c, i);
		c->sender[i].octets = c->sender[i].cost = 0;
		c->sender[i].ran_dry =
			c->sender[i].nr_stuck || !(mask & 1u << i);
	}
}

static unsigned int weight(const struct sched_sender *s)
{
	return 1u << (svnic_cpu32(s->config.flags) >> 8 & 3);
}

/* Senders that had frames, and were allowed to send them, all the time. */
static bool is_free(const struct sched_sender *s)
{
	return !s->ran_dry && !s->config.rate;
}

/* Nobody without a promise gets more, for its weight, than another. */
static void check_weights(const struct sched_card *c)
{
	const struct sched_sender *a = c->sender;
	const uint64_t slack = 3 * QUANTUM + 2 * LARGEST;
	unsigned int i;
	unsigned int k;

	for (i = 0; i < SENDERS; i++) {
		for (k = 0; k < SENDERS; k++) {
			if (!is_free(&a[i]) || !is_free(&a[k]) ||
			    a[i].config.min_rate)
				continue;
			if (a[i].cost / weight(&a[i]) >
			    a[k].cost / weight(&a[k]) + slack)
				fail(c, i, "more than its share",
				     a[i].cost / weight(&a[i]),
				     a[k].cost / weight(&a[k]) + slack);
		}
	}
}

static void check_promises(const struct sched_card *c, uint64_t ns,
			   uint64_t round_ns)
{
	unsigned int i;

	for (i = 0; i < SENDERS; i++) {
		const struct sched_sender *s = &c->sender[i];
		uint64_t min = svnic_cpu32(s->config.min_rate) * KILO;
		uint64_t promised;

		if (!is_free(s))
			continue;
		/* Of more than this the card may keep a part only. */
		if (min > PROMISE * (uint64_t)SECOND / round_ns)
			min = PROMISE * (uint64_t)SECOND / round_ns;
		promised = min * ns / (uint64_t)SECOND;
		if (s->octets + QUANTUM + 2 * PROMISE < promised)
			fail(c, i, "less than min_rate", s->octets, promised);
	}
}

void sched_flood(struct sched_card *c, unsigned int mask, unsigned int rounds,
		 uint64_t ns, uint16_t len)
{
	unsigned int r;
	unsigned int i;

	begin_flood(c, mask, len);
	for (r = 0; r < rounds; r++) {
		for (i = 0; i < SENDERS; i++) {
			if (mask & 1u << i)
				sched_load(c, i, DEST_SINK, len, SENDER_FRAMES);
		}
		sched_sleep(c, ns);
		sim_poll(c->core);
		drain(c);
		for (i = 0; i < SENDERS; i++) {
			struct sched_sender *s = &c->sender[i];

			look(c, i);
			if (s->guest.tx.done == s->guest.tx.next)
				s->ran_dry = true;
		}
	}
	check_weights(c);
	check_promises(c, rounds * ns, ns);
	/* What is left goes its way. */
	for (r = 0; r < 4 && sim_poll(c->core); r++)
		drain(c);
}
