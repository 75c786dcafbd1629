/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See offload.h.
 */
#include "netif/offload.h"

#include <string.h>

#define TAG_AT	  12u
#define TYPE_VLAN 0x8100u

void offload_tag(uint8_t *frame, uint32_t *len, uint16_t tci)
{
	memmove(frame + TAG_AT + 4, frame + TAG_AT, *len - TAG_AT);
	headers_put16(frame + TAG_AT, TYPE_VLAN);
	headers_put16(frame + TAG_AT + 2, tci);
	*len += 4;
}

bool offload_plan(const uint8_t *frame, uint32_t len, uint16_t size,
		  struct svnic_cut *cut)
{
	struct headers h;

	if (!size || !headers_find(frame, len, &h) || !h.end ||
	    h.protocol != SVNIC_IP_TCP || h.end >= len)
		return false;
	*cut = (struct svnic_cut) {
		.l3 = h.l3, .l4 = h.l4, .end = h.end, .ip = h.ip
	};
	svnic_cut_plan(cut, len, size);
	return true;
}

uint32_t offload_segment(const uint8_t *frame, const struct svnic_cut *cut,
			 uint32_t i, uint8_t *out)
{
	uint32_t n = svnic_cut_octets(cut, i);
	uint8_t *payload = out + cut->end;

	svnic_cut_headers(cut, frame, i, out);
	memcpy(payload, frame + cut->end + (size_t)i * cut->size, n);
	svnic_cut_complete(cut, out, svnic_sum(payload, n));
	return cut->end + n;
}
