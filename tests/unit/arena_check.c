// SPDX-License-Identifier: GPL-2.0-only
/*
 * The invariants of an arena; see arena_check.h.  Nothing here calls what
 * rebuilds them.
 */
#include "address.h"
#include "arena_check.h"
#include "mem.h"
#include "region.h"

static bool is_used(const struct vif *vif)
{
	return vif->state == VIF_IDLE || vif->state == VIF_LIVE;
}

static void check_pool(const struct pool *pool, const uint32_t *next,
		       unsigned int max, unsigned int used)
{
	uint8_t *seen = calloc(max, 1);
	unsigned int nr = 0;
	uint32_t i;

	for (i = pool->head; i != POOL_NONE; i = next[i]) {
		assert_true(i < max);
		assert_false(seen[i]++);
		nr++;
	}
	assert_int_equal(nr, pool->nr_free);
	assert_int_equal(nr + used, max);
	free(seen);
}

static unsigned int count_entries(const struct core *core, uint32_t chunk)
{
	const uint64_t *entry =
		(const uint64_t *)arena_part(core, ARENA_CHUNKS) +
		(size_t)chunk * VIF_CHUNK_PAGES;
	unsigned int i, nr = 0;

	for (i = 0; i < VIF_CHUNK_PAGES; i++)
		nr += entry[i] != 0;
	return nr;
}

/* Chunks of all VIFs, each owned by one, never empty, rightly counted. */
static void check_chunks(struct core *core)
{
	const uint16_t *used = arena_part(core, ARENA_CHUNK_USED);
	uint8_t *owned = calloc(core->config.nr_chunks, 1);
	unsigned int i, k, nr, pages, total = 0;

	for (i = 0; i < core->config.max_vifs; i++) {
		const struct vif *vif = arena_vif(core, i);

		if (!is_used(vif))
			continue;
		pages = 0;
		for (k = 0; k < VIF_CHUNKS; k++) {
			if (!vif->chunk[k])
				continue;
			assert_true(vif->chunk[k] <= core->config.nr_chunks);
			assert_false(owned[vif->chunk[k] - 1]++);
			nr = count_entries(core, vif->chunk[k] - 1);
			assert_true(nr > 0);
			assert_int_equal(used[vif->chunk[k] - 1], nr);
			pages += nr;
			total++;
		}
		assert_int_equal(vif->nr_pages, pages);
	}
	for (i = 0; i < core->config.nr_chunks; i++) {
		if (!owned[i]) {
			assert_int_equal(used[i], 0);
			assert_int_equal(count_entries(core, i), 0);
		}
	}
	check_pool(&arena_board(core)->chunk_pool,
		   arena_part(core, ARENA_CHUNK_NEXT), core->config.nr_chunks,
		   total);
	free(owned);
}

static unsigned int check_queues(struct core *core, const struct vif *vif)
{
	unsigned int i, nr = 0;

	for (i = 0; i < SVNIC_MAX_QUEUES; i++) {
		const struct queue *q;

		if (vif->queue[i] == LIST_NONE)
			continue;
		q = arena_queue(core, vif->queue[i]);
		assert_true(q->state == QUEUE_RUNNING ||
			    q->state == QUEUE_FAULTED);
		assert_int_equal(q->vif, arena_vif_idx(core, vif));
		assert_int_equal(q->id, i);
		nr++;
	}
	assert_int_equal(vif->nr_queues, nr);
	assert_int_equal(vif->state, nr ? VIF_LIVE : VIF_IDLE);
	return nr;
}

/* Its addresses are in the demultiplexer: how many entries, of its domain too. */
static unsigned int check_addresses(struct core *core, const struct vif *vif,
				    unsigned int *filters)
{
	const struct demux *d = arena_demux(core);
	uint16_t me = (uint16_t)arena_vif_idx(core, vif);
	const struct address *f = arena_part(core, ARENA_FILTERS);
	unsigned int nr = 0;
	uint16_t i;

	assert_int_equal(mem_mac(vif->config.mac), vif->mac);
	assert_int_equal(demux_find(d, demux_key(vif->domain, vif->mac)), me);
	for (i = vif->filters; i != LIST_NONE; i = f[i].next) {
		assert_int_equal(demux_find(d, demux_key(vif->domain,
							 mem_mac(f[i].mac))),
				 me);
		nr++;
	}
	assert_int_equal(vif->nr_filters, nr);
	*filters += nr;
	return nr + 1;
}

static void check_list(const struct list *list, const struct node *nodes,
		       unsigned int max)
{
	uint16_t i, last = LIST_NONE;
	unsigned int nr = 0;

	for (i = list->head; i != LIST_NONE; i = nodes[i].next) {
		assert_true(nr < max);
		assert_int_equal(nodes[i].prev, last);
		last = i;
		nr++;
	}
	assert_int_equal(list->tail, last);
	assert_int_equal(list->nr, nr);
}

static unsigned int check_domains(struct core *core)
{
	const unsigned int max = core->config.max_vifs;
	uint8_t *seen = calloc(max, 1);
	unsigned int i, nr = 0;

	for (i = 0; i < max; i++) {
		const struct vif *vif = arena_vif(core, i);
		const struct domain *d;

		if (!is_used(vif) || vif->domain == DEMUX_NONE)
			continue;
		d = arena_domain(core, vif->domain);
		nr += !seen[vif->domain]++;
		check_list(&d->members, arena_part(core, ARENA_MEMBER_NODES),
			   max);
		check_list(&d->unknown, arena_part(core, ARENA_UNKNOWN_NODES),
			   max);
	}
	check_pool(&arena_board(core)->domain_pool,
		   arena_part(core, ARENA_DOMAIN_NEXT), max, nr);
	free(seen);
	return nr;
}

static void check_heads(struct core *core, unsigned int queues)
{
	unsigned int bells = 0;
	unsigned int i;

	for (i = 0; i < core->config.nr_workers; i++) {
		const struct core *head = arena_head(core, i);

		bells += head->nr_bells;
		assert_int_equal(head->nr_parcels, PARCELS);
		assert_int_equal(head->nr_out, 0);
		check_list(&head->active, arena_part(core, ARENA_ACTIVE_NODES),
			   core->config.max_vifs);
	}
	assert_int_equal(bells, queues);
}

void arena_check(struct core *core)
{
	unsigned int i, vifs = 0, queues = 0, filters = 0, entries = 0;
	unsigned int links[SVNIC_MAX_LINKS] = { 0 };

	for (i = 0; i < core->config.max_vifs; i++) {
		const struct vif *vif = arena_vif(core, i);

		if (!is_used(vif)) {
			assert_int_equal(vif->state, VIF_FREE);
			continue;
		}
		vifs++;
		links[vif->link]++;
		assert_ptr_equal(vif_find(core, vif->link, vif->id), vif);
		queues += check_queues(core, vif);
		entries += check_addresses(core, vif, &filters);
	}
	for (i = 0; i < core->config.nr_links; i++) {
		assert_int_equal(arena_link(core, i)->nr_vifs, links[i]);
		assert_int_equal(arena_link(core, i)->event.pen, 0);
	}
	check_pool(&arena_board(core)->vif_pool,
		   arena_part(core, ARENA_VIF_NEXT), core->config.max_vifs,
		   vifs);
	check_pool(&arena_board(core)->queue_pool,
		   arena_part(core, ARENA_QUEUE_NEXT), core->config.nr_queues,
		   queues);
	check_pool(&arena_board(core)->filter_pool,
		   arena_part(core, ARENA_FILTER_NEXT),
		   arena_nr_filters(&core->config), filters);
	check_heads(core, queues);
	check_chunks(core);
	entries += check_domains(core);
	assert_int_equal(arena_demux(core)->nr, entries);
}
