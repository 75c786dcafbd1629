// SPDX-License-Identifier: GPL-2.0-only
/*
 * See segment_check.h.  Slow and plain on purpose.
 */
#include <string.h>
#include <svnic/order.h>
#include "segment_check.h"

#define BLANK SVNIC_META_CSUM_BLANK
#define V4    SVNIC_META_GSO_TCPV4
#define V6    SVNIC_META_GSO_TCPV6

uint16_t segment_sum(const uint8_t *p, uint32_t len, uint32_t sum)
{
	uint32_t i;

	for (i = 0; i < len; i++) {
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

static uint32_t get(const uint8_t *p, unsigned int octets)
{
	uint32_t v = 0;

	while (octets--)
		v = v * 256 + *p++;
	return v;
}

static unsigned int flags_of(const struct svnic_meta *m)
{
	return svnic_cpu16(m->flags);
}

static bool is_cut(const struct segment_check *c)
{
	return flags_of(&c->meta) & ~c->takes & (V4 | V6);
}

static uint32_t headers(const struct segment_check *c)
{
	uint32_t l4 = svnic_cpu16(c->meta.csum_start);

	return l4 + (c->frame[l4 + 12] >> 4) * 4u;
}

/* All but the checksum's two octets is as it was. */
static const char *check_whole(const struct segment_check *c,
			       const uint8_t *got, uint32_t len,
			       const struct svnic_meta *meta)
{
	uint32_t start = svnic_cpu16(c->meta.csum_start);
	uint32_t at = start + c->meta.csum_offset;

	if (c->nr)
		return "more than one frame";
	if (len != c->len)
		return "another length";
	if (!(flags_of(&c->meta) & ~c->takes & BLANK)) {
		if ((flags_of(&c->meta) ^ flags_of(meta)) &
		    (BLANK | V4 | V6 | SVNIC_META_GSO_ECN))
			return "other flags";
		return memcmp(got, c->frame, len) ? "other octets" : NULL;
	}
	if (flags_of(meta) & BLANK)
		return "still blank";
	if (memcmp(got, c->frame, at) ||
	    memcmp(got + at + 2, c->frame + at + 2, len - at - 2))
		return "other octets";
	/* What was there, all else, and the new sum. */
	if (segment_sum(c->frame + start, len - start, get(got + at, 2)) !=
	    0xffff)
		return "a wrong checksum";
	return get(got + at, 2) ? NULL : "no checksum, as UDP has it";
}

static const char *check_ip(const struct segment_check *c, const uint8_t *got,
			    uint32_t len)
{
	const uint8_t *was = c->frame + 14;
	const uint8_t *ip = got + 14;
	uint32_t l4 = svnic_cpu16(c->meta.csum_start);

	if (flags_of(&c->meta) & V6) {
		if (get(ip + 4, 2) != len - 54)
			return "a wrong payload length";
		return memcmp(ip, was, 4) || memcmp(ip + 6, was + 6, l4 - 20)
			       ? "another IPv6 header"
			       : NULL;
	}
	if (get(ip + 2, 2) != len - 14)
		return "a wrong total length";
	if (get(ip + 4, 2) != ((get(was + 4, 2) + c->nr) & 0xffff))
		return "a wrong identification";
	if (segment_sum(ip, l4 - 14, 0) != 0xffff)
		return "a wrong IPv4 checksum";
	return memcmp(ip, was, 2) || memcmp(ip + 6, was + 6, 4) ||
			       memcmp(ip + 12, was + 12, l4 - 26)
		       ? "another IPv4 header"
		       : NULL;
}

static const char *check_sum(const struct segment_check *c, const uint8_t *got,
			     uint32_t len, const struct svnic_meta *meta)
{
	uint32_t l4 = svnic_cpu16(c->meta.csum_start);
	bool is_v6 = flags_of(&c->meta) & V6;
	uint32_t pseudo = segment_sum(got + (is_v6 ? 22 : 26), is_v6 ? 32 : 8,
				      6 + len - l4);

	if (c->takes & BLANK) {
		if (!(flags_of(meta) & BLANK) ||
		    meta->csum_offset != c->meta.csum_offset)
			return "not blank";
		return get(got + l4 + 16, 2) % 0xffff == pseudo % 0xffff
			       ? NULL
			       : "a wrong pseudo-header's sum";
	}
	if (flags_of(meta) & BLANK)
		return "still blank";
	return segment_sum(got + l4, len - l4, pseudo) == 0xffff
		       ? NULL
		       : "a wrong TCP checksum";
}

static const char *check_segment(struct segment_check *c, const uint8_t *got,
				 uint32_t len, const struct svnic_meta *meta)
{
	uint32_t l4 = svnic_cpu16(c->meta.csum_start);
	uint32_t end = headers(c);
	uint32_t left = c->len - end - c->payload;
	uint32_t size = svnic_cpu16(c->meta.gso_size);
	const uint8_t *was = c->frame + l4;
	const uint8_t *tcp = got + l4;
	uint8_t flags = was[13];
	const char *wrong;

	if (len != end + (left < size ? left : size))
		return "another length";
	if (flags_of(meta) & (V4 | V6 | SVNIC_META_GSO_ECN) || meta->gso_size)
		return "still to be cut";
	if (memcmp(got, c->frame, 14))
		return "another Ethernet header";
	wrong = check_ip(c, got, len);
	if (wrong)
		return wrong;
	if (left > size)
		flags &= 0xf6; /* FIN, PSH */
	if (c->nr)
		flags &= 0x7f; /* CWR */
	if (get(tcp + 4, 4) != (uint32_t)(get(was + 4, 4) + c->payload))
		return "a wrong sequence number";
	if (tcp[13] != flags)
		return "wrong TCP flags";
	if (memcmp(tcp, was, 4) || memcmp(tcp + 8, was + 8, 5) ||
	    memcmp(tcp + 14, was + 14, 2) ||
	    memcmp(tcp + 18, was + 18, end - l4 - 18))
		return "another TCP header";
	if (memcmp(got + end, c->frame + end + c->payload, len - end))
		return "other payload";
	c->payload += len - end;
	return check_sum(c, got, len, meta);
}

const char *segment_check_next(struct segment_check *c, const uint8_t *got,
			       uint32_t len, const struct svnic_meta *meta)
{
	static uint8_t bare[SVNIC_FRAME_MAX + 4];
	bool is_beside = flags_of(meta) & SVNIC_META_VLAN;
	uint32_t start = svnic_cpu16(meta->csum_start);
	const char *wrong;

	if (len > sizeof(bare) || len < (c->is_tagged && !is_beside ? 18 : 14))
		return "its length";
	memcpy(bare, got, len);
	if (is_beside && (!c->is_tagged || !(c->takes & SVNIC_META_VLAN)))
		return "a tag beside it";
	if (is_beside && svnic_cpu16(meta->vlan_tci) != c->tci)
		return "another tag beside it";
	if (c->is_tagged && !is_beside) {
		if (get(got + 12, 2) != 0x8100 || get(got + 14, 2) != c->tci)
			return "no tag in it";
		memmove(bare + 12, got + 16, len - 16);
		len -= 4;
		start -= 4;
	}
	if (flags_of(meta) & BLANK && start != svnic_cpu16(c->meta.csum_start))
		return "another place of the checksum";
	if (is_cut(c))
		wrong = check_segment(c, bare, len, meta);
	else
		wrong = check_whole(c, bare, len, meta);
	c->nr++;
	return wrong;
}

bool segment_check_is_whole(const struct segment_check *c)
{
	return c->nr && (!is_cut(c) || c->payload == c->len - headers(c));
}
