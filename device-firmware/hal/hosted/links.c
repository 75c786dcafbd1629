/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done with all links alike; see links.h.  Called by card.c, loop.c and
 * owner.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datum.h"
#include "links.h"
#include "log.h"

int links_init(struct links *s, const struct options *o, struct core *core,
	       struct remote *remote)
{
	int err;

	s->link = calloc(o->nr_links, sizeof(*s->link));
	if (!s->link)
		return log_lack("room for links", -ENOMEM);
	for (; s->nr < o->nr_links; s->nr++) {
		err = link_init(&s->link[s->nr], s->nr, core, remote,
				&o->link[s->nr]);
		if (err) {
			log_err("link %u: %s", s->nr, strerror(-err));
			return err;
		}
	}
	return 0;
}

void links_fini(struct links *s)
{
	while (s->nr > 0)
		link_fini(&s->link[--s->nr]);
	free(s->link);
	s->link = NULL;
}

int links_listen(struct links *s, int epoll_fd)
{
	unsigned int i;
	int err;

	for (i = 0; i < s->nr; i++) {
		err = link_listen(&s->link[i]);
		if (!err)
			err = link_watch(&s->link[i], epoll_fd,
					 datum(DATUM_LISTEN, i),
					 datum(DATUM_CLIENT, i));
		if (err)
			return err;
	}
	return 0;
}

bool links_are_live(const struct links *s)
{
	unsigned int i;

	for (i = 0; i < s->nr; i++) {
		if (link_is_live(&s->link[i]))
			return true;
	}
	return false;
}

bool links_have_client(const struct links *s)
{
	unsigned int i;

	for (i = 0; i < s->nr; i++) {
		if (link_is_connected(&s->link[i]))
			return true;
	}
	return false;
}
