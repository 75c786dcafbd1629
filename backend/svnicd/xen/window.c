/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's right to its doorbell page.  A PV guest maps the machine frame
 * itself once it may; one with a physical memory of its own gets the frame
 * there, under the same number, which lies far above its RAM.
 *
 * Xen takes a page out of the second kind's memory, but not out of the page
 * tables of a PV guest: one that does not let go could ring, and reset, the
 * queues of whoever gets the page next.  So such a page goes to no other guest
 * while the first one lives.
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
	if (!has_own_memory(t)) {
		t->p->page_of[frame - t->p->info.doorbell] = t->domid + 1;
		return 0;
	}
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

bool window_is_free(struct platform *p, unsigned int nr, uint32_t domid)
{
	uint32_t owner = p->page_of[nr];

	if (owner == 0 || owner - 1 == domid)
		return true;
	if (xs_is_domain_introduced(p->store, owner - 1))
		return false;
	p->page_of[nr] = 0;
	return true;
}
