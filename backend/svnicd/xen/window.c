/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's right to its doorbell page.  A PV guest maps the machine frame
 * itself once it may; one with a physical memory of its own gets the frame
 * there, under the same number, which lies far above its RAM.
 */
#include <errno.h>

#include "../log.h"
#include "dom0.h"

static bool has_own_memory(struct tenant *t)
{
	xc_domaininfo_t info;

	return xc_domain_getinfolist(t->p->xc, t->domid, 1, &info) == 1 &&
	       info.domain == t->domid && info.flags & XEN_DOMINF_hvm_guest;
}

int window_open(struct tenant *t, uint64_t frame)
{
	xc_interface *xc = t->p->xc;
	int err;

	if (t->window == frame)
		return 0;
	window_close(t);
	if (xc_domain_iomem_permission(xc, t->domid, frame, 1, 1))
		return -errno;
	t->window = frame;
	if (!has_own_memory(t))
		return 0;
	if (xc_domain_memory_mapping(xc, t->domid, frame, frame, 1,
				     DPCI_ADD_MAPPING)) {
		err = -errno;
		window_close(t);
		return err;
	}
	t->window_mapped = true;
	return 0;
}

/* A domain that has died has lost both by itself: ESRCH is as good. */
void window_close(struct tenant *t)
{
	xc_interface *xc = t->p->xc;

	if (!t->window)
		return;
	if (t->window_mapped &&
	    xc_domain_memory_mapping(xc, t->domid, t->window, t->window, 1,
				     DPCI_REMOVE_MAPPING) &&
	    errno != ESRCH)
		log_warn("xen", "vif %u.%u: its doorbell page stays mapped",
			 t->domid, t->devid);
	if (xc_domain_iomem_permission(xc, t->domid, t->window, 1, 0) &&
	    errno != ESRCH)
		log_warn("xen", "vif %u.%u: it may still map its doorbell page",
			 t->domid, t->devid);
	t->window = 0;
	t->window_mapped = false;
}
