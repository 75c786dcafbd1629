/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XenStore.  Watches only say where to look: they are drained, folded into
 * one mark per guest, and then the values are read.  One watch on our own
 * backend/vif, one on each frontend's state node (rule R22), one on the death
 * of domains.
 */
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "../log.h"
#include "../text.h"
#include "dom0.h"
#include "guest.h"
#include "look.h"
#include "memo.h"
#include "nodes.h"
#include "rival.h"

#define ROOT	    "backend/vif"
#define DRAIN_MAX   65536
#define WRITE_TRIES 16
#define LOOK_QUOTA  2	/* guests in one turn */
#define DOMAINS	    256 /* that Xen tells of at once */
#define LIVES_SIZE  (DOM0_LAST / 8 + 1)

char *store_read(struct platform *p, const char *dir, const char *key)
{
	char path[DOM0_KEY];
	unsigned int len;
	char *value;

	snprintf(path, sizeof(path), "%s/%s", dir, key);
	if (batch_find(p, path, &value)) {
		errno = ENOENT;
		return value;
	}
	return xs_read(p->store, XBT_NULL, path, &len);
}

/* Writing ---------------------------------------------------------------- */

static bool node_is(struct tenant *t, xs_transaction_t x, const char *key,
		    const char *value)
{
	char path[DOM0_KEY];
	unsigned int len;
	char *s;
	bool is;

	snprintf(path, sizeof(path), "%s/%s", t->backend, key);
	s = xs_read(t->p->store, x, path, &len);
	is = s && (!value || strcmp(s, value) == 0);
	free(s);
	return is;
}

static bool is_late(struct tenant *t, xs_transaction_t x,
		    const struct store_pair *pair)
{
	return strcmp(pair->key, "state") == 0 &&
	       strcmp(pair->value, "5") != 0 && strcmp(pair->value, "6") != 0 &&
	       node_is(t, x, "online", "0");
}

static int put(struct tenant *t, xs_transaction_t x,
	       const struct store_pair *pair)
{
	struct xs_handle *store = t->p->store;
	char path[DOM0_KEY];

	snprintf(path, sizeof(path), "%s/%s", t->backend, pair->key);
	if (!pair->value) {
		if (!xs_rm(store, x, path) && errno != ENOENT)
			return -errno;
		return 0;
	}
	if (is_late(t, x, pair))
		return -ESHUTDOWN;
	if (!xs_write(store, x, path, pair->value,
		      (unsigned int)strlen(pair->value)))
		return -errno;
	return 0;
}

static int write_once(struct tenant *t, const struct store_pair *pairs,
		      unsigned int count)
{
	struct xs_handle *store = t->p->store;
	xs_transaction_t x = xs_transaction_start(store);
	unsigned int i;
	int err = 0;

	if (x == XBT_NULL)
		return -errno;
	/* Writing below a removed directory would bring it back to life. */
	if (!node_is(t, x, "frontend", NULL))
		err = -ENOENT;
	for (i = 0; i < count && !err; i++)
		err = put(t, x, &pairs[i]);
	if (!xs_transaction_end(store, x, err != 0) && !err)
		err = -errno;
	return err;
}

int store_write(struct tenant *t, const struct store_pair *pairs,
		unsigned int count)
{
	unsigned int i;
	int err = -EAGAIN;

	if (t->gone)
		return -ENOENT;
	for (i = 0; i < count; i++)
		memo_change(t, t->backend, pairs[i].key, pairs[i].value);
	for (i = 0; i < WRITE_TRIES && err == -EAGAIN; i++)
		err = write_once(t, pairs, count);
	for (i = 0; i < count && !err; i++)
		memo_note(t, t->backend, pairs[i].key, pairs[i].value);
	if (err && err != -ENOENT && err != -ESHUTDOWN)
		log_warnx("xen", "%s/%s was not written: %s", t->backend,
			  pairs[0].key, strerror(-err));
	return err;
}

/* The folder of a domain's entries goes with the last of them. */
static void remove_empty(struct tenant *t, xs_transaction_t x)
{
	char dir[DOM0_PATH];
	unsigned int n = 0;
	char **entries;

	snprintf(dir, sizeof(dir), ROOT "/%u", t->domid);
	entries = xs_directory(t->p->store, x, dir, &n);
	if (entries && n == 0)
		xs_rm(t->p->store, x, dir);
	free(entries);
}

void store_clear(struct tenant *t)
{
	struct xs_handle *store = t->p->store;
	xs_transaction_t x = xs_transaction_start(store);
	char path[DOM0_KEY];
	unsigned int len;
	char *state;

	if (x == XBT_NULL)
		return;
	snprintf(path, sizeof(path), "%s/state", t->frontend);
	state = xs_read(store, x, path, &len);
	if (!state && node_is(t, x, "hotplug-status", "error") &&
	    xs_rm(store, x, t->backend))
		remove_empty(t, x);
	free(state);
	/* Where it clashed with a new attach, that one has it all now. */
	xs_transaction_end(store, x, false);
}

/* Looking ------------------------------------------------------------------ */

static struct tenant *find(struct platform *p, uint32_t domid, uint32_t devid)
{
	char dir[DOM0_PATH];

	snprintf(dir, sizeof(dir), DOM0_BACKEND, domid, devid);
	return names_find(&p->names, dir);
}

static bool is_ours(struct platform *p, const char *dir)
{
	char *script = store_read(p, dir, "script");
	size_t len = script ? strlen(script) : 0;
	size_t tail = strlen(DOM0_SCRIPT);
	bool ours =
		len >= tail && strcmp(script + len - tail, DOM0_SCRIPT) == 0;

	free(script);
	return ours;
}

/* An entry that was named by a watch or found by a scan. */
static void consider(struct platform *p, uint32_t domid, uint32_t devid)
{
	struct tenant *t = find(p, domid, devid);
	char dir[DOM0_PATH];

	if (!t) {
		snprintf(dir, sizeof(dir), DOM0_BACKEND, domid, devid);
		t = is_ours(p, dir) ? guest_create(p, domid, devid) : NULL;
		if (!t)
			return;
		guest_watch(t);
	}
	look_mark(t);
	t->seen = true;
}

void store_again(struct platform *p, uint32_t domid, uint32_t devid)
{
	consider(p, domid, devid);
	p->again = true;
}

/* The event loop goes on before the next one is served. */
void store_serve(struct platform *p, uint32_t domid, uint32_t devid)
{
	bool ours = false;
	struct tenant *t;
	char dir[DOM0_PATH];

	if (find(p, domid, devid))
		return;
	snprintf(dir, sizeof(dir), DOM0_BACKEND, domid, devid);
	/* What is remembered was ours. */
	if (memo_load(p, domid, devid))
		ours = true;
	else
		nodes_ask(p, domid, devid);
	t = ours || is_ours(p, dir) ? guest_create(p, domid, devid) : NULL;
	if (t && ours)
		memo_adopt(t);
	if (t)
		guest_look(t); /* @t may be gone after this */
	batch_drop(p);
}

static void scan_domain(struct platform *p, uint32_t domid,
			store_found_fn found)
{
	char dir[DOM0_PATH];
	unsigned int n = 0;
	unsigned int i;
	uint32_t devid;
	char **devs;

	snprintf(dir, sizeof(dir), ROOT "/%u", domid);
	devs = xs_directory(p->store, XBT_NULL, dir, &n);
	for (i = 0; devs && i < n; i++)
		if (!text_u32(devs[i], UINT32_MAX, &devid))
			found(p, domid, devid);
	free(devs);
}

void store_scan(struct platform *p, store_found_fn found)
{
	unsigned int n = 0;
	unsigned int i;
	uint32_t domid;
	char **domains = xs_directory(p->store, XBT_NULL, ROOT, &n);

	for (i = 0; domains && i < n; i++)
		if (!text_u32(domains[i], DOM0_LAST, &domid))
			scan_domain(p, domid, found);
	free(domains);
}

static void scan(struct platform *p)
{
	struct tenant *t;

	TAILQ_FOREACH(t, &p->guests, link)
	{
		t->seen = false;
	}
	store_scan(p, consider);
	/* Those whose directories went: a look will find that out. */
	TAILQ_FOREACH(t, &p->guests, link)
	{
		if (!t->seen)
			look_mark(t);
	}
}

/* All entries of one domain came or went; the others have nothing of it. */
static void rescan_domain(struct platform *p, uint32_t domid)
{
	struct tenant *t;

	TAILQ_FOREACH(t, &p->guests, link)
	{
		if (t->domid == domid)
			look_mark(t);
	}
	scan_domain(p, domid, consider);
}

/*
 * A bit for each domain that Xen has and does not take apart.  One call tells
 * of hundreds; XenStore must be asked for each.
 */
static void find_living(struct platform *p, uint8_t *lives)
{
	static xc_domaininfo_t info[DOMAINS];
	xc_interface *xc = dom0_xc(p);
	unsigned int first = 0;
	int n, i;

	memset(lives, 0, LIVES_SIZE);
	do {
		n = xc ? xc_domain_getinfolist(xc, first, DOMAINS, info) : 0;
		for (i = 0; i < n; i++) {
			first = info[i].domain;
			if (first <= DOM0_LAST &&
			    !(info[i].flags & XEN_DOMINF_dying))
				lives[first / 8] |= (uint8_t)(1u << first % 8);
		}
		first++;
	} while (n == DOMAINS);
}

static bool is_living(const uint8_t *lives, uint32_t domid)
{
	return domid <= DOM0_LAST && lives[domid / 8] & 1u << domid % 8;
}

static void bury(struct platform *p)
{
	static uint8_t lives[LIVES_SIZE];
	struct tenant *t;

	find_living(p, lives);
	TAILQ_FOREACH(t, &p->guests, link)
	{
		if (t->vif && !is_living(lives, t->domid) &&
		    !xs_is_domain_introduced(p->store, t->domid))
			p->up->peer_state(t->vif, PEER_GONE);
	}
}

static void look(struct platform *p, unsigned int quota)
{
	struct timeval then = { .tv_sec = 0 };
	unsigned int ms;

	rival_look(p);
	if (p->rescan) {
		p->rescan = false;
		scan(p);
	}
	p->again = false;
	/* Frames of others wait meanwhile, so they have a turn in between. */
	ms = look_dirty(p, quota);
	if (p->again)
		ms = 0;
	then.tv_usec = ms * 1000;
	if (ms != LOOK_NEVER)
		evtimer_add(p->look_timer, &then);
	if (p->died)
		bury(p);
	p->died = false;
}

static void look_on(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	look(arg, LOOK_QUOTA);
}

/* "3/0" or "3/0/key" */
static bool names_entry(const char *s, uint32_t *domid, uint32_t *devid)
{
	int end;

	return sscanf(s, "%5u/%10u%n", domid, devid, &end) == 2 &&
	       (s[end] == '/' || s[end] == '\0');
}

static void mark(struct platform *p, const char *path, const char *token)
{
	bool below = strncmp(path, ROOT "/", strlen(ROOT "/")) == 0;
	const char *entry = below ? path + strlen(ROOT "/") : "";
	uint32_t domid;
	uint32_t devid;
	struct tenant *t;

	if (strcmp(token, "died") == 0) {
		p->died = true;
	} else if (strncmp(token, "fe/", 3) == 0) {
		if (!names_entry(token + 3, &domid, &devid))
			return;
		t = find(p, domid, devid);
		if (t)
			look_mark(t);
	} else if (names_entry(entry, &domid, &devid)) {
		consider(p, domid, devid);
	} else if (!text_u32(entry, DOM0_LAST, &domid)) {
		rescan_domain(p, domid);
	} else {
		p->rescan = true;
	}
}

static void readable(evutil_socket_t fd, short what, void *arg)
{
	struct platform *p = arg;
	unsigned int i;
	char **watch;

	(void)fd;
	(void)what;
	errno = EAGAIN;
	for (i = 0; i < DRAIN_MAX; i++) {
		watch = xs_check_watch(p->watches);
		if (!watch)
			break;
		mark(p, watch[XS_WATCH_PATH], watch[XS_WATCH_TOKEN]);
		free(watch);
	}
	if (i == 0 && errno != EAGAIN) {
		log_err("xen",
			"XenStore is gone: %s; stopping, guests keep their VIFs",
			strerror(errno));
		event_base_loopbreak(p->base);
		return;
	}
	look(p, LOOK_QUOTA);
}

/* A watch costs a thread and an answer: not before guests are served. */
int store_watch(struct platform *p)
{
	if (!xs_watch(p->watches, ROOT, "backend") ||
	    !xs_watch(p->watches, "@releaseDomain", "died"))
		return errno ? -errno : -EIO;
	p->store_event = event_new(p->base, xs_fileno(p->watches),
				   EV_READ | EV_PERSIST, readable, p);
	if (!p->store_event || event_add(p->store_event, NULL))
		return -ENOMEM;
	return 0;
}

int store_open(struct platform *p, char *why)
{
	p->batch.fd = -1;
	p->store = xs_open(0);
	p->watches = p->store ? xs_open(0) : NULL;
	p->look_timer = evtimer_new(p->base, look_on, p);
	batch_open(p);
	if (p->watches && p->look_timer && memo_open(p) == 0)
		return 0;
	snprintf(
		why, PLATFORM_REASON,
		"XenStore does not answer: %s; is this dom0, and does xenstored run?",
		strerror(errno));
	return -ENOTCONN;
}

void store_close(struct platform *p)
{
	struct tenant *t;

	while ((t = TAILQ_FIRST(&p->guests)))
		guest_free(t);
	if (p->look_timer)
		event_free(p->look_timer);
	if (p->store_event)
		event_free(p->store_event);
	batch_close(p);
	memo_close(p);
	if (p->watches)
		xs_close(p->watches);
	if (p->store)
		xs_close(p->store);
	p->watches = NULL;
	p->store = NULL;
}
