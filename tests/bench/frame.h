/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the frames of the benchmarks carry, the same for svnic and its peers: an
 * Ethernet header, an IPv4 and a UDP header that a switch may look at, a number
 * and a time.  Writing touches the first line of a frame only, and so does
 * checking: a generator that fills whole frames would measure itself.  Where
 * even that is too much, only every so many are touched.
 */
#ifndef TESTS_BENCH_FRAME_H
#define TESTS_BENCH_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "clock.h"

#define FRAME_MIN   60u
#define FRAME_MAGIC 0x706d7570u
#define FRAME_FIRST 8192u /* so many are written whatever happens */
#define FRAME_IMIX  0u	  /* for a size: 7 of 64, 4 of 594, 1 of 1518 octets */

/* Begins the frame; @number and @stamp end where the first line does. */
struct frame {
	uint8_t dst[6];
	uint8_t src[6];
	uint8_t type[2];
	uint8_t ip[20];
	uint8_t udp[8];
	uint8_t magic[4];
	uint8_t number[4];
	uint8_t stamp[8];
} __attribute__((packed));

/* One direction: what was sent, and what came of it. */
struct flow {
	struct frame model; /* headers of each frame */
	unsigned int size;  /* octets of a frame with its CRC, or FRAME_IMIX */
	uint32_t every;	    /* which frames are touched: 1: all */
	uint32_t next;	    /* number of the next one to send */
	uint32_t expected;  /* ... to receive */
	bool is_lost;	    /* which of the frames came is not known */
	uint64_t received;
	uint64_t octets;
	uint64_t lost;	  /* numbers that were left out */
	uint64_t wrong;	  /* not ours, or out of order */
	uint64_t *sample; /* times under way, of each frame; NULL: not taken */
	unsigned int nr_samples;
	unsigned int max_samples;
};

/* The CRC is counted, as everywhere, and never stored. */
static inline unsigned int frame_octets(const struct flow *f, uint32_t number)
{
	static const uint16_t imix[12] = { 60,	 590, 60,  60, 590, 60,
					   1514, 60,  590, 60, 590, 60 };

	return f->size == FRAME_IMIX ? imix[number % 12] : f->size - 4;
}

/* Of the frame that frame_write() writes next. */
static inline unsigned int frame_next_octets(const struct flow *f)
{
	return frame_octets(f, f->next);
}

/*
 * @stays: the memory has this flow's frame of an earlier lap, which may do.
 */
static inline void frame_write(struct flow *f, void *to, bool stays)
{
	struct frame *frame = to;
	uint64_t stamp;

	if (stays && f->every > 1 && f->next % f->every &&
	    f->next >= FRAME_FIRST) {
		f->next++;
		return;
	}
	stamp = f->sample ? frame_stamp() : 0;
	*frame = f->model;
	memcpy(frame->number, &f->next, sizeof(f->next));
	memcpy(frame->stamp, &stamp, sizeof(stamp));
	f->next++;
}

/* Is this one not looked into?  Its place tells its number. */
static inline bool frame_passes(const struct flow *f, uint32_t number)
{
	return f->every > 1 && number % f->every;
}

static inline void frame_count(struct flow *f, unsigned int octets)
{
	f->received++;
	f->octets += octets + 4;
}

static inline void frame_check(struct flow *f, const void *from,
			       unsigned int octets)
{
	const struct frame *frame = from;
	uint32_t magic, number, ahead;

	if (frame_passes(f, f->expected) && !f->is_lost) {
		f->wrong += octets != frame_octets(f, f->expected);
		f->expected++;
		frame_count(f, octets);
		return;
	}
	memcpy(&magic, frame->magic, sizeof(magic));
	memcpy(&number, frame->number, sizeof(number));
	ahead = number - f->expected;
	if (f->every > 1 && (ahead >= 0x80000000u || frame_passes(f, number))) {
		/* An older lap's: the next touched one tells. */
		f->is_lost = true;
		f->expected++;
		frame_count(f, octets);
		return;
	}
	if (magic != FRAME_MAGIC || ahead >= 0x80000000u ||
	    octets != frame_octets(f, number)) {
		f->wrong++;
		return;
	}
	f->is_lost = false;
	f->lost += ahead;
	f->expected = number + 1;
	frame_count(f, octets);
	if (f->sample && f->nr_samples < f->max_samples) {
		uint64_t stamp;

		memcpy(&stamp, frame->stamp, sizeof(stamp));
		f->sample[f->nr_samples++] = frame_stamp() - stamp;
	}
}

#endif /* TESTS_BENCH_FRAME_H */
