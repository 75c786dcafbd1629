/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration as a whole: its defaults and the questions that others
 * ask of it.  config_yaml.c reads the file.
 */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <svnic/control.h>

int config_init(struct config *config)
{
	memset(config, 0, sizeof(*config));
	config->networks = calloc(1, sizeof(*config->networks));
	if (!config->networks)
		return -ENOMEM;
	config->nr_networks = 1;
	strcpy(config->networks[0].name, "net0");
	strcpy(config->platform, "xen");
	config->mtu = 1500;
	config->limits.value[LIMIT_STORM] = CONFIG_STORM;
	config->limits.value[LIMIT_WEIGHT] = 1;
	config->max_pages = SVNIC_SLOW_PAGE;
	config->max_queues = SVNIC_SLOW_QUEUE;
	config->log = LOG_LEVEL_INFO;
	strcpy(config->socket, SVNIC_CONTROL_SOCKET);
	strcpy(config->local_tenants, SVNIC_TENANT_DIR);
	strcpy(config->local_card, "/run/svnic/card.sock");
	return 0;
}

void config_fini(struct config *config)
{
	free(config->networks);
	free(config->classes);
	free(config->guests);
	config->networks = NULL;
	config->classes = NULL;
	config->guests = NULL;
	config->nr_networks = 0;
	config->nr_classes = 0;
	config->nr_guests = 0;
}

const struct network *config_network(const struct config *config,
				     const char *name)
{
	unsigned int i;

	for (i = 0; i < config->nr_networks; i++)
		if (strcmp(config->networks[i].name, name) == 0)
			return &config->networks[i];
	return NULL;
}

const struct network *config_network_of(const struct config *config,
					unsigned int segment, unsigned int vlan)
{
	unsigned int i;

	for (i = 0; i < config->nr_networks; i++)
		if (config->networks[i].segment == segment &&
		    config->networks[i].vlan == vlan)
			return &config->networks[i];
	return NULL;
}

/* Adds @name to the list in @out; false when it is full. */
static bool add_name(char *out, size_t size, const char *name)
{
	size_t used = strlen(out);
	int n = snprintf(out + used, size - used, "%s%s", used ? ", " : "",
			 name);

	if (n >= 0 && (size_t)n < size - used)
		return true;
	if (size >= 4)
		strcpy(out + size - 4, "...");
	return false;
}

void config_network_names(const struct config *config, char *out, size_t size)
{
	unsigned int i;

	out[0] = '\0';
	for (i = 0; i < config->nr_networks; i++)
		if (!add_name(out, size, config->networks[i].name))
			return;
}

uint64_t config_speed(const struct config *config, unsigned int segment)
{
	unsigned int i;

	for (i = 0; i < config->nr_networks; i++)
		if (config->networks[i].segment == segment &&
		    config->networks[i].speed)
			return config->networks[i].speed;
	return 0;
}

const struct class *config_class(const struct config *config, const char *name)
{
	unsigned int i;

	for (i = 0; i < config->nr_classes; i++)
		if (strcmp(config->classes[i].name, name) == 0)
			return &config->classes[i];
	return NULL;
}

void config_class_names(const struct config *config, char *out, size_t size)
{
	unsigned int i;

	out[0] = '\0';
	for (i = 0; i < config->nr_classes; i++)
		if (!add_name(out, size, config->classes[i].name))
			return;
}

const struct class *config_guest_class(const struct config *config,
				       const char *name, const uint8_t mac[6])
{
	const struct class *by_name = NULL;
	uint8_t octets[6];
	unsigned int i;

	for (i = 0; i < config->nr_guests; i++) {
		const struct guest *g = &config->guests[i];

		/* One interface of a guest may differ from the others. */
		if (text_mac(g->name, octets) == 0 &&
		    memcmp(octets, mac, sizeof(octets)) == 0)
			return config_class(config, g->class);
		if (strcmp(g->name, name) == 0)
			by_name = config_class(config, g->class);
	}
	return by_name;
}
