// SPDX-License-Identifier: GPL-2.0-only
/* The table of commands, and how a command line becomes a call of one. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <svnic/control.h>
#include "config.h"
#include "admin.h"

#define MAX_LONG (ADMIN_MAX_OPTIONS + 4)

const struct admin_option admin_global_options[] = {
	{ "json", 'j', NULL, "print JSON with exact numbers", NULL },
	{ "socket", 's', "PATH", "svnicd's socket (" SVNIC_CONTROL_SOCKET ")",
	  "file" },
	{ "help", 'h', NULL, "show help; after a command, of that command",
	  NULL },
	{ "version", 'V', NULL, "show the version", NULL },
	{ NULL, 0, NULL, NULL, NULL },
};

static const struct admin_option no_options[] = {
	{ NULL, 0, NULL, NULL, NULL },
};

static const struct admin_option stats_options[] = {
	{ "watch", 'w', "[=SECONDS]",
	  "go on and show what passes per second, every second or as given",
	  NULL },
	{ NULL, 0, NULL, NULL, NULL },
};

static const struct admin_option create_options[] = {
	{ "network", 'n', "NET",
	  "network of svnicd's configuration, or NET.VLAN (the first)", NULL },
	{ "mac", 'm', "MAC", "address (made from the name)", NULL },
	{ "mtu", 'M', "OCTETS", "largest packet (as configured)", NULL },
	{ "rate", 'r', "RATE", "limit of what it sends, such as 10Mb/s", NULL },
	{ "rx-rate", 'x', "RATE", "limit of what it gets", NULL },
	{ "min-rate", 'i', "RATE", "what it may send before others", NULL },
	{ "storm", 't', "FRAMES", "group frames it may send a second", NULL },
	{ "class", 'c', "CLASS", "class of svnicd's configuration", NULL },
	{ "ip", 'I', "ADDRESSES", "all that it may send as (anything)", NULL },
	{ NULL, 0, NULL, NULL, NULL },
};

static const struct admin_option set_options[] = {
	{ "mtu", 'M', "OCTETS", "largest packet", NULL },
	{ "rate", 'r', "RATE", "limit of what it sends, such as 10Mb/s", NULL },
	{ "rx-rate", 'x', "RATE", "limit of what it gets", NULL },
	{ "min-rate", 'i', "RATE", "what it may send before others", NULL },
	{ "storm", 't', "FRAMES", "group frames it may send a second", NULL },
	{ "class", 'c', "CLASS", "class of svnicd's configuration", NULL },
	{ "ip", 'I', "ADDRESSES",
	  "all that it may send as, such as '10.0.0.5 fd00::5', or none",
	  NULL },
	{ "path", 'p', "PATH",
	  "netif: withdraw the direct path; direct: offer it again", NULL },
	{ "enable", 'e', NULL, "carrier on", NULL },
	{ "disable", 'd', NULL, "carrier off: nothing in or out", NULL },
	{ NULL, 0, NULL, NULL, NULL },
};

static const struct admin_option capture_options[] = {
	{ "write", 'w', "FILE", "write a pcap file; - is stdout", "file" },
	{ "count", 'c', "COUNT", "end after so many frames", NULL },
	{ "snaplen", 'S', "OCTETS", "take the first octets of a frame only",
	  NULL },
	{ NULL, 0, NULL, NULL, NULL },
};

const struct admin_command admin_commands[] = {
	{ "device", "", 0, 0, NULL, "show the card, its link, ports and limits",
	  NULL, no_options, cmd_device },
	{ "list", "", 0, 0, NULL, "list all VIFs, one line each", NULL,
	  no_options, cmd_list },
	{ "show", "VIF", 1, 1, "vif", "show one VIF in full", NULL, no_options,
	  cmd_show },
	{ "stats", "VIF", 1, 1, "vif", "show the counters of a VIF", NULL,
	  stats_options, cmd_stats },
	{ "create", "NAME", 1, 1, NULL, "make a VIF on the local platform",
	  "A process of this machine attaches to it: svnic-guest --vif NAME.\n",
	  create_options, cmd_create },
	{ "destroy", "VIF", 1, 1, "vif", "remove a VIF of the local platform",
	  NULL, no_options, cmd_destroy },
	{ "set", "VIF", 1, 1, "vif", "change a VIF",
	  "RATE is 10Mb/s (bits) or 1MB/s (octets), 100 Mbit/s or 1.5Gb/s, as in xl;\n"
	  "0 lifts a limit, default leaves it to the VIF's class.\n",
	  set_options, cmd_set },
	{ "capture", "VIF [FILTER...]", 1, UINT_MAX, "vif",
	  "copy the frames that a VIF sends and gets",
	  "FILTER is a filter of pcap-filter(7).  Without --write, one line per\n"
	  "frame is printed: > for one that the VIF sent, < for one that it got.\n",
	  capture_options, cmd_capture },
	{ "completion", "", 0, 0, NULL, "print completion rules for bash",
	  "Use: source <(svnic-admin completion)\n", no_options,
	  cmd_completion },
};
const unsigned int admin_nr_commands =
	sizeof(admin_commands) / sizeof(admin_commands[0]);

static const struct admin_command *find_command(const char *name)
{
	unsigned int i;

	for (i = 0; i < admin_nr_commands; i++) {
		if (strcmp(admin_commands[i].name, name) == 0)
			return &admin_commands[i];
	}
	return NULL;
}

const char *admin_value(const struct admin *a, const char *name)
{
	unsigned int i;

	for (i = 0; a->command->options[i].name; i++) {
		if (strcmp(a->command->options[i].name, name) == 0)
			return a->value[i];
	}
	return NULL;
}

int admin_usage(const struct admin *a, const char *fmt, ...)
{
	const char *name = a->command ? a->command->name : "";
	const char *space = a->command ? " " : "";
	va_list ap;

	fprintf(stderr, "svnic-admin%s%s: ", space, name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nTry 'svnic-admin%s%s --help'.\n", space, name);
	return ADMIN_USAGE;
}

int admin_number(const struct admin *a, const char *what, const char *text,
		 unsigned long min, unsigned long max, unsigned long *value)
{
	unsigned long v = 0;
	char *end = NULL;

	errno = 0;
	if (text[0] >= '0' && text[0] <= '9')
		v = strtoul(text, &end, 10);
	if (!end || *end || errno || v < min || v > max)
		return admin_usage(
			a, "%s is \"%s\"; expected a number from %lu to %lu",
			what, text, min, max);
	*value = v;
	return 0;
}

static void print_option(const struct admin_option *o)
{
	char left[40];
	const char *between = o->arg && o->arg[0] != '[' ? " " : "";

	snprintf(left, sizeof(left), "-%c, --%s%s%s", o->letter, o->name,
		 between, o->arg ? o->arg : "");
	printf("  %-24s %s\n", left, o->text);
}

static void print_options(const char *title, const struct admin_option *o)
{
	if (!o->name)
		return;
	printf("\n%s:\n", title);
	for (; o->name; o++)
		print_option(o);
}

static int help_all(void)
{
	unsigned int i;

	puts("Usage: svnic-admin [OPTION]... COMMAND [ARGUMENT]...\n"
	     "Show and change the VIFs of an svnic card through svnicd.\n"
	     "\nCommands:");
	for (i = 0; i < admin_nr_commands; i++) {
		const struct admin_command *c = &admin_commands[i];

		printf("  %-10s %-16s %s\n", c->name, c->operands, c->text);
	}
	print_options("Options", admin_global_options);
	puts("\nExit status: 0 done, 1 failed, 2 the command line is wrong.");
	return ADMIN_OK;
}

static int help_command(const struct admin_command *c)
{
	printf("Usage: svnic-admin %s%s %s\n%c%s.\n", c->name,
	       c->options->name ? " [OPTION]..." : "", c->operands,
	       c->text[0] - 'a' + 'A', c->text + 1);
	if (c->more)
		printf("\n%s", c->more);
	print_options("Options", c->options);
	print_options("Options of all commands", admin_global_options);
	return ADMIN_OK;
}

/* What getopt_long() needs, made from the options of a table. */
struct parser {
	struct option longs[MAX_LONG + 1];
	unsigned int nr_longs;
	char shorts[3 * MAX_LONG + 3];
};

static void parser_add(struct parser *p, const struct admin_option *o)
{
	size_t len = strlen(p->shorts);

	for (; o->name; o++) {
		bool optional = o->arg && o->arg[0] == '[';
		struct option *l = &p->longs[p->nr_longs++];

		l->name = o->name;
		l->has_arg = !o->arg	? no_argument
			     : optional ? optional_argument
					: required_argument;
		l->val = o->letter;
		p->shorts[len++] = o->letter;
		if (o->arg)
			p->shorts[len++] = ':';
		if (optional)
			p->shorts[len++] = ':';
	}
	p->shorts[len] = '\0';
}

static int option_index(const struct admin_option *options, int id)
{
	int i;

	for (i = 0; options[i].name; i++) {
		if (id == options[i].letter)
			return i;
	}
	return -1;
}

static int set_global(struct admin *a, int letter)
{
	switch (letter) {
	case 'j':
		a->json = true;
		return -1;
	case 's':
		a->socket = optarg;
		return -1;
	case 'V':
		puts("svnic-admin " PACKAGE_VERSION);
		return ADMIN_OK;
	default:
		return a->command ? help_command(a->command) : help_all();
	}
}

static int bad_option(const struct admin *a, int what, char **argv)
{
	const char *word = argv[optind - 1];
	char letter[3] = { '-', (char)optopt, '\0' };
	bool is_long = strncmp(word, "--", 2) == 0;

	if (what == ':')
		return admin_usage(a, "option %s needs a value",
				   is_long ? word : letter);
	if (is_long && optopt)
		return admin_usage(a, "option %s takes no value", word);
	return admin_usage(a, "there is no option %s", is_long ? word : letter);
}

/* -1: go on, with optind at the first operand; else the exit code. */
static int parse_options(struct admin *a, int argc, char **argv)
{
	struct parser p = { .nr_longs = 0 };
	int id, i, rc;

	/* The command is the first operand: options stop there. */
	strcpy(p.shorts, a->command ? ":" : "+:");
	parser_add(&p, admin_global_options);
	if (a->command)
		parser_add(&p, a->command->options);
	while ((id = getopt_long(argc, argv, p.shorts, p.longs, NULL)) != -1) {
		if (id == '?' || id == ':')
			return bad_option(a, id, argv);
		i = a->command ? option_index(a->command->options, id) : -1;
		if (i >= 0) {
			a->value[i] = optarg ? optarg : "";
			continue;
		}
		rc = set_global(a, id);
		if (rc >= 0)
			return rc;
	}
	return -1;
}

static int check_operands(struct admin *a, int argc, char **argv)
{
	const struct admin_command *c = a->command;

	a->operand = argv + optind;
	a->nr_operands = (unsigned int)(argc - optind);
	if (a->nr_operands < c->min_operands)
		return admin_usage(a, "%.*s is missing",
				   (int)strcspn(c->operands, " "), c->operands);
	if (a->nr_operands > c->max_operands)
		return admin_usage(a, "\"%s\" is one argument too many",
				   a->operand[c->max_operands]);
	return -1;
}

static int no_command(const struct admin *a, const char *word)
{
	char known[256] = "";
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < admin_nr_commands && len < sizeof(known); i++)
		len += (size_t)snprintf(known + len, sizeof(known) - len,
					"%s%s", i ? ", " : "",
					admin_commands[i].name);
	return admin_usage(a, "there is no command \"%s\"; expected %s", word,
			   known);
}

int admin_run(int argc, char **argv)
{
	struct admin a = { .socket = SVNIC_CONTROL_SOCKET };
	int rc;

	opterr = 0;
	/* 0 makes glibc's getopt start anew. */
	optind = 0;
	rc = parse_options(&a, argc, argv);
	if (rc >= 0)
		return rc;
	if (optind == argc)
		return admin_usage(&a, "a command is missing");
	a.command = find_command(argv[optind]);
	if (!a.command)
		return no_command(&a, argv[optind]);
	argc -= optind;
	argv += optind;
	optind = 0;
	rc = parse_options(&a, argc, argv);
	if (rc < 0)
		rc = check_operands(&a, argc, argv);
	return rc < 0 ? a.command->run(&a) : rc;
}
