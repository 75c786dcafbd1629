/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One guest's vif: its two directories in XenStore.  What stands in the
 * frontend's is hostile; what stands in ours is the toolstack's word.
 */
#include "guest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "../log.h"
#include "../netif/netif.h"
#include "../text.h"
#include "dom0.h"
#include "look.h"
#include "memo.h"
#include "store.h"
#include "window.h"

#define STATE_UNKNOWN 0xffffu /* no number at all */
#define CLEAR_AFTER_S 3
#define KEYS_MAX      16

char *guest_get(struct tenant *t, const char *dir, const char *key)
{
	char *value = store_read(t->p, dir, key);
	int err = errno;

	if (value || err == ENOENT)
		memo_note(t, dir, key, value);
	errno = err;
	return value;
}

static void read_name(struct tenant *t)
{
	char dir[DOM0_PATH];
	char *name;

	snprintf(dir, sizeof(dir), "/local/domain/%u", t->domid);
	name = store_read(t->p, dir, "name");
	if (name)
		snprintf(t->domain, sizeof(t->domain), "%s", name);
	free(name);
}

static void frontend_watch(struct tenant *t, bool on)
{
	char path[DOM0_KEY];
	char token[48];

	snprintf(path, sizeof(path), "%s/state", t->frontend);
	snprintf(token, sizeof(token), "fe/%u/%u", t->domid, t->devid);
	if (on ? xs_watch(t->p->watches, path, token)
	       : xs_unwatch(t->p->watches, path, token))
		return;
	log_warn("xen", "%s: %s was not %s", t->backend, path,
		 on ? "watched" : "unwatched");
}

struct tenant *guest_create(struct platform *p, uint32_t domid, uint32_t devid)
{
	struct tenant *t = calloc(1, sizeof(*t));
	char *frontend;

	if (!t)
		return NULL;
	t->p = p;
	t->domid = domid;
	t->devid = devid;
	snprintf(t->backend, sizeof(t->backend), DOM0_BACKEND, domid, devid);
	LIST_INIT(&t->memo);
	frontend = guest_get(t, t->backend, "frontend");
	if (!frontend || strlen(frontend) >= sizeof(t->frontend)) {
		memo_free(t);
		free(frontend);
		free(t);
		return NULL;
	}
	strcpy(t->frontend, frontend);
	free(frontend);
	TAILQ_INSERT_TAIL(&p->guests, t, link);
	names_add(&p->names, &t->called, t->backend, t);
	return t;
}

void guest_watch(struct tenant *t)
{
	if (!t->watched)
		frontend_watch(t, true);
	t->watched = true;
}

void guest_free(struct tenant *t)
{
	ring_close(t);
	if (t->clear)
		event_free(t->clear);
	memo_free(t);
	TAILQ_REMOVE(&t->p->guests, t, link);
	names_del(&t->called);
	look_unmark(t);
	free(t);
}

void guest_destroy(struct platform *p, struct tenant *t)
{
	(void)p;
	if (t->watched)
		frontend_watch(t, false);
	window_close(t);
	memo_destroy(t);
	guest_free(t);
}

/* Looking ------------------------------------------------------------------ */

/* false: it was not read, which does not mean that it is gone. */
static bool read_state(struct tenant *t, const char *dir, unsigned int *state)
{
	char *s = guest_get(t, dir, "state");
	uint32_t number;

	if (!s && errno != ENOENT) {
		log_warn("xen",
			 "%s/state was not read; vif %u.%u stays as it is", dir,
			 t->domid, t->devid);
		return false;
	}
	if (!s)
		*state = PEER_GONE;
	else if (text_u32(s, STATE_UNKNOWN, &number))
		*state = STATE_UNKNOWN;
	else
		*state = number;
	free(s);
	return true;
}

/* What the vif= line says; the caller frees the strings. */
static void read_request(struct tenant *t, struct platform_request *r)
{
	char *hotplug = guest_get(t, t->backend, "hotplug-status");

	r->mac = guest_get(t, t->backend, "mac");
	r->network = guest_get(t, t->backend, "bridge");
	r->mtu = guest_get(t, t->backend, "mtu");
	r->rate = guest_get(t, t->backend, "rate");
	r->limits = guest_get(t, t->backend, PLATFORM_LIMITS);
	r->ip = guest_get(t, t->backend, SOURCE_KEY);
	r->failed = hotplug && strcmp(hotplug, "error") == 0;
	free(hotplug);
}

static bool key_is(struct tenant *t, const char *key, const char *value)
{
	char *s = guest_get(t, t->backend, key);
	bool is = s && strcmp(s, value) == 0;

	free(s);
	return is;
}

/* What an earlier daemon told the guest; the guest cannot write there. */
static void read_offer(struct tenant *t, struct platform_request *r)
{
	char *frame = guest_get(t, t->backend, SVNIC_KEY_DOORBELL);
	char *epoch = frame ? guest_get(t, t->backend, SVNIC_KEY_EPOCH) : NULL;

	if (frame) {
		r->direct = true;
		window_adopt(t, strtoull(frame, NULL, 10));
	}
	if (!epoch || text_u32(epoch, UINT32_MAX, &r->epoch))
		r->epoch = 0;
	r->no_carrier = key_is(t, "carrier", "0");
	r->netif_only = key_is(t, PLATFORM_PATH, PLATFORM_NETIF);
	free(epoch);
	free(frame);
}

static void free_request(struct platform_request *r)
{
	free((char *)r->mac);
	free((char *)r->network);
	free((char *)r->mtu);
	free((char *)r->rate);
	free((char *)r->limits);
	free((char *)r->ip);
}

static void remember(struct tenant *t, const struct platform_request *r)
{
	snprintf(t->mtu, sizeof(t->mtu), "%s", r->mtu ? r->mtu : "");
	snprintf(t->rate, sizeof(t->rate), "%s", r->rate ? r->rate : "");
	snprintf(t->limits, sizeof(t->limits), "%s",
		 r->limits ? r->limits : "");
	snprintf(t->ip, sizeof(t->ip), "%s", r->ip ? r->ip : "");
}

/* false: no memory, and the entry will be tried at the next watch. */
static bool announce(struct tenant *t, unsigned int state)
{
	struct platform *p = t->p;
	struct platform_request r = {
		.cookie = (uint64_t)t->domid << 32 | t->devid,
		.path = t->backend,
		.state = state < PEER_NR ? (enum peer_state)state
					 : PEER_INITIALISING,
	};
	char name[32];

	snprintf(name, sizeof(name), "%u.%u", t->domid, t->devid);
	r.name = name;
	t->state = state;
	read_request(t, &r);
	remember(t, &r);
	if (r.state != PEER_INITIALISING)
		read_offer(t, &r);
	t->vif = p->up->vif_came(p->core, t, &r);
	free_request(&r);
	return t->vif != NULL;
}

/* Does @value differ from the one that is remembered, as far as that goes? */
static bool differs(const char *remembered, size_t size, const char *value)
{
	return strncmp(remembered, value ? value : "", size - 1) != 0;
}

static void look_changes(struct tenant *t)
{
	struct platform_request r = { .name = t->domain };

	r.mtu = guest_get(t, t->backend, "mtu");
	r.rate = guest_get(t, t->backend, "rate");
	r.limits = guest_get(t, t->backend, PLATFORM_LIMITS);
	r.ip = guest_get(t, t->backend, SOURCE_KEY);
	if (differs(t->mtu, sizeof(t->mtu), r.mtu) ||
	    differs(t->rate, sizeof(t->rate), r.rate) ||
	    differs(t->limits, sizeof(t->limits), r.limits) ||
	    differs(t->ip, sizeof(t->ip), r.ip)) {
		remember(t, &r);
		t->p->up->vif_changed(t->vif, &r);
	}
	free_request(&r);
}

/* Did the script tell the toolstack that the attach failed? */
static bool look_hotplug(struct tenant *t)
{
	char *s = guest_get(t, t->backend, "hotplug-status");
	bool failed = s && strcmp(s, "error") == 0;

	t->p->up->gate(t->vif, s && strcmp(s, "connected") == 0);
	free(s);
	return failed;
}

static void clear_away(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	store_clear(arg);
}

/*
 * The script has taken away all of a failed attach but our directory, from
 * which libxl still reads why; nobody else will remove that.
 */
static void clear_later(struct tenant *t)
{
	static const struct timeval later = { .tv_sec = CLEAR_AFTER_S };

	if (!t->clear)
		t->clear = evtimer_new(t->p->base, clear_away, t);
	if (t->clear && !evtimer_pending(t->clear, NULL))
		evtimer_add(t->clear, &later);
}

/* libxl's detach: it writes online and, when @written, state. */
static void look_offline(struct tenant *t, bool written)
{
	char *s = guest_get(t, t->backend, "online");
	bool off = s && strcmp(s, "0") == 0;

	free(s);
	if ((off && !t->offline) || written)
		t->p->up->offline(t->vif);
	t->offline = off;
}

/* Its directory is gone, or is that of another attach by now. */
static void leave(struct tenant *t, bool replaced)
{
	struct platform *p = t->p;
	uint32_t domid = t->domid;
	uint32_t devid = t->devid;

	t->gone = true;
	if (t->vif)
		p->up->vif_gone(t->vif);
	else
		guest_destroy(p, t);
	if (replaced)
		store_again(p, domid, devid);
}

void guest_look(struct tenant *t)
{
	unsigned int state;
	unsigned int peer;
	bool replaced;
	bool written;
	bool fresh;
	bool failed;

	look_unmark(t);
	if (!read_state(t, t->backend, &state))
		return;
	/* We never write Initialising: another attach took the place. */
	replaced = state == PEER_INITIALISING && t->vif &&
		   t->state != PEER_INITIALISING;
	if (replaced || state == PEER_GONE) {
		leave(t, replaced);
		return;
	}
	fresh = !t->vif;
	if (fresh && !announce(t, state))
		return;
	if (!fresh)
		look_changes(t);
	failed = look_hotplug(t);
	/* Before the peer is looked at: that may write a state of our own. */
	written = state != t->state &&
		  (state == PEER_CLOSING || state == PEER_CLOSED);
	/* The peer first: a detach may find it closed already. */
	if (!read_state(t, t->frontend, &peer))
		return;
	t->p->up->peer_state(t->vif, peer);
	look_offline(t, written);
	if (failed && peer == PEER_GONE)
		clear_later(t);
}

/* Telling ------------------------------------------------------------------ */

int guest_offer(struct platform *p, struct tenant *t,
		const struct platform_offer *offer)
{
	char version[16], features[16], doorbell[24];
	char pages[16], queues[16], epoch[16];
	const struct store_pair pairs[] = {
		{ SVNIC_KEY_VERSION, version },
		{ SVNIC_KEY_FEATURES, features },
		{ SVNIC_KEY_DOORBELL, doorbell },
		{ SVNIC_KEY_MAX_PAGES, pages },
		{ SVNIC_KEY_MAX_QUEUES, queues },
		{ SVNIC_KEY_EPOCH, epoch },
	};
	uint64_t frame = p->info.doorbell + offer->nr;
	int err = window_open(t, frame);

	if (err)
		return err;
	snprintf(version, sizeof(version), "%u", SVNIC_ABI_VERSION);
	snprintf(features, sizeof(features), "%u", offer->features);
	snprintf(doorbell, sizeof(doorbell), "%" PRIu64, frame);
	snprintf(pages, sizeof(pages), "%u", offer->max_pages);
	snprintf(queues, sizeof(queues), "%u", offer->max_queues);
	snprintf(epoch, sizeof(epoch), "%u", offer->epoch);
	err = store_write(t, pairs, sizeof(pairs) / sizeof(pairs[0]));
	if (err)
		window_close(t);
	return err;
}

/* The node that guests watch goes first. */
void guest_withdraw(struct platform *p, struct tenant *t)
{
	static const struct store_pair pairs[] = {
		{ SVNIC_KEY_VERSION, NULL },	{ SVNIC_KEY_FEATURES, NULL },
		{ SVNIC_KEY_DOORBELL, NULL },	{ SVNIC_KEY_MAX_PAGES, NULL },
		{ SVNIC_KEY_MAX_QUEUES, NULL }, { SVNIC_KEY_EPOCH, NULL },
	};

	(void)p;
	if (!t->window)
		return;
	store_write(t, pairs, sizeof(pairs) / sizeof(pairs[0]));
	window_close(t);
}

int guest_keys(struct platform *p, struct tenant *t,
	       const struct netif_key *keys, size_t count)
{
	struct store_pair pairs[KEYS_MAX];
	size_t i;

	(void)p;
	if (count > KEYS_MAX)
		return -EINVAL;
	for (i = 0; i < count; i++)
		pairs[i] = (struct store_pair) { keys[i].name, keys[i].value };
	return store_write(t, pairs, (unsigned int)count);
}

bool guest_sleeps(struct platform *p, struct tenant *t)
{
	xc_interface *xc = dom0_xc(p);
	xc_domaininfo_t info;

	if (!xc)
		return false;
	return xc_domain_getinfolist(xc, t->domid, 1, &info) != 1 ||
	       info.domain != t->domid ||
	       info.flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown);
}

void guest_state(struct platform *p, struct tenant *t, enum peer_state state)
{
	char text[12];
	const struct store_pair pair = { "state", text };

	(void)p;
	snprintf(text, sizeof(text), "%u", (unsigned int)state);
	if (store_write(t, &pair, 1) == 0)
		t->state = state;
}

void guest_reason(struct platform *p, struct tenant *t, const char *reason)
{
	const struct store_pair pair = { SVNIC_KEY_REASON, reason };

	(void)p;
	store_write(t, &pair, 1);
}

void guest_key(struct platform *p, struct tenant *t, const char *key,
	       const char *value)
{
	const struct store_pair pair = { key, value };

	(void)p;
	/* The watch will find what the daemon knows already. */
	if (strcmp(key, "mtu") == 0)
		snprintf(t->mtu, sizeof(t->mtu), "%s", value ? value : "");
	else if (strcmp(key, "rate") == 0)
		snprintf(t->rate, sizeof(t->rate), "%s", value ? value : "");
	else if (strcmp(key, PLATFORM_LIMITS) == 0)
		snprintf(t->limits, sizeof(t->limits), "%s",
			 value ? value : "");
	else if (strcmp(key, SOURCE_KEY) == 0)
		snprintf(t->ip, sizeof(t->ip), "%s", value ? value : "");
	store_write(t, &pair, 1);
}

const char *guest_name(struct platform *p, struct tenant *t)
{
	(void)p;
	/* A migration renames it, and so may an administrator. */
	read_name(t);
	return t->domain;
}
