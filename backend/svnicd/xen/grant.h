/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages of a guest, as struct platform_ops has them. */
#ifndef SVNICD_XEN_GRANT_H
#define SVNICD_XEN_GRANT_H

#include <stdbool.h>
#include <stdint.h>

struct platform;
struct platform_turn;
struct tenant;

int grant_map(struct platform *p, struct tenant *t, uint32_t gref,
	      bool writable, void **page);
void grant_unmap(struct platform *p, void *page);
void grant_turn(struct platform *p, const struct platform_turn *turn);

#endif /* SVNICD_XEN_GRANT_H */
