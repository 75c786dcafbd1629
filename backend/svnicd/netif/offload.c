/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See offload.h.
 */
#include "netif/offload.h"

#include <string.h>

#include "checksum.h"

#define TAG_AT	  12u
#define TYPE_VLAN 0x8100u
#define TCP_FIN	  0x01u
#define TCP_PSH	  0x08u
#define TCP_CWR	  0x80u

void offload_tag(uint8_t *frame, uint32_t *len, uint16_t tci)
{
	memmove(frame + TAG_AT + 4, frame + TAG_AT, *len - TAG_AT);
	headers_put16(frame + TAG_AT, TYPE_VLAN);
	headers_put16(frame + TAG_AT + 2, tci);
	*len += 4;
}

bool offload_plan(const uint8_t *frame, uint32_t len, uint16_t size,
		  struct offload_cut *cut)
{
	if (!size || !headers_find(frame, len, &cut->h) || !cut->h.end ||
	    cut->h.protocol != HEADERS_TCP || cut->h.end >= len)
		return false;
	cut->payload = len - cut->h.end;
	cut->size = size;
	cut->nr = (cut->payload + size - 1) / size;
	return true;
}

static void fix_ip(uint8_t *out, const struct headers *h, uint32_t len,
		   uint32_t i)
{
	uint8_t *ip = out + h->l3;

	if (h->ip == 6) {
		headers_put16(ip + 4, (uint16_t)(len - h->l3 - 40));
		return;
	}
	headers_put16(ip + 2, (uint16_t)(len - h->l3));
	headers_put16(ip + 4, (uint16_t)(headers_be16(ip + 4) + i));
	headers_put16(ip + 10, 0);
	checksum_complete(ip, (size_t)(ip[0] & 15) * 4, 0, 10);
}

static void fix_tcp(uint8_t *out, const struct offload_cut *cut, uint32_t len,
		    uint32_t i)
{
	uint8_t *tcp = out + cut->h.l4;

	headers_put32(tcp + 4, headers_be32(tcp + 4) + i * cut->size);
	if (i + 1 < cut->nr)
		tcp[13] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
	if (i > 0)
		tcp[13] &= (uint8_t)~TCP_CWR;
	headers_pseudo(out, &cut->h, len - cut->h.l4);
	checksum_complete(out, len, cut->h.l4, headers_csum_offset(&cut->h));
}

uint32_t offload_segment(const uint8_t *frame, const struct offload_cut *cut,
			 uint32_t i, uint8_t *out)
{
	uint32_t from = i * cut->size;
	uint32_t n = cut->payload - from;
	uint32_t len;

	if (n > cut->size)
		n = cut->size;
	len = cut->h.end + n;
	memcpy(out, frame, cut->h.end);
	memcpy(out + cut->h.end, frame + cut->h.end + from, n);
	fix_ip(out, &cut->h, len, i);
	fix_tcp(out, cut, len, i);
	return len;
}
