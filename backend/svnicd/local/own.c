// SPDX-License-Identifier: GPL-2.0-only
/*
 * The daemon as a guest of its own card: pages in a VIF's table, and doorbell
 * pages.  Tenants bring theirs with ATTACH, see client.c; there are no grants
 * here, so pages_add() has nothing to add.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "local.h"

struct own_pages {
	LIST_ENTRY(own_pages) link;
	void *mem;
	uint64_t size;
	uint64_t address; /* for the card */
};

int own_pages_add(struct platform *p, unsigned int nr, struct tenant *t,
		  uint32_t first, const struct svnic_gref_entry *entries,
		  uint32_t count, uint32_t *failed)
{
	(void)p;
	(void)nr;
	(void)t;
	(void)first;
	(void)entries;
	(void)count;
	*failed = 0;
	return -EOPNOTSUPP;
}

int own_pages_del(struct platform *p, unsigned int nr, uint32_t first,
		  uint32_t count)
{
	uint32_t done;
	int rc = card_pages_unmap(&p->card, nr, first, count, &done);

	return rc < 0 ? rc : (int)done;
}

static int memory_create(uint64_t size, void **mem)
{
	int fd = memfd_create("svnicd-pages", MFD_CLOEXEC);
	int rc;

	if (fd < 0)
		return -errno;
	*mem = MAP_FAILED;
	if (ftruncate(fd, (off_t)size) == 0)
		*mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			    0);
	if (*mem != MAP_FAILED)
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

int own_pages_alloc(struct platform *p, unsigned int nr, uint32_t first,
		    uint32_t count, void **mem)
{
	struct own_pages *own = calloc(1, sizeof(*own));
	int fd, rc;

	if (!own)
		return -ENOMEM;
	own->size = (uint64_t)count * SVNIC_PAGE_SIZE;
	fd = memory_create(own->size, &own->mem);
	rc = fd;
	if (fd < 0)
		goto err_free;
	rc = card_share(&p->card, fd, own->size, &own->address);
	/* Both mappings live on without it. */
	close(fd);
	if (rc)
		goto err_unmap;
	rc = card_pages_map(&p->card, nr, first, count, own->address);
	if (rc)
		goto err_unshare;
	LIST_INSERT_HEAD(&p->own, own, link);
	*mem = own->mem;
	return 0;

err_unshare:
	card_unshare(&p->card, own->address, own->size);
err_unmap:
	munmap(own->mem, own->size);
err_free:
	free(own);
	return rc;
}

void own_pages_free(struct platform *p, unsigned int nr, uint32_t first,
		    uint32_t count, void *mem)
{
	struct own_pages *own;
	uint32_t done;

	LIST_FOREACH(own, &p->own, link)
	{
		if (own->mem == mem)
			break;
	}
	if (!own)
		return;
	(void)card_pages_unmap(&p->card, nr, first, count, &done);
	card_unshare(&p->card, own->address, own->size);
	LIST_REMOVE(own, link);
	munmap(own->mem, own->size);
	free(own);
}

int own_doorbell_map(struct platform *p, unsigned int nr,
		     struct svnic_doorbell **doorbell)
{
	const struct card *c = &p->card;
	void *page;

	if (!card_is_open(c))
		return -ENODEV;
	page = mmap(
		NULL, SVNIC_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		c->doorbells,
		(off_t)(c->doorbell_offset + (uint64_t)nr * SVNIC_PAGE_SIZE));
	if (page == MAP_FAILED)
		return -errno;
	*doorbell = page;
	return 0;
}

void own_doorbell_unmap(struct platform *p, struct svnic_doorbell *doorbell)
{
	(void)p;
	munmap(doorbell, SVNIC_PAGE_SIZE);
}
