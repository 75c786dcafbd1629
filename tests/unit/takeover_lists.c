/* SPDX-License-Identifier: GPL-2.0-only */
/* See takeover_scenes.h. */
#include "group.h"
#include "source.h"
#include "takeover_scenes.h"

#include "arena.h"
#include "mem.h"

/* The first @nr of 10.0.0.1 and on. */
static struct svnic_source source_list(unsigned int nr)
{
	struct svnic_source list = { .nr = svnic_le16((uint16_t)nr) };
	unsigned int i;

	for (i = 0; i < nr; i++)
		list.address[i] = (struct svnic_address) {
			.addr = { 10, 0, 0, (uint8_t)(i + 1) },
			.prefix = 32,
			.family = 4,
		};
	return list;
}

static struct svnic_groups group_list(unsigned int nr)
{
	struct svnic_groups list = { .nr = svnic_le16((uint16_t)nr) };
	unsigned int i;

	for (i = 0; i < nr; i++) {
		list.group[i].mac[0] = 1;
		list.group[i].mac[5] = (uint8_t)i;
	}
	return list;
}

static void submit_list(struct takeover_world *w, unsigned int op,
			const void *list, size_t len)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)op),
		.vif = svnic_le16(9),
		.addr = svnic_le64(sim_payload_addr()),
		.len = svnic_le32((uint32_t)len),
	};

	memcpy(sim_payload(&w->f.host[0]), list, len);
	scene_push(w, &cmd);
}

void lists_prepare(struct takeover_world *w)
{
	struct svnic_source source = source_list(16);
	struct svnic_groups groups = group_list(64);

	scene_prepare(w);
	assert_int_equal(sim_source_set(&w->f.host[0], 9, &source),
			 SVNIC_ST_OK);
	assert_int_equal(sim_groups_set(&w->f.host[0], 9, &groups),
			 SVNIC_ST_OK);
}

void lists_submit_source(struct takeover_world *w)
{
	struct svnic_source list = source_list(3);

	submit_list(w, SVNIC_OP_SOURCE_SET, &list, sizeof(list));
}

/* One that is refused changes nothing. */
void lists_submit_bad_source(struct takeover_world *w)
{
	struct svnic_source list = source_list(3);

	list.address[2].prefix = 33;
	submit_list(w, SVNIC_OP_SOURCE_SET, &list, sizeof(list));
}

void lists_submit_groups(struct takeover_world *w)
{
	struct svnic_groups list = group_list(2);

	submit_list(w, SVNIC_OP_GROUPS_SET, &list, sizeof(list));
}

static const struct source *source_of(struct takeover_world *w)
{
	const struct vif *vif = vif_find(w->f.core, 0, 9);

	assert_in_range(vif->source, 1, SOURCE_LISTS);
	assert_true(vif->lane & VIF_LANE_IP);
	return (const struct source *)arena_part(w->f.core, ARENA_SOURCES) +
	       arena_vif_idx(w->f.core, vif) * SOURCE_LISTS + vif->source - 1;
}

static void verify_groups_of(struct takeover_world *w, unsigned int nr)
{
	const struct vif *vif = vif_find(w->f.core, 0, 9);
	struct svnic_groups all = group_list(64);
	unsigned int i;

	assert_in_range(vif->groups, 1, GROUP_LISTS);
	for (i = 0; i < 64; i++)
		assert_int_equal(group_wanted(w->f.core, vif,
					      mem_mac(all.group[i].mac)),
				 i < nr);
}

void lists_verify_source(struct takeover_world *w)
{
	assert_int_equal(source_of(w)->nr_ipv4, 3);
	assert_int_equal(source_of(w)->nr_ipv6, 0);
	verify_groups_of(w, 64);
}

void lists_verify_bad_source(struct takeover_world *w)
{
	assert_int_equal(source_of(w)->nr_ipv4, 16);
}

void lists_verify_groups(struct takeover_world *w)
{
	assert_int_equal(source_of(w)->nr_ipv4, 16);
	verify_groups_of(w, 2);
}

void lists_submit_rss(struct takeover_world *w)
{
	struct svnic_rss rss = { .table = { 0 } };
	unsigned int i;

	for (i = 0; i < SVNIC_RSS_KEY; i++)
		rss.key[i] = (uint8_t)(i + 1);
	for (i = 0; i < SVNIC_RSS_TABLE; i++)
		rss.table[i] = (uint8_t)(i % SVNIC_SLOW_QUEUE);
	submit_list(w, SVNIC_OP_RSS_SET, &rss, sizeof(rss));
}

void lists_verify_rss(struct takeover_world *w)
{
	const struct vif *vif = vif_find(w->f.core, 0, 9);
	const struct rss *rss =
		(const struct rss *)arena_part(w->f.core, ARENA_RSS) +
		arena_vif_idx(w->f.core, vif);
	unsigned int i;

	assert_true(rss->is_set);
	assert_false(rss->is_default);
	for (i = 0; i < SVNIC_RSS_KEY; i++)
		assert_int_equal(rss->key[i], i + 1);
	for (i = 0; i < SVNIC_RSS_TABLE; i++)
		assert_int_equal(rss->table[i], i % SVNIC_SLOW_QUEUE);
}
