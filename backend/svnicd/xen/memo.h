/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the next daemon need not ask for.  _note(): a node was read or
 * written; _change(): it is about to be.  _load() fills the batch: all that is
 * known of that guest, as long as it is connected as it was.
 */
#ifndef SVNICD_XEN_MEMO_H
#define SVNICD_XEN_MEMO_H

#include <stdbool.h>
#include <stdint.h>

struct platform;
struct tenant;

int memo_open(struct platform *p);
void memo_close(struct platform *p);
void memo_note(struct tenant *t, const char *dir, const char *key,
	       const char *value);
void memo_change(struct tenant *t, const char *dir, const char *key,
		 const char *value);
bool memo_load(struct platform *p, uint32_t domid, uint32_t devid);
/* That was loaded, for this guest: its file is ours now. */
void memo_adopt(struct tenant *t);
/* Take away what is of no guest that is known. */
void memo_clear(struct platform *p);
/* The next daemon may have it, or may not. */
void memo_free(struct tenant *t);
void memo_destroy(struct tenant *t);

#endif /* SVNICD_XEN_MEMO_H */
