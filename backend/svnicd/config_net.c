/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The section networks: what bridge= can name, and what it carries.
 */
#include "config_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define NETWORKS_MAX 4096u

static int place(struct reader *r, yaml_node_t *v, uint32_t max)
{
	uint32_t n;
	int err = reader_number(r, v, 0, max, &n);

	if (err)
		return err;
	if (r->has_place)
		return reader_fail(
			r, &v->start_mark,
			"a network has a port or a segment, not both");
	r->has_place = true;
	r->network->segment = (uint16_t)n;
	return 0;
}

static int network_port(struct reader *r, yaml_node_t *v)
{
	r->network->wants_port = true;
	return place(r, v, SVNIC_MAX_PORTS - 1);
}

static int network_segment(struct reader *r, yaml_node_t *v)
{
	return place(r, v, SVNIC_MAX_SEGMENTS - 1);
}

static int network_vlan(struct reader *r, yaml_node_t *v)
{
	uint32_t n;
	int err = reader_number(r, v, 1, SVNIC_VLAN_MAX, &n);

	if (!err)
		r->network->vlan = (uint16_t)n;
	return err;
}

static int network_class(struct reader *r, yaml_node_t *v)
{
	return config_read_class(r, v, r->network->class);
}

static int network_speed(struct reader *r, yaml_node_t *v)
{
	const char *want = "a speed such as 10Gb/s";
	const char *s = reader_scalar(r, v, want);

	if (!s)
		return -EINVAL;
	if (text_speed(s, &r->network->speed) || !r->network->speed)
		return reader_fail(r, &v->start_mark,
				   "expected %s, found \"%.64s\"", want, s);
	return 0;
}

static const struct reader_key network_keys[] = {
	{ "port", network_port },   { "segment", network_segment },
	{ "vlan", network_vlan },   { "class", network_class },
	{ "speed", network_speed }, { NULL, NULL }
};

/* Networks of one segment have one speed. */
static int check_speed(struct reader *r, yaml_node_t *name)
{
	const struct network *n = r->network;
	const struct network *other;
	uint64_t speed = config_speed(r->config, n->segment);

	if (!n->speed || !speed || n->speed == speed)
		return 0;
	for (other = r->config->networks;
	     other->segment != n->segment || !other->speed; other++)
		;
	return reader_fail(
		r, &name->start_mark,
		"network \"%s\" has another speed than \"%s\" of the same port in line %u",
		n->name, other->name, other->line);
}

static int read_network(struct reader *r, yaml_node_t *name, yaml_node_t *value)
{
	struct network *n = r->network;
	const char *s = reader_scalar(r, name, "the name of a network");
	const struct network *same;
	int err;

	if (!s)
		return -EINVAL;
	if (!limit_is_name(s))
		return reader_fail(
			r, &name->start_mark,
			"expected a network's name of at most %u letters, digits, '-' and '_', found \"%.64s\"",
			CONFIG_NAME - 1, s);
	same = config_network(r->config, s);
	if (same)
		return reader_fail(
			r, &name->start_mark,
			"network \"%s\" is given twice, first in line %u", s,
			same->line);
	strcpy(n->name, s);
	n->line = (unsigned int)name->start_mark.line + 1;
	r->has_place = false;
	err = reader_keys(r, value, network_keys);
	if (err)
		return err;
	if (!r->has_place)
		return reader_fail(r, &name->start_mark,
				   "network \"%s\" needs a port or a segment",
				   s);
	same = config_network_of(r->config, n->segment, n->vlan);
	if (same)
		return reader_fail(
			r, &name->start_mark,
			"network \"%s\" is the same as \"%s\" in line %u", s,
			same->name, same->line);
	err = check_speed(r, name);
	if (err)
		return err;
	r->config->nr_networks++;
	r->network++;
	return 0;
}

int config_read_networks(struct reader *r, yaml_node_t *map)
{
	size_t n = reader_count(map);

	if (!n)
		return reader_fail(
			r, &map->start_mark,
			"expected networks, such as \"net0: {port: 0}\"");
	if (n > NETWORKS_MAX)
		return reader_fail(r, &map->start_mark, "more than %u networks",
				   NETWORKS_MAX);
	free(r->config->networks);
	r->config->nr_networks = 0;
	r->config->networks = calloc(n, sizeof(*r->config->networks));
	if (!r->config->networks)
		return reader_fail(r, &map->start_mark, "no memory");
	r->network = r->config->networks;
	return reader_each(r, map, read_network);
}
