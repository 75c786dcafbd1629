// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where frames go: VIF to VIF, to many, to and from the wire, and to monitors.
 * VLANs are in test_vlan.c.
 */
#include "core_fixture.h"

static uint8_t frame[SVNIC_FRAME_MAX];
static uint8_t got[SVNIC_FRAME_MAX];

static void unicast_arrives_byte_exact(void **state)
{
	struct fixture *f = *state;
	uint32_t len;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	for (len = 14; len <= 1514; len += 100) {
		fixture_frame(frame, len, 2, 1);
		fixture_send(f, 1, frame, len);
		fixture_expect(&f->guest[2], frame, len);
		fixture_expect_none(&f->guest[2]);
		fixture_expect_none(&f->guest[1]);
	}
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 16);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_DELIVERED), 16);
	assert_int_equal(fixture_stats(f, 1).tx_frames, 16);
	assert_int_equal(fixture_stats(f, 2).rx_octets,
			 fixture_stats(f, 1).tx_octets);
	assert_null(sim_wire_peek(0));
}

/* The header cut at every octet (rule R06), and many tiny pieces (R07). */
static void header_may_be_cut_anywhere(void **state)
{
	struct fixture *f = *state;
	uint32_t piece;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	for (piece = 7; piece <= 140; piece++) {
		fixture_frame(frame, 140, 2, 1);
		sim_provide(&f->guest[2], 1, FIXTURE_BUFFER);
		sim_ring(&f->guest[2]);
		sim_send(&f->guest[1], frame, 140, piece, NULL);
		sim_ring(&f->guest[1]);
		sim_settle(f->core);
		svnic_tx_return(&f->guest[1].tx);
		fixture_expect(&f->guest[2], frame, 140);
	}
	fixture_frame(frame, 20, 2, 1);
	sim_send(&f->guest[1], frame, 20, 1, NULL);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	fixture_expect(&f->guest[2], frame, 20);
}

/* A TCP/IPv4 frame that is to be cut into segments. */
static struct svnic_meta make_gso(uint32_t len)
{
	struct svnic_meta meta = {
		.flags = SVNIC_META_CSUM_BLANK | SVNIC_META_GSO_TCPV4,
		.csum_start = 34,
		.csum_offset = 16,
		.gso_size = 1448,
	};

	fixture_frame(frame, len, 2, 1);
	memcpy(frame + 12, "\x08\x00\x45", 3);
	frame[14 + 9] = 6;
	frame[34 + 12] = 0x80;
	return meta;
}

static void gso_passes_whole(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta = make_gso(60000);

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	sim_send(&f->guest[1], frame, 60000, SVNIC_PAGE_SIZE, &meta);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(sim_receive(&f->guest[2], got, sizeof(got), &meta),
			 60000);
	assert_memory_equal(got, frame, 60000);
	assert_int_equal(meta.segs, 30);
	assert_int_equal(meta.flags, SVNIC_META_CSUM_BLANK |
					     SVNIC_META_GSO_TCPV4 |
					     SVNIC_META_CSUM_GOOD);
	assert_int_equal(meta.gso_size, 1448);
	assert_int_equal(meta.csum_start, 34);
	/* In all but the first completion only the length is set. */
	meta = (struct svnic_meta) { .len = FIXTURE_BUFFER };
	assert_memory_equal(&f->guest[2].rx.meta[1], &meta, sizeof(meta));
}

/* All completions of a frame at once: never a part of it. */
static void completions_come_together(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta = make_gso(60000);
	uint32_t before;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	before = f->guest[2].rx.ctrl->rx_done;
	sim_send(&f->guest[1], frame, 60000, SVNIC_PAGE_SIZE, &meta);
	sim_ring(&f->guest[1]);
	/* Three buffers are used first, so that not all fit. */
	fixture_frame(frame, 60, 2, 1);
	sim_settle(f->core);
	assert_int_equal(f->guest[2].rx.ctrl->rx_done - before, 30);
	make_gso(60000);
	meta.segs = 0;
	sim_send(&f->guest[1], frame, 60000, SVNIC_PAGE_SIZE, &meta);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(f->guest[2].rx.ctrl->rx_done - before, 30);
}

static void broadcast_reaches_the_segment(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config other = fixture_config(4);
	struct svnic_vif_config vlan = fixture_config(5);

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_guest(f, 3);
	other.segment = 1;
	vlan.vlan = 5;
	fixture_guest_with(f, 4, &other);
	fixture_guest_with(f, 5, &vlan);
	fixture_frame(frame, 100, 255, 1);
	fixture_send(f, 1, frame, 100);
	fixture_expect(&f->guest[2], frame, 100);
	fixture_expect(&f->guest[3], frame, 100);
	fixture_expect_none(&f->guest[1]);
	fixture_expect_none(&f->guest[4]);
	fixture_expect_none(&f->guest[5]);
	assert_int_equal(sim_wire_peek(0)->len, 100);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DUPLICATED), 2);
}

/* Nobody waits for one slow member of a group. */
static void group_frames_do_not_wait(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_guest(f, 3);
	fixture_frame(frame, 60, 2, 1);
	for (i = 0; i < 32; i++)
		fixture_send(f, 1, frame, 60);
	fixture_frame(frame, 60, 255, 1);
	fixture_send(f, 1, frame, 60);
	fixture_expect(&f->guest[3], frame, 60);
	assert_int_equal(fixture_rx(f, 2, SVNIC_V_NO_BUFFER), 1);
	assert_int_equal(fixture_stats(f, 1).tx_waited, 0);
}

static void unknown_goes_up_and_to_those_who_ask(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(3);

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	c.flags = SVNIC_VIF_UNKNOWN;
	fixture_guest_with(f, 3, &c);
	fixture_frame(frame, 80, 77, 1);
	fixture_send(f, 1, frame, 80);
	fixture_expect(&f->guest[3], frame, 80);
	fixture_expect_none(&f->guest[2]);
	assert_int_equal(sim_wire_peek(0)->len, 80);
	/* What is known goes to its owner only. */
	fixture_frame(frame, 80, 2, 1);
	fixture_send(f, 1, frame, 80);
	fixture_expect(&f->guest[2], frame, 80);
	fixture_expect_none(&f->guest[3]);
	/* No longer after VIF_SET. */
	c.flags = 0;
	assert_int_equal(sim_vif_set(&f->host[0], 3, &c), SVNIC_ST_OK);
	fixture_frame(frame, 80, 77, 1);
	fixture_send(f, 1, frame, 80);
	fixture_expect_none(&f->guest[3]);
}

/* A second queue pair of VIF @n, as the backend has for the slow path. */
static void open_slow(struct fixture *f, struct sim_guest *slow, unsigned int n)
{
	sim_guest_init(slow, &f->host[0], n, SVNIC_SLOW_QUEUE, FIXTURE_ORDER);
	sim_provide(slow, 32, FIXTURE_BUFFER);
	sim_ring(slow);
	sim_settle(f->core);
}

static void the_slow_queue_has_what_no_direct_one_takes(void **state)
{
	struct fixture *f = *state;
	struct sim_guest slow;
	uint32_t fault;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	open_slow(f, &slow, 2);
	fixture_frame(frame, 80, 2, 1);
	fixture_send(f, 1, frame, 80);
	fixture_expect(&f->guest[2], frame, 80);
	fixture_expect_none(&slow);
	/* Its direct queue is stopped by a fault: the next frame goes round. */
	f->guest[2].tx.next += 1000;
	sim_ring(&f->guest[2]);
	sim_settle(f->core);
	fixture_send(f, 1, frame, 80);
	fixture_expect(&slow, frame, 80);
	assert_int_equal(sim_queue_state(&f->guest[2], &fault),
			 SVNIC_QUEUE_FAULTED);
	/* And back, once it runs again. */
	assert_true(sim_queue_reset(&f->guest[2]));
	sim_provide(&f->guest[2], 8, FIXTURE_BUFFER);
	sim_ring(&f->guest[2]);
	fixture_send(f, 1, frame, 80);
	fixture_expect(&f->guest[2], frame, 80);
	/* Both may send. */
	fixture_frame(frame, 80, 1, 2);
	sim_send(&slow, frame, 80, 80, NULL);
	sim_ring(&slow);
	sim_settle(f->core);
	fixture_expect(&f->guest[1], frame, 80);
}

static void filter_adds_an_address(void **state)
{
	struct fixture *f = *state;
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 0x42 };

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_ADD, 2, mac),
			 SVNIC_ST_OK);
	fixture_frame(frame, 80, 0x42, 1);
	fixture_send(f, 1, frame, 80);
	fixture_expect(&f->guest[2], frame, 80);
	/* It may send from it, too; nobody else may. */
	fixture_frame(frame, 80, 1, 0x42);
	fixture_send(f, 2, frame, 80);
	fixture_expect(&f->guest[1], frame, 80);
	fixture_send(f, 1, frame, 80);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_SPOOFED_MAC), 1);
	assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_DEL, 2, mac),
			 SVNIC_ST_OK);
	fixture_frame(frame, 80, 0x42, 1);
	fixture_send(f, 1, frame, 80);
	fixture_expect_none(&f->guest[2]);
}

static void any_source_may_send_as_others(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(1);

	c.flags = SVNIC_VIF_ANY_SOURCE;
	fixture_guest_with(f, 1, &c);
	fixture_guest(f, 2);
	fixture_frame(frame, 80, 2, 99);
	fixture_send(f, 1, frame, 80);
	fixture_expect(&f->guest[2], frame, 80);
	/* A group address is nobody's source. */
	frame[6] |= 1;
	fixture_send(f, 1, frame, 80);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_SPOOFED_MAC), 1);
}

static uint64_t port_verdict(struct fixture *f, unsigned int v)
{
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_PORT_QUERY, 0),
			 SVNIC_ST_OK);
	return ((struct svnic_port_info *)sim_payload(&f->host[0]))
		->rx_verdict[v];
}

static void wire_verdicts_are_counted(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta blank = { .flags = SVNIC_META_CSUM_BLANK,
				    .csum_start = 2000 };
	const struct svnic_port_info *info;

	fixture_guest(f, 1);
	fixture_frame(frame, 1600, 1, 99);
	sim_wire_push(0, frame, 1514, NULL);
	sim_wire_push(0, frame, 1515, NULL);
	sim_wire_push(0, frame, 13, NULL);
	sim_wire_push(0, frame, 100, &blank);
	fixture_frame(frame, 100, 50, 99);
	sim_wire_push(0, frame, 100, NULL);
	memcpy(frame, "\x01\x80\xc2\x00\x00\x00", 6);
	sim_wire_push(0, frame, 100, NULL);
	sim_settle(f->core);
	assert_int_equal(port_verdict(f, SVNIC_V_DELIVERED), 1);
	assert_int_equal(port_verdict(f, SVNIC_V_OVERSIZE), 1);
	assert_int_equal(port_verdict(f, SVNIC_V_RUNT), 1);
	assert_int_equal(port_verdict(f, SVNIC_V_BAD_OFFLOAD), 1);
	assert_int_equal(port_verdict(f, SVNIC_V_NO_DESTINATION), 1);
	assert_int_equal(port_verdict(f, SVNIC_V_LINK_LOCAL), 1);
	info = sim_payload(&f->host[0]);
	assert_int_equal(info->rx_frames, 6);
	assert_int_equal(info->up, 1);
	assert_string_equal(info->name, "sim0");
	assert_int_equal(fixture_rx(f, 1, SVNIC_V_OVERSIZE), 1);
	assert_int_equal(fixture_rx(f, 1, SVNIC_V_DELIVERED), 1);
}

static void monitor_sees_both_directions(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = { .mtu = 68,
				      .flags = SVNIC_VIF_MONITOR,
				      .monitored = 1 };
	struct svnic_meta meta;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_guest_with(f, 3, &c);
	fixture_frame(frame, 1000, 2, 1);
	fixture_send(f, 1, frame, 1000);
	assert_int_equal(sim_receive(&f->guest[3], got, sizeof(got), &meta),
			 1000);
	assert_memory_equal(got, frame, 1000);
	assert_int_equal(meta.flags, SVNIC_META_MONITOR_TX);
	fixture_frame(frame, 900, 1, 2);
	fixture_send(f, 2, frame, 900);
	assert_int_equal(sim_receive(&f->guest[3], got, sizeof(got), &meta),
			 900);
	assert_int_equal(meta.flags, 0);
	fixture_expect_none(&f->guest[3]);
	/* It is no member of anything, and sends nothing. */
	fixture_frame(frame, 60, 255, 2);
	fixture_send(f, 2, frame, 60);
	assert_int_equal(sim_receive(&f->guest[3], got, sizeof(got), &meta),
			 60);
	fixture_expect_none(&f->guest[3]);
	fixture_frame(frame, 60, 1, 3);
	fixture_send(f, 3, frame, 60);
	assert_int_equal(fixture_tx(f, 3, SVNIC_V_DISABLED), 1);
	/* It outlives its VIF and sees nothing then. */
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 1),
			 SVNIC_ST_OK);
	fixture_frame(frame, 60, 255, 2);
	fixture_send(f, 2, frame, 60);
	fixture_expect_none(&f->guest[3]);
	/* Not even the next VIF of that number. */
	fixture_guest(f, 1);
	fixture_frame(frame, 60, 2, 1);
	fixture_send(f, 1, frame, 60);
	fixture_expect_none(&f->guest[3]);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 3),
			 SVNIC_ST_OK);
	fixture_guest_with(f, 3, &c);
	fixture_send(f, 1, frame, 60);
	assert_int_equal(sim_receive(&f->guest[3], got, sizeof(got), &meta),
			 60);
}

static void links_do_not_see_each_other(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(2);
	struct sim_guest *far = &f->guest[7];

	/* The same number on both links; frames do pass between the two. */
	fixture_guest(f, 1);
	assert_int_equal(sim_vif_create(&f->host[1], 1, &c), SVNIC_ST_OK);
	sim_guest_init(far, &f->host[1], 1, 0, FIXTURE_ORDER);
	sim_provide(far, 8, FIXTURE_BUFFER);
	sim_ring(far);
	fixture_frame(frame, 200, 2, 1);
	fixture_send(f, 1, frame, 200);
	fixture_expect(far, frame, 200);
	/* Link 1 cannot name what only link 0 has. */
	fixture_guest(f, 3);
	assert_int_equal(sim_vif_command(&f->host[1], SVNIC_OP_VIF_QUERY, 3),
			 SVNIC_ST_NO_VIF);
	assert_int_equal(sim_vif_command(&f->host[1], SVNIC_OP_VIF_DESTROY, 3),
			 SVNIC_ST_NO_VIF);
	assert_int_equal(sim_pages_map(&f->host[1], 3, 9, 9, 1),
			 SVNIC_ST_NO_VIF);
	c.flags = SVNIC_VIF_MONITOR;
	c.monitored = 3;
	assert_int_equal(sim_vif_create(&f->host[1], 4, &c), SVNIC_ST_NO_VIF);
	/* And its reset leaves link 0 alone. */
	core_link_reset(f->core, 1);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_LIST, 0),
			 SVNIC_ST_OK);
	assert_int_equal(f->host[0].result, 2);
	fixture_send(f, 1, frame, 200);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unicast_arrives_byte_exact),
		TEST(header_may_be_cut_anywhere),
		TEST(gso_passes_whole),
		TEST(completions_come_together),
		TEST(broadcast_reaches_the_segment),
		TEST(group_frames_do_not_wait),
		TEST(unknown_goes_up_and_to_those_who_ask),
		TEST(the_slow_queue_has_what_no_direct_one_takes),
		TEST(filter_adds_an_address),
		TEST(any_source_may_send_as_others),
		TEST(wire_verdicts_are_counted),
		TEST(monitor_sees_both_directions),
		TEST(links_do_not_see_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
