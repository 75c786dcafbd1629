// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tenant: a name, what was asked for, and a socket that a process connects
 * to.  It plays the frontend of a VIF towards the daemon: Initialising while
 * nobody is there, Connected once a client is attached, Closed when it goes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include <event2/event.h>
#include "local.h"
#include "log.h"

static bool is_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";

	return name[0] && strspn(name, allowed) == strlen(name);
}

static int check_name(struct platform *p, const char *name, char *why)
{
	if (!name || !is_name(name) || strlen(name) >= TENANT_NAME) {
		snprintf(
			why, PLATFORM_REASON,
			"name \"%.64s\" is not 1 to %d letters, digits, '-' and '_'",
			name ? name : "", TENANT_NAME - 1);
		return -EINVAL;
	}
	if (names_find(&p->names, name)) {
		snprintf(
			why, PLATFORM_REASON,
			"there is a VIF \"%s\" already; choose another name, or destroy it first",
			name);
		return -EEXIST;
	}
	return 0;
}

static void set_word(char word[TENANT_WORD], const char *value)
{
	snprintf(word, TENANT_WORD, "%s", value ? value : "");
}

static void set_limits(struct tenant *t, const char *value)
{
	snprintf(t->limits, sizeof(t->limits), "%s", value ? value : "");
}

static void set_ip(struct tenant *t, const char *value)
{
	snprintf(t->ip, sizeof(t->ip), "%s", value ? value : "");
}

static const char *get_word(const char *word)
{
	return word[0] ? word : NULL;
}

/* An address of our own choice; the record keeps it over restarts. */
static void choose_mac(char word[TENANT_WORD])
{
	unsigned char r[4] = { 0 };

	if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
		log_warn(LOCAL, "no random octets for an address");
	snprintf(word, TENANT_WORD, "02:53:%02x:%02x:%02x:%02x", r[0], r[1],
		 r[2], r[3]);
}

/* A guest may come (again); from the loop, never from within the daemon. */
static void on_fresh(evutil_socket_t fd, short what, void *arg)
{
	struct tenant *t = arg;

	(void)fd;
	(void)what;
	t->p->up->peer_state(t->vif, PEER_CLOSED);
	t->p->up->peer_state(t->vif, PEER_INITIALISING);
}

static struct tenant *tenant_alloc(struct platform *p,
				   const struct platform_request *request)
{
	struct tenant *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->p = p;
	t->listen_fd = t->client_fd = -1;
	t->fresh = evtimer_new(p->base, on_fresh, t);
	if (!t->fresh) {
		free(t);
		return NULL;
	}
	snprintf(t->name, sizeof(t->name), "%s", request->name);
	set_word(t->mac, request->mac);
	if (!request->mac)
		choose_mac(t->mac);
	set_word(t->network, request->network);
	set_word(t->mtu, request->mtu);
	set_word(t->rate, request->rate);
	set_limits(t, request->limits);
	set_ip(t, request->ip);
	TAILQ_INSERT_TAIL(&p->tenants, t, link);
	names_add(&p->names, &t->called, t->name, t);
	return t;
}

/* 0: the daemon has the VIF, perhaps with a reason why it is refused. */
static int tenant_announce(struct tenant *t, uint64_t cookie, char *why)
{
	struct platform *p = t->p;
	struct platform_request request = {
		.cookie = cookie,
		.name = t->name,
		.mac = t->mac,
		.network = get_word(t->network),
		.mtu = get_word(t->mtu),
		.rate = get_word(t->rate),
		.limits = get_word(t->limits),
		.ip = get_word(t->ip),
		.state = PEER_INITIALISING,
	};
	int rc = client_listen(t);

	if (rc) {
		snprintf(
			why, PLATFORM_REASON,
			"cannot make the socket %.100s/%.64s.sock: %s; is the folder there and writable?",
			p->settings.tenants, t->name, strerror(-rc));
		return rc;
	}
	t->vif = p->up->vif_came(p->core, t, &request);
	if (!t->vif) {
		snprintf(why, PLATFORM_REASON, "out of memory");
		return -ENOMEM;
	}
	p->up->gate(t->vif, true);
	p->up->peer_state(t->vif, PEER_INITIALISING);
	return 0;
}

static uint64_t cookie_of(struct platform *p,
			  const struct platform_request *request)
{
	return request->cookie ? request->cookie : ++p->next_cookie;
}

int tenant_create(struct platform *p, const struct platform_request *request,
		  char *why)
{
	struct tenant *t;
	int rc;

	rc = check_name(p, request->name, why);
	if (rc)
		return rc;
	t = tenant_alloc(p, request);
	if (!t) {
		snprintf(why, PLATFORM_REASON, "out of memory");
		return -ENOMEM;
	}
	rc = tenant_announce(t, cookie_of(p, request), why);
	if (rc) {
		tenant_free(t);
		return rc;
	}
	if (t->reason[0]) {
		snprintf(why, PLATFORM_REASON, "%s", t->reason);
		/* This frees the tenant too. */
		p->up->vif_gone(t->vif);
		return -EINVAL;
	}
	if (record_save(t))
		log_warnx(
			LOCAL,
			"vif %s: cannot be put on record in %s and will not outlive svnicd",
			t->name, p->settings.tenants);
	return 0;
}

void tenant_restore(struct platform *p, const struct platform_request *request)
{
	char why[PLATFORM_REASON];
	struct tenant *t;
	int rc;

	rc = check_name(p, request->name, why);
	if (rc == 0) {
		t = tenant_alloc(p, request);
		rc = t ? tenant_announce(t, cookie_of(p, request), why)
		       : -ENOMEM;
		if (rc && t)
			tenant_free(t);
	}
	if (rc)
		log_warnx(LOCAL, "vif %s: not restored: %s", request->name,
			  rc == -ENOMEM ? "out of memory" : why);
}

int tenant_offer(struct platform *p, struct tenant *t,
		 const struct platform_offer *offer)
{
	(void)p;
	t->offer = *offer;
	t->offered = true;
	return 0;
}

void tenant_drop(struct tenant *t)
{
	struct timeval now = { 0 };

	t->connected = false;
	if (t->client_fd < 0)
		return;
	client_unshare(t);
	event_free(t->client);
	t->client = NULL;
	close(t->client_fd);
	t->client_fd = -1;
	if (t->vif)
		evtimer_add(t->fresh, &now);
}

void tenant_withdraw(struct platform *p, struct tenant *t)
{
	(void)p;
	t->offered = false;
	tenant_drop(t);
}

void tenant_state(struct platform *p, struct tenant *t, enum peer_state state)
{
	struct timeval now = { 0 };

	(void)p;
	if (state != PEER_CLOSING && state != PEER_CLOSED)
		return;
	tenant_drop(t);
	evtimer_add(t->fresh, &now);
}

void tenant_reason(struct platform *p, struct tenant *t, const char *reason)
{
	(void)p;
	snprintf(t->reason, sizeof(t->reason), "%s", reason ? reason : "");
}

void tenant_key(struct platform *p, struct tenant *t, const char *key,
		const char *value)
{
	(void)p;
	if (strcmp(key, "mtu") == 0)
		set_word(t->mtu, value);
	else if (strcmp(key, "rate") == 0)
		set_word(t->rate, value);
	else if (strcmp(key, PLATFORM_LIMITS) == 0)
		set_limits(t, value);
	else if (strcmp(key, SOURCE_KEY) == 0)
		set_ip(t, value);
	else
		return;
	if (record_save(t))
		log_warnx(LOCAL, "vif %s: its new %s is not on record", t->name,
			  key);
}

int tenant_connect(struct platform *p, struct tenant *t, char *why)
{
	(void)p;
	if (t->client_fd < 0 || !t->shared) {
		snprintf(why, PLATFORM_REASON, "no process is attached");
		return -ENOTCONN;
	}
	t->connected = true;
	return 0;
}

void tenant_disconnect(struct platform *p, struct tenant *t)
{
	(void)p;
	t->connected = false;
}

const char *tenant_name(struct platform *p, struct tenant *t)
{
	(void)p;
	return t->name;
}

void tenant_free(struct tenant *t)
{
	t->vif = NULL;
	tenant_drop(t);
	client_unlisten(t);
	event_free(t->fresh);
	TAILQ_REMOVE(&t->p->tenants, t, link);
	names_del(&t->called);
	free(t);
}

void tenant_destroy(struct platform *p, struct tenant *t)
{
	(void)p;
	record_remove(t);
	tenant_free(t);
}
