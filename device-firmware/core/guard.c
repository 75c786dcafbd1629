// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VIF may send; see guard.h.  A frame that offends is dropped and
 * counted, and nothing else happens: no reset, no log (rules R53 to R55).
 * Called by vif_tx.c for every frame.
 */
#include "arena.h"
#include "domain.h"
#include "frame.h"
#include "guard.h"
#include "mem.h"
#include "source.h"

#define TCI_VLAN     0x0fffu
#define TCI_PRIORITY 0xf000u
#define META_FROM_GUEST                                                        \
	(SVNIC_META_CSUM_BLANK | SVNIC_META_CSUM_GOOD | SVNIC_META_GSO_TCPV4 | \
	 SVNIC_META_GSO_TCPV6 | SVNIC_META_GSO_ECN | SVNIC_META_VLAN)

/* Find the VLAN of an untagged frame; false when its tag is not allowed. */
static bool classify(const struct core *core, const struct vif *vif,
		     struct frame *f)
{
	bool trunk = svnic_cpu32(vif->config.flags) & SVNIC_VIF_TRUNK;
	uint16_t flags = svnic_cpu16(f->meta.flags);
	uint16_t vlan = 0;

	f->tci = 0;
	if (flags & SVNIC_META_VLAN) {
		vlan = svnic_cpu16(f->meta.vlan_tci) & TCI_VLAN;
		f->tci = svnic_cpu16(f->meta.vlan_tci) & TCI_PRIORITY;
	}
	/* Behind a tag that was taken off there may be another. */
	if (!trunk && (vlan || frame_is_tagged(f)))
		return false;
	if (vlan > SVNIC_VLAN_MAX)
		return false;
	f->segment = svnic_cpu16(vif->config.segment);
	f->vlan = vlan ? vlan : svnic_cpu16(vif->config.vlan);
	f->domain =
		trunk ? domain_find(core, f->segment, f->vlan) : vif->domain;
	f->meta.flags = svnic_le16(flags & (uint16_t)~SVNIC_META_VLAN);
	f->meta.vlan_tci = 0;
	return true;
}

/* Its own address, one of its filters', or any if it may. */
static bool owns_source(const struct core *core, const struct vif *vif,
			const uint8_t *source)
{
	uint64_t mac = mem_mac(source);
	uint16_t idx;

	if (mac == vif->mac)
		return true;
	if (source[0] & 1)
		return false;
	if (svnic_cpu32(vif->config.flags) & SVNIC_VIF_ANY_SOURCE)
		return true;
	idx = demux_find(arena_demux(core), demux_key(vif->domain, mac));
	return idx != DEMUX_NONE && arena_vif(core, idx) == vif;
}

enum svnic_verdict guard_check(const struct core *core, const struct vif *vif,
			       struct frame *f, unsigned int nr_segs)
{
	if (svnic_cpu32(vif->config.flags) &
	    (SVNIC_VIF_DISABLED | SVNIC_VIF_MONITOR))
		return SVNIC_V_DISABLED;
	if (f->len < SVNIC_FRAME_MIN)
		return SVNIC_V_RUNT;
	if (f->len > SVNIC_FRAME_MAX + FRAME_TAG)
		return SVNIC_V_OVERSIZE;
	if (svnic_cpu16(f->meta.flags) & ~META_FROM_GUEST)
		return SVNIC_V_BAD_OFFLOAD;
	frame_header(f, nr_segs);
	if (!frame_untag(f))
		return SVNIC_V_BAD_OFFLOAD;
	if (frame_is_link_local(f))
		return SVNIC_V_LINK_LOCAL;
	if (!classify(core, vif, f))
		return SVNIC_V_SPOOFED_VLAN;
	if (!owns_source(core, vif, frame_l2(f) + 6))
		return SVNIC_V_SPOOFED_MAC;
	if (vif->source && !source_owns(core, vif, f))
		return SVNIC_V_SPOOFED_IP;
	if (!frame_check_offload(f))
		return SVNIC_V_BAD_OFFLOAD;
	if (frame_is_oversize(f, svnic_cpu16(vif->config.mtu)))
		return SVNIC_V_OVERSIZE;
	f->meta.hash = 0;
	return SVNIC_V_DELIVERED;
}
