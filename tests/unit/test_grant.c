/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xen platform's turns: which octets of a guest svnic_pf and gntdev are
 * asked to copy, what becomes of pieces that fail (rule R26), and whom a port
 * belongs to while the card goes and comes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>
#include <svnic/order.h>

#include "log.h"
#include "xen/dom0.h"

#define MAX_CALLS 64

static struct {
	bool is_there; /* svnic_pf */
	int err;       /* of the next turns */
	uint32_t bad;  /* the grant whose pieces fail; 0: none */
	unsigned int nr_turns;
	struct svnic_pf_turn turn[MAX_CALLS];
	unsigned int nr_pieces;
	struct svnic_pf_piece piece[4 * SVNIC_PF_TURN_PIECES];
	unsigned int bound, unbound;
	unsigned int nr_rung; /* ports, while it waits */
} pf;

static struct {
	unsigned int nr_calls, nr_pieces;
	xengnttab_grant_copy_segment_t last;
	int err;
	uint32_t bad;
	unsigned int bound, unbound, notified, unmasked;
	bool bind_fails;
	int pipe[2];
} xen;

static struct platform p;
static struct tenant t = { .p = &p, .domid = 3 };
static unsigned int rung[4];

/* In place of pf.c and the libraries -------------------------------------- */

static int turn(struct svnic_pf_turn *arg)
{
	struct svnic_pf_piece *piece = (void *)(uintptr_t)arg->pieces;
	struct svnic_event *event = (void *)(uintptr_t)arg->events;
	unsigned int i;

	assert_true(pf.nr_turns < MAX_CALLS);
	pf.turn[pf.nr_turns++] = *arg;
	assert_true(arg->nr_pieces <= SVNIC_PF_TURN_PIECES);
	assert_true(arg->nr_ports + arg->nr_unmask <= SVNIC_PF_TURN_PORTS);
	if (pf.err)
		return pf.err;
	arg->failed = 0;
	assert_true(!arg->nr_events || arg->nr_events >= pf.nr_rung);
	arg->nr_events = arg->nr_events ? pf.nr_rung : 0;
	for (i = 0; i < arg->nr_events; i++)
		event[i].arg = svnic_le32(40 + i);
	for (i = 0; i < arg->nr_pieces; i++) {
		pf.piece[pf.nr_pieces++] = piece[i];
		arg->failed += piece[i].gref == pf.bad;
	}
	for (i = 0; arg->failed && i < arg->nr_pieces; i++)
		piece[i].status =
			piece[i].gref == pf.bad ? GNTST_bad_gntref : GNTST_okay;
	return 0;
}

void pf_hand_on(struct platform *platform, const struct svnic_event *e,
		unsigned int nr)
{
	for (; nr; nr--, e++)
		channel_rang(platform, svnic_cpu32(e->arg));
}

int pf_call(struct platform *platform, unsigned long request, void *arg,
	    const uint32_t *status)
{
	struct svnic_pf_port *port = arg;

	(void)platform;
	(void)status;
	if (!pf.is_there)
		return -ENODEV;
	if (request == SVNIC_PF_TURN)
		return turn(arg);
	if (request == SVNIC_PF_PORT_BIND)
		port->port = 40 + pf.bound++;
	else if (request == SVNIC_PF_PORT_UNBIND)
		pf.unbound++;
	return 0;
}

char *guest_get(struct tenant *tenant, const char *folder, const char *key)
{
	(void)tenant;
	(void)folder;
	return strdup(key);
}

void *xengnttab_map_grant_ref(xengnttab_handle *h, uint32_t domid, uint32_t ref,
			      int prot)
{
	(void)h;
	(void)domid;
	(void)prot;
	errno = ref == 7 ? EACCES : 0;
	return ref > 7 ? &p : NULL;
}

int xengnttab_unmap(xengnttab_handle *h, void *start, uint32_t count)
{
	(void)h;
	assert_ptr_equal(start, &p);
	assert_int_equal(count, 1);
	return 0;
}

int xengnttab_grant_copy(xengnttab_handle *h, uint32_t count,
			 xengnttab_grant_copy_segment_t *seg)
{
	uint32_t i;

	(void)h;
	xen.nr_calls++;
	for (i = 0; i < count; i++) {
		bool to_guest = seg[i].flags & GNTCOPY_dest_gref;
		uint32_t ref = to_guest ? seg[i].dest.foreign.ref
					: seg[i].source.foreign.ref;

		xen.nr_pieces++;
		xen.last = seg[i];
		seg[i].status = ref == xen.bad ? GNTST_bad_gntref : GNTST_okay;
	}
	return xen.err;
}

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger,
				 unsigned int flags)
{
	(void)logger;
	(void)flags;
	return pipe(xen.pipe) ? NULL : (xenevtchn_handle *)&xen;
}

int xenevtchn_close(xenevtchn_handle *h)
{
	(void)h;
	close(xen.pipe[0]);
	close(xen.pipe[1]);
	return 0;
}

int xenevtchn_fd(xenevtchn_handle *h)
{
	(void)h;
	return xen.pipe[0];
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *h,
						     uint32_t domid,
						     evtchn_port_t remote)
{
	(void)h;
	assert_int_equal(domid, 3);
	(void)remote;
	errno = EINVAL;
	return xen.bind_fails ? -1 : (int)(40 + xen.bound++);
}

int xenevtchn_unbind(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	(void)port;
	xen.unbound++;
	return 0;
}

int xenevtchn_notify(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	(void)port;
	xen.notified++;
	return 0;
}

int xenevtchn_unmask(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	(void)port;
	xen.unmasked++;
	return 0;
}

/* Tests -------------------------------------------------------------------- */

static void rang(void *arg, uint32_t place)
{
	(void)place;
	(*(unsigned int *)arg)++;
}

static int begin(void **state)
{
	(void)state;
	log_init(LOG_LEVEL_ERR);
	memset(&pf, 0, sizeof(pf));
	memset(&xen, 0, sizeof(xen));
	memset(&p, 0, sizeof(p));
	memset(rung, 0, sizeof(rung));
	p.base = event_base_new();
	pf.is_there = true;
	return 0;
}

static int end(void **state)
{
	(void)state;
	channel_close(&p);
	event_base_free(p.base);
	return 0;
}

static uint8_t mem[40][SVNIC_PAGE_SIZE] __attribute__((aligned(4096)));

static struct platform_copy copy_of(unsigned int page, uint32_t at,
				    uint32_t len, uint32_t gref)
{
	return (struct platform_copy) {
		.tenant = &t,
		.mem = mem[page] + at,
		.page = SVNIC_SLOW_PAGE + page,
		.nr = 5,
		.gref = gref,
		.len = (uint16_t)len,
	};
}

static void make_turn(struct platform_copy *copy, unsigned int nr)
{
	const struct platform_turn turn_of = { .copy = copy, .nr_copies = nr };

	grant_turn(&p, &turn_of);
}

/* Each octet once, and no piece leaves a page of ours. */
static void test_pieces(void **state)
{
	static const struct {
		uint32_t at, len;
		unsigned int pieces;
	} cases[] = { { 0, 1, 1 },	 { 4095, 1, 1 }, { 4095, 2, 2 },
		      { 1, 4095, 1 },	 { 1, 4096, 2 }, { 0, 4096, 1 },
		      { 4000, 4096, 2 }, { 100, 60, 1 } };
	struct platform_copy c;
	unsigned int i, k;
	uint32_t done;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c = copy_of(2, cases[i].at, cases[i].len, 9);
		c.to_guest = i % 2;
		c.failed = true;
		pf.nr_pieces = 0;
		make_turn(&c, 1);
		assert_false(c.failed);
		assert_int_equal(pf.nr_pieces, cases[i].pieces);
		for (k = 0, done = 0; k < pf.nr_pieces; k++) {
			const struct svnic_pf_piece *o = &pf.piece[k];

			assert_true(o->at + o->len <= SVNIC_PAGE_SIZE);
			assert_int_equal((o->page - SVNIC_SLOW_PAGE - 2) *
							 SVNIC_PAGE_SIZE +
						 o->at,
					 cases[i].at + done);
			assert_int_equal(o->offset, done);
			assert_int_equal(o->gref, 9);
			assert_int_equal(o->vif, 5);
			assert_int_equal(o->domid, 3);
			assert_int_equal(o->flags,
					 i % 2 ? SVNIC_PF_TO_GUEST : 0);
			done += o->len;
		}
		assert_int_equal(done, cases[i].len);
	}
}

/* More than one call takes; what fails, fails alone. */
static void test_many_pieces(void **state)
{
	static struct platform_copy c[2 * SVNIC_PF_TURN_PIECES];
	const unsigned int nr = SVNIC_PF_TURN_PIECES * 3 / 2;
	unsigned int i;

	(void)state;
	/* Every second one lies over a border. */
	for (i = 0; i < nr; i++)
		c[i] = copy_of(0, i % 2 ? 4000 : 0, 200, 100 + i);
	pf.bad = 100 + nr - 3;
	make_turn(c, nr);
	assert_int_equal(pf.nr_pieces, nr * 3 / 2);
	assert_int_equal(pf.nr_turns, 3);
	for (i = 0; i < nr; i++)
		assert_int_equal(c[i].failed, i == nr - 3);
	/* A copy whose second half fails has failed. */
	c[0] = copy_of(0, 4000, 200, 9);
	c[1] = copy_of(0, 0, 200, 10);
	pf.bad = 9;
	make_turn(c, 2);
	assert_true(c[0].failed);
	assert_false(c[1].failed);
	/* A call that fails has copied nothing. */
	pf.bad = 0;
	pf.err = -EIO;
	make_turn(c, 2);
	assert_true(c[0].failed && c[1].failed);
	pf.err = 0;
	make_turn(c, 2);
	assert_false(c[0].failed || c[1].failed);
	pf.is_there = false;
	make_turn(c, 2);
	assert_true(c[0].failed && c[1].failed);
}

/* Memory that svnic_pf does not know goes through gntdev. */
static void test_elsewhere(void **state)
{
	static struct platform_copy c[300];
	unsigned int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		c[i] = copy_of(1, i, 50, 100 + i);
		c[i].page = PLATFORM_ELSEWHERE;
		c[i].offset = (uint16_t)(10 + i);
		c[i].to_guest = i % 2;
	}
	c[150].page = SVNIC_SLOW_PAGE + 1;
	xen.bad = 100 + 299;
	make_turn(c, 300);
	assert_int_equal(pf.nr_pieces, 1);
	assert_int_equal(xen.nr_pieces, 299);
	assert_int_equal(xen.nr_calls, 3);
	for (i = 0; i < 300; i++)
		assert_int_equal(c[i].failed, i == 299);
	assert_ptr_equal(xen.last.source.virt, mem[1] + 299);
	assert_int_equal(xen.last.dest.foreign.ref, 399);
	assert_int_equal(xen.last.dest.foreign.offset, 309);
	assert_int_equal(xen.last.dest.foreign.domid, 3);
	assert_int_equal(xen.last.len, 50);
	c[0].to_guest = false;
	make_turn(c, 1);
	assert_ptr_equal(xen.last.dest.virt, mem[1]);
	assert_int_equal(xen.last.source.foreign.ref, 100);
	xen.err = -1;
	make_turn(c, 2);
	assert_true(c[0].failed && c[1].failed);
}

static void test_map(void **state)
{
	void *page = NULL;

	(void)state;
	assert_int_equal(grant_map(&p, &t, 7, true, &page), -EACCES);
	assert_int_equal(grant_map(&p, &t, 6, true, &page), -EINVAL);
	assert_null(page);
	assert_int_equal(grant_map(&p, &t, 8, false, &page), 0);
	assert_ptr_equal(page, &p);
	grant_unmap(&p, page);
}

static uint32_t bind_one(unsigned int i)
{
	uint32_t place = 99;

	assert_int_equal(channel_bind(&p, &t, i, rang, &rung[i], &place), 0);
	return place;
}

/* What rings within the time is told from within; without a card, nothing. */
static void test_wait(void **state)
{
	const struct platform_turn wait = { .wait_ms = 3 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++)
		bind_one(i);
	pf.nr_rung = 2;
	grant_turn(&p, &wait);
	assert_int_equal(pf.turn[0].wait_ms, 3);
	assert_int_equal(rung[0], 1);
	assert_int_equal(rung[1], 1);
	assert_int_equal(rung[2], 0);
	pf.err = -EINTR;
	grant_turn(&p, &wait);
	pf.is_there = false;
	grant_turn(&p, &wait);
	assert_int_equal(rung[0], 1);
	for (i = 0; i < 3; i++)
		channel_unbind(&p, i);
}

/* Through svnic_pf while it is there, through evtchn while it is not. */
static void test_ports(void **state)
{
	uint32_t place[2];
	struct platform_turn all = {
		.ring = place, .nr_ring = 2, .unmask = place, .nr_unmask = 1
	};
	const uint32_t at_once[2] = { 41, 40 };

	(void)state;
	place[0] = bind_one(0);
	place[1] = bind_one(1);
	assert_int_equal(pf.bound, 2);
	grant_turn(&p, &all);
	assert_int_equal(pf.nr_turns, 1);
	assert_int_equal(pf.turn[0].nr_ports, 2);
	assert_int_equal(pf.turn[0].nr_unmask, 1);
	assert_int_equal(pf.turn[0].port[0], 40);
	assert_int_equal(pf.turn[0].port[1], 41);
	assert_int_equal(pf.turn[0].port[2], 40);
	channel_rang(&p, 41);
	channel_rang(&p, 4711);
	channel_rang(&p, 0xffffffff);
	assert_int_equal(rung[0], 0);
	assert_int_equal(rung[1], 1);
	/* What rang while it changed hands is lost, so all of them rang. */
	pf.is_there = false;
	channel_card_lost(&p);
	assert_int_equal(xen.bound, 2);
	assert_int_equal(rung[0], 1);
	assert_int_equal(rung[1], 2);
	grant_turn(&p, &all);
	assert_int_equal(xen.notified, 2);
	assert_int_equal(xen.unmasked, 1);
	assert_int_equal(pf.nr_turns, 1);
	channel_rang(&p, 40); /* svnic_pf's no more */
	assert_int_equal(rung[0], 1);
	assert_int_equal(write(xen.pipe[1], at_once, sizeof(at_once)),
			 sizeof(at_once));
	event_base_loop(p.base, EVLOOP_NONBLOCK);
	assert_int_equal(rung[0], 2);
	assert_int_equal(rung[1], 3);
	pf.is_there = true;
	channel_card_came(&p);
	assert_int_equal(xen.unbound, 2);
	assert_int_equal(pf.bound, 4);
	assert_int_equal(rung[0], 3);
	channel_unbind(&p, place[0]);
	assert_int_equal(pf.unbound, 1);
	channel_rang(&p, 42);
	assert_int_equal(rung[0], 3);
	/* Its place is the next one's. */
	assert_int_equal(bind_one(2), place[0]);
}

/* A guest that closed its channel is nobody's; others are not touched. */
static void test_lost_port(void **state)
{
	uint32_t place[2], port;

	(void)state;
	place[0] = bind_one(0);
	xen.bind_fails = true;
	pf.is_there = false;
	assert_int_equal(channel_bind(&p, &t, 1, rang, &rung[1], &place[1]),
			 -EINVAL);
	channel_card_lost(&p);
	assert_int_equal(rung[0], 0);
	assert_true(channel_ring(&p, place[0], &port));
	assert_true(channel_unmask(&p, place[0], &port));
	assert_int_equal(xen.notified + xen.unmasked, 0);
	channel_unbind(&p, place[0]);
	assert_int_equal(xen.unbound, 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		T(test_pieces),	   T(test_many_pieces), T(test_elsewhere),
		T(test_map),	   T(test_wait),	T(test_ports),
		T(test_lost_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
