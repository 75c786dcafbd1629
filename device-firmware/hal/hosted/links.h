/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All links of a card: those that its process serves, or its owner for it.
 */
#ifndef HOSTED_LINKS_H
#define HOSTED_LINKS_H

#include <stdbool.h>

#include "link.h"
#include "options.h"

struct links {
	struct link *link;
	unsigned int nr;
};

/*
 * As @o says, without sockets; of @core, or of one in another process behind
 * @remote.  0, or -errno after a message: links_fini() is due then, too.
 */
int links_init(struct links *s, const struct options *o, struct core *core,
	       struct remote *remote);
void links_fini(struct links *s);

/*
 * Listen on all; @epoll_fd tells of DATUM_LISTEN and DATUM_CLIENT (datum.h).
 * 0, or -errno after a message.
 */
int links_listen(struct links *s, int epoll_fd);

/* May any VIF be running?  And has any link a client? */
bool links_are_live(const struct links *s);
bool links_have_client(const struct links *s);

#endif /* HOSTED_LINKS_H */
