/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A core that is stopped at a chosen instruction of a command, and another one
 * that takes its arena over.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena_check.h"
#include "takeover_scenes.h"

#ifndef CUTS	      /* more: a long run */
#define CUTS	  40u /* of each command */
#define BUDGET_NS 8000000000ull
#endif
#define ANEW 4000u /* instructions */

/*
 * Steps are slow on a busy machine: no more of them after this.  So that all
 * scenes have their share of many runs, each run begins with another one.
 */
static uint64_t deadline;
static const char *only; /* the scene of this name, if there is one */

static void ring(struct takeover_world *w)
{
	core_reg_write(w->f.core, 0, SVNIC_REG_SQ_TAIL, w->f.host[0].tail);
}

static void work(struct takeover_world *w)
{
	w->ask(w);
	sim_poll(w->f.core);
	sim_poll(w->f.core);
}

static void lay_out(struct takeover_world *w)
{
	struct fixture *f = &w->f;

	core_init(f->arena, f->arena_size, &f->config, &f->core, &f->adopted);
}

/* The core's process, followed instruction by instruction. */
static pid_t start_traced(struct takeover_world *w,
			  void (*run)(struct takeover_world *))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			_exit(77);
		raise(SIGSTOP);
		run(w);
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSTOPPED(status) ? pid : 0;
}

/*
 * Let it do @steps instructions, then kill it: how many it did; UINT32_MAX
 * when that cannot be had here.
 */
static unsigned int cut(struct takeover_world *w, unsigned int steps,
			void (*run)(struct takeover_world *))
{
	pid_t pid = start_traced(w, run);
	unsigned int n;
	int status = 0;

	if (!pid)
		return UINT32_MAX;
	for (n = 0; n < steps && (n % 64 || takeover_now_ns() < deadline);
	     n++) {
		if (ptrace(PTRACE_SINGLESTEP, pid, 0, 0) < 0 ||
		    waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
			break;
	}
	if (WIFEXITED(status)) {
		assert_int_equal(WEXITSTATUS(status), 0);
		return n;
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return n;
}

/* The next one is killed while it takes over, or soon after. */
static void cut_takeover(struct takeover_world *w)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		take_over(&w->f);
		w->ask(w);
		sim_poll(w->f.core);
		_exit(0);
	}
	assert_true(pid > 0);
	usleep((unsigned int)rand() % 600);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void check_answer(struct takeover_world *w, unsigned int status)
{
	struct sim_host *h = &w->f.host[0];
	uint32_t slot = (h->tail - 1) % SVNIC_ADMIN_ENTRIES;
	const struct svnic_admin_cpl *cq = sim_page(h, 1);

	assert_int_equal(cq[slot].seq, h->tail);
	assert_int_equal(cq[slot].id, (uint16_t)((h->tail - 1) * 7));
	assert_int_equal(cq[slot].status, status);
	h->result = cq[slot].result;
	assert_int_equal(arena_link(w->f.core, 0)->admin.head, h->tail);
}

static void play(struct takeover_world *w, const struct scene *s,
		 unsigned int steps, const struct fixture *before)
{
	unsigned int i;

	takeover_restore(w);
	w->f = *before;
	/* Doorbells were not put back; another word is a ring. */
	for (i = 1; i <= 2; i++)
		w->f.guest[i].kick = sim_guest_bell(&w->f.guest[i])->kick;
	s->submit(w);
	cut(w, steps, work);
	if (rand() % 2)
		cut_takeover(w);
	take_over(&w->f);
	arena_check(w->f.core);
	/* Who asked for it is not answered, so it is asked for again. */
	w->ask(w);
	sim_settle(w->f.core);
	if (!s->is_traffic)
		check_answer(w, s->status);
	arena_check(w->f.core);
	s->verify(w);
	arena_check(w->f.core);
	takeover_assert_traffic(&w->f);
}

static void killed_at_any_instruction(void **state)
{
	struct takeover_world *w = *state;
	static struct fixture start, before;
	unsigned int total, done;
	size_t begin = (size_t)rand() % scene_nr;
	uint8_t *first;
	size_t k;

	w->ask = ring;
	start = w->f;
	deadline = takeover_now_ns() + BUDGET_NS;
	if (cut(w, 0, work) == UINT32_MAX)
		skip();
	first = malloc(takeover_saved_size(w));
	takeover_save(w);
	memcpy(first, w->saved, takeover_saved_size(w));
	for (k = 0; k < scene_nr && takeover_now_ns() < deadline; k++) {
		const struct scene *s = &scene_table[(begin + k) % scene_nr];
		uint64_t share = takeover_now_ns();

		if (only && strcmp(only, s->name) != 0)
			continue;
		share += (deadline - share) / (only ? 1 : scene_nr - k);
		memcpy(w->saved, first, takeover_saved_size(w));
		takeover_restore(w);
		w->f = start;
		w->ask = ring;
		if (s->prepare)
			s->prepare(w);
		sim_settle(w->f.core);
		before = w->f;
		takeover_save(w);
		s->submit(w);
		total = cut(w, UINT32_MAX, work);
		for (done = 0; done < CUTS && takeover_now_ns() < share; done++)
			play(w, s, (unsigned int)rand() % (total + 1), &before);
		/* Once more, but by then it has come to its end. */
		play(w, s, total, &before);
		print_message("  %s: %u instructions, cut %u times\n", s->name,
			      total, done);
	}
	free(first);
}

/* An arena of which nothing is kept, and not even that was finished. */
static void killed_while_it_starts_anew(void **state)
{
	struct takeover_world *w = *state;
	struct fixture *f = &w->f;
	unsigned int steps;

	deadline = UINT64_MAX;
	w->ask = ring;
	if (cut(w, 0, work) == UINT32_MAX)
		skip();
	takeover_save(w);
	for (steps = 0; steps < ANEW; steps += 1 + steps / 32) {
		takeover_restore(w);
		core_arena_forget(f->arena);
		cut(w, steps, lay_out);
		lay_out(w);
		if (f->adopted)
			continue;
		assert_int_equal(core_reg_read(f->core, 0, SVNIC_REG_STATUS),
				 0);
		assert_int_equal(core_reg_read(f->core, 0, SVNIC_REG_EPOCH),
				 f->config.epoch);
		assert_int_equal(arena_link(f->core, 0)->nr_vifs, 0);
		arena_check(f->core);
	}
	sim_host_init(&f->host[0], f->core, 0);
	fixture_guest(f, 1);
	fixture_guest(f, 2);
	takeover_assert_traffic(f);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(killed_while_it_starts_anew,
						takeover_setup,
						takeover_teardown),
		cmocka_unit_test_setup_teardown(killed_at_any_instruction,
						takeover_setup,
						takeover_teardown),
	};

	only = argc > 1 ? argv[1] : NULL;
	srand((unsigned int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
