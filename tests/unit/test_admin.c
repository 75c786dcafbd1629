// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every admin command, every status, and a host that gets it wrong.
 */
#include "core_fixture.h"

static void opcodes_outside_the_table(void **state)
{
	struct fixture *f = *state;
	static const uint16_t ops[] = { 0, SVNIC_OP_NR, 1000, 0xffff };
	struct svnic_admin_cmd cmd = { 0 };
	unsigned int i;

	for (i = 0; i < 4; i++) {
		cmd.opcode = ops[i];
		assert_int_equal(sim_admin(&f->host[0], &cmd),
				 SVNIC_ST_BAD_OPCODE);
	}
	cmd.opcode = SVNIC_OP_VIF_LIST;
	cmd.addr = sim_payload_addr();
	cmd.len = 511;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	cmd.len = 512;
	cmd.reserved = 1;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	cmd.reserved = 0;
	cmd.addr = 0x10;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_ADDRESS);
}

static unsigned int create(struct fixture *f, unsigned int vif,
			   struct svnic_vif_config c)
{
	return sim_vif_create(&f->host[0], vif, &c);
}

static void create_checks_each_field(void **state)
{
	struct fixture *f = *state;
	const struct svnic_vif_config good = fixture_config(1);
	struct svnic_vif_config c;

	c = good, c.mtu = 67;
	assert_int_equal(create(f, 1, c), SVNIC_ST_BAD_FIELD);
	c = good, c.mtu = 9217;
	assert_int_equal(create(f, 1, c), SVNIC_ST_BAD_FIELD);
	c = good, c.segment = 256;
	assert_int_equal(create(f, 1, c), SVNIC_ST_BAD_FIELD);
	c = good, c.vlan = 4095;
	assert_int_equal(create(f, 1, c), SVNIC_ST_BAD_FIELD);
	c = good, c.flags = 0x20;
	assert_int_equal(create(f, 1, c), SVNIC_ST_BAD_FIELD);
	c = good, c.flags = 0x400;
	assert_int_equal(create(f, 1, c), SVNIC_ST_BAD_FIELD);
	c = good, c.rate = 1000, c.burst = 1513;
	assert_int_equal(create(f, 1, c), SVNIC_ST_BAD_FIELD);
	c = good, c.mac[0] = 3;
	assert_int_equal(create(f, 1, c), SVNIC_ST_BAD_MAC);
	c = good, memset(c.mac, 0, 6);
	assert_int_equal(create(f, 1, c), SVNIC_ST_BAD_MAC);
	c = good, c.flags = SVNIC_VIF_MONITOR, c.monitored = 1;
	assert_int_equal(create(f, 2, c), SVNIC_ST_NO_VIF);
	assert_int_equal(create(f, SVNIC_MAX_VIFS, good), SVNIC_ST_BAD_FIELD);
	assert_int_equal(create(f, 4095, good), SVNIC_ST_OK);
	assert_int_equal(f->host[0].result, 4095);
	assert_int_equal(create(f, 4095, good), SVNIC_ST_BUSY);
	assert_int_equal(create(f, 1, good), SVNIC_ST_MAC_IN_USE);
	/* Elsewhere the same address is another one. */
	c = good, c.vlan = 3;
	assert_int_equal(create(f, SVNIC_VIF_NONE, c), SVNIC_ST_OK);
	assert_int_equal(f->host[0].result, 0);
	c = good, c.segment = 3;
	assert_int_equal(create(f, SVNIC_VIF_NONE, c), SVNIC_ST_OK);
	assert_int_equal(f->host[0].result, 1);
	c = good, c.flags = SVNIC_VIF_MONITOR, c.monitored = 1;
	assert_int_equal(create(f, 2, c), SVNIC_ST_OK);
	c.monitored = 2;
	assert_int_equal(create(f, 3, c), SVNIC_ST_BAD_FIELD);
}

static void limits_have_names(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c;
	struct svnic_admin_cmd cmd;
	uint8_t mac[6] = { 2, 9, 0, 0, 0, 0 };
	unsigned int i;

	for (i = 0; i < 16; i++) {
		c = fixture_config(i);
		assert_int_equal(create(f, i, c), SVNIC_ST_OK);
	}
	c = fixture_config(99);
	assert_int_equal(create(f, 99, c), SVNIC_ST_NO_VIFS);
	/* 64 chunks on the card: one page in each of 64 runs of 512. */
	for (i = 0; i < 64; i++)
		assert_int_equal(sim_pages_map(&f->host[0], i / 32,
					       i % 32 * 512, 100, 1),
				 SVNIC_ST_OK);
	assert_int_equal(sim_pages_map(&f->host[0], 5, 0, 100, 1),
			 SVNIC_ST_NO_PAGES);
	assert_int_equal(sim_pages_unmap(&f->host[0], 0, 0, 512),
			 SVNIC_ST_NOT_MAPPED);
	assert_int_equal(f->host[0].result, 1);
	assert_int_equal(sim_pages_map(&f->host[0], 5, 0, 100, 4), SVNIC_ST_OK);
	/* 64 filters of a VIF. */
	for (i = 0; i < 64; i++) {
		mac[5] = (uint8_t)i;
		assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_ADD, 1,
					    mac),
				 SVNIC_ST_OK);
	}
	mac[5] = 64;
	assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_ADD, 1, mac),
			 SVNIC_ST_NO_FILTERS);
	/* 32 queue pairs on the card: all of the area in four pages. */
	memset(&cmd, 0, sizeof(cmd));
	cmd.opcode = SVNIC_OP_QUEUE_START;
	cmd.vif = 5;
	cmd.arg.queue_config.tx_order = 5;
	cmd.arg.queue_config.rx_order = 5;
	for (i = 0; i < 16; i++) {
		cmd.queue = (uint16_t)i;
		assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	}
	cmd.queue = 16;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_DESTROY, 0),
			 SVNIC_ST_OK);
	cmd.vif = 6;
	assert_int_equal(sim_pages_map(&f->host[0], 6, 0, 100, 4), SVNIC_ST_OK);
	for (i = 0; i < 16; i++) {
		cmd.queue = (uint16_t)i;
		assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	}
	cmd.vif = 7;
	assert_int_equal(sim_pages_map(&f->host[0], 7, 0, 100, 4), SVNIC_ST_OK);
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_NO_QUEUES);
}

static void pages_are_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_PAGES_MAP,
		.vif = 1,
		.addr = sim_payload_addr(),
		.len = 32,
		.arg.pages = { .first = 10, .count = 4 },
	};
	__le64 *list = sim_payload(&f->host[0]);
	unsigned int i;

	assert_int_equal(create(f, 1, fixture_config(1)), SVNIC_ST_OK);
	for (i = 0; i < 4; i++)
		list[i] = sim_addr(100 + i);
	list[2] = 0x1000;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_ADDRESS);
	assert_int_equal(f->host[0].result, 2);
	list[2] = sim_addr(102) | 2;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_ADDRESS);
	assert_int_equal(sim_vif_query(&f->host[0], 1)->nr_pages, 0);
	for (i = 0; i < 4; i++)
		list[i] = sim_addr(100 + i);
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	assert_int_equal(sim_vif_query(&f->host[0], 1)->nr_pages, 4);
	for (i = 0; i < 4; i++)
		list[i] = sim_addr(100 + i);
	cmd.arg.pages.first = 13;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BUSY);
	assert_int_equal(f->host[0].result, 0);
	assert_int_equal(sim_vif_query(&f->host[0], 1)->nr_pages, 4);
	assert_int_equal(sim_pages_unmap(&f->host[0], 1, 10, 4), SVNIC_ST_OK);
	assert_int_equal(f->host[0].result, 4);
}

/* Offset and count in all pairs of corners (rule R05). */
static void page_ranges_do_not_overflow(void **state)
{
	static const uint32_t corner[] = {
		0, 1, 512, 513, 16383, 16384, 0x7fffffff, 0xffffffff
	};
	struct fixture *f = *state;
	unsigned int i;
	unsigned int k;
	bool good;

	assert_int_equal(create(f, 1, fixture_config(1)), SVNIC_ST_OK);
	for (i = 0; i < 8; i++) {
		for (k = 0; k < 8; k++) {
			struct svnic_admin_cmd cmd = {
				.opcode = SVNIC_OP_PAGES_MAP,
				.vif = 1,
				.addr = sim_payload_addr(),
				.len = 0xffffffff,
				.arg.pages = { corner[i], corner[k], { 0 } },
			};
			__le64 *list = sim_payload(&f->host[0]);
			unsigned int n;

			for (n = 0; n < 512; n++)
				list[n] = sim_addr(n);
			good = corner[k] >= 1 && corner[k] <= 512 &&
			       (uint64_t)corner[i] + corner[k] <= 16384;
			assert_int_equal(sim_admin(&f->host[0], &cmd),
					 good ? SVNIC_ST_OK
					      : SVNIC_ST_BAD_FIELD);
			cmd.opcode = SVNIC_OP_PAGES_UNMAP;
			assert_int_equal(sim_admin(&f->host[0], &cmd),
					 good ? SVNIC_ST_OK
					      : SVNIC_ST_BAD_FIELD);
		}
	}
}

/* A payload may lie across a page, and may end where memory does. */
static void payload_across_pages(void **state)
{
	struct fixture *f = *state;
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_VIF_QUERY,
		.vif = 1,
		.addr = sim_addr(50) - 300,
		.len = 880,
	};
	struct svnic_vif_info info;

	assert_int_equal(create(f, 1, fixture_config(1)), SVNIC_ST_OK);
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	memcpy(&info, (uint8_t *)sim_page(&f->host[0], 50) - 300, 880);
	assert_int_equal(info.config.mtu, 1500);
	assert_int_equal(f->host[0].result, 880);
	cmd.addr = SIM_BASE + sim_link(0)->size - 879;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_ADDRESS);
	cmd.addr = UINT64_MAX - 100;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_ADDRESS);
}

/* Four pages of VIF 1 that the card may only read. */
static unsigned int map_read_only(struct fixture *f, uint32_t first)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_PAGES_MAP,
		.vif = 1,
		.addr = sim_payload_addr(),
		.len = 32,
		.arg.pages = { .first = first, .count = 4 },
	};
	__le64 *list = sim_payload(&f->host[0]);
	unsigned int i;

	for (i = 0; i < 4; i++)
		list[i] = sim_addr(100 + i) | SVNIC_PAGE_READ_ONLY;
	return sim_admin(&f->host[0], &cmd);
}

static void queue_start_checks_its_area(void **state)
{
	struct fixture *f = *state;
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_QUEUE_START,
		.vif = 1,
		.arg.queue_config = { .tx_order = 6, .rx_order = 6 },
	};
	struct svnic_queue_config *c = &cmd.arg.queue_config;

	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_NO_VIF);
	assert_int_equal(create(f, 1, fixture_config(1)), SVNIC_ST_OK);
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_NOT_MAPPED);
	assert_int_equal(sim_pages_map(&f->host[0], 1, 0, 100, 4), SVNIC_ST_OK);
	c->tx_order = 4;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	c->tx_order = 13;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	c->tx_order = 6, c->rx_order = 255;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	c->rx_order = 6, c->reserved0 = 1;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	c->reserved0 = 0, c->reserved1[6] = 1;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	c->reserved1[6] = 0, c->base = 16381;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	c->base = 0xffffffff;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	c->base = 0;
	sim_link(0)->gone = sim_addr(102);
	sim_link(0)->gone_len = 10;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_ADDRESS);
	sim_link(0)->gone_len = 0;
	assert_int_equal(map_read_only(f, 50), SVNIC_ST_OK);
	c->base = 50;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	c->base = 0;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BUSY);
	cmd.opcode = SVNIC_OP_QUEUE_STOP;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_NO_QUEUE);
	cmd.queue = 16;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_NO_QUEUE);
}

static void event_ring_checks_its_size(void **state)
{
	struct fixture *f = *state;
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_EVENT_RING,
		.addr = sim_addr(100),
		.len = 4096 + 8 * 64,
	};

	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_OK);
	cmd.len = 4096 + 8 * 32;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	cmd.len = 4096 + 8 * 96;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	cmd.len = 4096 + 8 * 64 + 1;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	cmd.len = 4096 + 8 * 131072;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	cmd.len = 4095;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_FIELD);
	cmd.len = 4096 + 8 * 64;
	cmd.addr = 0;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_ADDRESS);
	cmd.addr = sim_addr(100) + 64;
	assert_int_equal(sim_admin(&f->host[0], &cmd), SVNIC_ST_BAD_ADDRESS);
}

static void set_changes_or_leaves_alone(void **state)
{
	struct fixture *f = *state;
	struct svnic_vif_config c = fixture_config(2);
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 3 };

	assert_int_equal(create(f, 1, fixture_config(1)), SVNIC_ST_OK);
	assert_int_equal(create(f, 2, fixture_config(2)), SVNIC_ST_OK);
	assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_ADD, 1, mac),
			 SVNIC_ST_OK);
	assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_ADD, 2, mac),
			 SVNIC_ST_MAC_IN_USE);
	assert_int_equal(sim_vif_set(&f->host[0], 1, &c), SVNIC_ST_MAC_IN_USE);
	assert_int_equal(sim_vif_query(&f->host[0], 1)->config.mac[5], 1);
	/* Into a VLAN where its filter is taken: nothing changes. */
	c = fixture_config(3);
	c.vlan = 9;
	assert_int_equal(create(f, 3, c), SVNIC_ST_OK);
	c = fixture_config(1);
	c.vlan = 9;
	assert_int_equal(sim_vif_set(&f->host[0], 1, &c), SVNIC_ST_MAC_IN_USE);
	assert_int_equal(sim_vif_query(&f->host[0], 1)->config.vlan, 0);
	assert_int_equal(create(f, 4, fixture_config(3)), SVNIC_ST_MAC_IN_USE);
	c.vlan = 10;
	assert_int_equal(sim_vif_set(&f->host[0], 1, &c), SVNIC_ST_OK);
	assert_int_equal(create(f, 4, fixture_config(3)), SVNIC_ST_OK);
	c.flags = SVNIC_VIF_MONITOR;
	c.monitored = 2;
	assert_int_equal(sim_vif_set(&f->host[0], 1, &c), SVNIC_ST_BAD_FIELD);
	assert_int_equal(sim_vif_set(&f->host[0], 9, &c), SVNIC_ST_NO_VIF);
	assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_DEL, 1,
				    (const uint8_t *)"\2\0\0\0\0\7"),
			 SVNIC_ST_BAD_FIELD);
	assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_ADD, 1,
				    (const uint8_t *)"\3\0\0\0\0\7"),
			 SVNIC_ST_BAD_MAC);
	assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_ADD, 77, mac),
			 SVNIC_ST_NO_VIF);
}

static void list_is_a_bitmap(void **state)
{
	struct fixture *f = *state;
	const uint8_t *map = sim_payload(&f->host[0]);

	assert_int_equal(create(f, 1, fixture_config(1)), SVNIC_ST_OK);
	assert_int_equal(create(f, 4095, fixture_config(2)), SVNIC_ST_OK);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_LIST, 0),
			 SVNIC_ST_OK);
	assert_int_equal(map[0], 2);
	assert_int_equal(map[511], 0x80);
	assert_int_equal(f->host[0].result, 2);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_PORT_QUERY, 0),
			 SVNIC_ST_OK);
}

/* Everything comes back: a thousand times the same, with all it can hold. */
static void nothing_leaks(void **state)
{
	struct fixture *f = *state;
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 77 };
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		f->host[0].next = 5;
		fixture_guest(f, 1);
		fixture_guest(f, 2);
		assert_int_equal(sim_filter(&f->host[0], SVNIC_OP_FILTER_ADD, 1,
					    mac),
				 SVNIC_ST_OK);
		assert_int_equal(sim_vif_command(&f->host[0],
						 SVNIC_OP_VIF_DESTROY, 1),
				 SVNIC_ST_OK);
		if (i % 2)
			assert_int_equal(sim_vif_command(&f->host[0],
							 SVNIC_OP_VIF_DESTROY,
							 2),
					 SVNIC_ST_OK);
		else
			sim_host_init(&f->host[0], f->core, 0);
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(opcodes_outside_the_table),
		TEST(create_checks_each_field),
		TEST(limits_have_names),
		TEST(pages_are_all_or_nothing),
		TEST(page_ranges_do_not_overflow),
		TEST(payload_across_pages),
		TEST(queue_start_checks_its_area),
		TEST(event_ring_checks_its_size),
		TEST(set_changes_or_leaves_alone),
		TEST(list_is_a_bitmap),
		TEST(nothing_leaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
