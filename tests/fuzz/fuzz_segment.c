// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames that are to be cut, from a hostile guest to a wire that cannot.  The
 * input: what the wire takes, how many frames at a time, octets of a piece, the
 * frame's length, 16 octets of metadata, then its octets; what is missing is
 * noise.  Whatever comes out is what a cable should carry of it, in order and
 * once, or nothing (rules R06, R07).
 */
#include <string.h>
#include "core_card.h"
#include "fuzz.h"
#include "segment_check.h"

#define MAX_FRAME 20000u
#define HEADERS	  256u /* octets that come from the input */

static uint8_t frame[MAX_FRAME];

/* An offload that makes sense, now and then. */
static void help(struct svnic_meta *m, uint8_t how)
{
	static const uint8_t v4[] = { 8, 0, 0x45 };
	static const uint8_t v6[] = { 0x86, 0xdd, 0x60 };

	if (!(how & 0x80))
		return;
	m->flags &= svnic_le16(
		(uint16_t) ~(SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6));
	m->flags |= svnic_le16(SVNIC_META_CSUM_BLANK);
	m->csum_offset = 16;
	if (how & 0x40) {
		memcpy(frame + 12, v6, sizeof(v6));
		m->flags |= svnic_le16(SVNIC_META_GSO_TCPV6);
		return;
	}
	memcpy(frame + 12, v4, 2);
	frame[14] = (uint8_t)(0x40 | (frame[14] & 15));
	frame[23] = 6;
	m->flags |= svnic_le16(SVNIC_META_GSO_TCPV4);
	m->csum_start = svnic_le16((uint16_t)(14 + (frame[14] & 15) * 4));
}

static uint32_t write_frame(struct input *in, struct svnic_meta *m)
{
	static const uint8_t macs[12] = { 2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1 };
	uint8_t how;
	uint16_t len;
	uint32_t i;

	input_take(in, &how, 1);
	input_take(in, &len, sizeof(len));
	input_take(in, m, sizeof(*m));
	m->len = 0;
	m->segs = 0;
	m->flags &= svnic_le16(SVNIC_META_CSUM_BLANK | SVNIC_META_GSO_TCPV4 |
			       SVNIC_META_GSO_TCPV6 | SVNIC_META_GSO_ECN |
			       SVNIC_META_VLAN);
	for (i = 0; i < MAX_FRAME; i++)
		frame[i] = (uint8_t)(i * 7 + i / 251);
	memcpy(frame, macs, sizeof(macs));
	input_take(in, frame + 12, in->size < HEADERS ? in->size : HEADERS);
	help(m, how);
	return 14 + len % (MAX_FRAME - 14);
}

/* The tag of an octet stream is taken out, as the card does. */
static uint32_t untag(struct segment_check *c, uint8_t *octets, uint32_t len)
{
	uint16_t flags = svnic_cpu16(c->meta.flags);
	uint16_t start = svnic_cpu16(c->meta.csum_start);

	c->tci = svnic_cpu16(c->meta.vlan_tci);
	c->is_tagged = flags & SVNIC_META_VLAN;
	if (!c->is_tagged && len >= 18 && octets[12] == 0x81 && !octets[13]) {
		c->is_tagged = true;
		c->tci = (uint16_t)(octets[14] << 8 | octets[15]);
		memmove(octets + 12, octets + 16, len - 16);
		len -= 4;
		c->meta.csum_start = svnic_le16((uint16_t)(start - 4));
	}
	c->meta.flags = svnic_le16(flags & (uint16_t)~SVNIC_META_VLAN);
	/* VLAN 0 is none, only a priority. */
	if (!(c->tci & 0xfff))
		c->is_tagged = false;
	return len;
}

static void drain(struct segment_check *c)
{
	const struct sim_frame *w;

	for (; (w = sim_wire_peek(0)); sim_wire_drop(0)) {
		const char *wrong =
			segment_check_next(c, w->data, w->len, &w->meta);

		card_check(!wrong, wrong);
	}
}

static void run(struct card *card, struct input *in)
{
	struct sim_guest *g = &card->guest[1];
	static uint8_t octets[MAX_FRAME];
	struct segment_check c = { .frame = octets };
	uint8_t takes, max, piece;
	const struct svnic_vif_info *info;
	uint32_t len, size;
	unsigned int i;

	input_take(in, &takes, 1);
	input_take(in, &max, 1);
	input_take(in, &piece, 1);
	len = write_frame(in, &c.meta);
	/* A port that cuts segments completes checksums, too. */
	c.takes = takes & (SVNIC_META_CSUM_BLANK | SVNIC_META_VLAN);
	sim_port(0)->takes = c.takes;
	sim_port(0)->from_card.max = 1 + max;
	size = len / SVNIC_MAX_SEGS + 1 + piece * 8u;
	sim_send(g, frame, len, size < 4096 ? size : 4096, &c.meta);
	memcpy(octets, frame, len);
	c.len = untag(&c, octets, len);
	sim_ring(g);
	for (i = 0; i < MAX_FRAME; i++) {
		sim_settle(card->core);
		if (!sim_wire_peek(0))
			break;
		drain(&c);
	}
	info = sim_vif_query(&card->host, 1);
	if (info->stats.tx_verdict[SVNIC_V_WIRE])
		card_check(segment_check_is_whole(&c), "all of the frame");
	else
		card_check(c.nr == 0, "nothing of what was refused");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t flags[] = { SVNIC_VIF_TRUNK, 0, 0 };
	static const uint16_t vlan[] = { 0, 0, 0 };
	struct input in = { data, size };
	struct card card;

	card_init(&card, flags, vlan);
	run(&card, &in);
	card_check_neighbours(&card);
	card_fini(&card);
	return 0;
}
