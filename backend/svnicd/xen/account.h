/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest had of the daemon's time by what it can ask for at will: control
 * messages, and new connections.  There is one thread, so what one of them has
 * the frames of all others wait for.
 */
#ifndef SVNICD_XEN_ACCOUNT_H
#define SVNICD_XEN_ACCOUNT_H

#include <stdint.h>

#define ACCOUNT_FREE_US	 500000u /* as much as a large guest needs to begin */
#define ACCOUNT_SHARE	 4u	 /* from then on the fourth part */
#define ACCOUNT_LEAST_US 2000u	 /* of each time: that is no burden */
#define ACCOUNT_WAIT_MS	 250u	 /* ... but no wait is longer */

struct account {
	uint64_t used_us;
	uint64_t at_us; /* as it stood then */
};

/* For _charge(), when what it is charged for is done. */
uint64_t account_now(void);
void account_charge(struct account *a, uint64_t start_us);
/* How many ms it has to wait for more; 0: not at all. */
unsigned int account_wait(struct account *a);

#endif /* SVNICD_XEN_ACCOUNT_H */
