// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of functions, and the card's coming and going: while it is not
 * there it is looked for five times a second, and whoever lost it hears of it
 * from the event loop, never from within a card function.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <event2/event.h>
#include <svnic/order.h>
#include "local.h"
#include "log.h"

#define RETRY_US 200000

static void look_again(struct platform *p)
{
	const struct timeval later = { .tv_usec = RETRY_US };

	evtimer_add(p->retry, &later);
}

static void card_forget(struct platform *p)
{
	if (p->card_event)
		event_free(p->card_event);
	if (p->ring_event)
		event_free(p->ring_event);
	p->card_event = p->ring_event = NULL;
	card_close(&p->card);
	memset(p->cookies, 0, SVNIC_MAX_VIFS * sizeof(*p->cookies));
}

/* The same sentence is said once. */
static void card_missing(struct platform *p, const char *why)
{
	bool news = p->announced || strcmp(p->why, why);

	p->announced = false;
	snprintf(p->why, sizeof(p->why), "%s", why);
	if (news)
		p->up->card_lost(p->core, why);
	look_again(p);
}

static void on_card(evutil_socket_t fd, short what, void *arg)
{
	struct platform *p = arg;
	struct tenant *t;

	(void)fd;
	(void)what;
	vfu_break(&p->card.vfu);
	TAILQ_FOREACH(t, &p->tenants, link)
	tenant_drop(t);
	card_forget(p);
	card_missing(
		p,
		"the connection to svnic-fw is lost; it is tried again until svnic-fw is back");
}

static void on_ring(evutil_socket_t fd, short what, void *arg)
{
	struct platform *p = arg;
	struct svnic_event e;

	(void)fd;
	(void)what;
	while (card_event(&p->card, &e)) {
		unsigned int nr = svnic_cpu16(e.vif);

		if (e.reason == SVNIC_EVENT_FAULT)
			p->up->card_fault(p->core, nr, e.queue,
					  svnic_cpu32(e.arg));
		else if (e.reason == SVNIC_EVENT_QUEUE)
			p->up->card_event(p->core, nr, e.queue);
	}
}

static int card_watch(struct platform *p)
{
	p->card_event = event_new(p->base, p->card.vfu.fd, EV_READ | EV_PERSIST,
				  on_card, p);
	p->ring_event = event_new(p->base, p->card.ring_event,
				  EV_READ | EV_PERSIST, on_ring, p);
	if (!p->card_event || !p->ring_event)
		return -ENOMEM;
	event_add(p->card_event, NULL);
	event_add(p->ring_event, NULL);
	return 0;
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct platform *p = arg;
	char why[PLATFORM_REASON];

	(void)fd;
	(void)what;
	if (card_open(&p->card, p->settings.card, why, sizeof(why))) {
		card_missing(p, why);
		return;
	}
	if (card_watch(p)) {
		card_forget(p);
		card_missing(p, "out of memory");
		return;
	}
	p->announced = true;
	p->why[0] = '\0';
	p->up->card_came(p->core);
	/* Arms the ring. */
	on_ring(-1, 0, p);
	if (!p->restored) {
		p->restored = true;
		record_restore(p);
		p->up->tenants_known(p->core);
	}
}

/* Every VIF has a socket, and a client when it is used. */
static void raise_file_limit(void)
{
	const rlim_t wanted = 4 * SVNIC_MAX_VIFS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		log_warn(LOCAL, "the limit of open files stays low");
}

static int local_open(struct event_base *base,
		      const struct platform_settings *settings,
		      const struct platform_upcalls *up, void *core,
		      struct platform **platform, char *why)
{
	struct platform *p = calloc(1, sizeof(*p));

	if (p) {
		p->cookies = calloc(SVNIC_MAX_VIFS, sizeof(*p->cookies));
		p->retry = evtimer_new(base, on_retry, p);
	}
	if (!p || !p->cookies || !p->retry) {
		snprintf(why, PLATFORM_REASON, "out of memory");
		goto err_free;
	}
	if (mkdir(settings->tenants, 0755) && errno != EEXIST) {
		snprintf(
			why, PLATFORM_REASON,
			"cannot make the folder of the tenants' sockets, %s: %s; make its parent, or set local.tenants in the configuration",
			settings->tenants, strerror(errno));
		goto err_free;
	}
	raise_file_limit();
	p->base = base;
	p->settings = *settings;
	p->up = up;
	p->core = core;
	p->next_cookie = 1ull << 62;
	card_init(&p->card);
	TAILQ_INIT(&p->tenants);
	LIST_INIT(&p->own);
	*platform = p;
	return 0;

err_free:
	if (p && p->retry)
		event_free(p->retry);
	if (p)
		free(p->cookies);
	free(p);
	return -ENOMEM;
}

static int local_start(struct platform *p)
{
	on_retry(-1, 0, p);
	return 0;
}

static void local_close(struct platform *p)
{
	struct tenant *t;

	while ((t = TAILQ_FIRST(&p->tenants)))
		tenant_free(t);
	card_forget(p);
	event_free(p->retry);
	free(p->cookies);
	free(p);
}

static int local_card_info(struct platform *p, struct platform_card *info)
{
	struct platform_card i = { .version = p->card.version,
				   .features = p->card.features,
				   .status = SVNIC_STATUS_READY,
				   .link = p->card.link,
				   .ports = p->card.ports,
				   .max_vifs = p->card.max_vifs,
				   .epoch = p->card.epoch,
				   .own_vif = SVNIC_VIF_NONE };

	if (!card_is_open(&p->card))
		return -ENODEV;
	snprintf(i.name, sizeof(i.name), "%s", p->settings.card);
	*info = i;
	return 0;
}

static const struct platform_ops local_ops = {
	.name = "local",
	.open = local_open,
	.start = local_start,
	.close = local_close,
	.card_info = local_card_info,
	.port_query = local_port_query,
	.vif_list = local_vif_list,
	.vif_create = local_vif_create,
	.vif_destroy = local_vif_destroy,
	.vif_set = local_vif_set,
	.vif_query = local_vif_query,
	.queue_start = local_queue_start,
	.queue_stop = local_queue_stop,
	.rss_set = local_rss_set,
	.source_set = local_source_set,
	.groups_set = local_groups_set,
	.pages_add = own_pages_add,
	.pages_del = own_pages_del,
	.pages_alloc = own_pages_alloc,
	.pages_free = own_pages_free,
	.doorbell_map = own_doorbell_map,
	.doorbell_unmap = own_doorbell_unmap,
	.tenant_create = tenant_create,
	.tenant_offer = tenant_offer,
	.tenant_withdraw = tenant_withdraw,
	.tenant_state = tenant_state,
	.tenant_reason = tenant_reason,
	.tenant_key = tenant_key,
	.tenant_connect = tenant_connect,
	.tenant_disconnect = tenant_disconnect,
	.tenant_name = tenant_name,
	.tenant_destroy = tenant_destroy,
};

const struct platform_ops *platform_local(void)
{
	return &local_ops;
}
