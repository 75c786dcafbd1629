/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Senders on a simulated card, and what each must and may have sent by now.
 * Every sender has a sink of its own that always has buffers; one receiver is
 * stuck.  The model: a token bucket for the rate, and the promises of
 * docs/abi.md 4 for turns, weights and min_rate.
 */
#ifndef TESTS_FUZZ_SCHED_CARD_H
#define TESTS_FUZZ_SCHED_CARD_H

#include "core_card.h"

#define SENDERS	      6u
#define SENDER_ORDER  11u
#define SENDER_FRAMES (1u << SENDER_ORDER)

enum sched_dest {
	DEST_SINK,
	DEST_STUCK,
	DEST_NR
};

struct sched_sender {
	struct sim_guest guest;
	struct sim_guest sink;
	struct svnic_vif_config config;
	/* Of each frame in the ring, by its place. */
	uint16_t len[SENDER_FRAMES];
	uint8_t dest[SENDER_FRAMES];
	uint32_t nr_stuck; /* of those in the ring */
	int64_t credit;	   /* billionths of an octet; what the rate allows */
	uint64_t head_ns;  /* since when the first frame waits */
	uint64_t to_sink;  /* frames */
	uint64_t at_sink;
	/* Since sched_flood() began. */
	uint64_t octets;
	uint64_t cost;
	bool ran_dry;
};

struct sched_card {
	void *arena;
	struct core *core;
	struct sim_host host;
	struct sched_sender sender[SENDERS];
	struct sim_guest stuck;
	uint64_t now_ns;
};

void sched_init(struct sched_card *c);
void sched_fini(struct sched_card *c);
/* Change a sender's limits; they are valid. */
void sched_set(struct sched_card *c, unsigned int n,
	       const struct svnic_vif_config *config);
/* Put @nr more frames into a sender's ring, as far as there is room. */
void sched_load(struct sched_card *c, unsigned int n, enum sched_dest dest,
		uint16_t len, unsigned int nr);
/* The stuck receiver provides some buffers after all. */
void sched_nudge(struct sched_card *c, unsigned int nr);
void sched_sleep(struct sched_card *c, uint64_t ns);
/* The time that the card says it may sleep. */
void sched_sleep_due(struct sched_card *c);
/* Let the card do all that it can, and check that it did. */
void sched_settle(struct sched_card *c);
/*
 * Rounds of @ns each with every sender in @mask at full load; then check that
 * each got its share of what the card did.
 */
void sched_flood(struct sched_card *c, unsigned int mask, unsigned int rounds,
		 uint64_t ns, uint16_t len);

#endif /* TESTS_FUZZ_SCHED_CARD_H */
