/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See headers.h; the way to the headers is svnic/headers.h's.
 */
#include "netif/headers.h"

#include <string.h>

#define TCP_MIN	   20u
#define UDP_HEADER 8u

static void find_end(const uint8_t *frame, size_t linear, struct headers *h)
{
	size_t end = (size_t)h->l4 + UDP_HEADER;

	if (h->protocol == SVNIC_IP_TCP) {
		if (linear < h->l4 + TCP_MIN)
			return;
		end = h->l4 + (size_t)(frame[h->l4 + 12] >> 4) * 4;
		if (end < h->l4 + TCP_MIN)
			return;
	}
	if (end <= linear)
		h->end = (uint16_t)end;
}

bool headers_find(const uint8_t *frame, size_t linear, struct headers *h)
{
	struct svnic_headers s;

	memset(h, 0, sizeof(*h));
	if (linear > SVNIC_HEADERS_MAX)
		linear = SVNIC_HEADERS_MAX;
	if (!svnic_headers_find(frame, linear, &s))
		return false;
	h->l3 = s.l3;
	h->ip = s.ip;
	h->protocol = s.protocol;
	if (s.l4 && svnic_headers_csum(s.protocol) &&
	    s.l4 + UDP_HEADER <= linear) {
		h->l4 = s.l4;
		find_end(frame, linear, h);
	}
	return true;
}

void headers_pseudo(uint8_t *frame, const struct headers *h, uint32_t len)
{
	const uint8_t *from = frame + h->l3 + (h->ip == 4 ? 12 : 8);
	unsigned int words = h->ip == 4 ? 4 : 16;
	uint32_t sum = (len >> 16) + (len & 0xffff) + h->protocol;
	unsigned int i;

	for (i = 0; i < words; i++)
		sum += svnic_headers_be16(from + i * 2);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	headers_put16(frame + h->l4 + svnic_headers_csum(h->protocol),
		      (uint16_t)sum);
}
