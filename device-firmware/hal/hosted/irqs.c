/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt lines as eventfds.  SET_IRQS arrives in repeated, overlapping and
 * shrinking ranges, so every function here may be called at any time and as
 * often as one likes.  Called by command.c and hal.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "irqs.h"

int irqs_init(struct irq_set *set, unsigned int nr)
{
	unsigned int i;

	set->line = calloc(nr, sizeof(*set->line));
	if (!set->line)
		return -ENOMEM;
	set->nr = nr;
	for (i = 0; i < nr; i++)
		set->line[i].fd = -1;
	return 0;
}

void irqs_fini(struct irq_set *set)
{
	if (!set->line)
		return;
	irqs_disconnect(set, false);
	free(set->line);
	set->line = NULL;
	set->nr = 0;
}

bool irqs_is_eventfd(int fd)
{
	static const char expected[] = "anon_inode:[eventfd]";
	char path[32], target[sizeof(expected)];
	ssize_t n;
	int flags;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target));
	if (n != (ssize_t)strlen(expected) ||
	    memcmp(target, expected, strlen(expected)) != 0)
		return false;
	flags = fcntl(fd, F_GETFL);
	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

static bool line_is_unread(const struct irq_line *line)
{
	struct pollfd p = { .fd = line->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents & POLLIN;
}

static void line_signal(struct irq_line *line)
{
	uint64_t one = 1;

	if (line->fd < 0 || line->masked || line->is_broken) {
		line->pending = true;
		return;
	}
	line->pending = false;
	if (write(line->fd, &one, sizeof(one)) < 0 && errno == EINTR)
		line->is_broken = true;
	/* Where it shares our processor, it is to run before we poll. */
	sched_yield();
}

void irqs_assign(struct irq_set *set, unsigned int i, int fd)
{
	struct irq_line *line = &set->line[i];

	if (line->fd >= 0) {
		if (line_is_unread(line))
			line->pending = true;
		close(line->fd);
	}
	line->fd = fd;
	line->is_broken = false;
	if (fd >= 0 && line->pending)
		line_signal(line);
}

void irqs_keep(struct irq_set *set, unsigned int i, int fd)
{
	struct irq_line *line = &set->line[i];

	if (line->fd >= 0)
		close(line->fd);
	line->fd = fd;
}

void irqs_raise(struct irq_set *set, unsigned int i)
{
	if (i < set->nr)
		line_signal(&set->line[i]);
}

void irqs_mask(struct irq_set *set, unsigned int i, bool masked)
{
	struct irq_line *line = &set->line[i];

	line->masked = masked;
	if (!masked && line->pending)
		line_signal(line);
}

void irqs_disconnect(struct irq_set *set, bool keep)
{
	unsigned int i;

	for (i = 0; i < set->nr; i++) {
		struct irq_line *line = &set->line[i];

		irqs_assign(set, i, -1);
		line->masked = false;
		if (!keep)
			line->pending = false;
	}
}
