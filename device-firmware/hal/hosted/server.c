/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From messages to replies, and how many at a time; see server.h.  Called by
 * link.c, tests, fuzzers.
 */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "log.h"
#include "server.h"

/* In one look, so that no client's large accesses hold up the others. */
#define SERVER_OCTETS 16384u
/* The same for questions to a core in another process. */
#define SERVER_ASKED 256u

/* Serve the message in the receive buffer: 0, or -errno to end it all. */
static int server_message(struct server *s)
{
	struct conn *c = &s->conn;
	struct command_reply rp = { .data = c->out + sizeof(struct vfu_header),
				    .fd = -1 };
	struct vfu_header h;
	int err;

	memcpy(&h, c->in, sizeof(h));
	if ((h.flags & VFU_TYPE_MASK) != VFU_TYPE_COMMAND)
		return -EPROTO; /* We sent no command that had an answer. */
	err = command_run(s, &h, &rp);
	if (err)
		log_debug("link %u: command %u refused: %s", s->dev.link,
			  h.command, strerror(-err));
	conn_next(c);
	if (h.flags & VFU_NO_REPLY)
		return 0;
	h.flags = VFU_TYPE_REPLY | (err ? VFU_ERROR : 0);
	h.error = (uint32_t)-err;
	h.size = (uint32_t)sizeof(h) + (err ? 0 : rp.len);
	memcpy(c->out, &h, sizeof(h));
	c->out_len = h.size;
	c->out_done = 0;
	c->out_fd = err ? -1 : rp.fd;
	return 0;
}

int server_run(struct server *s, unsigned int max)
{
	unsigned int n, asked = s->dev.nr_asked;
	size_t octets = 0;
	int ret;

	for (n = 0; n < max && octets < SERVER_OCTETS &&
		    s->dev.nr_asked - asked < SERVER_ASKED;
	     n++) {
		ret = conn_flush(&s->conn);
		if (ret > 0)
			ret = conn_receive(&s->conn);
		if (ret <= 0)
			return ret < 0 ? ret : (int)n;
		octets += s->conn.in_len;
		ret = server_message(s);
		if (ret < 0)
			return ret;
		octets += s->conn.out_len;
	}
	ret = conn_flush(&s->conn);
	return ret < 0 ? ret : (int)n;
}
