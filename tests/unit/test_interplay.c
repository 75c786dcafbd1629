// SPDX-License-Identifier: GPL-2.0-only
/*
 * VIFs that work together against the others, or against the core: what one of
 * them does while another one's turn, parcel or half-sent frame is under way.
 */
#include "arena.h"
#include "core_fixture.h"

static uint8_t frame[SVNIC_FRAME_MAX];

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

#define TEST(f, s) cmocka_unit_test_setup_teardown(f, s, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(promises_stay_with_their_worker, setup_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
