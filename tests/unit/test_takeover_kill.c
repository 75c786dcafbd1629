/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A core that is killed at any time while guests send and the host gives
 * commands, and another one that takes its arena over.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena_check.h"
#include "takeover_scenes.h"

#define KILLS 200u
#ifndef BUDGET_NS
#define BUDGET_NS 7000000000ull
#endif

static uint8_t frame[2048];

static pid_t start_core(struct takeover_world *w)
{
	pid_t pid = fork();
	uint32_t tail;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	take_over(&w->f);
	for (;;) {
		tail = w->box->tail;
		core_reg_write(w->f.core, 0, SVNIC_REG_SQ_TAIL, tail);
		sim_poll(w->f.core);
	}
}

struct load {
	unsigned int admin; /* commands given */
	unsigned int sent;
	unsigned int got;
	unsigned int kills;
};

static void receive_all(struct takeover_world *w, unsigned int n,
			struct load *l)
{
	static uint8_t got[SVNIC_FRAME_MAX], want[2048];
	struct sim_guest *g = &w->f.guest[n];
	struct svnic_meta meta;
	uint32_t len;

	while ((len = sim_receive(g, got, sizeof(got), &meta)) != 0) {
		assert_true(len >= 60 && len < 1100);
		fixture_frame(want, len, n, 3 - n);
		assert_memory_equal(got, want, len);
		l->got++;
	}
	sim_provide(g, 32, FIXTURE_BUFFER);
}

static void send_some(struct takeover_world *w, unsigned int n, struct load *l)
{
	struct sim_guest *g = &w->f.guest[n];
	uint32_t len = 60 + (uint32_t)rand() % 1000;

	while (svnic_tx_return(&g->tx) > 0)
		;
	while (svnic_tx_space(&g->tx) > 8) {
		fixture_frame(frame, len, 3 - n, n);
		sim_send(g, frame, len, 200, NULL);
		l->sent++;
	}
	sim_ring(g);
}

/* The next command, once the one before is answered, and answered well. */
static void command_some(struct takeover_world *w, struct load *l)
{
	static void (*const round[])(struct takeover_world *) = {
		scene_create,	  scene_map,   scene_filter_add, scene_set,
		scene_filter_add, scene_unmap, scene_destroy,
	};
	static const unsigned int status[] = {
		0, 0, 0, 0, SVNIC_ST_MAC_IN_USE, 0, 0,
	};
	const size_t nr = sizeof(round) / sizeof(round[0]);
	struct sim_host *h = &w->f.host[0];
	const struct svnic_admin_cpl *cq = sim_page(h, 1);
	uint32_t slot = (h->tail - 1) % SVNIC_ADMIN_ENTRIES;
	struct svnic_admin_cmd *sq = sim_page(h, 0);

	/* Pairs with answer() in core/admin.c (ordering.md O8). */
	if (svnic_observe32(&cq[slot].seq) != h->tail)
		return;
	if (l->admin) {
		assert_int_equal(cq[slot].id, (uint16_t)((h->tail - 1) * 7));
		assert_int_equal(cq[slot].status, status[(l->admin - 1) % nr]);
	}
	round[l->admin % nr](w);
	slot = (h->tail - 1) % SVNIC_ADMIN_ENTRIES;
	if (l->admin % nr == 0)
		sq[slot].vif = svnic_le16(9);
	l->admin++;
	w->box->tail = h->tail;
}

static void live(struct takeover_world *w, struct load *l, uint64_t until)
{
	struct svnic_event e;
	unsigned int n;

	while (takeover_now_ns() < until) {
		for (n = 1; n <= 2; n++) {
			receive_all(w, n, l);
			send_some(w, n, l);
		}
		command_some(w, l);
		while (sim_event_take(&w->f.host[0], &e))
			assert_int_equal(e.reason, SVNIC_EVENT_QUEUE);
	}
}

static void killed_at_any_time(void **state)
{
	struct takeover_world *w = *state;
	struct load l = { 0 };
	uint64_t deadline = takeover_now_ns() + BUDGET_NS;
	uint32_t fault;
	unsigned int n;
	int status;
	pid_t pid;

	w->box->tail = w->f.host[0].tail;
	for (l.kills = 0; l.kills < KILLS && takeover_now_ns() < deadline;
	     l.kills++) {
		pid = start_core(w);
		live(w, &l,
		     takeover_now_ns() + 1000000 + (uint64_t)rand() % 8000000);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGKILL);
		for (n = 1; n <= 2; n++)
			assert_int_equal(sim_queue_state(&w->f.guest[n],
							 &fault),
					 SVNIC_QUEUE_RUNNING);
		if (l.kills % 4)
			continue;
		take_over(&w->f);
		arena_check(w->f.core);
	}
	take_over(&w->f);
	core_reg_write(w->f.core, 0, SVNIC_REG_SQ_TAIL, w->box->tail);
	sim_settle(w->f.core);
	arena_check(w->f.core);
	print_message("  %u kills, %u commands, %u frames sent, %u received\n",
		      l.kills, l.admin, l.sent, l.got);
	assert_true(l.admin > l.kills);
	assert_true(l.got > l.sent / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			killed_at_any_time, takeover_setup, takeover_teardown),
	};

	srand((unsigned int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
