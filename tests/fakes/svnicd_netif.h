/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A netif path that moves nothing, in place of the one in backend/svnicd/netif
 * (all but keys.c and verdict.c): what the life cycle did to it can be seen.
 */
#ifndef FAKES_SVNICD_NETIF_H
#define FAKES_SVNICD_NETIF_H

#include "netif/netif.h"

struct netif {
	struct vif *vif;
	struct netif_config config;
	bool started;
	bool lost; /* as said when it was stopped */
};

struct fake_netif {
	int create_result, start_result; /* of the next call */
	unsigned int create_us;		 /* how long that takes */
	unsigned int nr;		 /* that exist */
	unsigned int events;
	unsigned int faults;
};

extern struct fake_netif fake_netif;

#endif /* FAKES_SVNICD_NETIF_H */
