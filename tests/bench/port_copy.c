// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory limit: ports between which a thread on another processor does
 * nothing but copy frames from the sender's memory into the receiver's, in
 * bursts, without descriptors, tables, checks or counters.  No switch that
 * copies once can be faster than this, for the same pump.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <svnic/order.h>
#include "port.h"

#define SLOTS 512u
#define SLOT  9216u

/* From one port to the other.  The pump is on both ends of it. */
struct lane {
	__le32 prod; /* pump: frames written */
	uint8_t pad0[60];
	__le32 done; /* copier: frames copied */
	uint8_t pad1[60];
	uint32_t next; /* pump's own */
	uint32_t taken;
	size_t stride;
	uint16_t octets[SLOTS];
	uint8_t *from;
	uint8_t *to;
} __attribute__((aligned(64)));

struct port {
	struct lane out;
	struct lane *in;
	unsigned int number;
};

static struct port port[2] __attribute__((aligned(64)));
static pthread_t copier;
static volatile bool is_over;

const char *port_usage(void)
{
	return "PROCESSOR OCTETS";
}

static void copy_burst(struct lane *l)
{
	uint32_t at = svnic_peek32(&l->done);
	/* Pairs with port_kick() (no party but this program's). */
	uint32_t avail = svnic_observe32(&l->prod) - at;
	unsigned int i;

	if (avail > PORT_BURST)
		avail = PORT_BURST;
	if (avail == 0)
		return;
	for (i = 0; i < avail; i++) {
		uint32_t slot = (at + i) & (SLOTS - 1);

		__builtin_prefetch(l->from + slot * l->stride, 0);
		__builtin_prefetch(l->to + slot * l->stride, 1);
	}
	for (i = 0; i < avail; i++, at++) {
		uint32_t slot = at & (SLOTS - 1);

		memcpy(l->to + slot * l->stride, l->from + slot * l->stride,
		       l->octets[slot]);
	}
	/* Pairs with port_receive() (no party but this program's). */
	svnic_publish32(&l->done, at);
}

static void *copy(void *unused)
{
	(void)unused;
	while (!is_over) {
		copy_burst(&port[0].out);
		copy_burst(&port[1].out);
	}
	return NULL;
}

static void *allocate(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("no memory");
	madvise(p, size, MADV_HUGEPAGE);
	memset(p, 0, size);
	return p;
}

void port_open(int argc, char **argv, struct port *ports[2])
{
	size_t stride;
	cpu_set_t set;
	unsigned int i;

	if (argc != 2)
		die("wants %s", port_usage());
	stride = ((size_t)atoi(argv[1]) + 63) & ~(size_t)63;
	if (stride == 0 || stride > SLOT)
		stride = SLOT;
	for (i = 0; i < 2; i++) {
		port[i].number = i;
		port[i].out.stride = stride;
		port[i].out.from = allocate(SLOTS * stride);
		port[i].out.to = allocate(SLOTS * stride);
		port[i].in = &port[i ^ 1].out;
		ports[i] = &port[i];
	}
	if (pthread_create(&copier, NULL, copy, NULL))
		die("no thread");
	CPU_ZERO(&set);
	CPU_SET((size_t)atoi(argv[0]), &set);
	if (pthread_setaffinity_np(copier, sizeof(set), &set))
		die("no processor %s", argv[0]);
}

void port_close(struct port *ports[2])
{
	(void)ports;
	is_over = true;
	pthread_join(copier, NULL);
}

void port_address(const struct port *p, uint8_t mac[6])
{
	const uint8_t m[6] = { 0x02, 0x53, 0x56, 0, 0, (uint8_t)p->number };

	memcpy(mac, m, sizeof(m));
}

unsigned int port_send(struct port *p, struct flow *f, unsigned int max)
{
	struct lane *l = &p->out;
	unsigned int i;

	for (i = 0; i < max && l->next - l->taken < SLOTS; i++, l->next++) {
		uint32_t slot = l->next & (SLOTS - 1);

		l->octets[slot] = (uint16_t)frame_next_octets(f);
		frame_write(f, l->from + slot * l->stride, true);
	}
	return i;
}

unsigned int port_receive(struct port *p, struct flow *f)
{
	struct lane *l = p->in;
	/* Pairs with copy_burst() (no party but this program's). */
	uint32_t avail = svnic_observe32(&l->done) - l->taken;
	unsigned int i;

	if (avail > PORT_BURST)
		avail = PORT_BURST;
	for (i = 0; i < avail; i++, l->taken++) {
		uint32_t slot = l->taken & (SLOTS - 1);

		frame_check(f, l->to + slot * l->stride, l->octets[slot]);
	}
	return avail;
}

void port_kick(struct port *p)
{
	/* Pairs with copy_burst() (no party but this program's). */
	svnic_publish32(&p->out.prod, p->out.next);
}

const char *port_fault(const struct port *p)
{
	(void)p;
	return NULL;
}
