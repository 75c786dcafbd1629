// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one frame costs the firmware core by itself: VIF to VIF on a simulated
 * card, rings filled before the core runs, only core_poll() measured.  Every
 * VIF has buffers and rings of its own, receivers give their buffers back, and
 * source check, counters and shaping are on.  One JSON line for each benchmark.
 *
 * Sums and segments are in bench_sums.c.
 *
 *   bench-core [-l] [-4] [-b frames] [-f frames] [name ...]
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "bench_sums.h"
#include "counter.h"
#include "host.h"

#define ORDER	 6u
#define SLOTS	 (1u << ORDER)
#define MAX_BUSY 4096u
#define SAMPLES	 400u

enum pattern {
	PAIRS,	/* VIF n and n ^ 1 */
	SPREAD, /* every frame of a VIF goes to another one */
};

struct bench {
	char name[64];
	unsigned int octets; /* of each frame; 0: IMIX */
	unsigned int nr_vifs;
	unsigned int busy; /* VIFs with traffic, of nr_vifs */
	bool both;	   /* all that are busy send, not every other */
	enum pattern pattern;
	bool listed; /* VIFs have a list of their IP addresses */
};

struct options {
	bool small_pages;
	unsigned int batch; /* frames of each VIF between two rounds */
	uint64_t frames;    /* to measure over */
};

struct card {
	void *arena;
	size_t arena_size;
	struct core *core;
	struct sim_host host;
	struct sim_guest *guest;
	unsigned int nr;
};

static void die(const char *what)
{
	fprintf(stderr, "bench-core: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *allocate(size_t size, const struct options *o)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("memory");
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
		die("list refused");
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
		die("VIF refused");
	if (b->listed)
		add_list(c, id);
}

static void init(const struct bench *b, const struct options *o, struct card *c)
{
	const struct core_config config = {
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
		die("core refused");
	sim_host_init(&c->host, c->core, 0);
	c->guest = calloc(b->nr_vifs, sizeof(*c->guest));
	if (!c->guest)
		die("memory");
	for (i = 0; i < b->nr_vifs; i++)
		add_vif(b, c, i);
}

/* The busy VIFs are guests 0 to busy - 1, the idle ones follow. */
static void start(const struct bench *b, struct card *c)
{
	uint8_t *is_busy = calloc(b->nr_vifs, 1);
	unsigned int idle = b->busy;
	unsigned int i;

	if (!is_busy)
		die("memory");
	for (i = 0; i < b->busy; i++) {
		sim_guest_init(&c->guest[i], &c->host, busy_vif(b, i), 0,
			       ORDER);
		is_busy[busy_vif(b, i)] = 1;
	}
	for (i = 0; i < b->nr_vifs; i++) {
		if (!is_busy[i])
			sim_guest_init_idle(&c->guest[idle++], &c->host, i,
					    ORDER);
	}
	free(is_busy);
	for (i = 0; i < b->busy; i++) {
		struct sim_guest *g = &c->guest[i];
		unsigned int slot;

		svnic_disarm(&g->tx, &g->rx);
		for (slot = 0; slot < SLOTS; slot += pieces_of(b))
			write_frame(b, c, i, slot);
		sim_provide(g, SLOTS, b->octets > 2048 ? 4096 : 2048);
		sim_ring(g);
	}
	sim_settle(c->core);
}

static void fini(struct card *c)
{
	struct sim_link *link = sim_link(0);

	munmap(link->mem, link->size);
	link->mem = NULL;
	sim_fini();
	munmap(c->arena, c->arena_size);
	free(c->guest);
}

/*
 * A guest takes what came, gives the buffers back as they are, and sends
 * @batch frames more.  Its descriptors stay in the ring.
 */
static void turn(const struct bench *b, struct sim_guest *g, unsigned int batch)
{
	const unsigned int pieces = pieces_of(b);
	/* Pairs with rx_return() in core/vif_rx.c (ordering.md O4). */
	uint32_t done = svnic_observe32(&g->rx.ctrl->rx_done);

	if (svnic_tx_return(&g->tx) < 0)
		die("descriptors that were never sent came back");
	g->rx.next += done - g->rx.done;
	g->rx.done = done;
	if (batch * pieces > svnic_tx_space(&g->tx))
		batch = svnic_tx_space(&g->tx) / pieces;
	g->tx.next += batch * pieces;
	sim_ring(g);
}

static uint64_t octets_received(struct card *c, const struct bench *b,
				uint64_t *frames)
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

/* All guests' turns, then rounds until the card has nothing left to do. */
static void round_trip(const struct bench *b, const struct options *o,
		       struct card *c, struct counter *counter)
{
	unsigned int step = b->both ? 1 : 2;
	unsigned int i;

	for (i = 0; i < b->busy; i++)
		turn(b, &c->guest[i], i % step ? 0 : o->batch);
	sim_sleep(10000);
	counter_start(counter);
	while (core_poll(c->core))
		;
	counter_stop(counter);
}

static void show(const struct bench *b, const struct options *o,
		 const struct counter *n, uint64_t frames, uint64_t octets)
{
	double ns = counter_ns(n) / (double)frames;
	double best = ns * (double)n->best / (double)n->ticks;

	printf("{\"name\": \"%s\", \"unit\": \"ns/frame\", \"value\": %.1f, "
	       "\"best\": %.1f, \"mpps\": %.2f, \"gbit\": %.2f, "
	       "\"tsc_per_frame\": %.0f, ",
	       b->name, ns, best, 1e3 / ns,
	       (double)octets / (double)frames * 8 / ns,
	       (double)n->ticks / (double)frames);
	if (n->has_hardware)
		printf("\"cycles_per_frame\": %.0f, "
		       "\"instructions_per_frame\": %.0f, ",
		       (double)n->cycles / (double)frames,
		       (double)n->instructions / (double)frames);
	printf("\"vifs\": %u, \"busy\": %u, \"octets\": %u, \"batch\": %u, "
	       "\"pages\": \"%s\", \"frames\": %llu}\n",
	       b->nr_vifs, b->busy, b->octets, o->batch,
	       o->small_pages ? "4k" : "2m", (unsigned long long)frames);
	fflush(stdout);
}

/* The median of samples, so that what else the machine does counts little. */
static void run(const struct bench *b, const struct options *o)
{
	static struct counter sample[SAMPLES];
	uint64_t frames, octets, before, octets_before;
	struct counter total;
	struct card c;
	unsigned int per, nr, i;

	init(b, o, &c);
	start(b, &c);
	per = b->busy * o->batch / (b->both ? 1 : 2);
	nr = (unsigned int)(o->frames / SAMPLES / per) + 1;
	for (i = 0; i < 8; i++)
		round_trip(b, o, &c, &sample[0]);
	octets_before = octets_received(&c, b, &before);
	for (i = 0; i < SAMPLES && (uint64_t)i * nr * per < o->frames; i++) {
		unsigned int k;

		counter_init(&sample[i]);
		for (k = 0; k < nr; k++)
			round_trip(b, o, &c, &sample[i]);
	}
	octets = octets_received(&c, b, &frames) - octets_before;
	frames -= before;
	counter_median(sample, i, &total);
	show(b, o, &total, frames, octets);
	fini(&c);
}

static const unsigned int sizes[] = { 64, 256, 1500, 9000, 65536, 0 };
static const unsigned int densities[] = { 64, 256, 1024, 4096 };

static unsigned int add(struct bench *list, unsigned int nr, unsigned int vifs,
			unsigned int busy, unsigned int octets, bool both,
			enum pattern pattern)
{
	struct bench *b = &list[nr];
	char size[16] = "imix";

	if (octets == 65536)
		snprintf(size, sizeof(size), "gso");
	else if (octets)
		snprintf(size, sizeof(size), "%u", octets);
	*b = (struct bench) { .octets = octets,
			      .nr_vifs = vifs,
			      .busy = busy,
			      .both = both,
			      .pattern = pattern };
	snprintf(b->name, sizeof(b->name), "core-%s-%s-%u%s%s", size,
		 both ? "both" : "oneway", vifs,
		 pattern == SPREAD ? "-spread" : "",
		 busy < vifs ? "-busy10" : "");
	return nr + 1;
}

static unsigned int make_list(struct bench *list)
{
	unsigned int nr = 0;
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		nr = add(list, nr, 2, 2, sizes[i], false, PAIRS);
		nr = add(list, nr, 2, 2, sizes[i], true, PAIRS);
	}
	for (i = 0; i < sizeof(densities) / sizeof(densities[0]); i++) {
		nr = add(list, nr, densities[i], densities[i], 64, true, PAIRS);
		nr = add(list, nr, densities[i], densities[i], 64, true,
			 SPREAD);
	}
	for (i = 0; i < 3; i++) {
		nr = add(list, nr, 2, 2, i == 2 ? 1500 : 64, i == 1, PAIRS);
		list[nr - 1].listed = true;
		strcat(list[nr - 1].name, "-ip");
	}
	nr = add(list, nr, 10, 10, 64, true, PAIRS);
	return add(list, nr, 4096, 10, 64, true, PAIRS);
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

int main(int argc, char **argv)
{
	struct options o = { .batch = 32, .frames = 8000000 };
	static struct bench list[64];
	bool only_list = false;
	unsigned int nr = make_list(list);
	unsigned int i;
	int c;

	while ((c = getopt(argc, argv, "l4b:f:")) != -1) {
		switch (c) {
		case 'l':
			only_list = true;
			break;
		case '4':
			o.small_pages = true;
			break;
		case 'b':
			o.batch = (unsigned int)strtoul(optarg, NULL, 10);
			break;
		case 'f':
			o.frames = strtoull(optarg, NULL, 10);
			break;
		default:
			fprintf(stderr, "usage: bench-core [-l] [-4] "
					"[-b frames] [-f frames] [name ...]\n");
			return 2;
		}
	}
	if (o.batch == 0 || o.batch > SLOTS || o.frames == 0) {
		fprintf(stderr, "bench-core: -b takes 1 to %u, -f at least 1\n",
			SLOTS);
		return 2;
	}
	for (i = 0; i < nr; i++) {
		if (only_list)
			puts(list[i].name);
		else if (bench_is_wanted(list[i].name, argv + optind))
			run(&list[i], &o);
	}
	bench_sums(only_list, argv + optind);
	return 0;
}
