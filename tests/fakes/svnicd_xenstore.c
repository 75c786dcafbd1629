/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See svnicd_xenstore.h.
 */
#include "svnicd_xenstore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenstore.h>

#define NODES	    1024
#define WATCHES	    64
#define EVENTS	    4096
#define PATH	    160
#define LAST_DOMAIN 99

struct fake_store fake_store;

static struct node {
	char path[PATH];
	char *value;
} nodes[NODES];

static struct watch {
	char path[PATH];
	char token[64];
} watches[WATCHES];

static struct watch events[EVENTS];
static unsigned int nr_events;
static int wake[2] = { -1, -1 };
static unsigned int nr_open;

static void post(const char *path, const char *token)
{
	if (nr_events == EVENTS)
		return;
	snprintf(events[nr_events].path, PATH, "%s", path);
	snprintf(events[nr_events].token, sizeof(events[0].token), "%s", token);
	if (nr_events++ == 0 && wake[1] >= 0 && write(wake[1], "!", 1) != 1)
		abort();
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0');
}

static void fire(const char *path)
{
	unsigned int i;

	for (i = 0; i < WATCHES; i++)
		if (watches[i].path[0] && is_below(path, watches[i].path))
			post(path, watches[i].token);
}

static struct node *find(const char *path)
{
	unsigned int i;

	for (i = 0; i < NODES; i++)
		if (nodes[i].value && strcmp(nodes[i].path, path) == 0)
			return &nodes[i];
	return NULL;
}

static void drop(const char *path)
{
	unsigned int i;

	for (i = 0; i < NODES; i++) {
		if (nodes[i].value && is_below(nodes[i].path, path)) {
			free(nodes[i].value);
			nodes[i].value = NULL;
		}
	}
}

void fake_store_set(const char *path, const char *value)
{
	struct node *n = find(path);
	unsigned int i;

	if (!value) {
		drop(path);
		fire(path);
		return;
	}
	for (i = 0; !n && i < NODES; i++)
		if (!nodes[i].value)
			n = &nodes[i];
	if (!n)
		abort();
	free(n->value);
	snprintf(n->path, PATH, "%s", path);
	n->value = strdup(value);
	fire(path);
}

const char *fake_store_get(const char *path)
{
	struct node *n = find(path);

	return n ? n->value : "(none)";
}

void fake_store_reset(void)
{
	unsigned int i;

	for (i = 0; i < NODES; i++)
		free(nodes[i].value);
	memset(nodes, 0, sizeof(nodes));
	memset(watches, 0, sizeof(watches));
	nr_events = 0;
	memset(&fake_store, 0, sizeof(fake_store));
}

/* libxenstore ------------------------------------------------------------ */

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	nr_open++;
	if (nr_open > 1)
		return (struct xs_handle *)&fake_store;
	return pipe(wake) ? NULL : (struct xs_handle *)&fake_store;
}

void xs_close(struct xs_handle *h)
{
	(void)h;
	if (--nr_open > 0)
		return;
	memset(watches, 0, sizeof(watches));
	nr_events = 0;
	close(wake[0]);
	close(wake[1]);
	wake[0] = wake[1] = -1;
}

int xs_fileno(struct xs_handle *h)
{
	(void)h;
	return wake[0];
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	unsigned int i;

	(void)h;
	for (i = 0; watches[i].path[0]; i++)
		if (i + 1 == WATCHES)
			abort();
	snprintf(watches[i].path, PATH, "%s", path);
	snprintf(watches[i].token, sizeof(watches[i].token), "%s", token);
	post(path, token);
	return true;
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
	unsigned int i;

	(void)h;
	for (i = 0; i < WATCHES; i++) {
		if (strcmp(watches[i].path, path) == 0 &&
		    strcmp(watches[i].token, token) == 0) {
			watches[i].path[0] = '\0';
			return true;
		}
	}
	errno = ENOENT;
	return false;
}

char **xs_check_watch(struct xs_handle *h)
{
	struct {
		char *vec[2];
		struct watch w;
	} * e;
	char c;

	(void)h;
	if (nr_events == 0) {
		errno = EAGAIN;
		return NULL;
	}
	e = calloc(1, sizeof(*e));
	if (!e)
		abort();
	e->w = events[0];
	memmove(events, events + 1, --nr_events * sizeof(events[0]));
	if (nr_events == 0 && read(wake[0], &c, 1) != 1)
		abort();
	e->vec[XS_WATCH_PATH] = e->w.path;
	e->vec[XS_WATCH_TOKEN] = e->w.token;
	return e->vec;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path,
	      unsigned int *len)
{
	struct node *n = find(path);

	(void)h;
	(void)t;
	fake_store.nr_reads++;
	if (!n || fake_store.read_error) {
		errno = fake_store.read_error ? fake_store.read_error : ENOENT;
		return NULL;
	}
	*len = (unsigned int)strlen(n->value);
	return strdup(n->value);
}

static void note_state(const char *path, const char *value)
{
	size_t used = strlen(fake_store.states);
	const char *key = strrchr(path, '/');

	if (key && strcmp(key, "/state") == 0)
		snprintf(fake_store.states + used,
			 sizeof(fake_store.states) - used, "%s", value);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path,
	      const void *data, unsigned int len)
{
	char value[1024];

	(void)h;
	(void)t;
	snprintf(value, sizeof(value), "%.*s", (int)len, (const char *)data);
	fake_store.nr_writes++;
	note_state(path, value);
	fake_store_set(path, value);
	return true;
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	(void)h;
	(void)t;
	fake_store_set(path, NULL);
	return true;
}

/* Is the child of @dir that node @i lies below named by none before it? */
static bool is_first(unsigned int i, const char *dir, char name[PATH])
{
	size_t len = strlen(dir) + 1;
	unsigned int j;

	if (!nodes[i].value || !is_below(nodes[i].path, dir) ||
	    nodes[i].path[len - 1] != '/')
		return false;
	snprintf(name, PATH, "%.*s", (int)strcspn(nodes[i].path + len, "/"),
		 nodes[i].path + len);
	for (j = 0; j < i; j++)
		if (nodes[j].value && is_below(nodes[j].path, dir) &&
		    is_below(nodes[j].path + len, name))
			return false;
	return true;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path,
		    unsigned int *num)
{
	char **list = calloc(1, NODES * (sizeof(*list) + PATH));
	char *text = (char *)(list + NODES);
	unsigned int i;

	(void)h;
	(void)t;
	*num = 0;
	for (i = 0; list && i < NODES; i++)
		if (is_first(i, path, text + *num * PATH))
			list[*num] = text + *num * PATH, ++*num;
	return list;
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	(void)h;
	return 1;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abandon)
{
	(void)h;
	(void)t;
	if (abandon || fake_store.nr_clashes == 0)
		return true;
	fake_store.nr_clashes--;
	errno = EAGAIN;
	return false;
}

bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid)
{
	(void)h;
	fake_store.nr_asked++;
	return domid != fake_store.dead_domid;
}

/* libxenctrl --------------------------------------------------------------- */

int xc_domain_getinfolist(xc_interface *xch, uint32_t first, unsigned int max,
			  xc_domaininfo_t *info)
{
	unsigned int n;

	(void)xch;
	for (n = 0; n < max && first + n <= LAST_DOMAIN; n++) {
		memset(&info[n], 0, sizeof(*info));
		info[n].domain = (domid_t)(first + n);
		info[n].flags = fake_store.is_hvm ? XEN_DOMINF_hvm_guest : 0;
		if (first + n == fake_store.dead_domid)
			info[n].flags |= XEN_DOMINF_dying;
	}
	return (int)n;
}

int xc_domain_iomem_permission(xc_interface *xch, uint32_t domid,
			       unsigned long first, unsigned long nr,
			       uint8_t allow)
{
	(void)xch;
	(void)domid;
	(void)first;
	fake_store.nr_granted += allow ? (unsigned int)nr : -(unsigned int)nr;
	return 0;
}

int xc_domain_memory_mapping(xc_interface *xch, uint32_t domid,
			     unsigned long gfn, unsigned long mfn,
			     unsigned long nr, uint32_t add)
{
	(void)xch;
	(void)domid;
	(void)gfn;
	(void)mfn;
	fake_store.nr_mapped += add ? (unsigned int)nr : -(unsigned int)nr;
	return 0;
}
