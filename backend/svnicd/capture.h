/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Captures: a monitor VIF of the card, whose one queue lies in the daemon's
 * own memory, and a client of the control socket that gets the copies.  A
 * client that is too slow loses frames, which are counted; nothing waits.
 */
#ifndef SVNICD_CAPTURE_H
#define SVNICD_CAPTURE_H

#include <stdint.h>

struct bufferevent;
struct capture;
struct daemon;
struct vif;

/*
 * Copies of the frames of @vif, at most @snaplen octets each, go to @client
 * from now on.  0, -errno, or enum svnic_status as the card functions.  The
 * client's buffers and its end stay the caller's.
 */
int capture_create(struct daemon *d, struct vif *vif, uint32_t snaplen,
		   struct bufferevent *client, struct capture **capture);
void capture_destroy(struct capture *capture);

unsigned int capture_count(const struct daemon *d);
/* The number of its monitor on the card. */
unsigned int capture_nr(const struct capture *capture);

/* The monitor @nr has something. */
void capture_event(struct daemon *d, unsigned int nr);
/* VIF @seen goes, or with SVNIC_VIF_NONE all: clients get an end of file. */
void capture_end(struct daemon *d, unsigned int seen);

#endif /* SVNICD_CAPTURE_H */
