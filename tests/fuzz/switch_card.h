/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated card beside its model: two hosts, one wire, well-behaved guests.
 * Each command is given to both; frames are collected, sent, and everything
 * that came of them is compared.
 */
#ifndef TESTS_FUZZ_SWITCH_CARD_H
#define TESTS_FUZZ_SWITCH_CARD_H

#include "core_card.h"
#include "model.h"

#define BATCH_FRAMES 24u
#define FRAME_ROOM   66000u

/* A frame that is to be sent. */
struct batch_frame {
	unsigned int from; /* VIF or MODEL_WIRE */
	unsigned int queue;
	uint32_t piece; /* octets of a descriptor, at most */
	uint32_t len;
	struct svnic_meta meta;
	uint8_t octet[FRAME_ROOM];
};

struct switch_card {
	void *arena;
	size_t arena_size;
	struct core_config config;
	struct core *core;
	struct sim_host host[MODEL_LINKS];
	struct sim_guest guest[MODEL_VIFS][MODEL_QUEUES];
	struct model model;
	unsigned int nr_frames;
	struct batch_frame *frame; /* BATCH_FRAMES */
};

void switch_init(struct switch_card *c);
void switch_fini(struct switch_card *c);

/* Commands that the card and the model must answer alike. */
void switch_create(struct switch_card *c, unsigned int vif,
		   const struct svnic_vif_config *config);
void switch_set(struct switch_card *c, unsigned int vif,
		const struct svnic_vif_config *config);
void switch_destroy(struct switch_card *c, unsigned int vif);
void switch_filter(struct switch_card *c, unsigned int vif, bool add,
		   const uint8_t *mac);
void switch_rss(struct switch_card *c, unsigned int vif,
		const struct svnic_rss *rss);
void switch_groups(struct switch_card *c, unsigned int vif,
		   const struct svnic_groups *list);
void switch_source(struct switch_card *c, unsigned int vif,
		   const struct svnic_source *list);
/* Nothing happens when there is no such VIF, or the queue runs (does not). */
void switch_start(struct switch_card *c, unsigned int vif, unsigned int queue);
void switch_stop(struct switch_card *c, unsigned int vif, unsigned int queue);
void switch_reset(struct switch_card *c, unsigned int vif, unsigned int queue);
void switch_provide(struct switch_card *c, unsigned int vif, unsigned int queue,
		    unsigned int nr, uint16_t len);
void switch_wire(struct switch_card *c, enum svnic_verdict wire);
void switch_sleep(struct switch_card *c, uint64_t ns);
/* Start the card's process anew; a host loses its link. */
void switch_restart(struct switch_card *c);
void switch_link_reset(struct switch_card *c, unsigned int link);

/* Where the next frame goes, or NULL: flush first. */
struct batch_frame *switch_next_frame(struct switch_card *c);
/* Send what was collected and compare everything. */
void switch_flush(struct switch_card *c);

#endif /* TESTS_FUZZ_SWITCH_CARD_H */
