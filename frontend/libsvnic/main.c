// SPDX-License-Identifier: GPL-2.0-only
/* svnic-guest: the command line. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <svnic/control.h>
#include "config.h"
#include "guest.h"

static const struct option long_options[] = {
	{ "vif", required_argument, NULL, 'v' },
	{ "socket-dir", required_argument, NULL, 'd' },
	{ "tap", required_argument, NULL, 't' },
	{ "address", required_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"Usage: svnic-guest --vif NAME [OPTION]...\n"
	"Give this network namespace an interface on a VIF of svnicd's local platform.\n"
	"\n"
	"  -v, --vif NAME        the VIF, as given to svnic-admin create\n"
	"  -t, --tap IF          name of the interface (eth%d)\n"
	"  -a, --address IP/LEN  give the interface an address; may be repeated\n"
	"  -d, --socket-dir DIR  where svnicd's tenant sockets are (" SVNIC_TENANT_DIR
	")\n"
	"  -h, --help            show this\n"
	"  -V, --version         show the version\n"
	"\n"
	"It runs until SIGTERM and attaches again whenever svnicd or the firmware was\n"
	"restarted.  Example:\n"
	"  ip netns exec a svnic-guest --vif a --address 192.0.2.1/24\n";

static int usage(const char *what)
{
	fprintf(stderr, "svnic-guest: %s\nTry 'svnic-guest --help'.\n", what);
	return 2;
}

int main(int argc, char **argv)
{
	struct guest_options o = { .tap = "eth%d" };
	int opt;

	while ((opt = getopt_long(argc, argv, "v:d:t:a:hV", long_options,
				  NULL)) != -1) {
		switch (opt) {
		case 'v':
			o.vif.name = optarg;
			break;
		case 'd':
			o.vif.socket_dir = optarg;
			break;
		case 't':
			o.tap = optarg;
			break;
		case 'a':
			if (o.nr_addresses == GUEST_ADDRESSES)
				return usage("more than 8 times --address");
			o.address[o.nr_addresses++] = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		case 'V':
			puts("svnic-guest " PACKAGE_VERSION);
			return 0;
		default:
			fputs("Try 'svnic-guest --help'.\n", stderr);
			return 2;
		}
	}
	if (optind != argc)
		return usage("an argument that is not an option");
	if (!o.vif.name || strchr(o.vif.name, '/'))
		return usage("--vif NAME is missing or holds a '/'");
	return guest_run(&o);
}
