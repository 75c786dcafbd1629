/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The platform's functions that the netif path calls, on the arrays of a world:
 * grants are its pages, ports its flags, and the card's own commands go to the
 * simulated card.
 */
#ifndef FAKES_NETIF_PLATFORM_H
#define FAKES_NETIF_PLATFORM_H

#include "fakes/netif_world.h"

#define WORLD_VIF    1u			       /* the guest's */
#define WORLD_OTHER  3u			       /* another guest's */
#define WORLD_MEMORY (4096u * SVNIC_PAGE_SIZE) /* of the card's host */

struct platform {
	struct world *w;
};

extern const struct platform_ops world_ops;

/* Or it says @what and aborts. */
void world_check(bool ok, const char *what);

#endif /* FAKES_NETIF_PLATFORM_H */
