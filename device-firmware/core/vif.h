/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtual interface: who it belongs to, what it may do, what it holds.
 */
#ifndef CORE_VIF_H
#define CORE_VIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <svnic/abi.h>
#include "bucket.h"
#include "list.h"
#include "queue.h"
#include "rss.h"

struct core;

#define VIF_CHUNK_PAGES 512u
#define VIF_CHUNKS	(SVNIC_MAX_PAGES / VIF_CHUNK_PAGES)

enum vif_state {
	VIF_FREE = 1,
	VIF_IDLE, /* created; no queue is started */
	VIF_LIVE, /* at least one queue is started, or stopped by a fault */
	VIF_STATE_NR
};

enum vif_event {
	VIF_EV_CREATE,
	VIF_EV_CONFIGURE,
	VIF_EV_QUEUE_FIRST,
	VIF_EV_QUEUE_LAST,
	VIF_EV_DESTROY,
	VIF_EV_NR
};

/*
 * Memory of the host around a page of the VIF's, so that most pages become a
 * pointer without a call into the HAL.  As good as its round.
 */
struct vif_window {
	uint64_t addr;
	uint8_t *host;
	uint32_t pages;
	uint32_t round;
};

/* What may come at once after a pause: octets for a VIF, group frames of it. */
#define VIF_RX_RESERVE	  131072u
#define VIF_STORM_RESERVE 16u

/* Where a VIF with work is. */
enum vif_place {
	VIF_AT_REST, /* no work */
	VIF_AT_TURN, /* on the list of those that are served in turn */
	VIF_AT_HEAD, /* on that of those that come first */
	VIF_AT_WHEEL /* its rate holds it back */
};

#define VIF_LANE_TX (1u << 0) /* frames of it may take the fast lane */
#define VIF_LANE_RX (1u << 1) /* ... and frames for it */
#define VIF_LANE_IP (1u << 2) /* its own only: it has a list of addresses */

/*
 * Lines 0, 2 and 3 are all that an ordinary frame touches: its sender's 0, 2
 * and 3 and its receiver's 0 and 3 (docs/performance.md).
 */
struct vif {
	/* Line 0: written by admin commands, queue starts and faults. */
	uint8_t state;
	uint8_t link;
	uint8_t nr_direct; /* of running[]: the guest's, first */
	uint8_t nr_slow;   /* of running[]: the backend's */
	uint8_t nr_queues; /* started, running or not */
	uint8_t lane;	   /* VIF_LANE_* */
	uint16_t id;	   /* on its link */
	uint16_t domain;   /* that its untagged frames belong to */
	uint16_t rx_queue; /* the only one that gets frames, or LIST_NONE */
	uint8_t slot;	   /* of the wheel, while it waits there */
	uint8_t source;	   /* list in use, from 1; see source.c */
	uint8_t groups;	   /* likewise; see group.c */
	uint8_t worker;	   /* that it and its queues belong to */
	uint64_t mac;	   /* mem_mac() of config.mac */
	struct svnic_vif_config config;

	/* Line 1: the same writers; read for what is not ordinary. */
	/* Queue indices: the guest's from 0, the backend's from SLOW_QUEUE. */
	uint16_t running[SVNIC_MAX_QUEUES];
	uint16_t nr_pages;
	uint16_t filters; /* first of them, or LIST_NONE */
	uint16_t nr_filters;
	uint16_t reserved1;
	struct list monitors;
	struct bucket storm; /* group frames; written by switch.c */

	/* Line 2: written by sched.c, share.c and vif_tx.c. */
	uint16_t active;    /* bitmap of queues with work */
	uint8_t place;	    /* VIF_AT_* */
	uint8_t next_queue; /* that is served first */
	int32_t deficit;    /* octets it may still send in this turn */
	struct bucket tx;   /* octets that config.rate allows */
	struct bucket min;  /* octets that config.min_rate still promises */
	uint64_t due_ns;    /* no work before then; 0: there is work now */
	uint64_t tx_frames; /* see stats.c */
	uint64_t tx_octets;

	/* Line 3: written by vif_rx.c for whoever sends; region.c. */
	uint64_t rx_frames; /* see stats.c */
	uint64_t rx_octets;
	struct bucket rx; /* octets that config.rx_rate allows */
	struct vif_window window;

	/* Page table and queues; LIST_NONE and 0 (index + 1) for none. */
	uint32_t chunk[VIF_CHUNKS]; /* the first two are in line 3 */
	uint16_t queue[SVNIC_MAX_QUEUES];
	uint64_t reserved5[3];

	/* What happens seldom; frames and octets are counted above. */
	struct svnic_vif_stats stats;
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct vif) == 1024, "sixteen lines");
_Static_assert(offsetof(struct vif, running) == 64, "line 1");
_Static_assert(offsetof(struct vif, active) == 128, "line 2");
_Static_assert(offsetof(struct vif, rx_frames) == 192, "line 3");
_Static_assert(offsetof(struct vif, chunk[2]) == 256, "the end of line 3");

/* The state after an event, or 0 where the table has no such cell. */
enum vif_state vif_next_state(enum vif_state state, enum vif_event ev);

/* All results below are enum svnic_status. */

/* @id: a number on the link or SVNIC_VIF_NONE; @vif: the new one. */
enum svnic_status vif_create(struct core *core, unsigned int link,
			     unsigned int id,
			     const struct svnic_vif_config *config,
			     struct vif **vif);
/* Stops its queues, detaches its monitors, frees its page table. */
enum svnic_status vif_destroy(struct core *core, struct vif *vif);
enum svnic_status vif_set(struct core *core, struct vif *vif,
			  const struct svnic_vif_config *config);
/* The number that a new VIF gets for @id, or SVNIC_VIF_NONE. */
unsigned int vif_choose_id(const struct core *core, unsigned int link,
			   unsigned int id);
/* Does it only see what another one gets and sends? */
bool vif_is_monitor(const struct vif *vif);
/* A VIF by its number on a link, or NULL. */
struct vif *vif_find(struct core *core, unsigned int link, unsigned int id);
/* What of it is ordinary: after a change of configuration or queues. */
void vif_set_lane(struct vif *vif);
/* A queue was started or is gone: move between IDLE and LIVE. */
void vif_queue_count(struct vif *vif, int change);
/* Let frames find the VIF, as its configuration says. */
enum svnic_status vif_attach(struct core *core, struct vif *vif);
/* vif_rebuild.c: what follows from the VIFs of an arena that was found. */
void vif_rebuild(struct core *core);

#endif /* CORE_VIF_H */
