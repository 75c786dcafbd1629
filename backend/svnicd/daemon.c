/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Start, signals and end of the daemon, and the table of the platform's
 * upcalls: what is for a VIF goes to vif.c, what is for the card to
 * daemon_card.c.
 */
#include "daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

#include "control.h"
#include "ctrl.h"
#include "netif/netif.h"
#include "vif.h"

#ifndef SVNICD_SYSCONFDIR
#define SVNICD_SYSCONFDIR "/etc"
#endif
#define COOKIE_OURS	 (1ull << 63)
#define CONTROL_LATER_US 50000

const char *daemon_config_path(void)
{
	return SVNICD_SYSCONFDIR "/svnic/svnicd.yaml";
}

/* Tenants -------------------------------------------------------------- */

static struct vif *vif_came(void *core, struct tenant *tenant,
			    const struct platform_request *request)
{
	return vif_create(core, tenant, request);
}

static const struct platform_upcalls upcalls = {
	.card_came = daemon_card_came,
	.card_lost = daemon_card_lost,
	.card_fault = daemon_card_fault,
	.card_event = daemon_card_event,
	.vif_came = vif_came,
	.tenants_known = daemon_tenants_known,
	.vif_changed = vif_change,
	.vif_gone = vif_destroy,
	.peer_state = vif_peer_state,
	.gate = vif_gate,
	.offline = vif_offline,
	.peer_fault = vif_peer_fault,
	.ctrl = ctrl_handle,
};

struct vif *daemon_find_nr(struct daemon *d, unsigned int nr)
{
	return nr < SVNIC_MAX_VIFS ? d->numbered[nr] : NULL;
}

void daemon_number(struct daemon *d, struct vif *vif, unsigned int nr)
{
	if (vif->nr < SVNIC_MAX_VIFS && d->numbered[vif->nr] == vif) {
		d->numbered[vif->nr] = NULL;
		d->nr_numbered--;
	}
	vif->nr = nr;
	if (nr < SVNIC_MAX_VIFS) {
		d->nr_numbered += !d->numbered[nr];
		d->numbered[nr] = vif;
	}
}

/* "guest.0" for "3.0" of the domain "guest". */
static bool is_called(const struct vif *vif, const char *name)
{
	const struct daemon *d = vif->d;
	const char *domain = d->ops->tenant_name(d->platform, vif->tenant);
	const char *devid = strrchr(vif->name, '.');
	size_t len = strlen(domain);

	return vif->state != VIF_DETACHED && devid &&
	       strncmp(name, domain, len) == 0 &&
	       strcmp(name + len, devid) == 0;
}

/* "3.0": xl takes a name of digits for a domain's number, too. */
static bool is_number(const char *name)
{
	static const char digits[] = "0123456789";
	const char *devid = name + strspn(name, digits);

	return *devid == '.' && devid[1 + strspn(devid + 1, digits)] == '\0';
}

struct vif *daemon_find(struct daemon *d, const char *name)
{
	struct vif *vif = names_find(&d->names, name);

	/* Of a domain the name may cost a question to XenStore for each VIF. */
	if (vif || !strchr(name, '.') || is_number(name))
		return vif;
	TAILQ_FOREACH(vif, &d->vifs, link)
	{
		if (is_called(vif, name))
			return vif;
	}
	return NULL;
}

uint32_t daemon_epoch(struct daemon *d)
{
	struct timespec now;

	if (d->next_epoch == 0) {
		clock_gettime(CLOCK_REALTIME, &now);
		d->next_epoch = (uint32_t)now.tv_sec << 8;
	}
	return ++d->next_epoch;
}

uint64_t daemon_cookie(struct daemon *d)
{
	return COOKIE_OURS | ++d->next_cookie;
}

/* Life cycle ------------------------------------------------------------- */

static int load_config(struct daemon *d, bool *missing)
{
	char error[CONFIG_ERROR];
	int err = config_read(&d->config, d->config_path, error);

	*missing = err == -ENOENT && d->config_is_default;
	if (*missing)
		return 0;
	if (err)
		log_err("config", "%s", error);
	return err == -ENOENT ? -EINVAL : err;
}

static void keep(char *fresh, const char *was, const char *key, bool given)
{
	if (!given && strcmp(fresh, was) != 0)
		log_warnx("config",
			  "%s stays \"%s\" until svnicd is started again", key,
			  was);
	strcpy(fresh, was);
}

/* What only a start looks at. */
static void keep_start(struct daemon *d, const struct config *was)
{
	struct config *c = &d->config;

	keep(c->platform, was->platform, "platform", d->platform_given);
	keep(c->socket, was->socket, "control.socket", d->socket_given);
	keep(c->group, was->group, "control.group", false);
	keep(c->xen_device, was->xen_device, "xen.device", false);
	keep(c->local_card, was->local_card, "local.card", false);
	keep(c->local_tenants, was->local_tenants, "local.tenants", false);
}

static void reload(evutil_socket_t sig, short what, void *arg)
{
	struct daemon *d = arg;
	struct config was = d->config; /* its texts and numbers only */
	struct vif *vif;
	bool missing;

	(void)sig;
	(void)what;
	if (load_config(d, &missing) || missing) {
		log_warnx("config", "%s %s; all stays as it was",
			  d->config_path,
			  missing ? "is not there" : "was not read");
		return;
	}
	keep_start(d, &was);
	if (d->debug)
		d->config.log = was.log;
	if (was.log != d->config.log)
		log_set_level(d->config.log);
	log_info(
		"config",
		"%s read again; limits hold at once, all else for VIFs to come",
		d->config_path);
	daemon_check_ports(d);
	TAILQ_FOREACH(vif, &d->vifs, link)
	{
		vif_reconfigure(vif);
	}
}

static void stop(evutil_socket_t sig, short what, void *arg)
{
	struct daemon *d = arg;

	(void)what;
	log_info("daemon", "%s: stopping; guests keep their VIFs",
		 sig == SIGTERM ? "SIGTERM" : "SIGINT");
	event_base_loopbreak(d->base);
}

static void no_upgrade(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	(void)arg;
	log_warnx(
		"daemon",
		"SIGUSR2 does nothing here: an upgrade is for the process that svnicd --standby started");
}

static int watch_signals(struct daemon *d)
{
	static const struct {
		int sig;
		event_callback_fn handle;
	} table[] = { { SIGTERM, stop },
		      { SIGINT, stop },
		      { SIGHUP, reload },
		      { SIGUSR2, no_upgrade } };
	sigset_t held;
	unsigned int i;

	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < 4; i++) {
		d->signals[i] =
			evsignal_new(d->base, table[i].sig, table[i].handle, d);
		if (!d->signals[i] || event_add(d->signals[i], NULL))
			return -ENOMEM;
	}
	/* The keeper's processes begin with it blocked. */
	sigemptyset(&held);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_UNBLOCK, &held, NULL);
	return 0;
}

static int choose_platform(struct daemon *d)
{
	struct platform_settings s = { .card = "" };
	char why[PLATFORM_REASON] = "";
	bool xen = strcmp(d->config.platform, "xen") == 0;
	int err;

	d->ops = xen ? platform_xen() : platform_local();
	if (!d->ops) {
		log_err("daemon",
			"this svnicd was built without the %s platform; install one with it, or use --platform %s",
			d->config.platform, xen ? "local" : "xen");
		return -EINVAL;
	}
	strcpy(s.card, xen ? d->config.xen_device : d->config.local_card);
	strcpy(s.tenants, d->config.local_tenants);
	err = d->ops->open(d->base, &s, &upcalls, d, &d->platform, why);
	if (err)
		log_err("daemon", "the %s platform did not start: %s",
			d->config.platform, *why ? why : strerror(-err));
	return err;
}

static int configure(struct daemon *d, const struct daemon_options *o)
{
	bool missing;
	int err = config_init(&d->config);

	if (err)
		return err;
	d->config_is_default = !o->config_path;
	d->debug = o->debug;
	d->config_path = o->config_path ? o->config_path : daemon_config_path();
	d->platform_given = o->platform;
	d->socket_given = o->socket;
	err = load_config(d, &missing);
	if (err)
		return err;
	if (o->platform)
		snprintf(d->config.platform, sizeof(d->config.platform), "%s",
			 o->platform);
	if (o->socket)
		snprintf(d->config.socket, sizeof(d->config.socket), "%s",
			 o->socket);
	if (o->debug)
		d->config.log = LOG_LEVEL_DEBUG;
	log_set_level(d->config.log);
	if (missing)
		log_info("config", "no %s: network net0 is port 0 of the card",
			 d->config_path);
	return 0;
}

int daemon_init(struct daemon *d, const struct daemon_options *options)
{
	int err;

	memset(d, 0, sizeof(*d));
	TAILQ_INIT(&d->vifs);
	LIST_INIT(&d->captures);
	daemon_no_card(
		d, "no svnic card is there; load svnic_pf or start svnic-fw");
	err = configure(d, options);
	if (err)
		goto err_config;
	d->base = event_base_new();
	err = d->base ? choose_platform(d) : -ENOMEM;
	if (err)
		goto err_base;
	d->turns = netif_turns_create(d->base, d->ops, d->platform);
	if (d->turns)
		return 0;
	err = -ENOMEM;

err_base:
	daemon_fini(d);
	return err;
err_config:
	config_fini(&d->config);
	return err;
}

static void open_control(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	d->control_failed = control_create(d, &d->control);
	if (d->control_failed)
		event_base_loopbreak(d->base);
}

/* Guests wait for their frames; nobody waits for this. */
static int control_later(struct daemon *d)
{
	static const struct timeval later = { .tv_usec = CONTROL_LATER_US };

	return event_base_once(d->base, -1, EV_TIMEOUT, open_control, d, &later)
		       ? -ENOMEM
		       : 0;
}

int daemon_run(struct daemon *d, bool late)
{
	int err = watch_signals(d);

	if (!err)
		err = late ? control_later(d) : control_create(d, &d->control);
	if (err)
		return err;
	err = d->ops->start(d->platform);
	if (err) {
		log_err("daemon", "the %s platform did not start: %s",
			d->config.platform, strerror(-err));
		return err;
	}
	err = event_base_dispatch(d->base) < 0 ? -EIO : 0;
	return err ? err : d->control_failed;
}

/* Only our own memory: neither card nor guest sees any of this. */
static void free_vifs(struct daemon *d)
{
	struct vif *vif;

	while ((vif = TAILQ_FIRST(&d->vifs))) {
		TAILQ_REMOVE(&d->vifs, vif, link);
		vif_free(vif);
	}
}

void daemon_fini(struct daemon *d)
{
	unsigned int i;

	if (d->control)
		control_destroy(d->control);
	free_vifs(d);
	netif_turns_free(d->turns);
	if (d->platform)
		d->ops->close(d->platform);
	if (d->retry)
		event_free(d->retry);
	for (i = 0; i < 4; i++)
		if (d->signals[i])
			event_free(d->signals[i]);
	if (d->base)
		event_base_free(d->base);
	free(d->left);
	config_fini(&d->config);
}
