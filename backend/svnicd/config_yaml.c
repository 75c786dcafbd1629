/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration file.  libyaml reads it into a document of nodes, each
 * with its place; the tables below say what may stand where.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#define NETWORKS_MAX 4096u

struct reader {
	const char *path;
	yaml_document_t doc;
	struct config *config;
	struct network *network; /* the one being read */
	bool has_place;		 /* its port or segment was given */
	char *error;
};

struct key {
	const char *name;
	int (*read)(struct reader *r, yaml_node_t *value);
};

__attribute__((format(printf, 3, 4))) static int
fail(struct reader *r, const yaml_mark_t *mark, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(r->error, CONFIG_ERROR, "%s:%zu:%zu: ", r->path,
			 mark->line + 1, mark->column + 1);

	if (n < 0 || n >= CONFIG_ERROR)
		return -EINVAL;
	va_start(ap, fmt);
	vsnprintf(r->error + n, CONFIG_ERROR - (size_t)n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static const char *node_kind(const yaml_node_t *node)
{
	switch (node->type) {
	case YAML_SCALAR_NODE:
		return (const char *)node->data.scalar.value;
	case YAML_SEQUENCE_NODE:
		return "a list";
	case YAML_MAPPING_NODE:
		return "a group of keys";
	default:
		return "nothing";
	}
}

/* The text of @node, or NULL with the error said. */
static const char *scalar(struct reader *r, yaml_node_t *node, const char *want)
{
	const char *s;

	if (node->type == YAML_SCALAR_NODE) {
		s = (const char *)node->data.scalar.value;
		if (strlen(s) == node->data.scalar.length && *s)
			return s;
	}
	fail(r, &node->start_mark, "expected %s, found \"%.64s\"", want,
	     node_kind(node));
	return NULL;
}

static int number(struct reader *r, yaml_node_t *node, uint32_t min,
		  uint32_t max, uint32_t *out)
{
	char want[64];
	const char *s;
	uint32_t v;

	snprintf(want, sizeof(want), "a number from %u to %u", min, max);
	s = scalar(r, node, want);
	if (!s)
		return -EINVAL;
	if (text_u32(s, max, &v) || v < min)
		return fail(r, &node->start_mark,
			    "expected %s, found \"%.64s\"", want, s);
	*out = v;
	return 0;
}

static int string(struct reader *r, yaml_node_t *node, const char *want,
		  char *out, size_t size)
{
	const char *s = scalar(r, node, want);

	if (!s)
		return -EINVAL;
	if (strlen(s) >= size)
		return fail(r, &node->start_mark,
			    "expected %s of at most %zu characters", want,
			    size - 1);
	strcpy(out, s);
	return 0;
}

/* "port, vlan": what may stand here. */
static void key_names(const struct key *keys, char *out, size_t size)
{
	size_t used = 0;

	for (; keys->name && used < size; keys++) {
		int n = snprintf(out + used, size - used, "%s%s",
				 used ? ", " : "", keys->name);

		used += n > 0 ? (size_t)n : size;
	}
}

static int read_key(struct reader *r, yaml_node_t *name, yaml_node_t *value,
		    const struct key *keys, uint32_t *seen)
{
	const struct key *k;
	char names[200];
	const char *s = scalar(r, name, "a key");

	if (!s)
		return -EINVAL;
	for (k = keys; k->name; k++)
		if (strcmp(k->name, s) == 0)
			break;
	if (!k->name) {
		key_names(keys, names, sizeof(names));
		return fail(r, &name->start_mark,
			    "unknown key \"%.64s\"; expected one of: %s", s,
			    names);
	}
	if (*seen & 1u << (k - keys))
		return fail(r, &name->start_mark, "\"%s\" is given twice", s);
	*seen |= 1u << (k - keys);
	return k->read(r, value);
}

static int read_keys(struct reader *r, yaml_node_t *map, const struct key *keys)
{
	yaml_node_pair_t *p;
	uint32_t seen = 0;
	int err;

	if (map->type != YAML_MAPPING_NODE)
		return fail(r, &map->start_mark,
			    "expected keys with values, found \"%.64s\"",
			    node_kind(map));
	for (p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
	     p++) {
		err = read_key(r, yaml_document_get_node(&r->doc, p->key),
			       yaml_document_get_node(&r->doc, p->value), keys,
			       &seen);
		if (err)
			return err;
	}
	return 0;
}

/* Networks ------------------------------------------------------------- */

static int place(struct reader *r, yaml_node_t *v, uint32_t max)
{
	uint32_t n;
	int err = number(r, v, 0, max, &n);

	if (err)
		return err;
	if (r->has_place)
		return fail(r, &v->start_mark,
			    "a network has a port or a segment, not both");
	r->has_place = true;
	r->network->segment = (uint16_t)n;
	return 0;
}

static int network_port(struct reader *r, yaml_node_t *v)
{
	return place(r, v, SVNIC_MAX_PORTS - 1);
}

static int network_segment(struct reader *r, yaml_node_t *v)
{
	return place(r, v, SVNIC_MAX_SEGMENTS - 1);
}

static int network_vlan(struct reader *r, yaml_node_t *v)
{
	uint32_t n;
	int err = number(r, v, 1, SVNIC_VLAN_MAX, &n);

	if (!err)
		r->network->vlan = (uint16_t)n;
	return err;
}

static const struct key network_keys[] = { { "port", network_port },
					   { "segment", network_segment },
					   { "vlan", network_vlan },
					   { NULL, NULL } };

static bool is_network_name(const char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return len > 0 && s[len] == '\0' && len < CONFIG_NAME;
}

static int read_network(struct reader *r, yaml_node_t *name, yaml_node_t *value)
{
	struct network *n = r->network;
	const char *s = scalar(r, name, "the name of a network");
	const struct network *same;
	int err;

	if (!s)
		return -EINVAL;
	if (!is_network_name(s))
		return fail(
			r, &name->start_mark,
			"expected a network's name of at most %u letters, digits, '-' and '_', found \"%.64s\"",
			CONFIG_NAME - 1, s);
	same = config_network(r->config, s);
	if (same)
		return fail(r, &name->start_mark,
			    "network \"%s\" is given twice, first in line %u",
			    s, same->line);
	strcpy(n->name, s);
	n->line = (unsigned int)name->start_mark.line + 1;
	r->has_place = false;
	err = read_keys(r, value, network_keys);
	if (err)
		return err;
	if (!r->has_place)
		return fail(r, &name->start_mark,
			    "network \"%s\" needs a port or a segment", s);
	same = config_network_of(r->config, n->segment, n->vlan);
	if (same)
		return fail(r, &name->start_mark,
			    "network \"%s\" is the same as \"%s\" in line %u",
			    s, same->name, same->line);
	r->config->nr_networks++;
	r->network++;
	return 0;
}

static int read_networks(struct reader *r, yaml_node_t *map)
{
	yaml_node_pair_t *p;
	size_t n;
	int err;

	if (map->type != YAML_MAPPING_NODE ||
	    map->data.mapping.pairs.top == map->data.mapping.pairs.start)
		return fail(r, &map->start_mark,
			    "expected networks, such as \"net0: {port: 0}\"");
	n = (size_t)(map->data.mapping.pairs.top -
		     map->data.mapping.pairs.start);
	if (n > NETWORKS_MAX)
		return fail(r, &map->start_mark, "more than %u networks",
			    NETWORKS_MAX);
	config_fini(r->config);
	r->config->networks = calloc(n, sizeof(*r->config->networks));
	if (!r->config->networks)
		return fail(r, &map->start_mark, "no memory");
	r->network = r->config->networks;
	for (p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
	     p++) {
		err = read_network(r, yaml_document_get_node(&r->doc, p->key),
				   yaml_document_get_node(&r->doc, p->value));
		if (err)
			return err;
	}
	return 0;
}

/* The other sections ----------------------------------------------------- */

static int defaults_mtu(struct reader *r, yaml_node_t *v)
{
	uint32_t n;
	int err = number(r, v, SVNIC_MTU_MIN, SVNIC_MTU_MAX, &n);

	if (!err)
		r->config->mtu = (uint16_t)n;
	return err;
}

static int defaults_rate(struct reader *r, yaml_node_t *v)
{
	const char *want = "a rate such as 100Mb/s or 10MB/s@20ms, or 0";
	const char *s = scalar(r, v, want);

	if (!s)
		return -EINVAL;
	if (text_rate_person(s, &r->config->rate))
		return fail(r, &v->start_mark, "expected %s, found \"%.64s\"",
			    want, s);
	return 0;
}

static int limits_pages(struct reader *r, yaml_node_t *v)
{
	return number(r, v, 1, SVNIC_SLOW_PAGE, &r->config->max_pages);
}

static int limits_queues(struct reader *r, yaml_node_t *v)
{
	return number(r, v, 1, SVNIC_SLOW_QUEUE, &r->config->max_queues);
}

static int control_socket(struct reader *r, yaml_node_t *v)
{
	return string(r, v, "the path of a socket", r->config->socket,
		      sizeof(r->config->socket));
}

static int control_group(struct reader *r, yaml_node_t *v)
{
	return string(r, v, "the name of a group", r->config->group,
		      sizeof(r->config->group));
}

static int xen_device(struct reader *r, yaml_node_t *v)
{
	return string(r, v, "the path of a device", r->config->xen_device,
		      sizeof(r->config->xen_device));
}

static int local_card(struct reader *r, yaml_node_t *v)
{
	return string(r, v, "the path of the card's socket",
		      r->config->local_card, sizeof(r->config->local_card));
}

static int local_tenants(struct reader *r, yaml_node_t *v)
{
	return string(r, v, "the path of a folder", r->config->local_tenants,
		      sizeof(r->config->local_tenants));
}

static const struct key defaults_keys[] = { { "mtu", defaults_mtu },
					    { "rate", defaults_rate },
					    { NULL, NULL } };
static const struct key limits_keys[] = { { "pages", limits_pages },
					  { "queues", limits_queues },
					  { NULL, NULL } };
static const struct key control_keys[] = { { "socket", control_socket },
					   { "group", control_group },
					   { NULL, NULL } };
static const struct key xen_keys[] = { { "device", xen_device },
				       { NULL, NULL } };
static const struct key local_keys[] = { { "card", local_card },
					 { "tenants", local_tenants },
					 { NULL, NULL } };

static int read_platform(struct reader *r, yaml_node_t *v)
{
	const char *s = scalar(r, v, "xen or local");

	if (!s)
		return -EINVAL;
	if (strcmp(s, "xen") != 0 && strcmp(s, "local") != 0)
		return fail(r, &v->start_mark,
			    "expected xen or local, found \"%.64s\"", s);
	strcpy(r->config->platform, s);
	return 0;
}

static int read_log(struct reader *r, yaml_node_t *v)
{
	const char *want = "error, warning, info or debug";
	const char *s = scalar(r, v, want);

	if (!s)
		return -EINVAL;
	if (log_level_parse(s, &r->config->log))
		return fail(r, &v->start_mark, "expected %s, found \"%.64s\"",
			    want, s);
	return 0;
}

static int read_defaults(struct reader *r, yaml_node_t *v)
{
	return read_keys(r, v, defaults_keys);
}

static int read_limits(struct reader *r, yaml_node_t *v)
{
	return read_keys(r, v, limits_keys);
}

static int read_control(struct reader *r, yaml_node_t *v)
{
	return read_keys(r, v, control_keys);
}

static int read_xen(struct reader *r, yaml_node_t *v)
{
	return read_keys(r, v, xen_keys);
}

static int read_local(struct reader *r, yaml_node_t *v)
{
	return read_keys(r, v, local_keys);
}

static const struct key top_keys[] = { { "platform", read_platform },
				       { "networks", read_networks },
				       { "defaults", read_defaults },
				       { "limits", read_limits },
				       { "log", read_log },
				       { "control", read_control },
				       { "xen", read_xen },
				       { "local", read_local },
				       { NULL, NULL } };

static int parse(struct reader *r, FILE *file)
{
	yaml_parser_t parser;
	yaml_node_t *root;
	int err;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_file(&parser, file);
	if (!yaml_parser_load(&parser, &r->doc)) {
		err = fail(r, &parser.problem_mark, "not YAML: %s%s%s",
			   parser.problem ? parser.problem : "cannot be read",
			   parser.context ? ", " : "",
			   parser.context ? parser.context : "");
		yaml_parser_delete(&parser);
		return err;
	}
	/* An empty file has no root, and nothing to say against. */
	root = yaml_document_get_root_node(&r->doc);
	err = root ? read_keys(r, root, top_keys) : 0;
	yaml_document_delete(&r->doc);
	yaml_parser_delete(&parser);
	return err;
}

int config_read(struct config *config, const char *path,
		char error[CONFIG_ERROR])
{
	struct config fresh;
	struct reader r = { .path = path, .config = &fresh, .error = error };
	FILE *file = fopen(path, "re");
	int err;

	if (!file) {
		err = -errno;
		snprintf(error, CONFIG_ERROR, "%s: %s", path, strerror(errno));
		return err;
	}
	snprintf(error, CONFIG_ERROR, "%s: no memory", path);
	err = config_init(&fresh);
	if (err)
		goto out;
	err = parse(&r, file);
	if (err) {
		config_fini(&fresh);
		goto out;
	}
	config_fini(config);
	*config = fresh;
out:
	fclose(file);
	return err;
}
