/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a wire cannot do itself: tags put into the octets, checksums completed,
 * large TCP frames cut into segments.
 */
#ifndef CORE_SEGMENT_H
#define CORE_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

struct frame;

/* Segments of one frame before others get their turn. */
#define SEGMENT_BURST 64u

/* What of a frame a wire may or may not take over. */
#define SEGMENT_FLAGS                                                          \
	(SVNIC_META_CSUM_BLANK | SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6 | \
	 SVNIC_META_VLAN)

/*
 * Send a frame that guard_check() passed to a wire that takes only @takes of
 * its @meta.  An enum svnic_verdict; or -EINPROGRESS: there is more of it, go
 * on when others had their turn.  f->sent says from which segment on to send,
 * and then how many are gone; f->extra, what they cost beside the frame's own
 * octets.  What went is counted in @info.
 */
int segment_tx(unsigned int port, unsigned int takes, struct frame *f,
	       const struct svnic_meta *meta, struct svnic_port_info *info);

#endif /* CORE_SEGMENT_H */
