/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vfio-user client for tests: it says what it is told to, right or wrong, to
 * a real link over a socket pair, in one thread.
 */
#ifndef FAKES_VFU_CLIENT_H
#define FAKES_VFU_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "../../device-firmware/hal/hosted/link.h"
#include "hosted_core.h"

struct vfu_client {
	struct core core;
	struct link link;
	int fd;
	/* The last reply. */
	struct vfu_header header;
	uint8_t data[CONN_MSG_MAX];
	size_t len;   /* of @data */
	int reply_fd; /* -1: none came */
};

/* A link of its own and a connection to it; @persist as in --link. */
void client_init(struct vfu_client *c, bool persist);
/* The link only; of an owner whose core is behind @remote, if that is set. */
void client_prepare_owner(struct vfu_client *c, bool persist,
			  struct remote *remote);
void client_connect(struct vfu_client *c);
void client_fini(struct vfu_client *c);

/* Octets as they are, with @nr_fds descriptors, and let the link serve them. */
void client_send(struct vfu_client *c, const void *data, size_t len,
		 const int *fds, unsigned int nr_fds);

/* Take one reply: 1, 0 when there is none, -1 when the link closed. */
int client_receive(struct vfu_client *c);

/*
 * One command and its reply: 0, or the errno that the reply carries, or
 * -1 when there was none.
 */
int client_call(struct vfu_client *c, uint16_t command, const void *data,
		size_t len, const int *fds, unsigned int nr_fds);

int client_version(struct vfu_client *c);
int client_map(struct vfu_client *c, uint64_t addr, uint64_t size, int fd,
	       uint64_t offset);
int client_set_irqs(struct vfu_client *c, uint32_t index, uint32_t flags,
		    uint32_t start, uint32_t count, const int *fds,
		    unsigned int nr_fds);
int client_read(struct vfu_client *c, uint32_t region, uint64_t offset,
		uint32_t count);
int client_write(struct vfu_client *c, uint32_t region, uint64_t offset,
		 uint32_t count, const void *data);

/* Descriptors that this process has open. */
unsigned int count_fds(void);

#endif /* FAKES_VFU_CLIENT_H */
