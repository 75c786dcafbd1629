/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnicd.conf(5) read into a structure.  Every error names line and column,
 * what was found and what was expected.
 */
#ifndef SVNICD_CONFIG_H
#define SVNICD_CONFIG_H

#include "limit.h"
#include "log.h"
#include "platform.h"
#include "text.h"

#define CONFIG_NAME  32	 /* of a network or group, with the NUL */
#define CONFIG_GUEST 64	 /* a guest's name, or its address */
#define CONFIG_ERROR 512 /* octets of an error, with the NUL */

struct network {
	char name[CONFIG_NAME];
	uint16_t segment; /* segment n < ports has uplink n */
	bool wants_port;  /* ... and was called a port */
	uint16_t vlan;	  /* SVNIC_VLAN_NONE or the access VLAN */
	uint64_t speed;	  /* octets a second that it carries; 0: not said */
	char class[LIMITS_CLASS]; /* of its VIFs, or "" */
	unsigned int line;
};

struct class
{
	char name[LIMITS_CLASS];
	struct limits limits;
	unsigned int line;
};

/* Which class the VIFs of a guest are of. */
struct guest {
	char name[CONFIG_GUEST]; /* of the domain or tenant, or a MAC */
	char class[LIMITS_CLASS];
	unsigned int line;
};

struct config {
	char platform[8]; /* "xen" or "local" */
	struct network *networks;
	unsigned int nr_networks;
	struct class *classes;
	unsigned int nr_classes;
	struct guest *guests;
	unsigned int nr_guests;
	uint16_t mtu;		  /* of a VIF that says none */
	struct limits limits;	  /* where neither VIF nor class says one */
	char class[LIMITS_CLASS]; /* where nobody says one, or "" */
	uint32_t max_pages;	  /* of one VIF */
	uint32_t max_queues;
	enum log_level log;
	char socket[108];
	char group[CONFIG_NAME]; /* of the socket, or "" */
	char xen_device[108];	 /* "" : the first /dev/svnicN */
	char local_card[108];	 /* vfio-user socket of svnic-fw */
	char local_tenants[108];
};

/* Group frames of a VIF a second where nobody says: svnicd.conf(5) has why. */
#define CONFIG_STORM 1000

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
/* What a segment carries, octets a second; 0: nobody said. */
uint64_t config_speed(const struct config *config, unsigned int segment);

/* The class of that name, or NULL; and all names, as above. */
const struct class *config_class(const struct config *config, const char *name);
void config_class_names(const struct config *config, char *out, size_t size);
/* That of a guest, by its address or its name, or NULL. */
const struct class *config_guest_class(const struct config *config,
				       const char *name, const uint8_t mac[6]);

#endif /* SVNICD_CONFIG_H */
