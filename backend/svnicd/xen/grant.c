/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages of a guest: mapped by its grants, or copied, many pieces in one call.
 * A call that works says nothing of its pieces, each has a status of its own
 * (rule R26).
 */
#include <errno.h>
#include <sys/mman.h>

#include "dom0.h"

#define BATCH 512u /* pieces of one call */

int grant_map(struct platform *p, struct tenant *t, uint32_t gref,
	      bool writable, void **page)
{
	int prot = writable ? PROT_READ | PROT_WRITE : PROT_READ;
	void *mem = xengnttab_map_grant_ref(p->grants, t->domid, gref, prot);

	if (!mem)
		return errno ? -errno : -EINVAL;
	*page = mem;
	return 0;
}

void grant_unmap(struct platform *p, void *page)
{
	xengnttab_unmap(p->grants, page, 1);
}

static void fill(xengnttab_grant_copy_segment_t *s,
		 const struct platform_copy *c, domid_t domid)
{
	union xengnttab_copy_ptr *ours = c->to_guest ? &s->source : &s->dest;
	union xengnttab_copy_ptr *its = c->to_guest ? &s->dest : &s->source;

	ours->virt = c->mem;
	its->foreign.ref = c->gref;
	its->foreign.offset = c->offset;
	its->foreign.domid = domid;
	s->len = c->len;
	s->flags = c->to_guest ? GNTCOPY_dest_gref : GNTCOPY_source_gref;
	s->status = GNTST_general_error;
}

static int copy_some(struct platform *p, struct tenant *t,
		     struct platform_copy *c, unsigned int count)
{
	/* One thread, and too large for the stack. */
	static xengnttab_grant_copy_segment_t segs[BATCH];
	unsigned int i;
	int err = 0;

	for (i = 0; i < count; i++)
		fill(&segs[i], &c[i], (domid_t)t->domid);
	if (xengnttab_grant_copy(p->grants, count, segs))
		err = errno ? -errno : -EIO;
	for (i = 0; i < count; i++)
		c[i].failed = err || segs[i].status != GNTST_okay;
	return err;
}

int grant_copy(struct platform *p, struct tenant *t, struct platform_copy *c,
	       unsigned int count)
{
	unsigned int n;
	int err = 0;
	int ret;

	for (; count; count -= n, c += n) {
		n = count < BATCH ? count : BATCH;
		ret = copy_some(p, t, c, n);
		if (!err)
			err = ret;
	}
	return err;
}
