/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One connection to svnicd (svnic/control.h).  Messages about what failed are
 * printed here; functions return 0 or an exit code of svnic-admin.
 */
#ifndef ADMIN_CONN_H
#define ADMIN_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>

struct admin;

struct conn {
	int fd;
	char *data; /* read, not taken: from start on */
	size_t start;
	size_t have;
	size_t room;
};

int conn_open(struct conn *c, const char *path);
void conn_close(struct conn *c);

/*
 * Send a command with @arguments, which is taken over (NULL: none).  The
 * result is the caller's.
 */
int conn_request(struct conn *c, const struct admin *a, json_t *arguments,
		 json_t **result);

/* Open, request, close. */
int conn_ask(const struct admin *a, json_t *arguments, json_t **result);

/*
 * Exactly @len octets after the answer: 0, ADMIN_FAILED at an end in between,
 * or -1 at the end or after a signal, see signals.h.
 */
int conn_read(struct conn *c, void *data, size_t len);

/* Is nothing left but what svnicd still has to send? */
static inline bool conn_is_drained(const struct conn *c)
{
	return c->have == 0;
}

#endif /* ADMIN_CONN_H */
