/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What XenStore said of a guest that is connected, in a file of /run, so that
 * the next daemon need not ask for all of it before frames move: each of some
 * forty nodes is an answer to wait for.  It asks for few, the frontend's state
 * and what tells this connection from another; where one differs the whole is
 * asked for as ever.  What anybody but we may have changed meanwhile is found
 * by the looks that follow, as any change is.
 *
 * The file is taken away before a node of it is written, and as soon as a
 * node is seen to differ; it is written again a moment later.  So a file that
 * is there tells no lie that its daemon knew of.
 */
#include "memo.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

#include "../log.h"
#include "dom0.h"

#define MAGIC	    "svnicd memo 1"
#define END	    "end"
#define TEXT_MAX    32768u
#define LATER_US    200000
#define PROOFS	    8u
#define WRITE_QUOTA 8u

struct memo_entry {
	LIST_ENTRY(memo_entry) link;
	char *value; /* NULL: there is no such node */
	char path[];
};

/* Text, each with its NUL; one thread. */
static struct {
	char text[TEXT_MAX];
	size_t len;
} file;

static void file_name(struct platform *p, uint32_t domid, uint32_t devid,
		      char *path)
{
	snprintf(path, DOM0_KEY, "%s/memo.%u.%u", p->memo_dir, domid, devid);
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Noting --------------------------------------------------------------------- */

static struct memo_entry *entry_find(struct tenant *t, const char *path)
{
	struct memo_entry *e;

	LIST_FOREACH(e, &t->memo, link)
	{
		if (strcmp(e->path, path) == 0)
			return e;
	}
	return NULL;
}

static struct memo_entry *entry_add(struct tenant *t, const char *path)
{
	size_t len = strlen(path) + 1;
	struct memo_entry *e = calloc(1, sizeof(*e) + len);

	if (!e)
		return NULL;
	memcpy(e->path, path, len);
	LIST_INSERT_HEAD(&t->memo, e, link);
	return e;
}

/* Without memory nothing is known of the node. */
static void entry_set(struct tenant *t, const char *path, const char *value)
{
	struct memo_entry *e = entry_find(t, path);

	if (!e)
		e = entry_add(t, path);
	if (!e)
		return;
	free(e->value);
	e->value = value ? strdup(value) : NULL;
	if (e->value || !value)
		return;
	LIST_REMOVE(e, link);
	free(e);
}

static void take_away(struct tenant *t)
{
	char path[DOM0_KEY];

	if (!t->memo_filed)
		return;
	file_name(t->p, t->domid, t->devid, path);
	unlink(path);
	t->memo_filed = false;
}

static void write_later(struct tenant *t)
{
	static const struct timeval later = { .tv_usec = LATER_US };
	struct platform *p = t->p;

	t->memo_due = true;
	if (p->memo_timer && !evtimer_pending(p->memo_timer, NULL))
		evtimer_add(p->memo_timer, &later);
}

void memo_change(struct tenant *t, const char *dir, const char *key,
		 const char *value)
{
	char path[DOM0_KEY];
	struct memo_entry *e;

	snprintf(path, sizeof(path), "%s/%s", dir, key);
	e = entry_find(t, path);
	if (!e || !is_same(e->value, value))
		take_away(t);
}

void memo_note(struct tenant *t, const char *dir, const char *key,
	       const char *value)
{
	char path[DOM0_KEY];
	struct memo_entry *e;

	snprintf(path, sizeof(path), "%s/%s", dir, key);
	e = entry_find(t, path);
	if (e && is_same(e->value, value))
		return;
	take_away(t);
	entry_set(t, path, value);
	write_later(t);
}

void memo_adopt(struct tenant *t)
{
	const struct batch *b = &t->p->batch;
	unsigned int i;

	for (i = 0; i < b->nr; i++)
		if (b->answer[i].value || b->answer[i].missing)
			entry_set(t, b->answer[i].path, b->answer[i].value);
	t->memo_filed = true;
	t->memo_due = false;
}

void memo_free(struct tenant *t)
{
	struct memo_entry *e;

	while ((e = LIST_FIRST(&t->memo))) {
		LIST_REMOVE(e, link);
		free(e->value);
		free(e);
	}
}

void memo_destroy(struct tenant *t)
{
	take_away(t);
	memo_free(t);
}

/* Writing -------------------------------------------------------------------- */

static bool put(const char *kind, const char *text)
{
	size_t left = sizeof(file.text) - file.len;
	int n = snprintf(file.text + file.len, left, "%s%s", kind, text);

	if (n < 0 || (size_t)n >= left)
		return false;
	file.len += (size_t)n + 1;
	return true;
}

static bool is_connected(struct tenant *t, const char *dir)
{
	char path[DOM0_KEY];
	const struct memo_entry *e;

	snprintf(path, sizeof(path), "%s/state", dir);
	e = entry_find(t, path);
	return e && e->value && strcmp(e->value, "4") == 0;
}

static bool compose(struct tenant *t)
{
	const struct memo_entry *e;
	bool fits;

	file.len = 0;
	fits = put("", MAGIC);
	LIST_FOREACH(e, &t->memo, link)
	{
		fits = fits && put("", e->path) &&
		       put(e->value ? "=" : "-", e->value ? e->value : "");
	}
	return fits && put("", END);
}

static int write_file(const char *path)
{
	char fresh[DOM0_KEY + 4];
	int err = 0;
	int fd;

	snprintf(fresh, sizeof(fresh), "%s.new", path);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd < 0)
		return -errno;
	if (write(fd, file.text, file.len) != (ssize_t)file.len)
		err = -EIO;
	if (close(fd) || (!err && rename(fresh, path)))
		err = -errno;
	/* A full folder has no room for what nobody will read. */
	if (err)
		unlink(fresh);
	return err;
}

static void write_one(struct tenant *t)
{
	char path[DOM0_KEY];

	t->memo_due = false;
	take_away(t);
	if (!is_connected(t, t->backend) || !is_connected(t, t->frontend) ||
	    !compose(t))
		return;
	file_name(t->p, t->domid, t->devid, path);
	t->memo_filed = write_file(path) == 0;
}

/* Some at a time: frames wait meanwhile. */
static void write_due(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval now;
	struct platform *p = arg;
	unsigned int nr = 0;
	struct tenant *t;

	(void)fd;
	(void)what;
	TAILQ_FOREACH(t, &p->guests, link)
	{
		if (!t->memo_due)
			continue;
		if (nr++ == WRITE_QUOTA) {
			evtimer_add(p->memo_timer, &now);
			return;
		}
		write_one(t);
	}
}

/* Reading -------------------------------------------------------------------- */

static bool read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, file.text, sizeof(file.text));
	close(fd);
	file.len = n > 0 ? (size_t)n : 0;
	return file.len && file.text[file.len - 1] == '\0';
}

/* The next text; NULL at the end. */
static const char *next_text(size_t *at)
{
	const char *text = file.text + *at;

	if (*at >= file.len)
		return NULL;
	*at += strlen(text) + 1;
	return text;
}

/* All of it, for store_read(); false: it is none of ours. */
static bool parse(struct platform *p)
{
	size_t at = 0;
	const char *path = next_text(&at);
	const char *value;

	if (strcmp(path, MAGIC) != 0)
		return false;
	while ((path = next_text(&at)) && strcmp(path, END) != 0) {
		value = next_text(&at);
		if (!value || (*value != '=' && *value != '-') ||
		    !batch_put(p, path, *value == '=' ? value + 1 : NULL))
			return false;
	}
	return path && at == file.len;
}

/* What tells this connection from another is as the file has it. */
static bool is_proven(struct platform *p, const char *frontend)
{
	static const char *const keys[] = {
		"state",
		"tx-ring-ref",
		"event-channel",
		"event-channel-tx",
		SVNIC_KEY_CTRL_RING,
		"queue-0/tx-ring-ref",
		"queue-0/event-channel",
		"queue-0/event-channel-tx",
	};
	const char *ask[PROOFS];
	unsigned int nr = 0;
	char path[DOM0_KEY];
	char *value;
	unsigned int i;

	_Static_assert(sizeof(keys) / sizeof(keys[0]) == PROOFS, "room");
	for (i = 0; i < PROOFS; i++) {
		snprintf(path, sizeof(path), "%s/%s", frontend, keys[i]);
		value = NULL;
		if (batch_find(p, path, &value) && value)
			ask[nr++] = keys[i];
		free(value);
	}
	return nr > 1 && batch_agrees(p, frontend, ask, nr);
}

bool memo_load(struct platform *p, uint32_t domid, uint32_t devid)
{
	char frontend[DOM0_PATH];
	char path[DOM0_KEY];

	file_name(p, domid, devid, path);
	snprintf(frontend, sizeof(frontend), DOM0_FRONTEND, domid, devid);
	if (p->batch.fd < 0 || !read_file(path))
		return false;
	if (parse(p) && is_proven(p, frontend))
		return true;
	batch_drop(p);
	unlink(path);
	return false;
}

/* Of guests that went while nobody looked. */
static void clear_one(struct platform *p, const char *path)
{
	uint32_t domid, devid;
	char backend[DOM0_PATH];

	if (sscanf(path + strlen(p->memo_dir), "/memo.%5u.%10u", &domid,
		   &devid) != 2)
		return;
	snprintf(backend, sizeof(backend), DOM0_BACKEND, domid, devid);
	if (!names_find(&p->names, backend))
		unlink(path);
}

void memo_clear(struct platform *p)
{
	char pattern[DOM0_KEY];
	glob_t g;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/memo.*", p->memo_dir);
	if (glob(pattern, 0, NULL, &g) != 0)
		return;
	for (i = 0; i < g.gl_pathc; i++)
		clear_one(p, g.gl_pathv[i]);
	globfree(&g);
}

int memo_open(struct platform *p)
{
	if (!p->memo_dir[0])
		strcpy(p->memo_dir, "/run/svnic");
	if (mkdir(p->memo_dir, 0755) && errno != EEXIST)
		log_warn("xen", "%s was not made", p->memo_dir);
	p->memo_timer = evtimer_new(p->base, write_due, p);
	return p->memo_timer ? 0 : -ENOMEM;
}

void memo_close(struct platform *p)
{
	if (p->memo_timer)
		event_free(p->memo_timer);
	p->memo_timer = NULL;
}
