// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting time, cycles and instructions; see counter.h.  A time stamp is read
 * without a system call; perf_event is used only where it works, since virtual
 * machines often have none.  Called by the benchmarks.
 */
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "counter.h"

static int hardware_fd(void)
{
	static int fd = -2;
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.read_format = PERF_FORMAT_GROUP,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	if (fd != -2)
		return fd;
	fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	if (fd < 0)
		return fd;
	attr.config = PERF_COUNT_HW_INSTRUCTIONS;
	if (syscall(SYS_perf_event_open, &attr, 0, -1, fd, 0) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool read_hardware(uint64_t value[2])
{
	struct {
		uint64_t nr;
		uint64_t value[2];
	} group;
	int fd = hardware_fd();

	if (fd < 0 || read(fd, &group, sizeof(group)) != sizeof(group))
		return false;
	memcpy(value, group.value, sizeof(group.value));
	return true;
}

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static uint64_t stamp(void)
{
#if defined(__x86_64__)
	uint32_t aux;

	return __builtin_ia32_rdtscp(&aux);
#else
	return clock_ns();
#endif
}

static double measure_stamp(void)
{
#if defined(__x86_64__)
	const struct timespec nap = { .tv_nsec = 50000000 };
	uint64_t ns = clock_ns();
	uint64_t ticks = stamp();

	nanosleep(&nap, NULL);
	ticks = stamp() - ticks;
	return (double)(clock_ns() - ns) / (double)ticks;
#else
	return 1.0;
#endif
}

double counter_ns(const struct counter *c)
{
	static double ns_per_tick;

	if (ns_per_tick == 0.0)
		ns_per_tick = measure_stamp();
	return (double)c->ticks * ns_per_tick;
}

void counter_init(struct counter *c)
{
	memset(c, 0, sizeof(*c));
}

void counter_start(struct counter *c)
{
	c->has_hardware = read_hardware(c->began_hardware);
	c->began = stamp();
}

void counter_stop(struct counter *c)
{
	uint64_t now[2];

	c->ticks += stamp() - c->began;
	if (!c->has_hardware || !read_hardware(now))
		return;
	c->cycles += now[0] - c->began_hardware[0];
	c->instructions += now[1] - c->began_hardware[1];
}

static int compare(const void *a, const void *b)
{
	uint64_t x = ((const struct counter *)a)->ticks;
	uint64_t y = ((const struct counter *)b)->ticks;

	return x < y ? -1 : x > y;
}

void counter_median(struct counter *samples, unsigned int nr,
		    struct counter *total)
{
	unsigned int i;

	qsort(samples, nr, sizeof(*samples), compare);
	memset(total, 0, sizeof(*total));
	total->ticks = samples[nr / 2].ticks * nr;
	total->best = samples[nr / 10].ticks * nr;
	total->has_hardware = samples[0].has_hardware;
	for (i = 0; i < nr; i++) {
		total->cycles += samples[i].cycles;
		total->instructions += samples[i].instructions;
	}
}
