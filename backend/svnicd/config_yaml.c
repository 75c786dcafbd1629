/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration file.  libyaml reads it into a document of nodes, each
 * with its place; the tables below say what may stand where.
 */
#include "config_reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int reader_fail(struct reader *r, const yaml_mark_t *mark, const char *fmt, ...)
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

const char *reader_scalar(struct reader *r, yaml_node_t *node, const char *want)
{
	const char *s;

	if (node->type == YAML_SCALAR_NODE) {
		s = (const char *)node->data.scalar.value;
		if (strlen(s) == node->data.scalar.length && *s)
			return s;
	}
	reader_fail(r, &node->start_mark, "expected %s, found \"%.64s\"", want,
		    node_kind(node));
	return NULL;
}

int reader_number(struct reader *r, yaml_node_t *node, uint32_t min,
		  uint32_t max, uint32_t *out)
{
	char want[64];
	const char *s;
	uint32_t v;

	snprintf(want, sizeof(want), "a number from %u to %u", min, max);
	s = reader_scalar(r, node, want);
	if (!s)
		return -EINVAL;
	if (text_u32(s, max, &v) || v < min)
		return reader_fail(r, &node->start_mark,
				   "expected %s, found \"%.64s\"", want, s);
	*out = v;
	return 0;
}

int reader_string(struct reader *r, yaml_node_t *node, const char *want,
		  char *out, size_t size)
{
	const char *s = reader_scalar(r, node, want);

	if (!s)
		return -EINVAL;
	if (strlen(s) >= size)
		return reader_fail(r, &node->start_mark,
				   "expected %s of at most %zu characters",
				   want, size - 1);
	strcpy(out, s);
	return 0;
}

/* "port, vlan": what may stand here. */
static void key_names(const struct reader_key *keys, char *out, size_t size)
{
	size_t used = 0;

	for (; keys->name && used < size; keys++) {
		int n = snprintf(out + used, size - used, "%s%s",
				 used ? ", " : "", keys->name);

		used += n > 0 ? (size_t)n : size;
	}
}

static int read_key(struct reader *r, yaml_node_t *name, yaml_node_t *value,
		    const struct reader_key *keys, uint32_t *seen)
{
	const struct reader_key *k;
	char names[200];
	const char *s = reader_scalar(r, name, "a key");

	if (!s)
		return -EINVAL;
	for (k = keys; k->name; k++)
		if (strcmp(k->name, s) == 0)
			break;
	if (!k->name) {
		key_names(keys, names, sizeof(names));
		return reader_fail(r, &name->start_mark,
				   "unknown key \"%.64s\"; expected one of: %s",
				   s, names);
	}
	if (*seen & 1u << (k - keys))
		return reader_fail(r, &name->start_mark,
				   "\"%s\" is given twice", s);
	*seen |= 1u << (k - keys);
	return k->read(r, value);
}

int reader_keys(struct reader *r, yaml_node_t *map,
		const struct reader_key *keys)
{
	yaml_node_pair_t *p;
	uint32_t seen = 0;
	int err;

	if (map->type != YAML_MAPPING_NODE)
		return reader_fail(r, &map->start_mark,
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

size_t reader_count(const yaml_node_t *map)
{
	if (map->type != YAML_MAPPING_NODE)
		return 0;
	return (size_t)(map->data.mapping.pairs.top -
			map->data.mapping.pairs.start);
}

int reader_each(struct reader *r, yaml_node_t *map, reader_entry_fn read)
{
	yaml_node_pair_t *p = map->data.mapping.pairs.start;
	size_t n = reader_count(map);
	int err = 0;

	for (; n && !err; n--, p++)
		err = read(r, yaml_document_get_node(&r->doc, p->key),
			   yaml_document_get_node(&r->doc, p->value));
	return err;
}

yaml_node_t *reader_find(struct reader *r, yaml_node_t *map, const char *name)
{
	yaml_node_pair_t *p = map->data.mapping.pairs.start;
	size_t n = reader_count(map);

	for (; n; n--, p++) {
		yaml_node_t *key = yaml_document_get_node(&r->doc, p->key);

		if (key->type == YAML_SCALAR_NODE &&
		    strcmp((const char *)key->data.scalar.value, name) == 0)
			return yaml_document_get_node(&r->doc, p->value);
	}
	return NULL;
}

/* The sections ------------------------------------------------------- */

static int defaults_mtu(struct reader *r, yaml_node_t *v)
{
	uint32_t n;
	int err = reader_number(r, v, SVNIC_MTU_MIN, SVNIC_MTU_MAX, &n);

	if (!err)
		r->config->mtu = (uint16_t)n;
	return err;
}

static int defaults_rate(struct reader *r, yaml_node_t *v)
{
	return config_read_limit(r, v, LIMIT_RATE);
}

static int defaults_rx_rate(struct reader *r, yaml_node_t *v)
{
	return config_read_limit(r, v, LIMIT_RX_RATE);
}

static int defaults_storm(struct reader *r, yaml_node_t *v)
{
	return config_read_limit(r, v, LIMIT_STORM);
}

static int defaults_class(struct reader *r, yaml_node_t *v)
{
	return config_read_class(r, v, r->config->class);
}

static int limits_pages(struct reader *r, yaml_node_t *v)
{
	return reader_number(r, v, 1, SVNIC_SLOW_PAGE, &r->config->max_pages);
}

static int limits_queues(struct reader *r, yaml_node_t *v)
{
	return reader_number(r, v, 1, SVNIC_SLOW_QUEUE, &r->config->max_queues);
}

static int control_socket(struct reader *r, yaml_node_t *v)
{
	return reader_string(r, v, "the path of a socket", r->config->socket,
			     sizeof(r->config->socket));
}

static int control_group(struct reader *r, yaml_node_t *v)
{
	return reader_string(r, v, "the name of a group", r->config->group,
			     sizeof(r->config->group));
}

static int xen_device(struct reader *r, yaml_node_t *v)
{
	return reader_string(r, v, "the path of a device",
			     r->config->xen_device,
			     sizeof(r->config->xen_device));
}

static int local_card(struct reader *r, yaml_node_t *v)
{
	return reader_string(r, v, "the path of the card's socket",
			     r->config->local_card,
			     sizeof(r->config->local_card));
}

static int local_tenants(struct reader *r, yaml_node_t *v)
{
	return reader_string(r, v, "the path of a folder",
			     r->config->local_tenants,
			     sizeof(r->config->local_tenants));
}

static const struct reader_key defaults_keys[] = {
	{ "mtu", defaults_mtu },	 { "rate", defaults_rate },
	{ "rx_rate", defaults_rx_rate }, { "storm", defaults_storm },
	{ "class", defaults_class },	 { NULL, NULL }
};
static const struct reader_key limits_keys[] = { { "pages", limits_pages },
						 { "queues", limits_queues },
						 { NULL, NULL } };
static const struct reader_key control_keys[] = { { "socket", control_socket },
						  { "group", control_group },
						  { NULL, NULL } };
static const struct reader_key xen_keys[] = { { "device", xen_device },
					      { NULL, NULL } };
static const struct reader_key local_keys[] = { { "card", local_card },
						{ "tenants", local_tenants },
						{ NULL, NULL } };

static int read_platform(struct reader *r, yaml_node_t *v)
{
	const char *s = reader_scalar(r, v, "xen or local");

	if (!s)
		return -EINVAL;
	if (strcmp(s, "xen") != 0 && strcmp(s, "local") != 0)
		return reader_fail(r, &v->start_mark,
				   "expected xen or local, found \"%.64s\"", s);
	strcpy(r->config->platform, s);
	return 0;
}

static int read_log(struct reader *r, yaml_node_t *v)
{
	const char *want = "error, warning, info or debug";
	const char *s = reader_scalar(r, v, want);

	if (!s)
		return -EINVAL;
	if (log_level_parse(s, &r->config->log))
		return reader_fail(r, &v->start_mark,
				   "expected %s, found \"%.64s\"", want, s);
	return 0;
}

static int read_defaults(struct reader *r, yaml_node_t *v)
{
	r->limits = &r->config->limits;
	return reader_keys(r, v, defaults_keys);
}

/* They were read before all others. */
static int read_classes(struct reader *r, yaml_node_t *v)
{
	(void)r;
	(void)v;
	return 0;
}

static int read_limits(struct reader *r, yaml_node_t *v)
{
	return reader_keys(r, v, limits_keys);
}

static int read_control(struct reader *r, yaml_node_t *v)
{
	return reader_keys(r, v, control_keys);
}

static int read_xen(struct reader *r, yaml_node_t *v)
{
	return reader_keys(r, v, xen_keys);
}

static int read_local(struct reader *r, yaml_node_t *v)
{
	return reader_keys(r, v, local_keys);
}

static const struct reader_key top_keys[] = { { "platform", read_platform },
					      { "classes", read_classes },
					      { "networks",
						config_read_networks },
					      { "guests", config_read_guests },
					      { "defaults", read_defaults },
					      { "limits", read_limits },
					      { "log", read_log },
					      { "control", read_control },
					      { "xen", read_xen },
					      { "local", read_local },
					      { NULL, NULL } };

static int read_top(struct reader *r, yaml_node_t *root)
{
	yaml_node_t *classes = reader_find(r, root, "classes");
	int err = classes ? config_read_classes(r, classes) : 0;

	return err ? err : reader_keys(r, root, top_keys);
}

static int load(struct reader *r, yaml_parser_t *parser, yaml_document_t *doc)
{
	if (yaml_parser_load(parser, doc))
		return 0;
	return reader_fail(r, &parser->problem_mark, "not YAML: %s%s%s",
			   parser->problem ? parser->problem : "cannot be read",
			   parser->context ? ", " : "",
			   parser->context ? parser->context : "");
}

/* What nobody would read is a mistake. */
static int check_end(struct reader *r, yaml_parser_t *parser)
{
	yaml_document_t more;
	yaml_node_t *root;
	int err = load(r, parser, &more);

	if (err)
		return err;
	root = yaml_document_get_root_node(&more);
	/* Nothing behind the line is nothing that is missed. */
	if (root && (root->type != YAML_SCALAR_NODE || *node_kind(root)))
		err = reader_fail(
			r, &root->start_mark,
			"here a second document begins; remove the \"---\" above it");
	yaml_document_delete(&more);
	return err;
}

static int parse(struct reader *r, FILE *file)
{
	yaml_parser_t parser;
	yaml_node_t *root;
	int err;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_file(&parser, file);
	err = load(r, &parser, &r->doc);
	if (err)
		goto out;
	/* An empty file has no root, and nothing to say against. */
	root = yaml_document_get_root_node(&r->doc);
	err = root ? read_top(r, root) : 0;
	yaml_document_delete(&r->doc);
	if (!err)
		err = check_end(r, &parser);
out:
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
