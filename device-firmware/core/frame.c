// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be said of a frame from its own octets and metadata; see frame.h.
 * Looks only at the copied header (rules R02, R06, R07) and never past what was
 * copied.  Pure: no HAL.  Called by guard.c and switch.c.
 */
#include <svnic/headers.h>
#include <svnic/order.h>
#include "frame.h"
#include "mem.h"

#define ETH_TYPE    12u
#define TYPE_VLAN   0x8100u
#define TYPE_QINQ   0x88a8u
#define TYPE_PAUSE  0x8808u
#define TYPE_IPV4   0x0800u
#define TYPE_IPV6   0x86ddu
#define IPV4_MIN    20u
#define IPV6_HEADER 40u
#define TCP_MIN	    20u
#define TCP_CSUM    16u
#define META_GSO    (SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6)

void frame_header(struct frame *f, unsigned int nr_segs)
{
	uint32_t want = f->len < FRAME_HEADER ? f->len : FRAME_HEADER;
	uint32_t have = 0;
	unsigned int i = 1;
	size_t n;

	for (;;) {
		n = f->iov[i].len < want - have ? f->iov[i].len : want - have;
		memcpy(f->hdr + have, f->iov[i].data, n);
		have += (uint32_t)n;
		if (n < f->iov[i].len || have == want)
			break;
		i++;
	}
	/* Piece i keeps its rest; with none, it makes room for the header. */
	f->iov[i].data = (const uint8_t *)f->iov[i].data + n;
	f->iov[i].len -= n;
	if (f->iov[i].len)
		i--;
	f->iov[i].data = f->hdr;
	f->iov[i].len = have;
	f->first = (uint8_t)i;
	f->nr_iov = (uint8_t)(nr_segs - i + 1);
}

static bool is_tag(uint16_t type)
{
	return type == TYPE_VLAN || type == TYPE_QINQ;
}

bool frame_is_tagged(const struct frame *f)
{
	return is_tag(mem_be16(frame_l2(f) + ETH_TYPE));
}

bool frame_untag(struct frame *f)
{
	struct hal_iov *head = &f->iov[f->first];
	uint8_t *l2 = (uint8_t *)(uintptr_t)head->data;
	uint16_t flags = svnic_cpu16(f->meta.flags);
	uint16_t start = svnic_cpu16(f->meta.csum_start);

	if ((flags & SVNIC_META_VLAN) || mem_be16(l2 + ETH_TYPE) != TYPE_VLAN ||
	    f->len < SVNIC_FRAME_MIN + FRAME_TAG)
		return true;
	if (flags & SVNIC_META_CSUM_BLANK && start) {
		if (start < SVNIC_FRAME_MIN + FRAME_TAG)
			return false;
		f->meta.csum_start = svnic_le16((uint16_t)(start - FRAME_TAG));
	}
	f->meta.vlan_tci = svnic_le16(mem_be16(l2 + ETH_TYPE + 2));
	f->meta.flags = svnic_le16((uint16_t)(flags | SVNIC_META_VLAN));
	memmove(l2 + FRAME_TAG, l2, ETH_TYPE);
	head->data = l2 + FRAME_TAG;
	head->len -= FRAME_TAG;
	f->len -= FRAME_TAG;
	return true;
}

bool frame_is_link_local(const struct frame *f)
{
	/* 01-80-C2-00-00-00 to 0F, as mem_mac() has it. */
	const uint64_t reserved = 0x0000c28001ull;
	const uint8_t *l2 = frame_l2(f);
	uint64_t to = mem_mac(l2);
	size_t linear = frame_iov(f)->len;
	size_t at = ETH_TYPE;

	if ((to & 0xf0ffffffffffull) == reserved)
		return true;
	while (is_tag(mem_be16(l2 + at)) && at + FRAME_TAG + 2 <= linear)
		at += FRAME_TAG;
	return mem_be16(l2 + at) == TYPE_PAUSE;
}

static bool is_ipv4_tcp(const uint8_t *l2, size_t linear, unsigned int l4)
{
	const uint8_t *ip = l2 + SVNIC_FRAME_MIN;

	return mem_be16(l2 + ETH_TYPE) == TYPE_IPV4 &&
	       linear >= SVNIC_FRAME_MIN + IPV4_MIN && ip[0] >> 4 == 4 &&
	       (ip[0] & 15) * 4u >= IPV4_MIN && ip[9] == SVNIC_IP_TCP &&
	       l4 == SVNIC_FRAME_MIN + (ip[0] & 15) * 4u;
}

static bool is_ipv6_tcp(const uint8_t *l2, size_t linear, unsigned int l4)
{
	const uint8_t *ip = l2 + SVNIC_FRAME_MIN;

	return mem_be16(l2 + ETH_TYPE) == TYPE_IPV6 &&
	       linear >= SVNIC_FRAME_MIN + IPV6_HEADER && ip[0] >> 4 == 6 &&
	       l4 >= SVNIC_FRAME_MIN + IPV6_HEADER;
}

/* A frame that is to be cut into segments: its headers must be what we say. */
static bool check_gso(const struct frame *f, unsigned int flags)
{
	const uint8_t *l2 = frame_l2(f);
	size_t linear = frame_iov(f)->len;
	unsigned int l4 = svnic_cpu16(f->meta.csum_start);
	unsigned int tcp;

	if (!(flags & SVNIC_META_CSUM_BLANK) ||
	    (flags & META_GSO) == META_GSO || !f->meta.gso_size ||
	    f->meta.csum_offset != TCP_CSUM)
		return false;
	if (l4 + TCP_MIN > linear)
		return false;
	if (flags & SVNIC_META_GSO_TCPV4 ? !is_ipv4_tcp(l2, linear, l4)
					 : !is_ipv6_tcp(l2, linear, l4))
		return false;
	tcp = (unsigned int)(l2[l4 + 12] >> 4) * 4;
	return tcp >= TCP_MIN && l4 + tcp <= f->len;
}

/* Where the sum is that the sender left blank, if it does not say so. */
static void find_csum(struct frame *f)
{
	struct svnic_headers h;
	unsigned int csum;

	if (f->meta.csum_start || f->meta.csum_offset ||
	    !svnic_headers_find(frame_l2(f), frame_iov(f)->len, &h))
		return;
	csum = svnic_headers_csum(h.protocol);
	if (!h.l4 || !csum)
		return;
	f->meta.csum_start = svnic_le16(h.l4);
	f->meta.csum_offset = (uint8_t)csum;
}

static bool check_csum(struct frame *f)
{
	uint32_t start;

	find_csum(f);
	start = svnic_cpu16(f->meta.csum_start);
	return start >= SVNIC_FRAME_MIN &&
	       start + f->meta.csum_offset + 2 <= f->len;
}

bool frame_check_offload(struct frame *f)
{
	unsigned int flags = svnic_cpu16(f->meta.flags);

	if (flags & SVNIC_META_CSUM_BLANK) {
		if (!check_csum(f))
			return false;
	} else {
		f->meta.csum_start = 0;
		f->meta.csum_offset = 0;
	}
	if (flags & META_GSO)
		return check_gso(f, flags);
	f->meta.gso_size = 0;
	return !(flags & SVNIC_META_GSO_ECN);
}

bool frame_is_oversize(const struct frame *f, unsigned int mtu)
{
	unsigned int l4;
	unsigned int tcp;

	if (!(svnic_cpu16(f->meta.flags) & META_GSO))
		return f->len > mtu + SVNIC_FRAME_MIN;
	l4 = svnic_cpu16(f->meta.csum_start);
	tcp = (frame_l2(f)[l4 + 12] >> 4) * 4u;
	return f->len > SVNIC_FRAME_MAX ||
	       l4 + tcp + svnic_cpu16(f->meta.gso_size) > mtu + SVNIC_FRAME_MIN;
}
