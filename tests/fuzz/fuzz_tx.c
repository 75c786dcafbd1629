// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's tx and rx rings under fuzzing.  Octet 0 of the input chooses how
 * much of it is forced into the possible, 1 and 2 are the indices, then come
 * 32 descriptors, 8 buffers and the octets of the first pages.  Whatever it
 * is, the neighbours go on, and the queue works again after a reset.
 */
#include <string.h>
#include "core_card.h"
#include "fuzz.h"

#define NR_DESC	  32u
#define NR_SEG	  8u
#define SHAPE_TX  1u /* pages and lengths that exist */
#define SHAPE_GSO 2u /* a TCP frame, not noise */
#define SHAPE_RX  4u

static void shape_seg(struct svnic_seg *seg, uint32_t first)
{
	seg->page = svnic_le32(first + svnic_cpu32(seg->page) % 4);
	seg->len = svnic_le16((uint16_t)(svnic_cpu16(seg->len) % 4096 + 1));
	seg->offset = svnic_le16((uint16_t)(svnic_cpu16(seg->offset) %
					    (4097 - svnic_cpu16(seg->len))));
}

static void write_tx(struct sim_guest *g, struct input *in, unsigned int shape)
{
	static const struct svnic_meta none;
	struct svnic_tx_desc d;
	unsigned int left = 0;
	unsigned int i;

	for (i = 0; i < NR_DESC; i++) {
		input_take(in, &d, sizeof(d));
		if (shape & SHAPE_TX) {
			shape_seg(&d.seg, g->tx_page);
			d.reserved = 0;
			d.meta.len = 0;
			d.meta.flags &= svnic_le16(SVNIC_META_FLAGS);
			if (left) {
				d.meta = none;
			} else {
				left = d.meta.segs % 22 + 1;
				d.meta.segs = (uint8_t)left;
			}
			left--;
		}
		g->tx.desc[i] = d;
	}
}

static void write_rx(struct sim_guest *g, struct input *in, unsigned int shape)
{
	struct svnic_seg seg;
	unsigned int i;

	for (i = 0; i < NR_SEG; i++) {
		input_take(in, &seg, sizeof(seg));
		if (shape & SHAPE_RX)
			shape_seg(&seg, g->rx_page);
		g->rx.seg[(g->rx.next + i) % g->rx.size] = seg;
	}
}

static void write_pages(struct sim_guest *g, struct input *in,
			unsigned int shape)
{
	static const uint8_t tcp[] = {
		2, 0, 0,    0, 0, 2, 2, 0, 0, 0, 0, 1,
		8, 0, 0x45, 0, 0, 0, 0, 0, 0, 0, 0, 6,
	};
	uint8_t *page;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		page = sim_page(g->host, g->first + g->tx_page + i);
		input_take(in, page, 160);
		if (shape & SHAPE_GSO)
			memcpy(page, tcp, sizeof(tcp));
	}
}

/* Frames of a neighbour use the buffers that it wrote. */
static void send_to(struct card *card)
{
	uint8_t frame[1000] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6 };
	unsigned int i;

	for (i = 0; i < 20; i++) {
		sim_send(&card->guest[2], frame, sizeof(frame), 4096, NULL);
		sim_ring(&card->guest[2]);
		sim_settle(card->core);
		sim_sleep(3000000);
		sim_settle(card->core);
		svnic_tx_return(&card->guest[2].tx);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t flags[] = { 0, 0, 0 };
	static const uint16_t vlan[] = { 0, 0, 0 };
	struct input in = { data, size };
	struct sim_guest *g;
	struct card card;
	uint8_t head[3];
	unsigned int i;

	card_init(&card, flags, vlan);
	g = &card.guest[1];
	input_take(&in, head, sizeof(head));
	write_tx(g, &in, head[0]);
	write_rx(g, &in, head[0]);
	write_pages(g, &in, head[0]);
	g->tx.next += head[0] & SHAPE_TX ? head[1] % (NR_DESC + 1) : head[1];
	g->rx.next += head[0] & SHAPE_RX ? head[2] % (NR_SEG + 1) : head[2];
	sim_ring(g);
	for (i = 0; i < 4; i++) {
		sim_settle(card.core);
		sim_sleep(3000000);
	}
	send_to(&card);
	card_check_neighbours(&card);
	card_check(sim_queue_reset(g), "the queue restarts");
	card_fini(&card);
	return 0;
}
