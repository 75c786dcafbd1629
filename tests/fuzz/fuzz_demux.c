// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of the wire and of a trunk under fuzzing.  VIF 1 is a trunk, VIF 2 in
 * VLAN 7, VIF 3 in none.  The input: octet 0 says from where and what is forced
 * into a tag, 16 octets are the metadata, the rest is the frame.  A VIF in an
 * access VLAN never gets a tag or a frame of another VLAN, and whoever gets a
 * frame gets its octets (rules R06, R53).
 */
#include <string.h>
#include "core_card.h"
#include "fuzz.h"

#define FROM_WIRE 1u
#define IN_BAND	  2u /* make the octets a tagged frame of VLAN 7 */
#define MAX_FRAME 3000u

struct sent {
	uint8_t frame[MAX_FRAME];
	uint32_t len;
	struct svnic_meta meta;
	bool from_wire;
};

static void make(struct sent *s, struct input *in)
{
	uint8_t how;

	input_take(in, &how, 1);
	input_take(in, &s->meta, sizeof(s->meta));
	s->len = in->size < MAX_FRAME ? (uint32_t)in->size : MAX_FRAME;
	input_take(in, s->frame, s->len);
	s->from_wire = how & FROM_WIRE;
	if ((how & IN_BAND) && s->len > 18)
		memcpy(s->frame + 12, "\x81\x00\x00\x07", 4);
	s->meta.len = 0;
	s->meta.segs = 0;
	s->meta.flags &= svnic_le16(SVNIC_META_FLAGS);
}

static void send(struct card *card, const struct sent *s)
{
	if (s->from_wire)
		sim_wire_push(0, s->frame, s->len, &s->meta);
	else if (s->len)
		sim_send(&card->guest[1], s->frame, s->len, 4096, &s->meta);
	sim_ring(&card->guest[1]);
	sim_settle(card->core);
}

/* The VLAN that a frame says it is in; -1: it is in none of 1 to 4094. */
static int vlan_of(const struct sent *s, bool *in_band)
{
	int vlan = 0;

	*in_band = false;
	if (svnic_cpu16(s->meta.flags) & SVNIC_META_VLAN) {
		vlan = svnic_cpu16(s->meta.vlan_tci) & 0xfff;
	} else if (s->len >= 18 && memcmp(s->frame + 12, "\x81\x00", 2) == 0) {
		vlan = (s->frame[14] << 8 | s->frame[15]) & 0xfff;
		*in_band = true;
	}
	return vlan > 4094 ? -1 : vlan;
}

static void check(struct card *card, const struct sent *s, unsigned int n,
		  int vlan)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	struct svnic_meta meta;
	bool in_band;
	int is = vlan_of(s, &in_band);
	uint32_t cut = in_band ? 4 : 0;
	uint32_t len = sim_receive(&card->guest[n], got, sizeof(got), &meta);

	if (!len)
		return;
	card_check(is == vlan, "a frame stays in its VLAN");
	card_check(!(svnic_cpu16(meta.flags) & SVNIC_META_VLAN),
		   "no tag in an access VLAN");
	card_check(len == s->len - cut, "all of the frame, and no more");
	card_check(memcmp(got, s->frame, 12) == 0 &&
			   memcmp(got + 12, s->frame + 12 + cut, len - 12) == 0,
		   "its octets");
	card_check(!sim_receive(&card->guest[n], got, sizeof(got), &meta),
		   "once");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t flags[] = { SVNIC_VIF_TRUNK, SVNIC_VIF_UNKNOWN,
					  SVNIC_VIF_UNKNOWN };
	static const uint16_t vlan[] = { 0, 7, 0 };
	struct input in = { data, size };
	static struct sent s;
	struct card card;

	card_init(&card, flags, vlan);
	make(&s, &in);
	send(&card, &s);
	check(&card, &s, 2, 7);
	check(&card, &s, 3, 0);
	card_fini(&card);
	return 0;
}
