/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The headers of a TCP frame that is cut into segments, for the firmware (a
 * wire that cannot) and the daemon (a guest that cannot).  Where the headers
 * are, and that they are those of TCP in IPv4 or IPv6, is the caller's to find
 * out; here they are only written.  Freestanding, without state.
 */
#ifndef SVNIC_SEGMENT_H
#define SVNIC_SEGMENT_H

#include <stdint.h>
#include <svnic/checksum.h>

#define SVNIC_TCP_FIN 0x01u
#define SVNIC_TCP_PSH 0x08u
#define SVNIC_TCP_CWR 0x80u

/* How a frame is cut. */
struct svnic_cut {
	uint16_t l3;	  /* octets before the IP header */
	uint16_t l4;	  /* ... before the TCP header */
	uint16_t end;	  /* ... before the payload */
	uint16_t size;	  /* payload of a segment, but the last */
	uint32_t payload; /* of all segments */
	uint32_t nr;	  /* segments, at least one */
	uint8_t ip;	  /* 4 or 6 */
};

/* The rest, when l3, l4, end and ip are set; @size is not 0. */
static inline void svnic_cut_plan(struct svnic_cut *c, uint32_t len,
				  uint16_t size)
{
	c->size = size;
	c->payload = len - c->end;
	c->nr = c->payload ? (c->payload + size - 1) / size : 1;
}

/* Payload octets of segment @i. */
static inline uint32_t svnic_cut_octets(const struct svnic_cut *c, uint32_t i)
{
	return i + 1 < c->nr ? c->size : c->payload - i * c->size;
}

static inline uint32_t svnic_cut_get(const uint8_t *p, unsigned int octets)
{
	uint32_t v = 0;

	while (octets--)
		v = v << 8 | *p++;
	return v;
}

static inline void svnic_cut_put(uint8_t *p, unsigned int octets, uint32_t v)
{
	for (; octets--; v >>= 8)
		p[octets] = (uint8_t)v;
}

static inline void svnic_cut_ip(const struct svnic_cut *c, uint8_t *ip,
				uint32_t i)
{
	uint32_t len = c->end - c->l3 + svnic_cut_octets(c, i);

	if (c->ip == 6) {
		svnic_cut_put(ip + 4, 2, len - 40);
		return;
	}
	svnic_cut_put(ip + 2, 2, len);
	svnic_cut_put(ip + 4, 2, svnic_cut_get(ip + 4, 2) + i);
	svnic_cut_put(ip + 10, 2, 0);
	svnic_sum_store(ip + 10, svnic_sum(ip, (ip[0] & 15u) * 4));
}

/* Of the addresses, the protocol and the length of segment @i. */
static inline uint64_t svnic_cut_pseudo(const struct svnic_cut *c,
					const uint8_t *ip, uint32_t i)
{
	uint8_t rest[8] = { 0, 0, 0, 0, 0, 0, 0, 6 };

	svnic_cut_put(rest, 4, c->end - c->l4 + svnic_cut_octets(c, i));
	return svnic_sum_add(svnic_sum(rest, sizeof(rest)),
			     c->ip == 4 ? svnic_sum(ip + 12, 8)
					: svnic_sum(ip + 8, 32));
}

/*
 * At @to, the headers of segment @i from @from, those of the frame: @c->end
 * octets.  In place of the TCP checksum stands the pseudo-header's sum.
 */
static inline void svnic_cut_headers(const struct svnic_cut *c,
				     const uint8_t *from, uint32_t i,
				     uint8_t *to)
{
	uint8_t *tcp = to + c->l4;
	uint16_t sum;

	__builtin_memcpy(to, from, c->end);
	svnic_cut_ip(c, to + c->l3, i);
	svnic_cut_put(tcp + 4, 4, svnic_cut_get(tcp + 4, 4) + i * c->size);
	if (i + 1 < c->nr)
		tcp[13] &= (uint8_t) ~(SVNIC_TCP_FIN | SVNIC_TCP_PSH);
	if (i > 0)
		tcp[13] &= (uint8_t)~SVNIC_TCP_CWR;
	sum = svnic_sum_fold(svnic_cut_pseudo(c, to + c->l3, i));
	__builtin_memcpy(tcp + 16, &sum, sizeof(sum));
}

/* Complete the checksum in such headers; @payload is the payload's sum. */
static inline void svnic_cut_complete(const struct svnic_cut *c, uint8_t *to,
				      uint64_t payload)
{
	uint8_t *tcp = to + c->l4;

	svnic_sum_store(tcp + 16,
			svnic_sum_add(payload, svnic_sum(tcp, c->end - c->l4)));
}

#endif /* SVNIC_SEGMENT_H */
