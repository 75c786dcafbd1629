// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of a link and the admin queue that they point at, and a host
 * that gets them wrong.
 */
#include "core_fixture.h"

static uint32_t reg(struct fixture *f, unsigned int link, uint32_t r)
{
	return core_reg_read(f->core, link, r);
}

static void registers_tell_what_the_card_is(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(reg(f, 0, SVNIC_REG_MAGIC), SVNIC_MAGIC);
	assert_int_equal(reg(f, 0, SVNIC_REG_VERSION), SVNIC_ABI_VERSION);
	assert_true(reg(f, 0, SVNIC_REG_FEATURES) & SVNIC_F_GSO);
	assert_int_equal(reg(f, 0, SVNIC_REG_STATUS), SVNIC_STATUS_READY);
	assert_int_equal(reg(f, 1, SVNIC_REG_LINK), 1);
	assert_int_equal(reg(f, 1, SVNIC_REG_PORTS), 1);
	assert_int_equal(reg(f, 1, SVNIC_REG_MAX_VIFS), 16);
	assert_int_equal(reg(f, 0, SVNIC_REG_MAC_LO), 0x00565302);
	assert_int_equal(reg(f, 0, SVNIC_REG_MAC_HI), 0xff00);
	assert_int_equal(reg(f, 1, SVNIC_REG_MAC_HI), 0x0001);
	assert_int_equal(reg(f, 0, 0x7ffc), 0);
	assert_int_equal(reg(f, 0, 0x102), 0);
	assert_int_equal(reg(f, 5, SVNIC_REG_MAGIC), 0);
	core_reg_write(f->core, 5, SVNIC_REG_CONTROL, SVNIC_CONTROL_RESET);
	core_reg_write(f->core, 0, SVNIC_REG_MAGIC, 0);
	assert_int_equal(reg(f, 0, SVNIC_REG_MAGIC), SVNIC_MAGIC);
}

static void impossible_tail_stops_the_queue(void **state)
{
	struct fixture *f = *state;
	uint32_t tail = reg(f, 0, SVNIC_REG_SQ_TAIL);

	fixture_guest(f, 1);
	tail = reg(f, 0, SVNIC_REG_SQ_TAIL);
	core_reg_write(f->core, 0, SVNIC_REG_SQ_TAIL, tail + 65);
	sim_settle(f->core);
	assert_int_equal(reg(f, 0, SVNIC_REG_STATUS), SVNIC_STATUS_FAULT);
	core_reg_write(f->core, 0, SVNIC_REG_SQ_TAIL, tail);
	core_reg_write(f->core, 0, SVNIC_REG_CONTROL, SVNIC_CONTROL_ENABLE);
	sim_settle(f->core);
	assert_int_equal(reg(f, 0, SVNIC_REG_STATUS), SVNIC_STATUS_FAULT);
	/* The other link goes on; a reset brings this one back, empty. */
	assert_int_equal(sim_vif_command(&f->host[1], SVNIC_OP_VIF_LIST, 0),
			 SVNIC_ST_OK);
	sim_host_init(&f->host[0], f->core, 0);
	assert_int_equal(reg(f, 0, SVNIC_REG_STATUS), SVNIC_STATUS_READY);
	assert_int_equal(sim_vif_command(&f->host[0], SVNIC_OP_VIF_LIST, 0),
			 SVNIC_ST_OK);
	assert_int_equal(f->host[0].result, 0);
}

static void queues_outside_of_memory(void **state)
{
	struct fixture *f = *state;
	uint32_t epoch = reg(f, 0, SVNIC_REG_EPOCH);

	core_reg_write(f->core, 0, SVNIC_REG_CONTROL, SVNIC_CONTROL_RESET);
	assert_int_equal(reg(f, 0, SVNIC_REG_STATUS), 0);
	assert_int_not_equal(reg(f, 0, SVNIC_REG_EPOCH), epoch);
	core_reg_write(f->core, 0, SVNIC_REG_SQ_LO, 0x1000);
	core_reg_write(f->core, 0, SVNIC_REG_SQ_HI, 0xffffffff);
	core_reg_write(f->core, 0, SVNIC_REG_CONTROL, SVNIC_CONTROL_ENABLE);
	assert_int_equal(reg(f, 0, SVNIC_REG_STATUS), SVNIC_STATUS_FAULT);
	assert_int_equal(reg(f, 0, SVNIC_REG_SQ_HI), 0xffffffff);
	/* While it is enabled, its addresses do not move. */
	core_reg_write(f->core, 1, SVNIC_REG_SQ_LO, 0x7000);
	core_reg_write(f->core, 1, SVNIC_REG_CQ_LO, 0x7000);
	assert_int_equal(reg(f, 1, SVNIC_REG_SQ_LO), (uint32_t)sim_addr(0));
	assert_int_equal(reg(f, 1, SVNIC_REG_CQ_LO), (uint32_t)sim_addr(1));
}

static void sixty_four_outstanding(void **state)
{
	struct fixture *f = *state;
	struct svnic_admin_cmd *sq = sim_page(&f->host[0], 0);
	const struct svnic_admin_cpl *cq = sim_page(&f->host[0], 1);
	uint32_t tail = f->host[0].tail;
	unsigned int irqs = sim_link(0)->irqs[SVNIC_VECTOR_ADMIN];
	uint32_t i;

	for (i = 0; i < 64; i++)
		sq[(tail + i) % 64] = (struct svnic_admin_cmd) {
			.opcode = 77,
			.id = (uint16_t)(500 + i),
		};
	core_reg_write(f->core, 0, SVNIC_REG_SQ_TAIL, tail + 64);
	sim_settle(f->core);
	for (i = 0; i < 64; i++) {
		assert_int_equal(cq[(tail + i) % 64].seq, tail + i + 1);
		assert_int_equal(cq[(tail + i) % 64].id, 500 + i);
		assert_int_equal(cq[(tail + i) % 64].status,
				 SVNIC_ST_BAD_OPCODE);
	}
	assert_true(sim_link(0)->irqs[SVNIC_VECTOR_ADMIN] > irqs);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(registers_tell_what_the_card_is),
		TEST(impossible_tail_stops_the_queue),
		TEST(queues_outside_of_memory),
		TEST(sixty_four_outstanding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
