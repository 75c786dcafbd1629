/* SPDX-License-Identifier: GPL-2.0-only */
/* See vfu_fixture.h. */
#include "vfu_fixture.h"

#include <sys/mman.h>
#include <unistd.h>

static unsigned int fds_before;

static int setup_with(void **state, bool persist, bool version)
{
	struct vfu_client *c = malloc(sizeof(*c));

	fds_before = count_fds();
	client_init(c, persist);
	if (version)
		assert_int_equal(client_version(c), 0);
	*state = c;
	return 0;
}

int vfu_setup_new(void **state)
{
	return setup_with(state, false, false);
}

int vfu_setup(void **state)
{
	return setup_with(state, false, true);
}

int vfu_setup_persist(void **state)
{
	return setup_with(state, true, true);
}

int vfu_teardown(void **state)
{
	client_fini(*state);
	free(*state);
	assert_int_equal(count_fds(), fds_before);
	return 0;
}

int vfu_memory(size_t size)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	return fd;
}

uint64_t vfu_signals(int fd)
{
	uint64_t n = 0;

	return read(fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

struct dma_map *vfu_dma(struct vfu_client *c)
{
	return &c->link.server.dev.dma;
}
