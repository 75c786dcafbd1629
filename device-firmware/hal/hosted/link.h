/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host link: a listening UNIX socket, and at most one client that the
 * vfio-user server serves.
 */
#ifndef HOSTED_LINK_H
#define HOSTED_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

#include "server.h"

struct link_config {
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	bool persist;
};

struct link {
	struct link_config config;
	struct server server;
	int listen_fd;
	int spare_fd;	     /* to turn a client away without a descriptor */
	int epoll_fd;	     /* -1: nobody waits (tests, fuzzers) */
	uint64_t conn_event; /* epoll's datum for the client's socket */
	bool blocked;	     /* waiting for the client to read */
};

/*
 * A link without a socket; link_listen() gives it one.  Of @core, or of one in
 * another process behind @remote.  0 or -errno.
 */
int link_init(struct link *l, unsigned int nr, struct core *core,
	      struct remote *remote, const struct link_config *config);
/* Also unlinks the socket. */
void link_fini(struct link *l);

/*
 * Listen; a socket that nobody serves any more is replaced.  0, or -errno
 * after a message.
 */
int link_listen(struct link *l);

/*
 * Wait for events in @epoll_fd: @listen_event is the listening socket's datum,
 * @conn_event the client's.  0 or -errno.
 */
int link_watch(struct link *l, int epoll_fd, uint64_t listen_event,
	       uint64_t conn_event);

/* A client knocks: take it, or turn it away when there is one. */
void link_accept(struct link *l);

/* Serve the connected socket @fd, which the link then owns. */
void link_connect(struct link *l, int fd);

/* The client sent something, or can read again. */
void link_serve(struct link *l);

bool link_is_connected(const struct link *l);

/* May VIFs of this link, of a core in this process, be running? */
bool link_is_live(const struct link *l);

#endif /* HOSTED_LINK_H */
