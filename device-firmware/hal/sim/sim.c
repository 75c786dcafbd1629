// SPDX-License-Identifier: GPL-2.0-only
/*
 * The HAL of a card that exists in one process only; see sim.h.  Memory and
 * length of each access are checked here as a real card's would be, and an
 * access that crosses a page is a broken invariant of the core.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "hal.h"
#include "sim.h"

static struct {
	unsigned int nr_links;
	unsigned int nr_ports;
	struct sim_link link[SVNIC_MAX_LINKS];
	struct sim_port port[SVNIC_MAX_PORTS];
	uint64_t now_ns;
	uint32_t random;
	unsigned int wakes; /* bitmap of workers */
	bool has_threads;
} sim;

struct sim_link *sim_link(unsigned int link)
{
	return &sim.link[link];
}

struct sim_port *sim_port(unsigned int port)
{
	return &sim.port[port];
}

void sim_sleep(uint64_t ns)
{
	__atomic_fetch_add(&sim.now_ns, ns, __ATOMIC_RELAXED);
}

uint32_t sim_random(void)
{
	/* Marsaglia's xorshift. */
	sim.random ^= sim.random << 13;
	sim.random ^= sim.random >> 17;
	sim.random ^= sim.random << 5;
	return sim.random;
}

static void *allocate(size_t size)
{
	void *p = calloc(1, size);

	if (!p) {
		fprintf(stderr, "sim: no memory for %zu octets\n", size);
		exit(1);
	}
	return p;
}

void sim_use_threads(void)
{
	sim.has_threads = true;
}

bool sim_has_threads(void)
{
	return sim.has_threads;
}

/* Zeroed memory that costs nothing until it is touched. */
static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED) {
		fprintf(stderr, "sim: no memory for %zu octets\n", size);
		exit(1);
	}
	return p;
}

/* The same with nothing behind it; going beyond its end kills the process. */
static uint8_t *map_memory(size_t size)
{
	uint8_t *p = map(size + SIM_GUARD);

	if (mprotect(p + size, SIM_GUARD, PROT_NONE)) {
		perror("sim: mprotect");
		exit(1);
	}
	return p;
}

void sim_init(unsigned int nr_links, unsigned int nr_ports, size_t size)
{
	unsigned int i;

	memset(&sim, 0, sizeof(sim));
	sim.nr_links = nr_links;
	sim.nr_ports = nr_ports;
	sim.now_ns = 1000000000;
	sim.random = 2463534242;
	for (i = 0; i < nr_links; i++) {
		sim.link[i].mem = map_memory(size);
		sim.link[i].size = size;
		sim.link[i].doorbell = map(SIM_BELLS_SIZE);
	}
	for (i = 0; i < nr_ports; i++) {
		sim.port[i].to_card.max = SIM_WIRE_FRAMES;
		sim.port[i].from_card.max = SIM_WIRE_FRAMES;
		sim.port[i].takes = SVNIC_META_FLAGS;
	}
}

static void drop(struct sim_queue *q)
{
	free(q->frame[q->head].data);
	q->head = (q->head + 1) % SIM_WIRE_FRAMES;
	q->nr--;
}

static struct sim_frame *append(struct sim_queue *q, uint32_t len)
{
	struct sim_frame *f;

	if (q->nr >= q->max)
		return NULL;
	f = &q->frame[(q->head + q->nr++) % SIM_WIRE_FRAMES];
	f->data = allocate(len ? len : 1);
	f->len = len;
	return f;
}

void sim_fini(void)
{
	unsigned int i;

	for (i = 0; i < sim.nr_links; i++) {
		if (sim.link[i].mem)
			munmap(sim.link[i].mem, sim.link[i].size + SIM_GUARD);
		munmap(sim.link[i].doorbell, SIM_BELLS_SIZE);
	}
	for (i = 0; i < sim.nr_ports; i++) {
		while (sim.port[i].to_card.nr)
			drop(&sim.port[i].to_card);
		while (sim.port[i].from_card.nr)
			drop(&sim.port[i].from_card);
	}
	memset(&sim, 0, sizeof(sim));
}

bool sim_wire_push(unsigned int port, const void *data, uint32_t len,
		   const struct svnic_meta *meta)
{
	struct sim_frame *f = append(&sim.port[port].to_card, len);

	if (!f)
		return false;
	memcpy(f->data, data, len);
	memset(&f->meta, 0, sizeof(f->meta));
	if (meta)
		f->meta = *meta;
	return true;
}

const struct sim_frame *sim_wire_peek(unsigned int port)
{
	const struct sim_queue *q = &sim.port[port].from_card;

	return q->nr ? &q->frame[q->head] : NULL;
}

void sim_wire_drop(unsigned int port)
{
	drop(&sim.port[port].from_card);
}

void *hal_dma(unsigned int link, uint64_t addr, size_t len, bool write)
{
	const struct sim_link *l = &sim.link[link];
	uint64_t at = addr - SIM_BASE;

	(void)write;
	if (len == 0)
		hal_panic("access of no octets");
	/* Pages that follow each other for a guest need not do so here. */
	if (len <= SVNIC_PAGE_SIZE &&
	    addr % SVNIC_PAGE_SIZE + len > SVNIC_PAGE_SIZE)
		hal_panic("access over the end of a page");
	if (addr < SIM_BASE || at > l->size || len > l->size - at)
		return NULL;
	if (l->gone_len && addr < l->gone + l->gone_len && addr + len > l->gone)
		return NULL;
	return l->mem + at;
}

bool hal_dma_window(unsigned int link, uint64_t addr, struct hal_window *w)
{
	const struct sim_link *l = &sim.link[link];
	uint64_t page = addr & ~(uint64_t)(SVNIC_PAGE_SIZE - 1);

	if (!hal_dma(link, page, SVNIC_PAGE_SIZE, true))
		return false;
	w->addr = l->gone_len ? page : SIM_BASE;
	w->size = l->gone_len ? SVNIC_PAGE_SIZE
			      : l->size & ~(size_t)(SVNIC_PAGE_SIZE - 1);
	w->host = l->mem + (w->addr - SIM_BASE);
	return true;
}

/* A test takes memory away by writing a range, and so changes the number. */
uint32_t hal_dma_epoch(void)
{
	unsigned int i;
	uint64_t sum = 1;

	for (i = 0; i < sim.nr_links; i++)
		sum = (sum + sim.link[i].gone) * 31 + sim.link[i].gone_len;
	return (uint32_t)(sum ^ sum >> 32);
}

const struct svnic_doorbell *hal_doorbell(unsigned int link, unsigned int vif)
{
	return &sim.link[link].doorbell[vif * SIM_BELLS];
}

void hal_doorbell_clear(unsigned int link, unsigned int vif)
{
	memset(&sim.link[link].doorbell[vif * SIM_BELLS], 0,
	       SVNIC_MAX_QUEUES * sizeof(struct svnic_doorbell));
}

void hal_irq(unsigned int link, unsigned int vector)
{
	__atomic_fetch_add(&sim.link[link].irqs[vector], 1, __ATOMIC_RELAXED);
}

void hal_notify(unsigned int link, uint32_t n)
{
	if (n < SIM_NOTIFIES)
		__atomic_fetch_add(&sim.link[link].notifies[n], 1,
				   __ATOMIC_RELAXED);
}

unsigned int hal_wire_rx(unsigned int port, struct hal_frame *frames,
			 unsigned int max)
{
	const struct sim_queue *q = &sim.port[port].to_card;
	unsigned int nr = q->nr < max ? q->nr : max;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		const struct sim_frame *f =
			&q->frame[(q->head + i) % SIM_WIRE_FRAMES];

		frames[i].data = f->data;
		frames[i].len = f->len;
		frames[i].meta = f->meta;
	}
	sim.port[port].lent = nr;
	return nr;
}

void hal_wire_rx_done(unsigned int port)
{
	struct sim_port *p = &sim.port[port];

	for (; p->lent; p->lent--)
		drop(&p->to_card);
}

unsigned int hal_wire_takes(unsigned int port)
{
	return sim.port[port].takes;
}

enum svnic_verdict hal_wire_tx(unsigned int port, const struct hal_iov *iov,
			       unsigned int nr_iov,
			       const struct svnic_meta *meta)
{
	struct sim_frame *f;
	uint32_t len = 0;
	unsigned int i;

	if (sim.port[port].is_broken)
		return SVNIC_V_WIRE_ERROR;
	if (sim.port[port].is_sink)
		return SVNIC_V_WIRE;
	if (iov[0].len < SVNIC_FRAME_MIN)
		hal_panic("frame without its header in one piece");
	for (i = 0; i < nr_iov; i++)
		len += (uint32_t)iov[i].len;
	f = append(&sim.port[port].from_card, len);
	if (!f)
		return SVNIC_V_WIRE_FULL;
	f->meta = *meta;
	for (i = 0, len = 0; i < nr_iov; i++) {
		memcpy(f->data + len, iov[i].data, iov[i].len);
		len += (uint32_t)iov[i].len;
	}
	return SVNIC_V_WIRE;
}

void hal_wire_info(unsigned int port, struct svnic_port_info *info)
{
	info->up = 1;
	info->mtu = SVNIC_MTU_MAX;
	snprintf(info->name, sizeof(info->name), "sim%u", port);
}

void hal_wake(unsigned int worker)
{
	__atomic_fetch_or(&sim.wakes, 1u << worker, __ATOMIC_RELAXED);
}

bool sim_was_woken(unsigned int worker)
{
	unsigned int bit = 1u << worker;

	return __atomic_fetch_and(&sim.wakes, ~bit, __ATOMIC_RELAXED) & bit;
}

uint64_t hal_clock_ns(void)
{
	return __atomic_load_n(&sim.now_ns, __ATOMIC_RELAXED);
}

uint64_t hal_busy_ns(void)
{
	return hal_clock_ns();
}

_Noreturn void hal_panic(const char *what)
{
	fprintf(stderr, "core: broken invariant: %s\n", what);
	abort();
}
