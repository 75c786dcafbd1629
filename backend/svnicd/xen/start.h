/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guests that are there when the daemon comes: served one after another from
 * the event loop, then what changes is looked at.
 */
#ifndef SVNICD_XEN_START_H
#define SVNICD_XEN_START_H

#include <stdbool.h>
#include <stdint.h>

struct platform;

int start_begin(struct platform *p);
void start_end(struct platform *p);
/* The card has a VIF with that cookie; @waits: nobody moves its frames. */
void start_note(struct platform *p, uint64_t cookie, bool waits);

#endif /* SVNICD_XEN_START_H */
