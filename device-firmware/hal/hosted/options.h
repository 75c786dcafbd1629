/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line of svnic-fw.
 */
#ifndef HOSTED_OPTIONS_H
#define HOSTED_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

#include "link.h"
#include "log.h"
#include "wire.h"

struct options {
	unsigned int nr_links;
	struct link_config link[SVNIC_MAX_LINKS];
	unsigned int nr_ports;
	struct wire_config wire[SVNIC_MAX_PORTS];
	const char *arena; /* NULL: memory of this process */
	bool has_mac;
	uint8_t mac[6];
	unsigned int max_vifs;
	unsigned int nr_queues;
	unsigned int nr_chunks;
	unsigned int nr_workers;
	unsigned int idle_us; /* longest sleep; 0: chosen by the loop */
	enum log_level level;
	bool alone;  /* one process, no owner */
	int core_fd; /* the hand-over of an owner; -1: this is none's core */
};

enum options_result {
	OPTIONS_OK,
	OPTIONS_EXIT,
	OPTIONS_WRONG
};

/*
 * Parse; messages about what is wrong, and the help, are written here.
 * OPTIONS_EXIT: what was asked for has been printed.
 */
enum options_result options_parse(struct options *o, int argc, char **argv);

#endif /* HOSTED_OPTIONS_H */
