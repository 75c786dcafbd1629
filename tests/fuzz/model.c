// SPDX-License-Identifier: GPL-2.0-only
/*
 * The card as docs/abi.md describes it, without any of what makes it fast; see
 * model.h.  VIF n is number n % 4 of link n / 4.
 */
#include <string.h>
#include "model.h"

#define SECOND 1000000000ll

/* Commands. ----------------------------------------------------------------- */

static unsigned int check(const struct model *m, unsigned int vif,
			  const struct svnic_vif_config *c)
{
	unsigned int mtu = svnic_cpu16(c->mtu);
	unsigned int seen = svnic_cpu16(c->monitored);

	if (mtu < 68 || mtu > 9216 || svnic_cpu16(c->segment) > 255 ||
	    svnic_cpu16(c->vlan) > 4094 ||
	    (svnic_cpu32(c->flags) & ~SVNIC_VIF_FLAGS) ||
	    (c->rate && svnic_cpu32(c->burst) < mtu + 14))
		return SVNIC_ST_BAD_FIELD;
	if (svnic_cpu32(c->flags) & SVNIC_VIF_MONITOR) {
		if (seen >= MODEL_NUMBERS)
			return SVNIC_ST_NO_VIF;
		seen += vif / MODEL_NUMBERS * MODEL_NUMBERS;
		if (!m->vif[seen].is_used)
			return SVNIC_ST_NO_VIF;
		return model_is_monitor(&m->vif[seen]) ? SVNIC_ST_BAD_FIELD
						       : SVNIC_ST_OK;
	}
	if ((c->mac[0] & 1) || memcmp(c->mac, "\0\0\0\0\0", 6) == 0)
		return SVNIC_ST_BAD_MAC;
	return SVNIC_ST_OK;
}

/* Would they hear the same untagged frame? */
static bool is_together(const struct model_vif *a, const struct model_vif *b)
{
	return a->config.segment == b->config.segment &&
	       model_is_trunk(a) == model_is_trunk(b) &&
	       (model_is_trunk(a) || a->config.vlan == b->config.vlan);
}

bool model_owns(const struct model_vif *v, const uint8_t *mac)
{
	unsigned int i;

	if (!v->is_used || model_is_monitor(v))
		return false;
	if (memcmp(v->config.mac, mac, 6) == 0)
		return true;
	for (i = 0; i < v->nr_filters; i++) {
		if (memcmp(v->filter[i], mac, 6) == 0)
			return true;
	}
	return false;
}

/* Is an address of @v that of somebody else it is together with, or twice? */
static bool is_in_use(const struct model *m, const struct model_vif *v,
		      const uint8_t *mac)
{
	unsigned int i;

	for (i = 0; i < MODEL_VIFS; i++) {
		if (&m->vif[i] != v && model_owns(&m->vif[i], mac) &&
		    is_together(&m->vif[i], v))
			return true;
	}
	return false;
}

static bool is_any_in_use(const struct model *m, const struct model_vif *v)
{
	unsigned int i;

	if (model_is_monitor(v))
		return false;
	for (i = 0; i < v->nr_filters; i++) {
		if (is_in_use(m, v, v->filter[i]) ||
		    memcmp(v->filter[i], v->config.mac, 6) == 0)
			return true;
	}
	return is_in_use(m, v, v->config.mac);
}

static void fill(struct model_bucket *b, uint64_t now_ns, int64_t units)
{
	b->credit = units * SECOND;
	b->at_ns = now_ns;
}

static void shape(const struct model *m, struct model_vif *v)
{
	fill(&v->storm, m->now_ns, 16);
	fill(&v->rx, m->now_ns, 131072);
}

unsigned int model_create(struct model *m, unsigned int vif,
			  const struct svnic_vif_config *config)
{
	struct model_vif *v = &m->vif[vif];
	unsigned int nr = 0;
	unsigned int st;
	unsigned int i;

	if (v->is_used)
		return SVNIC_ST_BUSY;
	st = check(m, vif, config);
	if (st != SVNIC_ST_OK)
		return st;
	for (i = 0; i < MODEL_VIFS; i++)
		nr += m->vif[i].is_used;
	if (nr == MODEL_MAX)
		return SVNIC_ST_NO_VIFS;
	memset(v, 0, sizeof(*v));
	v->is_used = true;
	v->config = *config;
	if (is_any_in_use(m, v)) {
		v->is_used = false;
		return SVNIC_ST_MAC_IN_USE;
	}
	shape(m, v);
	return SVNIC_ST_OK;
}

unsigned int model_set(struct model *m, unsigned int vif,
		       const struct svnic_vif_config *config)
{
	struct model_vif *v = &m->vif[vif];
	struct svnic_vif_config old = v->config;
	unsigned int st;

	if (!v->is_used)
		return SVNIC_ST_NO_VIF;
	if ((svnic_cpu32(config->flags) ^ model_flags(v)) & SVNIC_VIF_MONITOR)
		return SVNIC_ST_BAD_FIELD;
	if (model_is_monitor(v) && config->monitored != old.monitored)
		return SVNIC_ST_BAD_FIELD;
	st = check(m, vif, config);
	if (st != SVNIC_ST_OK)
		return st;
	v->config = *config;
	if (is_any_in_use(m, v)) {
		v->config = old;
		return SVNIC_ST_MAC_IN_USE;
	}
	shape(m, v);
	return SVNIC_ST_OK;
}

bool model_sees(const struct model *m, const struct model_vif *v,
		unsigned int vif)
{
	unsigned int link = (unsigned int)(v - m->vif) / MODEL_NUMBERS;

	return model_is_monitor(v) && link == vif / MODEL_NUMBERS &&
	       svnic_cpu16(v->config.monitored) == vif % MODEL_NUMBERS;
}

unsigned int model_destroy(struct model *m, unsigned int vif)
{
	unsigned int i;

	if (!m->vif[vif].is_used)
		return SVNIC_ST_NO_VIF;
	m->vif[vif].is_used = false;
	for (i = 0; i < MODEL_VIFS; i++) {
		if (model_sees(m, &m->vif[i], vif))
			m->vif[i].config.monitored = svnic_le16(SVNIC_VIF_NONE);
	}
	return SVNIC_ST_OK;
}

unsigned int model_filter_add(struct model *m, unsigned int vif,
			      const uint8_t *mac)
{
	struct model_vif *v = &m->vif[vif];

	if (!v->is_used)
		return SVNIC_ST_NO_VIF;
	if ((mac[0] & 1) || memcmp(mac, "\0\0\0\0\0", 6) == 0)
		return SVNIC_ST_BAD_MAC;
	if (model_is_monitor(v))
		return SVNIC_ST_BAD_FIELD;
	if (model_owns(v, mac) || is_in_use(m, v, mac))
		return SVNIC_ST_MAC_IN_USE;
	memcpy(v->filter[v->nr_filters++], mac, 6);
	return SVNIC_ST_OK;
}

unsigned int model_filter_del(struct model *m, unsigned int vif,
			      const uint8_t *mac)
{
	struct model_vif *v = &m->vif[vif];
	unsigned int i;

	if (!v->is_used)
		return SVNIC_ST_NO_VIF;
	for (i = 0; i < v->nr_filters; i++) {
		if (memcmp(v->filter[i], mac, 6) != 0)
			continue;
		memmove(v->filter[i], v->filter[--v->nr_filters], 6);
		return SVNIC_ST_OK;
	}
	return SVNIC_ST_BAD_FIELD;
}

/* Queues. ------------------------------------------------------------------- */

void model_start(struct model *m, unsigned int vif, unsigned int queue)
{
	struct model_vif *v = &m->vif[vif];

	memset(&v->queue[queue], 0, sizeof(v->queue[queue]));
	v->queue[queue].is_started = true;
	if (queue + 1 < MODEL_QUEUES)
		v->order[v->nr_running++] = (uint8_t)queue;
}

/* The last one takes its place. */
void model_stop(struct model *m, unsigned int vif, unsigned int queue)
{
	struct model_vif *v = &m->vif[vif];
	unsigned int i;

	v->queue[queue].is_started = false;
	for (i = 0; i < v->nr_running; i++) {
		if (v->order[i] == queue)
			v->order[i] = v->order[--v->nr_running];
	}
}

void model_restart(struct model *m)
{
	unsigned int i;
	unsigned int q;

	for (i = 0; i < MODEL_VIFS; i++) {
		struct model_vif *v = &m->vif[i];

		v->nr_running = 0;
		for (q = 0; v->is_used && q + 1 < MODEL_QUEUES; q++) {
			if (v->queue[q].is_started)
				v->order[v->nr_running++] = (uint8_t)q;
		}
	}
}

void model_provide(struct model *m, unsigned int vif, unsigned int queue,
		   uint16_t len)
{
	struct model_queue *q = &m->vif[vif].queue[queue];

	q->len[(q->first + q->nr++) % MODEL_RING] = len;
}
