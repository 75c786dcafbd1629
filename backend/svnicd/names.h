/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table by name.  Thousands of VIFs come one after another, and each is
 * looked up several times until it is there.
 */
#ifndef SVNICD_NAMES_H
#define SVNICD_NAMES_H

#include <sys/queue.h>

#define NAMES_BUCKETS 1024u

/* Part of what has the name; all zero: in no table. */
struct name {
	LIST_ENTRY(name) link;
	const char *text; /* the owner's */
	void *of;
};

/* All zero: empty. */
struct names {
	LIST_HEAD(, name) bucket[NAMES_BUCKETS];
};

/* @of is found by @text, which stays where it is until names_del(). */
void names_add(struct names *names, struct name *name, const char *text,
	       void *of);
/* It may be in none already. */
void names_del(struct name *name);
/* What was added last by this name and is still there, or NULL. */
void *names_find(const struct names *names, const char *text);

#endif /* SVNICD_NAMES_H */
