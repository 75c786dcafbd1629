/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnicd's command line.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "daemon.h"
#include "keeper.h"

#ifndef SVNICD_VERSION
#define SVNICD_VERSION "0"
#endif

#define READY_MS 30000 /* XenStore and gntdev are opened in some ms */

static const char usage[] =
	"svnicd: gives guests their virtual interfaces of an svnic card\n"
	"\n"
	"  svnicd [OPTIONS]\n"
	"\n"
	"  -c, --config FILE      read FILE instead of %s\n"
	"  -p, --platform NAME    xen, or local for tenants on this machine\n"
	"  -s, --socket PATH      listen for svnic-admin there\n"
	"  -f, --foreground       stay in the foreground (it always does)\n"
	"  -d, --debug            log everything\n"
	"      --standby          keep a second process ready that takes over\n"
	"      --trial            come as far as that with --standby, and end\n"
	"      --check-config     read the configuration, say what is wrong, end\n"
	"  -h, --help             this text\n"
	"  -V, --version          the version, the ABI and the platforms\n"
	"\n"
	"It stops at SIGTERM and leaves guests and card as they are; SIGHUP reads\n"
	"the configuration again; SIGUSR2, with --standby, is an upgrade.\n"
	"See svnicd(8), svnicd.conf(5), svnic-admin(8).\n";

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "platform", required_argument, NULL, 'p' },
	{ "socket", required_argument, NULL, 's' },
	{ "foreground", no_argument, NULL, 'f' },
	{ "debug", no_argument, NULL, 'd' },
	{ "standby", no_argument, NULL, 'S' },
	{ "trial", no_argument, NULL, 'T' },
	{ "check-config", no_argument, NULL, 'C' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static int version(void)
{
	printf("svnicd %s, ABI %u.%u, platforms:%s%s\n", SVNICD_VERSION,
	       SVNIC_ABI_MAJOR, SVNIC_ABI_MINOR, platform_xen() ? " xen" : "",
	       platform_local() ? " local" : "");
	return 0;
}

static int check_config(const char *path)
{
	char error[CONFIG_ERROR];
	struct config config;
	int err = config_init(&config);

	if (!err)
		err = config_read(&config, path, error);
	else
		snprintf(error, sizeof(error), "%s", strerror(-err));
	if (err)
		fprintf(stderr, "%s\n", error);
	else
		printf("%s: %u networks, platform %s\n", path,
		       config.nr_networks, config.platform);
	config_fini(&config);
	return err ? 2 : 0;
}

/* 0: go on; otherwise the exit code plus one. */
static int parse(int argc, char **argv, struct daemon_options *o)
{
	bool check = false;
	int c;

	while ((c = getopt_long(argc, argv, "c:p:s:fdhV", options, NULL)) >=
	       0) {
		if (c == 'c')
			o->config_path = optarg;
		else if (c == 'p')
			o->platform = optarg;
		else if (c == 's')
			o->socket = optarg;
		else if (c == 'd')
			o->debug = true;
		else if (c == 'S')
			o->standby = true;
		else if (c == 'T')
			o->trial = true;
		else if (c == 'C')
			check = true;
		else if (c == 'h')
			return printf(usage, daemon_config_path()) < 0 ? 2 : 1;
		else if (c == 'V')
			return version() + 1;
		else if (c != 'f')
			return 3;
	}
	if (optind < argc) {
		fprintf(stderr, "svnicd: \"%s\" is not expected; see --help\n",
			argv[optind]);
		return 3;
	}
	if (o->platform && strcmp(o->platform, "xen") != 0 &&
	    strcmp(o->platform, "local") != 0) {
		fprintf(stderr,
			"svnicd: --platform is xen or local, not \"%s\"\n",
			o->platform);
		return 3;
	}
	if (o->socket && strlen(o->socket) >= 108) {
		fprintf(stderr,
			"svnicd: --socket is longer than 107 characters\n");
		return 3;
	}
	if (check)
		return check_config(o->config_path ? o->config_path
						   : daemon_config_path()) +
		       1;
	return 0;
}

/* Thousands of guests need a descriptor each for their event channel. */
static void raise_limits(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

/*
 * Elsewhere the daemon itself is the card's client, and its end is the end of
 * what a second process could go on with.  A bad file is the daemon's to tell.
 */
static bool is_xen(const struct daemon_options *o)
{
	char error[CONFIG_ERROR];
	struct config config;
	bool xen = true;

	if (o->platform)
		return strcmp(o->platform, "xen") == 0;
	if (config_init(&config) == 0 &&
	    config_read(&config,
			o->config_path ? o->config_path : daemon_config_path(),
			error) == 0)
		xen = strcmp(config.platform, "xen") == 0;
	config_fini(&config);
	return xen;
}

/* One daemon is all that a process is ever. */
static struct daemon d;

static int prepare(void *arg)
{
	return daemon_init(&d, arg);
}

static int serve(void *arg, bool late)
{
	int err = daemon_run(&d, late);

	(void)arg;
	daemon_fini(&d);
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct daemon_options o = { .config_path = NULL };
	const struct keeper_role role = { prepare, serve, &o, READY_MS };
	int err = parse(argc, argv, &o);

	if (err)
		return err - 1;
	/* Until the daemon, or its keeper, listens. */
	signal(SIGUSR2, SIG_IGN);
	raise_limits();
	log_init(o.debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	if (o.standby && is_xen(&o))
		return o.trial ? keeper_try(&role) : keeper_run(&role, argv);
	if (o.trial) {
		fputs("svnicd: --trial needs --standby and the xen platform\n",
		      stderr);
		return 2;
	}
	err = prepare(&o);
	if (err)
		return err == -EINVAL ? 2 : 1;
	return serve(&o, false);
}
