/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The multicast groups that a guest joined, if it asked for that control.
 */
#ifndef SVNICD_NETIF_GROUPS_H
#define SVNICD_NETIF_GROUPS_H

#include <stdbool.h>
#include <stdint.h>

#define GROUPS_MAX 64u

struct groups {
	unsigned int nr;
	bool all; /* which it joined is not known, or they were too many */
	uint8_t mac[GROUPS_MAX][6];
};

/*
 * False when it is no group, or when there is no room: all pass from then on.
 * Joining twice is once.
 */
bool groups_add(struct groups *g, const uint8_t mac[6]);
/* False when it was not joined. */
bool groups_del(struct groups *g, const uint8_t mac[6]);
/* May a frame to @mac pass?  Those to one, and to all, always may. */
bool groups_pass(const struct groups *g, const uint8_t mac[6]);

#endif /* SVNICD_NETIF_GROUPS_H */
