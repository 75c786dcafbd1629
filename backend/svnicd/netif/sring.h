/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring that is shared with a guest: requests from it and responses to it
 * share the slots of one page.  The cursors are here, out of its reach; of the
 * page itself nothing is read twice (rule R02).
 */
#ifndef SVNICD_NETIF_SRING_H
#define SVNICD_NETIF_SRING_H

#include <stdbool.h>
#include <stdint.h>

struct platform_post;
struct platform_slot;

struct sring {
	char *page;
	uint32_t slot_size;
	uint32_t next; /* requests taken */
	uint32_t rsp;  /* responses written, at most next */
	uint32_t seen; /* req_prod, as read last */
	uint32_t told; /* responses published */
};

/*
 * On a page that a guest made or that an earlier daemon served: what was not
 * answered is taken again.
 */
void sring_init(struct sring *r, void *page, uint32_t slot_size);
/* Requests not taken yet, as published now; -EPROTO: that cannot be. */
int sring_avail(struct sring *r);
/* The same for people: any number, and nothing comes of it. */
uint32_t sring_pending(const struct sring *r);
/* Copy request number next + @ahead, which is one of sring_avail(), once. */
void sring_peek(const struct sring *r, uint32_t ahead, void *req);
/* Where request, and response, number @idx is. */
void *sring_slot(const struct sring *r, uint32_t idx);
/* Write the next response over its request's slot, zeroed first (rule R04). */
void sring_respond(struct sring *r, const void *rsp, uint32_t size);
/* The guest may see all responses; true when it wants to be woken. */
bool sring_publish(struct sring *r);
/*
 * The same for others to store: the next response, for slots of 8 octets; that
 * there are some, but for the port; and whether it was done, or nothing of it.
 */
void sring_stage(struct sring *r, const void *rsp, struct platform_slot *s);
void sring_post(const struct sring *r, struct platform_post *p);
void sring_posted(struct sring *r, bool posted);
/*
 * The guest shall ring when there are @need requests; true when there are
 * already, and it will not.
 */
bool sring_arm(struct sring *r, uint32_t need);
/* It need not ring, because the ring is looked at; it may all the same. */
void sring_disarm(struct sring *r);

#endif /* SVNICD_NETIF_SRING_H */
