/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A well-behaved host and its guests, for tests: the admin queue, the event
 * ring, and queue pairs in the memory of a simulated link.  What a hostile one
 * would do instead, a test does by writing the same memory.
 */
#ifndef SIM_HOST_H
#define SIM_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>
#include <svnic/ring.h>
#include "core.h"
#include "sim.h"

#define SIM_EVENTS 64u

struct sim_host {
	struct core *core;
	unsigned int link;
	uint32_t tail;	 /* commands submitted */
	uint32_t next;	 /* pages given out */
	uint32_t taken;	 /* events taken */
	uint32_t result; /* of the last command */
};

/*
 * A guest with one queue pair.  Page index n is page first + n of the link:
 * the area, then a page for each rx buffer, then a page for each tx piece.
 */
struct sim_guest {
	struct sim_host *host;
	unsigned int vif;
	unsigned int queue;
	uint32_t first;
	uint32_t nr_pages;
	uint32_t rx_page; /* page index of the first rx buffer */
	uint32_t tx_page;
	uint32_t kick;
	struct svnic_txq tx;
	struct svnic_rxq rx;
	struct svnic_queue_config config;
};

/* Reset the link and bring up its admin queue and event ring. */
void sim_host_init(struct sim_host *host, struct core *core, unsigned int link);
/* Address and memory of page @page of the link. */
uint64_t sim_addr(uint32_t page);
void *sim_page(const struct sim_host *host, uint32_t page);
/* The page that commands may use for their payload, and its number. */
void *sim_payload(const struct sim_host *host);
uint64_t sim_payload_addr(void);
/* Give a command that needs no more, without waiting for its answer. */
void sim_submit(struct sim_host *host, unsigned int opcode, unsigned int vif);
/* Carry out a command; enum svnic_status, host->result. */
unsigned int sim_admin(struct sim_host *host,
		       const struct svnic_admin_cmd *cmd);

/* Commands; enum svnic_status each. */
unsigned int sim_vif_create(struct sim_host *host, unsigned int vif,
			    const struct svnic_vif_config *config);
unsigned int sim_vif_command(struct sim_host *host, unsigned int opcode,
			     unsigned int vif);
unsigned int sim_vif_set(struct sim_host *host, unsigned int vif,
			 const struct svnic_vif_config *config);
/* The counters and state of a VIF, in the payload page; NULL: refused. */
const struct svnic_vif_info *sim_vif_query(struct sim_host *host,
					   unsigned int vif);
unsigned int sim_source_set(struct sim_host *host, unsigned int vif,
			    const struct svnic_source *list);
unsigned int sim_groups_set(struct sim_host *host, unsigned int vif,
			    const struct svnic_groups *list);
unsigned int sim_filter(struct sim_host *host, unsigned int opcode,
			unsigned int vif, const uint8_t *mac);
unsigned int sim_pages_map(struct sim_host *host, unsigned int vif,
			   uint32_t index, uint32_t page, uint32_t count);
unsigned int sim_pages_unmap(struct sim_host *host, unsigned int vif,
			     uint32_t index, uint32_t count);

/* The next event, false when there is none. */
bool sim_event_take(struct sim_host *host, struct svnic_event *event);
/* About to sleep; true when an event is there already. */
bool sim_event_arm(struct sim_host *host);

/* Register pages, start queue pair @queue of a VIF that exists. */
void sim_guest_init(struct sim_guest *g, struct sim_host *host,
		    unsigned int vif, unsigned int queue, unsigned int order);
/* The same with no pages for buffers: a guest that only exists. */
void sim_guest_init_idle(struct sim_guest *g, struct sim_host *host,
			 unsigned int vif, unsigned int order);
struct svnic_doorbell *sim_guest_bell(const struct sim_guest *g);
/* Look at the rings. */
void sim_ring(struct sim_guest *g);
/* Ask for a restart of the queue as abi.md 7 says: the word to wait for. */
uint32_t sim_ask_reset(struct sim_guest *g);
/* The same, waited for; true when the card has done it. */
bool sim_queue_reset(struct sim_guest *g);
/* State and reason of the queue as the guest sees them. */
uint32_t sim_queue_state(const struct sim_guest *g, uint32_t *fault);
/* Provide @nr buffers of @len octets. */
void sim_provide(struct sim_guest *g, unsigned int nr, unsigned int len);
/* Queue a frame in pieces of at most @piece octets; sim_ring() sends it. */
void sim_send(struct sim_guest *g, const void *data, uint32_t len,
	      uint32_t piece, const struct svnic_meta *meta);
/* The next frame received: its length, or 0; @size octets of room. */
uint32_t sim_receive(struct sim_guest *g, void *data, uint32_t size,
		     struct svnic_meta *meta);
/* The workers that a test's card is to have: SVNIC_SIM_WORKERS, or 1. */
unsigned int sim_nr_workers(void);
/* A round of each worker, in an order that changes; things done. */
unsigned int sim_poll(struct core *core);
/* core_next_due() of the first that has something to do. */
uint64_t sim_next_due(struct core *core);
/* Poll until the card has nothing to do. */
void sim_settle(struct core *core);

#endif /* SIM_HOST_H */
