/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two ports of a switch, which a pump moves frames between.  One of
 * port_svnic.c and port_dpdk.c is linked.  No function makes a system call
 * after port_open(); all return a count, or end the program with a message.
 */
#ifndef TESTS_BENCH_PORT_H
#define TESTS_BENCH_PORT_H

#include "frame.h"

#define PORT_BURST 32u

struct port;

/* What follows the options of the pump is the port's own. */
const char *port_usage(void);

/* Ports 0 and 1, from the command line's arguments. */
void port_open(int argc, char **argv, struct port *ports[2]);
void port_close(struct port *ports[2]);

void port_address(const struct port *p, uint8_t mac[6]);

/* Send up to @max frames of @f, at most PORT_BURST. */
unsigned int port_send(struct port *p, struct flow *f, unsigned int max);

/* Check what came, up to PORT_BURST frames, and give the buffers back. */
unsigned int port_receive(struct port *p, struct flow *f);

/* Let the other side see what was sent and given back. */
void port_kick(struct port *p);

/* NULL, or why no frame will come any more. */
const char *port_fault(const struct port *p);

__attribute__((noreturn, format(printf, 1, 2))) void die(const char *fmt, ...);

#endif /* TESTS_BENCH_PORT_H */
