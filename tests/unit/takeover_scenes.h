/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a core may be killed at: commands and frames, what they need before, and
 * what must be seen once another core has finished them.
 */
#ifndef TESTS_UNIT_TAKEOVER_SCENES_H
#define TESTS_UNIT_TAKEOVER_SCENES_H

#include "takeover_world.h"

/* Puts commands in place without ringing; what to see when they are done. */
struct scene {
	const char *name;
	/* Not cut. */
	void (*prepare)(struct takeover_world *w);
	/* What is carried out and cut. */
	void (*submit)(struct takeover_world *w);
	void (*verify)(struct takeover_world *w);
	unsigned int status; /* of the command */
	bool is_traffic;
};

extern const struct scene scene_table[];
extern const size_t scene_nr;

/* VIF 9, and a command in place. */
void scene_prepare(struct takeover_world *w);
void scene_push(struct takeover_world *w, const struct svnic_admin_cmd *cmd);

/* takeover_lists.c: commands that bring a list for VIF 9. */
void lists_prepare(struct takeover_world *w);
void lists_submit_source(struct takeover_world *w);
void lists_submit_bad_source(struct takeover_world *w);
void lists_submit_groups(struct takeover_world *w);
void lists_submit_rss(struct takeover_world *w);
void lists_verify_source(struct takeover_world *w);
void lists_verify_bad_source(struct takeover_world *w);
void lists_verify_groups(struct takeover_world *w);
void lists_verify_rss(struct takeover_world *w);

/* Commands on the last VIF that was made; nobody rings for them. */
void scene_create(struct takeover_world *w);
void scene_map(struct takeover_world *w);
void scene_filter_add(struct takeover_world *w);
void scene_set(struct takeover_world *w);
void scene_unmap(struct takeover_world *w);
void scene_destroy(struct takeover_world *w);

#endif /* TESTS_UNIT_TAKEOVER_SCENES_H */
