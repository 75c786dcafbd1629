/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metadata conversion.  csum_start counts from the first octet of the frame in
 * both forms; only where the tag is differs: svnic carries it beside the
 * frame, a sender puts it in, which moves the checksum by four octets.  Called
 * by wire_*.c.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <net/ethernet.h>
#include <svnic/order.h>

#include "vnet.h"

#define GSO_FLAGS (SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6)

static bool csum_fits(size_t start, size_t offset, size_t len)
{
	return start >= SVNIC_FRAME_MIN && start + offset + 2 <= len;
}

static int gso_to_meta(const struct virtio_net_hdr *h, struct svnic_meta *meta,
		       uint16_t *flags)
{
	switch (h->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_NONE:
		return h->gso_type ? -EINVAL : 0;
	case VIRTIO_NET_HDR_GSO_TCPV4:
		*flags |= SVNIC_META_GSO_TCPV4;
		break;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		*flags |= SVNIC_META_GSO_TCPV6;
		break;
	default:
		return -EOPNOTSUPP;
	}
	if (h->gso_type & VIRTIO_NET_HDR_GSO_ECN)
		*flags |= SVNIC_META_GSO_ECN;
	if (h->gso_size == 0 || !(h->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM))
		return -EINVAL;
	meta->gso_size = svnic_le16(h->gso_size);
	return 0;
}

int vnet_to_meta(const struct virtio_net_hdr *h, size_t len,
		 struct svnic_meta *meta)
{
	uint16_t flags = svnic_cpu16(meta->flags);
	int err;

	if (h->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		if (!csum_fits(h->csum_start, h->csum_offset, len) ||
		    h->csum_offset > UINT8_MAX)
			return -EINVAL;
		flags |= SVNIC_META_CSUM_BLANK;
		meta->csum_start = svnic_le16(h->csum_start);
		meta->csum_offset = (uint8_t)h->csum_offset;
	} else if (h->flags & VIRTIO_NET_HDR_F_DATA_VALID) {
		flags |= SVNIC_META_CSUM_GOOD;
	}
	err = gso_to_meta(h, meta, &flags);
	if (err)
		return err;
	meta->flags = svnic_le16(flags);
	return 0;
}

/* Octet @at of a frame in pieces, or 0 behind its end. */
static uint8_t iov_octet(const struct hal_iov *iov, unsigned int nr_iov,
			 size_t at)
{
	unsigned int i;

	for (i = 0; i < nr_iov; i++) {
		if (at < iov[i].len)
			return ((const uint8_t *)iov[i].data)[at];
		at -= iov[i].len;
	}
	return 0;
}

static int gso_from_meta(const struct svnic_meta *meta,
			 const struct hal_iov *iov, unsigned int nr_iov,
			 size_t len, struct virtio_net_hdr *h)
{
	uint16_t flags = svnic_cpu16(meta->flags);
	size_t start = svnic_cpu16(meta->csum_start);
	size_t headers;

	if ((flags & GSO_FLAGS) == GSO_FLAGS || meta->gso_size == 0 ||
	    !(flags & SVNIC_META_CSUM_BLANK))
		return -EINVAL;
	/* The length of the TCP header is in its octet 12. */
	headers = start + (iov_octet(iov, nr_iov, start + 12) >> 4) * 4u;
	if (headers < start + 20 || headers >= len)
		return -EINVAL;
	h->gso_type = flags & SVNIC_META_GSO_TCPV4 ? VIRTIO_NET_HDR_GSO_TCPV4
						   : VIRTIO_NET_HDR_GSO_TCPV6;
	if (flags & SVNIC_META_GSO_ECN)
		h->gso_type |= VIRTIO_NET_HDR_GSO_ECN;
	h->gso_size = svnic_cpu16(meta->gso_size);
	h->hdr_len = (uint16_t)headers;
	return 0;
}

int vnet_from_meta(const struct svnic_meta *meta, const struct hal_iov *iov,
		   unsigned int nr_iov, size_t len, struct virtio_net_hdr *h)
{
	uint16_t flags = svnic_cpu16(meta->flags);
	uint16_t start = svnic_cpu16(meta->csum_start);
	uint16_t shift = flags & SVNIC_META_VLAN ? VLAN_TAG_LEN : 0;
	int err;

	memset(h, 0, sizeof(*h));
	if (flags & SVNIC_META_CSUM_BLANK) {
		if (!csum_fits(start, meta->csum_offset, len))
			return -EINVAL;
		h->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		h->csum_start = (uint16_t)(start + shift);
		h->csum_offset = meta->csum_offset;
	}
	if (flags & GSO_FLAGS) {
		err = gso_from_meta(meta, iov, nr_iov, len, h);
		if (err)
			return err;
		h->hdr_len = (uint16_t)(h->hdr_len + shift);
	}
	return 0;
}

void vnet_strip_tag(struct hal_frame *frame)
{
	uint16_t flags = svnic_cpu16(frame->meta.flags);
	uint8_t *p = (uint8_t *)(uintptr_t)frame->data;
	uint16_t start;

	if (flags & SVNIC_META_VLAN ||
	    frame->len < SVNIC_FRAME_MIN + VLAN_TAG_LEN ||
	    p[12] != ETHERTYPE_VLAN >> 8 || p[13] != (ETHERTYPE_VLAN & 0xff))
		return;
	frame->meta.vlan_tci = svnic_le16((uint16_t)(p[14] << 8 | p[15]));
	frame->meta.flags = svnic_le16(flags | SVNIC_META_VLAN);
	start = svnic_cpu16(frame->meta.csum_start);
	if (flags & SVNIC_META_CSUM_BLANK && start >= VLAN_TAG_LEN)
		frame->meta.csum_start =
			svnic_le16((uint16_t)(start - VLAN_TAG_LEN));
	memmove(p + VLAN_TAG_LEN, p, 2 * ETHER_ADDR_LEN);
	frame->data = p + VLAN_TAG_LEN;
	frame->len -= VLAN_TAG_LEN;
}

void vnet_put_tag(const struct svnic_meta *meta, uint8_t tag[VLAN_TAG_LEN])
{
	uint16_t tci = svnic_cpu16(meta->vlan_tci);

	tag[0] = ETHERTYPE_VLAN >> 8;
	tag[1] = ETHERTYPE_VLAN & 0xff;
	tag[2] = (uint8_t)(tci >> 8);
	tag[3] = (uint8_t)tci;
}
