/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A conversation with the vfio-user server over a socket pair.  It ends with as
 * many descriptors as it began.
 */
#ifndef TESTS_UNIT_VFU_FIXTURE_H
#define TESTS_UNIT_VFU_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../device-firmware/hal/hosted/log.h"
#include "../fakes/vfu_client.h"

#define MIB 0x100000ull

/* Before the version, after it, and on a link that keeps its state. */
int vfu_setup_new(void **state);
int vfu_setup(void **state);
int vfu_setup_persist(void **state);
int vfu_teardown(void **state);

/* A memfd of @size octets. */
int vfu_memory(size_t size);
/* How often the eventfd was signalled since the last call. */
uint64_t vfu_signals(int fd);
struct dma_map *vfu_dma(struct vfu_client *c);

#endif /* TESTS_UNIT_VFU_FIXTURE_H */
