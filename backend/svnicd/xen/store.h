/* SPDX-License-Identifier: GPL-2.0-only */
/* XenStore: its nodes, and what changes. */
#ifndef SVNICD_XEN_STORE_H
#define SVNICD_XEN_STORE_H

#include <stdint.h>

struct platform;
struct tenant;

int store_open(struct platform *p, char *why);
/* From now on what changes is looked at. */
int store_watch(struct platform *p);
void store_close(struct platform *p);
/* Call @found for all entries of our backend directory. */
typedef void (*store_found_fn)(struct platform *p, uint32_t domid,
			       uint32_t devid);
void store_scan(struct platform *p, store_found_fn found);
/* An entry that was there when we came: look at it now. */
void store_serve(struct platform *p, uint32_t domid, uint32_t devid);
/* One that took the place of another: it is looked at as any new one. */
void store_again(struct platform *p, uint32_t domid, uint32_t devid);
/* A node's text, to be freed; or NULL and errno, ENOENT where there is none. */
char *store_read(struct platform *p, const char *dir, const char *key);
struct store_pair {
	const char *key;
	const char *value; /* NULL: remove the key */
};
/*
 * Write all pairs at once into the backend directory of @t, unless that is
 * gone (-ENOENT).  A state other than Closing and Closed is not written over
 * the toolstack's wish to detach (-ESHUTDOWN).
 */
int store_write(struct tenant *t, const struct store_pair *pairs,
		unsigned int count);
/* Remove what a failed attach left, unless it is another one by now. */
void store_clear(struct tenant *t);

#endif /* SVNICD_XEN_STORE_H */
