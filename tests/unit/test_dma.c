/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a client says of its memory, against a model, and memory that is taken
 * away again.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../device-firmware/hal/hosted/card.h"
#include "../fakes/vfu_client.h"

#define PAGE   4096u
#define PAGES  64u
#define ROUNDS 20000u

static unsigned int pick(unsigned int below)
{
	return (unsigned int)rand() % below;
}

/* Which page of the file does a page of bus addresses show?  -1: none. */
static void check_dma(struct dma_map *map, const int *model)
{
	unsigned int i, len;

	for (i = 0; i < PAGES; i++) {
		uint32_t *p = dma_find(map, i * PAGE, 4, DMA_READ);

		assert_int_equal(p ? (int)*p : -1, model[i]);
		len = 1 + pick(PAGE);
		p = dma_find(map, (i + 1) * PAGE - len, len, DMA_WRITE);
		assert_int_equal(p != NULL, model[i] >= 0);
	}
}

static void test_dma_model(void **state)
{
	static int model[PAGES], owner[PAGES];
	int fd = memfd_create("test", MFD_CLOEXEC), next = 1;
	unsigned int before = count_fds();
	static struct dma_map map;
	uint32_t i, n;

	(void)state;
	assert_int_equal(ftruncate(fd, PAGES * PAGE), 0);
	for (i = 0; i < PAGES; i++) {
		assert_int_equal(pwrite(fd, &i, 4, i * PAGE), 4);
		model[i] = -1;
		owner[i] = 0;
	}
	dma_init(&map, false);
	for (n = 0; n < ROUNDS; n++) {
		unsigned int at = pick(PAGES), len = 1 + pick(4), off;
		int ret, expect = 0;

		if (at + len > PAGES)
			continue;
		off = pick(PAGES - len);
		if (pick(2)) {
			bool mem = pick(8) != 0;

			for (i = at; i < at + len; i++)
				expect = owner[i] ? -EEXIST : expect;
			ret = dma_add(&map, at * PAGE, len * PAGE, 3,
				      mem ? fd : -1, off * PAGE);
			assert_int_equal(ret, expect);
			for (i = 0; !ret && i < len; i++) {
				model[at + i] = mem ? (int)(off + i) : -1;
				owner[at + i] = next;
			}
			next++;
		} else {
			bool whole = owner[at] &&
				     (at == 0 || owner[at - 1] != owner[at]) &&
				     (at + len == PAGES ||
				      owner[at + len] != owner[at]);

			for (i = at; i < at + len; i++)
				whole = whole && owner[i] == owner[at];
			ret = dma_del(&map, at * PAGE, len * PAGE);
			assert_int_equal(ret, whole ? 0 : -ENOENT);
			for (i = at; !ret && i < at + len; i++) {
				model[i] = -1;
				owner[i] = 0;
			}
		}
		if (n % 16 == 0)
			check_dma(&map, model);
	}
	dma_fini(&map);
	assert_int_equal(count_fds(), before);
	close(fd);
}

/* The owner of the memory cuts it off: zeros, then refusal, no SIGBUS. */
static void taken_away(uint64_t size)
{
	static struct link link;
	static struct card card = { .links = { &link, 1 } };
	struct dma_map *map = &link.server.dev.dma;
	int fd = memfd_create("test", MFD_CLOEXEC);
	volatile uint8_t *p;

	hal_use(&card);
	dma_init(map, false);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(dma_add(map, 0, size, 3, fd, 0), 0);
	p = hal_dma(0, PAGE, 4, true);
	assert_non_null(p);
	assert_int_equal(ftruncate(fd, 0), 0);
	*p = 1;
	assert_null(hal_dma(0, PAGE, 4, true));
	dma_fini(map);
	hal_use(NULL);
	close(fd);
}

/* Also of a file with holes that is larger than any machine. */
static void test_dma_taken_away(void **state)
{
	(void)state;
	taken_away(4 * PAGE);
	taken_away(1ull << 44);
}

/* All links together have fewer than the kernel allows one process. */
static void test_dma_many(void **state)
{
	static struct dma_map map;
	uint64_t i;

	(void)state;
	dma_init(&map, false);
	for (i = 0; i < DMA_RANGES_MAX; i++)
		assert_int_equal(dma_add(&map, i * PAGE, PAGE, 3, -1, 0), 0);
	assert_int_equal(dma_add(&map, i * PAGE, PAGE, 3, -1, 0), -ENOSPC);
	dma_fini(&map);
}

/* Only memory is memory: a file may be of a system that does not answer. */
static void test_dma_no_memory(void **state)
{
	static struct dma_map map;
	int fd[] = { open("/proc/self/status", O_RDONLY | O_CLOEXEC),
		     open("/proc/self/exe", O_RDONLY | O_CLOEXEC),
		     open("/dev/zero", O_RDWR | O_CLOEXEC) };
	unsigned int i;

	(void)state;
	dma_init(&map, false);
	for (i = 0; i < sizeof(fd) / sizeof(fd[0]); i++) {
		/* Unless this program lies in memory itself. */
		if (fcntl(fd[i], F_GET_SEALS) < 0)
			assert_int_equal(dma_add(&map, 0, PAGE, DMA_READ, fd[i],
						 0),
					 -EINVAL);
		close(fd[i]);
	}
	assert_int_equal(map.nr, 0);
	dma_fini(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dma_model),
		cmocka_unit_test(test_dma_taken_away),
		cmocka_unit_test(test_dma_many),
		cmocka_unit_test(test_dma_no_memory),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
