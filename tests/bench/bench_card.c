// SPDX-License-Identifier: GPL-2.0-only
/*
 * Setting the card of the benchmarks up and being its guests; see bench_card.h.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "bench_card.h"

void bench_die(const char *what)
{
	fprintf(stderr, "bench-core: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *allocate(size_t size, const struct options *o)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		bench_die("memory");
	madvise(p, size, o->small_pages ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
	return p;
}

static unsigned int octets_of(const struct bench *b, unsigned int slot)
{
	static const uint16_t imix[12] = { 64,	 594, 64,  64, 594, 64,
					   1518, 64,  594, 64, 594, 64 };

	return b->octets ? b->octets : imix[slot % 12];
}

/* Descriptors of a frame: a power of two, so that slots never change. */
static unsigned int pieces_of(const struct bench *b)
{
	unsigned int n = 1;

	while (b->octets > n * SVNIC_PAGE_SIZE)
		n *= 2;
	return n;
}

static void mac_of(uint8_t *mac, unsigned int n)
{
	const uint8_t m[6] = { 0x02,	  0x53, 0x56, 0, (uint8_t)(n >> 8),
			       (uint8_t)n };

	memcpy(mac, m, sizeof(m));
}

/* The n-th busy VIF; they are spread over the card. */
static unsigned int busy_vif(const struct bench *b, unsigned int n)
{
	return (n & ~1u) * (b->nr_vifs / b->busy) + (n & 1);
}

static unsigned int receiver(const struct bench *b, unsigned int n,
			     unsigned int slot)
{
	if (b->pattern == PAIRS_OF_TWO)
		return n ^ 2;
	if (b->pattern == PAIRS || b->busy == 2)
		return n ^ 1;
	/* An odd stride visits all; never the sender itself. */
	return (n + 1 + slot * 37 % (b->busy - 1)) % b->busy;
}

static void write_frame(const struct bench *b, struct card *c, unsigned int n,
			unsigned int slot)
{
	struct sim_guest *g = &c->guest[n];
	const unsigned int pieces = pieces_of(b);
	const unsigned int octets = octets_of(b, slot);
	uint8_t *data = sim_page(&c->host, g->first + g->tx_page + slot);
	unsigned int i;

	mac_of(data, busy_vif(b, receiver(b, n, slot / pieces)));
	mac_of(data + 6, busy_vif(b, n));
	memcpy(data + 12, "\x08\x00\x45\x00", 4);
	data[14 + 12] = 10; /* the IP source, 10.0.0.0 */
	data[14 + 9] = 6;
	data[34 + 12] = 0x50;
	for (i = 0; i < pieces; i++) {
		struct svnic_tx_desc *d = &g->tx.desc[slot + i];

		d->seg.page = svnic_le32(g->tx_page + slot + i);
		d->seg.len = svnic_le16((uint16_t)(octets / pieces));
	}
	g->tx.desc[slot].meta.segs = (uint8_t)pieces;
	if (octets <= SVNIC_MTU_MAX)
		return;
	g->tx.desc[slot].meta.flags =
		svnic_le16(SVNIC_META_CSUM_BLANK | SVNIC_META_GSO_TCPV4);
	g->tx.desc[slot].meta.csum_start = svnic_le16(34);
	g->tx.desc[slot].meta.csum_offset = 16;
	g->tx.desc[slot].meta.gso_size = svnic_le16(1448);
}

/* The last one of the usual few. */
static void add_list(struct card *c, unsigned int id)
{
	struct svnic_source list = { .nr = svnic_le16(4) };
	unsigned int i;

	for (i = 0; i < 4; i++) {
		list.address[i].family = 4;
		list.address[i].prefix = 32;
		list.address[i].addr[0] = 10;
		list.address[i].addr[3] = (uint8_t)(3 - i);
	}
	if (sim_source_set(&c->host, id, &list) != SVNIC_ST_OK)
		bench_die("list refused");
}

static void add_vif(const struct bench *b, struct card *c, unsigned int id)
{
	struct svnic_vif_config config = {
		.mtu = svnic_le16(SVNIC_MTU_MAX),
		.rate = svnic_le64(50000000000ull),
		.burst = svnic_le32(1000000000u),
	};

	mac_of(config.mac, id);
	if (sim_vif_create(&c->host, id, &config) != SVNIC_ST_OK)
		bench_die("VIF refused");
	if (b->listed)
		add_list(c, id);
}

void bench_init(const struct bench *b, const struct options *o, struct card *c)
{
	const struct core_config config = {
		.nr_workers = b->nr_workers,
		.nr_links = 1,
		.max_vifs = b->nr_vifs < 2 ? 2 : b->nr_vifs,
		.nr_queues = b->nr_vifs,
		.nr_chunks = b->nr_vifs,
	};
	const size_t pages = (size_t)b->nr_vifs * 4 + (size_t)b->busy * 132;
	struct sim_link *link = sim_link(0);
	bool adopted;
	unsigned int i;

	memset(c, 0, sizeof(*c));
	c->nr = b->nr_vifs;
	c->arena_size = core_arena_size(&config);
	c->arena = allocate(c->arena_size, o);
	sim_init(1, 0, SVNIC_PAGE_SIZE);
	munmap(link->mem, link->size + SIM_GUARD);
	link->size = (pages + 64) * SVNIC_PAGE_SIZE;
	link->mem = allocate(link->size, o);
	if (core_init(c->arena, c->arena_size, &config, &c->core, &adopted))
		bench_die("core refused");
	sim_host_init(&c->host, c->core, 0);
	c->guest = calloc(b->nr_vifs, sizeof(*c->guest));
	if (!c->guest)
		bench_die("memory");
	for (i = 0; i < b->nr_vifs; i++)
		add_vif(b, c, i);
}

void bench_start(const struct bench *b, struct card *c)
{
	uint8_t *is_busy = calloc(b->nr_vifs, 1);
	unsigned int idle = b->busy;
	unsigned int i;

	if (!is_busy)
		bench_die("memory");
	for (i = 0; i < b->busy; i++) {
		sim_guest_init(&c->guest[i], &c->host, busy_vif(b, i), 0,
			       BENCH_ORDER);
		is_busy[busy_vif(b, i)] = 1;
	}
	for (i = 0; i < b->nr_vifs; i++) {
		if (!is_busy[i])
			sim_guest_init_idle(&c->guest[idle++], &c->host, i,
					    BENCH_ORDER);
	}
	free(is_busy);
	for (i = 0; i < b->busy; i++) {
		struct sim_guest *g = &c->guest[i];
		unsigned int slot;

		svnic_disarm(&g->tx, &g->rx);
		for (slot = 0; slot < BENCH_SLOTS; slot += pieces_of(b))
			write_frame(b, c, i, slot);
		sim_provide(g, BENCH_SLOTS, b->octets > 2048 ? 4096 : 2048);
		sim_ring(g);
	}
	sim_settle(c->core);
}

void bench_fini(struct card *c)
{
	struct sim_link *link = sim_link(0);

	munmap(link->mem, link->size);
	link->mem = NULL;
	sim_fini();
	munmap(c->arena, c->arena_size);
	free(c->guest);
}

void bench_turn(const struct bench *b, struct sim_guest *g, unsigned int batch)
{
	const unsigned int pieces = pieces_of(b);
	/* Pairs with rx_return() in core/vif_rx.c (ordering.md O4). */
	uint32_t done = svnic_observe32(&g->rx.ctrl->rx_done);

	if (svnic_tx_return(&g->tx) < 0)
		bench_die("descriptors that were never sent came back");
	g->rx.next += done - g->rx.done;
	g->rx.done = done;
	if (batch * pieces > svnic_tx_space(&g->tx))
		batch = svnic_tx_space(&g->tx) / pieces;
	g->tx.next += batch * pieces;
	sim_ring(g);
}

uint64_t bench_received(struct card *c, const struct bench *b, uint64_t *frames)
{
	uint64_t octets = 0;
	unsigned int i;

	*frames = 0;
	for (i = 0; i < b->busy; i++) {
		const struct svnic_vif_info *info =
			sim_vif_query(&c->host, c->guest[i].vif);

		*frames += svnic_cpu64(info->stats.rx_frames);
		octets += svnic_cpu64(info->stats.rx_octets);
	}
	return octets;
}

bool bench_is_wanted(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++) {
		if (fnmatch(*names, name, 0) == 0)
			return true;
	}
	return false;
}
