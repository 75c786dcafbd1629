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
#include "window.h"

#include <errno.h>

#include "../log.h"
#include "dom0.h"

static bool has_own_memory(struct tenant *t)
{
	xc_interface *xc = dom0_xc(t->p);
	xc_domaininfo_t info;

	return xc && xc_domain_getinfolist(xc, t->domid, 1, &info) == 1 &&
	       info.domain == t->domid && info.flags & XEN_DOMINF_hvm_guest;
}

static bool in_card(struct tenant *t)
{
	uint64_t first = t->p->info.doorbell;

	return first && t->window >= first &&
	       t->window - first < SVNIC_MAX_VIFS;
}

/* A PV guest keeps what it has mapped. */
static void remember(struct tenant *t)
{
	if (in_card(t) && !has_own_memory(t))
		t->p->page_of[t->window - t->p->info.doorbell] = t->domid + 1;
}

void window_adopt(struct tenant *t, uint64_t frame)
{
	t->window = frame;
}

int window_open(struct tenant *t, uint64_t frame)
{
	xc_interface *xc = dom0_xc(t->p);
	int err;

	if (t->window == frame)
		return 0;
	window_close(t);
	if (!xc || xc_domain_iomem_permission(xc, t->domid, frame, 1, 1))
		return -errno;
	t->window = frame;
	if (has_own_memory(t) &&
	    xc_domain_memory_mapping(xc, t->domid, frame, frame, 1,
				     DPCI_ADD_MAPPING)) {
		err = -errno;
		window_close(t);
		return err;
	}
	return 0;
}

/* A domain that has died has lost both by itself: ESRCH is as good. */
void window_close(struct tenant *t)
{
	xc_interface *xc = t->window ? dom0_xc(t->p) : NULL;

	if (!xc)
		return;
	remember(t);
	if (has_own_memory(t) &&
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
}

/* Does the guest of another VIF have it now? */
static bool is_open(struct platform *p, uint64_t frame, uint32_t domid)
{
	const struct tenant *t;

	TAILQ_FOREACH(t, &p->guests, link)
	{
		if (t->window == frame && t->domid != domid)
			return true;
	}
	return false;
}

bool window_is_free(struct platform *p, unsigned int nr, uint32_t domid)
{
	uint32_t owner = p->page_of[nr];

	if (is_open(p, p->info.doorbell + nr, domid))
		return false;
	if (owner == 0 || owner - 1 == domid)
		return true;
	if (xs_is_domain_introduced(p->store, owner - 1))
		return false;
	p->page_of[nr] = 0;
	return true;
}
