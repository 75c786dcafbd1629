/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels of guests, all through one handle, so that one read() takes
 * what rang for all of them.  A port that rang stays masked until whoever
 * bound it has done its work (rule R20).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "../log.h"
#include "dom0.h"

#define AT_ONCE 64u	/* ports of one read() */
#define GROW	64u	/* more, when a port is beyond the table */
#define MAX	131072u /* as Xen's largest */

struct channel {
	platform_rang_fn rang; /* NULL: not bound */
	void *arg;
};

static struct channel *find(struct platform *p, uint32_t port)
{
	return port < p->nr_channels ? &p->channels[port] : NULL;
}

static int make_room(struct platform *p, uint32_t port)
{
	uint32_t nr = port + GROW;
	struct channel *c;

	if (port >= MAX)
		return -ERANGE;
	if (port < p->nr_channels)
		return 0;
	c = realloc(p->channels, nr * sizeof(*c));
	if (!c)
		return -ENOMEM;
	memset(c + p->nr_channels, 0, (nr - p->nr_channels) * sizeof(*c));
	p->channels = c;
	p->nr_channels = nr;
	return 0;
}

/* Whoever is called may unbind another that rang too: look each up. */
static void rung(evutil_socket_t fd, short what, void *arg)
{
	struct platform *p = arg;
	evtchn_port_t ports[AT_ONCE];
	ssize_t n = read(fd, ports, sizeof(ports));
	struct channel *c;
	size_t i;

	(void)what;
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		log_warn("xen", "event channels cannot be read");
	for (i = 0; n > 0 && i < (size_t)n / sizeof(ports[0]); i++) {
		c = find(p, ports[i]);
		if (c && c->rang)
			c->rang(c->arg, ports[i]);
	}
}

static int open_handle(struct platform *p)
{
	if (p->channel)
		return 0;
	p->channel = xenevtchn_open(&p->logger, 0);
	if (!p->channel)
		return errno ? -errno : -EIO;
	p->channel_event = event_new(p->base, xenevtchn_fd(p->channel),
				     EV_READ | EV_PERSIST, rung, p);
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
	p->channel_event = NULL;
	p->channel = NULL;
	p->channels = NULL;
	p->nr_channels = 0;
}

int channel_bind(struct platform *p, struct tenant *t, uint32_t remote,
		 platform_rang_fn rang, void *arg, uint32_t *port)
{
	xenevtchn_port_or_error_t got;
	int err = open_handle(p);

	if (err)
		return err;
	got = xenevtchn_bind_interdomain(p->channel, t->domid, remote);
	if (got < 0)
		return errno ? -errno : -EINVAL;
	err = make_room(p, (uint32_t)got);
	if (err) {
		xenevtchn_unbind(p->channel, (evtchn_port_t)got);
		return err;
	}
	p->channels[got].rang = rang;
	p->channels[got].arg = arg;
	*port = (uint32_t)got;
	return 0;
}

void channel_unbind(struct platform *p, uint32_t port)
{
	struct channel *c = find(p, port);

	if (!c || !c->rang)
		return;
	c->rang = NULL;
	xenevtchn_unbind(p->channel, port);
}

/* The library takes them one at a time, the driver as many as there are. */
void channel_unmask(struct platform *p, const uint32_t *ports,
		    unsigned int nr_ports)
{
	size_t size = nr_ports * sizeof(ports[0]);

	if (write(xenevtchn_fd(p->channel), ports, size) != (ssize_t)size)
		log_warn("xen", "event channels cannot be unmasked");
}

char *guest_read(struct platform *p, struct tenant *t, const char *key)
{
	return store_read(p, t->frontend, key);
}
