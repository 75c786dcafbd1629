/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Command line parsing.  Every refusal says what was found and what was
 * expected.  Called by main.c.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/core.h"
#include "options.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

enum {
	OPT_LINK = 256,
	OPT_WIRE,
	OPT_ARENA,
	OPT_MAC,
	OPT_MAX_VIFS,
	OPT_QUEUES,
	OPT_CHUNKS,
	OPT_WORKERS,
	OPT_IDLE_US,
	OPT_LOG,
	OPT_ALONE,
	OPT_CORE,
};

static const char usage[] =
	"usage: svnic-fw --link unix:PATH[,persist] ... [OPTION ...]\n"
	"The svnic network card as a process: a PCI device over vfio-user.\n"
	"\n"
	"  --link unix:PATH[,persist]  listen for a host (QEMU, svnicd) at PATH;\n"
	"                     persist: its VIFs stay when it goes; up to 8 links\n"
	"  --wire N=packet:IF[,plain]  wire port N is the interface IF; plain:\n"
	"                     the card cuts segments and completes checksums\n"
	"  --wire N=tap:IF[,plain]  ... is the TAP interface IF, created if need\n"
	"                     be\n"
	"  --wire N=pcap:IN,OUT  ... replays IN and records to OUT; SIGUSR1\n"
	"                     replays again\n"
	"  --arena FILE       keep the card's memory in FILE\n"
	"  --mac MAC          the card's permanent address\n"
	"  --max-vifs N       VIFs of the card, 2 to 4096 (4096)\n"
	"  --queues N         queue pairs of the card, 2 to 65536 (8192)\n"
	"  --chunks N         page-table chunks of 512 pages, 2 to 131072 (8192)\n"
	"  --workers N        threads that VIFs are spread over, 1 to 8 (1)\n"
	"  --idle-us N        longest sleep between two looks at the doorbells,\n"
	"                     1 to 1000 (250, or 1000 without VIFs)\n"
	"  --no-supervise     run in one process; its death is the card's\n"
	"  --log LEVEL        err, warn, info or debug (info)\n"
	"  --help, --version\n";

static bool wrong(const char *option, const char *value, const char *expected)
{
	fprintf(stderr, "svnic-fw: %s %s: expected %s\n", option, value,
		expected);
	return false;
}

static bool parse_number(const char *option, const char *text, unsigned int min,
			 unsigned int max, unsigned int *out)
{
	char expected[64], *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || v < min ||
	    v > max) {
		snprintf(expected, sizeof(expected), "a number from %u to %u",
			 min, max);
		return wrong(option, text, expected);
	}
	*out = (unsigned int)v;
	return true;
}

static bool parse_mac(const char *text, uint8_t mac[6])
{
	static const char expected[] =
		"a unicast address such as 02:00:00:00:00:01";
	unsigned int m[6], i;
	char rest;

	if (strlen(text) != 17 ||
	    sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &m[0], &m[1], &m[2],
		   &m[3], &m[4], &m[5], &rest) != 6 ||
	    m[0] & 1 || !(m[0] | m[1] | m[2] | m[3] | m[4] | m[5]))
		return wrong("--mac", text, expected);
	for (i = 0; i < 6; i++)
		mac[i] = (uint8_t)m[i];
	return true;
}

static bool parse_link(struct options *o, const char *text)
{
	static const char expected[] =
		"unix:PATH or unix:PATH,persist, PATH up to 107 octets";
	static const char persist[] = ",persist";
	struct link_config *l;
	const char *path;
	size_t len;

	if (o->nr_links == SVNIC_MAX_LINKS)
		return wrong("--link", text, "at most 8 links");
	l = &o->link[o->nr_links];
	if (strncmp(text, "unix:", 5) != 0)
		return wrong("--link", text, expected);
	path = text + 5;
	len = strcspn(path, ",");
	l->persist = strcmp(path + len, persist) == 0;
	if (len == 0 || len >= sizeof(l->path) || (path[len] && !l->persist))
		return wrong("--link", text, expected);
	memcpy(l->path, path, len);
	l->path[len] = '\0';
	o->nr_links++;
	return true;
}

static bool parse_wire(struct options *o, const char *text)
{
	static const char expected[] =
		"N=packet:IF[,plain], N=tap:IF[,plain] or N=pcap:IN,OUT, N from 0 to 7, each once";
	unsigned int n = (unsigned int)(text[0] - '0');

	if (n >= SVNIC_MAX_PORTS || text[1] != '=' || o->wire[n].ops ||
	    !wire_parse(text + 2, &o->wire[n]))
		return wrong("--wire", text, expected);
	return true;
}

/* Ports are numbered without a gap. */
static bool count_ports(struct options *o)
{
	unsigned int i;

	while (o->nr_ports < SVNIC_MAX_PORTS && o->wire[o->nr_ports].ops)
		o->nr_ports++;
	for (i = o->nr_ports; i < SVNIC_MAX_PORTS; i++) {
		if (!o->wire[i].ops)
			continue;
		fprintf(stderr,
			"svnic-fw: --wire %u=...: expected --wire %u=... as well; ports are numbered from 0 without a gap\n",
			i, o->nr_ports);
		return false;
	}
	return true;
}

static bool parse_option(struct options *o, int option, const char *arg)
{
	switch (option) {
	case OPT_LINK:
		return parse_link(o, arg);
	case OPT_WIRE:
		return parse_wire(o, arg);
	case OPT_ARENA:
		o->arena = arg;
		return *arg || wrong("--arena", "''", "the name of a file");
	case OPT_MAC:
		o->has_mac = true;
		return parse_mac(arg, o->mac);
	case OPT_MAX_VIFS:
		return parse_number("--max-vifs", arg, 2, SVNIC_MAX_VIFS,
				    &o->max_vifs);
	case OPT_QUEUES:
		return parse_number("--queues", arg, 2,
				    SVNIC_MAX_VIFS * SVNIC_MAX_QUEUES,
				    &o->nr_queues);
	case OPT_CHUNKS:
		return parse_number("--chunks", arg, 2, 131072, &o->nr_chunks);
	case OPT_WORKERS:
		return parse_number("--workers", arg, 1, CORE_MAX_WORKERS,
				    &o->nr_workers);
	case OPT_IDLE_US:
		return parse_number("--idle-us", arg, 1, 1000, &o->idle_us);
	case OPT_LOG:
		return log_parse_level(arg, &o->level) ||
		       wrong("--log", arg, "err, warn, info or debug");
	case OPT_ALONE:
		o->alone = true;
		return true;
	case OPT_CORE:
		return parse_number("--core", arg, 0, 1u << 20,
				    (unsigned int *)&o->core_fd);
	default:
		fprintf(stderr, "svnic-fw: see svnic-fw --help\n");
		return false;
	}
}

static void options_init(struct options *o)
{
	memset(o, 0, sizeof(*o));
	o->max_vifs = SVNIC_MAX_VIFS;
	o->nr_queues = 2 * SVNIC_MAX_VIFS;
	o->nr_chunks = 2 * SVNIC_MAX_VIFS;
	o->nr_workers = 1;
	o->level = LOG_LEVEL_INFO;
	o->core_fd = -1;
}

enum options_result options_parse(struct options *o, int argc, char **argv)
{
	static const struct option table[] = {
		{ "link", required_argument, NULL, OPT_LINK },
		{ "wire", required_argument, NULL, OPT_WIRE },
		{ "arena", required_argument, NULL, OPT_ARENA },
		{ "mac", required_argument, NULL, OPT_MAC },
		{ "max-vifs", required_argument, NULL, OPT_MAX_VIFS },
		{ "queues", required_argument, NULL, OPT_QUEUES },
		{ "chunks", required_argument, NULL, OPT_CHUNKS },
		{ "workers", required_argument, NULL, OPT_WORKERS },
		{ "idle-us", required_argument, NULL, OPT_IDLE_US },
		{ "log", required_argument, NULL, OPT_LOG },
		{ "no-supervise", no_argument, NULL, OPT_ALONE },
		{ "core", required_argument, NULL, OPT_CORE },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	options_init(o);
	optind = 0;
	while ((option = getopt_long(argc, argv, "hV", table, NULL)) != -1) {
		if (option == 'h' || option == 'V') {
			if (option == 'h')
				fputs(usage, stdout);
			else
				printf("svnic-fw %s (ABI %u.%u)\n",
				       PACKAGE_VERSION, SVNIC_ABI_MAJOR,
				       SVNIC_ABI_MINOR);
			return OPTIONS_EXIT;
		}
		if (!parse_option(o, option, optarg))
			return OPTIONS_WRONG;
	}
	if (optind < argc) {
		wrong("argument", argv[optind], "options only, see --help");
		return OPTIONS_WRONG;
	}
	if (o->nr_links == 0) {
		fprintf(stderr,
			"svnic-fw: expected --link unix:PATH at least once, see --help\n");
		return OPTIONS_WRONG;
	}
	return count_ports(o) ? OPTIONS_OK : OPTIONS_WRONG;
}
