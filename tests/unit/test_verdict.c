// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every verdict of abi.h is caused here and counted where it belongs; the last
 * test walks the list, so a new verdict without a cause fails (rule R59).
 */
#include "core_fixture.h"

static uint8_t frame[SVNIC_FRAME_MAX];

/* One frame from VIF 1 to @to, with @meta. */
static void send(struct fixture *f, uint32_t len, unsigned int to,
		 const struct svnic_meta *meta)
{
	fixture_frame(frame, len, to, 1);
	sim_send(&f->guest[1], frame, len, SVNIC_PAGE_SIZE, meta);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
}

/* Descriptor @d as it is, whatever it says. */
static void send_desc(struct fixture *f, const struct svnic_tx_desc *d)
{
	svnic_tx_provide(&f->guest[1].tx, d);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
}

static void assert_fault(struct fixture *f, unsigned int n, uint32_t verdict)
{
	uint32_t fault;

	assert_int_equal(sim_queue_state(&f->guest[n], &fault),
			 SVNIC_QUEUE_FAULTED);
	assert_int_equal(fault, verdict);
	assert_int_equal(fixture_stats(f, n).faults, 1);
}

static struct svnic_tx_desc good_desc(const struct fixture *f)
{
	struct svnic_tx_desc d = {
		.seg = { .page = f->guest[1].tx_page, .len = 60 },
		.meta = { .segs = 1 },
	};

	return d;
}

static void delivered(struct fixture *f)
{
	send(f, 60, 2, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 1);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_DELIVERED), 1);
}

static void wire(struct fixture *f)
{
	send(f, 60, 99, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
	assert_non_null(sim_wire_peek(0));
	assert_memory_equal(sim_wire_peek(0)->data, frame, 60);
}

static void no_destination(struct fixture *f)
{
	struct svnic_vif_config c = fixture_config(5);

	c.segment = 9; /* has no uplink */
	fixture_guest_with(f, 5, &c);
	fixture_frame(frame, 60, 2, 5);
	fixture_send(f, 5, frame, 60);
	assert_int_equal(fixture_tx(f, 5, SVNIC_V_NO_DESTINATION), 1);
	/* To itself is to nobody. */
	send(f, 60, 1, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_DESTINATION), 1);
}

static void spoofed_mac(struct fixture *f)
{
	fixture_frame(frame, 60, 2, 3);
	fixture_send(f, 1, frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_SPOOFED_MAC), 1);
	fixture_expect_none(&f->guest[2]);
}

static void spoofed_vlan(struct fixture *f)
{
	struct svnic_meta meta = { .flags = SVNIC_META_VLAN, .vlan_tci = 7 };

	send(f, 60, 2, &meta);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_SPOOFED_VLAN), 1);
	fixture_frame(frame, 60, 2, 1);
	memcpy(frame + 12, "\x81\x00\x00\x07\x08\x00", 6);
	fixture_send(f, 1, frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_SPOOFED_VLAN), 2);
	/* A priority tag with another tag behind it. */
	memcpy(frame + 12, "\x81\x00\x00\x00\x81\x00\x00\x07", 8);
	fixture_send(f, 1, frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_SPOOFED_VLAN), 3);
	memcpy(frame + 12, "\x88\xa8\x00\x07", 4);
	fixture_send(f, 1, frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_SPOOFED_VLAN), 4);
	fixture_expect_none(&f->guest[2]);
}

static void link_local(struct fixture *f)
{
	fixture_frame(frame, 60, 2, 1);
	memcpy(frame, "\x01\x80\xc2\x00\x00\x0e", 6);
	fixture_send(f, 1, frame, 60);
	fixture_frame(frame, 60, 2, 1);
	memcpy(frame + 12, "\x88\x08", 2);
	fixture_send(f, 1, frame, 60);
	/* Behind a priority tag, and behind two (rule R54). */
	memcpy(frame + 12, "\x81\x00\x00\x00\x88\x08", 6);
	fixture_send(f, 1, frame, 60);
	memcpy(frame + 12, "\x81\x00\x00\x00\x81\x00\x00\x07\x88\x08", 10);
	fixture_send(f, 1, frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_LINK_LOCAL), 4);
	fixture_expect_none(&f->guest[2]);
	assert_null(sim_wire_peek(0));
	/* The neighbours of the reserved addresses are ordinary groups. */
	fixture_frame(frame, 60, 2, 1);
	memcpy(frame, "\x01\x80\xc2\x00\x00\x10", 6);
	fixture_send(f, 1, frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_LINK_LOCAL), 4);
}

static void runt(struct fixture *f)
{
	struct svnic_tx_desc d = good_desc(f);

	d.seg.len = 13;
	send_desc(f, &d);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_RUNT), 1);
}

static void oversize(struct fixture *f)
{
	send(f, 1515, 2, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_OVERSIZE), 1);
	send(f, 1514, 2, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 1);
}

static void bad_offload(struct fixture *f)
{
	struct svnic_meta meta = {
		.flags = SVNIC_META_CSUM_BLANK,
		.csum_start = 50,
		.csum_offset = 9,
	};

	send(f, 60, 2, &meta);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_BAD_OFFLOAD), 1);
	fixture_expect_none(&f->guest[2]);
}

static void bad_page(struct fixture *f)
{
	struct svnic_tx_desc d = good_desc(f);

	d.seg.page = 9999;
	send_desc(f, &d);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_BAD_PAGE), 1);
	assert_fault(f, 1, SVNIC_V_BAD_PAGE);
}

static void bad_length(struct fixture *f)
{
	struct svnic_tx_desc d = good_desc(f);

	d.seg.offset = 4050;
	send_desc(f, &d);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_BAD_LENGTH), 1);
	assert_fault(f, 1, SVNIC_V_BAD_LENGTH);
}

static void bad_chain(struct fixture *f)
{
	struct svnic_tx_desc d = good_desc(f);

	d.meta.segs = 2;
	send_desc(f, &d);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_BAD_CHAIN), 1);
	assert_fault(f, 1, SVNIC_V_BAD_CHAIN);
}

static void bad_index(struct fixture *f)
{
	f->guest[1].tx.next += 65;
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_BAD_INDEX), 1);
	assert_fault(f, 1, SVNIC_V_BAD_INDEX);
}

static void bad_ring(struct fixture *f)
{
	struct svnic_tx_desc d = good_desc(f);

	/* The page of the tx descriptors. */
	assert_int_equal(sim_pages_unmap(&f->host[0], 1, 1, 1), SVNIC_ST_OK);
	send_desc(f, &d);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_BAD_RING), 1);
	assert_fault(f, 1, SVNIC_V_BAD_RING);
}

static void read_only(struct fixture *f)
{
	struct svnic_admin_cmd map = {
		.opcode = SVNIC_OP_PAGES_MAP,
		.vif = 2,
		.addr = sim_payload_addr(),
		.len = 8,
		.arg.pages = { .first = 5000, .count = 1 },
	};
	struct svnic_seg seg = { .page = 5000, .len = 2048 };

	*(__le64 *)sim_payload(&f->host[0]) =
		sim_addr(f->guest[2].first) | SVNIC_PAGE_READ_ONLY;
	assert_int_equal(sim_admin(&f->host[0], &map), SVNIC_ST_OK);
	assert_true(sim_queue_reset(&f->guest[2]));
	svnic_rx_provide(&f->guest[2].rx, &seg);
	sim_ring(&f->guest[2]);
	send(f, 60, 2, NULL);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_READ_ONLY), 1);
	assert_fault(f, 2, SVNIC_V_READ_ONLY);
	/* The sender did nothing wrong. */
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NOT_RUNNING), 1);
	assert_int_equal(fixture_stats(f, 1).faults, 0);
}

static void no_buffer(struct fixture *f)
{
	unsigned int i;

	for (i = 0; i < 33; i++)
		send(f, 60, 2, NULL);
	sim_sleep(3000000);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 32);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 1);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_NO_BUFFER), 1);
}

static void not_running(struct fixture *f)
{
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_QUEUE_STOP, 2),
			 SVNIC_ST_OK);
	send(f, 60, 2, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NOT_RUNNING), 1);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_NOT_RUNNING), 1);
}

static void disabled(struct fixture *f)
{
	struct svnic_vif_config c = fixture_config(2);

	c.flags = SVNIC_VIF_DISABLED;
	assert_int_equal(sim_vif_set(&f->host[0], 2, &c), SVNIC_ST_OK);
	send(f, 60, 2, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DISABLED), 1);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_DISABLED), 1);
	fixture_frame(frame, 60, 1, 2);
	fixture_send(f, 2, frame, 60);
	assert_int_equal(fixture_tx(f, 2, SVNIC_V_DISABLED), 1);
	fixture_expect_none(&f->guest[1]);
}

static void wire_full(struct fixture *f)
{
	sim_port(0)->from_card.max = 0;
	send(f, 60, 99, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE_FULL), 0);
	sim_sleep(3000000);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE_FULL), 1);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 1);
	/* Nobody waits for it again until it takes a frame. */
	send(f, 60, 99, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE_FULL), 2);
	sim_port(0)->from_card.max = SIM_WIRE_FRAMES;
	send(f, 60, 99, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
	/* Then it is waited for again. */
	sim_port(0)->from_card.max = 0;
	send(f, 60, 99, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE_FULL), 2);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 2);
}

static void wire_error(struct fixture *f)
{
	sim_port(0)->is_broken = true;
	send(f, 60, 99, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE_ERROR), 1);
}

static void monitor_lost(struct fixture *f)
{
	struct svnic_vif_config c = { .mtu = 1500,
				      .flags = SVNIC_VIF_MONITOR,
				      .monitored = 1 };

	assert_int_equal(sim_vif_create(&f->host[0], 6, &c), SVNIC_ST_OK);
	send(f, 60, 2, NULL);
	assert_int_equal(fixture_rx(f, 6, SVNIC_V_MONITOR_LOST), 1);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 1);
}

static void duplicated(struct fixture *f)
{
	fixture_guest(f, 3);
	fixture_guest(f, 4);
	send(f, 60, 255, NULL);
	/* Three VIFs and the wire. */
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DUPLICATED), 3);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
}

static void storm(struct fixture *f)
{
	struct svnic_vif_config c = fixture_config(1);
	unsigned int i;

	c.storm = 10;
	assert_int_equal(sim_vif_set(&f->host[0], 1, &c), SVNIC_ST_OK);
	for (i = 0; i < 20; i++)
		send(f, 60, 255, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_STORM), 4);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 16);
	/* One more each tenth of a second; others are not concerned. */
	sim_sleep(100000000);
	send(f, 60, 255, NULL);
	send(f, 60, 255, NULL);
	send(f, 60, 2, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_STORM), 5);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 1);
}

static void rx_rate(struct fixture *f)
{
	struct svnic_vif_config c = fixture_config(2);
	unsigned int i;

	c.rx_rate = 1000;
	assert_int_equal(sim_vif_set(&f->host[0], 2, &c), SVNIC_ST_OK);
	for (i = 0; i < 100; i++) {
		send(f, 1514, 2, NULL);
		if (f->guest[2].rx.ctrl->rx_done == f->guest[2].rx.done)
			continue;
		f->guest[2].rx.done++;
		sim_provide(&f->guest[2], 1, FIXTURE_BUFFER);
		sim_ring(&f->guest[2]);
	}
	/* 128 KiB at once, then a megabyte a second. */
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 87);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_RX_RATE), 13);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_RX_RATE), 13);
	sim_sleep(2000000);
	send(f, 60, 2, NULL);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 88);
}

static void spoofed_ip(struct fixture *f)
{
	static const struct svnic_source list = {
		.nr = 1,
		.address = { { { 10, 0, 0, 1 }, .prefix = 32, .family = 4 } },
	};

	assert_int_equal(sim_source_set(&f->host[0], 1, &list), SVNIC_ST_OK);
	fixture_frame(frame, 60, 2, 1);
	memcpy(frame + 12, "\x08\x00", 2);
	memcpy(frame + 26, "\x0a\x00\x00\x01", 4);
	fixture_send(f, 1, frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_SPOOFED_IP), 0);
	frame[29] = 2;
	fixture_send(f, 1, frame, 60);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_SPOOFED_IP), 1);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_DELIVERED), 1);
}

/* A fragment that says it is to be cut, for a wire that cannot. */
static void no_segments(struct fixture *f)
{
	const struct svnic_meta meta = {
		.flags = SVNIC_META_CSUM_BLANK | SVNIC_META_GSO_TCPV4,
		.csum_start = 34,
		.csum_offset = 16,
		.gso_size = 1448,
	};

	fixture_frame(frame, 5000, 99, 1);
	memcpy(frame + 12, "\x08\x00\x45", 3);
	memcpy(frame + 20, "\x20\x00", 2);
	frame[14 + 9] = 6;
	frame[34 + 12] = 0x50;
	sim_port(0)->takes = 0;
	sim_send(&f->guest[1], frame, 5000, SVNIC_PAGE_SIZE, &meta);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_SEGMENTS), 1);
	assert_null(sim_wire_peek(0));
}

static void (*const cause[SVNIC_V_NR])(struct fixture *f) = {
	[SVNIC_V_DELIVERED] = delivered,
	[SVNIC_V_WIRE] = wire,
	[SVNIC_V_NO_DESTINATION] = no_destination,
	[SVNIC_V_SPOOFED_MAC] = spoofed_mac,
	[SVNIC_V_SPOOFED_VLAN] = spoofed_vlan,
	[SVNIC_V_LINK_LOCAL] = link_local,
	[SVNIC_V_RUNT] = runt,
	[SVNIC_V_OVERSIZE] = oversize,
	[SVNIC_V_BAD_OFFLOAD] = bad_offload,
	[SVNIC_V_BAD_PAGE] = bad_page,
	[SVNIC_V_BAD_LENGTH] = bad_length,
	[SVNIC_V_BAD_CHAIN] = bad_chain,
	[SVNIC_V_BAD_INDEX] = bad_index,
	[SVNIC_V_BAD_RING] = bad_ring,
	[SVNIC_V_READ_ONLY] = read_only,
	[SVNIC_V_NO_BUFFER] = no_buffer,
	[SVNIC_V_NOT_RUNNING] = not_running,
	[SVNIC_V_DISABLED] = disabled,
	[SVNIC_V_WIRE_FULL] = wire_full,
	[SVNIC_V_WIRE_ERROR] = wire_error,
	[SVNIC_V_MONITOR_LOST] = monitor_lost,
	[SVNIC_V_DUPLICATED] = duplicated,
	[SVNIC_V_STORM] = storm,
	[SVNIC_V_RX_RATE] = rx_rate,
	[SVNIC_V_SPOOFED_IP] = spoofed_ip,
	[SVNIC_V_NO_SEGMENTS] = no_segments,
};

#define NAME_OF(nr, name, text) [nr] = #name,
static const char *const names[SVNIC_V_NR] = { SVNIC_VERDICTS(NAME_OF) };

static void every_verdict_is_counted(void **state)
{
	unsigned int v;

	for (v = 0; v < SVNIC_V_NR; v++) {
		print_message("  %s\n", names[v]);
		assert_non_null(cause[v]);
		fixture_setup(state);
		fixture_guest(*state, 1);
		fixture_guest(*state, 2);
		cause[v](*state);
		fixture_teardown(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
