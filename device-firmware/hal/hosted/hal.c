/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hal.h on Linux: each call is handed to the link or the wire that it names.
 * It also catches SIGBUS, which a client or tenant causes when it cuts short a
 * file that it gave us as memory.  Called by the core.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../core/core.h"
#include "card.h"
#include "log.h"

static struct card *the_card;

static void hal_on_sigbus(int sig, siginfo_t *info, void *context)
{
	struct card *c = the_card;
	unsigned int i;

	(void)context;
	for (i = 0; c && i < c->links.nr; i++) {
		if (!dma_repair(&c->links.link[i].server.dev.dma,
				info->si_addr))
			continue;
		log_peer(LOG_LEVEL_WARN,
			 "link %u: memory was taken away by its owner", i);
		return;
	}
	signal(sig, SIG_DFL);
}

void hal_use(struct card *c)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO };

	the_card = c;
	sigemptyset(&sa.sa_mask);
	if (c)
		sa.sa_sigaction = hal_on_sigbus;
	else
		sa.sa_handler = SIG_DFL;
	sigaction(SIGBUS, &sa, NULL);
}

void *hal_dma(unsigned int link, uint64_t addr, size_t len, bool write)
{
	return dma_find(&the_card->links.link[link].server.dev.dma, addr, len,
			write ? DMA_WRITE : DMA_READ);
}

bool hal_dma_window(unsigned int link, uint64_t addr, struct hal_window *w)
{
	struct dma_window found;

	if (!dma_range_of(&the_card->links.link[link].server.dev.dma, addr,
			  DMA_READ | DMA_WRITE, &found))
		return false;
	w->addr = found.addr;
	w->size = found.size;
	w->host = found.host;
	return true;
}

uint32_t hal_dma_epoch(void)
{
	return dma_epoch();
}

const struct svnic_doorbell *hal_doorbell(unsigned int link, unsigned int vif)
{
	const uint8_t *base = the_card->links.link[link].server.dev.doorbells;

	return (const void *)(base + (size_t)vif * SVNIC_PAGE_SIZE);
}

void hal_doorbell_clear(unsigned int link, unsigned int vif)
{
	uint8_t *base = the_card->links.link[link].server.dev.doorbells;

	memset(base + (size_t)vif * SVNIC_PAGE_SIZE, 0, SVNIC_PAGE_SIZE);
}

/* The write of an eventfd takes its lock: all earlier stores come first. */
void hal_irq(unsigned int link, unsigned int vector)
{
	irqs_raise(&the_card->links.link[link].server.dev.msix, vector);
}

void hal_notify(unsigned int link, uint32_t n)
{
	irqs_raise(&the_card->links.link[link].server.dev.guest, n);
}

unsigned int hal_wire_rx(unsigned int port, struct hal_frame *frames,
			 unsigned int max)
{
	struct wire *w = &the_card->wire[port];

	wire_flush(w);
	if (!w->readable || max == 0)
		return 0;
	return w->ops->rx(w, frames, max < WIRE_BATCH ? max : WIRE_BATCH);
}

void hal_wire_rx_done(unsigned int port)
{
	(void)port; /* The next rx call uses the buffers again. */
}

unsigned int hal_wire_takes(unsigned int port)
{
	return the_card->wire[port].takes;
}

enum svnic_verdict hal_wire_tx(unsigned int port, const struct hal_iov *iov,
			       unsigned int nr_iov,
			       const struct svnic_meta *meta)
{
	struct wire *w = &the_card->wire[port];

	return w->ops->tx(w, iov, nr_iov, meta);
}

void hal_wire_info(unsigned int port, struct svnic_port_info *info)
{
	wire_info(&the_card->wire[port], info);
}

void hal_wake(unsigned int worker)
{
	thread_wake(&the_card->thread[worker]);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

uint64_t hal_clock_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t hal_busy_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

void hal_panic(const char *what)
{
	log_err("the core's own invariant is broken: %s", what);
	abort();
}
