/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames and octets one way of a queue, on either path. */
#ifndef SVNIC_NET_COUNT_H
#define SVNIC_NET_COUNT_H

#include <linux/types.h>
#include <linux/u64_stats_sync.h>

/* Written by one context at a time, read by any. */
struct svnic_net_count {
	struct u64_stats_sync sync;
	u64_stats_t frames;
	u64_stats_t octets;
};

static inline void svnic_net_count_frame(struct svnic_net_count *c, u32 octets)
{
	u64_stats_update_begin(&c->sync);
	u64_stats_inc(&c->frames);
	u64_stats_add(&c->octets, octets);
	u64_stats_update_end(&c->sync);
}

/* Any context: added to *@frames and *@octets. */
static inline void svnic_net_count_sum(const struct svnic_net_count *c,
				       u64 *frames, u64 *octets)
{
	unsigned int start;
	u64 f, o;

	do {
		start = u64_stats_fetch_begin(&c->sync);
		f = u64_stats_read(&c->frames);
		o = u64_stats_read(&c->octets);
	} while (u64_stats_fetch_retry(&c->sync, start));
	*frames += f;
	*octets += o;
}

#endif /* SVNIC_NET_COUNT_H */
