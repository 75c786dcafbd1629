/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames of all kinds that a wire carries, and wires to carry them.
 */
#ifndef TESTS_UNIT_WIRE_FRAMES_H
#define TESTS_UNIT_WIRE_FRAMES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <svnic/order.h>

#include "../../device-firmware/hal/hosted/log.h"
#include "../../device-firmware/hal/hosted/wire.h"

#define VLAN SVNIC_META_VLAN
#define MACS 12u

struct wire_pattern {
	const char *what;
	uint16_t flags;
	uint8_t proto; /* 17: UDP, 6: TCP */
	uint32_t len;
};

#define WIRE_PATTERNS 8u
extern const struct wire_pattern wire_patterns[WIRE_PATTERNS];

/* The frame that was made last. */
extern uint8_t wire_octets[SVNIC_FRAME_MAX];
/* An IPv4 frame that the kernel has no reason to refuse. */
void wire_frame_make(const struct wire_pattern *t, struct svnic_meta *m);

/* The kernel's own work: until it is up, what is sent is dropped silently. */
void wire_await(struct wire *w, unsigned int up);
/* As --wire says it, and up. */
void wire_open_as(struct wire *w, unsigned int port, const char *what);

#endif /* TESTS_UNIT_WIRE_FRAMES_H */
