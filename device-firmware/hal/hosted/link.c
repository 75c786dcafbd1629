/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sockets of host links.  A client that misbehaves costs its own
 * connection; the listening socket stays for the next one.  Called by card.c,
 * owner.c and links.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../core/core.h"
#include "link.h"
#include "log.h"

/* Messages in one look, so that a flood of them does not hold up frames. */
#define LINK_QUOTA  32u
#define LINK_SNDBUF (1 << 20)

int link_init(struct link *l, unsigned int nr, struct core *core,
	      struct remote *remote, const struct link_config *config)
{
	l->config = *config;
	l->listen_fd = -1;
	l->spare_fd = -1;
	l->epoll_fd = -1;
	l->blocked = false;
	l->server.ready = false;
	conn_init(&l->server.conn);
	return device_init(&l->server.dev, nr, core, remote);
}

void link_fini(struct link *l)
{
	conn_close(&l->server.conn);
	device_fini(&l->server.dev);
	if (l->spare_fd >= 0)
		close(l->spare_fd);
	if (l->listen_fd >= 0) {
		close(l->listen_fd);
		unlink(l->config.path);
	}
}

/* Remove a socket that nobody serves: 0, or -errno after a message. */
static int link_clear_path(const struct link *l, const struct sockaddr_un *sun)
{
	struct stat st;
	int fd, ret;

	if (lstat(sun->sun_path, &st) < 0)
		return 0;
	if (!S_ISSOCK(st.st_mode)) {
		log_err("%s is there and is no socket: move it away",
			sun->sun_path);
		return -EEXIST;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return log_lack("socket for a link", -errno);
	ret = connect(fd, (const struct sockaddr *)sun, sizeof(*sun));
	if (ret < 0 && errno == ECONNREFUSED) {
		log_info("link %u: removing the stale socket %s",
			 l->server.dev.link, sun->sun_path);
		ret = unlink(sun->sun_path) < 0 ? -errno : 0;
		if (ret)
			log_warn("cannot remove %s", sun->sun_path);
	} else {
		log_err("%s is served by another process: stop that one, or choose another path",
			sun->sun_path);
		ret = -EADDRINUSE;
	}
	close(fd);
	return ret;
}

int link_listen(struct link *l)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, err;

	memcpy(sun.sun_path, l->config.path, sizeof(sun.sun_path));
	err = link_clear_path(l, &sun);
	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return log_lack("socket for a link", -errno);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 ||
	    listen(fd, 4) < 0) {
		err = -errno;
		log_err("cannot listen on %s: %s", l->config.path,
			strerror(errno));
		close(fd);
		return err;
	}
	l->listen_fd = fd;
	l->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	log_info("listening on unix:%s (link %u%s)", l->config.path,
		 l->server.dev.link, l->config.persist ? ", persist" : "");
	return 0;
}

int link_watch(struct link *l, int epoll_fd, uint64_t listen_event,
	       uint64_t conn_event)
{
	struct epoll_event ev = { .events = EPOLLIN,
				  .data = { .u64 = listen_event } };

	l->epoll_fd = epoll_fd;
	l->conn_event = conn_event;
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, l->listen_fd, &ev) < 0)
		return log_lack("watch on a link", -errno);
	return 0;
}

/* Wait for the client to write or, while a reply is stuck, to read. */
static int link_wait(struct link *l, int op)
{
	struct epoll_event ev = { .events = l->blocked ? EPOLLOUT : EPOLLIN,
				  .data = { .u64 = l->conn_event } };

	if (l->epoll_fd < 0)
		return 0;
	return epoll_ctl(l->epoll_fd, op, l->server.conn.fd, &ev);
}

static void link_disconnect(struct link *l, int err)
{
	log_peer(LOG_LEVEL_INFO, "link %u: client gone (%s)%s",
		 l->server.dev.link,
		 err == -ECONNRESET ? "closed" : strerror(-err),
		 l->config.persist ? "; its VIFs stay" : "");
	conn_close(&l->server.conn);
	l->blocked = false;
	l->server.ready = false;
	device_disconnect(&l->server.dev, l->config.persist);
}

void link_connect(struct link *l, int fd)
{
	int size = LINK_SNDBUF;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	conn_open(&l->server.conn, fd);
	l->blocked = false;
	device_connect(&l->server.dev);
	if (link_wait(l, EPOLL_CTL_ADD) < 0)
		link_disconnect(l, -errno);
	else
		log_peer(LOG_LEVEL_INFO, "link %u: client connected",
			 l->server.dev.link);
}

/* Nobody can be served: let the client know, or it knocks without end. */
static void link_turn_away(struct link *l)
{
	int fd;

	log_peer(
		LOG_LEVEL_ERR,
		"link %u: no descriptor for a client; allow svnic-fw more (ulimit -n, LimitNOFILE=)",
		l->server.dev.link);
	if (l->spare_fd >= 0)
		close(l->spare_fd);
	fd = accept4(l->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0)
		close(fd);
	l->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void link_accept(struct link *l)
{
	int fd =
		accept4(l->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE)
			link_turn_away(l);
		return;
	}
	if (link_is_connected(l)) {
		log_peer(LOG_LEVEL_WARN,
			 "link %u: second client refused; one is connected",
			 l->server.dev.link);
		close(fd);
		return;
	}
	link_connect(l, fd);
}

void link_serve(struct link *l)
{
	bool blocked;
	int ret;

	if (!link_is_connected(l))
		return;
	ret = server_run(&l->server, LINK_QUOTA);
	if (ret < 0) {
		link_disconnect(l, ret);
		return;
	}
	blocked = l->server.conn.out_len > 0;
	if (blocked == l->blocked)
		return;
	l->blocked = blocked;
	if (link_wait(l, EPOLL_CTL_MOD) < 0)
		link_disconnect(l, -errno);
}

bool link_is_connected(const struct link *l)
{
	return l->server.dev.connected;
}

bool link_is_live(const struct link *l)
{
	const struct device *dev = &l->server.dev;

	return (link_is_connected(l) || l->config.persist) &&
	       core_reg_read(dev->core, dev->link, SVNIC_REG_STATUS) &
		       SVNIC_STATUS_READY;
}
