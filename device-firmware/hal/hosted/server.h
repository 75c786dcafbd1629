/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vfio-user server: takes whole messages from a connection, lets the
 * device do what they say, and answers.  No message from a client is trusted;
 * a wrong one gets an error reply, and one that breaks the framing ends the
 * connection.
 */
#ifndef HOSTED_SERVER_H
#define HOSTED_SERVER_H

#include <stdbool.h>

#include "conn.h"
#include "device.h"

struct server {
	struct device dev;
	struct conn conn;
	bool ready; /* VERSION was exchanged */
};

/*
 * Serve up to @max messages, fewer when they are large or ask much of the core:
 * how many, or -errno when the connection is over.  A reply that does not fit
 * into the socket stops it (conn.out_len is then not 0) until it is called
 * again.
 */
int server_run(struct server *s, unsigned int max);

#endif /* HOSTED_SERVER_H */
