/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated card with hosts and guests, set up the way most tests of the
 * firmware core want it.
 */
#ifndef TESTS_UNIT_CORE_FIXTURE_H
#define TESTS_UNIT_CORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core.h"
#include "hal.h"
#include "host.h"
#include "sim.h"

#define FIXTURE_GUESTS 8
#define FIXTURE_ORDER  6
#define FIXTURE_BUFFER 2048

struct fixture {
	void *arena;
	size_t arena_size;
	struct core_config config;
	struct core *core;
	bool adopted;
	struct sim_host host[2];
	struct sim_guest guest[FIXTURE_GUESTS];
};

/* Two links, one port, no VIFs.  cmocka's setup and teardown. */
int fixture_setup(void **state);
int fixture_setup_ports(void **state, unsigned int nr_ports);
int fixture_teardown(void **state);

/* The configuration of VIF n of segment 0: address 02:00:00:00:00:n. */
struct svnic_vif_config fixture_config(unsigned int n);
/* Create VIF @n with it on link 0 and start its queue with 32 buffers. */
struct sim_guest *fixture_guest(struct fixture *f, unsigned int n);
struct sim_guest *fixture_guest_with(struct fixture *f, unsigned int n,
				     const struct svnic_vif_config *config);
/* An Ethernet frame of @len octets from VIF @from to VIF @to (255: all). */
void fixture_frame(uint8_t *frame, uint32_t len, unsigned int to,
		   unsigned int from);
/* Send one such frame in one piece and let the card work. */
void fixture_send(struct fixture *f, unsigned int from, const void *frame,
		  uint32_t len);
uint64_t fixture_tx(struct fixture *f, unsigned int n, unsigned int verdict);
uint64_t fixture_rx(struct fixture *f, unsigned int n, unsigned int verdict);
struct svnic_vif_stats fixture_stats(struct fixture *f, unsigned int n);
/* @g gets exactly this frame next. */
void fixture_expect(struct sim_guest *g, const void *frame, uint32_t len);
void fixture_expect_none(struct sim_guest *g);

#endif /* TESTS_UNIT_CORE_FIXTURE_H */
