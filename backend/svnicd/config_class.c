/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sections classes and guests, and wherever else limits and names of
 * classes stand.
 */
#include "config_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CLASSES_MAX 256u
#define GUESTS_MAX  4096u

int config_read_limit(struct reader *r, yaml_node_t *node, enum limit which)
{
	const char *want = limit_want(which);
	const char *s = reader_scalar(r, node, want);

	if (!s)
		return -EINVAL;
	if (limit_set(r->limits, which, s))
		return reader_fail(r, &node->start_mark,
				   "expected %s, found \"%.64s\"", want, s);
	return 0;
}

int config_read_class(struct reader *r, yaml_node_t *node,
		      char out[LIMITS_CLASS])
{
	const char *s = reader_scalar(r, node, "the name of a class");
	char known[CONFIG_ERROR / 2];

	if (!s)
		return -EINVAL;
	if (!config_class(r->config, s)) {
		config_class_names(r->config, known, sizeof(known));
		return reader_fail(r, &node->start_mark,
				   "no class \"%.64s\"; classes: has %s", s,
				   known[0] ? known : "none");
	}
	strcpy(out, s);
	return 0;
}

static int class_rate(struct reader *r, yaml_node_t *v)
{
	return config_read_limit(r, v, LIMIT_RATE);
}

static int class_rx_rate(struct reader *r, yaml_node_t *v)
{
	return config_read_limit(r, v, LIMIT_RX_RATE);
}

static int class_min_rate(struct reader *r, yaml_node_t *v)
{
	return config_read_limit(r, v, LIMIT_MIN_RATE);
}

static int class_storm(struct reader *r, yaml_node_t *v)
{
	return config_read_limit(r, v, LIMIT_STORM);
}

static int class_weight(struct reader *r, yaml_node_t *v)
{
	return config_read_limit(r, v, LIMIT_WEIGHT);
}

static const struct reader_key class_keys[] = {
	{ "weight", class_weight },   { "rate", class_rate },
	{ "rx_rate", class_rx_rate }, { "min_rate", class_min_rate },
	{ "storm", class_storm },     { NULL, NULL }
};

static int check_class_name(struct reader *r, yaml_node_t *name, const char *s)
{
	const struct class *same = config_class(r->config, s);

	if (!limit_is_name(s) || strcmp(s, LIMITS_DEFAULT) == 0)
		return reader_fail(
			r, &name->start_mark,
			"expected a class's name of at most %u letters, digits, '-' and '_', but not \"" LIMITS_DEFAULT
			"\", found \"%.64s\"",
			LIMITS_CLASS - 1, s);
	if (same)
		return reader_fail(
			r, &name->start_mark,
			"class \"%s\" is given twice, first in line %u", s,
			same->line);
	return 0;
}

static int read_class(struct reader *r, yaml_node_t *name, yaml_node_t *value)
{
	struct class *c = &r->config->classes[r->config->nr_classes];
	const char *s = reader_scalar(r, name, "the name of a class");
	uint64_t rate;
	int err;

	if (!s)
		return -EINVAL;
	err = check_class_name(r, name, s);
	if (err)
		return err;
	strcpy(c->name, s);
	c->line = (unsigned int)name->start_mark.line + 1;
	r->limits = &c->limits;
	err = reader_keys(r, value, class_keys);
	if (err)
		return err;
	rate = c->limits.value[LIMIT_RATE];
	if (rate && c->limits.value[LIMIT_MIN_RATE] > rate)
		return reader_fail(r, &name->start_mark,
				   "class \"%s\" has a min_rate above its rate",
				   s);
	r->config->nr_classes++;
	return 0;
}

int config_read_classes(struct reader *r, yaml_node_t *map)
{
	size_t n = reader_count(map);

	if (!n)
		return reader_fail(
			r, &map->start_mark,
			"expected classes, such as \"gold: {weight: 4}\"");
	if (n > CLASSES_MAX)
		return reader_fail(r, &map->start_mark, "more than %u classes",
				   CLASSES_MAX);
	r->config->classes = calloc(n, sizeof(*r->config->classes));
	if (!r->config->classes)
		return reader_fail(r, &map->start_mark, "no memory");
	return reader_each(r, map, read_class);
}

static int read_guest(struct reader *r, yaml_node_t *name, yaml_node_t *value)
{
	struct guest *g = &r->config->guests[r->config->nr_guests];
	unsigned int i;
	int err;

	err = reader_string(r, name, "the name or the address of a guest",
			    g->name, sizeof(g->name));
	if (err)
		return err;
	for (i = 0; i < r->config->nr_guests; i++)
		if (strcmp(r->config->guests[i].name, g->name) == 0)
			return reader_fail(
				r, &name->start_mark,
				"guest \"%s\" is given twice, first in line %u",
				g->name, r->config->guests[i].line);
	g->line = (unsigned int)name->start_mark.line + 1;
	err = config_read_class(r, value, g->class);
	if (err)
		return err;
	r->config->nr_guests++;
	return 0;
}

int config_read_guests(struct reader *r, yaml_node_t *map)
{
	size_t n = reader_count(map);

	if (!n)
		return reader_fail(r, &map->start_mark,
				   "expected guests, such as \"web: gold\"");
	if (n > GUESTS_MAX)
		return reader_fail(r, &map->start_mark, "more than %u guests",
				   GUESTS_MAX);
	r->config->guests = calloc(n, sizeof(*r->config->guests));
	if (!r->config->guests)
		return reader_fail(r, &map->start_mark, "no memory");
	return reader_each(r, map, read_guest);
}
