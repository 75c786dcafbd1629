/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listens, reads lines, answers lines.  Whoever may open the socket is root's
 * friend, but may still be slow, broken or gone: input and output are bounded
 * and nothing here waits.
 */
#include "control.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <svnic/control.h>

#include "capture.h"
#include "command.h"
#include "daemon.h"

#define CONNECTIONS 64u
#define UNREAD_MAX  (1u << 20)
#define DEAF_US	    500000

struct connection {
	LIST_ENTRY(connection) link;
	struct control *control;
	struct bufferevent *bev;
	struct capture *capture;
	bool closing; /* once its output is written */
};

struct control {
	struct daemon *d;
	struct evconnlistener *listener;
	struct event *again; /* after it could accept nobody */
	struct log_limit limit;
	LIST_HEAD(, connection) connections;
	unsigned int nr;
};

/* Connections -------------------------------------------------------------- */

static void connection_destroy(struct connection *c)
{
	if (c->capture)
		capture_destroy(c->capture);
	bufferevent_free(c->bev);
	LIST_REMOVE(c, link);
	c->control->nr--;
	free(c);
}

static void say(struct connection *c, json_t *answer)
{
	char *line = json_dumps(answer, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(answer);
	if (line)
		bufferevent_write(c->bev, line, strlen(line));
	bufferevent_write(c->bev, "\n", 1);
	free(line);
}

/* The last word; what it still sends is not looked at. */
static void hang_up(struct connection *c, const char *message)
{
	say(c, command_error("bad-request", message,
			     "send one JSON object a line"));
	c->closing = true;
	bufferevent_disable(c->bev, EV_READ);
}

static void serve_line(struct connection *c, const char *line, size_t len)
{
	struct daemon *d = c->control->d;
	char message[256];
	json_error_t error;
	json_t *request;

	request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (!request) {
		snprintf(message, sizeof(message), "line %d, column %d: %s",
			 error.line, error.column, error.text);
		hang_up(c, message);
		return;
	}
	say(c, command_run(d, request, c->bev, &c->capture));
	json_decref(request);
}

static void readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct connection *c = arg;
	size_t len;
	char *line;

	while (!c->closing && !c->capture) {
		line = evbuffer_readln(in, &len, EVBUFFER_EOL_LF);
		if (!line)
			break;
		/* One answer may be longer; who asks on must read it first. */
		if (evbuffer_get_length(bufferevent_get_output(bev)) >
		    UNREAD_MAX) {
			free(line);
			connection_destroy(c);
			return;
		}
		if (len > 0)
			serve_line(c, line, len);
		free(line);
	}
	if (c->closing || c->capture)
		evbuffer_drain(in, evbuffer_get_length(in));
	else if (evbuffer_get_length(in) >= SVNIC_CONTROL_MAX)
		hang_up(c, "the line is longer than 65536 octets");
}

static void written(struct bufferevent *bev, void *arg)
{
	struct connection *c = arg;

	/* It may be told of an older write. */
	if (c->closing && evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		connection_destroy(c);
}

static void ended(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	connection_destroy(arg);
}

static void accepted(struct evconnlistener *l, evutil_socket_t fd,
		     struct sockaddr *address, int len, void *arg)
{
	struct control *control = arg;
	struct connection *c;

	(void)l;
	(void)address;
	(void)len;
	c = control->nr < CONNECTIONS ? calloc(1, sizeof(*c)) : NULL;
	if (!c) {
		close(fd);
		return;
	}
	c->bev = bufferevent_socket_new(control->d->base, fd,
					BEV_OPT_CLOSE_ON_FREE |
						BEV_OPT_DEFER_CALLBACKS);
	if (!c->bev) {
		close(fd);
		free(c);
		return;
	}
	c->control = control;
	LIST_INSERT_HEAD(&control->connections, c, link);
	control->nr++;
	bufferevent_setcb(c->bev, readable, written, ended, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, SVNIC_CONTROL_MAX);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

static void listen_again(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(control->listener);
}

/* Without descriptors: whoever waits would be told of again without end. */
static void not_accepted(struct evconnlistener *l, void *arg)
{
	static const struct timeval later = { .tv_usec = DEAF_US };
	struct control *control = arg;

	if (log_allowed(&control->limit, "control"))
		log_warn("control", "svnic-admin is not let in");
	if (evtimer_add(control->again, &later) == 0)
		evconnlistener_disable(l);
}

/* The socket --------------------------------------------------------------- */

/* Its folder, one level deep: /run is empty after a boot. */
static void make_folder(const char *path)
{
	char folder[108];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return;
	*slash = '\0';
	if (mkdir(folder, 0755) && errno != EEXIST)
		log_warn("control", "%s was not made", folder);
}

/* Does somebody answer there? */
static bool is_served(const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool served;

	if (fd < 0)
		return false;
	/* One that hangs accepts nobody: its queue is full at some time. */
	served = connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0 ||
		 errno == EAGAIN;
	close(fd);
	return served;
}

static void set_owner(const char *path, const char *group)
{
	struct group *g = *group ? getgrnam(group) : NULL;

	if (chmod(path, 0660))
		log_warn("control", "%s: mode 0660 was not set", path);
	if (!*group)
		return;
	if (!g)
		log_warnx("control",
			  "there is no group \"%s\"; %s stays root's", group,
			  path);
	else if (chown(path, (uid_t)-1, g->gr_gid))
		log_warn("control", "%s was not given to group %s", path,
			 group);
}

static int bind_socket(const struct config *config, int *out)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	mode_t mask;
	int err = 0;
	int fd;

	strcpy(sa.sun_path, config->socket);
	make_folder(config->socket);
	if (is_served(&sa)) {
		log_err("control",
			"%s is in use: another svnicd runs; stop it, or use --socket",
			config->socket);
		return -EADDRINUSE;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	unlink(config->socket);
	mask = umask(0177);
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		err = -errno;
	umask(mask);
	if (err) {
		log_err("control", "%s cannot be made: %s", config->socket,
			strerror(-err));
		close(fd);
		return err;
	}
	set_owner(config->socket, config->group);
	*out = fd;
	return 0;
}

int control_create(struct daemon *d, struct control **control)
{
	struct control *c = calloc(1, sizeof(*c));
	int fd = -1;
	int err;

	if (!c)
		return -ENOMEM;
	c->d = d;
	LIST_INIT(&c->connections);
	err = bind_socket(&d->config, &fd);
	if (err) {
		free(c);
		return err;
	}
	c->listener = evconnlistener_new(
		d->base, accepted, c,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 64, fd);
	if (!c->listener) {
		close(fd);
		free(c);
		return -ENOMEM;
	}
	c->again = evtimer_new(d->base, listen_again, c);
	if (!c->again) {
		control_destroy(c);
		return -ENOMEM;
	}
	evconnlistener_set_error_cb(c->listener, not_accepted);
	*control = c;
	return 0;
}

void control_destroy(struct control *control)
{
	struct connection *c;

	while ((c = LIST_FIRST(&control->connections)))
		connection_destroy(c);
	evconnlistener_free(control->listener);
	if (control->again)
		event_free(control->again);
	unlink(control->d->config.socket);
	free(control);
}
