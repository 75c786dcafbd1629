/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many questions to XenStore at once.  The library asks one after the other
 * and sleeps in between; meanwhile frames wait, of all guests, and of one that a
 * restarted daemon must know before it can serve it.  So all of a directory's keys are asked for
 * in one write to xenstored's socket (xen/io/xs_wire.h), and store_read() finds
 * the answers here.  Without that socket, or when anything is odd, nothing is
 * found here, and the library is asked.
 *
 * What was read is of one moment: watches are there before, and batch_drop()
 * comes before the event loop goes on.
 */
#include "batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <xenstore_lib.h>

#include "dom0.h"

#include <xen/io/xs_wire.h> /* needs what dom0.h includes */

#define BATCH_VALUE 4096 /* as XenStore allows */

_Static_assert(BATCH_KEYS *(DOM0_KEY + sizeof(struct xsd_sockmsg)) <= 32768,
	       "the socket takes all questions without our reading answers");

void batch_open(struct platform *p)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *path = xs_daemon_socket();

	p->batch.fd = -1;
	p->batch.next = p->batch.end = 0;
	if (!path || strlen(path) >= sizeof(addr.sun_path))
		return;
	strcpy(addr.sun_path, path);
	p->batch.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->batch.fd >= 0 &&
	    connect(p->batch.fd, (struct sockaddr *)&addr, sizeof(addr)))
		batch_close(p);
}

void batch_close(struct platform *p)
{
	batch_drop(p);
	if (p->batch.fd >= 0)
		close(p->batch.fd);
	p->batch.fd = -1;
}

void batch_drop(struct platform *p)
{
	while (p->batch.nr)
		free(p->batch.answer[--p->batch.nr].value);
	p->batch.asked = 0;
}

/* From what has come already, or from the next piece that comes. */
static bool read_all(struct batch *b, void *to, size_t len)
{
	ssize_t got;
	size_t n;

	while (len) {
		if (b->next == b->end) {
			got = read(b->fd, b->in, sizeof(b->in));
			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0)
				return false;
			b->next = 0;
			b->end = (size_t)got;
		}
		n = b->end - b->next < len ? b->end - b->next : len;
		memcpy(to, b->in + b->next, n);
		b->next += n;
		to = (char *)to + n;
		len -= n;
	}
	return true;
}

static bool write_all(int fd, const char *from, size_t len)
{
	ssize_t n;

	while (len) {
		n = send(fd, from, len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		from += n;
		len -= (size_t)n;
	}
	return true;
}

/* One question at the end of @out; its length. */
static size_t put(char *out, const struct batch_answer *a, uint32_t id)
{
	struct xsd_sockmsg m = {
		.type = XS_READ,
		.req_id = id,
		.len = (uint32_t)strlen(a->path) + 1,
	};

	memcpy(out, &m, sizeof(m));
	memcpy(out + sizeof(m), a->path, m.len);
	return sizeof(m) + m.len;
}

static bool take(struct platform *p, unsigned int i)
{
	struct batch_answer *a = &p->batch.answer[i];
	struct xsd_sockmsg m;
	char *value;

	if (!read_all(&p->batch, &m, sizeof(m)) || m.req_id != i ||
	    m.len > BATCH_VALUE || (m.type != XS_READ && m.type != XS_ERROR))
		return false;
	value = malloc(m.len + 1);
	if (!value)
		return false;
	value[m.len] = '\0';
	if (!read_all(&p->batch, value, m.len)) {
		free(value);
		return false;
	}
	if (m.type == XS_READ) {
		a->value = value;
		return true;
	}
	/* Only what is not there is known here. */
	a->missing = strcmp(value, "ENOENT") == 0;
	free(value);
	return true;
}

void batch_ask(struct platform *p, const char *dir, const char *const *keys,
	       unsigned int count)
{
	struct batch_answer *a;
	unsigned int i;

	if (p->batch.fd < 0 || count > BATCH_KEYS - p->batch.nr)
		return;
	for (i = 0; i < count; i++) {
		a = &p->batch.answer[p->batch.nr++];
		memset(a, 0, sizeof(*a));
		snprintf(a->path, sizeof(a->path), "%s/%s", dir, keys[i]);
	}
}

bool batch_put(struct platform *p, const char *path, const char *value)
{
	struct batch_answer *a = &p->batch.answer[p->batch.nr];

	if (p->batch.nr == BATCH_KEYS || strlen(path) >= sizeof(a->path))
		return false;
	strcpy(a->path, path);
	a->value = value ? strdup(value) : NULL;
	a->missing = !value;
	p->batch.asked = ++p->batch.nr;
	return true;
}

void batch_read(struct platform *p)
{
	static char out[BATCH_KEYS * (DOM0_KEY + sizeof(struct xsd_sockmsg))];
	unsigned int first = p->batch.asked;
	size_t len = 0;
	unsigned int i;

	if (p->batch.fd < 0)
		return;
	p->batch.asked = p->batch.nr;
	for (i = first; i < p->batch.nr; i++)
		len += put(out + len, &p->batch.answer[i], i);
	if (!write_all(p->batch.fd, out, len))
		goto odd;
	for (i = first; i < p->batch.nr; i++)
		if (!take(p, i))
			goto odd;
	return;

odd:
	batch_close(p);
}

/* Of the first @nr answers. */
static const struct batch_answer *find(const struct platform *p,
				       const char *path, unsigned int nr)
{
	const struct batch_answer *a;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		a = &p->batch.answer[i];
		if (strcmp(a->path, path) == 0 && (a->value || a->missing))
			return a;
	}
	return NULL;
}

bool batch_find(struct platform *p, const char *path, char **value)
{
	const struct batch_answer *a = find(p, path, p->batch.nr);

	if (!a)
		return false;
	*value = a->value ? strdup(a->value) : NULL;
	/* One that there is no memory for is not missing. */
	return *value || a->missing;
}

bool batch_agrees(struct platform *p, const char *dir, const char *const *keys,
		  unsigned int count)
{
	unsigned int first = p->batch.nr;
	const struct batch_answer *known;
	const struct batch_answer *a;
	unsigned int i;

	batch_ask(p, dir, keys, count);
	batch_read(p);
	if (p->batch.nr != first + count)
		return false;
	for (i = first; i < first + count; i++) {
		a = &p->batch.answer[i];
		known = find(p, a->path, first);
		if (!known || !known->value || !a->value ||
		    strcmp(known->value, a->value) != 0)
			return false;
	}
	return true;
}
