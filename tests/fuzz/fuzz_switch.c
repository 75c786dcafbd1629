// SPDX-License-Identifier: GPL-2.0-only
/*
 * The demultiplexer and all that a frame passes, beside a model: the input is a
 * row of commands and frames, as octets of which the first says what it is.
 * After each batch every copy, every counter and the order within each flow are
 * what model.c says.
 */
#include <string.h>
#include "fuzz.h"
#include "switch_card.h"

#define MAX_STEPS 400u

enum step {
	STEP_CREATE,
	STEP_SET,
	STEP_DESTROY,
	STEP_FILTER_ADD,
	STEP_FILTER_DEL,
	STEP_LIST,
	STEP_START,
	STEP_STOP,
	STEP_RESET,
	STEP_PROVIDE,
	STEP_WIRE,
	STEP_SLEEP,
	STEP_RESTART,
	STEP_LINK_RESET,
	STEP_FLUSH,
	STEP_FRAME /* and all above */
};

/* Addresses that meet each other, and some that nobody has. */
static void address(uint8_t *mac, unsigned int n)
{
	static const uint8_t special[6][6] = {
		{ 255, 255, 255, 255, 255, 255 },
		{ 1, 0, 0x5e, 0, 0, 1 },
		{ 1, 0x80, 0xc2, 0, 0, 3 },
		{ 1, 0x80, 0xc2, 0, 0, 16 },
		{ 0, 0, 0, 0, 0, 0 },
		{ 0x33, 0x33, 0, 0, 0, 1 },
	};

	n %= 16;
	if (n < 10)
		memcpy(mac, (uint8_t[6]) { 2, 0, 0, 0, 0, (uint8_t)n }, 6);
	else
		memcpy(mac, special[n - 10], 6);
}

static uint8_t octet(struct input *in)
{
	uint8_t v;

	input_take(in, &v, 1);
	return v;
}

static struct svnic_vif_config config(struct input *in)
{
	static const uint16_t mtus[8] = { 1500, 1500, 9000, 9216,
					  68,	9217, 1500, 576 };
	static const uint16_t vlans[8] = { 0, 0, 0, 7, 7, 9, 4094, 4095 };
	static const uint16_t storms[8] = { 0, 0, 0, 0, 0, 1, 100, 60000 };
	static const uint32_t rx_rates[8] = { 0, 0, 0, 0, 0, 0, 1, 50000 };
	uint8_t a = octet(in);
	uint8_t b = octet(in);
	uint8_t flags = octet(in);
	struct svnic_vif_config c = {
		.mtu = svnic_le16(mtus[a & 7]),
		.segment = svnic_le16(a & 0x18 ? 0 : 3),
		.vlan = svnic_le16(vlans[a >> 5]),
		.monitored = svnic_le16(b & 3),
		.storm = svnic_le16(storms[b >> 2 & 7]),
		.rx_rate = svnic_le32(rx_rates[b >> 5]),
		.min_rate = svnic_le32(flags & 0x80 ? 1000 : 0),
	};

	/* Each flag alone is likely, and their mixtures happen. */
	c.flags = svnic_le32((uint32_t)((flags & 0x1f) | (flags & 0x60u) << 3));
	address(c.mac, octet(in));
	return c;
}

static uint32_t length(struct input *in)
{
	uint8_t n = octet(in);
	uint8_t more = octet(in);

	switch (n & 7) {
	case 0:
		return 1u + more % 20;
	case 1:
		return 1500u - 10 + more % 40;
	case 2:
		return more * 256u + n;
	case 3:
		return 65540u + more % 20;
	case 4:
		return 9000u + more % 250;
	default:
		return 60u + more;
	}
}

/* Headers that something looks at; the rest is the input's own. */
static void write_headers(struct batch_frame *f, struct input *in)
{
	static const uint8_t tags[4][4] = { { 0x81, 0, 0x20, 7 },
					    { 0x81, 0, 0, 0 },
					    { 0x88, 0xa8, 0, 9 },
					    { 0x81, 0, 0x0f, 0xff } };
	static const uint8_t types[8][2] = { { 0x88, 0xb5 }, { 8, 0 },
					     { 8, 0 },	     { 0x86, 0xdd },
					     { 0x88, 8 },    { 8, 6 },
					     { 8, 0 },	     { 0x81, 0 } };
	uint8_t how = octet(in);
	uint8_t kind = octet(in);
	uint8_t *at = f->octet + 12;
	bool is_v6;

	address(f->octet, how & 15);
	address(f->octet + 6, how >> 4);
	if (kind & 0x80) {
		memcpy(at, tags[kind & 3], 4);
		at += 4;
	}
	if (kind & 0x40) {
		memcpy(at, tags[kind >> 2 & 3], 4);
		at += 4;
	}
	memcpy(at, types[kind >> 3 & 7], 2);
	at += 2;
	input_take(in, at, 4);
	/* An IP header with few or no options, and ports behind it. */
	is_v6 = types[kind >> 3 & 7][0] == 0x86;
	at[20] = at[40] = at[3];
	if (is_v6) {
		at[6] = kind & 2 ? 6 : 17;
		at[0] = 0x60;
	} else {
		at[6] = at[2] & 1 ? 0x20 : 0;
		at[7] = at[2] >> 1 & 1;
		at[9] = kind & 2 ? 6 : 17;
		at[0] = (uint8_t)(0x40 | (kind & 1 ? 5 : at[0] & 15));
	}
	at[32] = at[52] = 0x50;
	if (at[-1] == 6 && at[-2] == 8) {
		memcpy(at, "\0\1\x08\0\6\4\0", 7);
		at[7] = kind & 7;
		memcpy(at + 8, f->octet + 6, 6);
		memset(at + 14, kind & 1 ? 0 : (int)at[20], 4);
	}
}

static void write_meta(struct batch_frame *f, struct input *in)
{
	static const uint8_t starts[8] = { 34, 34, 54, 14, 13, 38, 255, 0 };
	uint8_t how = octet(in);
	struct svnic_meta *m = &f->meta;

	memset(m, 0, sizeof(*m));
	if (!(how & 1))
		return;
	m->flags = svnic_le16(octet(in));
	m->csum_start = svnic_le16(starts[how >> 1 & 7]);
	m->csum_offset = how & 0x10 ? 6 : 16;
	m->gso_size = svnic_le16(how & 0x20 ? 1448 : octet(in));
	m->vlan_tci =
		svnic_le16((uint16_t)(octet(in) << 8 | (how >> 6 & 1) * 7));
	/* The wire's driver says only what there is. */
	if (f->from == MODEL_WIRE)
		m->flags &= svnic_le16((uint16_t) ~(SVNIC_META_HASH_L4 |
						    SVNIC_META_MONITOR_TX));
}

static void step_frame(struct switch_card *c, struct input *in, uint8_t what)
{
	struct batch_frame *f = switch_next_frame(c);
	uint8_t from = octet(in);
	uint32_t i;

	if (!f) {
		switch_flush(c);
		f = switch_next_frame(c);
	}
	f->from = what == 255 ? MODEL_WIRE : from % MODEL_VIFS;
	f->queue = f->from == MODEL_WIRE ? 0 : from >> 3 & 3;
	f->len = length(in);
	memset(f->octet, (int)c->nr_frames, 160);
	for (i = 160; i < f->len; i += 512)
		f->octet[i] = (uint8_t)(i / 512 + c->nr_frames);
	write_headers(f, in);
	write_meta(f, in);
	f->piece = from & 0x40 ? f->len / SVNIC_MAX_SEGS + 1 : SVNIC_PAGE_SIZE;
	if (f->piece * SVNIC_MAX_SEGS < f->len || f->piece > SVNIC_PAGE_SIZE)
		f->piece = SVNIC_PAGE_SIZE;
	/* The same again, so that there are bursts. */
	for (i = from >> 7 ? octet(in) % 8 : 0; i; i--) {
		struct batch_frame *next = switch_next_frame(c);

		if (!next)
			break;
		memcpy(next, f, offsetof(struct batch_frame, octet) + f->len);
		if (f->len > 70)
			next->octet[70] = (uint8_t)i;
	}
}

static void step_rss(struct switch_card *c, struct input *in, unsigned int vif)
{
	struct svnic_rss rss = { 0 };
	unsigned int i;

	input_take(in, rss.key, 4);
	for (i = 4; i < sizeof(rss.key); i++)
		rss.key[i] = (uint8_t)(rss.key[i - 4] * 5 + i);
	for (i = 0; i < SVNIC_RSS_TABLE; i++)
		rss.table[i] = rss.key[i % 40] & 3;
	switch_rss(c, vif, &rss);
}

static void step_groups(struct switch_card *c, struct input *in,
			unsigned int vif)
{
	struct svnic_groups list = { 0 };
	uint8_t what = octet(in);
	unsigned int i;

	list.all = what == 255;
	list.nr = svnic_le16(list.all ? 0 : what & 3);
	for (i = 0; i < svnic_cpu16(list.nr); i++) {
		address(list.group[i].mac, 10 + (what >> (2 + 2 * i) & 3));
		list.group[i].mac[0] |= 1;
	}
	switch_groups(c, vif, &list);
}

/* Networks around the addresses that frames have. */
static void step_source(struct switch_card *c, struct input *in,
			unsigned int vif)
{
	static const uint8_t prefixes[8] = { 32, 32, 24, 9, 1, 0, 31, 128 };
	struct svnic_source list = { .nr = svnic_le16(octet(in) & 3) };
	unsigned int i;
	unsigned int bit;

	for (i = 0; i < svnic_cpu16(list.nr); i++) {
		struct svnic_address *a = &list.address[i];
		uint8_t how = octet(in);

		a->prefix = prefixes[how & 7];
		a->family = how & 8 || a->prefix > 32 ? 6 : 4;
		memset(a->addr, octet(in), sizeof(a->addr));
		if (how & 16)
			memcpy(a->addr, "\xfe\x80\0\0\0\0\0", 8);
		for (bit = a->prefix; bit < 128; bit++)
			a->addr[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	}
	switch_source(c, vif, &list);
}

static void step_list(struct switch_card *c, struct input *in, unsigned int vif)
{
	uint8_t what = octet(in) & 3;

	if (what == 2)
		step_groups(c, in, vif);
	else if (what == 3)
		step_source(c, in, vif);
	else
		step_rss(c, in, vif);
}

static void step_world(struct switch_card *c, struct input *in, enum step what)
{
	static const uint8_t wires[4] = { SVNIC_V_WIRE, SVNIC_V_WIRE,
					  SVNIC_V_WIRE_FULL,
					  SVNIC_V_WIRE_ERROR };
	uint8_t arg = octet(in);

	if (what == STEP_WIRE)
		switch_wire(c, wires[arg & 3]);
	else if (what == STEP_SLEEP)
		switch_sleep(c, 1ull << arg % 32);
	else if (what == STEP_RESTART && arg & 1)
		switch_restart(c);
	else if (what == STEP_LINK_RESET && (arg & 15) == 15)
		switch_link_reset(c, arg >> 7);
	else if (what == STEP_FLUSH)
		switch_flush(c);
}

static void step_vif(struct switch_card *c, struct input *in, enum step what,
		     unsigned int vif)
{
	struct svnic_vif_config cfg;
	uint8_t mac[6];

	switch (what) {
	case STEP_CREATE:
		cfg = config(in);
		switch_create(c, vif, &cfg);
		/* Most have a queue with buffers from the beginning. */
		switch_start(c, vif, 0);
		switch_provide(c, vif, 0, 40, 2048);
		break;
	case STEP_SET:
		cfg = config(in);
		if ((octet(in) & 1) && c->model.vif[vif].is_used)
			cfg.monitored = c->model.vif[vif].config.monitored;
		switch_set(c, vif, &cfg);
		break;
	case STEP_DESTROY:
		if (octet(in) & 1)
			switch_destroy(c, vif);
		break;
	case STEP_FILTER_ADD:
	case STEP_FILTER_DEL:
		address(mac, octet(in));
		switch_filter(c, vif, what == STEP_FILTER_ADD, mac);
		break;
	default:
		step_list(c, in, vif);
	}
}

static void step_queue(struct switch_card *c, struct input *in, enum step what,
		       unsigned int vif, unsigned int queue)
{
	uint8_t nr;

	if (what == STEP_START) {
		switch_start(c, vif, queue);
	} else if (what == STEP_STOP) {
		switch_stop(c, vif, queue);
	} else if (what == STEP_RESET) {
		switch_reset(c, vif, queue);
	} else {
		nr = octet(in);
		switch_provide(c, vif, queue, nr % 64,
			       (uint16_t)(nr & 0x80 ? 2048 + octet(in) * 8
						    : octet(in) + 1));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	static struct switch_card card;
	unsigned int i;

	switch_init(&card);
	for (i = 0; i < MAX_STEPS && in.size; i++) {
		uint8_t first = octet(&in);
		enum step what = first & 0x1f;
		unsigned int vif = first >> 5;

		if (what >= STEP_FRAME) {
			step_frame(&card, &in, first);
			continue;
		}
		/* A command may only end what is not under way. */
		if (card.nr_frames && what != STEP_FLUSH)
			switch_flush(&card);
		if (what >= STEP_WIRE)
			step_world(&card, &in, what);
		else if (what >= STEP_START)
			step_queue(&card, &in, what, vif, octet(&in) & 3);
		else
			step_vif(&card, &in, what, vif);
	}
	switch_flush(&card);
	switch_fini(&card);
	return 0;
}
