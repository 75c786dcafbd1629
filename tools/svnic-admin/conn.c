// SPDX-License-Identifier: GPL-2.0-only
/* Lines of JSON, and octets behind them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <svnic/control.h>
#include "admin.h"
#include "conn.h"
#include "signals.h"

#define LINE_MAX_OCTETS (16u << 20) /* of an answer: 4096 VIFs and more */
#define FIRST_ROOM	65536

static int failed(const char *what, const char *hint)
{
	fprintf(stderr, "svnic-admin: %s\n", what);
	if (hint)
		fprintf(stderr, "%s\n", hint);
	return ADMIN_FAILED;
}

static const char *connect_hint(int error)
{
	switch (error) {
	case ENOENT:
	case ECONNREFUSED:
		return "Is svnicd running (systemctl status svnicd), and is --socket its socket?";
	case EACCES:
	case EPERM:
		return "Use root, or a user of the group that svnicd's configuration names.";
	default:
		return NULL;
	}
}

int conn_open(struct conn *c, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char what[256];
	int error;

	memset(c, 0, sizeof(*c));
	c->fd = -1;
	if (strlen(path) >= sizeof(addr.sun_path)) {
		snprintf(what, sizeof(what),
			 "the path of the socket is longer than %zu octets",
			 sizeof(addr.sun_path) - 1);
		return failed(what, NULL);
	}
	strcpy(addr.sun_path, path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd >= 0 &&
	    connect(c->fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0)
		return 0;
	error = errno;
	snprintf(what, sizeof(what), "cannot connect to svnicd at %s: %s", path,
		 strerror(error));
	conn_close(c);
	return failed(what, connect_hint(error));
}

void conn_close(struct conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	free(c->data);
	c->data = NULL;
	c->start = c->have = c->room = 0;
}

/* Read some more: 1, 0 at the end or after a signal, ADMIN_FAILED < 0. */
static int fill(struct conn *c)
{
	size_t room = c->room ? c->room * 2 : FIRST_ROOM;
	char *larger;
	ssize_t n;

	if (c->start)
		memmove(c->data, c->data + c->start, c->have);
	c->start = 0;
	if (c->have == c->room) {
		larger = room > LINE_MAX_OCTETS ? NULL : realloc(c->data, room);
		if (!larger)
			return -1;
		c->data = larger;
		c->room = room;
	}
	if (!signals_poll(c->fd))
		return 0;
	n = read(c->fd, c->data + c->have, c->room - c->have);
	if (n < 0)
		return -1;
	c->have += (size_t)n;
	return n > 0;
}

static void take(struct conn *c, size_t n)
{
	c->start += n;
	c->have -= n;
}

int conn_read(struct conn *c, void *data, size_t len)
{
	int rc;

	while (c->have < len) {
		rc = fill(c);
		if (rc == 1)
			continue;
		if (rc == 0 && (c->have == 0 || signals_came()))
			return -1;
		return failed("svnicd ended the connection in the middle",
			      NULL);
	}
	memcpy(data, c->data + c->start, len);
	take(c, len);
	return 0;
}

static int send_line(struct conn *c, const char *command, json_t *arguments)
{
	json_t *request = json_pack("{s:s}", "command", command);
	char *text = NULL;
	size_t len, done = 0;
	ssize_t n = 0;

	if (request && arguments)
		json_object_set(request, "arguments", arguments);
	if (request)
		text = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	if (!text)
		return failed("out of memory", NULL);
	len = strlen(text);
	text[len++] = '\n';
	while (done < len && n >= 0) {
		n = send(c->fd, text + done, len - done, MSG_NOSIGNAL);
		done += n > 0 ? (size_t)n : 0;
	}
	free(text);
	if (n < 0)
		return failed("svnicd ended the connection", NULL);
	return 0;
}

static int receive_line(struct conn *c, json_t **answer)
{
	json_error_t error;
	char *newline = NULL;
	size_t seen = 0;

	while (!newline) {
		if (fill(c) != 1)
			return failed(
				"svnicd ended the connection without an answer",
				"Its log may tell why (journalctl -u svnicd).");
		newline = memchr(c->data + seen, '\n', c->have - seen);
		seen = c->have;
	}
	/* It was found right after a fill(), which starts at the beginning. */
	*answer = json_loadb(c->data, (size_t)(newline - c->data), 0, &error);
	take(c, (size_t)(newline - c->data) + 1);
	if (json_is_object(*answer))
		return 0;
	json_decref(*answer);
	return failed("svnicd's answer is no JSON object",
		      "Are svnicd and svnic-admin of one release?");
}

/* An argument that svnicd refuses is an error of the command line. */
static int print_error(const struct admin *a, json_t *error)
{
	const char *code = json_string_value(json_object_get(error, "code"));
	const char *text = json_string_value(json_object_get(error, "message"));
	const char *hint = json_string_value(json_object_get(error, "hint"));

	fprintf(stderr, "svnic-admin %s: %s\n", a->command->name,
		text ? text : "svnicd says no, without a reason");
	if (hint && hint[0])
		fprintf(stderr, "%s\n", hint);
	return code && strcmp(code, "bad-argument") == 0 ? ADMIN_USAGE
							 : ADMIN_FAILED;
}

int conn_request(struct conn *c, const struct admin *a, json_t *arguments,
		 json_t **result)
{
	json_t *answer = NULL, *error;
	int rc;

	rc = send_line(c, a->command->name, arguments);
	json_decref(arguments);
	if (rc == 0)
		rc = receive_line(c, &answer);
	if (rc)
		return rc;
	error = json_object_get(answer, "error");
	*result = json_object_get(answer, "result");
	if (error)
		rc = print_error(a, error);
	else if (!*result)
		rc = failed("svnicd's answer holds neither result nor error",
			    NULL);
	else
		json_incref(*result);
	json_decref(answer);
	return rc;
}

int conn_ask(const struct admin *a, json_t *arguments, json_t **result)
{
	struct conn c;
	int rc = conn_open(&c, a->socket);

	if (rc) {
		json_decref(arguments);
		return rc;
	}
	rc = conn_request(&c, a, arguments, result);
	conn_close(&c);
	return rc;
}
