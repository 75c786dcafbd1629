/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xen-netback beside svnicd; see rival.h.
 */
#include "rival.h"

#include <unistd.h>

#include "../log.h"
#include "dom0.h"

#define DRIVER "/sys/bus/xen-backend/drivers/vif"

void rival_look(struct platform *p)
{
	bool here = access(DRIVER, F_OK) == 0;

	if (here && !p->rival)
		log_warnx(
			"xen",
			"xen-netback is loaded and takes the guests' interfaces away from svnicd: detach those, rmmod xen-netback; \"blacklist xen-netback\" in a file of /etc/modprobe.d keeps it away");
	p->rival = here;
}
