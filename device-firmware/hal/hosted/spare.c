/* SPDX-License-Identifier: GPL-2.0-only */
/* See spare.h.  Called by card.c and loop.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "spare.h"

#define MS     1000000ull
#define PERIOD (250 * MS)

static bool idle_read(const struct spare *s, uint64_t *ns)
{
	unsigned long long sec, hundredths;
	char text[64];
	ssize_t n = pread(s->fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	if (sscanf(text, "%*u.%*u %llu.%2llu", &sec, &hundredths) != 2)
		return false;
	*ns = sec * 1000 * MS + hundredths * 10 * MS;
	return true;
}

int spare_open(struct spare *s, const char *path)
{
	*s = (struct spare) { .percent = SPARE_PLENTY };
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	return s->fd < 0 ? -errno : 0;
}

void spare_close(struct spare *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void spare_learn(struct spare *s, uint64_t now_ns)
{
	uint64_t idle_ns, percent, time_ns = now_ns - s->then_ns;

	if (s->fd < 0 || time_ns < PERIOD)
		return;
	if (!idle_read(s, &idle_ns)) {
		spare_close(s);
		atomic_store(&s->percent, SPARE_PLENTY);
		return;
	}
	percent = idle_ns < s->idle_ns ? SPARE_PLENTY
				       : (idle_ns - s->idle_ns) * 100 / time_ns;
	if (s->then_ns)
		atomic_store(&s->percent, percent < SPARE_PLENTY
						  ? (unsigned int)percent
						  : SPARE_PLENTY);
	s->then_ns = now_ns;
	s->idle_ns = idle_ns;
}

unsigned int spare_percent(const struct spare *s)
{
	return atomic_load_explicit(&s->percent, memory_order_relaxed);
}
