/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests whose nodes may have changed, looked at a few at a time. */
#ifndef SVNICD_XEN_LOOK_H
#define SVNICD_XEN_LOOK_H

#include <stdint.h>

#define LOOK_NEVER UINT32_MAX

struct platform;
struct tenant;

/* It may come twice. */
void look_mark(struct tenant *t);
void look_unmark(struct tenant *t);

/*
 * At most @quota of those that are marked.  When to go on, in ms, less than a
 * second; LOOK_NEVER: there are no more.  One whose guest writes all the time
 * has to wait.
 */
unsigned int look_dirty(struct platform *p, unsigned int quota);

#endif /* SVNICD_XEN_LOOK_H */
