/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See groups.h.
 */
#include "netif/groups.h"

#include <string.h>

static const uint8_t everybody[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

static unsigned int find(const struct groups *g, const uint8_t mac[6])
{
	unsigned int i;

	for (i = 0; i < g->nr; i++)
		if (memcmp(g->mac[i], mac, 6) == 0)
			break;
	return i;
}

bool groups_add(struct groups *g, const uint8_t mac[6])
{
	if (!(mac[0] & 1))
		return false;
	if (find(g, mac) < g->nr)
		return true;
	if (g->nr == GROUPS_MAX) {
		g->all = true;
		return false;
	}
	memcpy(g->mac[g->nr++], mac, 6);
	return true;
}

bool groups_del(struct groups *g, const uint8_t mac[6])
{
	unsigned int i = find(g, mac);

	if (i == g->nr)
		return false;
	memmove(g->mac[i], g->mac[--g->nr], 6);
	return true;
}

bool groups_pass(const struct groups *g, const uint8_t mac[6])
{
	return !(mac[0] & 1) || g->all || memcmp(mac, everybody, 6) == 0 ||
	       find(g, mac) < g->nr;
}
