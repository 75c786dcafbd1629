/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The owner: it speaks vfio-user with the clients, keeps the books of what
 * they said, and sees to it that there is a core.  It maps no memory of a host
 * and looks at no frame, so that what kills a core does not kill it; keep it
 * small.  Called by main.c.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "arena.h"
#include "card.h"
#include "datum.h"
#include "links.h"
#include "log.h"
#include "owner.h"
#include "supervise.h"

#define EVENTS_MAX 16

struct owner {
	struct supervisor core;
	struct arena arena;
	struct links links;
	unsigned int nr_ports;
	struct wire wire[SVNIC_MAX_PORTS];
	int epoll_fd;
	int signal_fd;
	bool stop;
};

static struct handover *owner_books(void *arg)
{
	struct owner *w = arg;
	struct handover *h = handover_new(w->links.link, w->links.nr);
	unsigned int i;

	if (!h)
		return NULL;
	h->arena_fd = w->arena.fd;
	h->nr_ports = w->nr_ports;
	for (i = 0; i < w->nr_ports; i++)
		h->wire_fd[i] = w->wire[i].fd;
	return h;
}

static int owner_signals(struct owner *w)
{
	struct epoll_event ev = { .events = EPOLLIN,
				  .data = { .u64 = datum(DATUM_SIGNAL, 0) } };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	w->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (w->signal_fd < 0 ||
	    epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->signal_fd, &ev) < 0)
		return log_lack("signals", -errno);
	return 0;
}

/* See that they can be had, and keep what has a descriptor. */
static int owner_open_wires(struct owner *w, const struct options *o)
{
	int err;

	for (; w->nr_ports < o->nr_ports; w->nr_ports++) {
		struct wire *wire = &w->wire[w->nr_ports];

		err = wire_open(wire, w->nr_ports, &o->wire[w->nr_ports], NULL);
		if (err)
			return err;
		if (wire->fd < 0)
			wire_close(wire);
	}
	return 0;
}

static void owner_close_wires(struct owner *w)
{
	while (w->nr_ports > 0) {
		struct wire *wire = &w->wire[--w->nr_ports];

		if (wire->fd >= 0)
			wire_close(wire);
	}
}

static void owner_on_signal(struct owner *w)
{
	struct signalfd_siginfo info;

	while (read(w->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGHUP:
			supervise_upgrade(&w->core);
			break;
		case SIGUSR1:
			if (w->core.pid > 0)
				kill(w->core.pid, SIGUSR1);
			break;
		default:
			w->stop = true;
			break;
		}
	}
}

static void owner_event(struct owner *w, const struct epoll_event *ev)
{
	unsigned int nr = datum_nr(ev->data.u64);

	switch (datum_kind(ev->data.u64)) {
	case DATUM_LISTEN:
		link_accept(&w->links.link[nr]);
		break;
	case DATUM_CLIENT:
		link_serve(&w->links.link[nr]);
		break;
	case DATUM_CHANNEL:
		supervise_notice(&w->core);
		break;
	case DATUM_SIGNAL:
	case DATUM_WAKE:
	case DATUM_WIRE:
		break;
	}
}

/* Signals first: a core that ends along with us is not missed. */
static void owner_loop(struct owner *w)
{
	struct epoll_event ev[EVENTS_MAX];
	int i, n;

	while (!w->stop) {
		n = epoll_wait(w->epoll_fd, ev, EVENTS_MAX,
			       supervise_timeout(&w->core));
		owner_on_signal(w);
		for (i = 0; i < n && !w->stop; i++)
			owner_event(w, &ev[i]);
		if (n == 0)
			supervise_notice(&w->core);
	}
	log_info("stopped by a signal");
}

static int owner_start(struct owner *w, const struct options *o)
{
	int err = owner_signals(w);

	if (!err)
		err = owner_open_wires(w, o);
	if (!err)
		err = arena_create(&w->arena, o->arena);
	if (!err)
		err = links_init(&w->links, o, NULL, &w->core.remote);
	if (!err)
		err = supervise_init(&w->core, datum(DATUM_CHANNEL, 0));
	if (err)
		return err;
	err = supervise_start(&w->core);
	if (!err)
		err = links_listen(&w->links, w->epoll_fd);
	return err;
}

int owner_run(const struct options *o, char **argv)
{
	static struct owner w;
	int err;

	card_raise_limits();
	w.arena.fd = -1;
	w.core.binary_fd = -1;
	w.signal_fd = -1;
	w.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w.epoll_fd < 0)
		return log_lack("epoll instance", -errno);
	w.core.argv = argv;
	w.core.books = owner_books;
	w.core.arg = &w;
	w.core.epoll_fd = w.epoll_fd;
	err = owner_start(&w, o);
	if (!err)
		owner_loop(&w);
	supervise_stop(&w.core);
	links_fini(&w.links);
	owner_close_wires(&w);
	if (w.arena.fd >= 0)
		close(w.arena.fd);
	if (w.signal_fd >= 0)
		close(w.signal_fd);
	close(w.epoll_fd);
	return err;
}
