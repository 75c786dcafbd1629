// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hostile tenant for hours: a parent that starts one child after the other.
 * A child attaches to the VIF and writes, at random, whatever a guest can
 * write, while the card reads it; then it goes, or is killed in the middle of
 * it.  Usage: hostile DIR VIF SECONDS SEED [MAC ...]; the addresses are those of
 * neighbours.  Prints how often it did what as one line of JSON.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../../frontend/libsvnic/private.h"

#define MAX_MACS 8u
#define LIFE_MS	 700u	/* of a child, at most */
#define PATIENCE 40000u /* attempts to attach, of half a millisecond */

#define KINDS(X)                          \
	X(indices, index_jump)            \
	X(descriptors, write_descriptors) \
	X(rewritten, rewrite_published)   \
	X(buffers, write_buffers)         \
	X(frames, send_frames)            \
	X(events, write_events)           \
	X(resets, reset_storm)            \
	X(shared, write_card_words)       \
	X(messages, send_message)         \
	X(withdrawn, withdraw_pages)      \
	X(doorbells, doorbell_storm)

#define AS_COUNTER(name, verb) COUNT_##name,
enum counter {
	KINDS(AS_COUNTER) NR_KINDS,
	COUNT_children = NR_KINDS,
	COUNT_killed,
	COUNT_restarts,
	NR_COUNTERS
};

static uint64_t *count; /* shared with the children */
static uint8_t macs[MAX_MACS + 2][6];
static unsigned int nr_macs;
static uint64_t rng;
static struct svnic *v;
static bool is_gone; /* svnicd hung up, or pages are missing */

static uint32_t any(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng >> 16);
}

static uint32_t below(uint32_t n)
{
	return any() % n;
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* A number that hurts. */
static uint32_t number(void)
{
	static const uint32_t some[] = { 0,	  1,	      0xffff,
					 0x10000, 4095,	      4096,
					 4097,	  0xffffffff, 16383,
					 16384,	  0x7fffffff, 0x80000000,
					 65535u,  0xfffff000u };

	return below(3) ? some[below(sizeof(some) / sizeof(some[0]))] : any();
}

static void kick(void)
{
	/* Pairs with look() in device-firmware/core/bell.c (ordering.md O1). */
	svnic_publish32(&v->doorbell->kick, ++v->kick);
}

/* Words, as far as alignment allows: the card reads them at the same time. */
static void scribble(void *at, uint32_t value)
{
	svnic_poke32(at, value);
}

/* Operations: each says how many things it wrote. --------------------------- */

static unsigned int index_jump(void)
{
	struct svnic_queue_ctrl *c = v->tx.ctrl;
	uint32_t value = below(2) ? number() : v->tx.next + below(600) - 40;

	svnic_poke32(below(2) ? &c->tx_prod : &c->rx_prod, value);
	kick();
	return 1;
}

static struct svnic_tx_desc random_desc(void)
{
	struct svnic_tx_desc d;
	uint32_t *word = (uint32_t *)&d;
	unsigned int i;

	for (i = 0; i < sizeof(d) / 4; i++)
		word[i] = below(4) ? 0 : number();
	/* Most are good, or the card would see none but the first. */
	if (below(32)) {
		d.seg.page = v->tx_page + below(v->tx.size);
		d.seg.len = (uint16_t)(below(64) ? 60 + below(2000) : number());
		d.seg.offset = (uint16_t)(below(64) ? 0 : number());
		d.meta.segs = (uint8_t)(below(64) ? 1 : below(25));
		d.meta.len = 0;
		d.meta.flags &= 0x7f;
		d.reserved = 0;
	}
	return d;
}

static void write_desc(uint32_t at)
{
	struct svnic_tx_desc d = random_desc();
	uint32_t word[sizeof(d) / 4];
	uint32_t *to = (uint32_t *)&v->tx.desc[at & (v->tx.size - 1)];
	unsigned int i;

	memcpy(word, &d, sizeof(word));
	for (i = 0; i < sizeof(d) / 4; i++)
		scribble(to + i, word[i]);
}

/* As if it were an honest guest, but for what the descriptors say. */
static unsigned int write_descriptors(void)
{
	unsigned int nr = 1 + below(64);
	unsigned int i;

	v->tx.next = svnic_peek32(&v->tx.ctrl->tx_cons);
	for (i = 0; i < nr; i++)
		write_desc(v->tx.next++);
	svnic_tx_publish(&v->tx);
	kick();
	return nr;
}

/* What the card may be reading just now. */
static unsigned int rewrite_published(void)
{
	unsigned int nr = 1 + below(16);
	unsigned int i;
	uint32_t at;

	for (i = 0; i < nr; i++) {
		at = svnic_peek32(&v->tx.ctrl->tx_cons) + below(64);
		if (below(3))
			scribble(
				(uint32_t *)&v->tx.desc[at & (v->tx.size - 1)] +
					below(8),
				number());
		else
			scribble(v->tx_memory +
					 (at & (v->tx.size - 1)) * 4096ul +
					 below(16) * 4,
				 any());
	}
	return nr;
}

static unsigned int write_buffers(void)
{
	unsigned int nr = 1 + below(64);
	unsigned int i;

	for (i = 0; i < nr; i++) {
		uint32_t *to =
			(uint32_t *)&v->rx.seg[v->rx.next++ & (v->rx.size - 1)];

		scribble(to,
			 below(64) ? v->rx_page + below(v->rx.size) : number());
		scribble(to + 1, below(64) ? 2048u << 16 : number());
	}
	if (below(4))
		v->rx.next =
			svnic_peek32(&v->rx.ctrl->rx_done) + below(v->rx.size);
	svnic_rx_publish(&v->rx);
	kick();
	return nr;
}

/* The card takes these: they are frames, if strange ones. */
static unsigned int send_frames(void)
{
	unsigned int nr = 1 + below(64);
	unsigned int i;

	v->tx.next = svnic_peek32(&v->tx.ctrl->tx_cons);
	for (i = 0; i < nr; i++, v->tx.next++) {
		uint32_t at = v->tx.next & (v->tx.size - 1);
		uint8_t *p = v->tx_memory + at * 4096ul;
		struct svnic_tx_desc d = {
			.seg = { .page = v->tx_page + at,
				 .len = (uint16_t)(14 + below(1600)) },
			.meta = { .segs = 1 },
		};

		memcpy(p, macs[below(nr_macs)], 6);
		memcpy(p + 6, below(8) ? v->info.mac : macs[below(nr_macs)], 6);
		memcpy(p + 12, below(4) ? "\x08\x00" : "\x81\x00", 2);
		scribble(p + 16, number());
		if (!below(4)) {
			d.meta.flags = (uint16_t)below(256);
			d.meta.csum_start =
				(uint16_t)(below(2) ? 34 : number());
			d.meta.csum_offset = 16;
			d.meta.gso_size = (uint16_t)number();
		}
		v->tx.desc[at] = d;
	}
	svnic_tx_publish(&v->tx);
	kick();
	return nr;
}

static unsigned int write_events(void)
{
	struct svnic_queue_ctrl *c = v->tx.ctrl;

	svnic_poke32(&c->tx_event, below(2) ? number() : c->tx_cons);
	svnic_poke32(&c->rx_event, below(2) ? number() : c->rx_done);
	svnic_poke32(&c->hold, number());
	return 3;
}

/* Restarts that do not follow the rules. */
static unsigned int reset_storm(void)
{
	unsigned int nr = 1 + below(16);
	unsigned int i;

	/* Pairs with look() in device-firmware/core/bell.c (ordering.md O1). */
	for (i = 0; i < nr; i++)
		svnic_publish32(&v->doorbell->reset, ++v->reset);
	return nr;
}

/* Words that only the card writes. */
static unsigned int write_card_words(void)
{
	struct svnic_queue_ctrl *c = v->tx.ctrl;

	scribble(&c->tx_cons, number());
	scribble(&c->rx_done, number());
	scribble(&c->state, number());
	scribble(&c->fault, number());
	return 4;
}

static void exchange(const struct svnic_ctrl_req *req)
{
	char answer[256];

	if (send(v->control, req, sizeof(*req), MSG_NOSIGNAL) < 0 ||
	    recv(v->control, answer, sizeof(answer), 0) <= 0)
		is_gone = true;
}

static unsigned int send_message(void)
{
	static const uint16_t types[] = { SVNIC_CTRL_HELLO,
					  SVNIC_CTRL_ADD_PAGES,
					  SVNIC_CTRL_QUEUE_START,
					  SVNIC_CTRL_QUEUE_STOP,
					  0x5399,
					  1 };
	struct svnic_ctrl_req req = {
		.id = (uint16_t)any(),
		.type = types[below(6)],
		.data = { number(), number(), number() },
	};

	exchange(&req);
	/* Nothing reads a queue that is stopped. */
	is_gone |= req.type == SVNIC_CTRL_QUEUE_STOP;
	return 1;
}

/* While frames in them are under way. */
static unsigned int withdraw_pages(void)
{
	uint32_t nr = 1 + below(64);
	struct svnic_ctrl_req req = {
		.type = SVNIC_CTRL_DEL_PAGES,
		.data = { below(4) ? v->tx_page + below(v->tx.size) : below(64),
			  0, nr },
	};

	send_frames();
	exchange(&req);
	is_gone |= req.data[0] < v->tx_page || !below(3);
	return nr;
}

static unsigned int doorbell_storm(void)
{
	unsigned int nr = 1000 + below(20000);
	unsigned int i;

	for (i = 0; i < nr; i++) {
		kick();
		svnic_poke32(&v->doorbell[below(16)].kick, any());
	}
	return nr;
}

/* Children. ----------------------------------------------------------------- */

#define AS_OPERATION(name, verb) verb,
static unsigned int (*const operation[])(void) = { KINDS(AS_OPERATION) };

/* Often: what costs the card work; seldom: what costs svnicd work. */
#define CHANCES 247u
static const uint8_t chance[NR_KINDS] = {
	2, 80, 20, 40, 80, 20, 1, 1, 1, 1, 1
};

static unsigned int choose(void)
{
	uint32_t at = below(CHANCES);
	unsigned int i;

	for (i = 0; at >= chance[i]; i++)
		at -= chance[i];
	return i;
}

/* Until the card has looked, or for two milliseconds; never in peace. */
static void wait_for_card(void)
{
	uint64_t end = now_ms() + 2;

	while (svnic_peek32(&v->tx.ctrl->tx_cons) != v->tx.next &&
	       !svnic_fault(v) && now_ms() <= end) {
		if (!below(4))
			count[COUNT_rewritten] += rewrite_published();
		sched_yield();
	}
}

static bool attach(const struct svnic_params *params)
{
	const struct timespec step = { .tv_nsec = 500000 };
	const struct timeval patience = { .tv_sec = 2 };
	unsigned int left = PATIENCE;

	while (svnic_open(params, &v)) {
		if (!left--)
			return false;
		nanosleep(&step, NULL);
	}
	setsockopt(v->control, SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	memcpy(macs[nr_macs++], v->info.mac, 6);
	return true;
}

/* 0 when the card did what it must, 1 when not. */
static int child(const struct svnic_params *params)
{
	uint64_t end = now_ms() + 50 + below(LIFE_MS);
	unsigned int kind;

	if (!attach(params)) {
		fprintf(stderr, "hostile: VIF %s cannot be attached any more\n",
			params->name);
		return 1;
	}
	while (now_ms() < end && !is_gone) {
		kind = choose();
		count[kind] += operation[kind]();
		wait_for_card();
		if (!svnic_fault(v) && below(512))
			continue;
		count[COUNT_restarts]++;
		/* Without its pages, or its queue, it cannot be restarted. */
		is_gone = svnic_restart(v) != 0;
	}
	/* Some take their leave, others do not. */
	if (below(2))
		svnic_close(v);
	return 0;
}

static int run_child(const struct svnic_params *params)
{
	const struct timespec life = { .tv_nsec = 20000000 +
						  (long)below(400) * 1000000 };
	bool is_killed = below(2);
	uint64_t seed = (uint64_t)any() << 32 | any() | 1;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		rng = seed;
		_exit(child(params));
	}
	if (pid < 0)
		return 1;
	count[COUNT_children]++;
	if (is_killed) {
		nanosleep(&life, NULL);
		kill(pid, SIGKILL);
	}
	if (waitpid(pid, &status, 0) != pid)
		return 1;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
		count[COUNT_killed]++;
		return 0;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	fprintf(stderr, "hostile: a child ended with %#x\n", (unsigned)status);
	return 1;
}

static void print_counters(void)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < NR_KINDS; i++)
		sum += i == COUNT_doorbells ? 0 : count[i];
	printf("{\"operations\": %" PRIu64, sum);
#define AS_TEXT(name, verb) \
	printf(", \"" #name "\": %" PRIu64, count[COUNT_##name]);
	KINDS(AS_TEXT)
	AS_TEXT(children, 0)
	AS_TEXT(killed, 0)
	AS_TEXT(restarts, 0)
	printf("}\n");
}

static bool add_mac(const char *text)
{
	unsigned int m[6];
	unsigned int i;

	if (nr_macs == MAX_MACS ||
	    sscanf(text, "%x:%x:%x:%x:%x:%x", &m[0], &m[1], &m[2], &m[3], &m[4],
		   &m[5]) != 6)
		return false;
	for (i = 0; i < 6; i++)
		macs[nr_macs][i] = (uint8_t)m[i];
	nr_macs++;
	return true;
}

int main(int argc, char **argv)
{
	struct svnic_params params = { 0 };
	int failed = 0;
	uint64_t end;
	int i;

	if (argc < 5) {
		fprintf(stderr,
			"usage: hostile DIR VIF SECONDS SEED [MAC ...]\n");
		return 2;
	}
	params.socket_dir = argv[1];
	params.name = argv[2];
	rng = strtoull(argv[4], NULL, 0) * 0x9e3779b97f4a7c15ull | 1;
	for (i = 5; i < argc; i++) {
		if (!add_mac(argv[i]))
			return 2;
	}
	memset(macs[nr_macs++], 0xff, 6);
	count = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED)
		return 2;
	end = now_ms() + (uint64_t)(atof(argv[3]) * 1000);
	while (now_ms() < end && !failed)
		failed = run_child(&params);
	print_counters();
	return failed;
}
