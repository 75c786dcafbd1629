/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page tables and queues of VIFs through svnic_pf: grants of guests, and
 * memory of the daemon's own.
 */
#include <errno.h>
#include <sys/mman.h>

#include "dom0.h"
#include "pf.h"

int pf_pages_add(struct platform *p, unsigned int nr, struct tenant *tenant,
		 uint32_t first, const struct svnic_gref_entry *entries,
		 uint32_t count, uint32_t *failed)
{
	struct svnic_pf_grants g = {
		.vif = nr,
		.domid = tenant->domid,
		.first = first,
		.count = count,
		.entries = (uintptr_t)entries,
	};
	int err = pf_call(p, SVNIC_PF_GRANTS_MAP, &g, &g.status);

	if (err)
		*failed = g.failed;
	return err;
}

int pf_pages_del(struct platform *p, unsigned int nr, uint32_t first,
		 uint32_t count)
{
	struct svnic_pf_range r = { .vif = nr };
	uint32_t done = 0;
	int err;

	while (count) {
		r.first = first;
		r.count = count < SVNIC_PAGES_BATCH ? count : SVNIC_PAGES_BATCH;
		r.done = 0;
		err = pf_call(p, SVNIC_PF_PAGES_DEL, &r, NULL);
		if (err)
			return err < 0 ? err : -EIO;
		done += r.done;
		first += r.count;
		count -= r.count;
	}
	return (int)done;
}

int pf_queue_start(struct platform *p, unsigned int nr, unsigned int queue,
		   struct tenant *tenant, uint32_t port,
		   const struct svnic_queue_config *config)
{
	struct svnic_pf_queue q = {
		.vif = nr,
		.queue = queue,
		.domid = tenant ? tenant->domid : SVNIC_PF_DOMID_SELF,
		.port = port,
		.config = *config,
	};

	return pf_call(p, SVNIC_PF_QUEUE_START, &q, &q.status);
}

int pf_queue_stop(struct platform *p, unsigned int nr, unsigned int queue)
{
	struct svnic_pf_queue q = { .vif = nr, .queue = queue };

	return pf_call(p, SVNIC_PF_QUEUE_STOP, &q, &q.status);
}

static int map(struct platform *p, uint64_t offset, size_t size, void **mem)
{
	void *m = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, p->fd,
		       (off_t)offset);

	if (m == MAP_FAILED)
		return -errno;
	*mem = m;
	return 0;
}

int pf_pages_map(struct platform *p, unsigned int nr, uint32_t first,
		 uint32_t count, void **mem)
{
	return map(p, SVNIC_PF_MMAP_PAGES(nr, first),
		   (size_t)count * SVNIC_PAGE_SIZE, mem);
}

int pf_pages_alloc(struct platform *p, unsigned int nr, uint32_t first,
		   uint32_t count, void **mem)
{
	struct svnic_pf_range r = { .vif = nr, .first = first, .count = count };
	int err = pf_call(p, SVNIC_PF_PAGES_ALLOC, &r, NULL);

	if (err)
		return err;
	err = pf_pages_map(p, nr, first, count, mem);
	if (err)
		pf_pages_del(p, nr, first, count);
	return err;
}

void pf_pages_free(struct platform *p, unsigned int nr, uint32_t first,
		   uint32_t count, void *mem)
{
	munmap(mem, (size_t)count * SVNIC_PAGE_SIZE);
	pf_pages_del(p, nr, first, count);
}

int pf_doorbell_map(struct platform *p, unsigned int nr,
		    struct svnic_doorbell **doorbell)
{
	void *mem = NULL;
	int err = map(p, SVNIC_PF_MMAP_DOORBELL + nr * SVNIC_PAGE_SIZE,
		      SVNIC_PAGE_SIZE, &mem);

	if (!err)
		*doorbell = mem;
	return err;
}

void pf_doorbell_unmap(struct platform *p, struct svnic_doorbell *doorbell)
{
	(void)p;
	munmap(doorbell, SVNIC_PAGE_SIZE);
}
