/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration as a whole: its defaults and the questions that others
 * ask of it.  config_yaml.c reads the file.
 */
#include "config.h"

#include <errno.h>
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
	config->networks = NULL;
	config->nr_networks = 0;
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

void config_network_names(const struct config *config, char *out, size_t size)
{
	size_t used = 0;
	unsigned int i;

	out[0] = '\0';
	for (i = 0; i < config->nr_networks; i++) {
		int n = snprintf(out + used, size - used, "%s%s", i ? ", " : "",
				 config->networks[i].name);

		if (n < 0 || (size_t)n >= size - used) {
			if (size >= 4)
				strcpy(out + size - 4, "...");
			return;
		}
		used += (size_t)n;
	}
}
