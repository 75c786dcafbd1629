/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A core that is killed at any time while guests send, wires bring frames and
 * the host gives commands, and another one that takes its arena over.  Guests
 * and host sleep as real ones do: they look at nothing until an event, or an
 * interrupt, that they armed for.  The card's clock stands still, so that
 * whatever should have been told is not found by itself a little later.
 */
#include <pthread.h>
#include <sched.h>
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
#define PATIENCE_NS 5000000000ull /* nothing for so long: nobody was told */
#define RING	    (1u << FIXTURE_ORDER)
#define NAPS	    20u /* looks of a thread that sleeps */

/* VIFs 1 and 2 send to each other, 3 to the wire, which sends to 1 and 2. */
#define GUESTS	 3u
#define OUTSIDE	 9u
#define NOWHERE	 99u
#define WIRE_MAX 8u

static uint8_t frame[2048];

struct load {
	unsigned int admin; /* commands given */
	unsigned int kills;
	unsigned int events;
	unsigned int sent;
	unsigned int got;
	unsigned int lost;
	unsigned int twice;
	unsigned int by_wire;
	bool host_sleeps;
	uint32_t irqs;	   /* as seen last */
	uint64_t asked_ns; /* the last command */
	uint64_t next_ns;  /* the next one; 0: not answered yet */
	struct sleeper {
		bool sleeps;
		unsigned int woken;
		unsigned int worked; /* frames of it that went, or came */
		uint32_t sent;	     /* numbers of frames ... */
		uint32_t next;	     /* ... and what the next has that comes */
	} guest[GUESTS + 1];
};

static struct sim_guest *guest(struct takeover_world *w, unsigned int n)
{
	/* The scenes have guest 3 for theirs. */
	return &w->f.guest[n == GUESTS ? GUESTS + 1 : n];
}

/* The core -------------------------------------------------------------- */

/* What is outside: it brings and takes what there is room for. */
static void serve_wire(void)
{
	static uint8_t wired[2048];
	static unsigned int nr;

	while (sim_wire_peek(0))
		sim_wire_drop(0);
	while (sim_port(0)->to_card.nr < WIRE_MAX) {
		fixture_frame(wired, 60 + nr % 500, 1 + nr % 2, OUTSIDE);
		assert_true(sim_wire_push(0, wired, 60 + nr % 500, NULL));
		nr++;
	}
}

static void *run_worker(void *arg)
{
	struct core *core = arg;
	unsigned int i;

	for (;;) {
		if (core_poll(core) || !core_may_sleep(core))
			continue;
		for (i = 0; i < NAPS && !sim_was_woken(core->worker); i++)
			sched_yield();
		core_woken(core);
	}
	return NULL;
}

static void start_threads(struct core *core)
{
	pthread_t thread;
	unsigned int i;

	sim_use_threads();
	for (i = 1; i < core_nr_workers(core); i++)
		assert_int_equal(pthread_create(&thread, NULL, run_worker,
						core_worker(core, i)),
				 0);
}

/* Its interrupts go to @box; a new one gives one in any case, as svnic-fw. */
static pid_t start_core(struct takeover_world *w, bool has_threads)
{
	unsigned int *irqs = &sim_link(0)->irqs[SVNIC_VECTOR_EVENT];
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	take_over(&w->f);
	__atomic_store_n(irqs, w->box->irqs + 1, __ATOMIC_RELAXED);
	if (has_threads)
		start_threads(w->f.core);
	for (;;) {
		serve_wire();
		core_reg_write(w->f.core, 0, SVNIC_REG_SQ_TAIL, w->box->tail);
		sim_poll(w->f.core);
		w->box->irqs = __atomic_load_n(irqs, __ATOMIC_ACQUIRE);
	}
}

/* Guests and host ------------------------------------------------------- */

static void make_frame(uint8_t *to, uint32_t len, unsigned int dst,
		       unsigned int src, uint32_t number)
{
	fixture_frame(to, len, dst, src);
	memcpy(to + SVNIC_FRAME_MIN, &number, sizeof(number));
}

/* One of the other guest's: none overtakes, few are lost with a core. */
static void count_frame(struct load *l, struct sleeper *s, uint32_t number)
{
	l->got++;
	if ((int32_t)(number - s->next) < 0) {
		l->twice++;
		return;
	}
	assert_in_range(number - s->next, 0, RING);
	l->lost += number - s->next;
	s->next = number + 1;
}

static void receive_all(struct takeover_world *w, unsigned int n,
			struct load *l)
{
	static uint8_t got[SVNIC_FRAME_MAX], want[2048];
	struct sim_guest *g = guest(w, n);
	struct svnic_meta meta;
	uint32_t number, len;

	while ((len = sim_receive(g, got, sizeof(got), &meta)) != 0) {
		assert_true(len >= 60 && len < 1100);
		if (got[11] == OUTSIDE) {
			fixture_frame(want, len, n, OUTSIDE);
			l->by_wire++;
		} else {
			memcpy(&number, got + SVNIC_FRAME_MIN, sizeof(number));
			make_frame(want, len, n, 3 - n, number);
			count_frame(l, &l->guest[n], number);
			l->guest[n].worked++;
		}
		assert_memory_equal(got, want, len);
	}
	sim_provide(g, 32, FIXTURE_BUFFER);
}

static void send_some(struct takeover_world *w, unsigned int n, struct load *l)
{
	unsigned int to = n == GUESTS ? NOWHERE : 3 - n;
	struct sleeper *s = &l->guest[n];
	struct sim_guest *g = guest(w, n);
	uint32_t len = 60 + (uint32_t)rand() % 1000;
	int nr;

	while ((nr = svnic_tx_return(&g->tx)) > 0)
		s->worked += n == GUESTS;
	assert_int_equal(nr, 0);
	while (svnic_tx_space(&g->tx) > 8) {
		make_frame(frame, len, to, n, s->sent++);
		sim_send(g, frame, len, 200, NULL);
		l->sent += n != GUESTS;
	}
	sim_ring(g);
}

/*
 * The next command, once the one before is answered, and answered well.  As
 * time stands still for the card, it cannot see that commands have no more than
 * their share of it: with more workers than processors, one might never have
 * a processor while no halt is on.  So the host waits as long as it waited.
 */
static void command_some(struct takeover_world *w, struct load *l,
			 uint64_t now_ns)
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
	if (!l->next_ns)
		l->next_ns = now_ns + (now_ns - l->asked_ns);
	if (now_ns < l->next_ns)
		return;
	l->asked_ns = now_ns;
	l->next_ns = 0;
	round[l->admin % nr](w);
	slot = (h->tail - 1) % SVNIC_ADMIN_ENTRIES;
	if (l->admin % nr == 0)
		sq[slot].vif = svnic_le16(9);
	l->admin++;
	w->box->tail = h->tail;
}

/* The host passes on what it is told, if it was woken. */
static void serve_host(struct takeover_world *w, struct load *l)
{
	struct sim_host *h = &w->f.host[0];
	struct svnic_event e;

	if (l->host_sleeps && w->box->irqs == l->irqs)
		return;
	l->irqs = w->box->irqs;
	while (sim_event_take(h, &e)) {
		assert_int_equal(e.reason, SVNIC_EVENT_QUEUE);
		assert_in_range(e.vif, 1, GUESTS);
		l->guest[e.vif].sleeps = false;
		l->guest[e.vif].woken++;
		l->events++;
	}
	l->host_sleeps = !sim_event_arm(h);
}

static void serve_guest(struct takeover_world *w, unsigned int n,
			struct load *l)
{
	struct sim_guest *g = guest(w, n);

	if (l->guest[n].sleeps)
		return;
	receive_all(w, n, l);
	send_some(w, n, l);
	l->guest[n].sleeps = !svnic_arm(&g->tx, &g->rx, 0);
}

/* Was everybody woken, and did it get on, since @before? */
static bool all_live(const struct load *l, const struct load *before)
{
	unsigned int n;

	for (n = 1; n <= GUESTS; n++) {
		if (l->guest[n].woken - before->guest[n].woken < 3 ||
		    l->guest[n].worked - before->guest[n].worked < 3)
			return false;
	}
	return true;
}

/* Until @until and, if @long_enough, until all have lived. */
static void live(struct takeover_world *w, struct load *l, uint64_t until,
		 bool long_enough)
{
	const struct load before = *l;
	unsigned int n;
	uint64_t now;

	while ((now = takeover_now_ns()) < until ||
	       (long_enough && !all_live(l, &before))) {
		serve_host(w, l);
		for (n = 1; n <= GUESTS; n++)
			serve_guest(w, n, l);
		command_some(w, l, now);
		if (now > until + PATIENCE_NS)
			fail_msg(
				"nobody told guests: they slept %d %d %d, the host %d",
				l->guest[1].sleeps, l->guest[2].sleeps,
				l->guest[3].sleeps, l->host_sleeps);
	}
}

static void kill_core(struct takeover_world *w, pid_t pid)
{
	uint32_t fault;
	unsigned int n;
	int status;

	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	for (n = 1; n <= GUESTS; n++)
		assert_int_equal(sim_queue_state(guest(w, n), &fault),
				 SVNIC_QUEUE_RUNNING);
}

static void kill_many(struct takeover_world *w, bool has_threads)
{
	uint64_t deadline = takeover_now_ns() + BUDGET_NS;
	struct load l = { .asked_ns = takeover_now_ns() };
	pid_t pid;

	*guest(w, GUESTS) = *fixture_guest(&w->f, GUESTS);
	w->box->tail = w->f.host[0].tail;
	if (core_nr_workers(w->f.core) > 1)
		deadline -= BUDGET_NS / 2;
	for (l.kills = 0; l.kills < KILLS && takeover_now_ns() < deadline;
	     l.kills++) {
		pid = start_core(w, has_threads);
		/* Some die soon, most not before all is well again. */
		live(w, &l,
		     takeover_now_ns() + 1000000 + (uint64_t)rand() % 8000000,
		     l.kills % 3);
		kill_core(w, pid);
		if (l.kills % 4)
			continue;
		take_over(&w->f);
		arena_check(w->f.core);
	}
	take_over(&w->f);
	core_reg_write(w->f.core, 0, SVNIC_REG_SQ_TAIL, w->box->tail);
	sim_settle(w->f.core);
	arena_check(w->f.core);
	print_message(
		"  %u kills, %u commands, %u events, %u frames sent, %u received, %u twice, %u lost; %u by the wire\n",
		l.kills, l.admin, l.events, l.sent, l.got, l.twice, l.lost,
		l.by_wire);
	assert_true(l.admin > l.kills / 2);
	assert_true(l.lost <= 2 * RING * l.kills);
	assert_true(l.by_wire > 0);
}

static void killed_at_any_time(void **state)
{
	kill_many(*state, false);
}

/* The workers are at different places. */
static void killed_with_its_threads(void **state)
{
	if (sim_nr_workers() == 1)
		skip();
	kill_many(*state, true);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, takeover_setup, takeover_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(killed_at_any_time),
		TEST(killed_with_its_threads),
	};

	srand((unsigned int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
