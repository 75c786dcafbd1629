/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Putting the card together and taking it apart, and the one place where
 * sockets are waited for.  Called by main.c and loop.c.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "../../core/core.h"
#include "agent.h"
#include "card.h"
#include "datum.h"
#include "log.h"

#define EVENTS_MAX 16

void card_raise_limits(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

/* An address that stays the same for the same socket on the same machine. */
static void card_default_mac(const struct options *o, uint8_t mac[6])
{
	char id[33] = "";
	uint64_t hash = 0xcbf29ce484222325;
	FILE *f = fopen("/etc/machine-id", "re");
	const char *p;
	unsigned int i;

	if (f) {
		if (!fgets(id, sizeof(id), f))
			id[0] = '\0';
		fclose(f);
	}
	for (p = id; *p; p++)
		hash = (hash ^ (uint8_t)*p) * 0x100000001b3;
	for (p = o->link[0].path; *p; p++)
		hash = (hash ^ (uint8_t)*p) * 0x100000001b3;
	for (i = 1; i < 6; i++)
		mac[i] = (uint8_t)(hash >> 8 * i);
	mac[0] = 0x02;
	mac[5] &= 0xf0; /* link n adds n */
}

static uint32_t card_epoch(void)
{
	uint32_t epoch = 0;

	if (getrandom(&epoch, sizeof(epoch), 0) != sizeof(epoch))
		epoch = (uint32_t)time(NULL);
	return epoch ? epoch : 1;
}

static struct core_config card_config(const struct options *o)
{
	struct core_config config = {
		.nr_workers = o->nr_workers,
		.nr_links = o->nr_links,
		.nr_ports = o->nr_ports,
		.max_vifs = o->max_vifs,
		.nr_queues = o->nr_queues,
		.nr_chunks = o->nr_chunks,
		.epoch = card_epoch(),
	};

	if (o->has_mac)
		memcpy(config.mac, o->mac, sizeof(config.mac));
	else
		card_default_mac(o, config.mac);
	return config;
}

static int card_map_arena(struct card *c, const struct options *o,
			  const struct handover *h, size_t size)
{
	int err;

	if (h)
		c->arena = (struct arena) { .fd = h->arena_fd };
	else
		err = arena_create(&c->arena, o->arena);
	if (!h && err)
		return err;
	err = arena_map(&c->arena, size);
	if (err)
		close(c->arena.fd);
	return err;
}

/*
 * Links whose VIFs do not outlive their client, and have none, had one that is
 * gone; maybe while there was no core to be told.  So may a host's reset.
 */
static void card_reset_links(struct card *c)
{
	unsigned int i;

	for (i = 0; i < c->links.nr; i++) {
		struct link *l = &c->links.link[i];

		if (l->server.dev.is_reset_due)
			device_reset(&l->server.dev);
		else if (!l->config.persist && !link_is_connected(l))
			core_link_reset(c->core, i);
	}
}

static int card_init_core(struct card *c, const struct options *o,
			  const struct handover *h)
{
	struct core_config config = card_config(o);
	int err;

	err = card_map_arena(c, o, h, core_arena_size(&config));
	if (err)
		return err;
	if (h && h->is_fresh)
		core_arena_forget(c->arena.mem);
	err = core_init(c->arena.mem, c->arena.size, &config, &c->core,
			&c->taken_over);
	if (err) {
		log_err("the core cannot use the arena: %s%s", strerror(-err),
			o->arena ? "; remove the file" : "");
		arena_close(&c->arena);
		return err;
	}
	if (!h || h->is_first || !c->taken_over)
		log_info("arena of %zu KiB%s%s, %s", c->arena.size >> 10,
			 o->arena ? " in " : "", o->arena ? o->arena : "",
			 c->taken_over ? "taken over with its VIFs" : "new");
	return 0;
}

/* The last core may have died between its doing and its telling. */
static void card_tell_hosts(struct card *c)
{
	unsigned int i, k;

	for (i = 0; i < c->links.nr; i++) {
		for (k = 0; k < SVNIC_NR_VECTORS; k++)
			irqs_raise(&c->links.link[i].server.dev.msix, k);
	}
}

static void card_fini_threads(struct card *c)
{
	while (c->nr_workers > 0)
		thread_fini(&c->thread[--c->nr_workers]);
}

static int card_init_threads(struct card *c)
{
	struct epoll_event ev = {
		.events = EPOLLIN,
		.data = { .u64 = datum(DATUM_WAKE, 0) },
	};
	int err = 0;

	for (; c->nr_workers < core_nr_workers(c->core); c->nr_workers++) {
		err = thread_init(&c->thread[c->nr_workers], c, c->nr_workers);
		if (err)
			break;
	}
	if (!err && c->nr_workers > 1 &&
	    epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, c->thread[0].wake_fd, &ev) <
		    0)
		err = -errno;
	if (err)
		log_err("worker %u: %s", c->nr_workers, strerror(-err));
	return err;
}

static int card_init_wires(struct card *c, const struct options *o,
			   const struct handover *h)
{
	struct wire_legacy legacy;
	int err;

	for (; c->nr_ports < o->nr_ports; c->nr_ports++) {
		struct wire *w = &c->wire[c->nr_ports];
		struct epoll_event ev = {
			.events = EPOLLIN | EPOLLET,
			.data = { .u64 = datum(DATUM_WIRE, c->nr_ports) },
		};

		if (h) {
			legacy.fd = h->wire_fd[c->nr_ports];
			legacy.is_first = h->is_first;
		}
		err = wire_open(w, c->nr_ports, &o->wire[c->nr_ports],
				h ? &legacy : NULL);
		if (err)
			return err;
		if (w->fd >= 0 &&
		    epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, w->fd, &ev) < 0) {
			err = log_lack("watch on a wire", -errno);
			wire_close(w);
			return err;
		}
	}
	return 0;
}

static void card_fini_wires(struct card *c)
{
	while (c->nr_ports > 0)
		wire_close(&c->wire[--c->nr_ports]);
}

/* The owner's channel, and all that it has handed over. */
static int card_join_owner(struct card *c, const struct handover *h)
{
	struct epoll_event ev = {
		.events = EPOLLIN,
		.data = { .u64 = datum(DATUM_CHANNEL, 0) },
	};

	c->channel = h->channel;
	if (epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, c->channel, &ev) < 0)
		return log_lack("watch on the owner", -errno);
	return handover_give(h, c->links.link, c->links.nr);
}

int card_init(struct card *c, const struct options *o, const struct handover *h)
{
	int err;

	memset(c, 0, sizeof(*c));
	c->idle_us = o->idle_us;
	c->channel = -1;
	card_raise_limits();
	c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (c->epoll_fd < 0)
		return log_lack("epoll instance", -errno);
	if (spare_open(&c->spare, SPARE_UPTIME) < 0)
		log_warn("no %s: looks as if processors were idle",
			 SPARE_UPTIME);
	hal_use(c);
	err = card_init_wires(c, o, h);
	if (err)
		goto err_wires;
	err = card_init_core(c, o, h);
	if (err)
		goto err_wires;
	err = card_init_threads(c);
	if (!err)
		err = links_init(&c->links, o, c->core, NULL);
	if (!err && h)
		err = card_join_owner(c, h);
	if (err)
		goto err_links;
	if (c->taken_over)
		card_reset_links(c);
	if (h && !h->is_first)
		card_tell_hosts(c);
	/* Nobody is told of a card that could not run. */
	err = threads_start(c);
	if (err)
		goto err_links;
	return 0;

err_links:
	links_fini(&c->links);
	card_fini_threads(c);
	arena_close(&c->arena);
err_wires:
	card_fini_wires(c);
	hal_use(NULL);
	spare_close(&c->spare);
	close(c->epoll_fd);
	return err;
}

void card_fini(struct card *c)
{
	threads_stop(c);
	links_fini(&c->links);
	card_fini_threads(c);
	arena_close(&c->arena);
	card_fini_wires(c);
	hal_use(NULL);
	spare_close(&c->spare);
	close(c->epoll_fd);
}

/*
 * Take the card from the other workers, for what they must not see half done;
 * card_wait() gives it back.
 */
static void card_halt(struct card *c)
{
	while (!core_halt(c->core)) {
		core_poll(c->core);
		sched_yield();
	}
	c->is_halted = true;
}

static void card_event(struct card *c, const struct epoll_event *ev)
{
	enum datum_kind kind = datum_kind(ev->data.u64);
	unsigned int nr = datum_nr(ev->data.u64);

	/* Memory, lines and registers change while nobody uses them. */
	if (!c->is_halted && (kind == DATUM_CLIENT || kind == DATUM_CHANNEL))
		card_halt(c);
	switch (kind) {
	case DATUM_LISTEN:
		link_accept(&c->links.link[nr]);
		break;
	case DATUM_CLIENT:
		link_serve(&c->links.link[nr]);
		pace_work(&c->thread[0].pace, hal_clock_ns());
		break;
	case DATUM_WIRE:
		c->wire[nr].readable = true;
		break;
	case DATUM_CHANNEL:
		if (agent_serve(c) < 0)
			atomic_store(&c->is_over, true);
		pace_work(&c->thread[0].pace, hal_clock_ns());
		break;
	case DATUM_WAKE:
		thread_hear(&c->thread[0]);
		break;
	case DATUM_SIGNAL:
		break;
	}
}

uint64_t card_pace(const struct card *c, struct pace *p, uint64_t now_ns)
{
	const struct pace_need need = {
		.is_live = atomic_load(&c->is_live),
		.has_client = atomic_load(&c->has_client),
		.idle_us = c->idle_us,
		.spare = spare_percent(&c->spare),
	};

	return pace_sleep_ns(p, now_ns - p->work_ns, &need);
}

void card_wait(struct card *c, uint64_t ns)
{
	struct timespec ts = { .tv_sec = (time_t)(ns / 1000000000),
			       .tv_nsec = (long)(ns % 1000000000) };
	struct epoll_event ev[EVENTS_MAX];
	unsigned int i;
	bool sleeps;
	int n;

	sleeps = ns > 0 && core_may_sleep(c->core);
	if (!sleeps)
		ts = (struct timespec) { .tv_sec = 0 };
	for (i = 0; ns > 0 && i < c->nr_ports; i++) {
		if (c->wire[i].ops->idle)
			c->wire[i].ops->idle(&c->wire[i]);
	}
	n = epoll_pwait2(c->epoll_fd, ev, EVENTS_MAX, &ts, NULL);
	if (sleeps)
		core_woken(c->core);
	for (i = 0; n > 0 && i < (unsigned int)n; i++)
		card_event(c, &ev[i]);
	if (c->is_halted) {
		c->is_halted = false;
		core_go(c->core);
	}
}
