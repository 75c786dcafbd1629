/* SPDX-License-Identifier: GPL-2.0-only */
/* Many nodes of XenStore asked for at once. */
#ifndef SVNICD_XEN_BATCH_H
#define SVNICD_XEN_BATCH_H

#include <stdbool.h>
#include <stddef.h>

struct platform;

#define DOM0_KEY   160 /* of a node's path */
#define BATCH_KEYS 112

struct batch_answer {
	char path[DOM0_KEY];
	char *value;  /* or NULL: */
	bool missing; /* there is no such node, else not known */
};

struct batch {
	int fd;	       /* or -1 */
	char in[4096]; /* what came, from next to end */
	size_t next, end;
	unsigned int nr, asked;
	struct batch_answer answer[BATCH_KEYS];
};

/* For store_read(); nothing is known of what failed. */
void batch_open(struct platform *p);
void batch_close(struct platform *p);
void batch_ask(struct platform *p, const char *dir, const char *const *keys,
	       unsigned int count);
/* What is known without asking. */
bool batch_put(struct platform *p, const char *path, const char *value);
/* Ask for nodes that are known already: is each what it was? */
bool batch_agrees(struct platform *p, const char *dir, const char *const *keys,
		  unsigned int count);
/* Ask for all that was added. */
void batch_read(struct platform *p);
void batch_drop(struct platform *p);
/* true: *@value is the node's, to be freed, or NULL when there is none. */
bool batch_find(struct platform *p, const char *path, char **value);

#endif /* SVNICD_XEN_BATCH_H */
