/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels of guests.  While there is a card they are bound through
 * svnic_pf, so that one read() takes what rang for all of them and what the
 * card says, and one call unmasks them.  Those bindings end with the card's
 * file; then the channels are bound through /dev/xen/evtchn, until there is a
 * card again.  What the others know of a channel is its place in our table,
 * which stays.
 *
 * A channel that rang stays masked until whoever bound it has done its work
 * (rule R20).
 */
#include "channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "../log.h"
#include "dom0.h"
#include "guest.h"
#include "pf.h"

#define AT_ONCE 64u	/* ports of one read() */
#define GROW	64u	/* more places, when all are taken */
#define MAX	131072u /* as many channels as Xen has at most */

enum holder {
	NOBODY, /* its guest closed it while it changed hands */
	BY_PF,
	BY_EVTCHN,
};

struct channel {
	platform_rang_fn rang; /* NULL: the place is free */
	void *arg;
	uint32_t domid, remote;
	enum holder holder;
	uint32_t port; /* of dom0 */
};

/* A place in the table; the table may move. */
static int free_place(struct platform *p, uint32_t *place)
{
	struct channel *c;
	uint32_t i;

	for (i = 0; i < p->nr_channels; i++)
		if (!p->channels[i].rang)
			break;
	if (i == MAX)
		return -ERANGE;
	if (i == p->nr_channels) {
		c = realloc(p->channels, (i + GROW) * sizeof(*c));
		if (!c)
			return -ENOMEM;
		memset(c + i, 0, GROW * sizeof(*c));
		p->channels = c;
		p->nr_channels = i + GROW;
	}
	*place = i;
	return 0;
}

/* Remember whose @port is. */
static int note(struct platform *p, uint32_t port, uint32_t place)
{
	uint32_t nr = port + GROW;
	uint32_t *places;

	if (port >= MAX)
		return -ERANGE;
	if (port >= p->nr_places) {
		places = realloc(p->places, nr * sizeof(*places));
		if (!places)
			return -ENOMEM;
		memset(places + p->nr_places, 0xff,
		       (nr - p->nr_places) * sizeof(*places));
		p->places = places;
		p->nr_places = nr;
	}
	p->places[port] = place;
	return 0;
}

/* Whoever is called may unbind another that rang too: look each up. */
static void rang(struct platform *p, enum holder holder, uint32_t port)
{
	uint32_t place = port < p->nr_places ? p->places[port] : MAX;
	struct channel *c;

	if (place >= p->nr_channels)
		return;
	c = &p->channels[place];
	if (c->rang && c->holder == holder && c->port == port)
		c->rang(c->arg, place);
}

void channel_rang(struct platform *p, uint32_t port)
{
	rang(p, BY_PF, port);
}

/* /dev/xen/evtchn --------------------------------------------------------- */

static void readable(evutil_socket_t fd, short what, void *arg)
{
	struct platform *p = arg;
	evtchn_port_t ports[AT_ONCE];
	ssize_t n = read(fd, ports, sizeof(ports));
	size_t i;

	(void)what;
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		log_warn("xen", "event channels cannot be read");
	for (i = 0; n > 0 && i < (size_t)n / sizeof(ports[0]); i++)
		rang(p, BY_EVTCHN, ports[i]);
}

static int open_handle(struct platform *p)
{
	if (p->channel)
		return 0;
	p->channel = xenevtchn_open(&p->logger, 0);
	if (!p->channel)
		return errno ? -errno : -EIO;
	p->channel_event = event_new(p->base, xenevtchn_fd(p->channel),
				     EV_READ | EV_PERSIST, readable, p);
	if (p->channel_event && event_add(p->channel_event, NULL) == 0)
		return 0;
	channel_close(p);
	return -ENOMEM;
}

void channel_close(struct platform *p)
{
	if (p->channel_event)
		event_free(p->channel_event);
	if (p->channel)
		xenevtchn_close(p->channel);
	free(p->channels);
	free(p->places);
	p->channel_event = NULL;
	p->channel = NULL;
	p->channels = NULL;
	p->nr_channels = 0;
	p->places = NULL;
	p->nr_places = 0;
}

/* Binding ------------------------------------------------------------------- */

static int bind_evtchn(struct platform *p, struct channel *c)
{
	xenevtchn_port_or_error_t got;
	int err = open_handle(p);

	if (err)
		return err;
	got = xenevtchn_bind_interdomain(p->channel, c->domid, c->remote);
	if (got < 0)
		return errno ? -errno : -EINVAL;
	c->port = (uint32_t)got;
	c->holder = BY_EVTCHN;
	return note(p, c->port, (uint32_t)(c - p->channels));
}

static int bind_pf(struct platform *p, struct channel *c)
{
	struct svnic_pf_port b = { .domid = c->domid, .remote = c->remote };
	int err = pf_call(p, SVNIC_PF_PORT_BIND, &b, NULL);

	if (err)
		return err;
	c->port = b.port;
	c->holder = BY_PF;
	return note(p, c->port, (uint32_t)(c - p->channels));
}

static void unbind(struct platform *p, struct channel *c)
{
	__u32 port = c->port;

	if (c->holder == BY_PF)
		pf_call(p, SVNIC_PF_PORT_UNBIND, &port, NULL);
	else if (c->holder == BY_EVTCHN)
		xenevtchn_unbind(p->channel, port);
	c->holder = NOBODY;
}

/*
 * A channel that changes hands is closed for a moment, and what rang then is
 * lost: it counts as rung.
 */
static void move(struct platform *p, uint32_t place,
		 int (*bind)(struct platform *p, struct channel *c))
{
	struct channel *c = &p->channels[place];
	int err;

	unbind(p, c);
	err = bind(p, c);
	if (err)
		log_warnx("xen", "event channel %u of domain %u is lost: %s",
			  c->remote, c->domid, strerror(-err));
	else
		c->rang(c->arg, place);
}

void channel_card_came(struct platform *p)
{
	uint32_t i;

	for (i = 0; i < p->nr_channels; i++)
		if (p->channels[i].rang)
			move(p, i, bind_pf);
}

void channel_card_lost(struct platform *p)
{
	uint32_t i;

	for (i = 0; i < p->nr_channels; i++)
		if (p->channels[i].rang && p->channels[i].holder == BY_PF)
			move(p, i, bind_evtchn);
}

int channel_bind(struct platform *p, struct tenant *t, uint32_t remote,
		 platform_rang_fn fn, void *arg, uint32_t *port)
{
	struct channel *c;
	uint32_t place;
	int err = free_place(p, &place);

	if (err)
		return err;
	c = &p->channels[place];
	c->domid = t->domid;
	c->remote = remote;
	err = bind_pf(p, c);
	if (err == -ENODEV)
		err = bind_evtchn(p, c);
	if (err) {
		unbind(p, c); /* what could not be noted */
		return err;
	}
	c->rang = fn;
	c->arg = arg;
	*port = place;
	return 0;
}

void channel_unbind(struct platform *p, uint32_t port)
{
	struct channel *c = &p->channels[port];

	unbind(p, c);
	c->rang = NULL;
}

/* Turns --------------------------------------------------------------------- */

bool channel_ring(struct platform *p, uint32_t place, uint32_t *port)
{
	const struct channel *c = &p->channels[place];

	if (c->holder == BY_EVTCHN)
		xenevtchn_notify(p->channel, c->port);
	*port = c->port;
	return c->holder != BY_PF;
}

bool channel_unmask(struct platform *p, uint32_t place, uint32_t *port)
{
	const struct channel *c = &p->channels[place];

	if (c->holder == BY_EVTCHN)
		xenevtchn_unmask(p->channel, c->port);
	*port = c->port;
	return c->holder != BY_PF;
}

bool channel_is_own(const struct platform *p, uint32_t place, uint32_t *port)
{
	const struct channel *c = &p->channels[place];

	*port = c->port;
	return c->holder == BY_PF;
}

char *guest_read(struct platform *p, struct tenant *t, const char *key)
{
	(void)p;
	return guest_get(t, t->frontend, key);
}
