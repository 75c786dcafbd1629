/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's right to its doorbell page.  A PV guest maps the machine frame
 * itself once it may; one with a physical memory of its own gets the frame
 * there, under the same number, which lies far above its RAM.
 *
 * Xen takes a page out of the second kind's memory, but not out of the page
 * tables of a PV guest: one that does not let go could ring, and reset, the
 * queues of whoever gets the page next.  So such a page goes to no other guest
 * while the first one lives.  The next daemon must know that too, and of pages
 * that we gave and could not take back before we were killed: a file of /run
 * has a line for each change, "PAGE DOMAIN+1", or 0 for nobody.
 */
#include "window.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "../log.h"
#include "dom0.h"

#define LINES_MAX (4 * SVNIC_MAX_VIFS)

static bool has_own_memory(struct tenant *t)
{
	xc_interface *xc = dom0_xc(t->p);
	xc_domaininfo_t info;

	return xc && xc_domain_getinfolist(xc, t->domid, 1, &info) == 1 &&
	       info.domain == t->domid && info.flags & XEN_DOMINF_hvm_guest;
}

/* The page at @frame, or SVNIC_MAX_VIFS: it is none of this card. */
static unsigned int page_at(struct platform *p, uint64_t frame)
{
	uint64_t first = p->info.doorbell;

	if (!first || frame < first || frame - first >= SVNIC_MAX_VIFS)
		return SVNIC_MAX_VIFS;
	return (unsigned int)(frame - first);
}

/* Owners -------------------------------------------------------------------- */

static void file_name(struct platform *p, const char *suffix, char *path)
{
	snprintf(path, DOM0_KEY, "%s/pages%s", p->memo_dir, suffix);
}

static void write_line(struct platform *p, unsigned int nr)
{
	char path[DOM0_KEY];
	FILE *f;
	int n;

	file_name(p, "", path);
	f = fopen(path, "ae");
	n = f ? fprintf(f, "%u %u\n", nr, p->page_of[nr]) : -1;
	if ((f && fclose(f)) || n < 0)
		log_warn(
			"xen",
			"%s was not written; the next svnicd may give a doorbell page to two guests: make room there",
			path);
}

/* Before it can have the page, and after it surely has it no longer. */
static void set_owner(struct platform *p, uint64_t frame, uint32_t owner)
{
	unsigned int nr = page_at(p, frame);

	if (nr == SVNIC_MAX_VIFS || p->page_of[nr] == owner)
		return;
	p->page_of[nr] = owner;
	write_line(p, nr);
}

static void shorten(struct platform *p)
{
	char path[DOM0_KEY], fresh[DOM0_KEY];
	unsigned int nr;
	FILE *f;

	file_name(p, "", path);
	file_name(p, ".new", fresh);
	f = fopen(fresh, "we");
	for (nr = 0; f && nr < SVNIC_MAX_VIFS; nr++)
		if (p->page_of[nr])
			fprintf(f, "%u %u\n", nr, p->page_of[nr]);
	if (f && (ferror(f) | fclose(f)) == 0)
		rename(fresh, path);
	else
		unlink(fresh);
}

void window_load(struct platform *p)
{
	unsigned int lines = 0;
	char path[DOM0_KEY];
	uint32_t nr, owner;
	FILE *f;

	file_name(p, "", path);
	f = fopen(path, "re");
	if (!f)
		return;
	for (; fscanf(f, "%9u %9u", &nr, &owner) == 2; lines++)
		if (nr < SVNIC_MAX_VIFS)
			p->page_of[nr] = owner;
	fclose(f);
	if (lines > LINES_MAX)
		shorten(p);
}

/* Windows -------------------------------------------------------------------- */

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
	set_owner(t->p, frame, t->domid + 1);
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
	bool keeps;

	if (!xc)
		return;
	/* A PV guest keeps what it has mapped. */
	keeps = !has_own_memory(t);
	if (!keeps &&
	    xc_domain_memory_mapping(xc, t->domid, t->window, t->window, 1,
				     DPCI_REMOVE_MAPPING) &&
	    errno != ESRCH) {
		log_warn("xen", "vif %u.%u: its doorbell page stays mapped",
			 t->domid, t->devid);
		keeps = true;
	}
	if (xc_domain_iomem_permission(xc, t->domid, t->window, 1, 0) &&
	    errno != ESRCH) {
		log_warn("xen", "vif %u.%u: it may still map its doorbell page",
			 t->domid, t->devid);
		keeps = true;
	}
	set_owner(t->p, t->window, keeps ? t->domid + 1 : 0);
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
