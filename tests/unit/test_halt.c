// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done with a worker's VIFs while a halt is on, before that worker had a
 * round of its own since hosts' memory came or went.
 */
#include "arena.h"
#include "core_fixture.h"
#include "sim.h"

#define ANOTHER 0xa5

static uint8_t frame[2048];

static int setup_workers(void **state, const char *nr)
{
	struct fixture *f;

	setenv("SVNIC_SIM_WORKERS", nr, 1);
	fixture_setup(state);
	f = *state;
	fixture_guest(f, 1);
	fixture_guest(f, 2);
	return 0;
}

/* VIFs 1 and 2 on workers 0 and 1. */
static int setup(void **state)
{
	return setup_workers(state, "2");
}

static int setup_one(void **state)
{
	return setup_workers(state, "1");
}

/* A frame for VIF 2 is under way, and worker 0 halts the card. */
static void send_and_halt(struct fixture *f)
{
	fixture_frame(frame, 100, 2, 1);
	sim_send(&f->guest[1], frame, 100, SVNIC_PAGE_SIZE, NULL);
	sim_ring(&f->guest[1]);
	core_poll(f->core);
	assert_int_equal(f->core->nr_out, 1);
	assert_false(core_halt(f->core));
}

static void finish(struct fixture *f)
{
	unsigned int i;

	for (i = 0; i < 10 && !core_halt(f->core); i++)
		sim_poll(f->core);
	assert_true(i < 10);
}

/* The next core: one worker has seen that the host is there, one not yet. */
static void the_host_is_there_for_all(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(core_init(f->arena, f->arena_size, &f->config,
				   &f->core, &f->adopted),
			 0);
	assert_true(f->adopted);
	f->host[0].core = f->core;
	send_and_halt(f);
	finish(f);
	core_go(f->core);
	sim_settle(f->core);
	fixture_expect(&f->guest[2], frame, 100);
	assert_int_equal(fixture_tx(f, 1, SVNIC_V_NOT_RUNNING), 0);
}

/*
 * After a frame to VIF 2, @nr pages of VIF @n from @page on are not there any
 * more: they are another's.
 */
static void take_away(struct fixture *f, unsigned int n, uint32_t page,
		      uint32_t nr)
{
	fixture_frame(frame, 100, 2, 1);
	fixture_send(f, 1, frame, 100);
	fixture_expect(&f->guest[2], frame, 100);
	finish(f);
	page += f->guest[n].first;
	sim_link(0)->gone = sim_addr(page);
	sim_link(0)->gone_len = (uint64_t)nr * SVNIC_PAGE_SIZE;
	memset(sim_page(&f->host[0], page), ANOTHER, nr * SVNIC_PAGE_SIZE);
}

static void expect_untouched(struct fixture *f, unsigned int n, uint32_t page)
{
	const uint8_t *p = sim_page(&f->host[0], f->guest[n].first + page);
	unsigned int i;

	for (i = 0; i < SVNIC_PAGE_SIZE; i++)
		assert_int_equal(p[i], ANOTHER);
}

/* Memory that went away in one halt is not written in the next. */
static void memory_is_gone_for_all(void **state)
{
	struct fixture *f = *state;
	struct sim_guest *g = &f->guest[2];
	uint32_t fault;

	take_away(f, 2, g->rx_page, 8);
	core_go(f->core);
	send_and_halt(f);
	finish(f);
	assert_int_equal(sim_queue_state(g, &fault), SVNIC_QUEUE_FAULTED);
	assert_int_equal(fault, SVNIC_V_BAD_PAGE);
	expect_untouched(f, 2, g->rx_page + g->rx.done);
	core_go(f->core);
}

/* ... nor by a command about a queue whose worker had no round since. */
static void memory_is_gone_for_commands(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	take_away(f, 2, 0, 1);
	core_go(f->core);
	sim_submit(&f->host[0], SVNIC_OP_QUEUE_STOP, 2);
	for (i = 0; i < 3; i++)
		core_poll(f->core);
	assert_int_equal(vif_find(f->core, 0, 2)->queue[0], LIST_NONE);
	expect_untouched(f, 2, 0);
}

static void reset_at_once(struct fixture *f, unsigned int n)
{
	take_away(f, n, 0, 1);
	core_reg_write(f->core, 0, SVNIC_REG_CONTROL, SVNIC_CONTROL_RESET);
	assert_null(vif_find(f->core, 0, n));
	expect_untouched(f, n, 0);
	core_go(f->core);
}

/* ... nor by a reset that comes at once, ... */
static void memory_is_gone_for_a_reset(void **state)
{
	reset_at_once(*state, 2);
}

/* ... also with one worker. */
static void memory_is_gone_for_one(void **state)
{
	reset_at_once(*state, 1);
}

/*
 * The other worker is late to hear of the halt: so long guests are held up, and
 * three times that belongs to them before the next command.
 */
static void waiting_is_a_part_of_commands(void **state)
{
	struct fixture *f = *state;
	const struct admin_queue *a = &arena_link(f->core, 0)->admin;
	uint32_t head = a->head;
	unsigned int i;

	core_poll(core_worker(f->core, 1));
	sim_submit(&f->host[0], SVNIC_OP_VIF_DESTROY, 9);
	core_poll(f->core);
	assert_int_equal(a->head, head);
	sim_sleep(1000000);
	core_poll(core_worker(f->core, 1));
	core_poll(f->core);
	assert_int_equal(a->head, head + 1);
	sim_submit(&f->host[0], SVNIC_OP_VIF_DESTROY, 9);
	sim_settle(f->core);
	assert_int_equal(a->head, head + 1);
	sim_sleep(2999999);
	sim_settle(f->core);
	assert_int_equal(a->head, head + 1);
	sim_sleep(1);
	for (i = 0; i < 4; i++)
		sim_poll(f->core);
	assert_int_equal(a->head, head + 2);
	/* A worker that the machine keeps from hearing it is not their fault. */
	sim_submit(&f->host[0], SVNIC_OP_VIF_DESTROY, 9);
	core_poll(f->core);
	sim_sleep(1000000000);
	for (i = 0; i < 4; i++)
		sim_poll(f->core);
	assert_int_equal(a->head, head + 3);
	assert_in_range(f->core->commands_ns, 0, hal_clock_ns() + 15000000);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_host_is_there_for_all),
		TEST(memory_is_gone_for_all),
		TEST(memory_is_gone_for_commands),
		TEST(memory_is_gone_for_a_reset),
		TEST(waiting_is_a_part_of_commands),
		cmocka_unit_test_setup_teardown(memory_is_gone_for_one,
						setup_one, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
