/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest's doorbell page: its machine frame is told to Xen. */
#ifndef SVNICD_XEN_WINDOW_H
#define SVNICD_XEN_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct platform;
struct tenant;

/* Who may have which page still, as earlier daemons left it. */
void window_load(struct platform *p);
int window_open(struct tenant *t, uint64_t frame);
/* An earlier daemon opened it. */
void window_adopt(struct tenant *t, uint64_t frame);
void window_close(struct tenant *t);
/* May doorbell page @nr be given to @domid, or does another still have it? */
bool window_is_free(struct platform *p, unsigned int nr, uint32_t domid);

#endif /* SVNICD_XEN_WINDOW_H */
