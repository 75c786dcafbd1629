/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a client asks by one vfio-user message.
 */
#ifndef HOSTED_COMMAND_H
#define HOSTED_COMMAND_H

#include <stdint.h>

#include "vfio_user.h"

struct server;

struct command_reply {
	uint8_t *data; /* room for CONN_MSG_MAX less the header */
	uint32_t len;  /* of what the command put there */
	int fd;	       /* that goes along, not owned; -1: none */
};

/*
 * Do what the message in the receive buffer of @s says, whose header was copied
 * to @h: 0 and @rp, or the -errno that the client gets in its place.
 */
int command_run(struct server *s, const struct vfu_header *h,
		struct command_reply *rp);

#endif /* HOSTED_COMMAND_H */
