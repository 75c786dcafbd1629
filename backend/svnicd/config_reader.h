/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the sections of the configuration file are read: a document of nodes,
 * each with its place, and tables that say what may stand where.  Private to
 * config_*.c.  All functions return 0, or -EINVAL with the error said.
 */
#ifndef SVNICD_CONFIG_READER_H
#define SVNICD_CONFIG_READER_H

#include <yaml.h>

#include "config.h"

struct reader {
	const char *path;
	yaml_document_t doc;
	struct config *config;
	struct network *network; /* the one being read ... */
	struct limits *limits;	 /* ... or these */
	bool has_place;		 /* its port or segment was given */
	char *error;
};

struct reader_key {
	const char *name;
	int (*read)(struct reader *r, yaml_node_t *value);
};

/* An entry of a section whose keys are names of the file's own. */
typedef int (*reader_entry_fn)(struct reader *r, yaml_node_t *name,
			       yaml_node_t *value);

/* "FILE:LINE:COLUMN: ..."; -EINVAL */
__attribute__((format(printf, 3, 4))) int
reader_fail(struct reader *r, const yaml_mark_t *mark, const char *fmt, ...);

/* The text of @node, or NULL where it is not one. */
const char *reader_scalar(struct reader *r, yaml_node_t *node,
			  const char *want);
int reader_number(struct reader *r, yaml_node_t *node, uint32_t min,
		  uint32_t max, uint32_t *out);
int reader_string(struct reader *r, yaml_node_t *node, const char *want,
		  char *out, size_t size);
/* Keys of a table, each at most once. */
int reader_keys(struct reader *r, yaml_node_t *map,
		const struct reader_key *keys);
/* How many entries @map has; 0 where it is no map, or is empty. */
size_t reader_count(const yaml_node_t *map);
int reader_each(struct reader *r, yaml_node_t *map, reader_entry_fn read);
/* The value of @name in @map, or NULL. */
yaml_node_t *reader_find(struct reader *r, yaml_node_t *map, const char *name);

/* config_net.c: the section networks. */
int config_read_networks(struct reader *r, yaml_node_t *map);

/* config_class.c: classes, which others refer to and so come first ... */
int config_read_classes(struct reader *r, yaml_node_t *map);
int config_read_guests(struct reader *r, yaml_node_t *map);
/* ... the name of one, and the limits that stand beside other keys. */
int config_read_class(struct reader *r, yaml_node_t *node,
		      char out[LIMITS_CLASS]);
int config_read_limit(struct reader *r, yaml_node_t *node, enum limit which);

#endif /* SVNICD_CONFIG_READER_H */
