/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set of interrupt lines towards one client: MSI-X vectors, or the tenants'
 * interrupts of the local platform.  A line that is raised while the client
 * has given no eventfd for it, or has masked it, stays pending and is
 * signalled as soon as it can be.  All workers of the core raise lines; the
 * rest is done while they do not.
 */
#ifndef HOSTED_IRQS_H
#define HOSTED_IRQS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct irq_line {
	int fd; /* -1: none */
	atomic_bool pending;
	bool masked;
	atomic_bool is_broken; /* its eventfd blocks: it is not used again */
};

struct irq_set {
	struct irq_line *line;
	unsigned int nr;
};

/* -ENOMEM. */
int irqs_init(struct irq_set *set, unsigned int nr);
void irqs_fini(struct irq_set *set);

/*
 * Is @fd an eventfd?  If so it is made non-blocking: a full counter must never
 * stop the card.
 */
bool irqs_is_eventfd(int fd);

/*
 * Let @fd, which the set then owns, signal line @i from now on; -1: nothing
 * does.  A signal that nobody has read from the old one stays pending.
 */
void irqs_assign(struct irq_set *set, unsigned int i, int fd);

/* In an owner's books: @fd, -1: none, is line @i's; nothing is signalled. */
void irqs_keep(struct irq_set *set, unsigned int i, int fd);

/*
 * Raise line @i.  Runs in the data path: one write, or a mark.  A write that
 * a signal had to interrupt means that the client made its eventfd blocking
 * and filled it; the line does not use it again.
 */
void irqs_raise(struct irq_set *set, unsigned int i);

void irqs_mask(struct irq_set *set, unsigned int i, bool masked);

/* Close all eventfds; @keep: what is pending stays so. */
void irqs_disconnect(struct irq_set *set, bool keep);

#endif /* HOSTED_IRQS_H */
