// SPDX-License-Identifier: GPL-2.0-only
/*
 * The card of the firmware's fuzz targets; see core_card.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core_card.h"

#define MEMORY (512u * SVNIC_PAGE_SIZE)
#define ORDER  5u

void card_check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void add_guest(struct card *card, unsigned int n, uint32_t flags,
		      uint16_t vlan)
{
	struct svnic_vif_config c = {
		.mac = { 2, 0, 0, 0, 0, (uint8_t)n },
		.mtu = 1500,
		.flags = svnic_le32(flags),
		.vlan = svnic_le16(vlan),
	};

	card_check(sim_vif_create(&card->host, n, &c) == SVNIC_ST_OK,
		   "VIF created");
	sim_guest_init(&card->guest[n], &card->host, n, 0, ORDER);
	sim_provide(&card->guest[n], 16, 2048);
	sim_ring(&card->guest[n]);
}

void card_init(struct card *card, const uint32_t *flags, const uint16_t *vlan)
{
	const struct core_config config = {
		.nr_workers = sim_nr_workers(),
		.nr_links = 1,
		.nr_ports = 1,
		.max_vifs = 8,
		.nr_queues = 8,
		.nr_chunks = 40,
	};
	size_t size = core_arena_size(&config);
	bool adopted;
	unsigned int i;

	memset(card, 0, sizeof(*card));
	card->arena = aligned_alloc(64, (size + 63) / 64 * 64);
	card_check(card->arena != NULL, "memory for the arena");
	memset(card->arena, 0, size);
	sim_init(1, 1, MEMORY);
	card_check(core_init(card->arena, size, &config, &card->core,
			     &adopted) == 0,
		   "core started");
	sim_host_init(&card->host, card->core, 0);
	for (i = 1; i < CARD_GUESTS; i++)
		add_guest(card, i, flags[i - 1], vlan[i - 1]);
	sim_settle(card->core);
}

void card_fini(struct card *card)
{
	sim_fini();
	free(card->arena);
}

void card_check_neighbours(struct card *card)
{
	uint8_t frame[60] = { 2, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 2, 0x88, 0xb5 };
	static uint8_t got[4096];
	struct svnic_meta meta;
	uint32_t fault;
	uint32_t len;
	unsigned int i;

	for (i = 2; i <= 3; i++)
		card_check(sim_queue_state(&card->guest[i], &fault) ==
				   SVNIC_QUEUE_RUNNING,
			   "a neighbour's queue runs");
	/* What the hostile one sent is taken away first. */
	while (sim_receive(&card->guest[3], got, sizeof(got), &meta))
		;
	sim_provide(&card->guest[3], 4, 2048);
	sim_ring(&card->guest[3]);
	sim_settle(card->core);
	while (sim_receive(&card->guest[3], got, sizeof(got), &meta))
		;
	sim_provide(&card->guest[3], 4, 2048);
	sim_ring(&card->guest[3]);
	sim_send(&card->guest[2], frame, sizeof(frame), 4096, NULL);
	sim_ring(&card->guest[2]);
	sim_settle(card->core);
	do
		len = sim_receive(&card->guest[3], got, sizeof(got), &meta);
	while (len && (len != sizeof(frame) || memcmp(got, frame, len)));
	card_check(len == sizeof(frame), "a neighbour's frame arrives");
}

void input_take(struct input *in, void *dst, size_t size)
{
	size_t n = in->size < size ? in->size : size;

	memset(dst, 0, size);
	if (n)
		memcpy(dst, in->data, n);
	in->data += n;
	in->size -= n;
}
