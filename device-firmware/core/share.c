// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VIF may send; see share.h.  What a turn used too much is missing in
 * the next (deficit round robin), so that neither small frames, nor large ones,
 * nor many queues get more.  Called by sched.c and, for what was sent,
 * vif_tx.c.
 */
#include "arena.h"
#include "share.h"

#define DEBT_MAX (1 << 30) /* octets; what is beyond is forgiven */
#define KILO	 1000ull

static uint64_t min_rate(const struct vif *vif)
{
	return svnic_cpu32(vif->config.min_rate) * KILO;
}

/* 5 ms of the promise may be saved up, and always one turn. */
static uint64_t min_max(const struct vif *vif)
{
	uint64_t max = min_rate(vif) / 200;

	return max < SHARE_QUANTUM ? SHARE_QUANTUM : max;
}

void share_fill(const struct core *core, struct vif *vif)
{
	bucket_fill(&vif->tx, core->now_ns, svnic_cpu32(vif->config.burst));
	bucket_fill(&vif->min, core->now_ns, min_max(vif));
	bucket_fill(&vif->rx, core->now_ns, VIF_RX_RESERVE);
	bucket_fill(&vif->storm, core->now_ns, VIF_STORM_RESERVE);
	vif->deficit = 0;
}

static void refill(const struct core *core, struct vif *vif)
{
	bucket_refill(&vif->tx, core->now_ns, svnic_cpu64(vif->config.rate),
		      svnic_cpu32(vif->config.burst));
}

void share_begin(const struct core *core, struct vif *vif, uint32_t quanta)
{
	int64_t deficit = vif->deficit;

	deficit += (int64_t)share_quantum(vif) * quanta;
	if (deficit > share_quantum(vif))
		deficit = share_quantum(vif);
	vif->deficit = (int32_t)deficit;
	if (vif->config.rate)
		refill(core, vif);
}

bool share_is_promised(const struct core *core, struct vif *vif)
{
	bucket_refill(&vif->min, core->now_ns, min_rate(vif), min_max(vif));
	return bucket_has(&vif->min);
}

bool share_may_send(const struct core *core, struct vif *vif)
{
	if (!vif->config.rate || bucket_has(&vif->tx))
		return true;
	refill(core, vif);
	if (bucket_has(&vif->tx))
		return true;
	vif->due_ns = bucket_due(&vif->tx, svnic_cpu64(vif->config.rate));
	vif->stats.tx_throttled++;
	return false;
}

static void owe(struct vif *vif, uint32_t octets)
{
	int64_t deficit = (int64_t)vif->deficit - octets;

	vif->deficit = deficit > -DEBT_MAX ? (int32_t)deficit : -DEBT_MAX;
}

void share_owe(struct vif *vif, uint32_t octets, bool promised)
{
	owe(vif, octets);
	/* For as long as the promise can be saved up, and no longer. */
	if (promised)
		bucket_owe(&vif->min, octets, min_max(vif));
}

void share_sent(struct vif *vif, uint32_t octets, uint32_t cost, bool promised)
{
	if (vif->config.rate)
		bucket_take(&vif->tx, octets);
	if (promised)
		bucket_take(&vif->min, octets);
	owe(vif, cost);
}
