// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scheduler beside a model of what it promises: the input is a row of
 * limits, loads and clock steps.  Nobody sends beyond its rate, or waits while
 * it may send; a stuck receiver delays nobody else's frames; under more load
 * than a round can do each gets its share by weight, and min_rate first.
 */
#include "fuzz.h"
#include "sched_card.h"

#define MAX_STEPS 32u

enum step {
	STEP_LIMITS,
	STEP_LOAD,
	STEP_LOAD_MORE,
	STEP_STUCK,
	STEP_MIXED,
	STEP_NUDGE,
	STEP_SLEEP,
	STEP_SLEEP_DUE,
	STEP_FLOOD,
	STEP_NR
};

static uint8_t octet(struct input *in)
{
	uint8_t v;

	input_take(in, &v, 1);
	return v;
}

static uint16_t length(struct input *in)
{
	static const uint16_t lens[8] = {
		60, 60, 64, 1514, 1514, 200, 4096, 15
	};
	uint8_t n = octet(in);

	return n & 8 ? (uint16_t)(14 + n * 16) : lens[n & 7];
}

static void step_limits(struct sched_card *c, struct input *in, unsigned int n)
{
	static const uint64_t rates[8] = {
		0, 0, 0, 1, 12345, 1000000, 125000000, 12500000000ull
	};
	static const uint32_t mins[8] = { 0,	0,	0,	 1,
					  1000, 100000, 1000000, 0xffffffff };
	uint8_t a = octet(in);
	uint8_t b = octet(in);
	struct svnic_vif_config limits = {
		.rate = svnic_le64(rates[a & 7]),
		.burst = svnic_le32(SVNIC_MTU_MAX + 14 + (b & 0xf) * 40000u),
		.min_rate = svnic_le32(mins[a >> 3 & 7]),
		.flags = svnic_le32((a >> 6) * 0x100u),
	};

	sched_set(c, n, &limits);
}

static void step(struct sched_card *c, struct input *in)
{
	uint8_t first = octet(in);
	unsigned int n = (first >> 4) % SENDERS;
	uint16_t len;
	unsigned int i;

	switch ((first & 15) % STEP_NR) {
	case STEP_LIMITS:
		step_limits(c, in, n);
		break;
	case STEP_LOAD:
	case STEP_LOAD_MORE:
		len = length(in);
		sched_load(c, n, DEST_SINK, len, octet(in) * 8u);
		break;
	case STEP_STUCK:
		len = length(in);
		sched_load(c, n, DEST_STUCK, len, octet(in) % 64);
		break;
	case STEP_MIXED:
		for (i = octet(in) % 64; i; i--)
			sched_load(c, n, i & 4 ? DEST_STUCK : DEST_SINK, 60, 1);
		break;
	case STEP_NUDGE:
		sched_nudge(c, octet(in) % 33);
		break;
	case STEP_SLEEP:
		sched_sleep(c, (1ull << (octet(in) & 31)) + octet(in));
		break;
	case STEP_SLEEP_DUE:
		sched_sleep_due(c);
		break;
	default:
		len = length(in);
		sched_flood(c, octet(in), 8 + n * 8,
			    1 + (uint64_t)octet(in) * 400, len);
		return;
	}
	sched_settle(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	static struct sched_card card;
	unsigned int i;

	sched_init(&card);
	for (i = 0; i < MAX_STEPS && in.size; i++)
		step(&card, &in);
	sched_settle(&card);
	sched_fini(&card);
	return 0;
}
