/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnicd.conf(5) read into a structure.  Every error names line and column,
 * what was found and what was expected.
 */
#ifndef SVNICD_CONFIG_H
#define SVNICD_CONFIG_H

#include "log.h"
#include "platform.h"
#include "text.h"

#define CONFIG_NAME  32	 /* of a network or group, with the NUL */
#define CONFIG_ERROR 512 /* octets of an error, with the NUL */

struct network {
	char name[CONFIG_NAME];
	uint16_t segment; /* segment n < ports has uplink n */
	uint16_t vlan;	  /* SVNIC_VLAN_NONE or the access VLAN */
	unsigned int line;
};

struct config {
	char platform[8]; /* "xen" or "local" */
	struct network *networks;
	unsigned int nr_networks;
	uint16_t mtu;	       /* of a VIF that says none */
	struct text_rate rate; /* likewise */
	uint32_t max_pages;    /* of one VIF */
	uint32_t max_queues;
	enum log_level log;
	char socket[108];
	char group[CONFIG_NAME]; /* of the socket, or "" */
	char xen_device[108];	 /* "" : the first /dev/svnicN */
	char local_card[108];	 /* vfio-user socket of svnic-fw */
	char local_tenants[108];
};

/* Values without a file: one network, net0, on port 0. */
int config_init(struct config *config);
/*
 * Replace *@config by what the file says.  -errno, and in @error one line
 * "FILE:LINE:COLUMN: what" without a newline; *@config is then untouched.
 */
int config_read(struct config *config, const char *path,
		char error[CONFIG_ERROR]);
void config_fini(struct config *config);

/* The network of that name, or NULL. */
const struct network *config_network(const struct config *config,
				     const char *name);
/* That of a segment and VLAN, or NULL. */
const struct network *config_network_of(const struct config *config,
					unsigned int segment,
					unsigned int vlan);
/* "net0, blue": for error messages; cut with "..." when @size is small. */
void config_network_names(const struct config *config, char *out, size_t size);

#endif /* SVNICD_CONFIG_H */
