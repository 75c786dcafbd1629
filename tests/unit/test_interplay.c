// SPDX-License-Identifier: GPL-2.0-only
/*
 * VIFs that work together against the others, or against the core: what one of
 * them does while another one's turn, parcel or half-sent frame is under way.
 */
#include "arena.h"
#include "core_fixture.h"

static uint8_t frame[SVNIC_FRAME_MAX];

static int setup(void **state)
{
	setenv("SVNIC_SIM_WORKERS", "1", 1);
	return fixture_setup(state);
}

/* VIFs 1 to 8 on workers 0 to 7, 9 on worker 0 again. */
static int setup_eight(void **state)
{
	setenv("SVNIC_SIM_WORKERS", "8", 1);
	return fixture_setup(state);
}

/* VIFs 1 and 2 on workers 0 and 1, 3 on worker 0 again, 4 on worker 1. */
static int setup_two(void **state)
{
	setenv("SVNIC_SIM_WORKERS", "2", 1);
	return fixture_setup(state);
}

static struct core *worker(struct fixture *f, unsigned int n)
{
	return core_worker(f->core, n);
}

static void send(struct fixture *f, unsigned int from, unsigned int to,
		 uint32_t len)
{
	fixture_frame(frame, len, to, from);
	sim_send(&f->guest[from], frame, len, SVNIC_PAGE_SIZE, NULL);
	sim_ring(&f->guest[from]);
}

static void destroy(struct fixture *f, unsigned int n)
{
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, n),
			 SVNIC_ST_OK);
}

/*
 * A VIF with a min_rate goes, and the next one in its place is on another
 * worker: whoever remembers the first keeps his hands off the second.
 */
static void promises_stay_with_their_worker(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(4);
	const struct vif *vif;

	c.min_rate = svnic_le32(1000);
	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_guest(f, 3);
	fixture_guest_with(f, 4, &c);
	send(f, 4, 99, 60);
	sim_settle(f->core);
	vif = vif_find(f->core, 0, 4);
	destroy(f, 3);
	destroy(f, 4);
	fixture_guest_with(f, 4, &c);
	assert_ptr_equal(vif_find(f->core, 0, 4), vif);
	assert_int_equal(vif->worker, 0);
	sim_ring(&f->guest[4]);
	send(f, 4, 99, 60);
	send(f, 2, 99, 60);
	core_poll(worker(f, 1));
	/* That of VIF 2. */
	assert_int_equal(worker(f, 1)->nr_out, 1);
	assert_false(arena_queue(f->core, vif->queue[0])->is_away);
	sim_settle(f->core);
	assert_int_equal(f->guest[4].tx.ctrl->tx_cons, 1);
	assert_int_equal(fixture_tx(f, 4, SVNIC_V_WIRE), 1);
}

/* A TCP frame to nobody's address, to be cut into segments of @size octets. */
static struct svnic_meta make_tcp(uint32_t len, uint16_t size)
{
	struct svnic_meta meta = {
		.flags = svnic_le16(SVNIC_META_CSUM_BLANK |
				    SVNIC_META_GSO_TCPV4),
		.csum_start = svnic_le16(34),
		.csum_offset = 16,
		.gso_size = svnic_le16(size),
	};

	fixture_frame(frame, len, 99, 1);
	memcpy(frame + 12, "\x08\x00\x45", 3);
	frame[14 + 6] = 0x40;
	frame[14 + 7] = 0;
	frame[14 + 9] = 6;
	frame[34 + 12] = 0x50;
	return meta;
}

static struct svnic_port_info port_info(struct fixture *f)
{
	struct svnic_port_info info;
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_PORT_QUERY,
		.addr = sim_payload_addr(),
		.len = sizeof(info),
	};

	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	memcpy(&info, sim_payload(&f->host[0]), sizeof(info));
	return info;
}

/* What the wire has of a frame is paid for, even if the rest never goes. */
static void segments_are_paid_as_they_go(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(1);
	struct svnic_meta meta;
	struct sim_guest *g;
	unsigned int i;

	c.rate = svnic_le64(1000000);
	c.burst = svnic_le32(20000);
	g = fixture_guest_with(f, 1, &c);
	sim_port(0)->takes = 0;
	sim_port(0)->is_sink = true;
	meta = make_tcp(60054, 250);
	for (i = 0; i < 20; i++) {
		sim_send(g, frame, 60054, SVNIC_PAGE_SIZE, &meta);
		sim_ring(g);
		sim_poll(f->core);
		assert_true(sim_queue_reset(g));
	}
	/* The burst, one frame more, and headers. */
	assert_in_range(port_info(f).tx_octets, 20000, 20000 + 60000 + 16000);
}

/* ... and what is paid for is not paid twice. */
static void segments_are_paid_once(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(1);
	struct svnic_meta meta;
	struct sim_guest *g;
	unsigned int ms;

	c.rate = svnic_le64(10000000);
	c.burst = svnic_le32(20000);
	g = fixture_guest_with(f, 1, &c);
	sim_port(0)->takes = 0;
	sim_port(0)->is_sink = true;
	meta = make_tcp(60054, 250);
	for (ms = 0; ms < 100; ms++) {
		assert_true(svnic_tx_return(&g->tx) >= 0);
		while (svnic_tx_space(&g->tx) >= 15)
			sim_send(g, frame, 60054, SVNIC_PAGE_SIZE, &meta);
		sim_ring(g);
		sim_sleep(1000000);
		sim_settle(f->core);
	}
	/* 1 MB, and the burst. */
	assert_in_range(fixture_stats(f, 1).tx_octets, 950000, 1150000);
}

/* A frame waits for a VIF; of the one behind it a part has gone already. */
static void a_part_that_went_is_not_sent_again(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta;
	struct sim_guest *g;
	unsigned int i;

	g = fixture_guest(f, 1);
	fixture_guest(f, 2);
	sim_port(0)->takes = 0;
	sim_port(0)->is_sink = true;
	for (i = 0; i < 33; i++) {
		fixture_frame(frame, 60, 2, 1);
		sim_send(g, frame, 60, SVNIC_PAGE_SIZE, NULL);
	}
	meta = make_tcp(30054, 100);
	sim_send(g, frame, 30054, SVNIC_PAGE_SIZE, &meta);
	sim_ring(g);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_DELIVERED), 32);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 1);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
	assert_int_equal(port_info(f).tx_frames, 300);
}

/* A frame that was overtaken cannot stay, but nor does it take all the time. */
static void an_overtaken_frame_has_an_end(void **state)
{
	struct fixture *f = *state;
	struct svnic_meta meta;
	struct sim_guest *g;

	fixture_guest(f, 1);
	g = fixture_guest(f, 2);
	fixture_guest(f, 3);
	fixture_guest(f, 4);
	sim_port(0)->takes = 0;
	sim_port(0)->is_sink = true;
	meta = make_tcp(12054, 1);
	frame[11] = 2;
	sim_send(g, frame, 12054, SVNIC_PAGE_SIZE, &meta);
	fixture_frame(frame, 60, 4, 2);
	sim_send(g, frame, 60, SVNIC_PAGE_SIZE, NULL);
	sim_ring(g);
	core_poll(worker(f, 1));
	core_poll(worker(f, 0));
	assert_in_range(port_info(f).tx_frames, 64, 256);
	sim_settle(f->core);
	fixture_expect(&f->guest[4], frame, 60);
	assert_int_equal(fixture_tx(f, 2, SVNIC_V_WIRE_FULL), 1);
	assert_in_range(port_info(f).tx_frames, 64, 256);
}

/* Group frames for many are done a few at a time, however small they are. */
static void copies_are_part_of_the_work(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = fixture_guest(f, 1);
	struct svnic_vif_config c;
	struct svnic_meta bad = { .flags = svnic_le16(SVNIC_META_FLAGS + 1) };
	unsigned int i;

	for (i = 2; i < 16; i++) {
		c = fixture_config(i);
		assert_int_equal(sim_vif_create(&f->host[0], i, &c),
				 SVNIC_ST_OK);
	}
	fixture_frame(frame, 60, 255, 1);
	for (i = 0; i < 30; i++)
		sim_send(g, frame, 60, SVNIC_PAGE_SIZE, NULL);
	sim_send(g, frame, 60, SVNIC_PAGE_SIZE, &bad);
	sim_ring(g);
	sim_poll(f->core);
	assert_in_range(svnic_peek32(&g->tx.ctrl->tx_cons), 1, 20);
	/* None is lost, and what is behind them counts when its turn comes. */
	assert_int_equal(fixture_stats(f, 1).faults, 0);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 30);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_BAD_CHAIN), 1);
	assert_int_equal(fixture_stats(f, 1).faults, 1);
}

/* Copies use a promise up, or it would be one of all the card's time. */
static void a_promise_is_used_up_by_copies(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(1);
	struct sim_guest *g;
	unsigned int i;

	c.min_rate = svnic_le32(1000);
	g = fixture_guest_with(f, 1, &c);
	fixture_guest(f, 2);
	for (i = 3; i < 16; i++) {
		c = fixture_config(i);
		assert_int_equal(sim_vif_create(&f->host[0], i, &c),
				 SVNIC_ST_OK);
	}
	fixture_frame(frame, 60, 255, 1);
	for (i = 0; i < 60; i++)
		sim_send(g, frame, 60, SVNIC_PAGE_SIZE, NULL);
	sim_ring(g);
	fixture_frame(frame, 60, 99, 2);
	for (i = 0; i < 60; i++)
		sim_send(&f->guest[2], frame, 60, SVNIC_PAGE_SIZE, NULL);
	sim_ring(&f->guest[2]);
	sim_poll(f->core);
	assert_in_range(svnic_peek32(&g->tx.ctrl->tx_cons), 9, 20);
	assert_int_equal(svnic_peek32(&f->guest[2].tx.ctrl->tx_cons), 60);
	/* For no longer than it could have been saved up. */
	sim_settle(f->core);
	sim_sleep(33000000);
	send(f, 1, 99, 60);
	send(f, 2, 99, 60);
	sim_poll(f->core);
	assert_int_equal(f->core->promised_ns, hal_clock_ns());
}

/* Who used too much waits for those whose frames are with other workers. */
static void a_debt_is_paid_while_frames_are_away(void **state)
{
	struct fixture *f = *state;
	struct vif *vif;
	unsigned int i;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_guest(f, 3);
	vif = vif_find(f->core, 0, 1);
	vif->deficit = -1000000;
	send(f, 1, 99, 60);
	for (i = 0; i < 10; i++) {
		send(f, 3, 2, 60);
		core_poll(worker(f, 0));
		assert_int_equal(f->guest[1].tx.ctrl->tx_cons, 0);
		core_poll(worker(f, 1));
	}
	assert_true(vif->deficit < -500000);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
}

/*
 * Each of a VIF's queues may have a burst under way before any is charged;
 * with thousands of copies of large frames that is more than 2^31.
 */
static void a_debt_does_not_wrap(void **state)
{
	struct fixture *f = *state;
	struct vif *vif;

	fixture_guest(f, 1);
	fixture_guest(f, 2);
	fixture_guest(f, 3);
	vif = vif_find(f->core, 0, 1);
	send(f, 1, 255, 1500);
	core_poll(worker(f, 0));
	assert_int_equal(worker(f, 0)->nr_out, 1);
	/* As if those before it had come home. */
	vif->deficit = INT32_MIN + 2000;
	core_poll(worker(f, 1));
	/* While others have work, it waits. */
	send(f, 3, 99, 60);
	core_poll(worker(f, 0));
	assert_true(vif->deficit < 0);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
}

/* Keep a ring full of small frames for a VIF that takes none. */
static void feed(struct sim_guest *g, unsigned int from, unsigned int to)
{
	assert_true(svnic_tx_return(&g->tx) >= 0);
	fixture_frame(frame, 60, to, from);
	while (svnic_tx_space(&g->tx))
		sim_send(g, frame, 60, SVNIC_PAGE_SIZE, NULL);
	sim_ring(g);
}

/* Many queues with frames for other workers leave the wire its parcels. */
static void senders_leave_the_wire_its_parcels(void **state)
{
	static struct sim_guest g[12];
	struct fixture *f = *state;
	struct svnic_vif_config c;
	unsigned int i;
	unsigned int k;

	for (i = 1; i <= 9; i++) {
		c = fixture_config(i);
		c.flags = svnic_le32(SVNIC_VIF_CLASS);
		assert_int_equal(sim_vif_create(&f->host[0], i, &c),
				 SVNIC_ST_OK);
	}
	for (i = 0; i < 12; i++)
		sim_guest_init(&g[i], &f->host[0], i < 6 ? 1 : 9, i % 6, 6);
	fixture_frame(frame, 60, 99, 98);
	for (i = 0; i < 100; i++)
		assert_true(sim_wire_push(0, frame, 60, NULL));
	for (k = 0; k < 100; k++) {
		for (i = 0; i < 12; i++)
			feed(&g[i], i < 6 ? 1 : 9, 2 + i % 7);
		core_poll(worker(f, 0));
		core_poll(worker(f, 1 + k % 7));
	}
	assert_in_range(arena_board(f->core)->port[0].info.rx_frames, 100, 100);
	assert_true(
		vif_find(f->core, 0, 1)->stats.tx_verdict[SVNIC_V_NOT_RUNNING] >
		1000);
}

/*
 * A ring full of frames for one that takes them one by one: each is looked at
 * once, not once for each that waits.
 */
static void frames_behind_are_looked_at_once(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = fixture_guest(f, 1);
	struct queue *q;
	unsigned int i;

	fixture_guest(f, 2);
	fixture_frame(frame, 1500, 2, 1);
	for (i = 0; i < 60; i++)
		sim_send(g, frame, 1500, SVNIC_PAGE_SIZE, NULL);
	sim_ring(g);
	sim_settle(f->core);
	assert_int_equal(svnic_peek32(&g->tx.ctrl->tx_cons), 32);
	q = arena_queue(f->core, vif_find(f->core, 0, 1)->queue[0]);
	assert_int_equal(q->scanned, 60);
	/* Another address, behind the next bursts: seen, nobody waited. */
	memset(sim_page(&f->host[0], g->first + g->tx_page + 58), 9, 6);
	for (i = 1; i <= 8; i++) {
		sim_provide(&f->guest[2], 1, FIXTURE_BUFFER);
		sim_ring(&f->guest[2]);
		sim_settle(f->core);
		assert_int_equal(svnic_peek32(&g->tx.ctrl->tx_cons), 32 + i);
	}
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NO_BUFFER), 0);
	/* A ring that begins anew is looked at anew. */
	assert_true(sim_queue_reset(g));
	assert_int_equal(q->scanned, 0);
}

static void go_away(unsigned int link, bool away)
{
	sim_link(link)->gone = SIM_BASE;
	sim_link(link)->gone_len = away ? sim_link(link)->size : 0;
}

/* A guest is not blamed for memory that goes while frames of it are away. */
static void nobody_is_blamed_for_a_link(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = fixture_guest(f, 1);
	unsigned int i;

	sim_provide(fixture_guest(f, 2), 16, FIXTURE_BUFFER);
	sim_ring(&f->guest[2]);
	fixture_frame(frame, 60, 2, 1);
	for (i = 0; i < 40; i++)
		sim_send(g, frame, 60, SVNIC_PAGE_SIZE, NULL);
	sim_ring(g);
	core_poll(worker(f, 0));
	assert_int_equal(worker(f, 0)->nr_out, 1);
	core_poll(worker(f, 1));
	go_away(0, true);
	for (i = 0; i < 4; i++)
		sim_poll(f->core);
	go_away(0, false);
	sim_settle(f->core);
	assert_int_equal(fixture_stats(f, 1).faults, 0);
	assert_int_equal(fixture_stats(f, 2).faults, 0);
	assert_int_equal(svnic_peek32(&g->tx.ctrl->tx_cons), 40);
}

/* Who cannot be served stands in nobody's way, and is served afterwards. */
static void a_link_that_is_away_has_no_turns(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(1);
	struct vif *vif;

	c.min_rate = svnic_le32(1000);
	fixture_guest_with(f, 1, &c);
	fixture_guest(f, 2);
	vif = vif_find(f->core, 0, 1);
	/* It rings, and then its link goes. */
	vif->deficit = -1000000;
	send(f, 1, 99, 60);
	send(f, 2, 99, 60);
	sim_poll(f->core);
	assert_int_equal(f->core->urgent.nr, 1);
	go_away(0, true);
	sim_poll(f->core);
	sim_poll(f->core);
	assert_int_equal(f->core->urgent.nr, 0);
	assert_int_equal(f->core->active.nr, 0);
	go_away(0, false);
	sim_settle(f->core);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_WIRE), 1);
	assert_int_equal(fixture_stats(f, 1).faults, 0);
}

#define TEST(f, s) cmocka_unit_test_setup_teardown(f, s, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(segments_are_paid_as_they_go, setup),
		TEST(segments_are_paid_once, setup),
		TEST(a_part_that_went_is_not_sent_again, setup_two),
		TEST(an_overtaken_frame_has_an_end, setup_two),
		TEST(copies_are_part_of_the_work, setup),
		TEST(a_debt_is_paid_while_frames_are_away, setup_two),
		TEST(a_debt_does_not_wrap, setup_two),
		TEST(senders_leave_the_wire_its_parcels, setup_eight),
		TEST(nobody_is_blamed_for_a_link, setup_two),
		TEST(a_link_that_is_away_has_no_turns, setup),
		TEST(frames_behind_are_looked_at_once, setup),
		TEST(a_promise_is_used_up_by_copies, setup),
		TEST(promises_stay_with_their_worker, setup_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
