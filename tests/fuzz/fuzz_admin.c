// SPDX-License-Identifier: GPL-2.0-only
/*
 * The admin queue under fuzzing: the input is a row of commands, each of 64
 * octets and followed by 16 of payload.  Every answer is a status of abi.h,
 * and the counts of what is in use agree with what the card lists (rule R58).
 */
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "core_card.h"
#include "fuzz.h"

#define MAX_COMMANDS 64u

/* The host's own queues are not given away: it would only hurt itself. */
static __le64 spare_queues(__le64 addr)
{
	uint64_t a = svnic_cpu64(addr);

	if (a >= SIM_BASE && a < sim_payload_addr())
		a += 8 * SVNIC_PAGE_SIZE;
	return svnic_le64(a);
}

static void run(struct card *card, struct input *in)
{
	struct svnic_admin_cmd cmd;
	__le64 *payload = sim_payload(&card->host);
	unsigned int status;
	unsigned int i;

	input_take(in, &cmd, sizeof(cmd));
	input_take(in, payload, 16);
	/* Half of all commands name memory that exists. */
	if (svnic_cpu16(cmd.opcode) & 0x8000)
		cmd.addr = svnic_le64(sim_payload_addr());
	cmd.opcode &= svnic_le16(0x7fff);
	cmd.addr = spare_queues(cmd.addr);
	for (i = 0; i < SVNIC_PAGES_BATCH; i++)
		payload[i] = spare_queues(payload[i]);
	status = sim_admin(&card->host, &cmd);
	card_check(status < SVNIC_ST_NR, "status of the list");
	sim_settle(card->core);
}

static void check_counts(struct card *card)
{
	struct core *core = card->core;
	unsigned int vifs = 0;
	unsigned int queues = 0;
	unsigned int i;

	for (i = 0; i < core->config.max_vifs; i++) {
		if (arena_vif(core, i)->state == VIF_FREE)
			continue;
		vifs++;
		queues += arena_vif(core, i)->nr_queues;
	}
	card_check(vifs == arena_link(core, 0)->nr_vifs, "VIFs of the link");
	card_check(vifs + arena_board(core)->vif_pool.nr_free ==
			   core->config.max_vifs,
		   "VIFs in use and free");
	card_check(queues + arena_board(core)->queue_pool.nr_free ==
			   core->config.nr_queues,
		   "queues in use and free");
	for (i = 0; i < core->config.nr_workers; i++)
		queues -= arena_head(core, i)->nr_bells;
	card_check(queues == 0, "queues that are watched");
}

static void check_all_comes_back(struct card *card)
{
	struct core *core = card->core;

	core_link_reset(core, 0);
	card_check(arena_board(core)->vif_pool.nr_free ==
				   core->config.max_vifs &&
			   arena_board(core)->queue_pool.nr_free ==
				   core->config.nr_queues &&
			   arena_board(core)->chunk_pool.nr_free ==
				   core->config.nr_chunks &&
			   arena_board(core)->domain_pool.nr_free ==
				   core->config.max_vifs &&
			   arena_board(core)->filter_pool.nr_free ==
				   arena_nr_filters(&core->config) &&
			   arena_demux(core)->nr == 0 && core->nr_bells == 0,
		   "everything is given back");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t flags[] = { 0, 0, 0 };
	static const uint16_t vlan[] = { 0, 0, 0 };
	struct input in = { data, size };
	struct card card;
	unsigned int i;

	card_init(&card, flags, vlan);
	for (i = 0; i < MAX_COMMANDS && in.size; i++) {
		run(&card, &in);
		check_counts(&card);
	}
	check_all_comes_back(&card);
	card_fini(&card);
	return 0;
}
