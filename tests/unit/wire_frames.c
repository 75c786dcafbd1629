/* SPDX-License-Identifier: GPL-2.0-only */
/* See wire_frames.h. */
#include "wire_frames.h"

#include <string.h>
#include <unistd.h>

#define BLANK SVNIC_META_CSUM_BLANK
#define GSO   (BLANK | SVNIC_META_GSO_TCPV4)
#define L4    34u

const struct wire_pattern wire_patterns[WIRE_PATTERNS] = {
	{ "small", 0, 17, 60 },
	{ "full", 0, 17, 1514 },
	{ "tagged", VLAN, 17, 200 },
	{ "blank checksum", BLANK, 17, 300 },
	{ "blank checksum, tagged", BLANK | VLAN, 17, 301 },
	{ "two segments", GSO, 6, L4 + 20 + 2000 },
	{ "large", GSO, 6, 65535 },
	{ "large, tagged", GSO | VLAN, 6, 60000 },
};

uint8_t wire_octets[SVNIC_FRAME_MAX];

static uint16_t sum16(const uint8_t *p, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

void wire_frame_make(const struct wire_pattern *t, struct svnic_meta *m)
{
	static const uint8_t head[] = { 2, 0, 0, 0, 0, 1, 2,	0,
					0, 0, 0, 2, 8, 0, 0x45, 0 };
	uint32_t i, l4 = t->len - L4;
	uint8_t csum = t->proto == 6 ? 16 : 6;
	uint8_t *ip = wire_octets + 14, *tp = wire_octets + L4;

	for (i = 0; i < t->len; i++)
		wire_octets[i] = (uint8_t)(i * 7 + t->len);
	memcpy(wire_octets, head, sizeof(head));
	put16(ip + 2, t->len - 14);
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = t->proto;
	memcpy(ip + 12, "\x0a\0\0\1\x0a\0\0\2", 8);
	put16(ip + 10, 0);
	put16(ip + 10, ~sum16(ip, 20, 0) & 0xffffu);
	if (t->proto == 6) {
		tp[12] = 5 << 4;
		tp[13] = 0x10;
		put16(tp + 18, 0);
	} else {
		put16(tp + 4, l4);
	}
	/* The pseudo-header's sum, as every sender of a blank checksum does. */
	put16(tp + csum, sum16(ip + 12, 8, t->proto + l4));
	memset(m, 0, sizeof(*m));
	m->flags = svnic_le16(t->flags);
	if (t->flags & BLANK) {
		m->csum_start = svnic_le16(L4);
		m->csum_offset = csum;
	}
	if (t->flags & SVNIC_META_GSO_TCPV4)
		m->gso_size = svnic_le16(1448);
	if (t->flags & VLAN)
		m->vlan_tci = svnic_le16(0x2064);
}

void wire_await(struct wire *w, unsigned int up)
{
	struct svnic_port_info info = { 0 };
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		wire_info(w, &info);
		if (info.up == up)
			return;
		usleep(10000);
	}
	fail_msg("%s does not go %s", w->name, up ? "up" : "down");
}

void wire_open_as(struct wire *w, unsigned int port, const char *what)
{
	struct wire_config config;

	assert_true(wire_parse(what, &config));
	assert_int_equal(wire_open(w, port, &config, NULL), 0);
	wire_await(w, 1);
}
