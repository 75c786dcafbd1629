/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A netif path between a stock guest that the test plays, in ordinary memory,
 * and the real firmware core on a simulated card.  VIF 1 is the guest's; VIF 2
 * is a neighbour with a queue of its own on the card; VIF 3 is a second guest's,
 * where a test wants one.
 */
#ifndef FAKES_NETIF_WORLD_H
#define FAKES_NETIF_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon.h"
#include "netif/netif.h"
#include "netif/wire.h"
#include "vif.h"

#include "host.h"

#define WORLD_PAGES 1200u /* grant references of the guest, from 1 on */
#define WORLD_PORTS 32u
#define WORLD_KEYS  64u

struct world_port {
	platform_rang_fn rang; /* NULL: not bound */
	void *arg;
	bool masked;
	bool pending;
	unsigned int notified;
	unsigned int unmasked;
};

/* The guest's side of one ring. */
struct world_ring {
	struct wire_ring *page;
	uint32_t gref;
	uint32_t prod; /* private */
	uint32_t cons;
	uint32_t port; /* ours; the guest's have the same numbers */
};

struct world {
	struct event_base *base;
	struct daemon daemon;
	struct vif vif;
	struct netif_config config;
	struct netif *netif;
	/* Another guest, with queue 1 of the world as its only one. */
	struct vif other_vif;
	struct netif *other;
	char fault[PLATFORM_REASON]; /* "" or why the netif was ended */
	unsigned int nr_faults;
	/* The guest's memory. */
	uint8_t (*page)[NETIF_PAGE];
	bool revoked[WORLD_PAGES];
	unsigned int nr_mapped;
	unsigned int nr_calls;	/* of turn() with pieces */
	unsigned int nr_copies; /* pieces */
	unsigned int nr_posts;	/* rings that turn() moved on ... */
	unsigned int nr_sends;	/* ... and words that it stored for the card */
	bool cannot_post;
	void (*while_copying)(struct world *w);
	void (*while_waiting)(struct world *w);
	unsigned int nr_waits;	     /* of turn() ... */
	unsigned int nr_copy_waits;  /* ... of which copied before */
	unsigned int nr_card_events; /* for the first netif */
	struct world_port port[WORLD_PORTS];
	int bind_fails; /* this one of the next; 0: none */
	int map_fails;
	bool no_pages; /* of our own */
	struct {
		char key[48];
		char *value;
	} key[WORLD_KEYS];
	/* The guest's rings, by queue. */
	struct world_ring tx[NETIF_MAX_QUEUES];
	struct world_ring rx[NETIF_MAX_QUEUES];
	/* The card. */
	void *arena;
	struct core *core;
	struct sim_host host;
	struct sim_guest peer;
	uint32_t next_page; /* of the card's host */
	struct {
		uint32_t nr, first, count, page;
	} left[4]; /* of pages_alloc(): areas and buffers */
};

extern const uint8_t world_mac[6]; /* of the guest */
extern const uint8_t world_peer[6];
extern const uint8_t world_other[6];

/* A world with @nr_queues queues that are not connected yet. */
void world_init(struct world *w, unsigned int nr_queues, bool split);
/* Everything was given back, or it aborts. */
void world_fini(struct world *w);
/* netif_create() and netif_start(). */
int world_connect(struct world *w);
/* Give the second of two queues to another guest, and connect that. */
int world_connect_other(struct world *w);
/* As a killed daemon leaves it; world_connect() is the next one. */
void world_kill(struct world *w);
/* Both: it must connect again. */
void world_restart(struct world *w);
/* One turn of the netif, while the card stands still. */
void world_turn(struct world *w);
/* Until nothing happens any more. */
void world_run(struct world *w);
/* The card does what there is, and its events arrive. */
void world_card(struct world *w);
void world_set(struct world *w, const char *key, const char *value);

/* The guest. ------------------------------------------------------------- */

uint8_t *world_page(struct world *w, uint32_t gref);
/* Write the next request, which is not seen yet. */
void world_tx(struct world *w, unsigned int q, const struct wire_tx_req *req);
void world_tx_extra(struct world *w, unsigned int q,
		    const struct wire_extra *extra);
/* Publish and ring if asked to, or anyway. */
void world_tx_push(struct world *w, unsigned int q);
/* The next response: true, or false when there is none. */
bool world_tx_answer(struct world *w, unsigned int q, struct wire_tx_rsp *rsp);
/* Queue a frame from page @gref on, in slots of @piece octets. */
void world_send(struct world *w, unsigned int q, uint32_t gref,
		const uint8_t *frame, uint32_t len, uint32_t piece,
		uint16_t flags);
/* Provide @nr rx slots; the id of each is its index & 255. */
void world_post(struct world *w, unsigned int q, unsigned int nr);
bool world_rx_answer(struct world *w, unsigned int q, struct wire_rx_rsp *rsp);
/* The grant of the rx slot with that index. */
uint32_t world_rx_gref(unsigned int q, uint32_t idx);
/* Take one frame: its length, or 0; extras by their type. */
uint32_t world_receive(struct world *w, unsigned int q, uint8_t *frame,
		       uint16_t *flags, struct wire_extra *extra);
void world_ring(struct world *w, uint32_t port);

/* An Ethernet frame with a pattern behind its header. */
void world_frame(uint8_t *frame, uint32_t len, bool to_guest);
/* TCP over IPv4 or IPv6, its checksum that of the pseudo-header. */
uint32_t world_tcp(uint8_t *frame, unsigned int ip, uint32_t payload,
		   bool to_guest);

/* The neighbour's last frame: its length or 0. */
uint32_t world_peer_receive(struct world *w, uint8_t *frame,
			    struct svnic_meta *meta);
void world_peer_send(struct world *w, const uint8_t *frame, uint32_t len,
		     const struct svnic_meta *meta);

#endif /* FAKES_NETIF_WORLD_H */
