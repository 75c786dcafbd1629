/* SPDX-License-Identifier: GPL-2.0-only */
/* See grant_fixture.h. */
#include "grant_fixture.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <svnic/order.h>

#include "log.h"
#include "xen/channel.h"
#include "xen/guest.h"
#include "xen/pf.h"

struct fake_pf pf;
struct fake_xen xen;
struct platform dom0;
struct tenant guest = { .p = &dom0, .domid = 3 };
unsigned int rung[4];

/* In place of pf.c and the libraries -------------------------------------- */

static void post(struct svnic_pf_turn *arg)
{
	pf.nr_slots = arg->nr_slots;
	pf.nr_posts = arg->nr_posts;
	assert_true(pf.nr_slots <= SVNIC_PF_TURN_SLOTS);
	assert_true(pf.nr_posts <= SVNIC_PF_TURN_POSTS);
	if (pf.nr_slots)
		memcpy(pf.slot, (void *)(uintptr_t)arg->slots,
		       pf.nr_slots * sizeof(pf.slot[0]));
	if (pf.nr_posts)
		memcpy(pf.post, (void *)(uintptr_t)arg->posts,
		       pf.nr_posts * sizeof(pf.post[0]));
	arg->rung = pf.rings;
}

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
	arg->rung = 0;
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
	if (arg->failed)
		arg->nr_events = 0;
	else
		post(arg);
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
	/* What was bound is the file's, and it may be told until it closes. */
	if (request == SVNIC_PF_PORT_UNBIND) {
		pf.unbound++;
		return 0;
	}
	if (!pf.is_there)
		return -ENODEV;
	if (request == SVNIC_PF_TURN)
		return turn(arg);
	if (request == SVNIC_PF_PORT_BIND)
		port->port = 40 + pf.bound++;
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
	return ref > 7 ? &dom0 : NULL;
}

int xengnttab_unmap(xengnttab_handle *h, void *start, uint32_t count)
{
	(void)h;
	assert_ptr_equal(start, &dom0);
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
/* What tests ask for -------------------------------------------------------- */

static void rang(void *arg, uint32_t place)
{
	(void)place;
	(*(unsigned int *)arg)++;
}

int grant_begin(void **state)
{
	(void)state;
	log_init(LOG_LEVEL_ERR);
	memset(&pf, 0, sizeof(pf));
	memset(&xen, 0, sizeof(xen));
	memset(&dom0, 0, sizeof(dom0));
	memset(rung, 0, sizeof(rung));
	dom0.base = event_base_new();
	pf.is_there = true;
	return 0;
}

int grant_end(void **state)
{
	(void)state;
	channel_close(&dom0);
	event_base_free(dom0.base);
	return 0;
}

uint8_t mem[40][SVNIC_PAGE_SIZE] __attribute__((aligned(4096)));

struct platform_copy copy_of(unsigned int page, uint32_t at, uint32_t len,
			     uint32_t gref)
{
	return (struct platform_copy) {
		.tenant = &guest,
		.mem = mem[page] + at,
		.page = SVNIC_SLOW_PAGE + page,
		.nr = 5,
		.gref = gref,
		.len = (uint16_t)len,
	};
}

uint32_t bind_one(unsigned int i)
{
	uint32_t place = 99;

	assert_int_equal(channel_bind(&dom0, &guest, i, rang, &rung[i], &place),
			 0);
	return place;
}
