/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A card for unit tests and fuzzers: host memory is an array, wires are
 * queues, the clock stands still until it is told to move.  Same input, same
 * output.  One card at a time.  The core's workers may be threads; all else is
 * for the thread of worker 0.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <svnic/abi.h>

#define SIM_BASE	0x40000000ull /* bus address of each link's octet 0 */
#define SIM_WIRE_FRAMES 256u
#define SIM_NOTIFIES	64u
#define SIM_BELLS	64u /* doorbells from one VIF's page to the next's */
/* Octets of a link's doorbells; munmap() frees them. */
#define SIM_BELLS_SIZE ((size_t)SVNIC_MAX_VIFS * SVNIC_PAGE_SIZE)

/* Octets behind the memory of a link that nobody may touch. */
#define SIM_GUARD SVNIC_PAGE_SIZE

struct sim_link {
	uint8_t *mem; /* mapped, with SIM_GUARD; NULL: the test's own */
	size_t size;
	struct svnic_doorbell *doorbell; /* a page of each VIF */
	/* What the card did. */
	unsigned int irqs[SVNIC_NR_VECTORS];
	unsigned int notifies[SIM_NOTIFIES];
	/* A range that the host took back. */
	uint64_t gone;
	uint64_t gone_len;
};

struct sim_frame {
	uint8_t *data;
	uint32_t len;
	struct svnic_meta meta;
};

/* One direction of a wire. */
struct sim_queue {
	struct sim_frame frame[SIM_WIRE_FRAMES];
	unsigned int head;
	unsigned int nr;
	unsigned int max; /* full when it has so many */
};

struct sim_port {
	struct sim_queue to_card;
	struct sim_queue from_card;
	unsigned int lent;  /* frames that the core has at the moment */
	bool is_broken;	    /* refuses every frame */
	bool is_sink;	    /* takes every frame and keeps none */
	unsigned int takes; /* as hal_wire_takes(); all, if nobody says less */
};

/* Zeroed memory of @size octets for each link; empty wires. */
void sim_init(unsigned int nr_links, unsigned int nr_ports, size_t size);
void sim_fini(void);
struct sim_link *sim_link(unsigned int link);
struct sim_port *sim_port(unsigned int port);
void sim_sleep(uint64_t ns);
/* The same numbers after each sim_init(). */
uint32_t sim_random(void);
/* Workers are threads of the test's: sim_poll() is worker 0 alone. */
void sim_use_threads(void);
bool sim_has_threads(void);
/* Did the core wake a worker since this was asked last? */
bool sim_was_woken(unsigned int worker);

/* The wire brings a frame; false when the test queued too many. */
bool sim_wire_push(unsigned int port, const void *data, uint32_t len,
		   const struct svnic_meta *meta);
/* The oldest frame that the card sent, or NULL; sim_wire_drop() frees it. */
const struct sim_frame *sim_wire_peek(unsigned int port);
void sim_wire_drop(unsigned int port);

#endif /* SIM_H */
