// SPDX-License-Identifier: GPL-2.0-only
/*
 * A core that is killed, and another one that takes its arena over.  The core
 * runs in a process of its own on shared memory.  In one test it is stopped at
 * a chosen instruction, in the other at any time while guests send and the
 * host gives commands.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arena_check.h"
#include "mem.h"

#define PAGES  1024u
#define MEMORY (PAGES * SVNIC_PAGE_SIZE)
#define BELLS  (SVNIC_MAX_VIFS * SVNIC_PAGE_SIZE)
#define FRAME  600u
#ifndef CUTS	      /* more: a long run */
#define CUTS	  40u /* of each command */
#define BUDGET_NS 7000000000ull
#endif
#define KILLS	    200u
#define MIB_OF_TEST (16u << 20)

/* What the owner of the card would pass on. */
struct mailbox {
	volatile uint32_t tail;
};

struct world {
	struct fixture f;
	struct mailbox *box;
	uint8_t *doorbell[2];
	/* All of it as it was before a command. */
	uint8_t *saved;
};

static uint8_t frame[2048];

/* Steps are slow on a busy machine: no more of them after this. */
static uint64_t deadline;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	return p;
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct fixture *f = &w->f;
	unsigned int i;

	f->config = (struct core_config) {
		.nr_links = 2,
		.nr_ports = 1,
		.max_vifs = 16,
		.nr_queues = 32,
		.nr_chunks = 32,
		.mac = { 0x02, 0x53, 0x56, 0, 0, 0xff },
		.epoch = 7,
	};
	f->arena_size = core_arena_size(&f->config);
	assert_true(f->arena_size + MEMORY < MIB_OF_TEST);
	f->arena = shared(f->arena_size);
	w->box = shared(4096);
	w->saved = malloc(f->arena_size + MEMORY);
	sim_init(2, 1, 4096);
	for (i = 0; i < 2; i++) {
		munmap(sim_link(i)->mem, sim_link(i)->size + SIM_GUARD);
		munmap(sim_link(i)->doorbell, SIM_BELLS_SIZE);
		sim_link(i)->mem = shared(MEMORY);
		sim_link(i)->size = MEMORY;
		sim_link(i)->doorbell = shared(BELLS);
	}
	assert_int_equal(core_init(f->arena, f->arena_size, &f->config,
				   &f->core, &f->adopted),
			 0);
	sim_host_init(&f->host[0], f->core, 0);
	sim_host_init(&f->host[1], f->core, 1);
	fixture_guest(f, 1);
	fixture_guest(f, 2);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		munmap(sim_link(i)->mem, MEMORY);
		munmap(sim_link(i)->doorbell, BELLS);
		sim_link(i)->mem = NULL;
		sim_link(i)->doorbell = NULL;
	}
	sim_fini();
	munmap(w->f.arena, w->f.arena_size);
	munmap(w->box, 4096);
	free(w->saved);
	free(w);
	return 0;
}

static void take_over(struct fixture *f)
{
	assert_int_equal(core_init(f->arena, f->arena_size, &f->config,
				   &f->core, &f->adopted),
			 0);
	assert_true(f->adopted);
	f->host[0].core = f->core;
	f->host[1].core = f->core;
}

static void save(struct world *w)
{
	memcpy(w->saved, w->f.arena, w->f.arena_size);
	memcpy(w->saved + w->f.arena_size, sim_link(0)->mem, MEMORY);
}

static void restore(struct world *w)
{
	memcpy(w->f.arena, w->saved, w->f.arena_size);
	memcpy(sim_link(0)->mem, w->saved + w->f.arena_size, MEMORY);
}

/* A frame arrives whole, with nothing but older ones before it. */
static void expect_frame(struct sim_guest *g, const void *data, uint32_t len)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	struct svnic_meta meta;
	unsigned int i;
	uint32_t n;

	for (i = 0; i < 64; i++) {
		n = sim_receive(g, got, sizeof(got), &meta);
		assert_true(n != 0);
		if (n == len && memcmp(got, data, len) == 0)
			return;
	}
	fail();
}

static void assert_traffic(struct fixture *f)
{
	uint32_t fault;

	sim_settle(f->core);
	sim_provide(&f->guest[2], 4, FIXTURE_BUFFER);
	sim_ring(&f->guest[2]);
	fixture_frame(frame, FRAME, 2, 1);
	sim_send(&f->guest[1], frame, FRAME, SVNIC_PAGE_SIZE, NULL);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_int_equal(sim_queue_state(&f->guest[1], &fault),
			 SVNIC_QUEUE_RUNNING);
	assert_int_equal(sim_queue_state(&f->guest[2], &fault),
			 SVNIC_QUEUE_RUNNING);
	expect_frame(&f->guest[2], frame, FRAME);
	while (svnic_tx_return(&f->guest[1].tx) > 0)
		;
	assert_true(svnic_tx_space(&f->guest[1].tx) > 8);
}

/* Cut at an instruction --------------------------------------------------- */

/* Puts commands in place without ringing; what to see when they are done. */
struct scene {
	const char *name;
	void (*prepare)(struct world *w); /* not cut */
	void (*submit)(struct world *w);  /* what is carried out and cut */
	void (*verify)(struct world *w);
	unsigned int status; /* of the command */
	bool is_traffic;
};

static void push(struct world *w, const struct svnic_admin_cmd *cmd)
{
	struct sim_host *h = &w->f.host[0];
	struct svnic_admin_cmd *sq = sim_page(h, 0);
	uint32_t slot = h->tail % SVNIC_ADMIN_ENTRIES;

	sq[slot] = *cmd;
	sq[slot].id = svnic_le16((uint16_t)(h->tail * 7));
	h->tail++;
}

static void submit_create(struct world *w)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_VIF_CREATE,
		.vif = svnic_le16(SVNIC_VIF_NONE),
		.arg.vif_config = fixture_config(9),
	};

	push(w, &cmd);
}

static void verify_create(struct world *w)
{
	assert_int_equal(w->f.core->link[0].nr_vifs, 3);
	assert_int_equal(sim_vif_command(&w->f.host[0], SVNIC_OP_VIF_DESTROY,
					 0),
			 SVNIC_ST_OK);
}

static void prepare_vif(struct world *w)
{
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 0x42 };
	struct svnic_vif_config c = fixture_config(9);

	assert_int_equal(sim_vif_create(&w->f.host[0], 9, &c), SVNIC_ST_OK);
	sim_guest_init_idle(&w->f.guest[3], &w->f.host[0], 9, 6);
	assert_int_equal(sim_filter(&w->f.host[0], SVNIC_OP_FILTER_ADD, 9, mac),
			 SVNIC_ST_OK);
}

static void submit_op(struct world *w, unsigned int op)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)op),
		.vif = svnic_le16(9),
	};

	if (op == SVNIC_OP_QUEUE_START)
		cmd.arg.queue_config = w->f.guest[3].config;
	if (op == SVNIC_OP_FILTER_ADD)
		memcpy(cmd.arg.filter.mac, "\2\0\0\0\0\103", 6);
	if (op == SVNIC_OP_FILTER_DEL)
		memcpy(cmd.arg.filter.mac, "\2\0\0\0\0\102", 6);
	push(w, &cmd);
}

static void submit_destroy(struct world *w)
{
	submit_op(w, SVNIC_OP_VIF_DESTROY);
}

static void verify_destroy(struct world *w)
{
	assert_int_equal(w->f.core->link[0].nr_vifs, 2);
}

static void submit_set(struct world *w)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_VIF_SET,
		.vif = svnic_le16(9),
		.arg.vif_config = fixture_config(0x77),
	};

	cmd.arg.vif_config.segment = svnic_le16(3);
	push(w, &cmd);
}

static void verify_set(struct world *w)
{
	const struct vif *vif = vif_find(w->f.core, 0, 9);

	assert_int_equal(vif->config.mac[5], 0x77);
	assert_int_equal(vif->config.segment, 3);
}

/* An address in use: the old configuration stays. */
static void submit_bad_set(struct world *w)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_VIF_SET,
		.vif = svnic_le16(9),
		.arg.vif_config = fixture_config(1),
	};

	push(w, &cmd);
}

static void verify_bad_set(struct world *w)
{
	assert_int_equal(vif_find(w->f.core, 0, 9)->config.mac[5], 9);
}

static void submit_pages(struct world *w, unsigned int op)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)op),
		.vif = svnic_le16(9),
		.addr = svnic_le64(sim_payload_addr()),
		.len = svnic_le32(16 * 8),
		.arg.pages = { .first = svnic_le32(VIF_CHUNK_PAGES * 2 - 8),
			       .count = svnic_le32(16) },
	};
	__le64 *list = sim_payload(&w->f.host[0]);
	uint32_t i;

	for (i = 0; i < 16; i++)
		list[i] = svnic_le64(sim_addr(900 + i));
	push(w, &cmd);
}

static void submit_map(struct world *w)
{
	submit_pages(w, SVNIC_OP_PAGES_MAP);
}

static void verify_map(struct world *w)
{
	assert_int_equal(sim_pages_unmap(&w->f.host[0], 9,
					 VIF_CHUNK_PAGES * 2 - 8, 16),
			 SVNIC_ST_OK);
}

static void prepare_mapped(struct world *w)
{
	prepare_vif(w);
	assert_int_equal(sim_pages_map(&w->f.host[0], 9,
				       VIF_CHUNK_PAGES * 2 - 8, 900, 16),
			 SVNIC_ST_OK);
}

static void submit_unmap(struct world *w)
{
	submit_pages(w, SVNIC_OP_PAGES_UNMAP);
}

static void verify_unmap(struct world *w)
{
	assert_int_equal(w->f.host[0].result, 16);
	assert_int_equal(sim_pages_map(&w->f.host[0], 9,
				       VIF_CHUNK_PAGES * 2 - 8, 900, 16),
			 SVNIC_ST_OK);
}

static void submit_stop(struct world *w)
{
	submit_op(w, SVNIC_OP_QUEUE_STOP);
}

static void verify_stop(struct world *w)
{
	uint32_t fault;

	assert_int_equal(sim_queue_state(&w->f.guest[3], &fault),
			 SVNIC_QUEUE_STOPPED);
}

static void prepare_stopped(struct world *w)
{
	prepare_vif(w);
	assert_int_equal(sim_vif_command(&w->f.host[0], SVNIC_OP_QUEUE_STOP, 9),
			 SVNIC_ST_OK);
}

static void submit_start(struct world *w)
{
	submit_op(w, SVNIC_OP_QUEUE_START);
}

static void verify_start(struct world *w)
{
	uint32_t fault;

	assert_int_equal(sim_queue_state(&w->f.guest[3], &fault),
			 SVNIC_QUEUE_RUNNING);
}

static void submit_filter_add(struct world *w)
{
	submit_op(w, SVNIC_OP_FILTER_ADD);
}

static void verify_filter_add(struct world *w)
{
	assert_int_equal(vif_find(w->f.core, 0, 9)->nr_filters, 2);
}

static void submit_filter_del(struct world *w)
{
	submit_op(w, SVNIC_OP_FILTER_DEL);
}

static void verify_filter_del(struct world *w)
{
	assert_int_equal(vif_find(w->f.core, 0, 9)->nr_filters, 0);
}

/* The first @nr of 10.0.0.1 and on. */
static struct svnic_source source_list(unsigned int nr)
{
	struct svnic_source list = { .nr = svnic_le16((uint16_t)nr) };
	unsigned int i;

	for (i = 0; i < nr; i++)
		list.address[i] = (struct svnic_address) {
			.addr = { 10, 0, 0, (uint8_t)(i + 1) },
			.prefix = 32,
			.family = 4,
		};
	return list;
}

static struct svnic_groups group_list(unsigned int nr)
{
	struct svnic_groups list = { .nr = svnic_le16((uint16_t)nr) };
	unsigned int i;

	for (i = 0; i < nr; i++) {
		list.group[i].mac[0] = 1;
		list.group[i].mac[5] = (uint8_t)i;
	}
	return list;
}

static void submit_list(struct world *w, unsigned int op, const void *list,
			size_t len)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)op),
		.vif = svnic_le16(9),
		.addr = svnic_le64(sim_payload_addr()),
		.len = svnic_le32((uint32_t)len),
	};

	memcpy(sim_payload(&w->f.host[0]), list, len);
	push(w, &cmd);
}

static void prepare_lists(struct world *w)
{
	struct svnic_source source = source_list(16);
	struct svnic_groups groups = group_list(64);

	prepare_vif(w);
	assert_int_equal(sim_source_set(&w->f.host[0], 9, &source),
			 SVNIC_ST_OK);
	assert_int_equal(sim_groups_set(&w->f.host[0], 9, &groups),
			 SVNIC_ST_OK);
}

static void submit_source(struct world *w)
{
	struct svnic_source list = source_list(3);

	submit_list(w, SVNIC_OP_SOURCE_SET, &list, sizeof(list));
}

/* One that is refused changes nothing. */
static void submit_bad_source(struct world *w)
{
	struct svnic_source list = source_list(3);

	list.address[2].prefix = 33;
	submit_list(w, SVNIC_OP_SOURCE_SET, &list, sizeof(list));
}

static void submit_groups(struct world *w)
{
	struct svnic_groups list = group_list(2);

	submit_list(w, SVNIC_OP_GROUPS_SET, &list, sizeof(list));
}

static const struct source *source_of(struct world *w)
{
	const struct vif *vif = vif_find(w->f.core, 0, 9);

	assert_in_range(vif->source, 1, SOURCE_LISTS);
	assert_true(vif->lane & VIF_LANE_IP);
	return (const struct source *)arena_part(w->f.core, ARENA_SOURCES) +
	       arena_vif_idx(w->f.core, vif) * SOURCE_LISTS + vif->source - 1;
}

static void verify_groups_of(struct world *w, unsigned int nr)
{
	const struct vif *vif = vif_find(w->f.core, 0, 9);
	struct svnic_groups all = group_list(64);
	unsigned int i;

	assert_in_range(vif->groups, 1, GROUP_LISTS);
	for (i = 0; i < 64; i++)
		assert_int_equal(group_wanted(w->f.core, vif,
					      mem_mac(all.group[i].mac)),
				 i < nr);
}

static void verify_source(struct world *w)
{
	assert_int_equal(source_of(w)->nr_ipv4, 3);
	assert_int_equal(source_of(w)->nr_ipv6, 0);
	verify_groups_of(w, 64);
}

static void verify_bad_source(struct world *w)
{
	assert_int_equal(source_of(w)->nr_ipv4, 16);
}

static void verify_groups(struct world *w)
{
	assert_int_equal(source_of(w)->nr_ipv4, 16);
	verify_groups_of(w, 2);
}

static void submit_frames(struct world *w)
{
	unsigned int i;

	for (i = 0; i < 6; i++) {
		fixture_frame(frame, FRAME + i, 2, 1);
		sim_send(&w->f.guest[1], frame, FRAME + i, 256, NULL);
	}
	sim_ring(&w->f.guest[1]);
}

/* Whole and in order; some may be lost, some may come twice. */
static void verify_frames(struct world *w)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	struct svnic_meta meta;
	uint32_t len, last = 0;

	while ((len = sim_receive(&w->f.guest[2], got, sizeof(got), &meta))) {
		assert_true(len >= FRAME && len < FRAME + 6);
		assert_true(len >= last);
		fixture_frame(frame, len, 2, 1);
		assert_memory_equal(got, frame, len);
		last = len;
	}
}

static const struct scene scenes[] = {
	{ "create", NULL, submit_create, verify_create, 0, false },
	{ "destroy", prepare_vif, submit_destroy, verify_destroy, 0, false },
	{ "set", prepare_vif, submit_set, verify_set, 0, false },
	{ "bad set", prepare_vif, submit_bad_set, verify_bad_set,
	  SVNIC_ST_MAC_IN_USE, false },
	{ "map", prepare_vif, submit_map, verify_map, 0, false },
	{ "unmap", prepare_mapped, submit_unmap, verify_unmap, 0, false },
	{ "stop", prepare_vif, submit_stop, verify_stop, 0, false },
	{ "start", prepare_stopped, submit_start, verify_start, 0, false },
	{ "filter add", prepare_vif, submit_filter_add, verify_filter_add, 0,
	  false },
	{ "filter del", prepare_vif, submit_filter_del, verify_filter_del, 0,
	  false },
	{ "source", prepare_lists, submit_source, verify_source, 0, false },
	{ "bad source", prepare_lists, submit_bad_source, verify_bad_source,
	  SVNIC_ST_BAD_FIELD, false },
	{ "groups", prepare_lists, submit_groups, verify_groups, 0, false },
	{ "frames", prepare_vif, submit_frames, verify_frames, 0, true },
};

static void ring(struct world *w)
{
	core_reg_write(w->f.core, 0, SVNIC_REG_SQ_TAIL, w->f.host[0].tail);
}

/* The core's process, followed instruction by instruction. */
static pid_t start_traced(struct world *w)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			_exit(77);
		raise(SIGSTOP);
		ring(w);
		core_poll(w->f.core);
		core_poll(w->f.core);
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
static unsigned int cut(struct world *w, unsigned int steps)
{
	pid_t pid = start_traced(w);
	unsigned int n;
	int status = 0;

	if (!pid)
		return UINT32_MAX;
	for (n = 0; n < steps && (n % 64 || now_ns() < deadline); n++) {
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
static void cut_takeover(struct world *w)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		take_over(&w->f);
		ring(w);
		core_poll(w->f.core);
		_exit(0);
	}
	assert_true(pid > 0);
	usleep((unsigned int)rand() % 600);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void check_answer(struct world *w, unsigned int status)
{
	struct sim_host *h = &w->f.host[0];
	uint32_t slot = (h->tail - 1) % SVNIC_ADMIN_ENTRIES;
	const struct svnic_admin_cpl *cq = sim_page(h, 1);

	assert_int_equal(cq[slot].seq, h->tail);
	assert_int_equal(cq[slot].id, (uint16_t)((h->tail - 1) * 7));
	assert_int_equal(cq[slot].status, status);
	h->result = cq[slot].result;
	assert_int_equal(w->f.core->link[0].admin.head, h->tail);
}

static void play(struct world *w, const struct scene *s, unsigned int steps,
		 const struct fixture *before)
{
	unsigned int i;

	restore(w);
	w->f = *before;
	/* Doorbells were not put back; another word is a ring. */
	for (i = 1; i <= 2; i++)
		w->f.guest[i].kick = sim_guest_bell(&w->f.guest[i])->kick;
	s->submit(w);
	cut(w, steps);
	if (rand() % 2)
		cut_takeover(w);
	take_over(&w->f);
	arena_check(w->f.core);
	/* Who asked for it is not answered, so it is asked for again. */
	ring(w);
	sim_settle(w->f.core);
	if (!s->is_traffic)
		check_answer(w, s->status);
	arena_check(w->f.core);
	s->verify(w);
	arena_check(w->f.core);
	assert_traffic(&w->f);
}

static void killed_at_any_instruction(void **state)
{
	struct world *w = *state;
	const size_t nr = sizeof(scenes) / sizeof(scenes[0]);
	static struct fixture start, before;
	unsigned int total, done;
	uint8_t *first;
	size_t k;

	start = w->f;
	deadline = now_ns() + BUDGET_NS;
	if (cut(w, 0) == UINT32_MAX)
		skip();
	first = malloc(w->f.arena_size + MEMORY);
	save(w);
	memcpy(first, w->saved, w->f.arena_size + MEMORY);
	for (k = 0; k < nr && now_ns() < deadline; k++) {
		const struct scene *s = &scenes[k];
		uint64_t share = now_ns();

		share += (deadline - share) / (nr - k);
		memcpy(w->saved, first, w->f.arena_size + MEMORY);
		restore(w);
		w->f = start;
		if (s->prepare)
			s->prepare(w);
		sim_settle(w->f.core);
		before = w->f;
		save(w);
		s->submit(w);
		total = cut(w, UINT32_MAX);
		for (done = 0; done < CUTS && now_ns() < share; done++)
			play(w, s, (unsigned int)rand() % (total + 1), &before);
		/* Once more, but by then it has come to its end. */
		play(w, s, total, &before);
		print_message("  %s: %u instructions, cut %u times\n", s->name,
			      total, done);
	}
	free(first);
}

/* Killed at any time ------------------------------------------------------ */

static pid_t start_core(struct world *w)
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
		core_poll(w->f.core);
	}
}

struct load {
	unsigned int admin; /* commands given */
	unsigned int sent;
	unsigned int got;
	unsigned int kills;
};

static void receive_all(struct world *w, unsigned int n, struct load *l)
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

static void send_some(struct world *w, unsigned int n, struct load *l)
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
static void command_some(struct world *w, struct load *l)
{
	static void (*const round[])(struct world *) = {
		submit_create,	   submit_map,	 submit_filter_add, submit_set,
		submit_filter_add, submit_unmap, submit_destroy,
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

static void live(struct world *w, struct load *l, uint64_t until)
{
	struct svnic_event e;
	unsigned int n;

	while (now_ns() < until) {
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
	struct world *w = *state;
	struct load l = { 0 };
	uint32_t fault;
	unsigned int n;
	int status;
	pid_t pid;

	w->box->tail = w->f.host[0].tail;
	deadline = now_ns() + BUDGET_NS;
	for (l.kills = 0; l.kills < KILLS && now_ns() < deadline; l.kills++) {
		pid = start_core(w);
		live(w, &l, now_ns() + 1000000 + (uint64_t)rand() % 8000000);
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
		cmocka_unit_test_setup_teardown(killed_at_any_instruction,
						setup, teardown),
		cmocka_unit_test_setup_teardown(killed_at_any_time, setup,
						teardown),
	};

	srand((unsigned int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
