// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checksums over octets in the first or second cache, each way that there is,
 * and a frame of 64 KiB that is cut into segments for a wire that takes nothing
 * and keeps nothing.  See bench_sums.h.
 */
#include <stdio.h>
#include <string.h>
#include <svnic/checksum.h>
#include <svnic/order.h>
#include "bench_card.h"
#include "bench_sums.h"
#include "counter.h"
#include "segment.h"
#include "sim.h"
/* This folder has a frame.h of its own. */
#include "../../device-firmware/core/frame.h"

#define SAMPLES	  400u
#define MAX	  65536u
#define TCP_FRAME 65226u /* 45 segments of 1448, headers of 66 */

static uint8_t octets[MAX + 64] __attribute__((aligned(4096)));
static uint8_t other[MAX + 64] __attribute__((aligned(4096)));
static volatile uint64_t sink;

static void portable(unsigned int len)
{
	sink = svnic_sum_portable(octets + 2, len);
}

static void vector(unsigned int len)
{
	sink = svnic_sum_vector(octets + 2, len);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void vector_avx2(unsigned int len)
{
	sink = svnic_sum_vector(octets + 2, len);
}
#endif

/* As svnicd does for its segments. */
static void copy_then_sum(unsigned int len)
{
	memcpy(other + 2, octets + 2, len);
	sink = svnic_sum(other + 2, len);
}

/* In one pass, which nothing of ours does. */
static void copy_and_sum(unsigned int len)
{
	uint64_t s[2] = { 0, 0 };
	unsigned int i;

	for (i = 0; i + 16 <= len; i += 16) {
		uint64_t a = svnic_sum_load(octets + 2 + i);
		uint64_t b = svnic_sum_load(octets + 10 + i);

		memcpy(other + 2 + i, &a, sizeof(a));
		memcpy(other + 10 + i, &b, sizeof(b));
		s[0] = svnic_sum_add(s[0], a);
		s[1] = svnic_sum_add(s[1], b);
	}
	memcpy(other + 2 + i, octets + 2 + i, len - i);
	s[0] = svnic_sum_add(s[0], svnic_sum(other + 2 + i, len - i));
	sink = svnic_sum_add(s[0], s[1]);
}

static void segments(unsigned int len, unsigned int takes)
{
	static struct svnic_port_info info;
	struct frame f = { .len = len };
	unsigned int nr;
	unsigned int at;

	f.meta.flags = svnic_le16(SVNIC_META_CSUM_BLANK | SVNIC_META_GSO_TCPV4);
	f.meta.csum_start = svnic_le16(34);
	f.meta.csum_offset = 16;
	f.meta.gso_size = svnic_le16(1448);
	for (nr = 0, at = 0; at < len; nr++, at += SVNIC_PAGE_SIZE) {
		f.iov[nr + 1].data = octets + at;
		f.iov[nr + 1].len =
			len - at < SVNIC_PAGE_SIZE ? len - at : SVNIC_PAGE_SIZE;
	}
	frame_header(&f, nr);
	sink = (uint64_t)segment_tx(0, takes, &f, &f.meta, &info);
}

static void segments_whole(unsigned int len)
{
	segments(len, 0);
}

static void segments_blank(unsigned int len)
{
	segments(len, SVNIC_META_CSUM_BLANK);
}

static void checksum_only(unsigned int len)
{
	struct svnic_port_info info;
	struct frame f = { .len = len };

	memset(&info, 0, sizeof(info));
	f.meta.flags = svnic_le16(SVNIC_META_CSUM_BLANK);
	f.meta.csum_start = svnic_le16(34);
	f.meta.csum_offset = 16;
	f.iov[1].data = octets;
	f.iov[1].len = len;
	frame_header(&f, 1);
	sink = (uint64_t)segment_tx(0, 0, &f, &f.meta, &info);
}

static void measure(const char *name, void (*run)(unsigned int len),
		    unsigned int len)
{
	static struct counter sample[SAMPLES];
	const unsigned int nr = 200000 / len + 1;
	struct counter total;
	unsigned int i;
	unsigned int k;
	double ns;
	double best;

	for (i = 0; i < SAMPLES; i++) {
		counter_init(&sample[i]);
		counter_start(&sample[i]);
		for (k = 0; k < nr; k++)
			run(len);
		counter_stop(&sample[i]);
	}
	counter_median(sample, SAMPLES, &total);
	ns = counter_ns(&total) / nr / SAMPLES;
	best = ns * (double)total.best / (double)total.ticks;
	printf("{\"name\": \"%s\", \"unit\": \"ns/frame\", \"value\": %.1f, "
	       "\"best\": %.1f, \"gbit\": %.1f, \"octets\": %u}\n",
	       name, ns, best, (double)len * 8 / ns, len);
	fflush(stdout);
}

struct sum_bench {
	const char *name;
	void (*run)(unsigned int len);
	unsigned int len[4];
};

static const struct sum_bench list[] = {
	{ "checksum-portable", portable, { 64, 1448, 9000, MAX } },
	{ "checksum-vector", vector, { 64, 1448, 9000, MAX } },
#ifdef __x86_64__
	{ "checksum-vector-avx2", vector_avx2, { 64, 1448, 9000, MAX } },
#endif
	{ "checksum-copy-then-sum", copy_then_sum, { 1448, 9000, MAX } },
	{ "checksum-copy-and-sum", copy_and_sum, { 1448, 9000, MAX } },
	{ "segment-checksum", checksum_only, { 64, 1514 } },
	{ "segment-gso", segments_whole, { TCP_FRAME } },
	{ "segment-gso-blank", segments_blank, { TCP_FRAME } },
};

/* A frame whose headers are in its first octets. */
static void write_octets(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 7 + i / 251);
	memcpy(octets + 12, "\x08\x00\x45", 3);
	memcpy(octets + 20, "\x40\x00", 2);
	octets[14 + 9] = 6;
	octets[34 + 12] = 0x80;
}

static bool can_run(const struct sum_bench *b)
{
#ifdef __x86_64__
	return b->run != vector_avx2 || __builtin_cpu_supports("avx2");
#else
	(void)b;
	return true;
#endif
}

void bench_sums(bool only_list, char **names)
{
	char name[64];
	unsigned int i;
	unsigned int k;

	sim_init(1, 1, SVNIC_PAGE_SIZE);
	sim_port(0)->is_sink = true;
	write_octets();
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		for (k = 0; k < 4 && list[i].len[k]; k++) {
			snprintf(name, sizeof(name), "%s-%u", list[i].name,
				 list[i].len[k]);
			if (only_list)
				puts(name);
			else if (bench_is_wanted(name, names) &&
				 can_run(&list[i]))
				measure(name, list[i].run, list[i].len[k]);
		}
	}
	sim_fini();
}
