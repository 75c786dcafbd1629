/* SPDX-License-Identifier: GPL-2.0-only */
/* The groups of a guest, on the card; refilter says that they changed. */
#ifndef SVNICD_NETIF_FILTER_H
#define SVNICD_NETIF_FILTER_H

#include <stdbool.h>

struct netif;

void filter_start(struct netif *n);
void filter_turn(struct netif *n);
void filter_stop(struct netif *n, bool lost);

#endif /* SVNICD_NETIF_FILTER_H */
