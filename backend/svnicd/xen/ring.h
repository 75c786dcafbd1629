/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest's control ring. */
#ifndef SVNICD_XEN_RING_H
#define SVNICD_XEN_RING_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct xenevtchn_handle;
struct platform;
struct tenant;

struct ring {
	void *page;		       /* mapped grant, or NULL */
	struct xenevtchn_handle *chan; /* or NULL */
	uint32_t port;		       /* ours */
	struct event *event;
	struct event *timer;
	uint32_t next;	     /* requests taken; the guest cannot reach it */
	bool rung;	     /* the channel is masked */
	bool rest;	     /* ... until the timer fires */
	unsigned int worked; /* requests since it was */
	unsigned int idle;   /* rings without work in a row */
};

int ring_open(struct tenant *t, uint32_t gref, uint32_t remote, char *why);
void ring_close(struct tenant *t);
int ring_copy(struct platform *p, struct tenant *t, uint32_t gref, void *mem,
	      uint32_t len);

#endif /* SVNICD_XEN_RING_H */
