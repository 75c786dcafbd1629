// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every cell of the firmware's two life-cycle tables, and what the states look
 * like from outside.
 */
#include "core_fixture.h"
#include "vif.h"

/* What is meant; 0: there is no such transition. */
static const uint8_t vif_cells[VIF_STATE_NR][VIF_EV_NR] = {
	/* CREATE, CONFIGURE, QUEUE_FIRST, QUEUE_LAST, DESTROY */
	[0] = { 0, 0, 0, 0, 0 },
	[VIF_FREE] = { VIF_IDLE, 0, 0, 0, 0 },
	[VIF_IDLE] = { 0, VIF_IDLE, VIF_LIVE, 0, VIF_FREE },
	[VIF_LIVE] = { 0, VIF_LIVE, 0, VIF_IDLE, VIF_FREE },
};

static const uint8_t queue_cells[QUEUE_STATE_NR][QUEUE_EV_NR] = {
	/* START, STOP, FAULT, RESET */
	[0] = { 0, 0, 0, 0 },
	[QUEUE_STOPPED] = { QUEUE_RUNNING, 0, 0, 0 },
	[QUEUE_RUNNING] = { 0, QUEUE_STOPPED, QUEUE_FAULTED, QUEUE_RUNNING },
	[QUEUE_FAULTED] = { 0, QUEUE_STOPPED, 0, QUEUE_RUNNING },
};

static void every_cell_of_the_vif_table(void **state)
{
	unsigned int s;
	unsigned int ev;

	(void)state;
	for (s = 0; s < VIF_STATE_NR; s++) {
		for (ev = 0; ev < VIF_EV_NR; ev++)
			assert_int_equal(vif_next_state(s, ev),
					 vif_cells[s][ev]);
	}
}

static void every_cell_of_the_queue_table(void **state)
{
	unsigned int s;
	unsigned int ev;

	(void)state;
	for (s = 0; s < QUEUE_STATE_NR; s++) {
		for (ev = 0; ev < QUEUE_EV_NR; ev++)
			assert_int_equal(queue_next_state(s, ev),
					 queue_cells[s][ev]);
	}
}

static unsigned int command(struct fixture *f, unsigned int op)
{
	struct svnic_vif_config c = fixture_config(1);
	struct svnic_admin_cmd start = {
		.opcode = SVNIC_OP_QUEUE_START,
		.vif = 1,
		.arg.queue_config = { .tx_order = 6, .rx_order = 6 },
	};

	if (op == SVNIC_OP_VIF_CREATE)
		return sim_vif_create(&f->host[0], 1, &c);
	if (op == SVNIC_OP_VIF_SET)
		return sim_vif_set(&f->host[0], 1, &c);
	if (op == SVNIC_OP_QUEUE_START)
		return sim_admin(&f->host[0], &start);
	return sim_vif_command(&f->host[0], op, 1);
}

/* Bring VIF 1 into a state from outside. */
static void bring(struct fixture *f, enum vif_state state)
{
	if (state == VIF_FREE)
		return;
	assert_int_equal(command(f, SVNIC_OP_VIF_CREATE), SVNIC_ST_OK);
	assert_int_equal(sim_pages_map(&f->host[0], 1, 0, 100, 4), SVNIC_ST_OK);
	if (state == VIF_LIVE)
		assert_int_equal(command(f, SVNIC_OP_QUEUE_START), SVNIC_ST_OK);
}

/* Every command in every state: the expected status (rule R03). */
static const struct {
	unsigned int op;
	unsigned int status[VIF_STATE_NR];
} commands[] = {
	{ SVNIC_OP_VIF_CREATE,
	  { 0, SVNIC_ST_OK, SVNIC_ST_BUSY, SVNIC_ST_BUSY } },
	{ SVNIC_OP_VIF_SET, { 0, SVNIC_ST_NO_VIF, SVNIC_ST_OK, SVNIC_ST_OK } },
	{ SVNIC_OP_VIF_QUERY,
	  { 0, SVNIC_ST_NO_VIF, SVNIC_ST_OK, SVNIC_ST_OK } },
	{ SVNIC_OP_QUEUE_START,
	  { 0, SVNIC_ST_NO_VIF, SVNIC_ST_OK, SVNIC_ST_BUSY } },
	{ SVNIC_OP_QUEUE_STOP,
	  { 0, SVNIC_ST_NO_VIF, SVNIC_ST_NO_QUEUE, SVNIC_ST_OK } },
	{ SVNIC_OP_VIF_DESTROY,
	  { 0, SVNIC_ST_NO_VIF, SVNIC_ST_OK, SVNIC_ST_OK } },
};

static void every_command_in_every_state(void **state)
{
	unsigned int i;
	unsigned int s;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		for (s = VIF_FREE; s < VIF_STATE_NR; s++) {
			fixture_setup(state);
			bring(*state, s);
			assert_int_equal(command(*state, commands[i].op),
					 commands[i].status[s]);
			fixture_teardown(state);
		}
	}
}

/* Its first ring must differ from what is there, whatever the last one left. */
static void a_new_vif_finds_a_zeroed_doorbell(void **state)
{
	static const struct svnic_doorbell zero;
	struct fixture *f;
	struct sim_guest *g;

	fixture_setup(state);
	f = *state;
	g = fixture_guest(f, 1);
	memset(sim_guest_bell(g), 0x5a, sizeof(zero));
	assert_int_equal(command(f, SVNIC_OP_VIF_DESTROY), SVNIC_ST_OK);
	assert_int_equal(command(f, SVNIC_OP_VIF_CREATE), SVNIC_ST_OK);
	assert_memory_equal(sim_guest_bell(g), &zero, sizeof(zero));
	fixture_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_of_the_vif_table),
		cmocka_unit_test(every_cell_of_the_queue_table),
		cmocka_unit_test(every_command_in_every_state),
		cmocka_unit_test(a_new_vif_finds_a_zeroed_doorbell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
